//! Any bytes as a source: recognised by content, and taken for a capture whatever they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::{delivered, receive_twice};
use tidegate_gateway::{Format, Options, Source};

fuzz_target!(|data: &[u8]| {
    let compressed = matches!(
        data,
        [0x1f, 0x8b, 8, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
    );
    // Four bytes of Zstandard can say 128 KiB: reading a bomb takes its time, as it should.
    if compressed && data.len() > 4 << 10 {
        return;
    }
    for format in [None, Some(Format::Pcap), Some(Format::PcapNg)] {
        for resync in [false, true] {
            let options = Options { resync, format, ..Options::default() };
            let Ok(mut source) = Source::from_reader(data, "fuzz", &options) else { continue };
            let steps = receive_twice(&mut source);
            assert!(format.is_none_or(|format| source.format() == format));
            assert!(compressed || delivered(&steps) <= data.len(), "bytes out of nowhere");
        }
    }
});
