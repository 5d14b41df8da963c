//! The stages `send` and `publish` of the kernels against the rooms `order` and `publish`.
#![cfg(feature = "kernel-c")]

use proptest::prelude::*;
use tidegate_hls_sim::kernel_c::publish::{Publish, Published};
use tidegate_hls_sim::kernel_c::send::{HostWord, Send};
use tidegate_pipeline::order::{ClOrdIds, Fields, Templates};
use tidegate_pipeline::publish::{Event as Read, Publisher, Reader};
use tidegate_pipeline::record::{
    End, Entry, Head, Kind, OwnedRecord, Queue, RECORD_BYTES, Tag, Tick,
};
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::kernel::{
    Event, Intent, LOAD_CHUNK_BYTES, LoadLine, event_kind, event_mark, load_table,
};
use tidegate_protocol::limits::BEAT_BYTES;
use tidegate_protocol::message::NewOrder;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

type Word = [u8; BEAT_BYTES];

fn descriptor() -> impl Strategy<Value = Descriptor> {
    (any::<bool>(), any::<bool>()).prop_map(|(text, printed)| Descriptor {
        layout: if text { Layout::Text } else { Layout::Sample },
        words: if printed { WordOrder::Printed } else { WordOrder::Channel },
        ..Descriptor::default()
    })
}

fn line(table: u8, index: usize, words: &[u64]) -> LoadLine {
    let mut line = LoadLine { table: u32::from(table), index: index as u32, words: [0; 7] };
    line.words[..words.len()].copy_from_slice(words);
    line
}

fn word_of(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

/// Load lines of a frame, in parts, the last one filled up with what the next might hold.
fn chunks(table: u8, frame: &[u8]) -> Vec<LoadLine> {
    let lines = frame.chunks(LOAD_CHUNK_BYTES).enumerate();
    lines
        .map(|(at, chunk)| line(table, at, &chunk.chunks(8).map(word_of).collect::<Vec<_>>()))
        .collect()
}

#[derive(Clone, Debug)]
enum Sent {
    Intent(Box<Intent>, u8),
    Host(Vec<u8>, u8),
}

fn intent() -> impl Strategy<Value = Intent> {
    let numbers = (any::<u64>(), any::<i64>(), any::<i64>(), any::<i64>(), any::<u64>());
    let rows = (0u32..90_000, prop_oneof![Just(u32::MAX), 0u32..90_000]);
    (numbers, rows, any::<[u8; 8]>(), any::<[u8; 16]>(), any::<u8>()).prop_map(
        |((decision, time, price, quantity, beat), (row, of), security, order_id, side)| Intent {
            decision,
            time: Timestamp(time),
            price: PriceE4(price),
            quantity: QtyE2(quantity),
            security,
            order_id,
            row,
            of,
            side,
            beat,
            ..Intent::default()
        },
    )
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        4 => (intent(), 0u8..3).prop_map(|(intent, wait)| Sent::Intent(Box::new(intent), wait)),
        1 => (prop::collection::vec(any::<u8>(), 1..=256), any::<u8>())
            .prop_map(|(bytes, cid)| Sent::Host(bytes, cid)),
    ]
}

fn order() -> impl Strategy<Value = NewOrder> {
    any::<[u8; NewOrder::LEN]>().prop_map(|bytes| NewOrder::parse(&bytes))
}

fn ids() -> impl Strategy<Value = (String, u64)> {
    ("[!-~]{0,5}", 0u64..10_000).prop_map(|(prefix, first)| (prefix, first))
}

/// What must leave for one request: the frame of the room `order`.
fn frame_of(templates: &mut Templates, ids: &ClOrdIds, intent: &Intent) -> Vec<u8> {
    let fields = Fields {
        cl_ord_id: ids.id(intent.row),
        security: intent.security,
        side: intent.side,
        quantity: intent.quantity,
        time: intent.time,
    };
    match intent.of {
        u32::MAX => templates.order(&fields, intent.price).to_vec(),
        of => templates.cancel(&fields, ids.id(of), intent.order_id).to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Requests and frames of the host, offered at odd moments: every frame leaves whole, in the
    /// order in which it was taken, as the words of the room.
    /// Shows H15, H32.
    #[test]
    fn requests_leave_as_the_room_makes_them(
        toe in descriptor(),
        order in order(),
        (prefix, first) in ids(),
        session in 0u8..128,
        sends in prop::collection::vec(sent(), 1..12),
    ) {
        let ids = ClOrdIds::new(&prefix, first).expect("ids");
        let mut templates = Templates::new(&order);
        let (prepared_order, prepared_cancel) = templates.frames();
        let mut padded = [0; 10];
        padded[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let words = [
            word_of(&padded[..8]), word_of(&padded[8..]), prefix.len() as u64, first, u64::from(session),
        ];
        let mut stage = Send::new(toe);
        stage.load(&line(load_table::IDS, 0, &words));
        for line in chunks(load_table::ORDER, prepared_order) {
            stage.load(&line);
        }
        for line in chunks(load_table::CANCEL, prepared_cancel) {
            stage.load(&line);
        }
        // Two queues, as in the wiring: intents from the indicator, words from the host.
        let (mut out, mut wanted): (Vec<Word>, Vec<Word>) = (Vec::new(), Vec::new());
        let (mut events, mut wanted_events) = (Vec::new(), Vec::new());
        for one in &sends {
            match one {
                Sent::Intent(intent, wait) => {
                    let frame = frame_of(&mut templates, &ids, intent);
                    wanted.extend(toe.words(session, &frame, 0));
                    wanted_events.push((intent.clone(), frame));
                    for _ in 0..*wait {
                        out.extend(stage.step(None, None).word);
                    }
                    let mut taken = false;
                    while !taken {
                        let step = stage.step(Some(intent), None);
                        prop_assert_eq!(step.took_intent, step.event.is_some());
                        prop_assert!(!step.took_intent || step.word.is_some());
                        taken = step.took_intent;
                        out.extend(step.word);
                        events.extend(step.event);
                    }
                }
                Sent::Host(bytes, cid) => {
                    wanted.extend(toe.words(*cid, bytes, 0));
                    for chunk in bytes.chunks(BEAT_BYTES) {
                        // What lies behind the end is rubbish and must not leave.
                        let mut word = [0xa5; BEAT_BYTES];
                        word[..chunk.len()].copy_from_slice(chunk);
                        let host = HostWord { bytes: word, length: bytes.len() as u16, cid: *cid };
                        let mut taken = false;
                        while !taken {
                            let step = stage.step(None, Some(&host));
                            taken = step.took_host;
                            out.extend(step.word);
                        }
                    }
                    while !stage.is_idle() {
                        out.extend(stage.step(None, None).word);
                    }
                }
            }
        }
        while !stage.is_idle() {
            out.extend(stage.step(None, None).word);
        }
        prop_assert_eq!(stage.step(None, None).word, None);
        prop_assert_eq!(out, wanted);
        prop_assert_eq!(events.len(), wanted_events.len());
        for (event, (intent, frame)) in events.iter().zip(&wanted_events) {
            let mut body = [0; 160];
            body[..frame.len()].copy_from_slice(frame);
            let wanted = Event {
                msg: intent.decision,
                msg_type: intent.row,
                session: frame.len() as u16,
                kind: event_kind::REQUEST,
                body: std::array::from_fn(|at| word_of(&body[8 * at..][..8])),
                beat: intent.beat,
                ..Event::default()
            };
            prop_assert_eq!(event, &wanted);
        }
    }
}

/// An intent never waits for a host that has sent half of its frame, and goes first where both wait.
/// Shows H27.
#[test]
fn an_order_does_not_wait_for_the_host() {
    let toe = Descriptor::default();
    let mut stage = Send::new(toe);
    let host = |at: u8| HostWord { bytes: [at; BEAT_BYTES], length: 32, cid: 7 };
    assert!(stage.step(None, Some(&host(1))).took_host);
    let intent = Intent { of: u32::MAX, ..Intent::default() };
    assert!(stage.step(Some(&intent), None).took_intent);
    let mut words = 0;
    let mut host_left = Some(host(2));
    while words < 8 {
        let step = stage.step(Some(&intent), host_left.as_ref());
        assert!(!step.took_intent);
        if step.took_host {
            host_left = None;
        }
        words += usize::from(step.word.is_some());
    }
    // Both wait now: the intent goes first, then the host's frame.
    let step = stage.step(Some(&intent), None);
    assert_eq!((step.took_intent, step.word), (true, Some(toe.header_word(121, 0))));
    for _ in 0..8 {
        assert!(stage.step(None, None).word.is_some());
    }
    assert_eq!(stage.step(None, None).word, Some(toe.header_word(32, 7)));
    assert_eq!(stage.step(None, None).word, Some([1; BEAT_BYTES]));
    assert_eq!(stage.step(None, None).word, Some([2; BEAT_BYTES]));
    assert!(stage.is_idle());
}

/// A frame whose length cannot be is left out, and the next one goes.
#[test]
fn a_frame_of_the_host_without_a_sound_length_is_dropped() {
    let toe = Descriptor::default();
    let mut stage = Send::new(toe);
    for length in [0, 257, u16::MAX] {
        assert!(stage.step(None, Some(&HostWord { bytes: [9; 16], length, cid: 1 })).took_host);
        assert!(stage.is_idle());
    }
    assert!(stage.step(None, Some(&HostWord { bytes: [9; 16], length: 3, cid: 1 })).took_host);
    assert_eq!(stage.step(None, None).word, Some(toe.header_word(3, 1)));
}

#[derive(Clone, Debug)]
enum Said {
    Tick { kind: Kind, flags: u8, fill: u64 },
    Snapshot { queues: Vec<u8>, flags: u8, fill: u64 },
    Bare,
    Flush,
    Heartbeat,
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        6 => (any::<bool>(), any::<u8>(), any::<u64>()).prop_map(|(order, flags, fill)| Said::Tick {
            kind: if order { Kind::Order } else { Kind::Trade },
            flags: flags & 31,
            fill,
        }),
        4 => (prop::collection::vec(0u8..7, 0..24), any::<u8>(), any::<u64>())
            .prop_map(|(queues, flags, fill)| Said::Snapshot { queues, flags: flags & 31, fill }),
        2 => Just(Said::Bare),
        1 => Just(Said::Flush),
        1 => Just(Said::Heartbeat),
    ]
}

/// A number that differs from field to field.
fn mixed(fill: u64, at: u64) -> i64 {
    (fill ^ at.wrapping_mul(0x9e37_79b9_7f4a_7c15)).rotate_left(at as u32).cast_signed()
}

fn records(said: &Said, msg: u64) -> Vec<OwnedRecord> {
    let tag = |kind, flags, fill: u64| Tag {
        msg,
        offset: fill,
        msg_type: fill as u32,
        session: (fill >> 7) as u16,
        kind,
        flags,
    };
    match said {
        Said::Tick { kind, flags, fill } => vec![OwnedRecord::Tick(Tick {
            tag: tag(*kind, *flags, *fill),
            appl_seq_num: mixed(*fill, 1),
            bid_appl_seq_num: mixed(*fill, 2),
            offer_appl_seq_num: mixed(*fill, 3),
            security: mixed(*fill, 4).to_le_bytes(),
            price: PriceE4(mixed(*fill, 5)),
            quantity: QtyE2(mixed(*fill, 6)),
            time: Timestamp(mixed(*fill, 7)),
            channel: mixed(*fill, 8) as u16,
            source: *b"102 ",
            code: mixed(*fill, 9) as u8,
            ord_type: mixed(*fill, 10) as u8,
            stream: *b"010",
        })],
        Said::Snapshot { queues, flags, fill } => {
            let mut out = vec![OwnedRecord::Head(Head {
                tag: tag(Kind::Head, *flags, *fill),
                time: Timestamp(mixed(*fill, 1)),
                value: AmtE4(mixed(*fill, 2)),
                entries: queues.len() as u32,
                ..Head::default()
            })];
            for (number, queue) in queues.iter().enumerate() {
                out.push(OwnedRecord::Entry(Entry {
                    tag: tag(Kind::Entry, *flags, *fill),
                    price: PxE6(mixed(*fill, 3)),
                    number: number as u16,
                    queue: u32::from(*queue),
                    ..Entry::default()
                }));
                for position in (0..*queue).step_by(2) {
                    let count = (queue - position).min(2);
                    out.push(OwnedRecord::Queue(Queue {
                        tag: tag(Kind::Queue, *flags, *fill),
                        quantity: [QtyE2(mixed(*fill, 4)), QtyE2(if count == 2 { 5 } else { 0 })],
                        position: u32::from(position),
                        count,
                    }));
                }
            }
            out.push(OwnedRecord::End(End {
                tag: tag(Kind::End, *flags, *fill),
                stock_num: *fill as u32,
                ..End::default()
            }));
            out
        }
        Said::Bare | Said::Flush | Said::Heartbeat => Vec::new(),
    }
}

/// The event of the indicator that carries a record.
fn event_of(bytes: &[u8; RECORD_BYTES], ends: bool) -> Event {
    let mut whole = [0; Event::BYTES];
    whole[..RECORD_BYTES].copy_from_slice(bytes);
    // What stands in the rest of the event is not published.
    whole[RECORD_BYTES..].fill(0xee);
    let has = event_mark::RECORD | if ends { event_mark::ENDS } else { 0 };
    Event { has, ..Event::parse(&whole) }
}

/// The stage and what came out of it.
struct Bench {
    stage: Publish,
    words: Vec<Word>,
    waited: u32,
}

impl Bench {
    /// Offers it until it is taken.
    fn offer(&mut self, input: Published<'_>) {
        for _ in 0..100 {
            let step = self.stage.step(Some(input));
            self.words.extend(step.word);
            if step.took {
                return;
            }
            self.waited += 1;
        }
        panic!("never taken");
    }

    fn drain(&mut self) {
        while !self.stage.is_idle() {
            self.words.extend(self.stage.step(None).word);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is said, the words are those of the room's datagrams, and its reader reads them.
    /// Shows G29.
    #[test]
    fn datagrams_are_those_of_the_room(
        toe in descriptor(),
        run in any::<u64>(),
        batch in 0u32..17,
        cid in 0u8..128,
        as_events in any::<bool>(),
        calm in any::<bool>(),
        all in prop::collection::vec(said(), 1..40),
    ) {
        let mut publisher = Publisher::new(run, batch);
        let mut datagrams: Vec<Vec<u8>> = Vec::new();
        let mut bench = Bench { stage: Publish::new(toe), words: Vec::new(), waited: 0 };
        let setup = [run, u64::from(batch), u64::from(cid)];
        bench.stage.load(&line(load_table::PUBLISH, 0, &setup));
        let mut said_messages: Vec<Vec<OwnedRecord>> = Vec::new();
        for (msg, said) in all.iter().enumerate() {
            let records = records(said, msg as u64);
            let mut out = |datagram: &[u8]| datagrams.push(datagram.to_vec());
            for (at, record) in records.iter().enumerate() {
                publisher.record(&record.as_record(), &mut out);
                let bytes = record.as_record().to_bytes();
                let ends = at + 1 == records.len();
                match as_events {
                    true => bench.offer(Published::Event(&event_of(&bytes, ends))),
                    false => bench.offer(Published::Record { bytes: &bytes, ends }),
                }
            }
            match said {
                Said::Flush => {
                    publisher.flush(&mut out);
                    bench.offer(Published::Flush);
                }
                Said::Heartbeat => {
                    publisher.heartbeat(&mut out);
                    bench.offer(Published::Heartbeat);
                }
                Said::Bare => {
                    publisher.end_of_message(&mut out);
                    bench.offer(Published::End);
                }
                _ => publisher.end_of_message(&mut out),
            }
            if calm {
                bench.drain();
            }
            if !records.is_empty() {
                said_messages.push(records);
            }
        }
        publisher.flush(&mut |datagram| datagrams.push(datagram.to_vec()));
        bench.offer(Published::Flush);
        bench.drain();
        let mut wanted: Vec<Word> = Vec::new();
        for datagram in &datagrams {
            wanted.extend(toe.words(cid, datagram, 0));
        }
        prop_assert_eq!(&bench.words, &wanted);
        prop_assert_eq!(bench.stage.step(None).word, None);

        let mut reader = Reader::new();
        let mut read: Vec<Vec<OwnedRecord>> = Vec::new();
        for packet in packets(&toe, &bench.words) {
            let heard = reader.datagram(&packet, &mut |event| {
                if let Read::Message(records) = event {
                    read.push(records.to_vec());
                }
            });
            prop_assert!(heard.is_ok(), "{:?}", heard);
        }
        let lost = (reader.counters().gaps, reader.counters().incomplete);
        prop_assert_eq!(lost, (0, 0));
        prop_assert_eq!(read.len(), said_messages.len());
        for (read, said) in read.iter().zip(&said_messages) {
            prop_assert_eq!(read.len(), said.len());
        }
    }
}

/// The packets that words carry.
fn packets(toe: &Descriptor, words: &[Word]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = usize::from(toe.header(&words[at]).length);
        let data = &words[at + 1..][..length.div_ceil(BEAT_BYTES)];
        let mut packet: Vec<u8> = Vec::new();
        for word in data {
            let mut word = *word;
            if toe.words == WordOrder::Channel {
                word.reverse();
            }
            packet.extend(word);
        }
        packet.truncate(length);
        out.push(packet);
        at += 1 + data.len();
    }
    out
}

/// One datagram is filled while another is sent: of 15 records in a row, the second datagram's are
/// taken while the first one's words leave, and only the third's have to wait.
/// Shows G28.
#[test]
fn one_datagram_is_filled_while_another_is_sent() {
    let mut bench =
        Bench { stage: Publish::new(Descriptor::default()), words: Vec::new(), waited: 0 };
    bench.stage.load(&line(load_table::PUBLISH, 0, &[1, 15, 0]));
    let tick = Tick { tag: Tag { kind: Kind::Trade, ..Tag::default() }, ..Tick::default() };
    let bytes = OwnedRecord::Tick(tick).as_record().to_bytes();
    for _ in 0..30 {
        bench.offer(Published::Record { bytes: &bytes, ends: true });
    }
    assert_eq!(bench.waited, 0);
    bench.offer(Published::Record { bytes: &bytes, ends: true });
    // The first datagram has 93 words. One left as it was closed, 15 more while the second one was
    // filled; when the others are out, one step moves the second one on.
    assert_eq!(bench.waited, 93 - 16 + 1);
}
