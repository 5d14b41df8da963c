//! Files without packets: one byte stream, or the words of an IO channel.

use crate::input::Input;
use crate::plan::{Cursor, Piece, Plan};
use crate::sync::Scanner;
use crate::{Delivery, Options, SourceError, Stats, StreamId};
use std::collections::VecDeque;
use std::ops::Range;
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::BEAT_BYTES;

const CHUNK: usize = 64 << 10;
const STREAM: StreamId = StreamId(0);

/// A step of a `.bin`, its bytes still in the chunk.
enum Step {
    Open,
    Bytes { offset: u64, range: Range<usize> },
    Resume { offset: u64 },
    Close,
    Damage { offset: u64 },
}

/// One direction of one TCP stream.
pub(crate) struct Bin {
    plan: Plan,
    cursor: Cursor,
    chunk: Vec<u8>,
    offset: u64,
    steps: VecDeque<Step>,
    ended: bool,
}

impl Bin {
    pub(crate) fn new(
        input: &mut Input,
        options: &Options,
        stats: &mut Stats,
    ) -> Result<Bin, SourceError> {
        let mut chunk = vec![0; CHUNK];
        let mut plan = Plan::default();
        if options.resync {
            let mut scanner = Scanner::new(true, true);
            let mut offset = 0;
            loop {
                let filled = input.fill(&mut chunk)?;
                if filled == 0 {
                    break;
                }
                scanner.bytes(offset, &chunk[..filled]);
                offset += filled as u64;
            }
            // Whatever a file holds is its stream: with no message in it all is one loss.
            plan = scanner.finish(offset).plan;
            stats.lost_bytes = plan.losses.iter().map(|&(from, to)| to - from).sum();
        }
        stats.streams = 1;
        let cursor = Cursor::default();
        let mut bin = Bin { plan, cursor, chunk, offset: 0, steps: VecDeque::new(), ended: false };
        bin.rewind();
        Ok(bin)
    }

    pub(crate) fn rewind(&mut self) {
        self.cursor = Cursor::default();
        self.offset = 0;
        self.steps.clear();
        self.steps.push_back(Step::Open);
        self.ended = false;
    }

    pub(crate) fn next(&mut self, input: &mut Input) -> Result<Option<Delivery<'_>>, SourceError> {
        while self.steps.is_empty() && !self.ended {
            self.read(input)?;
        }
        Ok(self.steps.pop_front().map(|step| match step {
            Step::Open => Delivery::Open { stream: STREAM },
            Step::Bytes { offset, range } => {
                Delivery::Bytes { stream: STREAM, offset, bytes: &self.chunk[range], time_ns: None }
            }
            Step::Resume { offset } => Delivery::Resume { stream: STREAM, offset },
            Step::Close => Delivery::Close { stream: STREAM },
            Step::Damage { offset } => damage(offset, 0),
        }))
    }

    fn read(&mut self, input: &mut Input) -> Result<(), SourceError> {
        let filled = input.fill(&mut self.chunk)?;
        let first = self.offset;
        self.offset += filled as u64;
        let steps = &mut self.steps;
        let emit = |piece| {
            steps.push_back(match piece {
                Piece::Bytes { from, to } => Step::Bytes {
                    offset: from,
                    range: (from - first) as usize..(to - first) as usize,
                },
                Piece::Resume { offset } => Step::Resume { offset },
            });
        };
        if filled > 0 {
            self.cursor.cut(&self.plan, first, self.offset, emit);
            return Ok(());
        }
        self.cursor.finish(&self.plan, emit);
        self.ended = true;
        self.steps.push_back(Step::Close);
        if input.damaged() {
            self.steps.push_back(Step::Damage { offset: self.offset });
        }
        Ok(())
    }
}

/// The words of an IO channel.
#[derive(Default)]
pub(crate) struct Words {
    chunk: Vec<u8>,
    offset: u64,
    ended: bool,
    /// Bytes behind the last whole word, or damage right there.
    rest: Option<u64>,
}

impl Words {
    pub(crate) fn next(&mut self, input: &mut Input) -> Result<Option<Delivery<'_>>, SourceError> {
        if !self.ended {
            self.chunk.resize(CHUNK, 0);
            let filled = input.fill(&mut self.chunk)?;
            self.ended = filled < CHUNK;
            let rest = filled % BEAT_BYTES;
            let whole = filled - rest;
            if rest > 0 || input.damaged() {
                self.rest = Some(rest as u64);
            }
            if whole > 0 {
                self.offset += whole as u64;
                return Ok(Some(Delivery::Words { bytes: &self.chunk[..whole] }));
            }
        }
        Ok(self.rest.take().map(|rest| damage(self.offset, rest)))
    }
}

/// The file itself is damaged.
pub(crate) fn damage(offset: u64, length: u64) -> Delivery<'static> {
    Delivery::Fault { stream: None, code: FaultCode::CaptureDamaged, offset, length }
}
