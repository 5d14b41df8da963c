#!/usr/bin/env bash
# Fills corpus/ with small first inputs made from the golden feeds, so that no binaries are committed.
set -euo pipefail
cd "$(dirname "$0")"
golden=../../golden-feeds
targets="toe frame decode pcap segments setup publish trading"
for target in $targets; do mkdir -p "corpus/$target"; done

# bytes 01 02 ... from hexadecimal digits
bytes() { printf "$(printf '%s' "$*" | tr -d ' ' | sed 's/../\\x&/g')"; }
# part FILE FROM COUNT
part() { head -c "$(($2 + $3))" "$1" | tail -c "+$(($2 + 1))"; }
u32() { od -An -v -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

worked=$golden/worked-examples/worked-examples.bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The head of the day; gzip is cut off, which is no failure here.
(gzip -dc "$golden/market-day/market-day.pcap.gz" 2>/dev/null || true) | head -c 65536 >"$work/day.pcap"

# toe: 16 bytes of control (flags, prefix, sessions, stop, padding, cid to reset,
# 2 spare; 8 chunk lengths), words
for order in channel printed; do
  flags=00; [ $order = printed ] && flags=02
  { bytes "$flags 04 00 00 00 000000 0001020305081020"; cat "$golden/toe-sample/sample-$order.beats"; } \
    >"corpus/toe/sample-$order"
done
{ bytes "04 00 80 03 00 000000 0000000000000000"; cat "$golden/toe-sample/repaired-channel.beats"; } \
  >corpus/toe/repaired
# As packets: session, length, payload.
{ bytes "08 04 00 00 ee 000000 0102030405060708"
  bytes "01 40"; part "$worked" 0 64; bytes "7f 11"; part "$worked" 64 17; bytes "01 00"; bytes "02 ff"
  part "$worked" 100 255; } >corpus/toe/packets

{ bytes "2c 00 00 06 ee 010000 0102030405060708"; bytes "01 40"; part "$worked" 0 64; bytes "01 80"
  part "$worked" 64 128; } >corpus/toe/reset

# frame: 32 bytes of control (policy and repair, spare, 2; 4 cuts; 24 steps), a stream
for policy in 0 1 2; do
  plain="0$policy 00 0000 00010b4d 0707070707070707 0707070707070707 0707070707070707"
  mixed="0$((policy + 4)) 03 0000 03102a00 0d05c74000 1e d2000405 0fe4200301 0b0a0d06 f100040c05"
  { bytes "$plain"; cat "$worked"; } >"corpus/frame/plain-$policy"
  { bytes "$mixed"; cat "$worked"; } >"corpus/frame/mixed-$policy"
done

# The first packets of the day: the capture, the same in blocks, and the stream of its first port.
bytes "04 00 0000 00010b4d 070f070707070707 0d0d0f0707070707 0707ef4007070707" >corpus/frame/day
at=24 packet=0
# One section, one Ethernet interface.
bytes "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000" >corpus/pcap/day.pcapng
bytes "01000000 14000000 01000000 00000400 14000000" >>corpus/pcap/day.pcapng
le32() { bytes "$(printf '%02x%02x%02x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)))"; }
while [ $packet -lt 44 ]; do
  length=$(u32 "$work/day.pcap" $((at + 8)))
  part "$work/day.pcap" $((at + 16)) "$length" >"$work/packet"
  padded=$(((length + 3) / 4 * 4))
  { le32 6; le32 $((32 + padded)); le32 0; le32 0; le32 $packet; le32 "$length"; le32 "$length"
    cat "$work/packet"; head -c $((padded - length)) /dev/zero; le32 $((32 + padded)); } \
    >>corpus/pcap/day.pcapng
  port=$(od -An -v -tx1 -j 34 -N 2 "$work/packet" | tr -d " ")
  if [ "$port" = 1398 ]; then part "$work/packet" 54 2000 >>corpus/frame/day; fi
  at=$((at + 16 + length)) packet=$((packet + 1))
done
head -c "$at" "$work/day.pcap" >corpus/pcap/day.pcap
# The middle of the day's head, without the first segments: a stream that begins anywhere.
{ head -c 24 "$work/day.pcap"; part "$work/day.pcap" "$at" 6000; } >corpus/pcap/middle.pcap
head -c 9000 "$work/day.pcap" | gzip -9n >corpus/pcap/day.pcap.gz
cp "$worked" corpus/pcap/worked.bin
cp "$golden/toe-sample/sample-channel.beats" corpus/pcap/

# decode: 2 bytes (type, bytes cut off a run of ticks), then the bodies of the worked examples, whatever their type, as every type of the table
at=0 size=$(stat -c %s "$worked") number=0
while [ $at -lt "$size" ]; do
  body=$(od -An -v -tu1 -j $((at + 4)) -N 4 "$worked" | awk '{print (($1*256+$2)*256+$3)*256+$4}')
  part "$worked" $((at + 8)) "$body" >"$work/body"
  for which in $(seq $((number % 3)) 3 47); do
    { bytes "$(printf '%02x' "$which") 00"; cat "$work/body"; } >"corpus/decode/body-$number-$which"
  done
  at=$((at + 12 + body)) number=$((number + 1))
done

# A snapshot (300111) of 61 to 65 entries without queues: around the 2,048 bytes that are held.
for entries in 3d 3e 3f 40 41; do
  { bytes "0f 00"; head -c 65 /dev/zero; bytes "000000 $entries"
    head -c $((0x$entries * 32)) /dev/zero; } >"corpus/decode/long-$entries"
done

# segments, publish, trading: `arbitrary` makes sense of any bytes, of none too
cp "$worked" corpus/segments/worked
part "$work/day.pcap" 1000 3000 >corpus/segments/day

# setup: TOML NUL constituents NUL securities
example=../../host/pipeline/src/setup/example.toml
constituents=$golden/market-day/constituents.csv
{ cat "$example"; bytes 00; head -n 4 "$constituents"; } >corpus/setup/example
{ cat "$golden/market-day/setup.toml"; bytes 00; head -n 20 "$constituents"; } >corpus/setup/day
{ printf '[index]\nid="i"\nprev_close="1"\nconstituents="c"\nsource="snapshot"\n[securities]\nfile="s"\n'
  printf '[toe]\nlayout="text"\nwords="printed"\nfiller="lenient"\nprefix_bytes=4\n[frame]\nchecksum="flag"\n'
  bytes 00; printf 'x,prev_close,shares,security\n,9.99,7,000001\n'; bytes 00; printf 'security\n300750\n'; } \
  >corpus/setup/all
