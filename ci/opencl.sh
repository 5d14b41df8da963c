#!/usr/bin/env bash
# Installs the OpenCL runtimes that the engines are tested on:
#   ci/opencl.sh          PoCL, the loader and Oclgrind from Debian 12, and Intel's FPGA emulator
#   ci/opencl.sh pocl     only the first three
#   ci/opencl.sh intel    only the emulator
#
# The emulator is proprietary: "Intel End User License Agreement for Developer Tools" is between Intel
# and whoever installs it. Nothing of it is part of this project. It is installed only where
# TIDEGATE_ACCEPT_INTEL_EULA=1 says that somebody has read and accepted those terms.
#
# TIDEGATE_TOOLS (default ~/.cache/tidegate) is where the emulator goes. The engines look there, or use
# the .icd file that TIDEGATE_INTEL_EMU_ICD names.
set -euo pipefail

tools=${TIDEGATE_TOOLS:-${HOME:?}/.cache/tidegate}

# 3.1 is PoCL's version in Debian 12, 21.10 that of Oclgrind; the loader is any 2.x.
pocl() {
  local missing=()
  installed pocl-opencl-icd || missing+=('pocl-opencl-icd=3.1-*')
  installed ocl-icd-libopencl1 || missing+=('ocl-icd-libopencl1=2.*')
  installed oclgrind || missing+=('oclgrind=21.10-*')
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  apt_install "${missing[@]}"
}

intel() {
  local home=$tools/intel-emulator
  local icd=$home/emulator.icd library=$home/venv/lib/libintelocl_emu.so
  # The runtime, its mathematics (which it does not ask for, and without which the loader shows no
  # platform), its threads, and the text of the terms.
  local wheels=(intel-opencl-rt==2023.2.4 intel-cmplr-lib-rt==2023.2.4 tbb==2021.13.1
    intel-cmplr-lic-rt==2023.2.4)
  local stamp=$home/installed wanted="${wheels[*]}"

  if [ "${TIDEGATE_ACCEPT_INTEL_EULA:-}" != 1 ]; then
    echo "skipped: Intel's FPGA emulator. Its terms are Intel's End User License Agreement for Developer" \
      "Tools; read them at https://www.intel.com/content/www/us/en/developer/articles/license/end-user-license-agreement.html" \
      "and set TIDEGATE_ACCEPT_INTEL_EULA=1 to accept them and install it."
    return
  fi
  if [ "$(uname -sm)" != 'Linux x86_64' ]; then
    echo "skipped: Intel's FPGA emulator: it exists for Linux on x86-64 alone"
    return
  fi
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || [ ! -e "$library" ] || [ ! -e "$icd" ]; then
    if ! can_make_venv; then apt_install 'python3-venv=3.*'; fi
    if ! can_make_venv; then return; fi
    rm -rf "$home"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps "${wheels[@]}"
    # The wheel's own .icd names a place that exists on no machine.
    echo "$library" >"$icd"
    test -e "$library"
    echo "$wanted" >"$stamp"
  fi
  echo "Intel's FPGA emulator: TIDEGATE_INTEL_EMU_ICD=$icd"
}

can_make_venv() {
  python3 -c 'import ensurepip, venv' 2>/dev/null
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt_install() {
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  elif [ -n "${CI:-}" ]; then
    echo "missing: $*" >&2
    exit 1
  else
    echo "not installed: $* (the tests that need them are skipped)"
  fi
}

case "${1:-all}" in
  pocl) pocl ;;
  intel) intel ;;
  all)
    pocl
    intel
    ;;
  *)
    echo "usage: ci/opencl.sh [pocl | intel | all]" >&2
    exit 2
    ;;
esac
