#!/usr/bin/env bash
# Seeds the corpus and runs every target, one after another: ci/fuzz/run.sh [seconds] [target...]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=${*:-setup decode toe frame publish trading segments pcap}
export CARGO_INCREMENTAL=0

# The reader of runs of ticks is the only unsafe code; everything else forbids it, and is three to
# six times as fast without the sanitizer.
sanitizer() { if [ "$1" = decode ]; then echo address; else echo none; fi; }

ci/fuzz/seed.sh
failed=()
for target in $targets; do
  echo "== $target, $seconds s"
  # Long enough for a stream of many messages, short enough for many runs.
  case $target in frame | pcap) longest=16384 ;; *) longest=4096 ;; esac
  cargo +nightly fuzz run --fuzz-dir ci/fuzz --sanitizer "$(sanitizer "$target")" "$target" -- \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=$longest \
    -print_final_stats=1 || failed+=("$target")
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}; the inputs are in ci/fuzz/artifacts" >&2
  exit 1
fi
