//! The simulated card: its own speed, Measured, and what it models, Modelled, in rows of their own.

use std::collections::BTreeSet;
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
use crate::result::{Check, Due, Label, Row, RunType, Throughput};
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
    /// Its clock, in MHz: 1 at least.
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
        card.clock_mhz.default = self.fmax_mhz;
        for (kernel, cycles) in &self.depths_cycles {
            if let Some(depth) = depth_of(&mut card, kernel) {
                *depth = *cycles;
            }
        }
        card
    }

    /// Kernels whose depth it says, of those that the model asks for.
    fn known(&self, card: &Card) -> usize {
        let mut card = card.clone();
        let kernels: BTreeSet<&String> =
            self.depths_cycles.iter().map(|(kernel, _)| kernel).collect();
        kernels.into_iter().filter(|kernel| depth_of(&mut card, kernel).is_some()).count()
    }
}

/// Where the depth of a kernel stands; nothing for one that no latency goes through.
fn depth_of<'a>(card: &'a mut Card, kernel: &str) -> Option<&'a mut u64> {
    let depth = &mut card.depth_cycles;
    match kernel {
        "decode" => Some(&mut depth.decode),
        "indicator" => Some(&mut depth.indicator),
        "send" => Some(&mut depth.send),
        _ => None,
    }
}

/// What is assumed, a line each.
fn assumptions(entry: &Entry, card: &Card, image: Option<&OfImage>) -> Vec<String> {
    let (depth, toe, fifo) = (&card.depth_cycles, &card.toe_ns, &card.fifo_depths);
    let mhz = card.clock_mhz.default;
    let known = image.map_or(0, |image| image.known(card));
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
    while effort.goes_on(passes.len(), ns(since.elapsed())) {
        let mut model = M::start(case, false)?;
        let start = Instant::now();
        case.feed.inputs(&packets).for_each(|input| model.take(input, &mut Touch));
        model.take(STOP, &mut Touch);
        passes.push(ns(start.elapsed()) as f64);
        beats = model.cycles().beats;
        is_right &= *model.engine().counters() == gave.counters;
    }
    let mut row = own_row(case.row(entry, RunType::Batch, Some(gave)), entry, &passes, beats);
    row.usage = Used::since(before);
    if !is_right {
        let found = "counters of a measured pass differ".to_owned();
        row.digest = Some(Check { wanted: gave.digest.clone(), found });
    }
    Ok(row)
}

/// What passes of so many beats say of the program.
fn own_row(mut row: Row, entry: &Entry, passes: &[f64], beats: u64) -> Row {
    row.label = Label::Measured;
    row.assumptions.clear();
    if let Some(program) = &entry.program {
        row.path.clone_from(&program.path);
        row.from.clone_from(&program.from);
        row.to.clone_from(&program.to);
    }
    row.beats = Some(beats);
    row.throughput = throughput(passes, row.messages, row.bytes);
    if let Some(found) = &mut row.throughput {
        found.beats_per_s = Some(beats as f64 / row.messages as f64 * found.messages_per_s);
    }
    remark(&mut row, "the simulator's own speed on this machine: no figure of a card");
    row
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
    let (mut orders, mut messages) = (Recorder::default(), Recorder::default());
    for (counted, waiting) in model.stamps().orders().iter().filter_map(|order| order.latency()) {
        orders.record(order_ns(card, counted + waiting.total()));
    }
    for message in model.stamps().messages() {
        let path = &message.path;
        messages.record(judged_ns(card, path.judged.saturating_sub(path.taken)));
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
        // Of requests, not of the messages of the feed.
        (order.messages, order.accepted, order.rejected) = (latency.n, latency.n, 0);
        (order.bytes, order.beats) = (0, None);
        remark(&mut order, "one a request that came to TOE1, waiting included");
        rows.push(order);
    }
    let mut judged = base("judged");
    judged.latency = messages.latency(Due::Service, &source);
    "decode takes the beat with the message's last byte".clone_into(&mut judged.from);
    "the indicator has judged it".clone_into(&mut judged.to);
    "inside a modelled card".clone_into(&mut judged.path);
    judged.throughput = modelled_throughput(&judged, cycles.total, cycles.beats, mhz);
    remark(
        &mut judged,
        "input always there: the queue before decode is not in it; throughput is that of all cycles",
    );
    rows.push(judged);
    rows
}

/// So many counted cycles from the last bit of a message to the first of its order, on this card.
fn order_ns(card: &Card, counted: u64) -> u64 {
    let depth = &card.depth_cycles;
    let cycles = counted + depth.decode + depth.indicator + depth.send;
    cycles * 1_000 / card.clock_mhz.default + card.toe_ns.receive + card.toe_ns.transmit
}

/// So many counted cycles from a message's last beat until it is judged, on this card.
fn judged_ns(card: &Card, counted: u64) -> u64 {
    let depth = &card.depth_cycles;
    (counted + depth.decode + depth.indicator) * 1_000 / card.clock_mhz.default
}

/// A pass takes all of its cycles, those without a beat too.
fn modelled_throughput(row: &Row, cycles: u64, beats: u64, mhz: u64) -> Option<Throughput> {
    let ns = cycles as f64 * 1_000.0 / mhz as f64;
    let mut found = throughput(&[ns], row.messages, row.bytes)?;
    found.beats_per_s = Some(beats as f64 * 1e9 / ns);
    Some(found)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tidegate_pipeline::{Engine, Input, Setup, Sink};

    use super::*;
    use crate::mix::Mix;
    use crate::passes::row;
    use crate::{engine, feed, native};

    fn card() -> Card {
        let mut card = Options::default().card;
        card.clock_mhz.default = 250;
        card.depth_cycles.decode = 10;
        card.depth_cycles.indicator = 30;
        card.depth_cycles.send = 5;
        (card.toe_ns.receive, card.toe_ns.transmit) = (100, 200);
        card
    }

    /// 4 ns a cycle.
    #[test]
    fn every_depth_on_the_way_is_in_the_latency() {
        assert_eq!(order_ns(&card(), 5), (5 + 10 + 30 + 5) * 4 + 300);
        assert_eq!(judged_ns(&card(), 5), (5 + 10 + 30) * 4);
    }

    #[test]
    fn throughput_is_of_all_cycles() {
        let row = row("few", "sim", "judged", 100, 6_000);
        // 1,000 cycles are 4 us, of which 400 have a beat.
        let found = modelled_throughput(&row, 1_000, 400, 250).expect("a figure");
        assert_eq!((found.median_ns, found.messages_per_s), (40.0, 2.5e7));
        assert_eq!((found.beats_per_s, found.gb_per_s), (Some(1e8), 1.5));
    }

    #[test]
    fn the_program_has_its_own_beats_a_second() {
        let all = engine::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("engines");
        let entry = all.iter().find(|entry| entry.name == "sim").expect("the simulator");
        let row = own_row(row("few", "sim", "judged", 100, 6_000), entry, &[2e6, 1e6, 9e6], 400);
        let found = row.throughput.expect("a figure");
        // 400 beats in 2 ms.
        assert_eq!((found.median_ns, found.beats_per_s), (2e4, Some(2e5)));
        assert_eq!((row.label, row.beats), (Label::Measured, Some(400)));
    }

    /// A card that loses the first message wherever nobody takes its outputs.
    struct Loses {
        card: SimEngine,
        lost: bool,
    }

    impl Takes for Loses {
        fn take<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
            if std::mem::replace(&mut self.lost, true) {
                self.card.take(input, sink);
            }
        }
        fn engine(&self) -> &dyn Engine {
            self.card.engine()
        }
    }

    impl Model for Loses {
        fn start(case: &Case<'_>, stamps: bool) -> Result<Self, String> {
            Ok(Self { card: SimEngine::start(case, stamps)?, lost: stamps })
        }
        fn cycles(&self) -> Cycles {
            Model::cycles(&self.card)
        }
        fn stamps(&self) -> &Stamps {
            Model::stamps(&self.card)
        }
        fn card(&self) -> &Card {
            Model::card(&self.card)
        }
    }

    #[test]
    fn a_pass_of_the_program_that_loses_a_message_has_no_figure() {
        let feed = feed::ticks(300, 3, Setup::default()).expect("ticks");
        let mix = Mix::All;
        let case = Case { definition: "few", mix, feed: &feed, packet_bytes: 1_448, wanted: None };
        let (gave, _) = native::verify(&case).expect("an engine");
        let all = engine::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("engines");
        let entry = all.iter().find(|entry| entry.name == "sim").expect("the simulator");
        let of = |rows: Result<Vec<Row>, String>| {
            let rows = rows.expect("rows");
            let own = rows.into_iter().find(|row| row.label == Label::Measured).expect("a row");
            (own.digest.is_some_and(|check| check.holds()), own.throughput.is_some())
        };
        let least = &Effort::LEAST;
        assert_eq!(of(rows::<SimEngine>(&case, entry, least, &gave.digest, None)), (true, true));
        assert_eq!(of(rows::<Loses>(&case, entry, least, &gave.digest, None)), (false, false));
    }

    #[test]
    fn kernels_that_no_latency_goes_through_are_not_counted() {
        let depths = [("decode", 1), ("publish", 9), ("send", 2), ("decode", 3)];
        let depths_cycles = depths.map(|(name, cycles)| (name.to_owned(), cycles)).into();
        let image = OfImage {
            name: "made-up".to_owned(),
            fmax_mhz: 100,
            depths_cycles,
            bsp: String::new(),
            compiler: String::new(),
        };
        assert_eq!(image.known(&card()), 2);
        let of_image = image.card(&card());
        let depth = &of_image.depth_cycles;
        assert_eq!((depth.decode, depth.indicator, depth.send), (3, 30, 2));
        assert_eq!(of_image.clock_mhz.default, 100);
    }
}
