#!/usr/bin/env bash
# Installs what the tests need beside Rust: C compilers (the kernels), gdb (their debugging session),
# tshark (the dissector), Python (the reader in PUBLISH.md) and shellcheck (the scripts). Without the
# right to install, it says what is missing; those tests then say that they were skipped. In CI a
# missing tool is a failure.
set -euo pipefail

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v make >/dev/null || missing+=(make)
command -v gdb >/dev/null || missing+=(gdb)
command -v shellcheck >/dev/null || missing+=(shellcheck)
# Debian 12 has Wireshark 4.0; any 4.x reads the dissector.
command -v tshark >/dev/null || missing+=('tshark=4.*')
command -v python3 >/dev/null || missing+=(python3-minimal)
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
elif [ -n "${CI:-}" ]; then
  echo "missing: ${missing[*]}" >&2
  exit 1
else
  echo "not installed: ${missing[*]} (the tests that need them are skipped)"
fi
