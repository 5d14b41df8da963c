//! Our stream among thousands of others; a process of its own, because its memory is measured.

mod common;

use common::*;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Delivery, Options, Source, Stats};

const DATA: TcpFlags = TcpFlags::DATA;
const SYN: TcpFlags = TcpFlags::SYN;
const MIB: usize = 1 << 20;
const FOREIGN: u32 = 5_000;

type Writer = PcapWriter<BufWriter<File>>;

fn write(path: &Path, fill: impl FnOnce(&mut Writer)) {
    let mut writer = PcapWriter::new(BufWriter::new(File::create(path).unwrap())).unwrap();
    fill(&mut writer);
    writer.finish().unwrap().flush().unwrap();
}

/// 60 kB of a flow that is not ours.
fn foreign(writer: &mut Writer, number: u32, payload: &[u8], syn: bool) {
    let from = addr(20, number as u16 + 1);
    if syn {
        writer.tcp(from, B, 0, SYN, b"", 0).unwrap();
    }
    writer.tcp(from, B, 1, DATA, payload, 0).unwrap();
}

/// The longest message there is, which never comes to its end: the search waits for it everywhere.
fn lures() -> Vec<u8> {
    let mut lure = 390_012u32.to_be_bytes().to_vec();
    lure.extend((1u32 << 20).to_be_bytes());
    lure.repeat(60_000 / lure.len())
}

fn read(path: &Path, options: &Options) -> (Vec<Received>, Stats) {
    let mut source = Source::open(path, options).unwrap();
    let (streams, ..) = receive(&mut source);
    (streams, source.stats().clone())
}

fn small(writer: &mut Writer, feed: &[u8], seq: u32) {
    for (index, part) in feed.chunks(60).enumerate() {
        writer.tcp(A, B, seq + index as u32 * 60, DATA, part, 0).unwrap();
    }
}

fn others(writer: &mut Writer, payload: &[u8], syn: bool) {
    for number in 0..FOREIGN {
        foreign(writer, number, payload, syn);
    }
}

fn foreign_flows_do_not_hide_ours(path: &Path) {
    let feed = feed(400, 1);
    let (zeros, lures) = (vec![0; 60_000], lures());
    // Whether they make the search wait, whether our SYN was captured, and theirs.
    let cases =
        [(false, false, false), (true, false, false), (true, true, false), (true, false, true)];
    for (waits, syn, theirs) in cases {
        let payload = if waits { &lures } else { &zeros };
        write(path, |writer| {
            // The first bytes come before the others, so that they wait through all of them.
            if syn {
                writer.tcp(A, B, 0, SYN, b"", 0).unwrap();
            }
            writer.tcp(A, B, 1, DATA, &feed[..6], 0).unwrap();
            others(writer, payload, theirs);
            small(writer, &feed[6..], 7);
        });
        let (streams, stats) = read(path, &Options::default());
        assert_eq!((streams.len(), stats.foreign_flows), (1, u64::from(FOREIGN)));
        assert!(streams[0].bytes == feed, "syn {syn}, theirs {theirs}");
        assert_eq!(stats.searches_cut_short > 0, waits);
        assert_eq!(stats.streams_cut_short, 0);
    }
}

fn losses_are_recovered_from(path: &Path) {
    let messages = messages(400, 2);
    let feed = messages.concat();
    write(path, |writer| {
        writer.tcp(A, B, 1, DATA, &feed[..3_000], 0).unwrap();
        others(writer, &lures(), true);
        small(writer, &feed[3_100..], 3_101);
    });
    for resync in [false, true] {
        let (streams, stats) = read(path, &Options { resync, ..Options::default() });
        assert_eq!(streams.len(), 1);
        let stream = &streams[0];
        assert_eq!((stream.lost.len(), stream.end), (1, feed.len() as u64));
        assert!(stream.frames.len() >= 396, "{}", stream.frames.len());
        assert!(stats.searches_cut_short > 0);
    }
}

/// When all that waits is ours, something has to go: the walks go on, and it is counted.
fn our_walks_go_on_and_say_so(path: &Path) {
    let long = message(390_012, &[7; MIB - 16]);
    let mut tail = feed(40, 3);
    let good = feed(3, 4);
    // A length that cannot be, which only a walk finds.
    let damage = good.len() + long.len();
    tail.splice(0..0, [0, 0, 0, 9, 0x7f, 0, 0, 0]);
    let whole = [&good[..], &long, &tail].concat();
    let flows = 200u16;
    write(path, |writer| {
        for port in 0..flows {
            writer.tcp(A, addr(9, port), 0, SYN, b"", 0).unwrap();
        }
        for (index, part) in whole.chunks(60_000).enumerate() {
            for port in 0..flows {
                let seq = 1 + index as u32 * 60_000;
                writer.tcp(A, addr(9, port), seq, DATA, part, 0).unwrap();
            }
        }
    });
    let options = Options { resync: true, ..Options::default() };
    let mut source = Source::open(path, &options).unwrap();
    let (mut resumed, mut count) = (0, 0);
    while let Some(delivery) = source.next().unwrap() {
        match delivery {
            Delivery::Resume { offset, .. } => {
                assert_eq!(offset, damage as u64 + 8);
                resumed += 1;
            }
            Delivery::Bytes { bytes, .. } => count += bytes.len(),
            _ => {}
        }
    }
    assert_eq!((resumed, count), (flows, usize::from(flows) * (whole.len() - 8)));
    let stats = source.stats();
    assert!((1..=u64::from(flows)).contains(&stats.streams_cut_short));
    assert!(stats.searches_cut_short >= stats.streams_cut_short);
}

/// Shows C8.
#[test]
fn searches_share_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pressure.pcap");
    foreign_flows_do_not_hide_ours(&path);
    losses_are_recovered_from(&path);
    our_walks_go_on_and_say_so(&path);
    if let Some(peak) = peak_memory() {
        assert!(peak < 256 * MIB, "{peak} bytes");
    }
}
