//! How many steps the indicator takes where it is more than one an item, and in which of them leaves
//! what it decided. The list stands at the head of `kernels/stage/indicator.h`; how many they are
//! comes from what the rooms know.

use std::collections::VecDeque;

use tidegate_pipeline::Setup;
use tidegate_pipeline::core::Core;
use tidegate_pipeline::feedback::{Kind, RecordTable, Report, Request};
use tidegate_pipeline::index::{Divisor, Index};
use tidegate_pipeline::parameters::{Condition, Parameters};
use tidegate_protocol::code::exec_type;
use tidegate_protocol::kernel::{LOAD_CHUNK_BYTES, PARAM_BLOCK_BYTES};
use tidegate_protocol::limits::BOOK_LEVELS;
use tidegate_protocol::msg_type;

use crate::room::writer::Frame;

/// A block is installed one change window a step: those of the triggers, and the guard's.
const INSTALL: u32 = 17;

/// A decision of a trigger with MaxSends counts what it finds, one bit a step.
const MAX_SENDS: u32 = 6;

/// Load lines of a block.
const BLOCK_LINES: u32 = (PARAM_BLOCK_BYTES / LOAD_CHUNK_BYTES) as u32;

/// What was made of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// New parameters rule.
    Epoch,
    /// The kill switch of the hand: told in the step that takes it.
    Hand,
    /// A decision of the guard, or of a kill switch to cancel.
    Decides,
    /// A decision of this trigger.
    Fires(u8),
    /// A request to cancel: this row of the record table.
    Asks(u32),
}

/// Something that was made, in its order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    pub(crate) what: What,
    /// The request that leaves with it.
    pub(crate) frame: Option<Frame>,
    pub(crate) msg: u64,
}

/// What a step gives that is not one of an item.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    pub(crate) frame: Option<Frame>,
    pub(crate) msg: u64,
    /// The host is told.
    pub(crate) tells: bool,
    /// The message ends.
    pub(crate) ends: bool,
}

/// Steps that are still to be made, and what the last of them gives.
#[derive(Clone, Copy, Debug)]
struct Pending {
    steps: u32,
    done: Done,
    /// Share counts: the last step is free for an item.
    shares: bool,
}

/// Levels of a row, one bit each, and queue quantities that the latest snapshot left.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    levels: u32,
    queue: u32,
}

/// An epoch of the setup that is still to come.
#[derive(Clone, Debug)]
struct Epoch {
    at_msg: u64,
    shares: Vec<(usize, i64)>,
}

/// Steps that are still to be made, and what they depend on.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pending: VecDeque<Pending>,
    /// Steps that are left before the item under way is taken; `None` where none is under way.
    ahead: Option<u32>,
    left: Box<[Left]>,
    /// Levels of the snapshot under way, one bit each.
    levels: u32,
    epochs: VecDeque<Epoch>,
    /// Message of the first of them.
    next_at: u64,
    /// Load lines of the setup that are still to come, and of the next block.
    lines: u32,
    of_block: u32,
    /// The next block is whole.
    is_whole: bool,
    /// Share counts come before the lines of the next block.
    shares: bool,
    /// Every request before this one is closed.
    settled: u32,
}

impl Steps {
    /// The stage, loaded with a setup of so many rows.
    pub(crate) fn new(setup: &Setup, rows: usize) -> Self {
        let epochs: VecDeque<Epoch> = setup
            .trading
            .iter()
            .flat_map(|trading| &trading.epochs)
            .map(|epoch| Epoch { at_msg: epoch.at_msg, shares: epoch.shares.clone() })
            .collect();
        let mut steps = Self {
            pending: VecDeque::with_capacity(64),
            ahead: None,
            left: vec![Left::default(); rows].into(),
            levels: 0,
            next_at: epochs.front().map_or(u64::MAX, |epoch| epoch.at_msg),
            lines: (epochs.len() as u32).saturating_sub(1) * BLOCK_LINES,
            of_block: BLOCK_LINES,
            // The first of them is loaded with the setup.
            is_whole: !epochs.is_empty(),
            epochs,
            shares: false,
            settled: 0,
        };
        steps.after(INSTALL, Done::default());
        steps
    }

    fn after(&mut self, steps: u32, done: Done) {
        self.pending.push_back(Pending { steps, done, shares: false });
    }

    /// Whether there is more to do than to take an item.
    #[inline]
    pub(crate) fn is_busy(&self) -> bool {
        !self.pending.is_empty()
    }

    /// A line of live parameters; whether it is taken.
    pub(crate) fn takes_line(&mut self) -> bool {
        if self.is_whole {
            return false;
        }
        self.of_block -= 1;
        self.is_whole = self.of_block == 0;
        true
    }

    /// A line of the setup; whether there is one that is taken.
    #[inline]
    pub(crate) fn loads(&mut self) -> bool {
        if self.lines == 0 || self.shares || self.is_whole {
            return false;
        }
        self.lines -= 1;
        self.takes_line()
    }

    /// The next block is taken, if it is whole.
    pub(crate) fn swaps(&mut self) -> bool {
        if !std::mem::take(&mut self.is_whole) {
            return false;
        }
        self.of_block = BLOCK_LINES;
        true
    }

    /// Whether an epoch of the setup rules from this message on.
    #[inline]
    pub(crate) fn epoch_is_due(&self, msg: u64) -> bool {
        msg >= self.next_at
    }

    /// Whether this is a step before the item is taken. How many they are is asked once an item.
    pub(crate) fn come_first(&mut self, steps: impl FnOnce(&mut Self) -> u32) -> bool {
        let left = match self.ahead {
            Some(left) => left,
            None => steps(self),
        };
        self.ahead = left.checked_sub(1);
        left > 0
    }

    /// A step, and what it gives. `None` where it is free for an item.
    #[inline]
    pub(crate) fn step(&mut self) -> Option<Done> {
        let pending = self.pending.front_mut()?;
        pending.steps -= 1;
        if pending.steps > 0 {
            return Some(Done::default());
        }
        let Pending { done, shares, .. } = self.pending.pop_front()?;
        if shares {
            // With the last line the step is free; lines of blocks come from the next one on.
            self.shares = false;
            return None;
        }
        Some(done)
    }

    /// A snapshot begins: it has no levels yet.
    pub(crate) fn head(&mut self) {
        self.levels = 0;
    }

    /// An entry of it: its type, and its level.
    #[inline]
    pub(crate) fn entry(&mut self, entry_type: [u8; 2], level: u16) {
        let side = match &entry_type {
            b"0 " | b"0\0" => 0,
            b"1 " | b"1\0" => BOOK_LEVELS,
            _ => return,
        };
        if (1..=BOOK_LEVELS).contains(&level.into()) {
            self.levels |= 1 << (side + usize::from(level) - 1);
        }
    }

    /// Its end: steps that clear what the one before left, a level and two quantities each. The
    /// first level is written with the end in any case.
    pub(crate) fn leaves(&mut self, core: &Core) -> u32 {
        let Some(row) = core.snapshot_row() else { return 0 };
        let queue = core.quotes().depths[row].queue_len.into();
        let now = Left { levels: self.levels, queue };
        let before = std::mem::replace(&mut self.left[row], now);
        let levels = (before.levels & !now.levels & !1).count_ones();
        levels.max(before.queue.saturating_sub(now.queue).div_ceil(2))
    }

    /// The epoch that is due: its share counts, and steps for their divisor.
    pub(crate) fn epoch(&mut self, index: Option<&Index>) -> (u32, u32) {
        let shares = self.epochs.pop_front().map_or(Vec::new(), |epoch| epoch.shares);
        self.next_at = self.epochs.front().map_or(u64::MAX, |epoch| epoch.at_msg);
        self.shares = !shares.is_empty();
        let bits = index.filter(|_| self.shares).map_or(0, |index| of_divisor(index, &shares));
        (shares.len() as u32, bits)
    }

    /// New share counts behind everything else of their epoch: a line of each for the sum, the
    /// divisor, whether there is one, and the lines again. Where there is none, that is told.
    pub(crate) fn share_counts(&mut self, (count, bits): (u32, u32), tells: bool) {
        if self.shares {
            self.after(count + bits + 1, Done { tells, ..Done::default() });
            let done = Done::default();
            self.pending.push_back(Pending { steps: count, done, shares: true });
        }
    }

    /// The steps of what was made.
    pub(crate) fn plan(&mut self, made: &[Made], core: &Core) {
        let Some(trading) = core.trading() else { return };
        let (parameters, records) = (trading.parameters(), trading.records());
        let mut from = self.settled;
        for &Made { what, frame, msg } in made {
            let done = Done { frame, msg, tells: true, ends: false };
            match what {
                What::Hand => {}
                What::Epoch => self.after(INSTALL + 1, done),
                What::Decides => self.after(1, done),
                What::Fires(at) => self.after(1 + of_sends(parameters, at), done),
                What::Asks(row) => {
                    let of = match records.rows()[row as usize].kind {
                        Kind::Cancel(of) => of,
                        Kind::Order => unreachable!("a request to cancel is one"),
                    };
                    // A scan looks at one row a step, and the request leaves in a step behind.
                    self.settles(records, of);
                    self.after(of - from + 2, Done { tells: false, ..done });
                    from = of + 1;
                    continue;
                }
            }
            from = self.settled;
        }
    }

    /// The message ends behind its decisions.
    pub(crate) fn ends(&mut self) {
        self.after(1, Done { tells: true, ends: true, ..Done::default() });
    }

    /// A scan comes to this row: what it finds closed at its beginning, no later one looks at.
    fn settles(&mut self, records: &RecordTable, at: u32) {
        let is_open = |row: &Request| row.kind == Kind::Order && row.state.is_outstanding();
        let rest = records.rows()[..at as usize].iter().skip(self.settled as usize);
        self.settled += rest.take_while(|row| !is_open(row)).count() as u32;
    }
}

/// Steps of a decision of this trigger beyond one.
fn of_sends(parameters: &Parameters, at: u8) -> u32 {
    let trigger = parameters.triggers[usize::from(at)].as_ref();
    let mut conditions =
        trigger.into_iter().flat_map(|trigger| trigger.conditions.iter().flatten());
    if conditions.any(|condition| matches!(condition, Condition::MaxSends(_))) {
        MAX_SENDS
    } else {
        0
    }
}

/// Steps of the divisor for new share counts: one for each bit of the whole part, then one for each
/// bit behind the point.
fn of_divisor(index: &Index, shares: &[(usize, i64)]) -> u32 {
    let moved = shares.iter().map(|(at, count)| {
        let constituent = &index.constituents[*at];
        i128::from(count - constituent.shares) * i128::from(constituent.price.0)
    });
    let sum = i64::try_from(i128::from(index.sum) + moved.sum::<i128>()).unwrap_or(0);
    let value = index.divisor.value(index.sum).unwrap_or_default();
    match Divisor::new(value, sum) {
        Some(divisor) => 64 + divisor.shift,
        None if value.0 > 0 && sum > 0 => 64,
        None => 0,
    }
}

/// Steps before a report is taken.
pub(crate) fn of_report(records: &RecordTable, report: &Report) -> u32 {
    match (report.msg_type, report.exec_type, report.ref_msg_type) {
        (msg_type::ORDER_REPORT, exec_type::CANCEL, _) => {}
        (msg_type::CANCEL_REJECT, ..) | (_, _, msg_type::ORDER_CANCEL_REQUEST) => return 3,
        _ => return 2,
    }
    let rows = records.rows();
    let is_order = |id| records.find(id).is_some_and(|at| rows[at as usize].kind == Kind::Order);
    let is_blank = report.order_id.iter().all(|byte| matches!(byte, b' ' | 0));
    if is_order(&report.orig_cl_ord_id) || is_order(&report.cl_ord_id) || is_blank {
        return 3;
    }
    // One row a step until the OrderID is found.
    let of = |row: &Request| row.kind == Kind::Order && row.order_id == report.order_id;
    let looked_at = rows.iter().position(of).map_or(rows.len(), |at| at + 1);
    3 + looked_at as u32
}
