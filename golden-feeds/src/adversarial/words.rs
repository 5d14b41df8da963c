//! Hostile words of an IO channel.

use tidegate_protocol::FaultCode as F;
use tidegate_protocol::limits::{HEADER_BYTES, MAX_BODY_BYTES, MAX_PACKET_BYTES};
use tidegate_protocol::message::AuctionTrade;
use tidegate_protocol::msg_type;

use super::Case;
use super::build::{
    INSIDE, head, header, last, message, messages, raw, sent, snapshot, trade, with_bit,
    with_trailer,
};
use crate::beats::Layout;

/// What stands behind the end of a packet: nothing that may be taken for data.
const GARBAGE: Layout = Layout { high_first: false, printed: false, padding: 0xee };

pub(super) fn cases() -> Vec<Case> {
    let beats = |name, about, catches, faults, bytes| Case {
        form: "beats",
        ..Case::of(name, about, catches, faults, bytes)
    };
    vec![
        Case {
            setup: "[frame]\nchecksum = \"disconnect\"\n".to_owned(),
            ..beats(
                "checksum-disconnect",
                "A wrong trailer in session 3 under the policy `disconnect`, while session 4 goes on",
                "a session that goes on behind it, or one that takes the others with it",
                &[F::FrameChecksum],
                disconnect(),
            )
        },
        beats(
            "toe-interleaved",
            "Messages of all 128 sessions in pieces of 0 to 31 bytes, one piece a packet, in turn; three messages that touch one word",
            "state of one session that leaks into another, padding that is taken for data",
            &[],
            interleaved(),
        ),
        beats(
            "toe-length",
            "A message too long for session 1, then a header word that announces 16,385 bytes",
            "a link that goes on behind a length that cannot be, a session that is not dead",
            &[F::FrameLength, F::ToeLength],
            too_long(),
        ),
        beats(
            "toe-longest",
            "A body of 8,192 bytes in two packets; the end of a message, a whole one and three bytes of the next in one word; a header word that announces 16,384 bytes",
            "a reader that refuses what is just not too long, or sums a message without its first bytes",
            &[F::ToeTruncated, F::FrameTruncated],
            longest(),
        ),
        beats(
            "toe-session",
            "Packets of the sessions 127, 128 and 255",
            "a table of sessions that is read beyond its end",
            &[F::ToeSession],
            packets(&[(127, message(1)), (128, message(2)), (255, message(3)), (127, message(4))]),
        ),
        beats(
            "toe-filler-strict",
            "Header words whose filler has one wrong byte, first, last or in the middle, with strict filler",
            "a reader that compares a part of the filler, or loses its place behind a refused packet",
            &[F::ToeFiller],
            wrong_fillers(),
        ),
        Case {
            setup: "[toe]\nfiller = \"lenient\"\n".to_owned(),
            ..beats(
                "toe-filler-lenient",
                "The same words with lenient filler",
                "a reader that refuses them all the same",
                &[],
                wrong_fillers(),
            )
        },
        Case {
            setup: "[toe]\nprefix_bytes = 4\n".to_owned(),
            ..beats(
                "toe-prefix",
                "A prefix of 4 bytes on every packet, and packets of 0, 3, 4 and 5 bytes",
                "a prefix that is taken off once a message instead of once a packet",
                &[F::ToePrefix],
                prefixes(),
            )
        },
        beats(
            "toe-truncated",
            "Words that end inside a packet, a message and a word",
            "a reader that waits for ever, or makes a message of what is missing",
            &[F::ToeTruncated, F::FrameTruncated, F::CaptureDamaged],
            truncated(),
        ),
        beats(
            "toe-sample-printed",
            "The layout of the sample, words as printed; their order is seen from the first header",
            "a length or words in the wrong byte order: every packet is longer than 255 bytes",
            &[],
            layout(Layout { printed: true, ..GARBAGE }),
        ),
        Case {
            setup: "[toe]\nlayout = \"text\"\n".to_owned(),
            ..beats(
                "toe-text-channel",
                "The layout of the text, words as a channel carries them",
                "a length or words in the wrong byte order",
                &[],
                layout(Layout { high_first: true, ..GARBAGE }),
            )
        },
        Case {
            setup: "[toe]\nlayout = \"text\"\nwords = \"printed\"\n".to_owned(),
            ..beats(
                "toe-text-printed",
                "The layout of the text, words as printed",
                "a length or words in the wrong byte order",
                &[],
                layout(Layout { high_first: true, printed: true, ..GARBAGE }),
            )
        },
    ]
}

fn packets(packets: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut words = Vec::new();
    for (cid, payload) in packets {
        GARBAGE.packet(*cid, payload, &mut words);
    }
    words
}

fn disconnect() -> Vec<u8> {
    packets(&[
        (3, message(1)),
        (4, message(2)),
        (3, with_bit(message(3), 49)),
        (3, message(4)),
        (4, message(5)),
        (4, with_trailer(message(6), 0x1_0000)),
        (5, message(7)),
        (4, message(8)),
    ])
}

fn interleaved() -> Vec<u8> {
    // Each session on a channel of its own: 78 + 12 + 12 bytes.
    let stream = |cid: u8| {
        let trade = AuctionTrade { channel_no: 2_000 + u16::from(cid), ..trade(1) };
        let heartbeat = || raw(msg_type::HEARTBEAT, &[]);
        [sent(trade), heartbeat(), heartbeat()].concat()
    };
    let mut streams: Vec<(u8, Vec<u8>)> = (0..128).map(|cid| (cid, stream(cid))).collect();
    let mut words = Vec::new();
    for round in 1..=6 {
        for (cid, rest) in &mut streams {
            // 0 to 31 bytes, other ones each time; what is left goes at once in the end.
            let piece = (usize::from(*cid) * 7 + round * 5) % 32;
            let piece = if round == 6 { rest.len() } else { piece.min(rest.len()) };
            let (now, later) = rest.split_at(piece);
            GARBAGE.packet(*cid, now, &mut words);
            *rest = later.to_vec();
        }
    }
    words
}

fn too_long() -> Vec<u8> {
    let mut words = packets(&[
        (1, message(1)),
        (1, header(msg_type::AUCTION_TRADE, u32::MAX)),
        (2, message(2)),
        (1, message(3)),
        // An announcement may have 1 MiB.
        (3, header(msg_type::ANNOUNCEMENT, (1 << 20) + 1)),
        (3, message(4)),
    ]);
    words.extend_from_slice(&GARBAGE.header(16_385, 2));
    GARBAGE.packet(2, &message(5), &mut words);
    words
}

fn longest() -> Vec<u8> {
    let mut body = snapshot(&head(1, INSIDE, 1), &[last(10_050_000)]);
    // Behind the known part: fields of a later version.
    body.drain(..HEADER_BYTES);
    body.resize(MAX_BODY_BYTES as usize, 0);
    let whole = raw(msg_type::AUCTION_SNAPSHOT, &body);
    // 78 + 19 bytes, then 12, and 3 of a type that begins with other bytes than zeros.
    let tight = [
        message(2),
        raw(777, &[7; 7]),
        raw(msg_type::HEARTBEAT, &[]),
        raw(0x0102_0304, b"four"),
        message(3),
    ];
    let mut words = packets(&[
        (1, whole[..100].to_vec()),
        (1, whole[100..].to_vec()),
        (1, tight.concat()),
        (1, message(4)),
    ]);
    words.extend_from_slice(&GARBAGE.header(MAX_PACKET_BYTES as u16, 2));
    words.extend_from_slice(&[0; 16]);
    words
}

fn wrong_fillers() -> Vec<u8> {
    let mut words = packets(&[(1, message(1))]);
    for (seq, at) in (2..).zip([3, 9, 15]) {
        let start = words.len();
        GARBAGE.packet(1, &message(seq), &mut words);
        words[start + at] ^= 1;
    }
    GARBAGE.packet(1, &message(5), &mut words);
    words
}

fn prefixes() -> Vec<u8> {
    let prefixed = |payload: &[u8]| [b"\xde\xad\xbe\xef", payload].concat();
    let (one, two) = (message(1), message(2));
    packets(&[
        (1, prefixed(&one[..30])),
        (1, prefixed(&one[30..])),
        (1, vec![]),
        (1, b"abc".to_vec()),
        (1, prefixed(&[])),
        (1, prefixed(&two[..1])),
        (1, prefixed(&two[1..])),
    ])
}

fn truncated() -> Vec<u8> {
    let mut words = packets(&[(1, message(1)), (2, message(2)[..50].to_vec())]);
    GARBAGE.packet(1, &message(3), &mut words);
    // Two words and a half are missing.
    words.truncate(words.len() - 40);
    words
}

fn layout(layout: Layout) -> Vec<u8> {
    let mut words = Vec::new();
    // 312 bytes of trades; the snapshot is cut.
    let many = [messages(1..5), snapshot(&head(4, INSIDE, 1), &[last(10_050_000)])].concat();
    layout.packet(17, &many[..350], &mut words);
    layout.packet(127, &messages(5..9), &mut words);
    layout.packet(17, &many[350..], &mut words);
    words
}
