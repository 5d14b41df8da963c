//! Any body of any type through the view, the encoder and decode, and runs of ticks through both
//! readers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::same;
use tidegate_pipeline::decode::{Known, RecordSink, decode, security_of};
use tidegate_pipeline::frame::{Frame, Verdict};
use tidegate_pipeline::record::{End, Entry, Head, Kind, Queue, Tag, Tick, flag};
use tidegate_pipeline::ticks::{Start, Taken, portable, run};
use tidegate_protocol::encode::Step;
use tidegate_protocol::limits::HOLD_BYTES;
use tidegate_protocol::{
    EncodeError, Encoder, FaultCode, Item, MESSAGES, View, frame, items_within, msg_type,
};

/// What decode sends on, without the order of its calls lost.
#[derive(Default)]
struct Records {
    tags: Vec<Tag>,
    ticks: Vec<Tick>,
    heads: Vec<Head>,
    queued: u64,
}

impl RecordSink for Records {
    fn tick(&mut self, tick: &mut Tick) {
        self.tags.push(tick.tag);
        self.ticks.push(*tick);
    }
    fn head(&mut self, head: &mut Head) {
        self.tags.push(head.tag);
        self.heads.push(*head);
    }
    fn entry(&mut self, entry: &mut Entry) {
        self.tags.push(entry.tag);
    }
    fn queue(&mut self, queue: &mut Queue) {
        self.tags.push(queue.tag);
        self.queued += u64::from(queue.count);
    }
    fn end(&mut self, end: &mut End) {
        self.tags.push(end.tag);
    }
}

fuzz_target!(|data: &[u8]| {
    let [which, cut, body @ ..] = data else { return };
    // One number more stands for every type that is not in the table.
    match MESSAGES.get(usize::from(*which) % (MESSAGES.len() + 1)) {
        Some(message) => known(message.msg_type, body),
        None => {
            assert!(View::new(777_000, body).is_err() && items_within(777_000, body).is_none());
            assert_eq!(security_of(777_000, body), None);
        }
    }
    ticks(body, usize::from(*cut));
});

fn known(msg_type: u32, body: &[u8]) {
    let view = View::new(msg_type, body);

    // Whatever has come can be walked and written again; it is a message exactly when the walk
    // reaches the end.
    let mut buffer = vec![0xa5; body.len() + 12];
    let mut encoder = Encoder::new(msg_type, &mut buffer).expect("a known type");
    let (mut bytes, mut depth, mut count) = (0, 0usize, 0u64);
    let mut items = items_within(msg_type, body).expect("a known type");
    loop {
        assert_eq!(items.depth(), depth, "depth");
        let Some(item) = items.next() else { break };
        count += 1;
        match item {
            Item::Field(field, _) => bytes += usize::from(field.len),
            Item::Data { bytes: data, .. } => bytes += data.len(),
            Item::GroupBegin { .. } => depth += 1,
            Item::GroupEnd => depth -= 1,
            Item::EntryBegin { .. } | Item::EntryEnd => {}
        }
        assert!(bytes <= body.len(), "the walk stays inside");
        encoder.item(item).expect("what was read can be written");
    }
    assert_eq!(encoder.wanted() == Step::End, view.is_ok(), "{view:?}");
    match encoder.finish() {
        Ok(length) => {
            assert_eq!(length, bytes + 12);
            assert_eq!(frame::holds(&buffer), Some(length));
        }
        Err(EncodeError::Order { .. }) => assert!(view.is_err()),
        Err(EncodeError::Long { limit, found }) => assert!(view.is_ok() && found > limit as usize),
        Err(error) => panic!("{error}"),
    }
    assert!(buffer[8..8 + bytes] == body[..bytes], "the same bytes again");
    if let Ok(view) = view {
        assert_eq!(view.known_len(), bytes);
        assert!(view.known() == &body[..bytes]);
        assert_eq!(view.items().count() as u64, count);
        fields(&view);
    }
    records(msg_type, body);
}

/// A field by its name is the first of that name outside every group.
fn fields(view: &View<'_>) {
    let mut items = view.items();
    let mut met = Vec::new();
    loop {
        let outside = items.depth() == 0;
        match items.next() {
            Some(Item::Field(field, value)) if outside && !met.contains(&field.name) => {
                met.push(field.name);
                assert_eq!(view.field(field.name), Some(value), "{}", field.name);
            }
            Some(_) => {}
            None => break,
        }
    }
    assert_eq!(view.field("no such field"), None);
}

/// Records come exactly when the view can be made and held, and are those that its items show.
fn records(msg_type: u32, body: &[u8]) {
    let mut bytes = [&msg_type.to_be_bytes(), &[0; 4], body, &[0; 4]].concat();
    frame::seal(&mut bytes);
    let (msg, session, offset) = (5, 77, 1 << 40);
    let body_len = body.len() as u32;
    let verdict = Verdict::Flagged;
    let frame = Frame { msg, session, offset, msg_type, body_len, bytes: &bytes, verdict };
    let mut records = Records::default();
    let outcome = decode(&frame, flag::BAD_CHECKSUM, &mut records);

    let view = View::new(msg_type, body).ok();
    let wanted = match (slow_kinds(msg_type, view.as_ref()), &view) {
        _ if msg_type == msg_type::ANNOUNCEMENT => {
            let least = tidegate_protocol::find(msg_type).expect("in the table").min_body_bytes;
            assert_eq!(outcome.is_ok(), body_len >= least);
            Vec::new()
        }
        (kinds, Some(view)) if kinds.len() > 1 && view.known_len() > HOLD_BYTES => {
            assert_eq!(outcome, Err(FaultCode::DecodeHold));
            Vec::new()
        }
        (kinds, Some(view)) => {
            assert_eq!(outcome, Ok(Known(view.known_len())));
            kinds
        }
        (_, None) => {
            let fault = outcome.expect_err("no view, no records");
            assert!(matches!(fault, FaultCode::DecodeShort | FaultCode::DecodeGroup));
            Vec::new()
        }
    };
    let kinds: Vec<Kind> = records.tags.iter().map(|tag| tag.kind).collect();
    same("records", &kinds, &wanted);
    for tag in &records.tags {
        let flags = flag::BAD_CHECKSUM;
        assert_eq!(*tag, Tag { msg, offset, msg_type, session, kind: tag.kind, flags });
    }
    let Some(view) = view else { return };
    let number = |name| view.field(name).and_then(|value| value.number());
    for tick in &records.ticks {
        assert_eq!(number("ApplSeqNum"), Some(tick.appl_seq_num));
        assert_eq!(number("TransactTime"), Some(tick.time.0));
        assert_eq!(number("Price").or(number("LastPx")), Some(tick.price.0));
        assert_eq!(number("OrderQty").or(number("LastQty")), Some(tick.quantity.0));
        assert_eq!(number("ChannelNo"), Some(i64::from(tick.channel)));
        assert_eq!(security_of(msg_type, body), Some(tick.security));
    }
    for head in &records.heads {
        assert_eq!(number("OrigTime"), Some(head.time.0));
        assert_eq!(number("ChannelNo"), Some(i64::from(head.channel)));
        assert_eq!(security_of(msg_type, body), Some(head.security));
    }
    if !records.tags.is_empty() {
        let security = view.field("SecurityID");
        let found = security_of(msg_type, body).expect("a security");
        assert_eq!(security, Some(tidegate_protocol::Value::Text(&found)));
    }
    let quantities = |item: &Item<'_>| matches!(item, Item::Field(f, _) if f.name == "OrderQty");
    if !records.heads.is_empty() {
        assert_eq!(records.queued, view.items().filter(quantities).count() as u64);
    }
}

/// Which records a message becomes, by its number and a walk over its items.
fn slow_kinds(msg_type: u32, view: Option<&View<'_>>) -> Vec<Kind> {
    let Some(view) = view else { return Vec::new() };
    match (msg_type, msg_type % 100) {
        (300_000..310_000, 92) => return vec![Kind::Order],
        (300_000..310_000, 91) => return vec![Kind::Trade],
        (300_000..310_000, _) => {}
        _ => return Vec::new(),
    }
    let mut kinds = vec![Kind::Head];
    let mut names = Vec::new();
    for item in view.items() {
        match item {
            Item::GroupBegin { group, .. } => names.push(group.name),
            Item::GroupEnd => drop(names.pop()),
            Item::EntryBegin { index } => match names.last() {
                Some(&"MDEntries") => kinds.push(Kind::Entry),
                Some(&"OrderQtys") if index % 2 == 0 => kinds.push(Kind::Queue),
                _ => {}
            },
            _ => {}
        }
    }
    kinds.push(Kind::End);
    kinds
}

/// Ticks made of the body, one of them broken perhaps, and the last ones cut off.
fn ticks(material: &[u8], cut: usize) {
    let both = |bytes: &[u8]| {
        let start = Start { msg: 7, offset: 1 << 33, session: 99 };
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        let taken = run(bytes, start, |tick| fast.push(*tick));
        assert_eq!(portable(bytes, start, |tick| plain.push(*tick)), taken);
        same("ticks", &fast, &plain);
        assert_eq!(taken.messages, fast.len() as u64);
        (taken, fast)
    };
    both(material);

    let (mut stream, mut rest, mut ends) = (Vec::new(), material, Vec::new());
    let mut good = true;
    while let ([how, more @ ..], true) = (rest, ends.len() < 64) {
        let (msg_type, length) = if how & 1 == 0 {
            (msg_type::AUCTION_ORDER, 51)
        } else {
            (msg_type::AUCTION_TRADE, 66)
        };
        // Short inputs still make long runs.
        let (taken, left) = more.split_at(more.len().min(usize::from(how >> 1 & 31)));
        let at = stream.len();
        stream.extend(msg_type.to_be_bytes());
        stream.extend([0; 4]);
        stream.extend((0..length).map(|i| taken.get(i % taken.len().max(1)).copied().unwrap_or(0)));
        stream.extend([0; 4]);
        frame::seal(&mut stream[at..]);
        if how >> 6 == 3 {
            let place = at + left.first().map_or(0, |&byte| usize::from(byte)) % (length + 12);
            stream[place] ^= 1 << (how >> 1 & 7);
            good = false;
        }
        if good {
            ends.push(stream.len());
        }
        rest = left;
    }
    stream.truncate(stream.len() - cut.min(stream.len()));
    let (Taken { bytes, messages }, found) = both(&stream);

    // Everything good is taken, up to where fewer bytes are left than a trade has.
    let mut count = 0;
    let mut from = 0;
    for &end in &ends {
        if stream.len() < from + 78 || stream.len() < end {
            break;
        }
        count += 1;
        from = end;
    }
    assert_eq!((bytes, messages), (from, count), "taken");

    // And each is what decode makes of it.
    let mut from = 0;
    for (number, (tick, &end)) in found.iter().zip(&ends).enumerate() {
        let bytes = &stream[from..end];
        let (msg, offset) = (7 + number as u64, (1 << 33) + from as u64);
        let (msg_type, body_len) = frame::header(bytes[..8].try_into().expect("8 bytes"));
        let verdict = Verdict::Intact;
        let frame = Frame { msg, session: 99, offset, msg_type, body_len, bytes, verdict };
        let mut records = Records::default();
        decode(&frame, 0, &mut records).expect("a tick");
        same("tick", &records.ticks, std::slice::from_ref(tick));
        from = end;
    }
}
