//! What is in the small feeds.
#![allow(missing_docs, reason = "a test")]

use tidegate_golden_feeds::sample::{
    repaired, reversed, toe_printed, toe_repaired, worked_examples,
};
use tidegate_protocol::{Item, View, frame, items_within, msg_type};

#[test]
fn the_worked_examples_are_thirteen_frames_that_hold() {
    let bytes = worked_examples();
    let mut rest = bytes.as_slice();
    let mut frames = 0;
    while let Some(length) = frame::holds(rest) {
        let (one, more) = rest.split_at(length);
        let msg_type = u32::from_be_bytes(*one.first_chunk().expect("a header"));
        let body = frame::body(one);
        let view = View::new(msg_type, body).expect("a body of its type");
        assert_eq!(view.known_len(), body.len());
        rest = more;
        frames += 1;
    }
    assert_eq!((frames, rest.len()), (13, 0));
}

/// Shows G18, G33, G34.
#[test]
fn the_toe_sample_is_a_snapshot_cut_off_behind_the_previous_close() {
    let printed = toe_printed();
    assert_eq!(reversed(&reversed(&printed)), printed);
    let length = usize::from(u16::from_be_bytes([printed[14], printed[15]]));
    assert_eq!((printed[13], length), (17, 69));
    let payload = repaired(&printed[16..16 + length]);
    assert_eq!(payload.len(), 64);
    assert_eq!(payload[..4], [0x64, 5, 0, 0]);
    let words = reversed(&toe_repaired());
    assert_eq!(words[13..16], [17, 0, 64]);
    assert_eq!(words[16..], payload);

    let (head, body) = payload[4..].split_first_chunk().expect("a header");
    assert_eq!(frame::header(head), (msg_type::AUCTION_SNAPSHOT, 1_381));
    let items = items_within(msg_type::AUCTION_SNAPSHOT, body).expect("a known type");
    let fields: Vec<(&str, Option<i64>)> = items
        .map(|item| match item {
            Item::Field(field, value) => (field.name, value.number()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(fields[0], ("OrigTime", Some(20_190_704_111_803_000)));
    assert_eq!(fields[1], ("ChannelNo", Some(1_012)));
    assert_eq!(fields[6], ("PrevClosePx", Some(68_000)));
}
