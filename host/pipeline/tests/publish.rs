//! Records through the publisher and the reader, over a network that loses, repeats, swaps and
//! damages datagrams. The test reads and writes bytes by the numbers of `PUBLISH.md`.

mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ops::Range;

use proptest::prelude::*;
use proptest::test_runner::TestRng;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::publish::{
    Event, GroupError, MAX_MESSAGE_RECORDS, Publisher, ReadError, Reader, ReaderCounters,
};
use tidegate_pipeline::record::{
    End, Entry, Head, Kind, OwnedRecord, Queue, Record, RecordError, Tag, Tick,
};
use tidegate_pipeline::toe::{Descriptor, Out, Toe, WordOrder};
use tidegate_pipeline::{Control, Input, Line, NativeEngine, Setup, Sink};
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

/// Counts the allocations of each thread.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

const RUN: u64 = 20_230_201;

/// An event that owns its records.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Run(u64, u64),
    Gap(u64, u64),
    Message(Vec<OwnedRecord>),
    Incomplete(Vec<OwnedRecord>),
}

impl From<Event<'_>> for Seen {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Run { run, sequence } => Self::Run(run, sequence),
            Event::Gap { first, last } => Self::Gap(first, last),
            Event::Message(records) => Self::Message(records.to_vec()),
            Event::Incomplete(records) => Self::Incomplete(records.to_vec()),
        }
    }
}

/// Events and errors of these datagrams.
fn read<'a>(
    datagrams: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Seen>, Vec<ReadError>, ReaderCounters) {
    let (mut reader, mut seen, mut errors) = (Reader::new(), Vec::new(), Vec::new());
    for datagram in datagrams {
        errors.extend(reader.datagram(datagram, &mut |event| seen.push(event.into())).err());
    }
    let counters = reader.finish(&mut |event| seen.push(event.into()));
    (seen, errors, counters)
}

fn tag(kind: Kind) -> Tag {
    Tag { msg: 7, offset: 0x0102_0304_0506_0708, msg_type: 300_111, session: 130, kind, flags: 1 }
}

fn random_tag(msg: u64, rng: &mut TestRng) -> Tag {
    let (offset, msg_type, session) = (rng.random(), rng.random(), rng.random());
    Tag { msg, offset, msg_type, session, kind: Kind::Order, flags: rng.random_range(0..2) }
}

fn random_tick(msg: u64, rng: &mut TestRng) -> OwnedRecord {
    let kind = if rng.random() { Kind::Order } else { Kind::Trade };
    OwnedRecord::Tick(Tick {
        tag: Tag { kind, ..random_tag(msg, rng) },
        appl_seq_num: rng.random(),
        bid_appl_seq_num: rng.random(),
        offer_appl_seq_num: rng.random(),
        security: rng.random(),
        price: PriceE4(rng.random()),
        quantity: QtyE2(rng.random()),
        time: Timestamp(rng.random()),
        channel: rng.random(),
        source: rng.random(),
        code: rng.random(),
        ord_type: rng.random(),
        stream: rng.random(),
    })
}

fn random_snapshot(msg: u64, rng: &mut TestRng) -> Vec<OwnedRecord> {
    let tag = random_tag(msg, rng);
    let of = |kind| Tag { kind, ..tag };
    let (entries, longest_queue) = match rng.random_range(0..20) {
        0 => (MAX_MESSAGE_RECORDS as u32 - 2, 0),
        1..5 => (rng.random_range(0..3), 50),
        _ => (rng.random_range(0..12), 3),
    };
    let mut out = vec![OwnedRecord::Head(Head {
        tag: of(Kind::Head),
        time: Timestamp(rng.random()),
        security: rng.random(),
        phase: rng.random(),
        prev_close: PriceE4(rng.random()),
        num_trades: rng.random(),
        volume: QtyE2(rng.random()),
        value: AmtE4(rng.random()),
        entries,
        channel: rng.random(),
        source: rng.random(),
        stream: rng.random(),
    })];
    for number in 0..entries {
        let queue = rng.random_range(0..=longest_queue);
        out.push(OwnedRecord::Entry(Entry {
            tag: of(Kind::Entry),
            price: PxE6(rng.random()),
            size: QtyE2(rng.random()),
            orders: rng.random(),
            queue,
            number: number as u16,
            level: rng.random(),
            entry_type: rng.random(),
        }));
        for position in (0..queue).step_by(2) {
            out.push(OwnedRecord::Queue(Queue {
                tag: of(Kind::Queue),
                quantity: [QtyE2(rng.random()), QtyE2(rng.random())],
                position,
                count: (queue - position).min(2) as u8,
            }));
        }
    }
    out.push(OwnedRecord::End(End {
        tag: of(Kind::End),
        auction_volume: QtyE2(rng.random()),
        auction_value: AmtE4(rng.random()),
        stock_num: rng.random(),
    }));
    out
}

type Messages = Vec<Vec<OwnedRecord>>;

fn random_messages(count: usize, rng: &mut TestRng) -> Messages {
    (0..count as u64)
        .map(|msg| match rng.random_range(0..3) {
            0 => random_snapshot(msg, rng),
            _ => vec![random_tick(msg, rng)],
        })
        .collect()
}

/// Published, with a flush or a sign of life here and there.
fn publish(
    messages: &Messages,
    batch_messages: u32,
    disturbed: bool,
    rng: &mut TestRng,
) -> Vec<Vec<u8>> {
    let mut publisher = Publisher::new(RUN, batch_messages);
    let mut datagrams = Vec::new();
    let out = &mut |datagram: &[u8]| datagrams.push(datagram.to_vec());
    for message in messages {
        for record in message {
            publisher.record(&record.as_record(), out);
            match rng.random_range(0..100) {
                0..3 if disturbed => publisher.flush(out),
                3..6 if disturbed => publisher.heartbeat(out),
                _ => {}
            }
        }
        publisher.end_of_message(out);
        if rng.random() {
            // A message without records.
            publisher.end_of_message(out);
        }
    }
    publisher.flush(out);
    datagrams
}

/// Any messages, and how they are sent.
fn cases() -> impl Strategy<Value = (Messages, u32, Vec<Vec<u8>>, TestRng)> {
    (0usize..40, 0u32..5, any::<bool>()).prop_perturb(|(count, batch, disturbed), mut rng| {
        let messages = random_messages(count, &mut rng);
        let datagrams = publish(&messages, batch, disturbed, &mut rng);
        (messages, batch, datagrams, rng)
    })
}

/// The layout of a record by another way: the fields one behind the other, then zeros.
fn slow_bytes(record: &Record<'_>) -> Vec<u8> {
    let t = record.tag();
    let mut out = Vec::new();
    let mut put = |bytes: &[u8]| out.extend_from_slice(bytes);
    put(&t.msg.to_le_bytes());
    put(&t.offset.to_le_bytes());
    put(&t.msg_type.to_le_bytes());
    put(&t.session.to_le_bytes());
    put(&[t.kind as u8, t.flags]);
    match record {
        Record::Tick(r) => {
            put(&r.appl_seq_num.to_le_bytes());
            put(&r.bid_appl_seq_num.to_le_bytes());
            put(&r.offer_appl_seq_num.to_le_bytes());
            put(&r.security);
            put(&r.price.0.to_le_bytes());
            put(&r.quantity.0.to_le_bytes());
            put(&r.time.0.to_le_bytes());
            put(&r.channel.to_le_bytes());
            put(&r.source);
            put(&[r.code, r.ord_type]);
            put(&r.stream);
        }
        Record::Head(r) => {
            put(&r.time.0.to_le_bytes());
            put(&r.security);
            put(&r.phase);
            put(&r.prev_close.0.to_le_bytes());
            put(&r.num_trades.to_le_bytes());
            put(&r.volume.0.to_le_bytes());
            put(&r.value.0.to_le_bytes());
            put(&r.entries.to_le_bytes());
            put(&r.channel.to_le_bytes());
            put(&r.source);
            put(&r.stream);
        }
        Record::Entry(r) => {
            put(&r.price.0.to_le_bytes());
            put(&r.size.0.to_le_bytes());
            put(&r.orders.to_le_bytes());
            put(&r.queue.to_le_bytes());
            put(&r.number.to_le_bytes());
            put(&r.level.to_le_bytes());
            put(&r.entry_type);
        }
        Record::Queue(r) => {
            put(&r.quantity[0].0.to_le_bytes());
            put(&r.quantity[1].0.to_le_bytes());
            put(&r.position.to_le_bytes());
            put(&[r.count]);
        }
        Record::End(r) => {
            put(&r.auction_volume.0.to_le_bytes());
            put(&r.auction_value.0.to_le_bytes());
            put(&r.stock_num.to_le_bytes());
        }
    }
    out.resize(96, 0);
    out
}

fn word(datagram: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(datagram[at..at + 8].try_into().expect("8 bytes"))
}

/// The sum that stands in bytes 28 to 31, put right.
fn seal(datagram: &mut [u8]) {
    datagram[28..32].fill(0);
    let words =
        datagram.chunks(4).map(|word| word.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)));
    let sum = words.sum::<u64>() as u32;
    datagram[28..32].copy_from_slice(&sum.to_le_bytes());
}

/// Which records of all are those of each item.
fn ranges(lengths: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let mut end = 0;
    let range = |length| {
        end += length;
        end - length..end
    };
    lengths.into_iter().map(range).collect()
}

/// What happens to datagrams on their way, from the first that is seen on: the number of each that
/// arrives, and what arrives.
fn network(datagrams: &[Vec<u8>], first: usize, rng: &mut TestRng) -> Vec<(usize, Vec<u8>)> {
    let mut out: Vec<(usize, Vec<u8>)> = Vec::new();
    for (number, datagram) in datagrams.iter().enumerate().skip(first) {
        let mut datagram = datagram.clone();
        match rng.random_range(0..30) {
            0 => continue,
            1 => out.push((number, datagram.clone())),
            2 => {
                let at = rng.random_range(0..datagram.len() * 8);
                datagram[at / 8] ^= 1 << (at % 8);
            }
            3 => datagram.truncate(rng.random_range(0..datagram.len())),
            4 => datagram.extend((0..rng.random_range(1..200)).map(|_| rng.random::<u8>())),
            _ => {}
        }
        out.push((number, datagram));
        if rng.random_range(0..15) == 0 {
            let last = out.len() - 1;
            let far = if rng.random_range(0..10) == 0 { 70 } else { 2 };
            out.swap(last, last - rng.random_range(0..=last.min(far)));
        }
    }
    out
}

/// What the reader must make of it, by the places of the records among all records.
fn slow_reading(
    messages: &Messages,
    datagrams: &[Vec<u8>],
    arrivals: &[(usize, Vec<u8>)],
) -> (Vec<Seen>, ReaderCounters) {
    let all = messages.concat();
    let message_ranges = ranges(messages.iter().map(Vec::len));
    let datagram_ranges = ranges(datagrams.iter().map(|datagram| (datagram.len() - 32) / 96));
    let (mut seen, mut counters) = (Vec::new(), ReaderCounters::default());
    let mut arrived: Vec<usize> = Vec::new();
    // First and last datagram of the stretch without a gap.
    let mut stretch: Option<(usize, usize)> = None;
    let mut end_of_stretch = |stretch: Option<(usize, usize)>, seen: &mut Vec<Seen>| {
        let Some((first, last)) = stretch else { return };
        let stretch = datagram_ranges[first].start..datagram_ranges[last].end;
        for message in &message_ranges {
            let here = message.start.max(stretch.start)..message.end.min(stretch.end);
            if here == *message {
                counters.messages += 1;
                seen.push(Seen::Message(all[here].to_vec()));
            } else if !here.is_empty() {
                counters.incomplete += 1;
                seen.push(Seen::Incomplete(all[here].to_vec()));
            }
        }
    };
    let mut rest = ReaderCounters::default();
    for (number, datagram) in arrivals {
        if datagram != &datagrams[*number] {
            rest.refused += 1;
            continue;
        }
        match stretch {
            Some((_, last)) if *number <= last => {
                if last - number < 64 && arrived.contains(number) {
                    rest.duplicates += 1;
                } else {
                    rest.late += 1;
                }
                arrived.push(*number);
                continue;
            }
            Some((first, last)) if *number == last + 1 => stretch = Some((first, *number)),
            _ => {
                end_of_stretch(stretch, &mut seen);
                match stretch {
                    None => seen.push(Seen::Run(RUN, *number as u64 + 1)),
                    Some((_, last)) => {
                        rest.gaps += 1;
                        rest.lost += (number - last - 1) as u64;
                        seen.push(Seen::Gap(last as u64 + 2, *number as u64));
                    }
                }
                stretch = Some((*number, *number));
            }
        }
        arrived.push(*number);
        rest.datagrams += 1;
        rest.records += datagram_ranges[*number].len() as u64;
    }
    end_of_stretch(stretch, &mut seen);
    let ReaderCounters { messages, incomplete, .. } = counters;
    (seen, ReaderCounters { messages, incomplete, ..rest })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Shows G29.
    #[test]
    fn datagrams_are_as_the_page_says((messages, batch, datagrams, _) in cases()) {
        let ends: Vec<usize> =
            ranges(messages.iter().map(Vec::len)).iter().map(|message| message.end).collect();
        let counts = datagrams.iter().map(|datagram| usize::from(datagram[26]));
        for ((i, datagram), records) in datagrams.iter().enumerate().zip(ranges(counts)) {
            prop_assert!(datagram.len() <= 1_472);
            prop_assert_eq!(datagram.len(), 32 + 96 * records.len());
            prop_assert_eq!(word(datagram, 0), tidegate_protocol::record::PUBLISH_ID);
            prop_assert_eq!(word(datagram, 8), RUN);
            prop_assert_eq!(word(datagram, 16), i as u64 + 1);
            prop_assert_eq!(usize::from(datagram[24]) + 256 * usize::from(datagram[25]), datagram.len());
            let inside = |at: usize| at > 0 && !ends.contains(&at);
            let flags = u8::from(inside(records.start)) + 2 * u8::from(inside(records.end));
            prop_assert_eq!(datagram[27], flags);
            let mut sealed = datagram.clone();
            seal(&mut sealed);
            prop_assert_eq!(&sealed, datagram);
            let ended = ends.iter().filter(|&&end| records.start < end && end <= records.end);
            prop_assert!(ended.count() <= batch.max(1) as usize);
        }
        let payload: Vec<u8> = datagrams.iter().flat_map(|d| d[32..].to_vec()).collect();
        let records: Vec<u8> =
            messages.iter().flatten().flat_map(|record| slow_bytes(&record.as_record())).collect();
        prop_assert_eq!(payload, records);
    }

    /// Shows G29.
    #[test]
    fn messages_come_back_as_they_were((messages, _, datagrams, _) in cases()) {
        let (seen, errors, counters) = read(datagrams.iter().map(Vec::as_slice));
        prop_assert!(errors.is_empty(), "{:?}", errors);
        let mut wanted: Vec<Seen> = messages.iter().cloned().map(Seen::Message).collect();
        if !datagrams.is_empty() {
            wanted.insert(0, Seen::Run(RUN, 1));
        }
        prop_assert_eq!(seen, wanted);
        prop_assert_eq!(counters, ReaderCounters {
            datagrams: datagrams.len() as u64,
            records: messages.iter().flatten().count() as u64,
            messages: messages.len() as u64,
            ..ReaderCounters::default()
        });
    }

    /// Shows G29, G38.
    #[test]
    fn what_happens_on_the_way_is_seen((messages, _, datagrams, mut rng) in cases()) {
        let first = if rng.random() { 0 } else { rng.random_range(0..=datagrams.len()) };
        let arrivals = network(&datagrams, first, &mut rng);
        let (seen, errors, counters) = read(arrivals.iter().map(|(_, datagram)| datagram.as_slice()));
        let wanted = slow_reading(&messages, &datagrams, &arrivals);
        prop_assert_eq!(errors.len() as u64, counters.refused);
        prop_assert_eq!((seen, counters), wanted);
    }

    /// Shows G29, G30.
    #[test]
    fn beats_are_the_packet_of_the_toe((_, _, datagrams, mut rng) in cases()) {
        let words = if rng.random() { WordOrder::Channel } else { WordOrder::Printed };
        let descriptor = Descriptor { words, ..Descriptor::default() };
        let cid = rng.random_range(0..128);
        let (mut fast, mut slow, mut packets) = (Vec::new(), Vec::new(), Vec::new());
        for datagram in &datagrams {
            fast.extend(descriptor.words(cid, datagram, 0).flatten());
            descriptor.packet_words(cid, datagram, 0, &mut slow);
        }
        prop_assert_eq!(&fast, &slow);
        let mut toe = Toe::new(descriptor, 128);
        for words in fast.chunks(16) {
            toe.push(words, |out| match out {
                Out::Bytes { session, bytes } => packets.push((session, bytes.to_vec())),
                Out::Fault { code, .. } => panic!("{code:?}"),
            });
        }
        let bytes: Vec<u8> = packets.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        prop_assert!(packets.iter().all(|(session, _)| *session == u16::from(cid)));
        prop_assert_eq!(bytes, datagrams.concat());
    }

    /// Shows Q12.
    #[test]
    fn any_bytes_are_read_or_refused(
        mut datagram in proptest::collection::vec(any::<u8>(), 0..600),
        kinds in proptest::collection::vec(0u8..8, 6),
        whole in 0usize..7,
    ) {
        if datagram.len() > 32 + 96 * whole {
            datagram.truncate(32 + 96 * whole);
            datagram[..8].copy_from_slice(&tidegate_protocol::record::PUBLISH_ID.to_le_bytes());
            let length = datagram.len() as u16;
            datagram[24..26].copy_from_slice(&length.to_le_bytes());
            datagram[26] = whole as u8;
            datagram[27] &= 3;
            for (record, kind) in datagram[32..].chunks_mut(96).zip(kinds) {
                (record[22], record[23]) = (kind, record[23] & 1);
                let used = [96, 91, 91, 93, 58, 45, 44, 96][usize::from(kind)];
                record[used..].fill(0);
            }
            seal(&mut datagram);
        }
        let mut records = 0;
        let mut reader = Reader::new();
        let taken = reader.datagram(&datagram, &mut |event| match event {
            Event::Message(message) | Event::Incomplete(message) => records += message.len(),
            _ => {}
        });
        let rest = reader.finish(&mut |event| match event {
            Event::Incomplete(message) => records += message.len(),
            _ => panic!("{event:?}"),
        });
        let wanted = if taken.is_ok() { usize::from(datagram[26]) } else { 0 };
        prop_assert_eq!((records, rest.records), (wanted, wanted as u64));
    }
}

/// What an engine says, published from its sink.
#[derive(Default)]
struct Publishing {
    publisher: Option<Publisher>,
    log: support::Log,
    datagrams: Vec<Vec<u8>>,
}

impl Sink for Publishing {
    fn record(&mut self, record: Record<'_>) {
        self.log.record(record);
        let publisher = self.publisher.get_or_insert_with(|| Publisher::new(RUN, 1));
        publisher.record(&record, &mut |datagram| self.datagrams.push(datagram.to_vec()));
    }
    fn message(&mut self, _msg: u64, _msg_type: u32) {
        let publisher = self.publisher.get_or_insert_with(|| Publisher::new(RUN, 1));
        publisher.end_of_message(&mut |datagram| self.datagrams.push(datagram.to_vec()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    /// Shows G29.
    #[test]
    fn a_subscriber_gets_what_an_engine_decoded(mut frames in support::frames(0..200)) {
        // Some with a wrong checksum, which the policy lets pass.
        for frame in frames.iter_mut().step_by(7) {
            *frame.last_mut().expect("a trailer") ^= 1;
        }
        let setup = Setup { checksum: ChecksumPolicy::Flag, ..Setup::default() };
        let mut engine = NativeEngine::new(&setup, &[*b"000001  "]).expect("rows");
        let mut sink = Publishing::default();
        for bytes in frames.concat().chunks(1_000) {
            engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut sink);
        }
        engine.feed(Input::Control(Control::Stop), &mut sink);

        let (seen, errors, counters) = read(sink.datagrams.iter().map(Vec::as_slice));
        prop_assert!(errors.is_empty(), "{:?}", errors);
        prop_assert_eq!(counters.incomplete, 0);
        let mut found = Vec::new();
        for event in &seen {
            if let Seen::Message(records) = event {
                let number = records[0].tag().msg;
                found.extend(records.iter().map(|r| (number, r.as_record().to_bytes())));
            }
        }
        // What the quote room decided is not published.
        for (_, bytes) in &mut sink.log.records {
            bytes[23] &= 1;
        }
        prop_assert_eq!(found, sink.log.records);
    }
}

/// Five records of one snapshot, by struct.pack of another language.
const GOLDEN: &str = "
    ec1390dfb544f60d8877665544332211010000000000000000020500be4f7e68
    070000000000000008070605040302014f94040082000301f816e2bd42df4700
    30303030303120205430202020202020f049020000000000ffffffffffffffff
    40420f0000000000000000000000004001000000f30331303220303130000000
    070000000000000008070605040302014f94040082000401f056e50000000000
    0c30000000000000030000000000000003000000000001003020000000000000
    0000000000000000000000000000000000000000000000000000000000000000
    070000000000000008070605040302014f940400820005011027000000000000
    d007000000000000000000000200000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000
    070000000000000008070605040302014f940400820005012c01000000000000
    0000000000000000020000000100000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000
    070000000000000008070605040302014f94040082000601fbffffffffffffff
    0600000000000000070000000000000000000000000000000000000000000000
    0000000000000000000000000000000000000000000000000000000000000000";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| c.is_ascii_hexdigit()).collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16);
    digits.chunks(2).map(|pair| byte(pair).expect("hex")).collect()
}

fn golden() -> Vec<OwnedRecord> {
    let queue = |quantity, position, count| {
        let quantity = [QtyE2(quantity), QtyE2(if count == 2 { 2_000 } else { 0 })];
        OwnedRecord::Queue(Queue { tag: tag(Kind::Queue), quantity, position, count })
    };
    vec![
        OwnedRecord::Head(Head {
            tag: tag(Kind::Head),
            time: Timestamp(20_230_201_093_003_000),
            security: *b"000001  ",
            phase: *b"T0      ",
            prev_close: PriceE4(150_000),
            num_trades: -1,
            volume: QtyE2(1_000_000),
            value: AmtE4(1 << 62),
            entries: 1,
            channel: 1_011,
            source: *b"102 ",
            stream: *b"010",
        }),
        OwnedRecord::Entry(Entry {
            tag: tag(Kind::Entry),
            price: PxE6(15_030_000),
            size: QtyE2(12_300),
            orders: 3,
            queue: 3,
            number: 0,
            level: 1,
            entry_type: *b"0 ",
        }),
        queue(10_000, 0, 2),
        queue(300, 2, 1),
        OwnedRecord::End(End {
            tag: tag(Kind::End),
            auction_volume: QtyE2(-5),
            auction_value: AmtE4(6),
            stock_num: 7,
        }),
    ]
}

/// One datagram of these records.
fn one(run: u64, records: &[OwnedRecord]) -> Vec<u8> {
    let mut publisher = Publisher::new(run, 1);
    let mut datagrams = Vec::new();
    let out = &mut |datagram: &[u8]| datagrams.push(datagram.to_vec());
    for record in records {
        // The quote room's flags must not leak out.
        let mut bytes = record.as_record().to_bytes();
        bytes[23] |= 0xfe;
        let marked = OwnedRecord::parse(&bytes).expect("a record");
        publisher.record(&marked.as_record(), out);
    }
    publisher.end_of_message(out);
    assert_eq!((datagrams.len(), publisher.sequence()), (1, 1));
    datagrams.remove(0)
}

/// Shows G29.
#[test]
fn a_golden_datagram_is_written_and_read() {
    let bytes = hex(GOLDEN);
    assert_eq!(one(0x1122_3344_5566_7788, &golden()), bytes);
    let (seen, errors, _) = read([bytes.as_slice()]);
    assert_eq!(errors, []);
    assert_eq!(seen, [Seen::Run(0x1122_3344_5566_7788, 1), Seen::Message(golden())]);
}

#[test]
fn the_example_of_the_page_is_what_is_sent() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/PUBLISH.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let example = page.split("```hex").nth(1).expect("an example");
    let bytes = hex(example.split("```").next().expect("its end"));
    let (seen, errors, _) = read([bytes.as_slice()]);
    assert_eq!(errors, []);
    let [Seen::Run(RUN, 1), Seen::Message(records)] = seen.as_slice() else { panic!("{seen:?}") };
    let [OwnedRecord::Tick(tick)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!(tick.price.to_string(), "15.0300");
    assert_eq!(&tick.security, b"000001  ");
    assert_eq!(one(RUN, records), bytes);
}

/// The golden datagram with a change, its sum put right.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = hex(GOLDEN);
    change(&mut bytes);
    seal(&mut bytes);
    bytes
}

/// Shows G29.
#[test]
fn errors_say_what_was_wanted_and_found() {
    const RECORD: [usize; 5] = [32, 128, 224, 320, 416];
    let id = tidegate_protocol::record::PUBLISH_ID;
    let group = |index, why| ReadError::Group { index, why };
    type Change = fn(&mut Vec<u8>);
    let cases: &[(Change, ReadError)] = &[
        (|d| d[0] ^= 1, ReadError::Layout { found: id ^ 1 }),
        (|d| d[26] = 16, ReadError::Records { found: 16 }),
        (|d| d[26] = 4, ReadError::Bytes { wanted: 416, found: 512 }),
        (|d| d.truncate(511), ReadError::Length { wanted: 512, found: 511 }),
        (|d| d.push(0), ReadError::Length { wanted: 512, found: 513 }),
        (|d| d[27] = 4, ReadError::Flags { found: 4 }),
        (|d| d[16] = 0, ReadError::Sequence { found: 0 }),
        (|d| d[16..24].fill(255), ReadError::Sequence { found: u64::MAX }),
        (|d| d[27] = 2, ReadError::Edge { flag: "ENDS_INSIDE", wanted: false, found: true }),
        (|d| d[27] = 1, group(0, GroupError::Unfinished { msg: 7, found: Kind::Head })),
        (
            |d| d[RECORD[1] + 22] = 7,
            ReadError::Record { index: 1, why: RecordError::Kind { found: 7 } },
        ),
        (
            |d| d[RECORD[4] + 95] = 9,
            ReadError::Record { index: 4, why: RecordError::Padding { at: 95, found: 9 } },
        ),
        (|d| d[RECORD[2] + 23] = 3, group(2, GroupError::Flags { found: 3 })),
        (|d| d.copy_within(128..224, 32), group(0, GroupError::First { found: Kind::Entry })),
        (
            |d| d.copy_within(32..128, 128),
            group(1, GroupError::Unfinished { msg: 7, found: Kind::Head }),
        ),
        (|d| d.copy_within(416..512, 320), group(3, GroupError::Queue { wanted: 3, found: 2 })),
        (|d| d[RECORD[1]] = 8, group(1, GroupError::Tag { wanted: 7, found: 8 })),
        (|d| d[RECORD[1] + 8] = 0, group(1, GroupError::Tag { wanted: 7, found: 7 })),
        (|d| d[RECORD[1] + 52] = 1, group(1, GroupError::Number { wanted: 0, found: 1 })),
        (|d| d[RECORD[0] + 80] = 0, group(1, GroupError::Entries { wanted: 0, found: 1 })),
        (|d| d[RECORD[0] + 80] = 2, group(4, GroupError::Entries { wanted: 2, found: 1 })),
        (|d| d[RECORD[3] + 40] = 3, group(3, GroupError::Position { wanted: 2, found: 3 })),
        (|d| d[RECORD[2] + 44] = 1, group(2, GroupError::Count { wanted: 2, found: 1 })),
        (|d| d[RECORD[1] + 48] = 2, group(3, GroupError::Count { wanted: 0, found: 1 })),
        (|d| d[RECORD[1] + 48] = 5, group(3, GroupError::Count { wanted: 2, found: 1 })),
        (|d| d[RECORD[3] + 44] = 0, group(3, GroupError::Count { wanted: 1, found: 0 })),
    ];
    for (i, (change, wanted)) in cases.iter().enumerate() {
        let (seen, errors, counters) = read([changed(change).as_slice()]);
        assert_eq!(errors, [*wanted], "case {i}");
        assert_eq!(seen, [], "case {i}");
        assert_eq!(counters, ReaderCounters { refused: 1, ..ReaderCounters::default() });
    }
    let (_, errors, _) = read([&[0u8; 31][..], &[]]);
    assert_eq!(errors, [ReadError::Short { found: 31 }, ReadError::Short { found: 0 }]);
    assert_eq!(
        ReadError::Layout { found: 1 }.to_string(),
        format!("layout 0000000000000001, wanted {id:016x}")
    );
    assert_eq!(
        group(2, GroupError::Count { wanted: 2, found: 1 }).to_string(),
        "record 2: 1 quantities, wanted 2"
    );
}

/// The next datagrams of a run, each with the records of one call.
struct Sending {
    publisher: Publisher,
}

impl Sending {
    fn new(run: u64) -> Self {
        Self { publisher: Publisher::new(run, 1) }
    }
    fn send(&mut self, records: &[OwnedRecord]) -> Vec<u8> {
        let mut datagrams = Vec::new();
        let out = &mut |datagram: &[u8]| datagrams.push(datagram.to_vec());
        for record in records {
            self.publisher.record(&record.as_record(), out);
        }
        self.publisher.heartbeat(out);
        assert_eq!(datagrams.len(), 1);
        datagrams.remove(0)
    }
}

fn tick(msg: u64) -> OwnedRecord {
    OwnedRecord::Tick(Tick { tag: Tag { msg, ..Tag::default() }, ..Tick::default() })
}

/// Shows G29.
#[test]
fn a_publisher_that_starts_again_takes_over() {
    let (mut old, mut new) = (Sending::new(5), Sending::new(6));
    let olds = [old.send(&[tick(0)]), old.send(&golden()[..2]), old.send(&golden()[2..])];
    let news = [new.send(&[tick(0)]), new.send(&[tick(1)])];
    // The first datagram of the new run is lost; the old run's rest is left over.
    let (seen, errors, counters) =
        read([&olds[0], &olds[1], &news[1], &olds[2]].map(|datagram| datagram.as_slice()));
    assert_eq!(errors, []);
    assert_eq!(
        seen,
        [
            Seen::Run(5, 1),
            Seen::Message(vec![tick(0)]),
            Seen::Incomplete(golden()[..2].to_vec()),
            Seen::Run(6, 2),
            Seen::Gap(1, 1),
            Seen::Message(vec![tick(1)]),
        ]
    );
    assert_eq!((counters.stale, counters.lost, counters.incomplete), (1, 1, 1));
}

#[test]
fn a_subscriber_may_start_inside_a_message() {
    let mut line = Sending::new(5);
    let datagrams = [
        line.send(&golden()[..1]),
        line.send(&[]),
        line.send(&golden()[1..3]),
        line.send(&golden()[3..]),
        line.send(&[tick(8)]),
    ];
    for first in 1..4 {
        let (seen, errors, _) = read(datagrams[first..].iter().map(Vec::as_slice));
        assert_eq!(errors, []);
        let known = &golden()[[0, 1, 1, 3][first]..];
        assert_eq!(
            seen,
            [
                Seen::Run(5, first as u64 + 1),
                Seen::Incomplete(known.to_vec()),
                Seen::Message(vec![tick(8)]),
            ]
        );
    }
}

/// Shows G29.
#[test]
fn the_middle_of_a_message_is_never_bridged() {
    let mut line = Sending::new(5);
    let datagrams =
        [line.send(&golden()[..2]), line.send(&golden()[2..3]), line.send(&golden()[3..])];
    let (seen, _, counters) = read([datagrams[0].as_slice(), &datagrams[2]]);
    assert_eq!(
        seen,
        [
            Seen::Run(5, 1),
            Seen::Incomplete(golden()[..2].to_vec()),
            Seen::Gap(2, 2),
            Seen::Incomplete(golden()[3..].to_vec()),
        ]
    );
    assert_eq!((counters.messages, counters.incomplete), (0, 2));
    // Even where a lying sender numbers them as neighbours.
    let mut third = datagrams[2].clone();
    third[16] = 2;
    seal(&mut third);
    let (_, errors, _) = read([datagrams[0].as_slice(), &third]);
    let why = GroupError::Position { wanted: 0, found: 2 };
    assert_eq!(errors, [ReadError::Group { index: 0, why }]);
    third[27] = 0;
    seal(&mut third);
    let (_, errors, _) = read([datagrams[0].as_slice(), &third]);
    let edge = ReadError::Edge { flag: "STARTS_INSIDE", wanted: true, found: false };
    assert_eq!(errors, [edge]);
}

#[test]
fn a_single_quantity_ends_its_queue_also_where_the_entry_is_lost() {
    let mut sending = Sending::new(5);
    sending.send(&golden()[..3]);
    let OwnedRecord::Queue(last) = golden()[3] else { unreachable!() };
    let another = OwnedRecord::Queue(Queue { position: 3, ..last });
    let (_, errors, _) = read([sending.send(&[golden()[3], another]).as_slice()]);
    let why = GroupError::Count { wanted: 0, found: 1 };
    assert_eq!(errors, [ReadError::Group { index: 1, why }]);
}

/// Shows G29.
#[test]
fn a_sign_of_life_shows_a_loss_before_a_silence() {
    let mut line = Sending::new(5);
    let datagrams = [line.send(&[tick(0)]), line.send(&[tick(1)]), line.send(&[])];
    let (seen, _, _) = read([datagrams[0].as_slice(), &datagrams[2]]);
    assert_eq!(seen, [Seen::Run(5, 1), Seen::Message(vec![tick(0)]), Seen::Gap(2, 2)]);
}

#[test]
fn a_refused_datagram_counts_as_lost_until_its_copy_comes() {
    let mut line = Sending::new(5);
    let datagrams = [line.send(&[tick(0)]), line.send(&[tick(1)]), line.send(&[tick(2)])];
    let mut damaged = datagrams[1].clone();
    damaged[60] ^= 4;
    let (first, second, third) =
        (datagrams[0].as_slice(), datagrams[1].as_slice(), datagrams[2].as_slice());
    let (seen, _, counters) = read([first, &damaged, second, second, third]);
    assert_eq!(seen.len(), 4);
    assert_eq!((counters.lost, counters.refused, counters.duplicates), (0, 1, 1));
    let (seen, _, counters) = read([first, &damaged, third, second, second, first]);
    assert_eq!(seen[2], Seen::Gap(2, 2));
    assert_eq!((counters.lost, counters.late, counters.duplicates), (1, 1, 2));
}

#[test]
fn numbers_far_apart_are_one_gap() {
    let at = |sequence: u64| {
        let mut bytes = one(5, &[tick(0)]);
        bytes[16..24].copy_from_slice(&sequence.to_le_bytes());
        seal(&mut bytes);
        bytes
    };
    let datagrams = [at(1), at(64), at(1), at(u64::MAX - 1), at(u64::MAX - 1), at(64)];
    let (seen, errors, counters) = read(datagrams.iter().map(Vec::as_slice));
    assert_eq!(errors, []);
    assert_eq!(seen[2], Seen::Gap(2, 63));
    assert_eq!(seen[4], Seen::Gap(65, u64::MAX - 2));
    assert_eq!((counters.duplicates, counters.late), (2, 1));
    assert_eq!(counters.lost, 62 + (u64::MAX - 2 - 64));
}

#[test]
fn a_message_without_an_end_is_bounded() {
    let mut line = Sending::new(5);
    let mut reader = Reader::new();
    let (mut taken, mut number) = (0, 0);
    line.send(&golden()[..1]);
    let error = loop {
        let entries: [OwnedRecord; 7] = std::array::from_fn(|i| {
            let number = number + i as u16;
            OwnedRecord::Entry(Entry { tag: tag(Kind::Entry), number, ..Entry::default() })
        });
        number += 7;
        match reader.datagram(&line.send(&entries), &mut |_| {}) {
            Ok(()) => taken += entries.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(taken, MAX_MESSAGE_RECORDS / 7 * 7);
    let index = MAX_MESSAGE_RECORDS % 7;
    assert_eq!(error, ReadError::Group { index, why: GroupError::Long });
}

#[test]
fn nothing_is_allocated_after_the_start() {
    let mut rng = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha);
    let messages = random_messages(500, &mut rng);
    let datagrams = publish(&messages, 1, true, &mut rng);
    let arrivals = network(&datagrams, 0, &mut rng);
    let mut publisher = Publisher::new(RUN, 2);
    let mut reader = Reader::new();
    let (mut sent, mut beats_sent, mut events) = (0u64, 0u64, 0u64);

    let before = ALLOCATIONS.get();
    for message in &messages {
        let out = &mut |datagram: &[u8]| {
            sent += 1;
            beats_sent += Descriptor::default().words(3, datagram, 0).count() as u64;
        };
        for record in message {
            publisher.record(&record.as_record(), out);
        }
        publisher.end_of_message(out);
        publisher.heartbeat(out);
    }
    for (_, datagram) in &arrivals {
        let _ = reader.datagram(datagram, &mut |_| events += 1);
    }
    let counters = reader.finish(&mut |_| events += 1);
    assert_eq!(ALLOCATIONS.get() - before, 0);

    assert!(counters.refused > 0 && counters.gaps > 0 && counters.incomplete > 0);
    assert!(events > 200 && sent == publisher.sequence() && beats_sent > 9 * 500);
}

proptest! {
    #[test]
    fn a_datagram_leaves_when_it_is_full_or_its_messages_have_ended(
        (messages, batch, mut rng) in (0usize..40, 0u32..5).prop_perturb(|(count, batch), mut rng| {
            (random_messages(count, &mut rng), batch, rng)
        }),
    ) {
        let (mut wanted, mut records, mut ended) = (Vec::new(), 0, 0);
        for record in messages.iter().flatten() {
            records += 1;
            ended += u32::from(matches!(record.tag().kind, Kind::Order | Kind::Trade | Kind::End));
            if records == 15 || ended == batch.max(1) {
                wanted.push(32 + 96 * records);
                (records, ended) = (0, 0);
            }
        }
        wanted.extend((records > 0).then_some(32 + 96 * records));
        let datagrams = publish(&messages, batch, false, &mut rng);
        prop_assert_eq!(datagrams.iter().map(Vec::len).collect::<Vec<_>>(), wanted);
    }
}
