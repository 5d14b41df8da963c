# shellcheck shell=bash
# Shared by the jobs: sourced, not run.

# The kernels as C and the engines around them need a C compiler, so they are features.
# shellcheck disable=SC2034
features=tidegate/kernel-c,tidegate-hls-sim/kernel-c

# Names the step and, when the one before ended, how long it took.
step() {
  local now=$SECONDS
  if [ -n "${step_name:-}" ]; then echo "   $step_name: $((now - step_start)) s"; fi
  step_name=$1 step_start=$now
  echo "== $1"
}

# Where the gate builds: apart, since what is covered is other code, and everything in one folder, so that nothing
# is built twice. No check reads debug information, which costs a part of each build.
gate_build() {
  export CARGO_TARGET_DIR=$PWD/target/llvm-cov-target
  export CARGO_PROFILE_DEV_DEBUG=none CARGO_PROFILE_TEST_DEBUG=none
}

# The folder of the programs that the tests were built with.
built() {
  cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1\/debug/p'
}
