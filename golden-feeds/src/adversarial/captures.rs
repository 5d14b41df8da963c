//! Hostile captures.

use tidegate_gateway::write::TcpFlags;
use tidegate_protocol::FaultCode as F;

use super::Case;
use super::build::{Capture, message, messages, with_bit};

/// Bytes of a message of these captures.
const MESSAGE: usize = 78;

pub(super) fn cases() -> Vec<Case> {
    let pcap = |name, about, catches, faults, bytes| Case {
        form: "pcap",
        ..Case::of(name, about, catches, faults, bytes)
    };
    vec![
        Case {
            setup: "[frame]\nchecksum = \"disconnect\"\n".to_owned(),
            ..pcap(
                "reconnect",
                "A connection with a wrong trailer under the policy `disconnect`, which the client opens anew on the same ports",
                "a session that stays dead when its connection is replaced",
                &[F::FrameChecksum],
                reconnect(),
            )
        },
        pcap(
            "disorder",
            "Segments out of order, repeated, overlapping and late, a keep-alive, a reset out of place, and a connection whose start is not in the capture",
            "a reassembly that delivers bytes twice or in the wrong order, or begins inside a message",
            &[],
            disorder(),
        ),
        pcap(
            "cut-connections",
            "Connections that end (FIN, RST, end of the file) inside a header, a body and a trailer",
            "a message that is joined from two connections",
            &[F::FrameTruncated],
            cut_connections(),
        ),
        pcap(
            "lost-segments",
            "Segments that were never captured: inside a message, at its start, several messages, the last one",
            "a reader that reads on at the wrong place, or drops the connection",
            &[F::CaptureLost],
            lost_segments(),
        ),
        pcap(
            "snap-length",
            "Packets of TCP and UDP that the capture cut to 128 bytes",
            "zeros or other bytes in place of what was cut",
            &[F::CaptureLost, F::CaptureTruncatedPacket],
            snap_length(),
        ),
        pcap(
            "datagrams",
            "Datagrams with whole messages, with the half of one, with garbage behind one, and empty",
            "a message that is joined from two datagrams, a datagram that spoils the next",
            &[F::CaptureTruncatedPacket],
            datagrams(),
        ),
        pcap(
            "damaged-pcap",
            "A capture in which the length of a packet cannot be",
            "a source that reads on in the middle of nowhere, or gives up what was good",
            &[F::CaptureDamaged],
            damaged(),
        ),
    ]
}

fn reconnect() -> Vec<u8> {
    let bad = with_bit(message(4), 49);
    let before = [messages(1..4), bad, message(5)].concat();
    let mut capture = Capture::new();
    capture.open(0, 1).data(0, 1, &before);
    capture.open(1, 1).data(1, 1, &messages(6..8));
    // The same ports again, from another sequence number.
    capture.open(0, 70_000).data(0, 70_000, &messages(8..10)).close(0, 70_000 + 2 * MESSAGE);
    capture.data(1, 1 + 2 * MESSAGE, &message(10)).close(1, 1 + 3 * MESSAGE);
    capture.into_bytes()
}

fn disorder() -> Vec<u8> {
    let all = messages(1..9);
    let at = |n: usize| 1 + n * 50;
    let piece = |n: usize| &all[n * 50..all.len().min(n * 50 + 50)];
    let mut capture = Capture::new();
    capture.open(0, 1);
    for n in [0, 2, 1, 1, 3, 5, 6, 4, 0, 7] {
        capture.data(0, at(n), piece(n));
    }
    // Overlaps on both sides, with other bytes in what is already there.
    let overlap = [&[0xff; 30][..], &all[400..500]].concat();
    capture.data(0, 1 + 370, &overlap);
    // A keep-alive repeats the last byte; a reset must stand at its exact place.
    capture.data(0, 1 + 499, &[0]);
    capture.tcp(0, 90_000, TcpFlags::RST, &[]);
    capture.data(0, 1 + 500, &all[500..]).close(0, 1 + all.len());
    // No SYN, and the first bytes are the end of a message.
    let joined = messages(9..14);
    capture.data(1, 7_000, &joined[40..200]).data(1, 7_160, &joined[200..]);
    capture.close(1, 7_000 + joined.len() - 40);
    capture.into_bytes()
}

fn cut_connections() -> Vec<u8> {
    let mut capture = Capture::new();
    for (flow, cut) in (0..).zip([5, 40, MESSAGE - 1, 30]) {
        let first = 1 + 3 * i64::from(flow);
        let (end, data) = (1 + 2 * MESSAGE + cut, messages(first..first + 3));
        capture.open(flow, 1).data(flow, 1, &data[..2 * MESSAGE + cut]);
        match flow {
            0 | 2 => capture.close(flow, end),
            1 => capture.tcp(flow, end as u32, TcpFlags::RST, &[]),
            // The file ends.
            _ => &mut capture,
        };
    }
    capture.into_bytes()
}

fn lost_segments() -> Vec<u8> {
    let all = messages(1..20);
    let mut capture = Capture::new();
    capture.open(0, 1);
    // Captured: these bytes of the stream.
    for (from, to) in [(0, 100), (180, 500), (546, 700), (1_000, 1_300)] {
        capture.data(0, 1 + from, &all[from..to]);
    }
    capture.close(0, 1 + all.len());
    capture.into_bytes()
}

fn snap_length() -> Vec<u8> {
    // Ethernet, IP and UDP take 42 bytes, with TCP 54: one message fits a datagram, no segment.
    let mut capture = Capture::with_snaplen(128);
    capture.udp(1, &message(1)).udp(1, &message(2)).udp(1, &messages(3..5)).udp(1, &message(5));
    let (before, cut, behind) = (messages(6..10), messages(10..12), messages(12..16));
    capture.open(0, 1);
    let mut next = 1;
    for piece in before.chunks(60).chain([cut.as_slice()]).chain(behind.chunks(60)) {
        capture.data(0, next, piece);
        next += piece.len();
    }
    capture.close(0, next);
    capture.into_bytes()
}

fn datagrams() -> Vec<u8> {
    let mut capture = Capture::new();
    capture.udp(0, &messages(1..3)).udp(0, &message(3));
    capture.udp(0, &messages(4..6)[..MESSAGE + 30]).udp(0, &message(5)[30..]);
    capture.udp(0, &[]).udp(0, &message(6));
    capture.udp(0, &[&message(7)[..], b"garbage behind it"].concat());
    capture.udp(0, b"nothing but garbage").udp(0, &message(8));
    capture.into_bytes()
}

fn damaged() -> Vec<u8> {
    let mut capture = Capture::new();
    capture.open(0, 1).data(0, 1, &messages(1..4));
    let mut bytes = capture.into_bytes();
    let good = bytes.len();
    let mut capture = Capture::new();
    capture.data(0, 1 + 3 * MESSAGE, &messages(4..7));
    // Behind the file header of the second: its packet, with a length of 4 GiB.
    bytes.extend_from_slice(&capture.into_bytes()[24..]);
    bytes[good + 8..good + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    bytes
}
