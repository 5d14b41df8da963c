#!/bin/sh
# The session of DEBUGGING.md in batch: fused-debug in gdb on the published sample, and whether it
# prints what the sample holds.
#
#   decode-session.sh BINARY [FOLDER]     FOLDER: a run folder of the sample, else it is made
set -eu
binary=$1
here=$(cd "$(dirname "$0")" && pwd)
feeds=$here/../../golden-feeds/toe-sample
if [ $# -gt 1 ]; then
    folder=$2
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    (cd "$here/../.." && cargo run -q -p tidegate-hls-sim --example kernel_files -- \
        write "$folder" "$feeds/repaired-channel.beats" "$feeds/setup.toml")
fi
# shellcheck disable=SC2046 # the arguments are words
said=$(gdb -batch -nx -iex 'set debuginfod enabled off' -x "$here/decode.gdb" \
    --args "$binary" $(cat "$folder/arguments") "$folder" </dev/null 2>&1) || true
printf '%s\n' "$said"
missing=0
while read -r line; do
    if ! printf '%s\n' "$said" | grep -qF -- "$line"; then
        echo "decode-session: missing: $line" >&2
        missing=1
    fi
done <<'EXPECTED'
Breakpoint 1, tg_decode_bytes (
session 17: 44 bytes of MsgType 300111, BodyLength 1381; 16 more come
OrigTime 20190704111803000
ChannelNo 1012
SecurityID 002321
TradingPhaseCode T0
in tg_decode_step (
EXPECTED
exit $missing
