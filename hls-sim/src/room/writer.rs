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

/// What comes to publish: a record, if there is one, and whether its message ends.
pub type Published = (Option<OwnedRecord>, bool);

/// Makes datagrams of records and writes them to TOE0: one is gathered while another leaves.
#[derive(Clone, Debug)]
pub struct PublishWriter {
    publisher: Publisher,
    descriptor: Descriptor,
    cid: u8,
    leaving: VecDeque<Word>,
    /// The next datagram, which is whole.
    behind: VecDeque<Word>,
    /// What waits is to leave.
    flushes: bool,
}

impl PublishWriter {
    /// Publishes as the setup says, in words of this shape.
    pub fn new(descriptor: Descriptor, setup: &PublishSetup) -> Self {
        Self {
            publisher: Publisher::new(setup.run, setup.batch_messages),
            descriptor,
            cid: setup.session,
            leaving: VecDeque::with_capacity(DATAGRAM_WORDS),
            behind: VecDeque::with_capacity(DATAGRAM_WORDS),
            flushes: false,
        }
    }

    /// Whether no word is to leave. Records may wait for their datagram to be closed.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.leaving.is_empty() && self.behind.is_empty() && !self.flushes
    }

    /// Datagrams made.
    pub fn datagrams(&self) -> u64 {
        self.publisher.sequence()
    }

    /// Takes a record or the end of a message, and gives the next word. Whether it took, and the
    /// word.
    #[inline]
    pub fn step(&mut self, input: Option<&Published>) -> (bool, Option<Word>) {
        // The next datagram must have its place, which one that is whole leaves in its first step.
        let took = self.behind.is_empty() && (input.is_some() || self.flushes);
        if self.leaving.is_empty() {
            std::mem::swap(&mut self.leaving, &mut self.behind);
        }
        let word = self.leaving.pop_front();
        if !took {
            return (false, word);
        }
        let Self { publisher, descriptor, cid, leaving, behind, .. } = self;
        let to = if word.is_none() { &mut *leaving } else { behind };
        let mut send = |bytes: &[u8]| to.extend(descriptor.words(*cid, bytes, 0));
        match input {
            Some((record, ends)) => {
                if let Some(record) = record {
                    publisher.record(&record.as_record(), &mut send);
                }
                if *ends {
                    publisher.end_of_message(&mut send);
                }
            }
            None => {
                publisher.flush(&mut send);
                self.flushes = false;
            }
        }
        // Where none is under way, a datagram leaves from the step on that closes it.
        (input.is_some(), word.or_else(|| leaving.pop_front()))
    }

    /// What waits is to leave.
    pub fn flush(&mut self) {
        self.flushes = true;
    }
}
