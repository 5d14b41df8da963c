//! A file and a second one of reports into one engine, by time.
//!
//! A step of the second file goes in before the first message of the first file whose time is later
//! than its own. So the first file is cut there: right before the bytes that end this message.

use anyhow::Result;
use tidegate_gateway::{Format, Source};
use tidegate_pipeline::toe::WordOrder;
use tidegate_pipeline::{Line, Resume, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{BEAT_BYTES, MAX_SESSIONS};
use tidegate_protocol::units::Timestamp;

use crate::drive::{Drive, Watch};
use crate::engines::Feed;
use crate::feedback::{Feedback, Step, detect_words};
use crate::input::{Consumer, Sessions, pump};
use crate::progress::Progress;
use crate::shadow::Shadow;

/// The files of a run.
pub(crate) struct Files {
    pub(crate) source: Source,
    pub(crate) feedback: Option<Source>,
    /// The order of the second file's words.
    pub(crate) words: WordOrder,
}

impl Files {
    /// Makes the setup fit the files, where it leaves that to them.
    pub(crate) fn fit(&mut self, setup: &mut Setup) -> Result<()> {
        let words = |source: &Source| source.format() == Format::Beats;
        let (first, second) = (words(&self.source), self.feedback.as_ref().is_some_and(words));
        if let (true, true, Some(feedback)) = (second, setup.detect_words, &mut self.feedback) {
            setup.toe.words = detect_words(feedback)?;
        }
        self.words = setup.toe.words;
        if first && setup.detect_words {
            setup.toe.words = detect_words(&mut self.source)?;
        }
        if !first && !second {
            setup.toe.prefix_bytes = 0;
        }
        Ok(())
    }
}

/// What the second file needs.
struct Second {
    main: Shadow,
    feedback: Feedback,
}

impl Second {
    /// Whether something of it goes in before a message of this time.
    fn is_due(&mut self, time: Timestamp) -> Result<bool> {
        Ok(self.feedback.next_time()?.is_some_and(|next| next < time))
    }

    /// Hands on one step.
    fn step<E: Feed, W: Watch>(&mut self, drive: &mut Drive<'_, E, W>) {
        let line = Line::Orders;
        match self.feedback.next() {
            None => {}
            Some(Step::Named { session, stream }) => drive.named(line, session, &stream),
            Some(Step::Reset { session, resume }) => {
                drive.reset(line, session, resume);
            }
            Some(Step::Bytes { session, bytes }) => drive.bytes(line, session, &bytes),
            Some(Step::Words { bytes }) => drive.words(line, &bytes),
            Some(Step::Fault { session, stream, code, range }) => {
                drive.fault(line, session, &stream, code, range);
            }
        }
    }
}

/// Takes the first file and puts in what is due of the second.
pub(crate) struct Merge<'a, E, W> {
    pub(crate) drive: Drive<'a, E, W>,
    second: Option<Second>,
    error: Option<anyhow::Error>,
}

impl<'a, E: Feed, W: Watch> Merge<'a, E, W> {
    pub(crate) fn new(drive: Drive<'a, E, W>, setup: &Setup, feedback: Option<Feedback>) -> Self {
        let second = feedback.map(|feedback| Second { main: Shadow::new(setup), feedback });
        Self { drive, second, error: None }
    }

    /// Reads both files to their end, or until the watcher has enough.
    pub(crate) fn run(
        &mut self,
        source: &mut Source,
        sessions: &mut Sessions,
        progress: &Progress,
    ) -> Result<()> {
        if source.format() == Format::Beats {
            (0..MAX_SESSIONS as u16).for_each(|session| self.named(session, ""));
        }
        pump(source, sessions, self, progress)?;
        while self.goes_on() && self.rest()? {}
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.goes_on() {
            self.drive.stop();
        }
        Ok(())
    }

    /// What was driven, and the second file.
    pub(crate) fn into_parts(self) -> (Drive<'a, E, W>, Option<Feedback>) {
        (self.drive, self.second.map(|second| second.feedback))
    }

    /// What is left of the second file, step by step.
    fn rest(&mut self) -> Result<bool> {
        let Some(second) = &mut self.second else { return Ok(false) };
        let more = second.feedback.next_time()?.is_some();
        if more {
            second.step(&mut self.drive);
        }
        Ok(more)
    }

    fn keep(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    fn merge_bytes(&mut self, session: u16, bytes: &[u8]) -> Result<()> {
        let (drive, line) = (&mut self.drive, Line::Market);
        let (mut from, mut at) = (0, 0);
        if let Some(second) = &mut self.second {
            while at < bytes.len() {
                let (taken, time) = second.main.step(session, &bytes[at..]);
                if let Some(time) = time
                    && second.is_due(time)?
                {
                    drive.bytes(line, session, &bytes[from..at]);
                    from = at;
                    while second.is_due(time)? {
                        second.step(drive);
                    }
                }
                at += taken;
            }
        }
        drive.bytes(line, session, &bytes[from..]);
        Ok(())
    }

    fn merge_words(&mut self, words: &[u8]) -> Result<()> {
        let (drive, line) = (&mut self.drive, Line::Market);
        let mut from = 0;
        if let Some(second) = &mut self.second {
            // A word is never cut. Of the messages that end in one, at most one is long enough to
            // have a time.
            for at in (0..words.len()).step_by(BEAT_BYTES) {
                let word = &words[at..(at + BEAT_BYTES).min(words.len())];
                if let Some(time) = second.main.words(word)
                    && second.is_due(time)?
                {
                    drive.words(line, &words[from..at]);
                    from = at;
                    while second.is_due(time)? {
                        second.step(drive);
                    }
                }
            }
        }
        drive.words(line, &words[from..]);
        Ok(())
    }
}

impl<E: Feed, W: Watch> Consumer for Merge<'_, E, W> {
    fn named(&mut self, session: u16, stream: &str) {
        self.drive.named(Line::Market, session, stream);
    }

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        if let Some(second) = &mut self.second {
            second.main.reset(session, resume);
        }
        self.drive.reset(Line::Market, session, resume)
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        let result = self.merge_bytes(session, bytes);
        self.keep(result);
    }

    fn words(&mut self, words: &[u8]) {
        let result = self.merge_words(words);
        self.keep(result);
    }

    fn fault(&mut self, session: Option<u16>, stream: &str, code: FaultCode, range: (u64, u64)) {
        self.drive.fault(Line::Market, session, stream, code, range);
    }

    fn goes_on(&self) -> bool {
        self.error.is_none() && self.drive.goes_on()
    }
}
