# Shared by the jobs: sourced, not run.

# Names the step and, when the one before ended, how long it took.
step() {
  local now=$SECONDS
  if [ -n "${step_name:-}" ]; then echo "   $step_name: $((now - step_start)) s"; fi
  step_name=$1 step_start=$now
  echo "== $1"
}
