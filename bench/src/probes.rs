//! What looking costs: the same pass with probes off and on, in turn.

use crate::clock::Clock;
use crate::engine::{Takes, Touch};
use crate::feed::Feed;
use crate::native::Effort;
use crate::result::{Observation, OffOn, Probes};
use crate::stamp::thread_cpu_ns;
use crate::statistics::{median, quantile};

/// Messages of a group: an observer from outside stamps groups, whatever the probes, so that there is a p99
/// without them too.
pub const GROUP: usize = 16;

/// One pass, as the observer from outside sees it.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Nanoseconds of the whole.
    pub wall_ns: f64,
    /// Processor time.
    pub cpu_ns: f64,
    /// Nanoseconds of each group.
    pub groups_ns: Vec<u64>,
}

/// A pass of single messages; `each` is told of every one.
pub fn grouped_with<E: Takes, C: Clock>(
    engine: &mut E,
    feed: &Feed,
    clock: &mut C,
    mut each: impl FnMut(&mut E, &crate::feed::Message, &mut C),
) -> Pass {
    let mut groups_ns = Vec::with_capacity(feed.messages.len() / GROUP + 1);
    let cpu = thread_cpu_ns();
    let start = clock.now_ns();
    let mut last = start;
    for group in feed.messages.chunks(GROUP) {
        group.iter().for_each(|message| each(engine, message, clock));
        let now = clock.now_ns();
        groups_ns.push(now - last);
        last = now;
    }
    let cpu_ns = (thread_cpu_ns() - cpu) as f64;
    // The last group may be a small one.
    if !feed.messages.len().is_multiple_of(GROUP) && groups_ns.len() > 1 {
        groups_ns.pop();
    }
    Pass { wall_ns: (last - start) as f64, cpu_ns, groups_ns }
}

/// A pass of single messages without a stamp of its own.
pub fn grouped<E: Takes, C: Clock>(engine: &mut E, feed: &Feed, clock: &mut C) -> Pass {
    grouped_with(engine, feed, clock, |engine, message, _| {
        engine.take(feed.input(message), &mut Touch);
    })
}

/// Passes without and with, in turn, for as long as there is time.
pub fn observe(
    feed: &Feed,
    effort: &Effort,
    probes: Probes,
    mut clock: impl Clock,
    mut off: impl FnMut() -> Pass,
    mut on: impl FnMut() -> Pass,
) -> Observation {
    let mut passes: [Vec<Pass>; 2] = Default::default();
    let since = clock.now_ns();
    while effort.goes_on(passes[0].len(), clock.now_ns() - since) {
        passes[0].push(off());
        passes[1].push(on());
    }
    of_passes(feed.messages.len(), probes, &passes)
}

/// What these passes say.
pub fn of_passes(messages: usize, probes: Probes, [off, on]: &[Vec<Pass>; 2]) -> Observation {
    let sorted = |passes: &[Pass], read: fn(&Pass) -> f64| {
        let mut each: Vec<f64> = passes.iter().map(|pass| read(pass) / messages as f64).collect();
        each.sort_by(f64::total_cmp);
        each
    };
    let middle = |passes: &[Pass], read| median(&sorted(passes, read)).unwrap_or(0.0);
    let quartiles = |passes: &[Pass]| {
        let each = sorted(passes, |pass| pass.wall_ns);
        (!each.is_empty()).then(|| [0.25, 0.75].map(|part| quantile(&each, part)))
    };
    let p99 = |passes: &[Pass]| {
        let mut all: Vec<u64> = passes.iter().flat_map(|pass| pass.groups_ns.clone()).collect();
        all.sort_unstable();
        let at = (all.len() * 99).div_ceil(100).max(1) - 1;
        all.get(at).map_or(0.0, |ns| *ns as f64 / GROUP.min(messages.max(1)) as f64)
    };
    let both =
        |read: fn(&Pass) -> f64| OffOn { off_ns: middle(off, read), on_ns: middle(on, read) };
    let wall = both(|pass| pass.wall_ns);
    Observation {
        off_ns: wall.off_ns,
        on_ns: wall.on_ns,
        probes,
        p99: Some(OffOn { off_ns: p99(off), on_ns: p99(on) }),
        cpu: Some(both(|pass| pass.cpu_ns)),
        quartiles_ns: quartiles(off).zip(quartiles(on)).map(|(off, on)| [off, on]),
    }
}
