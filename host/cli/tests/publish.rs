//! `replay --publish`.

mod common;

use std::fs;
use std::path::Path;

use common::{Dir, run};
use tidegate_pipeline::publish::{Event, Reader};
use tidegate_pipeline::record::OwnedRecord;
use tidegate_pipeline::toe::{Descriptor, Out, Toe};

fn feed(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden-feeds");
    root.join(name).display().to_string()
}

/// Messages and records of the datagrams, which must all be there.
fn read<'a>(datagrams: impl Iterator<Item = &'a [u8]>) -> (u64, u64, Vec<OwnedRecord>) {
    let (mut reader, mut count, mut messages, mut all) = (Reader::new(), 0, 0, Vec::new());
    for datagram in datagrams {
        count += 1;
        let read = reader.datagram(datagram, &mut |event| match event {
            Event::Run { run, sequence } => assert_eq!((run, sequence), (1, 1)),
            Event::Message(records) => {
                messages += 1;
                all.extend_from_slice(records);
            }
            other => panic!("{other:?}"),
        });
        read.expect("a datagram of ours");
    }
    (count, messages, all)
}

/// Payloads of a classic capture of UDP datagrams.
fn payloads(pcap: &[u8]) -> Vec<&[u8]> {
    let mut rest = &pcap[24..];
    let mut payloads = Vec::new();
    while let Some(length) = rest.get(8..12) {
        let length = u32::from_le_bytes(length.try_into().expect("4 bytes")) as usize;
        let (packet, more) = rest[16..].split_at(length);
        assert_eq!(
            (&packet[30..34], &packet[36..38]),
            (&[239, 1, 1, 1][..], &30_001u16.to_be_bytes()[..])
        );
        payloads.push(&packet[42..]);
        rest = more;
    }
    payloads
}

/// Shows G29, G38.
#[test]
fn every_record_goes_out_in_both_forms() {
    let dir = Dir::new();
    let [pcap, beats] = ["out.pcap", "out.beats"].map(|name| dir.name(name));
    let file = feed("market-day/market-day.pcap.gz");
    let ran = run(&["replay", &file, "--publish", &pcap]);
    let said = ran.text().lines().find(|line| line.starts_with("  publish")).expect("a line");
    run(&["replay", &file, "--publish", &beats]).text();

    let bytes = fs::read(&pcap).expect("the capture");
    let (count, messages, records) = read(payloads(&bytes).into_iter());
    // Every tick, snapshot, index and statistics message of the day.
    assert_eq!(messages, 40_989 + 56_125 + 1_514 + 1_059 + 1);
    assert!(count >= messages && records.len() as u64 > messages);
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits, count.to_string());

    let mut packets: Vec<Vec<u8>> = Vec::new();
    let mut toe = Toe::new(Descriptor::default(), 128);
    for word in fs::read(&beats).expect("the words").chunks(16) {
        // A packet may come in pieces; each begins with a header word of its own.
        toe.push(word, |out| match out {
            Out::Bytes { bytes, .. } => match packets.last_mut() {
                Some(last)
                    if last.len() < 32
                        || last.len() < usize::from(u16::from_le_bytes([last[24], last[25]])) =>
                {
                    last.extend_from_slice(bytes);
                }
                _ => packets.push(bytes.to_vec()),
            },
            Out::Fault { code, .. } => panic!("{code:?}"),
        });
    }
    let (_, _, again) = read(packets.iter().map(Vec::as_slice));
    assert!(again == records);
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    let dir = Dir::new();
    let file = feed("worked-examples/worked-examples.bin");
    let error = run(&["replay", &file, "--publish", &dir.name("x.bin")]);
    assert!(error.error(2).contains(".pcap (UDP datagrams) or .beats"), "{}", error.stderr);
    let missing = dir.name("no/such.pcap");
    assert!(run(&["replay", &file, "--publish", &missing]).error(1).contains("cannot create"));
}
