//! Datagrams of a publisher, lost, repeated, damaged, or changed and sealed again, and any bytes
//! between them: the reader gives out nothing but whole messages of what it took.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use tidegate_pipeline::publish::{Event, MAX_MESSAGE_RECORDS, Publisher, Reader};
use tidegate_pipeline::record::{Kind, OwnedRecord, Tag};
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::record::{
    DATAGRAM_HEADER_BYTES, DatagramHeader, MAX_DATAGRAM_BYTES, PUBLISH_ID, RECORD_BYTES, check,
};

fuzz_target!(|data: &[u8]| run(&mut Unstructured::new(data)).expect("zeros when the bytes run out"));

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let [batch, count]: [u8; 2] = u.arbitrary()?;
    let mut messages = Vec::new();
    for msg in 0..u64::from(count % 24) {
        messages.push(message(msg, u)?);
    }
    let mut publisher = Publisher::new(2, u32::from(batch % 8));
    let mut datagrams: Vec<Vec<u8>> = Vec::new();
    let out = &mut |datagram: &[u8]| datagrams.push(datagram.to_vec());
    for message in &messages {
        for record in message {
            publisher.record(&record.as_record(), out);
        }
        publisher.end_of_message(out);
    }
    publisher.heartbeat(out);
    assert_eq!(publisher.sequence(), datagrams.len() as u64);

    let mut words = Vec::new();
    for datagram in &datagrams {
        assert!(datagram.len() <= MAX_DATAGRAM_BYTES);
        words.clear();
        Descriptor::default().packet_words(1, datagram, 0, &mut words);
        let plain = Descriptor::default();
        assert!(plain.words(1, datagram, 0).flatten().eq(words.iter().copied()));
    }

    let mut watch = Watch { messages: &messages, honest: true, given: 0, last: None, gap: 0 };
    let mut reader = Reader::new();
    let (mut next, mut fed) = (0, 0);
    // A script while there are bytes, then the rest as it was sent.
    while !u.is_empty() {
        let [how, which, at, value]: [u8; 4] = u.arbitrary()?;
        let mut datagram = match how % 8 {
            0 => {
                next += 1;
                continue;
            }
            1 if !datagrams.is_empty() => datagrams[usize::from(which) % datagrams.len()].clone(),
            2 => {
                watch.honest = false;
                u.bytes(u.len().min(usize::from(which) * 6))?.to_vec()
            }
            _ => {
                next += 1;
                datagrams.get(next - 1).cloned().unwrap_or_default()
            }
        };
        let length = datagram.len().max(1);
        if how & 8 != 0
            && let Some(byte) =
                datagram.get_mut((usize::from(at) + 256 * usize::from(how >> 6)) % length)
        {
            *byte ^= value;
        }
        if how & 16 != 0 && value > 250 {
            datagram.truncate(usize::from(at) * 6);
        }
        if how & 32 != 0 {
            watch.honest = false;
            seal(&mut datagram);
        }
        fed += 1;
        let _ = reader.datagram(&datagram, &mut |event| watch.event(event));
    }
    for datagram in datagrams.iter().skip(next) {
        fed += 1;
        let _ = reader.datagram(datagram, &mut |event| watch.event(event));
    }
    let c = reader.finish(&mut |event| watch.event(event));
    assert_eq!(c.records, watch.given, "every record taken is given out");
    assert_eq!(c.datagrams + c.duplicates + c.late + c.stale + c.refused, fed);
    Ok(())
}

/// One message with the right counts and any content.
fn message(msg: u64, u: &mut Unstructured<'_>) -> Result<Vec<OwnedRecord>> {
    let [how, entries, queues, flags]: [u8; 4] = u.arbitrary()?;
    let mut record = |kind: Kind, counts: &dyn Fn(&mut OwnedRecord)| -> Result<OwnedRecord> {
        let mut bytes = [0; RECORD_BYTES];
        let used = match kind {
            Kind::Order | Kind::Trade => 91,
            Kind::Head => 93,
            Kind::Entry => 58,
            Kind::Queue => 45,
            Kind::End => 44,
        };
        // Short inputs still make long messages.
        let some = u.bytes(u.len().min(8))?;
        for (place, byte) in bytes[24..used].iter_mut().zip(some.iter().cycle()) {
            *place = *byte;
        }
        let (offset, msg_type, session) = (msg * 100, 300_111, 3);
        Tag { msg, offset, msg_type, session, kind, flags: flags & 1 }.emit(&mut bytes);
        let mut record = OwnedRecord::parse(&bytes).expect("a record");
        counts(&mut record);
        Ok(record)
    };
    if how % 2 == 0 {
        return Ok(vec![record(if how & 2 == 0 { Kind::Order } else { Kind::Trade }, &|_| {})?]);
    }
    let entries = u32::from(entries % 12);
    let mut out = vec![record(Kind::Head, &|record| {
        let OwnedRecord::Head(head) = record else { unreachable!() };
        head.entries = entries;
    })?];
    for n in 0..entries {
        let all = u32::from(queues >> (n % 4)) % 9;
        out.push(record(Kind::Entry, &|record| {
            let OwnedRecord::Entry(entry) = record else { unreachable!() };
            (entry.number, entry.queue) = (n as u16, all);
        })?);
        for from in (0..all).step_by(2) {
            out.push(record(Kind::Queue, &|record| {
                let OwnedRecord::Queue(queue) = record else { unreachable!() };
                (queue.position, queue.count) = (from, (all - from).min(2) as u8);
            })?);
        }
    }
    out.push(record(Kind::End, &|_| {})?);
    Ok(out)
}

/// Makes of any bytes a datagram whose header is right but for what only the reader can judge.
fn seal(datagram: &mut Vec<u8>) {
    let records = datagram.len().saturating_sub(DATAGRAM_HEADER_BYTES) / RECORD_BYTES;
    datagram.resize(DATAGRAM_HEADER_BYTES + records * RECORD_BYTES, 0);
    let place = datagram.first_chunk_mut().expect("a header");
    let mut header = DatagramHeader::parse(place);
    (header.layout_id, header.records) = (PUBLISH_ID, records as u8);
    header.bytes = datagram.len() as u16;
    header.emit(datagram.first_chunk_mut().expect("a header"));
    header.check = check(datagram);
    header.emit(datagram.first_chunk_mut().expect("a header"));
}

/// Judges each event as it comes.
struct Watch<'a> {
    messages: &'a [Vec<OwnedRecord>],
    /// No changed datagram was sealed again.
    honest: bool,
    given: u64,
    /// Message given out last.
    last: Option<u64>,
    /// Last number of the gap before.
    gap: u64,
}

impl Watch<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Run { sequence, .. } => {
                assert!(sequence > 0);
                self.gap = 0;
            }
            Event::Gap { first, last } => {
                assert!(self.gap < first && first <= last);
                self.gap = last;
            }
            Event::Message(records) => {
                self.records(records);
                whole(records);
            }
            Event::Incomplete(records) => {
                self.records(records);
                let (first, last) = (&records[0], &records[records.len() - 1]);
                assert!(!first.tag().kind.begins() || !last.tag().kind.ends());
            }
        }
    }

    fn records(&mut self, records: &[OwnedRecord]) {
        self.given += records.len() as u64;
        assert!(records.len() <= MAX_MESSAGE_RECORDS);
        let tag = *records[0].tag();
        assert!(records.iter().all(|r| Tag { kind: tag.kind, ..*r.tag() } == tag), "one message");
        if self.honest {
            assert!(self.last <= Some(tag.msg), "in order");
            self.last = Some(tag.msg);
            let sent = &self.messages[tag.msg as usize];
            assert!(sent.windows(records.len()).any(|part| part == records), "as it was sent");
        }
    }
}

/// By counting: a tick, or a head, its entries, their queues, and an end.
fn whole(records: &[OwnedRecord]) {
    let [head, middle @ .., end] = records else {
        assert!(matches!(records, [OwnedRecord::Tick(_)]));
        return;
    };
    let OwnedRecord::Head(head) = head else { panic!("{head:?}") };
    assert!(matches!(end, OwnedRecord::End(_)));
    let mut left = middle;
    for n in 0..head.entries {
        let [OwnedRecord::Entry(entry), more @ ..] = left else { panic!("entry {n}: {left:?}") };
        assert_eq!(u32::from(entry.number), n);
        let (queue, more) = more.split_at(entry.queue.div_ceil(2) as usize);
        let mut position = 0;
        for record in queue {
            let OwnedRecord::Queue(queue) = record else { panic!("{record:?}") };
            assert_eq!(queue.position, position);
            position += u32::from(queue.count);
        }
        assert_eq!(position, entry.queue);
        left = more;
    }
    assert!(left.is_empty());
}
