//! Datagrams.

mod common;

use common::*;
use tidegate_gateway::Options;
use tidegate_gateway::write::PcapWriter;
use tidegate_protocol::FaultCode;

fn datagrams(payloads: &[&[u8]], snaplen: u32) -> Vec<u8> {
    let mut writer = PcapWriter::with_snaplen(Vec::new(), snaplen).unwrap();
    for (time, payload) in payloads.iter().enumerate() {
        writer.udp(A, B, payload, time as u64).unwrap();
    }
    writer.finish().unwrap()
}

/// Shows G9, H44, C9.
#[test]
fn datagrams_with_whole_messages() {
    let messages = messages(9, 1);
    let parts: Vec<Vec<u8>> = messages.chunks(3).map(<[Vec<u8>]>::concat).collect();
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    let stream = single(&datagrams(&parts, 65_535));
    assert_eq!(stream.bytes, messages.concat());
    assert_eq!(stream.name, "udp:10.0.0.1:5016>10.0.0.2:40001");
}

/// Shows C9.
#[test]
fn two_messages_in_a_row_prove_a_flow() {
    let (one, two) = (message(300_192, &[1; 51]), message(300_192, &[2; 51]));
    let mut bad = message(300_192, &[3; 51]);
    bad[20] ^= 1;
    assert_eq!(streams(&datagrams(&[&one, &two], 65_535)).len(), 1);
    assert_eq!(streams(&datagrams(&[&[&one[..], &two].concat()], 65_535)).len(), 1);
    assert_eq!(streams(&datagrams(&[&one, &bad, &two], 65_535)).len(), 0);
    assert_eq!(streams(&datagrams(&[&one, b"", &two], 65_535)).len(), 1);
    assert_eq!(streams(&datagrams(&[&one, b"x", &two], 65_535)).len(), 0);
    let file = datagrams(&[&one, b"not ours"], 65_535);
    let source = source(&file, &Options::default());
    assert_eq!((source.stats().foreign_flows, source.stats().foreign_bytes), (1, 71));
}

#[test]
fn a_wrong_checksum_is_delivered() {
    let messages = messages(6, 2);
    let mut feed = messages.concat();
    feed[9] ^= 1;
    let stream = single(&datagrams(&[&feed], 65_535));
    assert_eq!((stream.bytes, stream.faults.len()), (feed, 0));
}

/// Shows H44.
#[test]
fn a_cut_datagram_keeps_its_leading_messages() {
    let messages: Vec<Vec<u8>> = (0..6).map(|byte| message(300_192, &[byte; 51])).collect();
    let feed = messages.concat();
    // 42 bytes of headers: two messages and a half.
    let file = datagrams(&[&feed, &messages[0], &feed], 42 + 157);
    let stream = single(&file);
    assert_eq!(stream.frames.len(), 2 + 1 + 2);
    let code = FaultCode::CaptureTruncatedPacket;
    let second = 6 * 63 + 63;
    assert_eq!(stream.faults, [(code, 126, 252), (code, second + 126, 252)]);
    assert_eq!(stream.frames[3].0, second);
    assert_eq!(source(&file, &Options::default()).stats().datagrams_broken, 2);
}

/// Shows C8.
#[test]
fn a_datagram_that_does_not_frame_to_its_end() {
    let messages = messages(4, 3);
    let feed = messages.concat();
    let junk = [&feed[..], &[0; 24]].concat();
    let stream = single(&datagrams(&[&junk, b"junk", &feed], 65_535));
    let code = FaultCode::CaptureTruncatedPacket;
    let end = feed.len() as u64;
    assert_eq!(stream.faults, [(code, end, 24), (code, end + 24, 4)]);
    assert_eq!(stream.bytes, [&feed[..], &feed].concat());
}

/// Shows H44.
#[test]
fn fragments_of_a_known_flow_are_a_fault() {
    let feed = feed(4, 4);
    let whole = datagrams(&[&feed], 65_535);
    let packet = &whole[40..];
    let mut first = packet.to_vec();
    first[14 + 6] = 0x20;
    let mut rest = first.clone();
    rest[14 + 7] = 100;
    let mut writer = PcapWriter::new(Vec::new()).unwrap();
    for packet in [&first[..], packet, &first, &rest, packet] {
        writer.raw(packet, 0).unwrap();
    }
    let file = writer.finish().unwrap();
    let stream = single(&file);
    let length = feed.len() as u64;
    assert_eq!(stream.faults, [(FaultCode::CaptureTruncatedPacket, length, length)]);
    assert_eq!(stream.bytes, [&feed[..], &feed].concat());
    assert_eq!(source(&file, &Options::default()).stats().fragments, 3);
}
