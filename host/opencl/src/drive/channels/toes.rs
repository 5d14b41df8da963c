//! The words of both TOEs through the device's memory, for a wiring without I/O channels: `feed` takes
//! them out of rings that the host fills, `drain` puts them into rings that the host reads.

use std::path::Path;

use super::super::files::{Input, Output};
use super::{IN, OUT, SAID_BYTES, ended, said};
use crate::{Access, Argument, Buffer, Error, Program, Queue, Running, Session};

/// Bytes of a word, and words of each ring: a power of two.
const WORD_BYTES: usize = 16;
const RING_WORDS: u64 = 1 << 14;
const RING_BYTES: usize = RING_WORDS as usize * WORD_BYTES;
/// How far the host has filled the rings in, and read those out; then that no more come.
const FILLED_BYTES: usize = 2 * 8;
const READ_AT_BYTES: usize = 3 * 8;
/// Bytes of the device's memory for all of it.
pub(super) const DEVICE_BYTES: usize =
    4 * RING_BYTES + 2 * SAID_BYTES + FILLED_BYTES + READ_AT_BYTES;

/// The words of one line on their way in.
#[derive(Debug)]
struct Feed {
    file: Input,
    ring: Buffer,
    /// Words in the ring so far.
    filled: u64,
}

/// The words of one line on their way out.
#[derive(Debug)]
struct Drain {
    file: Output,
    ring: Buffer,
    /// Words taken out of the ring so far.
    taken: u64,
}

/// Both kernels, running, and the files of a run folder behind them.
#[derive(Debug)]
pub(super) struct Toes {
    feed: [Feed; 2],
    drain: [Drain; 2],
    /// Where the kernels say how far they are, and where the host does.
    feed_said: Buffer,
    filled: Buffer,
    drain_said: Buffer,
    read_at: Buffer,
    running: [Running; 2],
    /// `drain` knows that no more words come.
    told: bool,
}

/// Parts of a ring from one place to another, as places and lengths in words.
fn parts(from: u64, count: u64) -> impl Iterator<Item = (usize, usize)> {
    let at = from % RING_WORDS;
    let first = count.min(RING_WORDS - at);
    [(at, first), (0, count - first)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(at, count)| (at as usize * WORD_BYTES, count as usize * WORD_BYTES))
}

/// How many of a ring's words are under way; a kernel that says more than can be is not believed.
fn under_way(what: &'static str, written: u64, read: u64) -> Result<u64, Error> {
    let there = written.wrapping_sub(read);
    if there > RING_WORDS {
        let wanted = format!("at most {RING_WORDS} words");
        return Err(Error::Invalid { what, wanted, found: format!("{written} behind {read}") });
    }
    Ok(there)
}

impl Toes {
    /// Starts both kernels over the files of a folder.
    pub(super) fn start(
        session: &Session,
        program: &Program,
        copies: &Queue,
        folder: &Path,
    ) -> Result<Self, Error> {
        let zeroed = |access, bytes: usize| {
            let buffer = session.buffer(access, bytes)?;
            copies.write(&buffer, 0, vec![0; bytes])?;
            Ok::<_, Error>(buffer)
        };
        let feed_of = |name| {
            let file = Input::open(folder, name, WORD_BYTES)?;
            let ring = session.buffer(Access::Read, RING_BYTES)?;
            Ok::<_, Error>(Feed { file, ring, filled: 0 })
        };
        let drain_of = |name| {
            let file = Output::create(folder, name)?;
            let ring = session.buffer(Access::Write, RING_BYTES)?;
            Ok::<_, Error>(Drain { file, ring, taken: 0 })
        };
        let feed = [feed_of(IN[0])?, feed_of(IN[1])?];
        let drain = [drain_of(OUT[0])?, drain_of(OUT[1])?];
        let feed_said = zeroed(Access::ReadWrite, SAID_BYTES)?;
        let drain_said = zeroed(Access::ReadWrite, SAID_BYTES)?;
        let filled = zeroed(Access::Read, FILLED_BYTES)?;
        let read_at = zeroed(Access::Read, READ_AT_BYTES)?;
        let mut feeds = program.kernel("feed")?;
        feeds.set_all([
            Argument::Buffer(&feed[0].ring),
            Argument::Buffer(&feed[1].ring),
            Argument::U64(RING_WORDS),
            Argument::U64(feed[0].file.left_bytes() / WORD_BYTES as u64),
            Argument::U64(feed[1].file.left_bytes() / WORD_BYTES as u64),
            Argument::Buffer(&filled),
            Argument::Buffer(&feed_said),
        ])?;
        let mut drains = program.kernel("drain")?;
        drains.set_all([
            Argument::Buffer(&drain[0].ring),
            Argument::Buffer(&drain[1].ring),
            Argument::U64(RING_WORDS),
            Argument::Buffer(&read_at),
            Argument::Buffer(&drain_said),
        ])?;
        let running = [session.queue()?.start(&feeds)?, session.queue()?.start(&drains)?];
        Ok(Self { feed, drain, feed_said, filled, drain_said, read_at, running, told: false })
    }

    /// Moves what can be moved; gives the words that the kernels have read and written so far.
    pub(super) fn turn(&mut self, copies: &Queue) -> Result<[u64; 2], Error> {
        let read = said(&copies.read(&self.feed_said, 0, SAID_BYTES)?);
        let mut raised = Vec::new();
        let mut more = false;
        for (line, &read) in self.feed.iter_mut().zip(&read) {
            let room = RING_WORDS - under_way("the words that feed has read", line.filled, read)?;
            line.file.fill(room as usize * WORD_BYTES)?;
            let count = (line.file.held().len() / WORD_BYTES) as u64;
            let mut at = 0;
            for (place, bytes) in parts(line.filled, count) {
                copies.write(&line.ring, place, &line.file.held()[at..at + bytes])?;
                at += bytes;
            }
            line.file.used(at);
            line.filled += count;
            more |= count > 0;
            raised.extend(line.filled.to_le_bytes());
        }
        if more {
            // The words are on the device before it is told of them: each copy was waited for.
            copies.write(&self.filled, 0, raised)?;
        }
        let written = said(&copies.read(&self.drain_said, 0, SAID_BYTES)?);
        let (mut taken, mut more) = (Vec::new(), false);
        for (line, &written) in self.drain.iter_mut().zip(&written) {
            let there = under_way("the words that drain has written", written, line.taken)?;
            for (place, bytes) in parts(line.taken, there) {
                line.file.write(&copies.read(&line.ring, place, bytes)?)?;
            }
            line.taken += there;
            more |= there > 0;
            taken.extend(line.taken.to_le_bytes());
        }
        if more {
            copies.write(&self.read_at, 0, taken)?;
        }
        Ok([read[0].wrapping_add(read[1]), written[0].wrapping_add(written[1])])
    }

    /// Every other kernel has ended: what is in the channels now is all. The kernel that still runs; none
    /// when both have ended.
    pub(super) fn closing(&mut self, copies: &Queue) -> Result<Option<&Running>, Error> {
        if !self.told {
            copies.write(&self.read_at, 2 * 8, 1_u64.to_le_bytes())?;
            self.told = true;
        }
        for running in &self.running {
            if !running.has_ended()? {
                return Ok(Some(running));
            }
        }
        Ok(None)
    }

    /// Both have ended: the last words go to the files.
    pub(super) fn finish(mut self, copies: &Queue) -> Result<(), Error> {
        self.turn(copies)?;
        for line in self.drain {
            line.file.finish()?;
        }
        self.running.into_iter().try_for_each(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_written_in_at_most_two_parts() {
        let of = |from, count| parts(from, count).collect::<Vec<_>>();
        let ring = RING_BYTES;
        assert_eq!(of(5, 0), []);
        assert_eq!(of(RING_WORDS + 1, 2), [(16, 32)]);
        assert_eq!(of(3 * RING_WORDS - 1, RING_WORDS), [(ring - 16, 16), (0, ring - 16)]);
        assert!(under_way("words", 7, 8).is_err());
        assert_eq!(under_way("words", RING_WORDS + 8, 8).unwrap(), RING_WORDS);
    }
}
