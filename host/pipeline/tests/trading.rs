//! The trading half against a slow oracle that was read from `TRIGGERS.md` alone: generated setups
//! and feeds, everything that comes out compared field by field and byte by byte.
//!
//! `TIDEGATE_TRADING_CASES` says how many (5,000), `TIDEGATE_TRADING_SEED` from which on (0).

#[path = "trading/feed.rs"]
mod feed;
#[path = "trading/oracle.rs"]
mod oracle;
#[path = "trading/rng.rs"]
mod rng;
#[path = "trading/spec.rs"]
mod spec;
#[path = "trading/wire.rs"]
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};

use feed::{Case, Item, Slow};
use oracle::{Event, Tally};
use rng::Rng;
use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::trading::TradingCounters;
use tidegate_pipeline::{
    Control, Decision, Engine, Fault, IndexPoint, Input, Line, NativeEngine, Outgoing, Resume,
    Setup, Sink,
};

#[derive(Default)]
struct Log(Vec<Event>);

impl Sink for Log {
    fn fault(&mut self, fault: &Fault) {
        self.0.push(Event::Fault(fault.code, fault.msg));
    }
    fn index(&mut self, p: &IndexPoint) {
        self.0.push(Event::Point(p.msg, p.time.0, p.value.0, p.sum));
    }
    fn report(&mut self, report: &Reported) {
        self.0.push(Event::Report(Box::new(*report)));
    }
    fn decision(&mut self, decision: &Decision) {
        self.0.push(Event::Decision(Box::new(*decision)));
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        let (request, bytes) = (order.request, order.bytes.to_vec());
        self.0.push(Event::Order { decision: order.decision.number, request, bytes });
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.0.push(Event::Message(msg, msg_type));
    }
}

fn parsed(toml: &str, csv: &str) -> Setup {
    match Setup::parse(toml, |_| Ok(csv.to_owned())) {
        Ok(setup) => setup,
        Err(error) => panic!("{error}\n{toml}"),
    }
}

/// The entries of an input log, frames cut and joined anyhow.
enum Entry {
    Packet(Line, u16, Vec<u8>),
    Reset(Line, u16),
    Kill(bool),
    Live(Box<Parameters>),
}

fn entries(case: &Case) -> Vec<Entry> {
    let mut rng = Rng(case.cuts);
    let mut items = case.items.clone();
    let mut out: Vec<Entry> = Vec::new();
    let put = |out: &mut Vec<Entry>, line: Line, session: u16, bytes: Vec<u8>, rng: &mut Rng| {
        if let Some(Entry::Packet(of, to, before)) = out.last_mut()
            && (*of, *to) == (line, session)
            && case.cuts != 0
            && rng.chance(60)
        {
            before.extend(bytes);
        } else {
            out.push(Entry::Packet(line, session, bytes));
        }
    };
    for at in 0..items.len() {
        if case.cuts != 0 && rng.chance(15) {
            // The start of what comes next on some other session arrives early.
            let next = at + 1 + rng.below(4);
            if let Some(Item::Frame { line, session, .. }) = items.get(next) {
                let key = (*line, *session);
                let touched = items[at..next].iter().any(|item| match item {
                    Item::Frame { line, session, .. } | Item::Reset { line, session } => {
                        (*line, *session) == key
                    }
                    Item::Kill { .. } | Item::Live { .. } => false,
                });
                if let Item::Frame { bytes, .. } = &mut items[next]
                    && !touched
                    && bytes.len() > 1
                {
                    let cut = 1 + rng.below(bytes.len() - 1);
                    let early = bytes.drain(..cut).collect();
                    put(&mut out, key.0, key.1, early, &mut rng);
                }
            }
        }
        match &items[at] {
            Item::Frame { line, session, bytes } => {
                put(&mut out, *line, *session, bytes.clone(), &mut rng);
            }
            Item::Reset { line, session } => out.push(Entry::Reset(*line, *session)),
            Item::Kill { on } => out.push(Entry::Kill(*on)),
            Item::Live { toml, .. } => {
                let setup = parsed(toml, &case.csv);
                let trading = setup.trading.expect("triggers");
                out.push(Entry::Live(Box::new(trading.parameters)));
            }
        }
    }
    let mut cut: Vec<Entry> = Vec::new();
    for entry in out {
        match entry {
            Entry::Packet(line, session, bytes) if case.cuts != 0 => {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let longest = rng.pick(&[1, 9, 70, 400, 2_000]);
                    let (head, tail) = rest.split_at((1 + rng.below(longest)).min(rest.len()));
                    cut.push(Entry::Packet(line, session, head.to_vec()));
                    rest = tail;
                }
            }
            other => cut.push(other),
        }
    }
    cut
}

fn run_engine(case: &Case) -> (NativeEngine, Vec<Event>) {
    let setup = parsed(&case.toml, &case.csv);
    let mut engine = NativeEngine::new(&setup, &[]).expect("rows");
    let mut log = Log::default();
    for entry in entries(case) {
        match entry {
            Entry::Packet(line, session, bytes) => {
                engine.feed(Input::Packet { line, session, bytes: &bytes }, &mut log);
            }
            Entry::Reset(line, session) => {
                let reset = Control::Reset { line, session, resume: Resume::New };
                engine.feed(Input::Control(reset), &mut log);
            }
            Entry::Kill(on) => engine.feed(Input::Control(Control::Kill { on }), &mut log),
            Entry::Live(parameters) => engine.feed(Input::Parameters(&parameters), &mut log),
        }
    }
    engine.feed(Input::Control(Control::Stop), &mut log);
    (engine, log.0)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, wanted: T) -> Result<(), String> {
    if found == wanted {
        return Ok(());
    }
    Err(format!(
        "{what}:\n  found  {}\n  wanted {}",
        readable(&format!("{found:?}")),
        readable(&format!("{wanted:?}"))
    ))
}

/// Names as text instead of their bytes, and nothing where there is nothing.
fn readable(debug: &str) -> String {
    let mut out = String::new();
    let mut rest = debug;
    while let Some(at) = rest.find('[') {
        out += &rest[..at];
        rest = &rest[at..];
        let end = rest.find(']').map_or(rest.len(), |end| end + 1);
        let numbers: Result<Vec<u8>, _> =
            rest[1..end - 1].split(", ").map(str::parse::<u8>).collect();
        match numbers {
            Ok(bytes) => out += &format!("{:?}", String::from_utf8_lossy(&bytes)),
            Err(_) => out += &rest[..end],
        }
        rest = &rest[end..];
    }
    out += rest;
    out.replace(&i64::MIN.to_string(), "NONE")
        .replace(", Checked { code: 0, holds: false, found: NONE, bound: 0 }", "")
}

/// Whether a setup with these bounds is read, or refused for them.
fn bounds_agree(case: &Case) -> Result<(), String> {
    let mut rng = Rng(case.cuts ^ 0x5eed);
    for _ in 0..3 {
        let Some(bounds) = feed::tightened(&case.spec.bounds, &mut rng) else { continue };
        let tight = spec::Spec { bounds, ..case.spec.clone() };
        let kept = tight.keeps_bounds();
        let read = Setup::parse(&tight.toml(&mut rng), |_| Ok(case.csv.clone()));
        let found = match read {
            Ok(_) => true,
            Err(SetupError::Breach { .. }) => false,
            Err(SetupError::Range { key, .. }) if key.contains("shares") => false,
            Err(other) => return Err(format!("setup: {other}")),
        };
        same("tight bounds", found, kept)?;
    }
    Ok(())
}

/// Whether engine and oracle say the same of a case, and what happened in it.
fn agree(case: &Case) -> Result<Tally, String> {
    bounds_agree(case)?;
    let mut slow = Slow::new(&case.spec);
    for item in &case.items {
        slow.take(item);
    }
    let (engine, events) = run_engine(case);
    let oracle = slow.oracle;
    // The rules do not say where a fault stands among what else a message brings.
    for faults in [false, true] {
        let of = |events: &[Event]| -> Vec<Event> {
            let wanted = |event: &&Event| matches!(event, Event::Fault(..)) == faults;
            let mut some: Vec<Event> = events.iter().filter(wanted).cloned().collect();
            some.sort_by_key(|event| match event {
                Event::Fault(code, msg) => Some((*msg, *code)),
                _ => None,
            });
            some
        };
        let (found, wanted) = (of(&events), of(&oracle.events));
        for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
            same(&format!("event {at}"), found, wanted)?;
        }
        same("further events", found.get(wanted.len()), wanted.get(found.len()))?;
    }

    let trading = engine.trading().expect("triggers");
    let (found, wanted) = (trading.records().rows(), oracle.requests());
    for (at, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
        same(&format!("row {at}"), found, wanted)?;
    }
    same("rows", found.len(), wanted.len())?;
    let counters: TradingCounters = *trading.counters();
    same("counters", counters, oracle.counters)?;
    let triggers = trading.triggers();
    let count = oracle.trigger_counters.len();
    same("trigger counters", &triggers.counters[..count], &oracle.trigger_counters[..])?;
    same("guarded", triggers.guarded(), oracle.guarded())?;
    let all = (0..count).map(|at| (Some(at), &triggers.tallies[at]));
    for (of, tally) in all.chain([(None, &triggers.total)]) {
        let found =
            (i128::from(tally.quantity), i128::from(tally.value_e6), i64::from(tally.outstanding));
        let (quantity, value, outstanding) = oracle.sums(of);
        let fit = |sum: i128| sum.min(i64::MAX.into());
        same(&format!("sums of {of:?}"), found, (fit(quantity), fit(value), outstanding))?;
    }
    same("clamped times", engine.counters().clamped_times, oracle.clamped)?;

    no_order_under_a_kill_switch(&oracle.blocks, &events)?;
    Ok(oracle.tally)
}

/// Read from the list of what came out and the blocks alone: nothing leaves under a kill switch, and
/// no ClOrdID twice.
fn no_order_under_a_kill_switch(blocks: &[spec::Block], events: &[Event]) -> Result<(), String> {
    let (mut last_id, mut by_hand) = (None, false);
    for event in events {
        match event {
            Event::Decision(decision) if decision.outcome == Outcome::Sent => {
                let block = &blocks[decision.epoch as usize];
                let at = usize::from(decision.trigger.expect("an order has a trigger"));
                let limits = [&block.limits, &block.triggers[at].limits];
                let killed = by_hand || limits.iter().any(|limits| limits.kill_switch);
                same("kill switch of an order", killed, false)?;
            }
            Event::Decision(decision) if decision.outcome == Outcome::KillOn => by_hand = true,
            Event::Decision(decision) if decision.outcome == Outcome::KillOff => by_hand = false,
            Event::Order { bytes, .. } => {
                let id = Some(bytes[49..59].to_vec());
                same("ClOrdIDs rise", id > last_id, true)?;
                last_id = id;
            }
            _ => {}
        }
    }
    Ok(())
}

fn checked(case: &Case) -> Result<Tally, String> {
    catch_unwind(AssertUnwindSafe(|| agree(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

/// Leaves out entries while the case still fails in the same way.
fn shrunk(mut case: Case, error: &str) -> Case {
    let way = |error: &str| {
        let verdict = |line: &str| {
            let from = line.find("verdict: ").or(line.find("outcome: "));
            from.map(|at| line[at..].split(',').next().unwrap_or("").to_owned())
        };
        let first =
            error.lines().next().unwrap_or("").trim_end_matches(|c: char| !c.is_alphabetic());
        (first.to_owned(), error.lines().map(verdict).collect::<Vec<_>>())
    };
    let fails = |case: &Case| checked(case).is_err_and(|now| way(&now) == way(error));
    let mut part = case.items.len() / 2;
    while part > 0 {
        let mut at = 0;
        while at < case.items.len() {
            let mut less = case.clone();
            less.items.drain(at..(at + part).min(case.items.len()));
            if fails(&less) {
                case = less;
            } else {
                at += part;
            }
        }
        part /= 2;
    }
    let whole = Case { cuts: 0, ..case.clone() };
    if fails(&whole) { whole } else { case }
}

fn shown(item: &Item) -> String {
    match item {
        Item::Frame { line, session, bytes } => {
            let msg_type = u32::from_be_bytes(bytes[..4].try_into().expect("4"));
            let (content, trailer) = bytes.split_at(bytes.len() - 4);
            let body = &content[8..];
            let number = |at: usize| i64::from_be_bytes(body[at..at + 8].try_into().expect("8"));
            let text = |at: usize, len: usize| String::from_utf8_lossy(&body[at..at + len]);
            let what = match (msg_type, body.len()) {
                (300_192, 51..) => format!("order of {} at {}", text(13, 8), number(42)),
                (300_191, 66..) => format!(
                    "trade {} of {} at {}: seq {} price {}",
                    text(57, 1),
                    text(29, 8),
                    number(58),
                    number(2),
                    number(41)
                ),
                (300_111, 69..) => {
                    let entries: Vec<String> = body[69..]
                        .chunks_exact(32)
                        .map(|e| {
                            let price = i64::from_be_bytes(e[2..10].try_into().expect("8"));
                            format!("{} {price} level {}", String::from_utf8_lossy(&e[..2]), e[19])
                        })
                        .collect();
                    format!("snapshot of {} at {}: {entries:?}", text(13, 8), number(0))
                }
                (4 | 200_102 | 200_115 | 290_008, _) => {
                    readable(&format!("{:?}", feedback_of(msg_type, body)))
                }
                _ => format!("{} bytes", bytes.len()),
            };
            let wrong = if wire::sum_of(content) == trailer { "" } else { " WRONG SUM" };
            format!("{line:?} {session} {msg_type} {what}{wrong}")
        }
        Item::Reset { line, session } => format!("reset {line:?} {session}"),
        Item::Kill { on } => format!("kill {on}"),
        Item::Live { toml, .. } => format!("live {toml}"),
    }
}

fn feedback_of(msg_type: u32, body: &[u8]) -> Option<tidegate_pipeline::feedback::Report> {
    tidegate_pipeline::feedback::Report::parse(msg_type, body)
}

fn env(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

/// What must happen so often in a thousand cases, lest a run mean nothing: less than half of what
/// does happen.
const HAPPENS: &[(&str, u64)] = &[
    ("200102 0 Applied", 300),
    ("200102 0 Applied again", 10),
    ("200102 0 Contradictory", 60),
    ("200102 0 Contradictory again", 7),
    ("200102 0 Duplicate", 10),
    ("200102 0 Duplicate again", 10),
    ("200102 0 Late", 140),
    ("200102 0 Late again", 30),
    ("200102 0 Unknown", 450),
    ("200102 0 Unknown again", 50),
    ("200102 4 Applied", 160),
    ("200102 4 Applied again", 8),
    ("200102 4 Contradictory", 460),
    ("200102 4 Contradictory again", 40),
    ("200102 4 Duplicate", 220),
    ("200102 4 Duplicate again", 30),
    ("200102 4 Unknown", 40),
    ("200102 4 Unknown again", 7),
    ("200102 8 Applied", 40),
    ("200102 8 Applied again", 1),
    ("200102 8 Contradictory", 20),
    ("200102 8 Contradictory again", 3),
    ("200102 8 Duplicate", 150),
    ("200102 8 Duplicate again", 20),
    ("200102 8 Unknown", 4),
    ("200115 F Applied", 340),
    ("200115 F Applied again", 10),
    ("200115 F Contradictory", 1_300),
    ("200115 F Contradictory again", 140),
    ("200115 F Duplicate", 970),
    ("200115 F Duplicate again", 120),
    ("200115 F Late", 50),
    ("200115 F Late again", 10),
    ("200115 F Unknown", 40),
    ("200115 F Unknown again", 5),
    ("290008 - Applied", 20),
    ("290008 - Applied again", 1),
    ("290008 - Contradictory", 70),
    ("290008 - Contradictory again", 7),
    ("290008 - Duplicate", 30),
    ("290008 - Duplicate again", 5),
    ("290008 - Unknown", 8),
    ("290008 - Unknown again", 1),
    ("4 - Applied", 50),
    ("4 - Contradictory", 20),
    ("4 - Duplicate", 150),
    ("4 - Unknown", 20),
    ("GuardEngaged", 440),
    ("GuardEngaged and nothing moved", 5),
    ("GuardReleased", 380),
    ("GuardReleased and nothing moved", 100),
    ("base cut", 420),
    ("buy at Best", 250),
    ("buy at Last", 240),
    ("buy at OwnBest", 240),
    ("cancel blank", 90),
    ("cancel named", 30),
    ("cancel on kill", 70),
    ("cancel on kill by hand", 110),
    ("edge lost by after_ms", 180),
    ("edge lost by once", 300),
    ("epoch", 890),
    ("fired and nothing moved", 50),
    ("fired cancel", 660),
    ("fired exactly after_ms", 10),
    ("fired with 1 conditions", 1_800),
    ("fired with 2 conditions", 1_800),
    ("fired with 3 conditions", 430),
    ("fired with 4 conditions", 140),
    ("fired with index_at_least", 1_700),
    ("fired with index_at_least at its bound", 50),
    ("fired with index_at_most", 720),
    ("fired with index_at_most at its bound", 50),
    ("fired with index_change down", 330),
    ("fired with index_change down at its bound", 20),
    ("fired with index_change up", 350),
    ("fired with index_change up at its bound", 20),
    ("fired with index_crosses", 870),
    ("fired with index_crosses at its bound", 50),
    ("fired with max_outstanding", 680),
    ("fired with max_sends", 1_200),
    ("fired with price at_least", 700),
    ("fired with price at_least at its bound", 50),
    ("fired with price at_most", 720),
    ("fired with price at_most at its bound", 50),
    ("guard released by a date", 70),
    ("guard released exactly at its hold", 30),
    ("held back", 110),
    ("index_change at a slot's first ms", 160),
    ("index_change at a slot's last ms", 90),
    ("kill off", 340),
    ("kill on", 210),
    ("live", 270),
    ("live refused", 280),
    ("max_sends at its edge", 10),
    ("missed", 20),
    ("passed max_orders at equality", 10),
    ("passed max_quantity at equality", 60),
    ("passed max_total_quantity at equality", 7),
    ("passed price_band at equality", 5),
    ("price clamped", 180),
    ("refused Guard Global", 350),
    ("refused KillSwitch Global", 790),
    ("refused KillSwitch Trigger", 100),
    ("refused MaxOrders Global", 70),
    ("refused MaxOrders Trigger", 80),
    ("refused MaxOutstanding Global", 40),
    ("refused MaxOutstanding Trigger", 9),
    ("refused MaxQuantity Global", 60),
    ("refused MaxQuantity Trigger", 40),
    ("refused MaxTotalQuantity Global", 80),
    ("refused MaxTotalQuantity Trigger", 20),
    ("refused MaxTotalValue Global", 70),
    ("refused MaxTotalValue Trigger", 30),
    ("refused NoPrice Global", 390),
    ("refused PriceBand Global", 230),
    ("refused PriceBand Trigger", 100),
    ("refused PriceLimit Global", 100),
    ("refused Requests Global", 50),
    ("refused for rows kept for cancels", 40),
    ("sell at Best", 230),
    ("sell at Last", 240),
    ("sell at OwnBest", 230),
    ("sent", 880),
    ("shares", 180),
    ("shares refused", 3),
    ("stale snapshot", 60),
    ("too many partitions", 70),
    ("window anew", 80),
];

/// Shows H2, H24, H25, H26, N3, O1.
#[test]
fn everything_that_comes_out_is_what_the_rules_say() {
    let (cases, first) = (env("TIDEGATE_TRADING_CASES", 5_000), env("TIDEGATE_TRADING_SEED", 0));
    let mut tally = Tally::new();
    let mut messages = 0;
    for seed in first..first + cases {
        let case = feed::case(seed);
        messages += case.items.len();
        match checked(&case) {
            Ok(one) => {
                for (what, count) in one {
                    *tally.entry(what).or_default() += count;
                }
            }
            Err(error) => {
                let case = shrunk(case, &error);
                let after = checked(&case).err().unwrap_or_default();
                let after = format!("{after}\nbefore it was made short:\n{error}");
                let items: Vec<String> = case.items.iter().map(shown).collect();
                panic!(
                    "seed {seed}, {} entries, cuts {}:\n{}\n{}\n{after}",
                    items.len(),
                    case.cuts,
                    case.toml,
                    items.join("\n")
                );
            }
        }
    }
    println!("{cases} cases, {messages} entries");
    for (what, count) in &tally {
        println!("{count:>9}  {what}");
    }
    // A short run says nothing about what is rare.
    for (what, least) in HAPPENS.iter().filter(|_| cases >= 1_000) {
        let (found, wanted) = (tally.get(*what).copied().unwrap_or(0), least * cases / 1_000);
        assert!(found >= wanted, "{what}: {found} times, wanted {wanted}");
    }
}
