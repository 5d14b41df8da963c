//! What is not ours must cost little, however much there is of it.

mod common;

use common::*;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Options, Source};

const DATA: TcpFlags = TcpFlags::DATA;
const MIB: usize = 1 << 20;

fn write(path: &Path, fill: impl FnOnce(&mut PcapWriter<BufWriter<File>>)) {
    let mut writer = PcapWriter::new(BufWriter::new(File::create(path).unwrap())).unwrap();
    fill(&mut writer);
    writer.finish().unwrap().flush().unwrap();
}

/// 160 MiB of other data beside one small stream of ours. The memory is that of the whole process,
/// whose other tests may run at the same time.
#[test]
fn foreign_flows_take_bounded_time_and_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.pcap");
    let http = b"GET /index.html HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n".repeat(24);
    let zeros = vec![0; http.len()];
    // Each position looks like a short message of its own, and none holds.
    let lures = [0, 0, 1, 0, 0, 0, 0x1f, 0].repeat(http.len() / 8);
    // The longest message there is, which never comes to its end.
    let mut long = 390_012u32.to_be_bytes().to_vec();
    long.extend((1u32 << 20).to_be_bytes());
    let long = long.repeat(http.len() / 8);
    let feed = feed(100, 1);
    write(&path, |writer| {
        for (port, payload) in [&http, &zeros, &lures, &long].into_iter().enumerate() {
            let mut seq = 1u32;
            while (seq as usize) < 40 * MIB {
                writer.tcp(A, addr(9, port as u16), seq, DATA, payload, 0).unwrap();
                seq += payload.len() as u32;
            }
        }
        writer.tcp(A, B, 1, DATA, &feed, 0).unwrap();
    });
    let start = Instant::now();
    let mut source = Source::open(&path, &Options::default()).unwrap();
    let (streams, ..) = receive(&mut source);
    assert_eq!((streams.len(), &streams[0].bytes), (1, &feed));
    assert_eq!((source.stats().foreign_flows, source.stats().streams), (4, 1));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    if let Some(peak) = peak_memory() {
        assert!(peak < 64 * MIB, "{peak} bytes");
    }
}

#[test]
fn too_many_flows_evict_the_longest_unused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scan.pcap");
    let feed = feed(2000, 2);
    let half = feed.len() / 2 / 1000 * 1000;
    write(&path, |writer| {
        // Ours stays in use, except one stream that sleeps too long.
        writer.tcp(addr(3, 3), B, 1, DATA, &feed[..half.min(60_000)], 0).unwrap();
        let mut seq = 0;
        for port in 0..70_000u32 {
            let from = addr((port >> 16) as u8 + 100, port as u16);
            writer.tcp(from, B, 1, DATA, b"probe", u64::from(port)).unwrap();
            if port % 1000 == 0 && seq + 1000 <= half {
                let part = &feed[seq..seq + 1000];
                writer.tcp(A, B, seq as u32, DATA, part, u64::from(port)).unwrap();
                seq += 1000;
            }
        }
        writer.tcp(addr(3, 3), B, 60_001, DATA, &feed[half.min(60_000)..][..60_000], 0).unwrap();
    });
    let mut source = Source::open(&path, &Options::default()).unwrap();
    let (streams, ..) = receive(&mut source);
    let names: Vec<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(names[..2], ["tcp:10.0.0.3:3>10.0.0.2:40001", NAME]);
    assert_eq!(names[2], "tcp:10.0.0.3:3>10.0.0.2:40001#2");
    assert!(feed.starts_with(&streams[1].bytes) && streams[1].bytes.len() >= 60_000);
    assert!(source.stats().evictions > 4000);
    assert_eq!(source.stats().foreign_flows, 70_000);
}
