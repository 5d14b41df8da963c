#!/usr/bin/env bash
# Counts instructions and branch misses a message under valgrind and compares them with bench/counts.toml:
#   ci/counts.sh           compares
#   BLESS=1 ci/counts.sh   renews the file
#
# Not a part of ci/test.sh: counts belong to one compiler.
set -euo pipefail
cd "$(dirname "$0")/.."

# 3.19 is valgrind's version in Debian 12; it knows AVX2 and no AVX-512.
if ! command -v valgrind >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends 'valgrind=1:3.19.*' >/dev/null
  elif [ -n "${CI:-}" ]; then
    echo "missing: valgrind=1:3.19.*" >&2
    exit 1
  else
    echo "skipped: valgrind is not installed"
    exit 0
  fi
fi

export CARGO_INCREMENTAL=0
RUSTFLAGS="-C target-cpu=x86-64-v3" cargo build --quiet --release -p tidegate-bench --bin tidegate-counts \
  --target-dir target/counts
target/counts/release/tidegate-counts check
