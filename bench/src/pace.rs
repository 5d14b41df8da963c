//! Single messages at the rate of a schedule, and whether an engine kept up with it.

use hdrhistogram::Histogram;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::{Decision, Fault, IndexPoint, Line, Outgoing, Record, Sink};

use crate::clock::Clock;
use crate::engine::{Takes, Touch};
use crate::feed::Feed;
use crate::mix::Schedule;
use crate::statistics::{Durations, Recorder};

/// A rate is kept where the messages of no quarter of the best pass are done later than this part of the pass, in the
/// median of the quarter: a burst that is caught up with is no limit of the engine, and what disturbs one pass is none
/// either. Both are seen in the latency.
pub const KEPT_WITHIN: f64 = 0.01;

/// Parts of a pass that a backlog is kept in.
const MILLION: f64 = 1e6;

/// What single messages took, in nanoseconds since the first one of the pass was due.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// When the engine took it.
    pub taken: Vec<u64>,
    /// When it was done.
    pub done: Vec<u64>,
}

impl Samples {
    /// Empty, with room for so many, so that none is allocated under way.
    pub fn prepare(&mut self, messages: usize) {
        self.taken.clear();
        self.done.clear();
        self.taken.reserve(messages);
        self.done.reserve(messages);
    }
}

/// Waits for what is due by a schedule. One that begins late catches up.
#[derive(Clone, Debug)]
struct Pacer<'a, C> {
    clock: C,
    start_ns: u64,
    now_ns: u64,
    schedule: &'a Schedule,
}

impl<'a, C: Clock> Pacer<'a, C> {
    fn new(clock: C, schedule: &'a Schedule, start_ns: u64) -> Self {
        let mut pacer = Self { clock, start_ns, now_ns: 0, schedule };
        pacer.read();
        pacer
    }

    #[inline(always)]
    fn read(&mut self) -> u64 {
        self.now_ns = self.clock.now_ns() - self.start_ns;
        self.now_ns
    }

    /// The message is due, or was; by the last reading.
    #[inline(always)]
    fn wait(&mut self, number: usize) -> u64 {
        let due = self.schedule.due_ns(number);
        while self.now_ns < due {
            self.read();
        }
        self.now_ns
    }
}

/// Single messages at the rate of a schedule: each when it is due, or at once where it is late. The first one is due
/// at `start_ns` of the clock.
pub fn paced<E: Takes, S: Sink, C: Clock>(
    engine: &mut E,
    feed: &Feed,
    (schedule, start_ns): (&Schedule, u64),
    clock: C,
    sink: &mut S,
    samples: &mut Samples,
) {
    samples.prepare(feed.messages.len());
    let mut pacer = Pacer::new(clock, schedule, start_ns);
    for (number, message) in feed.messages.iter().enumerate() {
        samples.taken.push(pacer.wait(number));
        engine.take(feed.input(message), sink);
        samples.done.push(pacer.read());
    }
}

/// [`paced`] without a stamp of a message: the clock is read only where a message is not due yet. When it ended.
pub fn paced_blind<E: Takes, C: Clock>(
    engine: &mut E,
    feed: &Feed,
    (schedule, start_ns): (&Schedule, u64),
    clock: C,
) -> u64 {
    let mut pacer = Pacer::new(clock, schedule, start_ns);
    for (number, message) in feed.messages.iter().enumerate() {
        pacer.wait(number);
        engine.take(feed.input(message), &mut Touch);
    }
    pacer.read()
}

/// Says when orders leave.
struct Leaving<C> {
    clock: C,
    start_ns: u64,
    /// The message that decided it, and when.
    orders: Vec<(u64, u64)>,
}

impl<C: Clock> Sink for Leaving<C> {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        Touch.record(record);
    }
    #[inline]
    fn fault(&mut self, fault: &Fault) {
        Touch.fault(fault);
    }
    #[inline]
    fn index(&mut self, point: &IndexPoint) {
        Touch.index(point);
    }
    #[inline]
    fn report(&mut self, report: &Reported) {
        Touch.report(report);
    }
    #[inline]
    fn decision(&mut self, decision: &Decision) {
        Touch.decision(decision);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        Touch.order(order);
        self.orders.push((order.decision.msg, self.clock.now_ns() - self.start_ns));
    }
}

/// How late the messages of the worst quarter of a pass were done, in the median of that quarter.
fn backlog(done: &[u64], due: impl Fn(usize) -> u64) -> u64 {
    let quarter = done.len().div_ceil(4).max(1);
    let late = |(at, part): (usize, &[u64])| {
        let late = |(n, done): (usize, &u64)| done.saturating_sub(due(at * quarter + n));
        let mut late: Vec<u64> = part.iter().enumerate().map(late).collect();
        let middle = late.len() / 2;
        *late.select_nth_unstable(middle).1
    };
    done.chunks(quarter).enumerate().map(late).max().unwrap_or(0)
}

/// Passes at a rate, in bounded memory however many they are.
#[derive(Clone, Debug)]
pub struct Passes {
    /// What whole passes took.
    pub took: Durations,
    /// How late the worst quarter was, in millionths of the pass.
    behind: Histogram<u64>,
    /// From when a message was due.
    pub schedule: Recorder,
    /// From when the engine took it.
    pub service: Recorder,
    /// From when the engine took the message until the order was out.
    pub orders: Recorder,
    /// Of reports.
    pub reports: Recorder,
    /// Whether one schedule goes on over all passes.
    goes_on: bool,
    /// By how much the next pass then begins late.
    late_ns: u64,
}

impl Passes {
    /// None yet. Where one schedule `goes_on` over all of them, a pass begins late by what the one before has left
    /// behind; what the machine does between passes, such as preparing the next engine, does not count.
    pub fn new(goes_on: bool) -> Self {
        Self {
            took: Durations::default(),
            behind: Histogram::new_with_bounds(1, 1 << 40, 3).expect("bounds of a histogram"),
            schedule: Recorder::default(),
            service: Recorder::default(),
            orders: Recorder::default(),
            reports: Recorder::default(),
            goes_on,
            late_ns: 0,
        }
    }

    /// One more pass, with a record of each message.
    pub fn add<E: Takes, C: Clock>(
        &mut self,
        engine: &mut E,
        feed: &Feed,
        schedule: &Schedule,
        mut clock: C,
        samples: &mut Samples,
    ) {
        let orders = Vec::with_capacity(1 << 12);
        let start_ns = clock.now_ns().saturating_sub(self.late_ns);
        let mut sink = Leaving { clock: clock.clone(), start_ns, orders };
        paced(engine, feed, (schedule, start_ns), clock, &mut sink, samples);
        for (number, (taken, done)) in samples.taken.iter().zip(&samples.done).enumerate() {
            self.service.record(done - taken);
            self.schedule.record(done - schedule.due_ns(number));
            if feed.messages[number].line == Line::Orders {
                self.reports.record(done - taken);
            }
        }
        for (msg, left) in sink.orders {
            self.orders.record(left - samples.taken[msg as usize]);
        }
        self.schedule.pass_done();
        self.service.pass_done();
        let end = samples.done.last().copied().unwrap_or(0);
        let late = backlog(&samples.done, |number| schedule.due_ns(number));
        self.ended(end, late, feed, schedule);
    }

    /// One more pass of which only the end is known.
    pub fn add_blind<E: Takes, C: Clock>(
        &mut self,
        engine: &mut E,
        feed: &Feed,
        schedule: &Schedule,
        mut clock: C,
    ) {
        let start_ns = clock.now_ns().saturating_sub(self.late_ns);
        let end = paced_blind(engine, feed, (schedule, start_ns), clock);
        self.ended(end, end.saturating_sub(schedule.last_due_ns(feed)), feed, schedule);
    }

    /// A pass ended then, and its worst quarter was so late.
    fn ended(&mut self, end: u64, late: u64, feed: &Feed, schedule: &Schedule) {
        self.took.record(end.saturating_sub(self.late_ns));
        let part = late as f64 / schedule.last_due_ns(feed) as f64;
        self.behind.saturating_record((part * MILLION) as u64);
        if self.goes_on {
            self.late_ns = end.saturating_sub(schedule.due_ns(feed.messages.len()));
        }
    }

    /// Whether the rate was kept, and by how much not, in words.
    pub fn kept(&self) -> (bool, String) {
        let part = |quantile| self.behind.value_at_quantile(quantile) as f64 / MILLION;
        let (best, median) = (part(0.0), part(0.5));
        let is_kept = best <= KEPT_WITHIN;
        let how = if is_kept { "kept" } else { "not kept" };
        let text = format!(
            "{how}: at its worst quarter the best pass was {:.1} % behind, the median pass {:.1} %",
            best * 100.0,
            median * 100.0
        );
        (is_kept, text)
    }
}

#[cfg(test)]
mod tests {
    use super::backlog;

    /// Messages due every 100 ns, done so late.
    fn worst(late: impl Fn(usize) -> u64) -> u64 {
        let due = |n: usize| n as u64 * 100;
        let done: Vec<u64> = (0..1_000).map(|n| due(n) + late(n)).collect();
        backlog(&done, due)
    }

    #[test]
    fn a_backlog_is_that_of_the_worst_quarter_and_a_burst_is_none() {
        assert_eq!(worst(|_| 30), 30);
        // A burst at the end, and one at the start, that stand in no quarter's middle.
        assert_eq!(worst(|n| if n >= 900 { 1_000_000 } else { 30 }), 30);
        assert_eq!(worst(|n| if n < 100 { 1_000_000 } else { 30 }), 30);
        // It grows, or it grows and is caught up with: the engine did not keep up.
        assert_eq!(worst(|n| n as u64 * 10), 8_750);
        assert_eq!(worst(|n| if (300..700).contains(&n) { 9_000 } else { 0 }), 9_000);
        assert_eq!(backlog(&[], |_| 0), 0);
        assert_eq!(backlog(&[7], |_| 3), 4);
    }
}
