//! What an engine makes of an input, as a few digests: every byte that engines must agree on.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};
use tidegate_pipeline::{
    Decision, Engine, Fault, IndexPoint, Outgoing, Record, Setup, Sink, feedback,
};

/// Digests by what they are of: the first 128 bits of a SHA-256, in hexadecimal digits.
pub type Digests = BTreeMap<String, String>;

/// All outputs in their order, each as what it is and its bytes.
#[derive(Clone, Debug, Default)]
pub struct Outputs(Sha256);

impl Outputs {
    fn put(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update([kind]);
        self.0.update(bytes);
    }
}

impl Sink for Outputs {
    fn record(&mut self, record: Record<'_>) {
        self.put(1, &record.to_bytes());
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
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.put(7, &msg.to_le_bytes());
        self.put(8, &msg_type.to_le_bytes());
    }
}

/// Digest of words or other texts, one behind the other.
pub fn of<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    pieces.into_iter().for_each(|piece| digest.update(piece));
    digits(digest)
}

fn digits(digest: Sha256) -> String {
    digest.finalize()[..16].iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Outputs, tables and counters of an engine that ran with this setup.
pub fn digests(engine: &(impl Engine + ?Sized), outputs: Outputs, setup: &Setup) -> Digests {
    let mut rows = Sha256::new();
    engine.quotes().for_each_row_bytes(|bytes| rows.update(bytes));
    let mut counters = Sha256::new();
    counters.update(format!("{:?}", engine.counters()));
    let mut requests = Sha256::new();
    // Some engines have an empty book where the setup has no triggers, some have none.
    if setup.trading.is_some()
        && let Some(book) = engine.book()
    {
        book.requests.iter().for_each(|row| requests.update(row.to_bytes()));
        counters.update(format!("{:?}{:?}", book.counters, book.triggers));
        counters.update(format!("{} {}", book.outstanding, book.guarded));
    }
    let all =
        [("outputs", outputs.0), ("rows", rows), ("requests", requests), ("counters", counters)];
    all.map(|(name, digest)| (name.to_owned(), digits(digest))).into()
}

/// One digest of several, by their names.
pub fn together(digests: &Digests) -> String {
    let lines: Vec<String> =
        digests.iter().map(|(name, digest)| format!("{name} {digest}\n")).collect();
    of(lines.iter().map(String::as_bytes))
}
