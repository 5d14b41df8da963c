//! Large inputs take little memory; a process of its own, because that is what is measured.

mod common;

use common::*;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Delivery, Options, Source};

const MIB: usize = 1 << 20;
const SIZE: usize = 300 * MIB;

/// The same part again and again, made while it is read.
struct Repeat<F> {
    part: Vec<u8>,
    at: usize,
    left: usize,
    renew: F,
}

impl<F: FnMut(&mut Vec<u8>)> Read for Repeat<F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.part.len() {
            if self.left == 0 {
                return Ok(0);
            }
            self.left -= 1;
            self.at = 0;
            (self.renew)(&mut self.part);
        }
        let count = (&self.part[self.at..]).read(buf)?;
        self.at += count;
        Ok(count)
    }
}

fn drain(mut source: Source) -> usize {
    let mut count = 0;
    while let Some(delivery) = source.next().unwrap() {
        if let Delivery::Bytes { bytes, .. } = delivery {
            count += bytes.len();
        }
    }
    count
}

fn bounded(what: &str) {
    if let Some(peak) = peak_memory() {
        assert!(peak < 96 * MIB, "{what}: {peak} bytes");
    }
}

#[test]
fn three_hundred_megabytes_take_little_memory() {
    let feed = feed(500, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.bin");
    let mut file = std::fs::File::create(&path).unwrap();
    let copies = SIZE / feed.len();
    for _ in 0..copies {
        file.write_all(&feed).unwrap();
    }
    drop(file);
    for resync in [false, true] {
        let options = Options { resync, ..Options::default() };
        let source = Source::open(&path, &options).unwrap();
        assert_eq!(drain(source), copies * feed.len());
        bounded("a file");
    }

    // A capture that comes out of a pipe.
    let mut writer = PcapWriter::new(Vec::new()).unwrap();
    writer.tcp(A, B, 0, TcpFlags::SYN, b"", 0).unwrap();
    let head = writer.finish().unwrap();
    let mut seq = 1u32;
    let renew = |part: &mut Vec<u8>| {
        let mut writer = PcapWriter::new(Vec::new()).unwrap();
        for payload in feed.chunks(1_400) {
            writer.tcp(A, B, seq, TcpFlags::DATA, payload, 0).unwrap();
            seq = seq.wrapping_add(payload.len() as u32);
        }
        *part = writer.finish().unwrap().split_off(24);
    };
    let mut capture = Repeat { part: head, at: 0, left: copies, renew };
    let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    if let Ok(child) = &mut child {
        let (mut input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let source = std::thread::scope(|scope| {
            scope.spawn(move || {
                io::copy(&mut capture, &mut input).unwrap();
            });
            Source::from_reader(output, "pipe", &Options::default()).unwrap()
        });
        child.wait().unwrap();
        assert_eq!(drain(source), copies * feed.len());
        bounded("a pipe");
    }
}
