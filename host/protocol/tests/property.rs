//! Properties of the codec over every message type.

use proptest::prelude::*;
use proptest::sample::select;
use tidegate_protocol::encode::Step;
use tidegate_protocol::schema::{Field, Part, Then, Type};
use tidegate_protocol::{
    EncodeError, Encoder, Item, MESSAGES, Value, View, ViewError, frame, items_within, msg_type,
};

/// Numbers from a stream of bytes, so that one strategy serves every layout.
struct Dice<'a>(std::iter::Cycle<std::slice::Iter<'a, u8>>);

impl Dice<'_> {
    fn byte(&mut self) -> u8 {
        *self.0.next().expect("some bytes")
    }
    fn word(&mut self) -> u64 {
        (0..8).fold(0, |word, _| word << 8 | u64::from(self.byte()))
    }
}

/// A random message as the items that an application would give.
fn fill(parts: &'static [Part], dice: &mut Dice<'_>, encoder: &mut Encoder<'_>) {
    for part in parts {
        let mut count = 0;
        for field in part.fields {
            let mut text = [0; 256];
            let word = dice.word();
            let value = match field.ty {
                Type::Count | Type::Length => {
                    count = u32::from(dice.byte() % 6);
                    Value::Unsigned(count.into())
                }
                Type::U8 => Value::Unsigned(word & 0xff),
                Type::U16 | Type::Bool16 => Value::Unsigned(word & 0xffff),
                Type::U32 | Type::Date => Value::Unsigned(word & 0xffff_ffff),
                Type::I32 => Value::Signed(i64::from(word as i32)),
                Type::Char | Type::Text | Type::Gbk | Type::Utf8OrGbk => {
                    let text = &mut text[..usize::from(field.len)];
                    text.fill_with(|| dice.byte());
                    Value::Text(text)
                }
                _ => Value::Signed(word as i64),
            };
            encoder.item(Item::Field(field, value)).unwrap();
        }
        match &part.then {
            Then::Nothing => {}
            Then::Data { name } => {
                let bytes: Vec<u8> = (0..count).map(|_| dice.byte()).collect();
                encoder.item(Item::Data { name, bytes: &bytes }).unwrap();
            }
            Then::Group(group) => {
                encoder.item(Item::GroupBegin { group, count }).unwrap();
                for index in 0..count {
                    encoder.item(Item::EntryBegin { index }).unwrap();
                    fill(group.entry, dice, encoder);
                    encoder.item(Item::EntryEnd).unwrap();
                }
                encoder.item(Item::GroupEnd).unwrap();
            }
        }
    }
}

/// A whole frame of a random message of a random type.
fn any_frame() -> impl Strategy<Value = (u32, Vec<u8>)> {
    (select(MESSAGES), prop::collection::vec(any::<u8>(), 64..512)).prop_map(|(message, seed)| {
        let mut buffer = vec![0xa5; 16 << 10];
        let mut encoder = Encoder::new(message.msg_type, &mut buffer).unwrap();
        fill(message.parts, &mut Dice(seed.iter().cycle()), &mut encoder);
        let len = encoder.finish().unwrap();
        buffer.truncate(len);
        (message.msg_type, buffer)
    })
}

/// What an item says, without the borrowed table.
fn plain(item: &Item<'_>) -> (Step, Vec<u8>, i64) {
    let mut bytes = Vec::new();
    let mut number = 0;
    let step = match item {
        Item::Field(field, value) => {
            bytes = value.text().unwrap_or_default().to_vec();
            number = value.number().unwrap_or_default();
            Step::Field(field.name)
        }
        Item::GroupBegin { group, count } => Step::GroupBegin(group.name, *count),
        Item::EntryBegin { index } => Step::EntryBegin(*index),
        Item::EntryEnd => Step::EntryEnd,
        Item::GroupEnd => Step::GroupEnd,
        Item::Data { name, bytes } => Step::Data(name, bytes.len()),
    };
    (step, bytes, number)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Shows G14, G19.
    #[test]
    fn items_written_again_are_the_same_bytes((msg_type, wire) in any_frame()) {
        prop_assert_eq!(frame::holds(&wire), Some(wire.len()));
        let view = View::new(msg_type, frame::body(&wire)).unwrap();
        prop_assert_eq!(view.known_len() + 12, wire.len());
        let mut buffer = vec![0; wire.len()];
        let mut encoder = Encoder::new(msg_type, &mut buffer).unwrap();
        for item in view.items() {
            encoder.item(item).unwrap();
        }
        prop_assert_eq!(encoder.finish(), Ok(wire.len()));
        prop_assert_eq!(&buffer, &wire);
        // One byte less of room is an error, not a panic.
        let mut small = vec![0; wire.len() - 1];
        let full = Encoder::new(msg_type, &mut small).and_then(|mut encoder| {
            view.items().try_for_each(|item| encoder.item(item))
        });
        let is_room = matches!(full, Err(EncodeError::Room { .. }));
        prop_assert!(is_room);
    }

    /// Shows G18.
    #[test]
    fn a_queue_is_there_iff_it_is_counted((msg_type, wire) in any_frame()) {
        let view = View::new(msg_type, frame::body(&wire)).unwrap();
        let mut wanted = 0;
        for item in view.items() {
            match item {
                Item::Field(Field { name: "NoOrders", .. }, Value::Unsigned(n)) => {
                    prop_assert_eq!(wanted, 0);
                    wanted = n;
                }
                Item::Field(Field { name: "OrderQty", .. }, _) if wanted > 0 => wanted -= 1,
                _ => {}
            }
        }
        prop_assert_eq!(wanted, 0);
    }

    #[test]
    fn surplus_is_ignored((msg_type, wire) in any_frame(), surplus in prop::collection::vec(any::<u8>(), 1..40)) {
        let known = frame::body(&wire);
        let long = [known, &surplus].concat();
        let view = View::new(msg_type, &long).unwrap();
        prop_assert_eq!(view.known(), known);
        let short = View::new(msg_type, known).unwrap();
        prop_assert!(view.items().map(|i| plain(&i)).eq(short.items().map(|i| plain(&i))));
    }

    #[test]
    fn a_cut_body_is_an_error_and_shows_what_came((msg_type, wire) in any_frame(), cut in any::<prop::sample::Index>()) {
        let body = frame::body(&wire);
        if body.is_empty() {
            return Ok(());
        }
        let cut = &body[..cut.index(body.len())];
        match View::new(msg_type, cut) {
            Err(ViewError::Short { needed, found } | ViewError::Group { needed, found, .. }) => {
                prop_assert_eq!(found, cut.len() as u64);
                prop_assert!(found < needed && needed <= body.len() as u64);
            }
            other => prop_assert!(false, "{:?}", other),
        }
        let whole: Vec<_> = View::new(msg_type, body).unwrap().items().map(|i| plain(&i)).collect();
        let come: Vec<_> = items_within(msg_type, cut).unwrap().map(|i| plain(&i)).collect();
        prop_assert!(come.len() < whole.len());
        prop_assert_eq!(&come[..], &whole[..come.len()]);
        let at = |items: &[(Step, Vec<u8>, i64)]| items.iter().filter(|i| matches!(i.0, Step::Field(_))).count();
        // The next field or data is the one that was cut.
        let next = whole[come.len()..].iter().any(|i| matches!(i.0, Step::Field(_) | Step::Data(..)));
        prop_assert!(next && at(&come) <= at(&whole));
    }

    /// Shows Q12.
    #[test]
    fn random_bytes_never_panic(message in select(MESSAGES), mut body in prop::collection::vec(any::<u8>(), 0..700), zeros in any::<u64>()) {
        // Zeros make small counts, which let the walk go deep.
        for (i, byte) in body.iter_mut().enumerate() {
            if zeros >> (i % 64) & 1 == 1 {
                *byte = 0;
            }
        }
        let items = items_within(message.msg_type, &body).unwrap().count();
        prop_assert!(items <= 4 * body.len() + 4);
        frame::probe(&body);
        if let Ok(view) = View::new(message.msg_type, &body) {
            prop_assert!(view.known_len() <= body.len());
            let mut buffer = vec![0; body.len() + 12];
            let mut encoder = Encoder::new(message.msg_type, &mut buffer).unwrap();
            for item in view.items() {
                encoder.item(item).unwrap();
            }
            prop_assert_eq!(encoder.finish(), Ok(view.known_len() + 12));
            prop_assert_eq!(&buffer[8..8 + view.known_len()], view.known());
        }
    }

    /// Shows G15.
    #[test]
    fn any_flipped_bit_breaks_the_frame((_, wire) in any_frame(), at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let at = at.index(wire.len());
        let mut broken = wire.clone();
        broken[at] ^= 1u8 << bit;
        if at < wire.len() - 4 {
            prop_assert_ne!(frame::checksum(&broken[..wire.len() - 4]), frame::checksum(&wire[..wire.len() - 4]));
        }
        prop_assert_ne!(frame::holds(&broken), Some(wire.len()));
    }

    /// Shows G14.
    #[test]
    fn a_frame_shows_itself_byte_by_byte((msg_type, wire) in any_frame()) {
        let mut have = 0;
        while let frame::Probe::NeedMore { needed } = frame::probe(&wire[..have]) {
            prop_assert!(needed > have && needed <= wire.len());
            have = needed;
        }
        prop_assert_eq!(frame::probe(&wire[..have]), frame::Probe::Frame { msg_type, bytes: wire.len() });
    }
}

/// Shows G18.
#[test]
fn huge_counts_are_an_error_at_once() {
    for message in
        MESSAGES.iter().filter(|m| m.parts.iter().any(|p| !matches!(p.then, Then::Nothing)))
    {
        let mut body = vec![0xff; message.min_body_bytes as usize + 64];
        let Err(ViewError::Group { needed, found, .. }) = View::new(message.msg_type, &body) else {
            panic!("{} holds 2^32 entries", message.name)
        };
        assert!(needed > u64::from(u32::MAX) && found == body.len() as u64);
        body.fill(0);
        let view = View::new(message.msg_type, &body).unwrap();
        assert_eq!(view.known_len(), message.min_body_bytes as usize);
    }
}

#[test]
fn wrong_items_are_named() {
    let mut buffer = [0; 64];
    let mut encoder = Encoder::new(msg_type::PLATFORM_INFO, &mut buffer).unwrap();
    let text = Value::Text(b"");
    assert_eq!(
        encoder.field("PlatformID", text),
        Err(EncodeError::Kind { field: "PlatformID", ty: Type::U16 })
    );
    assert_eq!(
        encoder.field("PlatformID", Value::Unsigned(65_536)),
        Err(EncodeError::Range { field: "PlatformID", len: 2 })
    );
    encoder.field("PlatformID", Value::Unsigned(65_535)).unwrap();
    encoder.field("NoPartitions", Value::Unsigned(1)).unwrap();
    assert_eq!(encoder.wanted(), Step::GroupBegin("Partitions", 1));
    assert_eq!(
        encoder.item(Item::EntryEnd),
        Err(EncodeError::Order {
            wanted: Step::GroupBegin("Partitions", 1),
            found: Step::EntryEnd
        })
    );
    let error = encoder.finish().unwrap_err();
    assert_eq!(
        error.to_string(),
        "wanted group Partitions with 1 entries, found end of the message"
    );
    assert_eq!(Encoder::new(77, &mut buffer).unwrap_err(), EncodeError::Unknown { msg_type: 77 });
    assert_eq!(View::new(77, &[]).unwrap_err(), ViewError::Unknown { msg_type: 77 });
    assert!(Encoder::new(msg_type::HEARTBEAT, &mut [0; 11]).is_err());
}

/// Shows G14.
#[test]
fn bodies_over_the_limit_are_refused() {
    let mut buffer = vec![0; 3 << 20];
    for (bytes, fits) in
        [(frame::max_body_bytes(msg_type::ANNOUNCEMENT) - 158, true), ((1 << 20) - 157, false)]
    {
        let mut encoder = Encoder::new(msg_type::ANNOUNCEMENT, &mut buffer).unwrap();
        for (name, value) in [
            ("OrigTime", Value::Signed(0)),
            ("ChannelNo", Value::Unsigned(0)),
            ("NewsID", Value::Text(b"1")),
            ("Headline", Value::Text("标题".as_bytes())),
            ("RawDataFormat", Value::Text(b"txt")),
            ("RawDataLength", Value::Unsigned(bytes.into())),
        ] {
            encoder.field(name, value).unwrap();
        }
        let data = vec![7; bytes as usize];
        encoder.item(Item::Data { name: "RawData", bytes: &data }).unwrap();
        assert_eq!(encoder.finish().is_ok(), fits);
    }
    assert_eq!(frame::max_body_bytes(msg_type::AUCTION_SNAPSHOT), 8_192);
}

#[test]
fn a_field_behind_the_groups_is_found() {
    let mut body = [0; 89 + 9];
    body[65 + 4 + 3] = 1;
    body[90..98].copy_from_slice(&(-5i64).to_be_bytes());
    let view = View::new(msg_type::BOND_SNAPSHOT, &body).unwrap();
    assert_eq!(view.field("AuctionValueTrade"), Some(Value::Signed(-5)));
    assert_eq!(view.field("PrevClosePx"), Some(Value::Signed(0)));
    assert_eq!(view.field("TradingType"), None, "inside a group");
    assert_eq!(view.field("Nothing"), None);
}
