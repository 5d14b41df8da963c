//! TCP reassembly, case by case.

mod common;

use common::*;
use tidegate_gateway::write::TcpFlags;
use tidegate_gateway::{Options, Stats};

const DATA: TcpFlags = TcpFlags::DATA;
const SYN: TcpFlags = TcpFlags::SYN;
const FIN: TcpFlags = TcpFlags::FIN;
const RST: TcpFlags = TcpFlags::RST;

fn stats(file: &[u8]) -> Stats {
    source(file, &Options::default()).stats().clone()
}

/// Cuts `bytes` into segments of `size`, the first with sequence number `seq`.
fn cut(bytes: &[u8], seq: u32, size: usize) -> Vec<Seg<'_>> {
    let at = |index: usize| seq.wrapping_add((index * size) as u32);
    bytes.chunks(size).enumerate().map(|(index, part)| (at(index), DATA, part)).collect()
}

/// Shows G9, C9.
#[test]
fn segments_in_order() {
    let feed = feed(50, 1);
    let stream = single(&capture(&cut(&feed, 1000, 700)));
    assert_eq!(stream.bytes, feed);
    assert_eq!((stream.first, stream.name.as_str()), (Some(0), NAME));
    assert!(stream.lost.is_empty() && stream.faults.is_empty());
}

#[test]
fn the_sequence_number_wraps() {
    let feed = feed(200, 2);
    for start in [u32::MAX - 5000, u32::MAX, 0, 0x7fff_ff00] {
        let mut segments = cut(&feed, start, 333);
        segments.swap(10, 11);
        segments.swap(15, 17);
        assert_eq!(single(&capture(&segments)).bytes, feed, "start {start:#x}");
    }
}

/// Shows C8.
#[test]
fn repeats_cut_elsewhere_and_the_first_bytes_win() {
    let feed = feed(30, 3);
    let wrong = vec![0xee; feed.len()];
    let file = capture(&[
        (100, DATA, &feed[..300]),
        // Held behind a hole, then covered again with other bytes.
        (500, DATA, &feed[400..600]),
        (450, DATA, &[&feed[350..400], &wrong[400..600], &feed[600..700]].concat()),
        (200, DATA, &wrong[100..300]),
        (100, DATA, &[&wrong[..300], &feed[300..350]].concat()),
        (800, DATA, &feed[700..]),
    ]);
    assert_eq!(single(&file).bytes, feed);
    let stats = stats(&file);
    assert_eq!(stats.repeated_bytes, 200 + 200 + 300);
    assert_eq!((stats.repeated_segments, stats.out_of_order_segments), (1, 2));
}

#[test]
fn keep_alives_are_not_data() {
    let feed = feed(20, 4);
    let mut segments = cut(&feed, 5, 100);
    let end = 5 + feed.len() as u32;
    segments.insert(2, (5 + 199, DATA, b"\0"));
    segments.insert(3, (5 + 199, DATA, b""));
    segments.push((end - 1, DATA, b"\xff"));
    let file = capture(&segments);
    assert_eq!(single(&file).bytes, feed);
    assert_eq!((stats(&file).keep_alives, stats(&file).repeated_bytes), (3, 0));
}

#[test]
fn a_late_last_byte_is_not_a_keep_alive() {
    let feed = feed(10, 4);
    let last = feed.len() - 1;
    let file = capture(&[
        (10, SYN, b""),
        (11, DATA, &feed[..last]),
        (11 + feed.len() as u32, FIN, b""),
        (11 + last as u32, DATA, &feed[last..]),
    ]);
    assert_eq!(single(&file).bytes, feed);
}

#[test]
fn syn_with_data_and_fin_with_data() {
    let feed = feed(20, 5);
    let file = capture(&[
        (99, SYN, &feed[..100]),
        (99, SYN, &feed[..100]),
        (200, FIN, &feed[100..]),
        (201 + feed.len() as u32, DATA, b"junk"),
    ]);
    let stream = single(&file);
    assert_eq!((stream.bytes, stream.first), (feed, Some(0)));
    assert_eq!((stats(&file).segments_after_close, stats(&file).bytes_after_close), (1, 4));
}

#[test]
fn fin_before_the_rest_of_the_data() {
    let feed = feed(20, 6);
    let cut = feed.len() as u32 - 50;
    let file = capture(&[
        (100, DATA, &feed[..100]),
        (100 + cut, FIN, &feed[cut as usize..]),
        (200, DATA, &feed[100..cut as usize]),
        (300, DATA, b"late"),
    ]);
    assert_eq!(single(&file).bytes, feed);
    assert_eq!(stats(&file).segments_after_close, 1);
}

#[test]
fn a_reset_ends_the_stream() {
    let feed = feed(20, 7);
    let file = capture(&[
        (100, DATA, &feed[..]),
        (100 + feed.len() as u32, RST, b""),
        (100, DATA, &feed[..50]),
    ]);
    assert_eq!(single(&file).bytes, feed);
    assert_eq!(stats(&file).segments_after_close, 1);
    // What goes on behind one that fits its place is read too, as a stream of its own.
    let more = self::feed(20, 8);
    let file = capture(&[
        (100, DATA, &feed[..]),
        (100 + feed.len() as u32, RST, b""),
        (100 + feed.len() as u32, DATA, &more[..]),
    ]);
    let (streams, ..) = receive(&mut source(&file, &Options::default()));
    assert_eq!((&streams[0].bytes, &streams[1].bytes), (&feed, &more));
    // So are ports used again behind a FIN, if the numbers do not fit the old stream.
    let end = 100 + feed.len() as u32;
    let file = capture(&[(100, FIN, &feed[..]), (end + 9_000_000, DATA, &more[..])]);
    let (streams, ..) = receive(&mut source(&file, &Options::default()));
    assert_eq!((&streams[0].bytes, &streams[1].bytes), (&feed, &more));
    // One that does not fit its place is no receiver's, and none here.
    for seq in [0x1000_0000, 0, 0x9000_0000 + 499, 0x9000_0000 + 501, 0x9000_0000 + 5_000] {
        let file = capture(&[
            (0x9000_0000, DATA, &feed[..500]),
            (seq, RST, b""),
            (0x9000_0000 + 500, DATA, &feed[500..]),
        ]);
        assert_eq!(single(&file).bytes, feed);
        assert_eq!(stats(&file).resets_ignored, 1);
    }
}

#[test]
fn ports_are_used_again() {
    let (one, two, three) = (feed(20, 8), feed(20, 9), feed(20, 10));
    let file = capture(&[
        (0, SYN, b""),
        (1, FIN, &one),
        (5_000_000, SYN, b""),
        (5_000_001, DATA, &two),
        // Not closed this time.
        (7, SYN, b""),
        (8, DATA, &three),
    ]);
    let streams = streams(&file);
    let names: Vec<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names, [NAME, &format!("{NAME}#2"), &format!("{NAME}#3")]);
    assert_eq!([&streams[0].bytes, &streams[1].bytes, &streams[2].bytes], [&one, &two, &three]);
    assert_eq!(stats(&file).ports_reused, 2);
}

#[test]
fn ports_used_again_without_a_captured_syn() {
    let (one, two) = (feed(60, 11), feed(60, 12));
    let mut segments = cut(&one, 0x7000_0000, 200);
    segments.extend(cut(&two, 0x2000_0000, 200));
    let streams = streams(&capture(&segments));
    assert_eq!(streams.len(), 2);
    assert_eq!(streams[0].bytes, one);
    assert!(streams[0].lost.is_empty());
    assert!(two.ends_with(&streams[1].bytes), "only the first segments are taken for repeats");
}

#[test]
fn a_flow_without_syn_starts_inside_a_message() {
    let messages = messages(30, 13);
    let feed = messages.concat();
    let skip = messages[0].len() / 2 + 3;
    let file = capture(&cut(&feed[skip..], 42, 100));
    let stream = single(&file);
    let start = messages[0].len() - skip;
    assert_eq!(stream.first, Some(start as u64));
    assert_eq!(stream.bytes, feed[messages[0].len()..]);
    assert_eq!(stats(&file).bytes_before_sync, start as u64);
}

#[test]
fn with_syn_the_first_message_may_be_bad() {
    let mut feed = feed(30, 14);
    feed[9] ^= 1;
    let mut segments = cut(&feed, 1, 100);
    segments.insert(0, (0, SYN, b""));
    assert_eq!(single(&capture(&segments)).bytes, feed);
    // Without, the stream starts behind it.
    assert!(single(&capture(&segments[1..])).first > Some(0));
}

#[test]
fn foreign_flows_are_silent() {
    let http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>".repeat(50);
    let one = message(300_192, &[1; 51]);
    for flow in [&http[..], &[0; 5000], &one, b"x"] {
        for first in [(9, SYN, &b""[..]), (10, DATA, &flow[..1])] {
            let mut segments = vec![first];
            segments.extend(cut(flow, 10, 1000));
            let file = capture(&segments);
            assert!(events(&mut source(&file, &Options::default())).is_empty());
            let stats = stats(&file);
            assert_eq!((stats.foreign_flows, stats.foreign_bytes), (1, flow.len() as u64));
        }
    }
}

/// Shows C8.
#[test]
fn a_lost_segment_is_one_resume() {
    let messages = messages(100, 15);
    let feed = messages.concat();
    let mut segments = cut(&feed, 7, 300);
    segments.remove(5);
    let stream = single(&capture(&segments));
    let [(from, to)] = stream.lost[..] else { panic!("{:?}", stream.lost) };
    assert!(from <= 1500 && 1800 <= to, "{from}..{to}");
    // The loss begins and ends where messages do.
    let mut start = 0;
    let starts: Vec<u64> = messages
        .iter()
        .map(|message| {
            start += message.len() as u64;
            start - message.len() as u64
        })
        .collect();
    assert!(starts.contains(&from) && starts.contains(&to));
    let kept = starts.iter().filter(|&&at| at < from || at >= to).count();
    assert_eq!(stream.frames.len(), kept);
    assert_eq!(starts.iter().find(|&&at| at >= 1800), Some(&to));
}

/// Shows C8.
#[test]
fn a_hole_filled_in_time_is_none() {
    let feed = feed(20_000, 16);
    assert!(feed.len() > 1 << 20);
    let mut segments = cut(&feed, 1, 1000);
    // One megabyte comes before the missing segment, and no more.
    let hole = segments.remove(1);
    segments.insert(1 + (1 << 20) / 1000, hole);
    let stream = single(&capture(&segments));
    assert_eq!((stream.bytes.len(), stream.lost.len()), (feed.len(), 0));
    assert_eq!(stream.bytes, feed);
}

/// Shows C8.
#[test]
fn a_hole_is_given_up_when_a_megabyte_is_held() {
    let feed = feed(20_000, 17);
    let mut segments = cut(&feed, 1, 1000);
    let hole = segments.remove(1);
    segments.insert(2 + (1 << 20) / 1000, hole);
    let file = capture(&segments);
    let stream = single(&file);
    assert_eq!(stream.lost.len(), 1);
    assert!(stream.lost[0].0 <= 1000 && stream.lost[0].1 >= 2000);
    assert_eq!((stats(&file).holes, stats(&file).holes_given_up_early), (1, 1));
    assert_eq!(stats(&file).hole_bytes, 1000);
}

/// Shows C8.
#[test]
fn what_stays_lost_is_lost_up_to_the_end() {
    let messages = messages(20, 18);
    let feed = messages.concat();
    // Behind the hole stands one message only, which proves nothing.
    let last = feed.len() - messages[19].len();
    let file = capture(&[(1, DATA, &feed[..last - 5]), (1 + last as u32, DATA, &feed[last..])]);
    let stream = single(&file);
    assert_eq!(stream.lost.len(), 1);
    assert_eq!((stream.lost[0].1, stream.end), (feed.len() as u64, feed.len() as u64));
    assert_eq!(stream.frames.len(), 18);
}

#[test]
fn a_hole_before_the_first_message_of_a_connection() {
    let feed = feed(30, 19);
    let file = capture(&[(0, SYN, b""), (101, DATA, &feed[100..])]);
    let stream = single(&file);
    assert_eq!((stream.lost.len(), stream.lost[0].0), (1, 0));
}

#[test]
fn the_snap_length_cuts_segments() {
    let messages = messages(400, 20);
    let feed = messages.concat();
    let mut segments = cut(&feed, 1, 400);
    segments.push((1 + feed.len() as u32, FIN, b""));
    // 54 bytes of headers, so that a quarter of each segment is missing.
    let file = capture_cut(&segments, 54 + 300);
    let stream = single(&file);
    assert!(!stream.lost.is_empty());
    assert_eq!(stream.end, feed.len() as u64);
    for (at, frame) in &stream.frames {
        assert_eq!(feed[*at as usize..][..frame.len()], frame[..]);
        assert!(messages.contains(frame));
    }
    assert!(stats(&file).packets_cut > 0);
}

#[test]
fn resync_skips_what_cannot_be_a_frame() {
    let messages = messages(40, 21);
    let mut feed = messages.concat();
    let at: usize = messages[..10].iter().map(Vec::len).sum();
    feed[at + 4] = 0x7f;
    let resync = Options { resync: true, ..Options::default() };
    let mut segments = vec![(0, SYN, &b""[..])];
    segments.extend(cut(&feed, 1, 250));
    let (streams, ..) = receive(&mut source(&capture(&segments), &resync));
    let next = at + messages[10].len();
    assert_eq!(streams[0].lost, [(at as u64, next as u64)]);
    assert_eq!(streams[0].frames.len(), 39);
    // Without it the rooms get the bytes as they are.
    assert_eq!(single(&capture(&segments)).bytes, feed);
    // The same in a file.
    let (streams, ..) = receive(&mut source(&feed, &resync));
    assert_eq!(streams[0].lost, [(at as u64, next as u64)]);
}

#[test]
fn resync_leaves_a_wrong_trailer_to_the_rooms() {
    let messages = messages(40, 22);
    let mut feed = messages.concat();
    let at: usize = messages[..10].iter().map(Vec::len).sum();
    feed[at + messages[10].len() - 1] ^= 1;
    let resync = Options { resync: true, ..Options::default() };
    let (streams, ..) = receive(&mut source(&feed, &resync));
    assert_eq!((&streams[0].bytes, streams[0].lost.len()), (&feed, 0));
}

#[test]
fn resync_finds_a_shifted_message() {
    let messages = messages(40, 23);
    let at: usize = messages[..10].iter().map(Vec::len).sum();
    let mut feed = messages.concat();
    feed.splice(at..at, *b"\x01\x02\x03");
    let resync = Options { resync: true, ..Options::default() };
    let (streams, ..) = receive(&mut source(&feed, &resync));
    assert_eq!(streams[0].lost, [(at as u64, at as u64 + 3)]);
    let (streams, ..) = receive(&mut source(b"only noise, nothing else at all", &resync));
    assert_eq!(streams[0].lost, [(0, 31)]);
}

#[test]
fn a_hole_ends_the_wait_for_a_candidate() {
    // A header that promises more than comes before the hole stands in front of three messages.
    let lure = [&300_192u32.to_be_bytes()[..], &8_000u32.to_be_bytes()].concat();
    let (one, two) = (feed(3, 24), feed(3, 25));
    let first = [&lure[..], &one].concat();
    let hole = first.len() as u32 + 50;
    for file in [capture(&[(0, DATA, &first), (hole, DATA, &two)]), capture(&[(0, DATA, &first)])] {
        let stream = single(&file);
        assert_eq!(stream.first, Some(8));
        assert!(stream.bytes.starts_with(&one));
    }
}

/// Shows C8.
#[test]
fn the_end_of_a_lost_message_is_not_taken_for_a_header() {
    // The trailer of the lost message reads as a length that ends where the next one ends, and the
    // sum is right because the eight bytes in front add up to 256.
    let mut body = [0; 51];
    body[50] = 197;
    let mut lost = message(300_192, &body);
    body[0] = 59u8.wrapping_sub(lost[62]);
    lost = message(300_192, &body);
    assert_eq!(lost[62], 59);
    let next = [message(300_192, &[9; 51]), message(300_191, &[8; 66])].concat();
    let start = [message(300_192, &[1; 51]), message(300_191, &[2; 66])].concat();
    let feed = [&start[..], &lost, &next].concat();
    assert!(tidegate_protocol::frame::holds(&feed[start.len() + 55..]).is_some());
    let hole = start.len() + 20;
    let file = capture(&[(0, DATA, &feed[..hole]), (hole as u32 + 5, DATA, &feed[hole + 5..])]);
    let (from, to) = (start.len() as u64, start.len() as u64 + 63);
    assert_eq!(single(&file).lost, [(from, to)]);
    // Unknown types prove a flow among themselves.
    let unknown = [message(7_777, &[1; 20]), message(8_888, &[2; 20])].concat();
    assert_eq!(single(&capture(&[(0, DATA, &unknown)])).bytes, unknown);
}

#[test]
fn ports_used_again_after_the_end_without_a_captured_syn() {
    let (one, two) = (feed(60, 26), feed(60, 27));
    let end = 100 + one.len() as u32;
    for (flags, missing) in [(FIN, 0), (RST, 0), (FIN, 1000)] {
        let mut segments = vec![(99, SYN, &b""[..])];
        segments.extend(cut(&one[..one.len() - missing], 100, 500));
        segments.push((end, flags, b""));
        if missing > 0 {
            segments.push((end, RST, b""));
        }
        segments.extend(cut(&two, 0x9000_0000, 500));
        // What is near the end of the first is a late segment of it, before the second begins.
        segments.insert(segments.len() - two.len().div_ceil(500), (end - 500, DATA, &one[..500]));
        let file = capture(&segments);
        let streams = streams(&file);
        assert_eq!(streams.len(), 2, "{flags:?}");
        assert_eq!(streams[1].bytes, two);
        assert_eq!(streams[1].name, format!("{NAME}#2"));
        let stats = stats(&file);
        assert_eq!((stats.ports_reused, stats.bytes_after_close), (1, 500));
    }
}

#[test]
fn a_last_byte_that_was_cut_off_is_not_a_keep_alive() {
    let feed = feed(60, 28);
    let size = 1446;
    let packet = |seq: u32, payload: &[u8], snaplen: u32| {
        capture_cut(&[(seq, DATA, payload)], snaplen).split_off(24)
    };
    let mut file = capture(&[(99, SYN, b"")]);
    let last = 100 + size as u32 - 1;
    file.extend(packet(100, &feed[..size], 54 + size as u32 - 1));
    file.extend(packet(last, &feed[size - 1..size], 262_144));
    file.extend(packet(last, &feed[size - 1..size], 262_144));
    file.extend(packet(100 + size as u32, &feed[size..], 262_144));
    let stream = single(&file);
    assert_eq!((&stream.bytes, stream.lost.len()), (&feed, 0));
    assert_eq!(stats(&file).keep_alives, 1);
    // One that is held behind a hole is there already.
    let file = capture(&[
        (99, SYN, b""),
        (200, DATA, &feed[100..200]),
        (299, DATA, b"\0"),
        (100, DATA, &feed[..100]),
        (300, DATA, &feed[200..]),
    ]);
    assert_eq!(single(&file).bytes, feed);
    assert_eq!((stats(&file).keep_alives, stats(&file).repeated_bytes), (1, 0));
}

#[test]
fn data_behind_a_fin_is_counted() {
    let feed = feed(60, 29);
    let file = capture(&[
        (99, SYN, b""),
        (100, DATA, &feed[..1000]),
        // Held beyond the end, then across it, then behind it.
        (100 + 2100, DATA, &feed[2100..2150]),
        (100 + 1900, DATA, &feed[1900..2050]),
        (100 + 2000, FIN, b""),
        (100 + 2000, DATA, &feed[2000..3000]),
        (100 + 1950, DATA, &feed[1950..2010]),
        (100 + 1000, DATA, &feed[1000..1900]),
    ]);
    assert_eq!(single(&file).bytes, feed[..2000]);
    let stats = stats(&file);
    assert_eq!(stats.bytes_after_close, 50 + 50 + 1000 + 10);
    assert_eq!((stats.segments_after_close, stats.repeated_bytes), (2, 50));
}

#[test]
fn a_late_syn_does_not_cut_the_flow() {
    let feed = feed(60, 30);
    let segments: [Seg<'_>; 4] = [
        (100 + 2000, DATA, &feed[2000..3000]),
        (99, SYN, b""),
        (100, DATA, &feed[..2000]),
        (3100, DATA, &feed[3000..]),
    ];
    for order in [[0, 1, 2, 3], [0, 2, 1, 3], [2, 0, 3, 1], [3, 0, 1, 2]] {
        let file = capture(&order.map(|index| segments[index]));
        for resync in [false, true] {
            let (streams, ..) =
                receive(&mut source(&file, &Options { resync, ..Options::default() }));
            assert_eq!(streams.len(), 1, "{order:?}");
            assert_eq!((&streams[0].bytes, streams[0].lost.len()), (&feed, 0));
        }
        let stats = stats(&file);
        assert_eq!((stats.ports_reused, stats.repeated_bytes), (0, 0));
    }
    // The SYN says that the first message is one, even if it is bad.
    let mut bad = feed.clone();
    bad[9] ^= 1;
    let file = capture(&[(200, DATA, &bad[100..]), (99, SYN, b""), (100, DATA, &bad[..100])]);
    assert_eq!(single(&file).bytes, bad);
}

#[test]
fn without_a_syn_the_first_segments_may_be_out_of_order() {
    let feed = feed(600, 31);
    let mut segments = cut(&feed, 0u32.wrapping_sub(700), 1000);
    segments[..6].reverse();
    let file = capture(&segments);
    assert_eq!(single(&file).bytes, feed);
    let counts = stats(&file);
    assert_eq!((counts.repeated_bytes, counts.bytes_before_start), (0, 0));
    assert_eq!((counts.out_of_order_segments, counts.bytes_before_sync), (5, 0));
    // Too late: whatever it was, it was not there before.
    let mut segments = cut(&feed, 5, 100);
    let first = segments.remove(0);
    segments.insert(400, first);
    segments.insert(401, segments[3]);
    let file = capture(&segments);
    let stream = single(&file);
    assert!(feed[100..].ends_with(&stream.bytes));
    let counts = stats(&file);
    assert_eq!((counts.bytes_before_start, counts.repeated_bytes), (100, 100));
    assert_eq!(counts.repeated_segments, 1);
}

/// Shows G20.
#[test]
fn unknown_types_do_not_keep_a_stream_from_starting() {
    let unknown = |number: u8| message(7_777, &[number; 40]);
    let known = |number: u8| message(300_192, &[number; 51]);
    let mixed = [unknown(1), known(2), known(3), unknown(4), known(5)].concat();
    let only: Vec<u8> = (0..5).flat_map(unknown).collect();
    let alternating = [unknown(1), known(2), unknown(3), known(4)].concat();
    let start = [known(8), known(9)].concat();
    // Only an unknown type right before a known one proves nothing; the known one does.
    let first = unknown(1).len();
    for (feed, late) in [(mixed, first), (only, 0), (alternating, first)] {
        for skip in [0, 1, 5, 20, 35] {
            // The end of a message that began before the capture.
            let cut = [&message(300_191, &[6; 66])[40 + skip..], &feed].concat();
            let stream = single(&capture(&[(0, DATA, &cut)]));
            assert_eq!(stream.bytes, feed[late..], "skip {skip}");
            // The same behind a hole.
            let file = capture(&[(0, DATA, &start), (start.len() as u32 + 9, DATA, &cut)]);
            let stream = single(&file);
            let resumed = start.len() + 9 + cut.len() - feed.len() + late;
            assert_eq!(stream.lost, [(start.len() as u64, resumed as u64)]);
            assert!(stream.bytes.ends_with(&feed[late..]));
        }
    }
}
