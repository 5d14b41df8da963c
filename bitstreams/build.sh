#!/usr/bin/env bash
# Builds the image of a recipe with Intel's offline compiler and writes its manifest beside it.
#
#   bitstreams/build.sh --out DIR [--recipe FILE] [--kernels DIR] [--dry-run] [--rtl-only]
#
#   --out DIR      where image, manifest and reports go; nothing of it belongs in the repository
#   --recipe FILE  what to build for (default bitstreams/arria10-pac.toml)
#   --kernels DIR  the kernel sources (default kernels)
#   --dry-run      print the commands and run none; needs no compiler
#   --rtl-only     stop after the report and its rules (minutes; a full build takes 2 to 5 hours)
#
# Needs: aoc of the pinned version on PATH, AOCL_BOARD_PACKAGE_ROOT naming the pinned BSP.
# TIDEGATE_BUILT_BY says who builds (default: the user's name).
set -euo pipefail

fail() {
  echo "build.sh: $*" >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
recipe=$here/arria10-pac.toml
kernels=$root/kernels
out=
dry_run=
rtl_only=
while [ $# -gt 0 ]; do
  case $1 in
    --out | --recipe | --kernels)
      [ $# -ge 2 ] || fail "$1: wanted a value, found none"
      declare "${1#--}=$2"
      shift 2
      ;;
    --dry-run) dry_run=1; shift ;;
    --rtl-only) rtl_only=1; shift ;;
    --help | -h) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    *) fail "unknown argument $1 (--help shows all)" ;;
  esac
done
[ -n "$out" ] || fail "--out: wanted a folder, found none"

# The Rust part of the recipe: a built command if one is named, else by cargo.
tool() {
  if [ -n "${TIDEGATE_BITSTREAMS:-}" ]; then
    "$TIDEGATE_BITSTREAMS" "$@"
  else
    cargo run --quiet --manifest-path "$root/Cargo.toml" -p tidegate-bitstreams -- "$@"
  fi
}

# Runs a command, or prints it.
step() {
  if [ -n "$dry_run" ]; then
    printf '%q ' "$@"
    echo
  else
    "$@"
  fi
}

name='' board='' wiring='' compiler='' version='' bsp_name='' bsp_version=''
channels=()
flags=()
said=$(tool recipe "$recipe") || fail "the recipe $recipe cannot be read"
while IFS='=' read -r key value; do
  case $key in
    channel) channels+=("$value") ;;
    macro) flags+=("$value") ;;
    name | board | wiring | compiler | version | bsp_name | bsp_version) declare "$key=$value" ;;
    *) fail "the recipe says $key, which this script does not know" ;;
  esac
done <<<"$said"
[ -f "$kernels/$wiring" ] || fail "kernel source: wanted $kernels/$wiring, found none"

if [ -z "$dry_run" ]; then
  command -v "$compiler" >/dev/null || fail "$compiler: wanted on PATH, found none. It comes with Intel's FPGA SDK \
for OpenCL $version; --dry-run shows the commands without it"
  banner=$("$compiler" -version 2>&1) || fail "$compiler -version failed: $banner"
  found=$(sed -n 's/^Version \([0-9.]*\).*/\1/p' <<<"$banner" | head -n 1)
  [ "$found" = "$version" ] || fail "$compiler: wanted version $version, found ${found:-none}"

  package=${AOCL_BOARD_PACKAGE_ROOT:-}
  [ -n "$package" ] || fail "AOCL_BOARD_PACKAGE_ROOT: wanted the folder of the BSP, found nothing"
  [ -f "$package/board_env.xml" ] || fail "BSP: wanted $package/board_env.xml, found none"
  # The first tag of board_env.xml: <board_env version="19.4" name="...">
  tag=$(tr '\n' ' ' <"$package/board_env.xml" | sed -n 's/.*\(<board_env[^>]*>\).*/\1/p')
  found_name=$(sed -n 's/.* name="\([^"]*\)".*/\1/p' <<<"$tag")
  found_version=$(sed -n 's/.* version="\([^"]*\)".*/\1/p' <<<"$tag")
  [ "$found_name" = "$bsp_name" ] || fail "BSP: wanted $bsp_name, found ${found_name:-none}"
  [ "$found_version" = "$bsp_version" ] || fail "BSP: wanted version $bsp_version, found ${found_version:-none}"
  boards=$("$compiler" -list-boards 2>&1) || fail "$compiler -list-boards failed: $boards"
  grep -qwF -- "$board" <<<"$boards" || fail "board: wanted $board in $compiler -list-boards, found: $boards"
  spec=$package/hardware/$board/board_spec.xml
  [ -f "$spec" ] || fail "board: wanted $spec, found none"
  for channel in "${channels[@]}"; do
    grep -qF -- "chan_id=\"$channel\"" "$spec" || fail "IO channel: wanted chan_id=\"$channel\" in $spec, found none"
  done
fi

by=${TIDEGATE_BUILT_BY:-$(id -un)}
step mkdir -p "$out"
project=$out/$name

# The report first: it takes minutes and says whether the hours are worth it.
step "$compiler" -rtl "$kernels/$wiring" -o "$project.aocr" "-board=$board" -I "$kernels" "${flags[@]}"
step tool report "$project" --recipe "$recipe"
[ -z "$rtl_only" ] || exit 0

# From the same .aocr, so that what was judged is what is built. The clock is known only now.
step "$compiler" "$project.aocr" -o "$project.aocx" "-board=$board"
step tool report "$project" --recipe "$recipe" --full
step tool manifest "$project" "$project.aocx" --recipe "$recipe" --kernels "$kernels" \
  --by "$by" --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
step tool check "$project.toml" --recipe "$recipe" --kernels "$kernels"
