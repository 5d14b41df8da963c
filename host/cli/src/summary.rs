//! Counts for people.

use tidegate_gateway::Stats;

use crate::input::Sessions;

/// A number and what it counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Count {
    /// How many.
    pub(crate) number: u64,
    one: &'static str,
    many: &'static str,
    always: bool,
}

impl Count {
    /// Shown unless it is 0.
    pub(crate) fn new(number: u64, one: &'static str, many: &'static str) -> Self {
        Self { number, one, many, always: false }
    }

    /// Shown in any case.
    pub(crate) fn always(number: u64, one: &'static str, many: &'static str) -> Self {
        Self { always: true, ..Self::new(number, one, many) }
    }

    /// What it counts.
    pub(crate) fn name(&self) -> &'static str {
        if self.number == 1 { self.one } else { self.many }
    }

    /// What it counts, whatever the number.
    pub(crate) fn plural(&self) -> &'static str {
        self.many
    }

    /// Whether it is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.always || self.number > 0
    }
}

/// The counts in one line.
pub(crate) fn line(counts: &[Count]) -> String {
    let shown = counts.iter().filter(|count| count.is_shown());
    let words: Vec<String> =
        shown.map(|count| format!("{} {}", count.number, count.name())).collect();
    words.join(", ")
}

/// What a source saw beside the messages.
pub(crate) fn of_source(stats: &Stats) -> Vec<Count> {
    let n = Count::new;
    vec![
        n(stats.foreign_flows, "foreign flow", "foreign flows"),
        n(stats.bytes_before_sync, "byte before sync", "bytes before sync"),
        n(stats.lost_bytes, "byte lost", "bytes lost"),
        n(stats.repeated_bytes, "repeated byte", "repeated bytes"),
        n(stats.out_of_order_segments, "segment out of order", "segments out of order"),
        n(stats.segments_after_close, "segment after the end", "segments after the end"),
        n(stats.bytes_after_close, "byte after the end", "bytes after the end"),
        n(stats.bytes_before_start, "byte before the start", "bytes before the start"),
        n(stats.resets_ignored, "reset ignored", "resets ignored"),
        n(stats.ports_reused, "port pair used again", "port pairs used again"),
        n(stats.evictions, "flow evicted", "flows evicted"),
        n(stats.packets_bad, "broken packet", "broken packets"),
        n(stats.packets_cut, "packet cut by the capture", "packets cut by the capture"),
        n(stats.fragments, "IP fragment", "IP fragments"),
        n(stats.packets_other_link, "packet of another link", "packets of other links"),
        n(stats.datagrams_broken, "broken datagram", "broken datagrams"),
        n(stats.searches_cut_short, "search cut short", "searches cut short"),
        n(stats.streams_cut_short, "stream cut short", "streams cut short"),
    ]
}

/// What the sessions could not carry.
pub(crate) fn of_sessions(sessions: &Sessions) -> [Count; 2] {
    [
        Count::new(sessions.taken, "session taken from a stream", "sessions taken from streams"),
        Count::new(sessions.taken_bytes, "byte not read for it", "bytes not read for it"),
    ]
}
