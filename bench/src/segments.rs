//! The way of each message split into rooms, the stamps of one pass: segments of the same messages, whose sum is
//! the whole.

use crate::clock::{Clock, Used, Wall, ns, pin, unpin};
use crate::engine::{Entry, Touch, digest};
use crate::mix::Schedule;
use crate::native::Effort;
use crate::native::{BASELINE_SHARE, Case, check, remark, strike};
use crate::pace::{Samples, paced};
use crate::probes;
use crate::result::{Due, Label, Probes, Row, RunType, Segment, StampSource};
use crate::rooms::{Full, Probe, ROOMS, Room, Spent, Stepwise};
use crate::stamp::Ticker;
use crate::statistics::{Recorder, throughput};

/// The stage of a row that has segments.
pub const ROOM_BY_ROOM: &str = "room by room";

/// Segments of the messages of passes, as they come.
#[derive(Clone, Debug, Default)]
pub struct Segments {
    rooms: [Recorder; ROOMS],
    sums_ns: [u128; ROOMS],
    total: Recorder,
    messages: u64,
}

impl Segments {
    /// One more message.
    pub fn record(&mut self, spent: &Spent) {
        for (at, ns) in spent.ns.iter().enumerate() {
            if spent.passed >> at & 1 != 0 {
                self.rooms[at].record(u64::from(*ns));
                self.sums_ns[at] += u128::from(*ns);
            }
        }
        self.total.record(spent.total_ns());
        self.messages += 1;
    }

    /// Each room that a message came to, and all of them together.
    pub fn filed(&self, source: &StampSource) -> (Vec<Segment>, Option<crate::result::Latency>) {
        let of_room = |room: Room| {
            let at = room as usize;
            let latency = self.rooms[at].latency(Due::Service, source)?;
            let mean_of_all_ns = self.sums_ns[at] as f64 / self.messages as f64;
            Some(Segment { room: room.name().to_owned(), mean_of_all_ns, latency })
        };
        let segments = Room::ALL.into_iter().filter_map(of_room).collect();
        (segments, self.total.latency(Due::Service, source))
    }
}

/// Two rows with segments: on one core, and wherever the system puts the thread. `wanted` must come out.
///
/// # Errors
/// When the setup does not fit.
pub fn rows(
    case: &Case<'_>,
    entry: &Entry,
    effort: &Effort,
    wanted: &str,
    cores: &[usize],
) -> Result<Vec<Row>, String> {
    let ticker = Ticker::best();
    let source = ticker.source();
    let bare = Stepwise::new(case.feed, ())?;
    let full = || bare.with(Full::new(ticker, case.feed.messages.len()));
    // Probes change nothing: the digest is the engine's.
    let gave = digest(&mut full(), case.feed, &case.feed.packets(case.packet_bytes))?;
    let mut rows = Vec::new();
    for is_pinned in [true, false] {
        // Where the system lets nobody choose a core, both are the same and say so.
        let is_pinned = if is_pinned {
            pin().is_some()
        } else {
            unpin(cores);
            false
        };
        rows.push(row(case, entry, effort, &bare, &full, &source, is_pinned, (wanted, &gave)));
    }
    pin();
    Ok(rows)
}

#[allow(clippy::too_many_arguments, reason = "one caller")]
fn row<P: Probe + Clone>(
    case: &Case<'_>,
    entry: &Entry,
    effort: &Effort,
    bare: &Stepwise<P>,
    full: &impl Fn() -> Stepwise<Full<Ticker>>,
    source: &StampSource,
    is_pinned: bool,
    (wanted, gave): (&str, &crate::engine::Gave),
) -> Row {
    let feed = case.feed;
    let mut row = case.row(entry, RunType::Baseline, Some(gave));
    ROOM_BY_ROOM.clone_into(&mut row.stage);
    row.label = Label::Measured;
    row.pinned = Some(is_pinned);
    row.digest = Some(check(wanted, &gave.digest));
    if wanted != gave.digest {
        strike(&mut row);
        return row;
    }
    let clock = Wall::default();
    let observation = probes::observe(
        feed,
        effort,
        Probes::Full,
        clock,
        || probes::grouped(&mut bare.clone(), feed, &mut clock.clone()),
        || probes::grouped(&mut full(), feed, &mut clock.clone()),
    );
    let per_s = BASELINE_SHARE * 1e9 / observation.on_ns.max(1e-3);
    let schedule = Schedule::new(feed, case.mix, per_s);
    let (mut segments, mut passes_ns, mut samples) =
        (Segments::default(), Vec::new(), Samples::default());
    let mut is_right = true;
    let now_ns = || clock.clone().now_ns();
    let (before, since) = (Used::now(), now_ns());
    while passes_ns.len() < effort.passes as usize || now_ns() - since < ns(effort.paced / 3) {
        let mut engine = full();
        paced(&mut engine, feed, (&schedule, now_ns()), clock, &mut Touch, &mut samples);
        passes_ns.push(samples.done.last().copied().unwrap_or(0) as f64);
        engine.probe.messages.iter().for_each(|spent| segments.record(spent));
        is_right &= engine.probe.messages.len() == feed.messages.len();
    }
    row.usage = Used::since(before);
    row.throughput = throughput(&passes_ns, row.messages, row.bytes);
    if let Some(found) = &mut row.throughput {
        found.offered_per_s = Some(per_s);
    }
    (row.segments, row.latency) = segments.filed(source);
    row.observation = Some(observation);
    "the packet is taken".clone_into(&mut row.from);
    "the last room has done with the message".clone_into(&mut row.to);
    remark(
        &mut row,
        "a stamp between rooms, one reading of the clock in each segment; frame and decode one after the other, which the engine does in one go for ticks; sockets are not in it",
    );
    if !is_right {
        let found = "a message without its stamps".to_owned();
        row.digest = Some(crate::result::Check { wanted: wanted.to_owned(), found });
        row.segments.clear();
        strike(&mut row);
    }
    row
}
