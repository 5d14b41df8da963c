//! What an engine makes of a feed, as a few digests: every byte that engines must agree on.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::{
    Decision, Engine, Fault, IndexPoint, NativeEngine, Outgoing, Record, Sink, feedback,
};

use crate::kernel_files::Run;

/// Digests by what they are of: the first 128 bits of a SHA-256, in hexadecimal digits.
pub type Digests = BTreeMap<String, String>;

/// Path of the expected digests, from the top of the repository.
pub const FILE: &str = "golden-feeds/DIGESTS.toml";

struct Seen {
    outputs: Sha256,
    publisher: Publisher,
    datagrams: Vec<Vec<u8>>,
    frames: Vec<Vec<u8>>,
}

impl Seen {
    fn new(run: &Run) -> Self {
        let publish = &run.setup.publish;
        Self {
            outputs: Sha256::new(),
            publisher: Publisher::new(publish.run, publish.batch_messages),
            datagrams: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// An output: what it is, then its bytes.
    fn put(&mut self, kind: u8, bytes: &[u8]) {
        self.outputs.update([kind]);
        self.outputs.update(bytes);
    }
}

impl Sink for Seen {
    fn record(&mut self, record: Record<'_>) {
        self.put(1, &record.to_bytes());
        self.publisher.record(&record, &mut |bytes| self.datagrams.push(bytes.to_vec()));
    }

    fn fault(&mut self, fault: &Fault) {
        self.put(2, &fault.to_bytes());
    }

    fn index(&mut self, point: &IndexPoint) {
        self.put(3, &point.to_bytes());
    }

    fn report(&mut self, report: &feedback::Reported) {
        self.put(4, &report.to_bytes());
    }

    fn decision(&mut self, decision: &Decision) {
        self.put(5, &decision.to_bytes());
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.put(6, order.bytes);
        self.frames.push(order.bytes.to_vec());
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.put(7, &msg.to_le_bytes());
        self.put(8, &msg_type.to_le_bytes());
        self.publisher.end_of_message(&mut |bytes| self.datagrams.push(bytes.to_vec()));
    }
}

fn digits(digest: Sha256) -> String {
    digest.finalize()[..16].iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn of<'a>(words: impl IntoIterator<Item = &'a [u8; 16]>) -> String {
    let mut digest = Sha256::new();
    words.into_iter().for_each(|word| digest.update(word));
    digits(digest)
}

/// Outputs, tables and counters.
fn tables(engine: &impl Engine, outputs: Sha256) -> Digests {
    let mut rows = Sha256::new();
    engine.quotes().for_each_row_bytes(|bytes| rows.update(bytes));
    let mut counters = Sha256::new();
    counters.update(format!("{:?}", engine.counters()));
    let mut requests = Sha256::new();
    if let Some(book) = engine.book() {
        book.requests.iter().for_each(|row| requests.update(row.to_bytes()));
        counters.update(format!("{:?}{:?}", book.counters, book.triggers));
        counters.update(format!("{} {}", book.outstanding, book.guarded));
    }
    let all =
        [("outputs", outputs), ("rows", rows), ("requests", requests), ("counters", counters)];
    all.map(|(name, digest)| (name.to_owned(), digits(digest))).into()
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
    let mut digests = tables(&engine, seen.outputs);
    let publish = run.setup.publish.session;
    digests.insert("toe0".to_owned(), of(&words(publish, &seen.datagrams)));
    digests.insert("toe1".to_owned(), of(&words(orders, &seen.frames)));
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
    let mut digests = tables(&engine, seen.outputs);
    for toe in [0, 1] {
        digests.insert(format!("toe{toe}"), of(engine.card().sent(toe)));
    }
    Ok(digests)
}
