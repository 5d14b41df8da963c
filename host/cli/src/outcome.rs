//! What comes out of the engine in a replay, on its way to files and counts.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::Result;
use hdrhistogram::Histogram;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::{Decision, Fault, IndexPoint, Line, Outgoing, Record, Sink};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::MAX_SESSIONS;
use tidegate_protocol::units::IndexE4;

use crate::drive::Watch;
use crate::feedback;
use crate::frames_out::FramesOut;
use crate::outputs::Outputs;
use crate::place::Label;
use crate::publish_out::PublishOut;
use crate::spark::Spark;
use crate::trading_sum::Tally;

/// First, highest, lowest and last value of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexRange {
    pub(crate) open: IndexE4,
    pub(crate) high: IndexE4,
    pub(crate) low: IndexE4,
    pub(crate) last: IndexE4,
}

/// Time spent on each message, from the end of the one before it in its packet (or the start of
/// the packet) to its own.
pub(crate) struct Latency {
    before: Instant,
    pub(crate) ns: Histogram<u64>,
}

impl Latency {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { before: Instant::now(), ns: Histogram::new_with_bounds(1, 60_000_000_000, 3)? })
    }
}

/// What comes out of the engine.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) latency: Option<Latency>,
    pub(crate) outputs: Option<Outputs>,
    /// Where orders go.
    pub(crate) orders: Option<FramesOut>,
    /// Where decoded data go.
    pub(crate) publish: Option<PublishOut>,
    pub(crate) index: Option<IndexRange>,
    pub(crate) course: Spark,
    pub(crate) tally: Tally,
    pub(crate) records: u64,
    pub(crate) index_points: u64,
    /// Faults that the sources found.
    pub(crate) source_faults: BTreeMap<FaultCode, u64>,
    /// Names of the streams, by session.
    labels: Vec<Option<Label>>,
    /// Orders could not be written.
    pub(crate) error: Option<anyhow::Error>,
    /// The last reset cut off a message.
    cut: bool,
}

impl Outcome {
    pub(crate) fn new(
        latency: Option<Latency>,
        outputs: Option<Outputs>,
        orders: Option<FramesOut>,
        publish: Option<PublishOut>,
    ) -> Self {
        Self { latency, outputs, orders, publish, ..Self::default() }
    }

    fn label(&self, fault: &Fault) -> Option<&Label> {
        let session = fault.session.map(usize::from);
        // What has no session may still be of the second file.
        let other = (fault.line == Some(Line::Orders)).then_some(LINK);
        self.labels.get(session.or(other)?)?.as_ref()
    }
}

/// Place of the second file's own label, behind those of all sessions.
const LINK: usize = 2 * MAX_SESSIONS;

impl Watch for Outcome {
    fn named(&mut self, session: u16, label: Label) {
        let at = usize::from(session);
        let place = if at < MAX_SESSIONS { at } else { LINK };
        if self.labels.len() <= place {
            self.labels.resize_with(place + 1, || None);
        }
        if place == LINK {
            self.labels[LINK] = Some(Label::name(feedback::LABEL));
        }
        self.labels[at] = Some(label);
    }

    fn source_fault(&mut self, fault: &Fault, stream: Option<Label>) {
        *self.source_faults.entry(fault.code).or_default() += 1;
        if let Some(mut outputs) = self.outputs.take() {
            outputs.fault(fault, stream.as_ref().or(self.label(fault)));
            self.outputs = Some(outputs);
        }
    }

    fn was_cut(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }

    fn begins(&mut self, now: Instant) {
        if let Some(latency) = &mut self.latency {
            latency.before = now;
        }
    }

    fn goes_on(&self) -> bool {
        self.error.is_none() && !self.outputs.as_ref().is_some_and(Outputs::failed)
    }
}

impl Sink for Outcome {
    fn record(&mut self, record: Record<'_>) {
        if let Some(publish) = &mut self.publish {
            publish.record(&record);
        }
        self.records += 1;
        if let Some(outputs) = &mut self.outputs {
            outputs.record(record);
        }
    }

    fn fault(&mut self, fault: &Fault) {
        self.cut |= fault.code == FaultCode::FrameTruncated;
        if let Some(mut outputs) = self.outputs.take() {
            outputs.fault(fault, self.label(fault));
            self.outputs = Some(outputs);
        }
    }

    fn index(&mut self, point: &IndexPoint) {
        self.index_points += 1;
        let value = point.value;
        self.course.push(value.0);
        let range = self.index.get_or_insert(IndexRange {
            open: value,
            high: value,
            low: value,
            last: value,
        });
        range.high = range.high.max(value);
        range.low = range.low.min(value);
        range.last = value;
        if let Some(outputs) = &mut self.outputs {
            outputs.index(point);
        }
    }

    fn report(&mut self, reported: &Reported) {
        if let Some(outputs) = &mut self.outputs {
            outputs.report(reported);
        }
    }

    fn decision(&mut self, decision: &Decision) {
        self.tally.decision(decision);
        if let Some(outputs) = &mut self.outputs {
            outputs.decision(decision);
        }
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        if let Some(outputs) = &mut self.outputs {
            outputs.order(order);
        }
        if let Some(Err(error)) = self.orders.as_mut().map(|orders| orders.frame(order.bytes)) {
            self.error.get_or_insert(error);
        }
    }

    fn message(&mut self, _msg: u64, _msg_type: u32) {
        if let Some(publish) = &mut self.publish {
            publish.end_of_message();
        }
        if let Some(latency) = &mut self.latency {
            let now = Instant::now();
            let ns = now.duration_since(latency.before).as_nanos();
            latency.ns.saturating_record(u64::try_from(ns).unwrap_or(u64::MAX));
            latency.before = now;
        }
    }
}
