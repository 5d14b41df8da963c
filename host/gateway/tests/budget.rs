//! The memory of all flows together; a process of its own, because that is what is measured.

mod common;

use common::*;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Options, Source};

const DATA: TcpFlags = TcpFlags::DATA;
const MIB: usize = 1 << 20;

fn write(path: &Path, fill: impl FnOnce(&mut PcapWriter<BufWriter<File>>)) {
    let mut writer = PcapWriter::new(BufWriter::new(File::create(path).unwrap())).unwrap();
    fill(&mut writer);
    writer.finish().unwrap().flush().unwrap();
}

#[test]
fn the_total_budget_makes_the_largest_give_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holes.pcap");
    let feed = feed(16_000, 3);
    assert!(feed.len() > 950_000);
    // 300 flows with a hole at the start and nearly a megabyte behind it.
    write(&path, |writer| {
        for port in 0..300u16 {
            let to = addr(9, port);
            writer.tcp(A, to, 0, TcpFlags::SYN, b"", 0).unwrap();
            for (index, part) in feed[..950_000].chunks(50_000).enumerate() {
                if index > 0 {
                    let seq = 1 + index as u32 * 50_000;
                    writer.tcp(A, to, seq, DATA, part, 0).unwrap();
                }
            }
        }
    });
    let mut source = Source::open(&path, &Options::default()).unwrap();
    let (mut opened, mut resumed, mut closed) = (0, 0, 0);
    while let Some(delivery) = source.next().unwrap() {
        match delivery {
            tidegate_gateway::Delivery::Open { .. } => opened += 1,
            tidegate_gateway::Delivery::Resume { .. } => resumed += 1,
            tidegate_gateway::Delivery::Close { .. } => closed += 1,
            _ => {}
        }
    }
    assert_eq!((opened, resumed, closed), (300, 300, 300));
    assert!((1..150).contains(&source.stats().holes_given_up_early));
    if let Some(peak) = peak_memory() {
        assert!(peak < 600 * MIB, "{peak} bytes");
    }
}
