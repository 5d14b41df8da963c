//! A log taken apart for channels: the words of each line as its I/O channel gives them, the control
//! words of each line with their places, and turns where the log goes over to the other line.

use std::path::Path;

use tidegate_protocol::kernel::{LogWord, log_op};

use super::files::{self, Input, Output};
use crate::Error;

/// Log words that are read at once.
const WORDS: usize = 1 << 16;

/// The control words of both lines, as `params` hands them out; words stand in the lines' files.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Of each line.
    pub(super) controls: [Vec<u8>; 2],
}

/// Takes the log of a folder apart and writes the words of each line to the file that its I/O channel
/// reads. What is held are the control words alone.
///
/// # Errors
/// [`Error::Io`]; [`Error::Invalid`] when the log is not whole: each line must end with its STOP.
pub(super) fn split(folder: &Path, names: [&str; 2]) -> Result<Lines, Error> {
    let mut log = Input::open(folder, files::LOG, LogWord::BYTES)?;
    let mut outputs = [Output::create(folder, names[0])?, Output::create(folder, names[1])?];
    let mut splitter = Splitter::default();
    while log.left_bytes() > 0 {
        log.fill(WORDS * LogWord::BYTES)?;
        let (entries, _) = log.held().as_chunks();
        for bytes in entries {
            let entry = LogWord::parse(bytes);
            if let Some(line) = splitter.entry(&entry)? {
                outputs[line].write(&entry.word)?;
            }
        }
        let used = entries.as_flattened().len();
        log.used(used);
    }
    for output in outputs {
        output.finish()?;
    }
    splitter.finish()
}

#[derive(Debug, Default)]
struct Splitter {
    lines: Lines,
    /// Words of each line so far.
    words: [u64; 2],
    stopped: [bool; 2],
    /// The line whose items count.
    side: usize,
}

fn wrong(wanted: &str, found: String) -> Error {
    Error::Invalid { what: "an entry of the log", wanted: wanted.into(), found }
}

impl Splitter {
    /// The line of an entry that is a word; its bytes are the caller's business.
    fn entry(&mut self, entry: &LogWord) -> Result<Option<usize>, Error> {
        let line = usize::from(entry.line);
        if line > 1 {
            return Err(wrong("line 0 or 1", format!("line {line}")));
        }
        if self.stopped[line] {
            return Err(wrong("nothing behind the STOP of its line", format!("{:?}", entry.op)));
        }
        if let Some(op) = match entry.op {
            log_op::TURN => Some("TURN"),
            log_op::FRAME => Some("FRAME"),
            _ => None,
        } {
            let wanted = "no TURN, which is made here, and no FRAME, which changes no record";
            return Err(wrong(wanted, op.into()));
        }
        if line != self.side {
            self.control(LogWord { op: log_op::TURN, line: self.side as u8, ..LogWord::default() });
            self.side = line;
        }
        if entry.op == log_op::WORD {
            self.words[line] += 1;
            return Ok(Some(line));
        }
        self.control(*entry);
        if entry.op == log_op::STOP {
            self.stopped[line] = true;
            // The end of a line is a turn of its own.
            self.side = 1 - line;
        }
        Ok(None)
    }

    /// A control word with its place: the number of words of its line before it.
    fn control(&mut self, mut word: LogWord) {
        let line = usize::from(word.line);
        word.word[8..].copy_from_slice(&self.words[line].to_le_bytes());
        let mut bytes = [0; LogWord::BYTES];
        word.emit(&mut bytes);
        self.lines.controls[line].extend(bytes);
    }

    fn finish(self) -> Result<Lines, Error> {
        if self.stopped != [true; 2] {
            let found = format!("stopped: {:?}", self.stopped);
            return Err(wrong("the STOP of both lines", found));
        }
        Ok(self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(op: u8, line: u8) -> LogWord {
        LogWord { op, line, ..LogWord::default() }
    }

    /// Line, operation and place of each control word.
    fn controls(log: &[LogWord]) -> Result<[Vec<(u8, u64)>; 2], Error> {
        let mut splitter = Splitter::default();
        for entry in log {
            splitter.entry(entry)?;
        }
        let lines = splitter.finish()?;
        Ok(lines.controls.map(|bytes| {
            let (entries, _) = bytes.as_chunks();
            let place = |word: LogWord| u64::from_le_bytes(word.word[8..].try_into().unwrap());
            entries.iter().map(LogWord::parse).map(|word| (word.op, place(word))).collect()
        }))
    }

    #[test]
    fn turns_stand_where_the_log_goes_over() {
        use log_op::{KILL, STOP, TURN, WORD};
        let log = [(WORD, 0), (WORD, 0), (WORD, 1), (KILL, 0), (WORD, 0), (STOP, 0), (STOP, 1)];
        let log = log.map(|(op, line)| word(op, line));
        let [market, orders] = controls(&log).unwrap();
        assert_eq!(market, [(TURN, 2), (KILL, 2), (STOP, 3)]);
        assert_eq!(orders, [(TURN, 1), (STOP, 1)]);
        // The stop of a line hands over by itself.
        let log = [(WORD, 1), (STOP, 1), (WORD, 0), (STOP, 0)].map(|(op, line)| word(op, line));
        let [market, orders] = controls(&log).unwrap();
        assert_eq!((market, orders), (vec![(TURN, 0), (STOP, 1)], vec![(STOP, 1)]));
    }

    #[test]
    fn a_log_that_is_not_whole_is_refused() {
        use log_op::{STOP, TURN, WORD};
        for log in [
            vec![],
            vec![word(STOP, 0)],
            vec![word(STOP, 0), word(WORD, 0), word(STOP, 1)],
            vec![word(TURN, 0), word(STOP, 0), word(STOP, 1)],
            vec![word(log_op::FRAME, 1), word(STOP, 0), word(STOP, 1)],
            vec![word(WORD, 2), word(STOP, 0), word(STOP, 1)],
        ] {
            let refused = controls(&log);
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{log:?}: {refused:?}");
        }
    }
}
