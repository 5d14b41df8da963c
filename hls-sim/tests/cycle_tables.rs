//! `CYCLES.md` is what the rooms do, and what they do is right. `BLESS=1` writes the file.

use std::path::Path;

use tidegate_hls_sim::cycles::{markdown, rows};
use tidegate_protocol::MESSAGES;
use tidegate_protocol::table::records::{Becomes, becomes};

/// Shows G24.
#[test]
fn the_tables_are_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CYCLES.md");
    let text = markdown();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == text, "BLESS=1 cargo test -p tidegate-hls-sim --test cycle_tables");
}

/// A field is captured with the beat of its last byte, at any place, in a message of any length.
/// Shows G22, G24, G27.
#[test]
fn a_field_is_captured_with_its_last_byte() {
    for message in MESSAGES {
        let held = becomes(message.msg_type) == Becomes::Snapshot;
        let rows = rows(message);
        for row in &rows {
            let Some((at, length)) = row.bytes else { continue };
            for (place, cycle) in row.cycles.iter().enumerate() {
                let wanted = ((place + at + length - 1) / 16) as u32;
                let captured = held || at + length <= 200;
                assert_eq!(*cycle, captured.then_some(wanted), "{} {}", message.name, row.name);
            }
        }
        // The article's order: type, length and time of a snapshot are in its first beat.
        assert_eq!(rows[0].cycles[0], Some(0));
        if held {
            assert_eq!((rows[1].name.as_str(), rows[1].cycles[0]), ("OrigTime", Some(0)));
        }
    }
}
