//! What an engine makes of a feed, as a few digests: every byte that engines must agree on.

use std::error::Error;

use tidegate_golden_feeds::digest::{Outputs, digests, of};
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::{
    Decision, Fault, IndexPoint, NativeEngine, Outgoing, Record, Sink, feedback,
};

pub use tidegate_golden_feeds::digest::Digests;

use crate::kernel_files::Run;

/// Path of the expected digests, from the top of the repository.
pub const FILE: &str = "golden-feeds/DIGESTS.toml";

struct Seen {
    outputs: Outputs,
    publisher: Publisher,
    datagrams: Vec<Vec<u8>>,
    frames: Vec<Vec<u8>>,
}

impl Seen {
    fn new(run: &Run) -> Self {
        let publish = &run.setup.publish;
        Self {
            outputs: Outputs::default(),
            publisher: Publisher::new(publish.run, publish.batch_messages),
            datagrams: Vec::new(),
            frames: Vec::new(),
        }
    }
}

impl Sink for Seen {
    fn record(&mut self, record: Record<'_>) {
        self.outputs.record(record);
        self.publisher.record(&record, &mut |bytes| self.datagrams.push(bytes.to_vec()));
    }

    fn fault(&mut self, fault: &Fault) {
        self.outputs.fault(fault);
    }

    fn index(&mut self, point: &IndexPoint) {
        self.outputs.index(point);
    }

    fn report(&mut self, report: &feedback::Reported) {
        self.outputs.report(report);
    }

    fn decision(&mut self, decision: &Decision) {
        self.outputs.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.outputs.order(order);
        self.frames.push(order.bytes.to_vec());
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.outputs.message(msg, msg_type);
        self.publisher.end_of_message(&mut |bytes| self.datagrams.push(bytes.to_vec()));
    }
}

fn slices(words: &[[u8; 16]]) -> impl Iterator<Item = &[u8]> {
    words.iter().map(<[u8; 16]>::as_slice)
}

/// What the native engine makes of it, and the words of both TOEs.
///
/// # Errors
/// When the setup does not fit.
pub fn native(run: &Run) -> Result<Digests, Box<dyn Error>> {
    let mut engine = NativeEngine::new(&run.setup, &run.collected)?;
    let mut seen = Seen::new(run);
    run.entries.iter().for_each(|entry| engine.feed(entry.input(), &mut seen));
    seen.publisher.flush(&mut |bytes| seen.datagrams.push(bytes.to_vec()));
    let words = |cid, packets: &[Vec<u8>]| -> Vec<[u8; 16]> {
        let toe = &run.setup.toe;
        packets.iter().flat_map(|packet| toe.words(cid, packet, 0).collect::<Vec<_>>()).collect()
    };
    let orders = run.setup.trading.as_ref().map_or(0, |trading| trading.session);
    let mut digests = digests(&engine, seen.outputs, &run.setup);
    let publish = run.setup.publish.session;
    digests.insert("toe0".to_owned(), of(slices(&words(publish, &seen.datagrams))));
    digests.insert("toe1".to_owned(), of(slices(&words(orders, &seen.frames))));
    Ok(digests)
}

/// What the simulator makes of it, and the words that its TOEs sent.
///
/// # Errors
/// When the setup does not fit on the card, or the card fails.
#[cfg(feature = "sim")]
pub fn sim(run: &Run) -> Result<Digests, Box<dyn Error>> {
    use tidegate_hls_sim::{Options, SimEngine};
    let options = Options { keeps_words: true, publishes: true, ..Options::default() };
    let mut engine = SimEngine::with(&run.setup, &run.collected, options)?;
    let mut seen = Seen::new(run);
    for entry in &run.entries {
        engine.try_feed(entry.input(), &mut seen)?;
    }
    let mut digests = digests(&engine, seen.outputs, &run.setup);
    for toe in [0, 1] {
        digests.insert(format!("toe{toe}"), of(slices(engine.card().sent(toe))));
    }
    Ok(digests)
}
