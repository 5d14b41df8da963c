//! The first pass of a replay: the securities of the input.

use std::collections::BTreeSet;

use anyhow::Result;
use tidegate_gateway::{Format, Source};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Control, Fault, Input, Line, NativeEngine, Record, Resume, Setup, Sink};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::{MAX_SECURITIES, MAX_SESSIONS};
use tidegate_protocol::units::trim_padding;

use crate::input::{Consumer, Sessions, pump};
use crate::progress::Progress;

/// Feeds an engine and keeps the securities of what it releases.
struct Collect {
    engine: NativeEngine,
    names: Names,
}

#[derive(Default)]
struct Names {
    all: BTreeSet<SecurityId>,
    last: SecurityId,
    cut: bool,
}

impl Sink for Names {
    fn record(&mut self, record: Record<'_>) {
        let (security, source) = match record {
            Record::Tick(tick) => (tick.security, tick.source),
            Record::Head(head) => (head.security, head.source),
            _ => return,
        };
        // One security often follows itself.
        if security == self.last || trim_padding(&source) != b"102" {
            return;
        }
        self.last = security;
        let mut padded = *b"        ";
        let text = trim_padding(&security);
        padded[..text.len()].copy_from_slice(text);
        self.all.insert(padded);
    }

    fn fault(&mut self, fault: &Fault) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
    }
}

impl Consumer for Collect {
    fn named(&mut self, _session: u16, _stream: &str) {}

    fn reset(&mut self, session: u16, resume: Resume) -> bool {
        self.names.cut = false;
        let control = Control::Reset { line: Line::Market, session, resume };
        self.engine.feed(Input::Control(control), &mut self.names);
        self.names.cut
    }

    fn bytes(&mut self, session: u16, bytes: &[u8]) {
        self.engine.feed(Input::Packet { line: Line::Market, session, bytes }, &mut self.names);
    }

    fn words(&mut self, bytes: &[u8]) {
        self.engine.feed(Input::Words { line: Line::Market, bytes }, &mut self.names);
    }

    fn fault(&mut self, _: Option<u16>, _: &str, _: FaultCode, _: (u64, u64)) {}
}

/// The securities of the input, sorted, as far as there are rows for them; and how many there are.
pub(crate) fn collect(source: &mut Source, setup: &Setup) -> Result<(Vec<SecurityId>, usize)> {
    // Triggers need nothing of the first pass, and it needs nothing of them.
    let mut bare = Setup { index: None, trading: None, ..setup.clone() };
    if source.format() != Format::Beats {
        bare.toe.prefix_bytes = 0;
    }
    let engine = NativeEngine::new(&bare, &[])?;
    let mut collect = Collect { engine, names: Names::default() };
    let progress = Progress::new("collect securities", false);
    pump(source, &mut Sessions::new(MAX_SESSIONS), &mut collect, &progress)?;
    progress.finish();
    source.rewind()?;
    let named: BTreeSet<SecurityId> = setup.row_names(&[]).into_iter().collect();
    let mut found: Vec<SecurityId> = collect.names.all.difference(&named).copied().collect();
    let count = found.len();
    found.truncate(MAX_SECURITIES - named.len().min(MAX_SECURITIES));
    Ok((found, count))
}
