//! Files without packets, compression, recognition, and reading again.

mod common;

use common::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use std::io::Write;
use std::path::Path;
use tidegate_gateway::write::TcpFlags;
use tidegate_gateway::{Format, Options, Source, SourceError};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

fn format(bytes: &[u8]) -> Format {
    source(bytes, &Options::default()).format()
}

fn all(file: &[u8]) -> Vec<Event> {
    events(&mut source(file, &Options::default()))
}

/// A TOE header word: length, session, filler.
fn beats(count: usize) -> Vec<u8> {
    let mut word = vec![0x55; 16];
    word[..3].copy_from_slice(&[0, 16, 1]);
    word.extend([7; 16]);
    word.repeat(count)
}

#[test]
fn a_bin_comes_in_chunks() {
    let feed = feed(2000, 1);
    let stream = single(&feed);
    assert_eq!((stream.bytes, stream.name.as_str()), (feed.clone(), "0"));
    let chunks = all(&feed).iter().filter(|event| matches!(event, Event::Bytes(..))).count();
    assert_eq!(chunks, feed.len().div_ceil(64 << 10));
}

#[test]
fn an_empty_file_is_an_empty_bin() {
    assert_eq!(all(b""), [Event::Open(0), Event::Close(0)]);
    assert_eq!(all(&gzip(b"")), [Event::Open(0), Event::Close(0)]);
    let resync = Options { resync: true, ..Options::default() };
    assert_eq!(events(&mut source(b"", &resync)), [Event::Open(0), Event::Close(0)]);
}

#[test]
fn the_content_tells_the_format() {
    assert_eq!(format(&feed(3, 1)), Format::Bin);
    assert_eq!(format(b"abc"), Format::Bin);
    assert_eq!(format(&beats(1)), Format::Beats);
    let mut reversed = beats(1);
    reversed[..16].reverse();
    assert_eq!(format(&reversed), Format::Beats);
    assert_eq!(format(&capture(&[])), Format::Pcap);
    for pack in [gzip, zstd] {
        assert_eq!(format(&pack(&beats(1))), Format::Beats);
        assert_eq!(format(&pack(&capture(&[]))), Format::Pcap);
        assert_eq!(format(&gzip(&pack(&capture(&[])))), Format::Pcap);
    }
    // The name helps only where nothing else can.
    let named = |bytes: &[u8], name: &str| {
        Source::from_reader(bytes, name, &Options::default()).unwrap().format()
    };
    assert_eq!(named(b"", "x.beats"), Format::Beats);
    assert_eq!(named(b"", "x.beats.gz"), Format::Beats);
    assert_eq!(named(&feed(3, 1), "x.beats"), Format::Bin);
    assert_eq!(named(&capture(&[]), "x.bin"), Format::Pcap);
    let forced = Options { format: Some(Format::Bin), ..Options::default() };
    assert_eq!(source(&beats(1), &forced).format(), Format::Bin);
}

#[test]
fn beats_are_whole_words() {
    let file = beats(5000);
    let words: Vec<u8> = all(&file)
        .into_iter()
        .flat_map(|event| match event {
            Event::Words(words) => {
                assert_eq!(words.len() % 16, 0);
                words
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(words, file);
    let cut = all(&file[..file.len() - 3]);
    let code = tidegate_protocol::FaultCode::CaptureDamaged;
    let end = file.len() as u64 - 16;
    assert_eq!(cut.last(), Some(&Event::Fault(None, code, end, 13)));
}

#[test]
fn compressed_files_deliver_the_same() {
    let feed = feed(3000, 2);
    let segments: Vec<Seg<'_>> = feed
        .chunks(900)
        .enumerate()
        .filter(|(index, _)| index % 50 != 49)
        .map(|(index, part)| ((index * 900) as u32, TcpFlags::DATA, part))
        .collect();
    for file in [feed.clone(), beats(9000), capture(&segments)] {
        let plain = all(&file);
        let half = file.len() / 2;
        for packed in [
            gzip(&file),
            zstd(&file),
            gzip(&zstd(&file)),
            // Files put one behind the other.
            [gzip(&file[..half]), gzip(&file[half..])].concat(),
            [zstd(&file[..half]), zstd(&file[half..])].concat(),
            // A frame to be skipped.
            [&[0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(&file)].concat(),
        ] {
            assert!(all(&packed) == plain);
        }
    }
}

#[test]
fn damaged_compression_is_read_up_to_the_damage() {
    let feed = feed(20_000, 3);
    for (pack, slack) in [(gzip as fn(&[u8]) -> Vec<u8>, 16 << 10), (zstd, 128 << 10)] {
        let packed = pack(&feed);
        let mut flipped = packed.clone();
        let at = packed.len() * 3 / 4;
        flipped[at..at + 8].fill(0xff);
        for (damaged, exact) in [(&packed[..packed.len() * 3 / 4], true), (&flipped, false)] {
            let (streams, damage, _) = receive(&mut source(damaged, &Options::default()));
            let got = &streams[0].bytes;
            assert_eq!(damage, [(got.len() as u64, 0)]);
            let good = got.iter().zip(&feed).take_while(|(a, b)| a == b).count();
            assert!(!exact || good == got.len());
            let wanted = feed.len() * 3 / 4 - feed.len() / 100 - slack;
            assert!(good >= wanted, "{good} of {} at least {wanted}", feed.len());
        }
    }
    // The magic alone.
    let (streams, damage, _) = receive(&mut source(&gzip(&feed)[..5], &Options::default()));
    assert_eq!((streams[0].bytes.len(), damage), (0, vec![(0, 0)]));
    // A wrong checksum at the very end.
    let mut packed = gzip(&feed);
    let at = packed.len() - 6;
    packed[at] ^= 1;
    let (streams, damage, _) = receive(&mut source(&packed, &Options::default()));
    assert_eq!((streams[0].bytes.len(), damage), (feed.len(), vec![(feed.len() as u64, 0)]));
}

#[test]
fn a_cut_zstd_frame_gives_its_whole_window() {
    // Blocks that are stored as they are, and a window larger than all of them.
    let feed = feed(5000, 6);
    let mut packed = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 12 << 3];
    let mut whole = 0;
    for block in feed.chunks(60_000) {
        packed.extend(&(block.len() as u32 * 8).to_le_bytes()[..3]);
        packed.extend(block);
        whole += block.len();
    }
    assert_eq!(whole, feed.len());
    let (streams, damage, _) = receive(&mut source(&packed, &Options::default()));
    assert_eq!((&streams[0].bytes, damage), (&feed, vec![(whole as u64, 0)]));
}

#[test]
fn a_rewind_delivers_the_same_again() {
    let feed = feed(500, 4);
    let resync = Options { resync: true, ..Options::default() };
    let mut segments: Vec<Seg<'_>> = feed
        .chunks(100)
        .enumerate()
        .map(|(index, part)| ((index * 100) as u32, TcpFlags::DATA, part))
        .collect();
    segments.remove(7);
    segments.swap(20, 25);
    for file in [feed.clone(), beats(9000), capture(&segments), zstd(&capture(&segments))] {
        for options in [&Options::default(), &resync] {
            let mut source = source(&file, options);
            let first = events(&mut source);
            let stats = source.stats().clone();
            source.rewind().unwrap();
            assert_eq!(source.progress().1, Some(file.len() as u64));
            assert!(events(&mut source) == first);
            // In the middle, too.
            source.rewind().unwrap();
            source.next().unwrap();
            source.next().unwrap();
            source.rewind().unwrap();
            assert!(events(&mut source) == first);
            assert_eq!(source.stats(), &stats);
            assert_eq!(source.progress(), (file.len() as u64, Some(file.len() as u64)));
        }
    }
}

#[test]
fn files_open_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("day.dat");
    std::fs::write(&path, gzip(&feed(10, 5))).unwrap();
    let mut source = Source::open(&path, &Options::default()).unwrap();
    assert_eq!(receive(&mut source).0[0].bytes, feed(10, 5));
    let missing = folder.path().join("missing.bin");
    let error = Source::open(&missing, &Options::default()).unwrap_err();
    assert!(matches!(error, SourceError::Open { .. }) && error.to_string().contains("missing"));
    assert!(Source::open(folder.path(), &Options::default()).is_err());
    assert!(Source::open(Path::new(""), &Options::default()).is_err());
}
