//! Whole passes in batches, timed, and the rows that they make.

use std::time::Instant;

use crate::result::{Label, Row, RunType, Tables, Throughput};
use crate::statistics;

/// What a row of this kind goes through.
pub const ONE_CORE: &str = "memory to memory, one core";
/// The mix of [`crate::ticks`].
pub const TICKS_MIX: &str = "300192+300191";

/// Nanoseconds that `run` takes.
pub fn time_ns(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos() as f64
}

/// Best, median and worst of passes of so many messages and bytes each.
///
/// # Panics
/// There is no pass, or no message.
pub fn throughput(pass_ns: &[f64], messages: u64, bytes: u64) -> Throughput {
    statistics::throughput(pass_ns, messages, bytes).expect("a pass of at least one message")
}

/// A measured row of a batch on one core, without figures yet.
pub fn row(definition: &str, engine: &str, stage: &str, messages: u64, bytes: u64) -> Row {
    Row {
        definition: definition.to_owned(),
        engine: engine.to_owned(),
        label: Label::Measured,
        run_type: RunType::Batch,
        mix: "all".to_owned(),
        stage: stage.to_owned(),
        tables: Tables::Cold,
        from: "the first byte of the buffer".to_owned(),
        to: "all of it done".to_owned(),
        path: ONE_CORE.to_owned(),
        messages,
        bytes,
        beats: None,
        accepted: messages,
        rejected: 0,
        throughput: None,
        latency: None,
        usage: None,
        segments: Vec::new(),
        pinned: None,
        speed_up: None,
        digest: None,
        observation: None,
        assumptions: Vec::new(),
        note: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_pass_is_shown() {
        let found = throughput(&[300.0, 100.0, 200.0, 1_000.0], 10, 500);
        assert_eq!((found.passes, found.best_ns, found.worst_ns), (4, 10.0, 100.0));
        assert_eq!((found.median_ns, found.gb_per_s, found.messages_per_s), (25.0, 2.0, 4e7));
        assert_eq!(throughput(&[3.0, 1.0, 2.0], 1, 1).median_ns, 2.0);
    }
}
