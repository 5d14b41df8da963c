#!/usr/bin/env bash
# Every check of the project. Installs what it needs.
# With TIDEGATE_GATE=1 lints and tests run through ci/gate.sh, which keeps what they say for the quality gate.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

if [ -n "${TIDEGATE_GATE:-}" ]; then gate_build; fi

step "tools"
ci/install.sh
# PoCL and Oclgrind; Intel's emulator only for who accepts its terms. A download, so it does not keep the compiler waiting.
ci/opencl.sh all &
opencl=$!

step "format"
cargo fmt --all --check

step "lints"
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh lints
else
  cargo clippy --quiet --workspace --all-targets --features $features -- -D warnings
fi

step "documents"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --features $features

step "tests"
wait $opencl
# A tenth of the generated cases: all of them run under sanitizers, where they compare the same.
export TIDEGATE_FEWER_CASES=10
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh tests
else
  cargo test --quiet --workspace --features $features
fi
unset TIDEGATE_FEWER_CASES

step "kernels"
# With programs that the tests were built with; what is covered is the tests' alone.
built=$(built)
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh kernels
else
  "$built/kernel-lint" kernels
fi
LLVM_PROFILE_FILE=/dev/null make -s -C kernels/native check asan gdb KERNEL_FILES="$built/examples/kernel_files"

step "peers"
# A package of its own; --locked shows when its lock is older than the harness.
peers=(--locked --manifest-path bench/peers/Cargo.toml --target-dir "${built%/debug}")
cargo fmt --manifest-path bench/peers/Cargo.toml --check
cargo clippy --quiet "${peers[@]}" --all-targets -- -D warnings
cargo test --quiet "${peers[@]}"

step "generated cases under sanitizers"
# The kernels' C in the simulator's shell; libasan is not the first library of a Rust program.
export TIDEGATE_SANITIZE=1 ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh sanitized
else
  cargo test --quiet --workspace --features $features --test random --test indicator_c
fi
unset TIDEGATE_SANITIZE ASAN_OPTIONS

step "main job"
# The README's first command, on the bundled feed, twice: equal bytes.
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
day=golden-feeds/market-day
# Thin LTO over single units is minutes, for speed that only a measurement needs.
if [ -n "${CI:-}" ]; then
  export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=none
fi
for run in 1 2; do
  cargo run --quiet --release -- replay $day/market-day.pcap.gz --setup $day/setup.toml \
    --feedback $day/reports.bin --out "$out/$run"
done
diff -r "$out/1" "$out/2"

echo
echo "all checks passed"
