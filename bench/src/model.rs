//! The simulated card: its own speed, Measured, and what it models, Modelled, in rows of their own.

use std::time::Instant;

use tidegate_hls_sim::card::Card;
use tidegate_hls_sim::shell::{Cycles, Shell};
use tidegate_hls_sim::stage::{BackStages, DecodeStage};
use tidegate_hls_sim::stamp::Stamps;
use tidegate_hls_sim::{Options, SimEngine};

use crate::clock::{Used, ns};
use crate::engine::{Entry, Gave, Takes, Touch, digest};
use crate::mix::STOP;
use crate::native::{Case, Effort, check, remark, strike};
use crate::result::{Check, Due, Label, Row, RunType};
use crate::stamp;
use crate::statistics::{Recorder, throughput};

/// What a simulated card tells.
pub trait Model: Takes + Sized {
    /// A card before its first word; with a stamp a message or without.
    ///
    /// # Errors
    /// When the setup does not fit on it.
    fn start(case: &Case<'_>, stamps: bool) -> Result<Self, String>;
    /// Its cycles.
    fn cycles(&self) -> Cycles;
    /// Its stamps.
    fn stamps(&self) -> &Stamps;
    /// What is assumed of it.
    fn card(&self) -> &Card;
}

fn told<D: DecodeStage, B: BackStages>(shell: &Shell<D, B>) -> (&Stamps, &Card) {
    (shell.stamps(), &shell.options().card)
}

macro_rules! model {
    ($engine:ty) => {
        impl Model for $engine {
            fn start(case: &Case<'_>, stamps: bool) -> Result<Self, String> {
                let options = Options { stamps, ..Options::default() };
                Self::with(&case.feed.setup, &case.feed.collected, options)
                    .map_err(|error| error.to_string())
            }
            fn cycles(&self) -> Cycles {
                self.card().cycles()
            }
            fn stamps(&self) -> &Stamps {
                told(self.card()).0
            }
            fn card(&self) -> &Card {
                told(self.card()).1
            }
        }
    };
}

model!(SimEngine);
#[cfg(feature = "kernel-c")]
model!(tidegate_hls_sim::KernelCEngine);

/// What the manifest of an image says, in place of what is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfImage {
    /// Its name.
    pub name: String,
    /// Its clock.
    pub fmax_mhz: u64,
    /// Pipeline depths of kernels, in cycles, where somebody has read them.
    pub depths_cycles: Vec<(String, u64)>,
    /// Its board support package, with its version.
    pub bsp: String,
    /// Its compiler, with its version.
    pub compiler: String,
}

impl OfImage {
    /// A card with what is known of the image.
    fn card(&self, assumed: &Card) -> Card {
        let mut card = assumed.clone();
        card.clock_mhz.default = self.fmax_mhz.max(1);
        let depth = &mut card.depth_cycles;
        for (kernel, cycles) in &self.depths_cycles {
            match kernel.as_str() {
                "decode" => depth.decode = *cycles,
                "indicator" => depth.indicator = *cycles,
                "send" => depth.send = *cycles,
                _ => {}
            }
        }
        card
    }
}

/// What is assumed, a line each.
fn assumptions(entry: &Entry, card: &Card, image: Option<&OfImage>) -> Vec<String> {
    let (depth, toe, fifo) = (&card.depth_cycles, &card.toe_ns, &card.fifo_depths);
    let mhz = card.clock_mhz.default;
    let known = image.map_or(0, |image| image.depths_cycles.len());
    let more = [
        match image {
            Some(image) => {
                format!("clock {mhz} MHz: Fmax of the image {}, by its manifest", image.name)
            }
            None => format!(
                "clock {mhz} MHz: assumed (hls-sim/card.toml), no compiler has reported one of this design"
            ),
        },
        format!(
            "pipeline depth of decode {}, indicator {}, send {} cycles: assumed but for {known} by a manifest",
            depth.decode, depth.indicator, depth.send
        ),
        format!("a TOE takes {} ns in and {} ns out: assumed", toe.receive, toe.transmit),
        format!(
            "FIFO depths rx {}, items {}, intents {}: assumed",
            fifo.rx, fifo.items, fifo.intents
        ),
    ];
    entry.assumptions.iter().cloned().chain(more).collect()
}

/// The rows of a simulated card; `wanted` must come out. With an image the modelled ones are at its clock.
///
/// # Errors
/// When the setup does not fit on a card, or the card fails.
pub fn rows<M: Model>(
    case: &Case<'_>,
    entry: &Entry,
    effort: &Effort,
    wanted: &str,
    image: Option<&OfImage>,
) -> Result<Vec<Row>, String> {
    let packets = case.feed.packets(case.packet_bytes);
    let mut stamped = M::start(case, true)?;
    let gave = digest(&mut stamped, case.feed, &packets)?;
    let check = check(wanted, &gave.digest);
    let mut rows = Vec::new();
    if check.holds() {
        rows.push(own_speed::<M>(case, entry, effort, &gave)?);
        rows.extend(modelled(case, entry, &stamped, &gave, image));
    } else {
        rows.push(case.row(entry, RunType::Batch, Some(&gave)));
    }
    for row in &mut rows {
        row.digest.get_or_insert_with(|| check.clone());
        if !row.digest.as_ref().is_some_and(Check::holds) {
            strike(row);
        }
    }
    Ok(rows)
}

/// How fast the program runs on this machine: no figure of a card.
fn own_speed<M: Model>(
    case: &Case<'_>,
    entry: &Entry,
    effort: &Effort,
    gave: &Gave,
) -> Result<Row, String> {
    let packets = case.feed.packets(case.packet_bytes);
    let (mut passes, mut beats, mut is_right) = (Vec::new(), 0, true);
    let (before, since) = (Used::now(), Instant::now());
    while effort.goes_on(passes.len(), since) {
        let mut model = M::start(case, false)?;
        let start = Instant::now();
        case.feed.inputs(&packets).for_each(|input| model.take(input, &mut Touch));
        model.take(STOP, &mut Touch);
        passes.push(ns(start.elapsed()) as f64);
        beats = model.cycles().beats;
        is_right &= *model.engine().counters() == gave.counters;
    }
    let mut row = case.row(entry, RunType::Batch, Some(gave));
    row.label = Label::Measured;
    row.assumptions.clear();
    if let Some(program) = &entry.program {
        row.path.clone_from(&program.path);
        row.from.clone_from(&program.from);
        row.to.clone_from(&program.to);
    }
    row.beats = Some(beats);
    row.throughput = throughput(&passes, row.messages, row.bytes);
    if let Some(found) = &mut row.throughput {
        found.beats_per_s = Some(beats as f64 / row.messages as f64 * found.messages_per_s);
    }
    row.usage = Used::since(before);
    remark(&mut row, "the simulator's own speed on this machine: no figure of a card");
    if !is_right {
        let found = "counters of a measured pass differ".to_owned();
        row.digest = Some(Check { wanted: gave.digest.clone(), found });
    }
    Ok(row)
}

/// What the stamps say at the clock of the card.
fn modelled<M: Model>(
    case: &Case<'_>,
    entry: &Entry,
    model: &M,
    gave: &Gave,
    image: Option<&OfImage>,
) -> Vec<Row> {
    let (assumed, cycles) = (model.card(), model.cycles());
    let card = &image.map_or_else(|| assumed.clone(), |image| image.card(assumed));
    let mhz = card.clock_mhz.default;
    let source = stamp::cycles(mhz);
    let nanos = |cycles: u64| cycles * 1_000 / mhz;
    let depth = &card.depth_cycles;
    let (mut orders, mut messages) = (Recorder::default(), Recorder::default());
    for (counted, waiting) in model.stamps().orders().iter().filter_map(|order| order.latency()) {
        let depths = depth.decode + depth.indicator + depth.send;
        let toe = card.toe_ns.receive + card.toe_ns.transmit;
        orders.record(nanos(counted + waiting.total() + depths) + toe);
    }
    for message in model.stamps().messages() {
        let path = &message.path;
        let counted = path.judged.saturating_sub(path.taken);
        messages.record(nanos(counted + depth.decode + depth.indicator));
    }
    let base = |stage: &str| {
        let mut row = case.row(entry, RunType::Baseline, Some(gave));
        stage.clone_into(&mut row.stage);
        row.label = Label::Modelled;
        row.assumptions = assumptions(entry, card, image);
        row.beats = Some(cycles.beats);
        row
    };
    let mut rows = Vec::new();
    let mut order = base(crate::native::END_TO_END);
    order.latency = orders.latency(Due::Service, &source);
    if let Some(latency) = &order.latency {
        order.messages = latency.n;
        remark(&mut order, "one a request that came to TOE1, waiting included");
        rows.push(order);
    }
    let mut judged = base("judged");
    judged.latency = messages.latency(Due::Service, &source);
    "decode takes the beat with the message's last byte".clone_into(&mut judged.from);
    "the indicator has judged it".clone_into(&mut judged.to);
    "inside a modelled card".clone_into(&mut judged.path);
    judged.throughput =
        throughput(&[cycles.total as f64 * 1_000.0 / mhz as f64], judged.messages, judged.bytes);
    if let Some(found) = &mut judged.throughput {
        found.beats_per_s = Some(cycles.beats as f64 / cycles.total as f64 * mhz as f64 * 1e6);
    }
    remark(
        &mut judged,
        "input always there: the queue before decode is not in it; throughput is that of all cycles",
    );
    rows.push(judged);
    rows
}
