//! The writers: words of an order for TOE1, of decoded data for TOE0, one a step.

use std::collections::VecDeque;

use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::record::OwnedRecord;
use tidegate_pipeline::setup::PublishSetup;
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::limits::BEAT_BYTES;
use tidegate_protocol::record::MAX_DATAGRAM_BYTES;

/// A word of an IO channel.
pub type Word = [u8; BEAT_BYTES];

/// Longest frame of a request, in bytes: 100101, which is longer than 190007.
pub const FRAME_BYTES: usize = tidegate_pipeline::order::ORDER_BYTES;
const _: () = assert!(tidegate_pipeline::order::CANCEL_BYTES <= FRAME_BYTES);

/// Words of the longest datagram, with the TOE's header word.
const DATAGRAM_WORDS: usize = 1 + MAX_DATAGRAM_BYTES.div_ceil(BEAT_BYTES);

/// A frame that is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The frame; zeros behind its end.
    pub bytes: [u8; FRAME_BYTES],
    /// Its length in bytes.
    pub len: u8,
}

impl Frame {
    /// A frame of at most [`FRAME_BYTES`].
    pub fn new(frame: &[u8]) -> Self {
        let mut bytes = [0; FRAME_BYTES];
        bytes[..frame.len()].copy_from_slice(frame);
        Self { bytes, len: frame.len() as u8 }
    }
}

/// The only writer of TOE1: a header word, then the frame.
#[derive(Clone, Debug)]
pub struct OrderWriter {
    descriptor: Descriptor,
    cid: u8,
    frame: Frame,
    /// Words of it that have left.
    sent: usize,
    words: usize,
}

impl OrderWriter {
    /// Writes to session `cid` in words of this shape.
    pub fn new(descriptor: Descriptor, cid: u8) -> Self {
        Self { descriptor, cid, frame: Frame::new(&[]), sent: 0, words: 0 }
    }

    /// Whether nothing is under way.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.sent == self.words
    }

    /// Takes a frame if none is under way, and gives the next word. Whether it took, and the word.
    #[inline]
    pub fn step(&mut self, frame: Option<&Frame>) -> (bool, Option<Word>) {
        let mut took = false;
        if self.is_idle() {
            let Some(frame) = frame else { return (false, None) };
            self.frame = *frame;
            self.sent = 0;
            self.words = 1 + usize::from(frame.len).div_ceil(BEAT_BYTES);
            took = true;
        }
        let bytes = &self.frame.bytes[..usize::from(self.frame.len)];
        let word = self.descriptor.words(self.cid, bytes, 0).nth(self.sent);
        self.sent += 1;
        (took, word)
    }
}

/// Makes datagrams of records and writes them to TOE0: one is gathered while another leaves.
#[derive(Clone, Debug)]
pub struct PublishWriter {
    publisher: Publisher,
    descriptor: Descriptor,
    cid: u8,
    leaving: VecDeque<Word>,
}

impl PublishWriter {
    /// Publishes as the setup says, in words of this shape.
    pub fn new(descriptor: Descriptor, setup: &PublishSetup) -> Self {
        Self {
            publisher: Publisher::new(setup.run, setup.batch_messages),
            descriptor,
            cid: setup.session,
            leaving: VecDeque::with_capacity(2 * DATAGRAM_WORDS),
        }
    }

    /// Whether no word is to leave. Records may wait for their datagram to be closed.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.leaving.is_empty()
    }

    /// Datagrams made.
    pub fn datagrams(&self) -> u64 {
        self.publisher.sequence()
    }

    /// Takes a record, and whether its message ends with it, and gives the next word. Whether it
    /// took, and the word.
    #[inline]
    pub fn step(&mut self, record: Option<&(OwnedRecord, bool)>) -> (bool, Option<Word>) {
        let word = self.leaving.pop_front();
        // The next datagram must have its place.
        let took = self.leaving.len() < DATAGRAM_WORDS;
        let Some((record, ends)) = record.filter(|_| took) else { return (false, word) };
        let Self { publisher, descriptor, cid, leaving } = self;
        let mut send = |bytes: &[u8]| leaving.extend(descriptor.words(*cid, bytes, 0));
        publisher.record(&record.as_record(), &mut send);
        if *ends {
            publisher.end_of_message(&mut send);
        }
        (true, word)
    }

    /// What waits is to leave.
    pub fn flush(&mut self) {
        let Self { publisher, descriptor, cid, leaving } = self;
        publisher.flush(&mut |bytes| leaving.extend(descriptor.words(*cid, bytes, 0)));
    }
}
