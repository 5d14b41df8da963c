//! From a source to sessions: the streams of a file take numbered sessions, as a card has them.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use anyhow::Result;
use tidegate_gateway::{Delivery, Source, StreamId};
use tidegate_pipeline::Resume;
use tidegate_protocol::FaultCode;

use crate::progress::Progress;

/// Takes what a source delivers, by session.
pub(crate) trait Consumer {
    /// The session now carries the stream of this name.
    fn named(&mut self, session: u16, stream: &str);
    /// The session goes on as told; returns whether that cut off a message.
    fn reset(&mut self, session: u16, resume: Resume) -> bool;
    /// The next bytes of a session.
    fn bytes(&mut self, session: u16, bytes: &[u8]);
    /// Whole words of an IO channel.
    fn words(&mut self, bytes: &[u8]);
    /// Something that the source found in the stream of this name, which may have no session; or,
    /// without a name, in the file.
    fn fault(&mut self, session: Option<u16>, stream: &str, code: FaultCode, range: (u64, u64));
    /// Whether there is any use in going on.
    fn goes_on(&self) -> bool {
        true
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    session: u16,
    /// Offset of the next byte.
    at: u64,
    /// When it was last used, in deliveries.
    used: u64,
}

#[derive(Clone, Copy, Debug)]
enum Stream {
    Here(Place),
    /// Lost its session between two messages, at this offset.
    Waiting {
        at: u64,
    },
    /// Lost its session inside a message: there is no place to go on before a resume.
    Cut,
}

/// Which stream has which session.
#[derive(Debug)]
pub(crate) struct Sessions {
    limit: usize,
    streams: HashMap<StreamId, Stream>,
    names: HashMap<StreamId, Box<str>>,
    free: BinaryHeap<Reverse<u16>>,
    opened: usize,
    clock: u64,
    /// Sessions taken from a stream because all were busy.
    pub(crate) taken: u64,
    /// Bytes of such streams that could not be read.
    pub(crate) taken_bytes: u64,
}

impl Sessions {
    /// Sessions 0 to `limit` - 1, at most 65 536.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.min(1 << 16),
            streams: HashMap::new(),
            names: HashMap::new(),
            free: BinaryHeap::new(),
            opened: 0,
            clock: 0,
            taken: 0,
            taken_bytes: 0,
        }
    }

    /// The lowest session that is free; if none is, the one that was not used for longest.
    fn claim(&mut self, consumer: &mut impl Consumer) -> u16 {
        if let Some(Reverse(session)) = self.free.pop() {
            return session;
        }
        if self.opened < self.limit {
            self.opened += 1;
            return (self.opened - 1) as u16;
        }
        let here = self.streams.iter().filter_map(|(id, stream)| match stream {
            Stream::Here(place) => Some((place.used, *id, *place)),
            _ => None,
        });
        let (_, id, place) = here.min_by_key(|(used, id, _)| (*used, *id)).expect("a busy session");
        let cut = consumer.reset(place.session, Resume::New);
        let left = if cut { Stream::Cut } else { Stream::Waiting { at: place.at } };
        self.streams.insert(id, left);
        self.taken += 1;
        place.session
    }

    /// Gives a session to a stream, which goes on at this offset.
    fn open(&mut self, id: StreamId, at: u64, consumer: &mut impl Consumer) -> Place {
        let session = self.claim(consumer);
        consumer.named(session, self.names.get(&id).map_or("", |name| name));
        if at > 0 {
            consumer.reset(session, Resume::At(at));
        }
        let place = Place { session, at, used: self.clock };
        self.streams.insert(id, Stream::Here(place));
        place
    }

    fn session(&self, id: StreamId) -> Option<u16> {
        match self.streams.get(&id) {
            Some(Stream::Here(place)) => Some(place.session),
            _ => None,
        }
    }

    fn close(&mut self, id: StreamId, consumer: &mut impl Consumer) {
        self.names.remove(&id);
        if let Some(Stream::Here(place)) = self.streams.remove(&id) {
            consumer.reset(place.session, Resume::New);
            self.free.push(Reverse(place.session));
        }
    }

    fn bytes(&mut self, id: StreamId, offset: u64, bytes: &[u8], consumer: &mut impl Consumer) {
        let place = match self.streams.get(&id) {
            Some(Stream::Here(place)) => *place,
            Some(Stream::Waiting { at }) if *at == offset => self.open(id, offset, consumer),
            Some(Stream::Waiting { .. } | Stream::Cut) | None => {
                self.taken_bytes += bytes.len() as u64;
                return;
            }
        };
        if place.at != offset {
            consumer.reset(place.session, Resume::At(offset));
        }
        consumer.bytes(place.session, bytes);
        let place = Place { at: offset + bytes.len() as u64, used: self.clock, ..place };
        self.streams.insert(id, Stream::Here(place));
    }

    fn resume(&mut self, id: StreamId, offset: u64, consumer: &mut impl Consumer) {
        if let Some(session) = self.session(id) {
            consumer.reset(session, Resume::Lost(offset));
            let place = Place { session, at: offset, used: self.clock };
            self.streams.insert(id, Stream::Here(place));
        } else {
            self.open(id, offset, consumer);
        }
    }
}

/// Hands on one delivery of a source; `false` at its end.
pub(crate) fn step(
    source: &mut Source,
    sessions: &mut Sessions,
    consumer: &mut impl Consumer,
) -> Result<bool> {
    sessions.clock += 1;
    match source.next()? {
        None => return Ok(false),
        Some(Delivery::Open { stream }) => {
            sessions.names.insert(stream, source.stream_name(stream).into());
            sessions.open(stream, 0, consumer);
        }
        Some(Delivery::Bytes { stream, offset, bytes, .. }) => {
            sessions.bytes(stream, offset, bytes, consumer);
        }
        Some(Delivery::Resume { stream, offset }) => sessions.resume(stream, offset, consumer),
        Some(Delivery::Close { stream }) => sessions.close(stream, consumer),
        Some(Delivery::Words { bytes }) => consumer.words(bytes),
        Some(Delivery::Fault { stream, code, offset, length }) => {
            let session = stream.and_then(|stream| sessions.session(stream));
            let name = stream.map_or("", |stream| source.stream_name(stream));
            consumer.fault(session, name, code, (offset, length));
        }
    }
    Ok(true)
}

/// Reads a source to its end, or until the consumer has enough.
pub(crate) fn pump(
    source: &mut Source,
    sessions: &mut Sessions,
    consumer: &mut impl Consumer,
    progress: &Progress,
) -> Result<()> {
    while consumer.goes_on() && step(source, sessions, consumer)? {
        if sessions.clock.is_multiple_of(64) {
            progress.at(source.progress());
        }
    }
    progress.at(source.progress());
    Ok(())
}
