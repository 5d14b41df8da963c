//! Cycle stamps, and what they say about the latency of a trigger.
//!
//! From the last byte of a message (the cycle in which decode takes its beat) to the first word of
//! its order at TOE1, five hops are counted:
//!
//! ```text
//!  taken ─▶ released ─▶ judged ─▶ decided ─▶ sent ─▶ at TOE1
//! ```
//!
//! Each takes one cycle where nothing is in the way, and a snapshot one more for each further item.
//! What a stage took longer is waiting, and stands apart. The pipeline depth of the kernels, the
//! TOE and the clock are assumed (`card.toml`), and stand apart too.

use std::fmt;

use crate::shell::Options;

/// When a message passed each stage, in cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Decode took the beat with its last byte.
    pub taken: u64,
    /// Decode gave its last item.
    pub released: u64,
    /// Its items.
    pub items: u64,
    /// The indicator took its last item and judged.
    pub judged: u64,
    /// A decision and its request left the indicator.
    pub decided: u64,
}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageStamp {
    /// Its number.
    pub msg: u64,
    /// MsgType.
    pub msg_type: u32,
    /// 0 TOE0, 1 TOE1.
    pub line: u8,
    /// When it passed.
    pub path: Path,
}

/// One order or cancel request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderStamp {
    /// The message that caused it.
    pub msg: u64,
    /// When that passed.
    pub path: Path,
    /// Send took the request.
    pub sent: u64,
    /// Its first word was at TOE1; `None` where it never came there.
    pub at_toe: Option<u64>,
}

/// Cycles that were waited for something, beyond what is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Earlier messages were released first: the hold was not empty.
    pub hold: u64,
    /// The indicator was busy, with feedback too.
    pub indicator: u64,
    /// Earlier decisions of the same message, or rows that were looked through.
    pub decisions: u64,
    /// Send was busy.
    pub send: u64,
    /// TOE1 did not take words.
    pub toe: u64,
}

impl Waiting {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.hold + self.indicator + self.decisions + self.send + self.toe
    }
}

/// Hops from the last byte to TOE1.
const HOPS: u64 = 5;

impl OrderStamp {
    /// Cycles that are counted, and those that were waited. `None` where it never came to TOE1.
    pub fn latency(&self) -> Option<(u64, Waiting)> {
        let (path, at_toe) = (&self.path, self.at_toe?);
        let waiting = Waiting {
            hold: path.released.saturating_sub(path.taken).saturating_sub(path.items),
            indicator: (path.judged - path.released).saturating_sub(1),
            decisions: (path.decided - path.judged).saturating_sub(1),
            send: (self.sent - path.decided).saturating_sub(1),
            toe: (at_toe - self.sent).saturating_sub(1),
        };
        Some(((at_toe - path.taken) - waiting.total(), waiting))
    }
}

/// Stamps of a run.
#[derive(Clone, Debug)]
pub struct Stamps {
    all: bool,
    messages: Vec<MessageStamp>,
    orders: Vec<OrderStamp>,
}

/// Requests that are stamped before memory is asked for.
const ORDERS: usize = 4_096;

impl Stamps {
    pub(crate) fn new(all: bool) -> Self {
        Self { all, messages: Vec::new(), orders: Vec::with_capacity(ORDERS) }
    }

    #[inline]
    pub(crate) fn message(&mut self, stamp: MessageStamp) {
        if self.all {
            self.messages.push(stamp);
        }
    }

    pub(crate) fn order_taken(&mut self, msg: u64, path: Path, sent: u64) -> u32 {
        self.orders.push(OrderStamp { msg, path, sent, at_toe: None });
        self.orders.len() as u32 - 1
    }

    pub(crate) fn order_at_toe(&mut self, order: u32, cycle: u64) {
        if let Some(order) = self.orders.get_mut(order as usize) {
            order.at_toe = Some(cycle);
        }
    }

    /// Messages, in their order, where they are stamped.
    pub fn messages(&self) -> &[MessageStamp] {
        &self.messages
    }

    /// Requests, in the order in which they left.
    pub fn orders(&self) -> &[OrderStamp] {
        &self.orders
    }
}

/// The latency of the triggers of a run. Modelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Requests that came to TOE1.
    pub requests: u64,
    /// Counted cycles: least and most.
    pub counted_cycles: (u64, u64),
    /// Cycles that were waited: sum over all requests, by what for, and the most of one request.
    pub waiting_cycles: Waiting,
    /// The most that one request waited.
    pub longest_wait_cycles: u64,
    /// Requests that waited for nothing.
    pub without_wait: u64,
    /// Assumed: pipeline depth of decode, indicator and send together, in cycles.
    pub assumed_depth_cycles: u64,
    /// Assumed: both ways through a TOE, in nanoseconds.
    pub assumed_toe_ns: u64,
    /// The card publishes every record.
    pub publishes: bool,
    /// At each clock.
    pub at_clock: Vec<AtClock>,
}

/// Latency without waiting at one (assumed) clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtClock {
    /// The clock.
    pub mhz: u64,
    /// The counted cycles, in nanoseconds.
    pub counted_ns: u64,
    /// Pipeline depths and TOE, in nanoseconds.
    pub assumed_ns: u64,
    /// Mean wait of a request, in nanoseconds.
    pub mean_wait_ns: u64,
}

impl Latency {
    /// What the stamps of a run on such a card say. `None` where no request came to TOE1.
    pub fn of(orders: &[OrderStamp], options: &Options) -> Option<Self> {
        let card = &options.card;
        let mut all = orders.iter().filter_map(OrderStamp::latency).peekable();
        let &(first, _) = all.peek()?;
        let mut latency = Self {
            requests: 0,
            counted_cycles: (first, first),
            waiting_cycles: Waiting::default(),
            longest_wait_cycles: 0,
            without_wait: 0,
            assumed_depth_cycles: card.depth_cycles.decode
                + card.depth_cycles.indicator
                + card.depth_cycles.send,
            assumed_toe_ns: card.toe_ns.receive + card.toe_ns.transmit,
            publishes: options.publishes,
            at_clock: Vec::new(),
        };
        for (counted, waiting) in all {
            latency.requests += 1;
            let (least, most) = latency.counted_cycles;
            latency.counted_cycles = (least.min(counted), most.max(counted));
            let sum = &mut latency.waiting_cycles;
            sum.hold += waiting.hold;
            sum.indicator += waiting.indicator;
            sum.decisions += waiting.decisions;
            sum.send += waiting.send;
            sum.toe += waiting.toe;
            latency.longest_wait_cycles = latency.longest_wait_cycles.max(waiting.total());
            latency.without_wait += u64::from(waiting.total() == 0);
        }
        for &mhz in &card.clock_mhz.shown {
            let ns = |cycles: u64| cycles * 1_000 / mhz;
            latency.at_clock.push(AtClock {
                mhz,
                counted_ns: ns(latency.counted_cycles.0),
                assumed_ns: ns(latency.assumed_depth_cycles) + latency.assumed_toe_ns,
                mean_wait_ns: ns(latency.waiting_cycles.total()) / latency.requests,
            });
        }
        Some(latency)
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = self.counted_cycles;
        writeln!(f, "trigger latency, last byte of the message to first word at TOE1 (Modelled)")?;
        writeln!(
            f,
            "  requests        {} ({} waited for nothing)",
            self.requests, self.without_wait
        )?;
        if least == most {
            writeln!(f, "  counted         {least} cycles: {HOPS} hops")?;
        } else {
            writeln!(
                f,
                "  counted         {least} to {most} cycles: {HOPS} hops, one more an item"
            )?;
        }
        let sum = &self.waiting_cycles;
        writeln!(
            f,
            "  waiting         {} cycles in all, at most {} of one request",
            sum.total(),
            self.longest_wait_cycles,
        )?;
        writeln!(
            f,
            "                  hold {}, indicator {}, decisions {}, send {}, TOE1 {}",
            sum.hold, sum.indicator, sum.decisions, sum.send, sum.toe
        )?;
        writeln!(
            f,
            "  assumed         {} cycles of pipeline depth, {} ns of TOE",
            self.assumed_depth_cycles, self.assumed_toe_ns
        )?;
        writeln!(f, "  publishing      {}", if self.publishes { "every record" } else { "no" })?;
        writeln!(f, "  at (assumed)      counted    assumed   mean wait")?;
        for at in &self.at_clock {
            writeln!(
                f,
                "  {:>4} MHz       {:>7} ns {:>7} ns  {:>7} ns",
                at.mhz, at.counted_ns, at.assumed_ns, at.mean_wait_ns
            )?;
        }
        Ok(())
    }
}
