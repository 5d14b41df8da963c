# Stops inside decode on the published sample and prints what is captured so far.
# Batch: decode-session.sh. By hand: gdb -x decode.gdb --args fused-debug .. FOLDER
set pagination off
set width 0
set confirm off

# The next byte of the message under way: 8 a word, the first one topmost.
define captured_byte
  set $byte = (state.registers->session.capture.word[$arg0 / 8] >> (56 - 8 * ($arg0 % 8))) & 0xff
end

# Bytes of the body from $arg0 on, as text.
define captured_text
  set $at = TG_HEADER_BYTES + $arg0
  set $end = $at + $arg1
  while $at < $end
    captured_byte $at
    printf "%c", (char)$byte
    set $at = $at + 1
  end
  printf "\n"
end

# Bytes of the body from $arg0 on, as one big-endian number.
define captured_number
  set $at = TG_HEADER_BYTES + $arg0
  set $end = $at + $arg1
  set $number = 0L
  while $at < $end
    captured_byte $at
    set $number = ($number << 8) | $byte
    set $at = $at + 1
  end
  printf "%ld\n", $number
end

document captured_text
Bytes of the body: captured_text PLACE LENGTH
end
document captured_number
Big-endian number of the body: captured_number PLACE LENGTH
end

# Each word with bytes for a session comes by here; `state.registers->session` is the session before
# it. Three go by, the fourth stops.
break tg_decode_bytes
ignore 1 3
run
printf "session %d: %d bytes of MsgType %u, BodyLength %u; %d more come\n", state.registers->cid, state.registers->session.frame.seen, state.registers->session.frame.msg_type, state.registers->session.frame.body_len, count
printf "OrigTime "
captured_number TG_SNAPSHOT_HEAD_ORIG_TIME_AT TG_SNAPSHOT_HEAD_ORIG_TIME_BYTES
printf "ChannelNo "
captured_number TG_SNAPSHOT_HEAD_CHANNEL_NO_AT TG_SNAPSHOT_HEAD_CHANNEL_NO_BYTES
printf "SecurityID "
captured_text TG_SNAPSHOT_HEAD_SECURITY_ID_AT TG_SNAPSHOT_HEAD_SECURITY_ID_BYTES
printf "TradingPhaseCode "
captured_text TG_SNAPSHOT_HEAD_TRADING_PHASE_CODE_AT TG_SNAPSHOT_HEAD_TRADING_PHASE_CODE_BYTES
backtrace 4
