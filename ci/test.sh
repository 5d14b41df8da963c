#!/usr/bin/env bash
# Every check of the project, in the order in which they fail fastest. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

step "tools"
ci/install.sh

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings

step "documents"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps

step "tests"
cargo test --quiet --workspace

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
