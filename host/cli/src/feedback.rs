//! A second file of reports, taken apart into steps that each have a time.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use tidegate_gateway::{Delivery, Format, Source};
use tidegate_pipeline::toe::WordOrder;
use tidegate_pipeline::{Resume, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_SESSIONS};
use tidegate_protocol::units::Timestamp;

use crate::input::{self, Consumer, Sessions};
use crate::shadow::Shadow;

/// What its streams are called before their own name.
pub(crate) const LABEL: &str = "feedback";

/// One step of the file.
pub(crate) enum Step {
    /// The session carries the stream of this name.
    Named { session: u16, stream: String },
    /// The session goes on as told.
    Reset { session: u16, resume: Resume },
    /// The next bytes of a session, of one message at the most.
    Bytes { session: u16, bytes: Vec<u8> },
    /// One word, or more of them in which no message with a time ends.
    Words { bytes: Vec<u8> },
    /// Something that the source found.
    Fault { session: Option<u16>, stream: String, code: FaultCode, range: (u64, u64) },
}

/// Steps that were taken from the file and not yet handed on: those of one delivery.
struct Waiting {
    shadow: Shadow,
    steps: VecDeque<(Timestamp, Step)>,
    /// Time of the step before: it never goes back.
    now: Timestamp,
    /// The words are in the other order than the engine's.
    reversed: bool,
}

/// The file.
pub(crate) struct Feedback {
    source: Source,
    sessions: Sessions,
    waiting: Waiting,
    ended: bool,
}

/// The order of a source's words, seen from the first of them.
pub(crate) fn detect_words(source: &mut Source) -> Result<WordOrder> {
    let mut order = WordOrder::default();
    while let Some(delivery) = source.next()? {
        if let Delivery::Words { bytes } = delivery {
            if let Some(word) = bytes.first_chunk::<BEAT_BYTES>() {
                order = WordOrder::of_header(word).unwrap_or_default();
            }
            break;
        }
    }
    source.rewind()?;
    Ok(order)
}

impl Waiting {
    /// A step; one with a later time than those before moves the time.
    fn push(&mut self, time: Option<Timestamp>, step: Step) {
        self.now = self.now.max(time.unwrap_or_default());
        self.steps.push_back((self.now, step));
    }
}

impl Consumer for Waiting {
    fn named(&mut self, session: u16, stream: &str) {
        self.push(None, Step::Named { session, stream: stream.to_owned() });
    }

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.push(None, Step::Reset { session, resume });
        self.shadow.reset(session, resume)
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (taken, time) = self.shadow.step(session, rest);
            self.push(time, Step::Bytes { session, bytes: rest[..taken].to_vec() });
            rest = &rest[taken..];
        }
    }

    fn words(&mut self, bytes: &[u8]) {
        let mut words = bytes.to_vec();
        if self.reversed {
            words.as_chunks_mut::<BEAT_BYTES>().0.iter_mut().for_each(|word| word.reverse());
        }
        let mut from = 0;
        for at in (0..words.len()).step_by(BEAT_BYTES) {
            let to = at + BEAT_BYTES;
            if let Some(time) = self.shadow.words(&words[at..to]) {
                // What came before needs not wait for this message.
                if from < at {
                    self.push(None, Step::Words { bytes: words[from..at].to_vec() });
                }
                self.push(Some(time), Step::Words { bytes: words[at..to].to_vec() });
                from = to;
            }
        }
        if from < words.len() {
            self.push(None, Step::Words { bytes: words[from..].to_vec() });
        }
    }

    fn fault(&mut self, session: Option<u16>, stream: &str, code: FaultCode, range: (u64, u64)) {
        self.push(None, Step::Fault { session, stream: stream.to_owned(), code, range });
    }
}

impl Feedback {
    /// The file behind `source`, for an engine of this setup; `words` is the order of its words.
    pub(crate) fn new(source: Source, setup: &Setup, words: WordOrder) -> Self {
        let mut waiting = Waiting {
            shadow: Shadow::new(setup),
            steps: VecDeque::new(),
            now: Timestamp(0),
            reversed: words != setup.toe.words,
        };
        if source.format() == Format::Beats {
            (0..MAX_SESSIONS as u16).for_each(|session| {
                waiting.named(session, &session.to_string());
            });
        }
        Self { source, sessions: Sessions::new(MAX_SESSIONS), waiting, ended: false }
    }

    /// The time of the next step; `None` at the end.
    pub(crate) fn next_time(&mut self) -> Result<Option<Timestamp>> {
        while self.waiting.steps.is_empty() && !self.ended {
            self.ended = !input::step(&mut self.source, &mut self.sessions, &mut self.waiting)?;
        }
        Ok(self.waiting.steps.front().map(|(time, _)| *time))
    }

    /// The next step; ask [`Feedback::next_time`] before.
    pub(crate) fn next(&mut self) -> Option<Step> {
        self.waiting.steps.pop_front().map(|(_, step)| step)
    }

    /// Format of the file.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Which stream had which session.
    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Messages, and their bytes.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.waiting.shadow.messages(), self.waiting.shadow.bytes())
    }
}

/// The name of a stream of this file as it is shown.
pub(crate) fn label(stream: &str) -> String {
    if stream.is_empty() { LABEL.to_owned() } else { format!("{LABEL}:{stream}") }
}

/// Whether a path may be the second file beside the first: only one can be the standard input.
pub(crate) fn may_stand_beside(input: &Path, feedback: &Path) -> bool {
    input != Path::new("-") || feedback != Path::new("-")
}
