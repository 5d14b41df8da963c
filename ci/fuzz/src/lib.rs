//! What several targets share: a log of everything an engine says, and a receiver that checks the
//! promises of a source while it listens.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tidegate_gateway::{Delivery, Source, StreamId};
use tidegate_pipeline::record::RECORD_BYTES;
use tidegate_pipeline::{Fault, IndexPoint, Record, Sink};
use tidegate_protocol::frame;

/// One thing that came out of an engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Record([u8; RECORD_BYTES]),
    Fault(Fault),
    Index(IndexPoint),
    Message(u64, u32),
}

/// Everything that came out, in one order: so the order between kinds is compared too.
#[derive(Debug, Default)]
pub struct Log(pub Vec<Event>);

impl Sink for Log {
    fn record(&mut self, record: Record<'_>) {
        self.0.push(Event::Record(record.to_bytes()));
    }
    fn fault(&mut self, fault: &Fault) {
        self.0.push(Event::Fault(*fault));
    }
    fn index(&mut self, point: &IndexPoint) {
        self.0.push(Event::Index(*point));
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.0.push(Event::Message(msg, msg_type));
    }
}

/// Two lists are equal; if not, the first difference is all that anybody wants to read.
#[track_caller]
pub fn same<T: PartialEq + Debug>(what: &str, found: &[T], wanted: &[T]) {
    let length = found.len().max(wanted.len());
    if let Some(at) = (0..length).find(|&at| found.get(at) != wanted.get(at)) {
        panic!("{what}, item {at}: found {:?}, wanted {:?}", found.get(at), wanted.get(at));
    }
}

/// A delivery that owns its bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Open(StreamId),
    Bytes(StreamId, u64, Vec<u8>, Option<u64>),
    Resume(StreamId, u64),
    Close(StreamId),
    Words(Vec<u8>),
    Fault(Option<StreamId>, u8, u64, u64),
}

/// What is known of a stream on its way.
#[derive(Default)]
struct Seen {
    /// Where its next byte is expected; nothing before its first one.
    next: Option<u64>,
    /// A fault accounts for the bytes up to here.
    excused: u64,
    /// Offset and bytes since the last resumption, until two frames are there.
    resumed: Option<(u64, Vec<u8>)>,
    closed: bool,
}

impl Seen {
    /// After a resumption that bytes follow, two frames in a row must hold.
    fn prove(&mut self) {
        let Some((at, bytes)) = self.resumed.take() else { return };
        if bytes.is_empty() {
            return;
        }
        let first = frame::holds(&bytes);
        let second = first.and_then(|first| frame::holds(&bytes[first..]));
        assert!(second.is_some(), "resumed at {at} where no two frames hold");
    }
}

/// Receives everything once and checks what a source promises.
pub fn receive(source: &mut Source) -> Vec<Step> {
    let mut streams: BTreeMap<u32, Seen> = BTreeMap::new();
    let mut steps = Vec::new();
    let mut ended = false;
    // A failed read is an error of the operating system, which memory does not have.
    while let Some(delivery) = source.next().expect("a source in memory") {
        assert!(!ended, "nothing follows the damage of the file");
        steps.push(match delivery {
            Delivery::Open { stream } => {
                assert_eq!(stream.0 as usize, streams.len(), "numbers count up from 0");
                streams.insert(stream.0, Seen::default());
                Step::Open(stream)
            }
            Delivery::Bytes { stream, offset, bytes, time_ns } => {
                assert!(!bytes.is_empty(), "bytes are never empty");
                let seen = streams.get_mut(&stream.0).expect("an open stream");
                assert!(!seen.closed, "bytes behind the end");
                if let Some(next) = seen.next {
                    assert!(offset >= next, "offset {offset} goes back from {next}");
                    let excused = offset == next || offset == seen.excused;
                    assert!(excused, "unexplained jump from {next} to {offset}");
                }
                let end = offset.checked_add(bytes.len() as u64).expect("an end below 2^64");
                seen.next = Some(end);
                if let Some((_, first)) = &mut seen.resumed {
                    first.extend_from_slice(bytes);
                }
                Step::Bytes(stream, offset, bytes.to_vec(), time_ns)
            }
            Delivery::Resume { stream, offset } => {
                let seen = streams.get_mut(&stream.0).expect("an open stream");
                assert!(!seen.closed, "a resumption behind the end");
                assert!(offset >= seen.next.unwrap_or(0), "a resumption goes back");
                seen.prove();
                seen.next = Some(offset);
                seen.resumed = Some((offset, Vec::new()));
                Step::Resume(stream, offset)
            }
            Delivery::Close { stream } => {
                let seen = streams.get_mut(&stream.0).expect("an open stream");
                assert!(!std::mem::replace(&mut seen.closed, true), "closed twice");
                seen.prove();
                Step::Close(stream)
            }
            Delivery::Words { bytes } => {
                assert!(!bytes.is_empty() && bytes.len() % 16 == 0, "whole words");
                Step::Words(bytes.to_vec())
            }
            Delivery::Fault { stream, code, offset, length } => {
                match stream {
                    Some(stream) => {
                        let seen = streams.get_mut(&stream.0).expect("an open stream");
                        assert!(offset >= seen.next.unwrap_or(0), "a fault goes back");
                        seen.excused = offset + length;
                    }
                    None => ended = true,
                }
                Step::Fault(stream, code as u8, offset, length)
            }
        });
    }
    assert!(source.next().expect("a source in memory").is_none(), "the end is the end");
    for (number, seen) in &streams {
        assert!(seen.closed, "stream {number} was never closed");
        assert!(!source.stream_name(StreamId(*number)).is_empty(), "a stream without a name");
    }
    steps
}

/// Receives everything twice: a rewind gives the same deliveries.
pub fn receive_twice(source: &mut Source) -> Vec<Step> {
    let first = receive(source);
    source.rewind().expect("a source in memory");
    same("after a rewind", &receive(source), &first);
    first
}

/// Bytes delivered, words and streams together.
pub fn delivered(steps: &[Step]) -> usize {
    let bytes = |step: &Step| match step {
        Step::Bytes(_, _, bytes, _) | Step::Words(bytes) => bytes.len(),
        _ => 0,
    };
    steps.iter().map(bytes).sum()
}
