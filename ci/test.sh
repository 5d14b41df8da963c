#!/usr/bin/env bash
# Every check of the project, in the order in which they fail fastest. Installs what it needs.
# With TIDEGATE_GATE=1 lints and tests run through ci/gate.sh, which keeps what they say for the quality gate.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

step "tools"
ci/install.sh
# PoCL and Oclgrind; Intel's emulator only for who accepts its terms.
ci/opencl.sh all
# The kernels as C and the engines around them need a C compiler, so they are features.
features=tidegate/kernel-c,tidegate-hls-sim/kernel-c

step "format"
cargo fmt --all --check

step "lints"
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh lints
else
  cargo clippy --quiet --workspace --all-targets --features $features -- -D warnings
  cargo run --quiet -p tidegate-kernel-lint -- kernels
fi

step "documents"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps --features $features

step "kernels as C"
make -s -C kernels/native check asan gdb

step "tests"
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh tests
else
  cargo test --quiet --workspace --features $features
fi

step "peers"
# A package of its own; --locked shows when its lock is older than the harness.
cargo fmt --manifest-path bench/peers/Cargo.toml --check
cargo clippy --quiet --locked --manifest-path bench/peers/Cargo.toml --target-dir target/peers --all-targets \
  -- -D warnings
cargo test --quiet --locked --manifest-path bench/peers/Cargo.toml --target-dir target/peers

step "generated cases under sanitizers"
# The kernels' C in the simulator's shell; libasan is not the first library of a Rust program.
export TIDEGATE_SANITIZE=1 ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
if [ -n "${TIDEGATE_GATE:-}" ]; then
  ci/gate.sh sanitized
else
  cargo test --quiet -p tidegate-hls-sim --features kernel-c --test random --test indicator_c
fi
unset TIDEGATE_SANITIZE ASAN_OPTIONS

step "main job"
# The README's first command, on the bundled feed, twice: equal bytes.
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
day=golden-feeds/market-day
for run in 1 2; do
  cargo run --quiet --release -- replay $day/market-day.pcap.gz --setup $day/setup.toml \
    --feedback $day/reports.bin --out "$out/$run"
done
diff -r "$out/1" "$out/2"

echo
echo "all checks passed"
