//! Faults of the card by script: what the simulated card does, against the native engine that gets what
//! the card got.

use anyhow::Result;
use tidegate_gate::simulator::ScenarioRun;
#[cfg(feature = "kernel-c")]
use tidegate_hls_sim::KernelCEngine;
use tidegate_hls_sim::inject::{Injection, Script};
use tidegate_hls_sim::shell::ToeStats;
use tidegate_hls_sim::stamp::MessageStamp;
use tidegate_hls_sim::{CardError, Options, SimEngine};
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Engine, Input, NativeEngine, Setup, Sink};
use tidegate_protocol::kernel::log_op;
use tidegate_protocol::limits::BEAT_BYTES;

use super::suite::{Expect, Scenario};
use crate::agree::{Kept, Kind, Plan, Store, Tap, fields, find_message};
use crate::engines::Name;
use crate::progress::Progress;

/// A simulated card.
enum Card {
    Sim(Box<SimEngine>),
    #[cfg(feature = "kernel-c")]
    KernelC(Box<KernelCEngine>),
}

/// What is done with a card, whichever it is.
macro_rules! of {
    ($card:expr, $engine:ident => $what:expr) => {
        match $card {
            Card::Sim($engine) => $what,
            #[cfg(feature = "kernel-c")]
            Card::KernelC($engine) => $what,
        }
    };
}

impl Card {
    /// A card for an engine's name; `None` where it is none, or was not built in.
    fn start(
        name: Name,
        setup: &Setup,
        names: &[SecurityId],
        options: Options,
    ) -> Option<Result<Self, CardError>> {
        match name {
            Name::Sim => Some(SimEngine::with(setup, names, options).map(Box::new).map(Self::Sim)),
            #[cfg(feature = "kernel-c")]
            Name::KernelC => {
                Some(KernelCEngine::with(setup, names, options).map(Box::new).map(Self::KernelC))
            }
            _ => None,
        }
    }

    fn feed<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) -> Result<(), CardError> {
        of!(self, engine => engine.try_feed(input, sink))
    }

    fn engine(&self) -> &dyn Engine {
        of!(self, engine => &**engine)
    }

    fn cycle(&self) -> u64 {
        of!(self, engine => engine.card().cycle())
    }

    fn toe(&self, toe: usize) -> ToeStats {
        of!(self, engine => engine.card().toe(toe))
    }

    fn flipped(&self) -> Option<u64> {
        of!(self, engine => engine.card().flipped())
    }

    fn stamps(&self) -> &[MessageStamp] {
        of!(self, engine => engine.card().stamps().messages())
    }
}

/// What came of a run of a card.
struct Ran {
    kept: Kept,
    error: Option<CardError>,
    cycles: u64,
    toes: [ToeStats; 2],
    flipped: Option<u64>,
    stamps: Vec<MessageStamp>,
}

/// The log, and before these entries of it the setup's own parameters again.
fn each(
    store: &mut Store,
    setup: &Setup,
    reload_at: &[u64],
    mut take: impl FnMut(Input<'_>) -> bool,
) -> Result<()> {
    let mut at = 0;
    store.each(&Progress::none(), |input| {
        let is_due = reload_at.contains(&at);
        at += 1;
        if let (true, Some(trading)) = (is_due, &setup.trading)
            && !take(Input::Parameters(&trading.parameters))
        {
            return false;
        }
        take(input)
    })
}

/// Runs a card over the log.
fn run(
    plan: &mut Plan,
    name: Name,
    scenario: &Scenario,
    script: Script,
) -> Result<Option<Result<Ran, CardError>>> {
    let mut options =
        Options { script, publishes: scenario.publishes, stamps: true, ..Options::default() };
    if let Some(cycles) = scenario.watchdog_cycles {
        options.card.watchdog.cycles = cycles;
    }
    let mut card = match Card::start(name, &plan.setup, &plan.collected, options) {
        None => return Ok(None),
        Some(Err(error)) => return Ok(Some(Err(error))),
        Some(Ok(card)) => card,
    };
    let mut error = None;
    let kept = Kept::of(|tap: &mut Tap<'_>| {
        each(&mut plan.store, &plan.setup, &scenario.reload_at, |input| {
            error = card.feed(input, tap).err();
            error.is_none()
        })?;
        if error.is_none() {
            tap.tables(card.engine());
        }
        Ok(())
    })?;
    Ok(Some(Ok(Ran {
        kept,
        error,
        cycles: card.cycle(),
        toes: [card.toe(0), card.toe(1)],
        flipped: card.flipped(),
        stamps: card.stamps().to_vec(),
    })))
}

/// What becomes of the words of the lines on their way.
#[derive(Clone, Debug, Default)]
struct Way {
    /// TOE, word, bit.
    flips: Vec<(usize, u64, u32)>,
    /// Words of each line that arrive.
    arrive: [Option<u64>; 2],
}

impl Way {
    fn is_clear(&self) -> bool {
        self.flips.is_empty() && self.arrive == [None, None]
    }
}

/// The native engine over what arrives.
fn native(plan: &mut Plan, scenario: &Scenario, way: &Way) -> Result<(Kept, [u64; 2])> {
    let mut engine = NativeEngine::new(&plan.setup, &plan.collected)?;
    let mut writer = LogWriter::new(plan.setup.toe);
    let mut words = [0u64; 2];
    let kept = Kept::of(|tap: &mut Tap<'_>| {
        each(&mut plan.store, &plan.setup, &scenario.reload_at, |input| {
            let (Input::Packet { line, .. } | Input::Words { line, .. }) = input else {
                engine.feed(input, tap);
                return true;
            };
            let at = line as usize;
            if way.is_clear() {
                writer.push(input, |word| words[at] += u64::from(word.op == log_op::WORD));
                engine.feed(input, tap);
                return true;
            }
            // As words, since it is words that are lost and damaged.
            let mut word = |bytes: &[u8]| {
                let mut word: [u8; BEAT_BYTES] = bytes.try_into().unwrap_or_default();
                for (_, _, bit) in
                    way.flips.iter().filter(|(toe, number, _)| (*toe, *number) == (at, words[at]))
                {
                    word[(bit / 8) as usize] ^= 1 << (bit % 8);
                }
                if way.arrive[at].is_none_or(|arrive| words[at] < arrive) {
                    engine.feed(Input::Words { line, bytes: &word }, tap);
                }
                words[at] += 1;
            };
            if let Input::Words { bytes, .. } = input {
                let (whole, rest) = bytes.as_chunks::<BEAT_BYTES>();
                whole.iter().for_each(|bytes| word(bytes));
                if !rest.is_empty() {
                    engine.feed(Input::Words { line, bytes: rest }, tap);
                }
            } else {
                writer.push(input, |entry| {
                    if entry.op == log_op::WORD {
                        word(&entry.word);
                    }
                });
            }
            true
        })?;
        tap.tables(&engine);
        Ok(())
    })?;
    Ok((kept, words))
}

/// Its name in a scenario.
fn error_name(error: &CardError) -> &'static str {
    match error {
        CardError::Absent => "card-absent",
        CardError::Load { .. } => "load-failure",
        CardError::DmaTimeout { .. } => "dma-timeout",
        CardError::CounterFrozen { .. } => "counter-frozen",
        CardError::Deadlock { .. } => "deadlock",
        _ => "another error",
    }
}

/// The cycle in which the script strikes; `None` where it never does.
fn struck(script: &Script, ran: &Ran) -> Option<u64> {
    let of = |fault: &Injection| match fault {
        Injection::CardAbsent | Injection::LoadFailure(_) => None,
        Injection::DmaTimeout(_) => match &ran.error {
            Some(CardError::DmaTimeout { waited_cycles, .. }) => Some(ran.cycles - waited_cycles),
            _ => None,
        },
        Injection::BitFlip { .. } => ran.flipped,
        Injection::Stall { at, .. }
        | Injection::CounterFrozen { at }
        | Injection::ToeDown { at, .. } => (*at <= ran.cycles).then_some(*at),
    };
    script.0.iter().filter_map(of).min()
}

/// Faults among outputs: code and message.
fn faults(kept: &Kept) -> Result<Vec<(String, Option<u64>)>> {
    let mut found = Vec::new();
    kept.each(|kind, bytes| {
        if kind == Kind::Fault {
            let code = fields(kind, bytes).into_iter().find(|field| field.name == "Code");
            let code = code.map_or("a fault".to_owned(), |field| field.value(bytes));
            found.push((code, kind.msg(bytes)));
        }
    })?;
    Ok(found)
}

/// Runs a scenario on a card; `None` where the engine is none.
pub(super) fn scenario(
    plan: &mut Plan,
    name: Name,
    scenario: &Scenario,
) -> Result<Option<ScenarioRun>> {
    let script = scenario.faults()?;
    let mut out = ScenarioRun {
        name: scenario.name.clone(),
        engine: name.text().to_owned(),
        feed: scenario.feed.clone(),
        script: script.to_string().lines().map(str::to_owned).collect(),
        expected: scenario.expect.text(),
        came: String::new(),
        budget_cycles: scenario.budget_cycles,
        struck_cycle: None,
        detect_cycles: None,
        recover_cycles: None,
        lost: 0,
        doubled: 0,
        recovered: false,
        reason: None,
        requirements: scenario.requirements.clone(),
    };
    let ran = match run(plan, name, scenario, script.clone())? {
        None => return Ok(None),
        Some(Err(error)) => {
            // Of a card that never started nothing came, and the host knows it before any input.
            out.came = format!("error {}", error_name(&error));
            out.detect_cycles = Some(0);
            out.recovered = scenario.expect == Expect::Error(error_name(&error).to_owned());
            if !out.recovered {
                out.reason = Some(error.to_string());
            }
            return Ok(Some(out));
        }
        Some(Ok(ran)) => ran,
    };
    out.struck_cycle = struck(&script, &ran);
    let mut way = Way::default();
    for fault in &script.0 {
        match fault {
            Injection::BitFlip { toe, word, bit } => way.flips.push((*toe, *word, *bit)),
            Injection::ToeDown { toe, .. } => way.arrive[*toe] = Some(ran.toes[*toe].received),
            _ => {}
        }
    }
    let (wanted, words) = native(plan, scenario, &way)?;
    let reason = judge(plan, name, scenario, &ran, &wanted, words, &mut out)?;
    let spent = out.detect_cycles.or(out.recover_cycles);
    let late = spent
        .filter(|cycles| *cycles > scenario.budget_cycles)
        .map(|cycles| format!("{cycles} cycles, the budget is {}", scenario.budget_cycles));
    let missed = out.struck_cycle.is_none().then(|| "the script never struck".to_owned());
    out.reason = reason.or(missed).or(late);
    out.recovered = out.reason.is_none() && out.lost == 0 && out.doubled == 0;
    Ok(Some(out))
}

/// What is not as expected.
fn judge(
    plan: &mut Plan,
    name: Name,
    scenario: &Scenario,
    ran: &Ran,
    wanted: &Kept,
    words: [u64; 2],
    out: &mut ScenarioRun,
) -> Result<Option<String>> {
    let differs = wanted.difference(&ran.kept)?;
    let (lost, doubled) = wanted.lost_and_doubled(&ran.kept)?;
    out.doubled = doubled;
    if let Some(error) = &ran.error {
        out.came = format!("error {}", error_name(error));
        out.detect_cycles = out.struck_cycle.map(|struck| ran.cycles.saturating_sub(struck));
        // The error says that nothing more comes. What came before must be right.
        let is_wrong = differs.as_ref().is_some_and(|found| found.found.is_some());
        return Ok(if scenario.expect != Expect::Error(error_name(error).to_owned()) {
            out.lost = lost;
            Some(error.to_string())
        } else if is_wrong {
            Some("outputs before the error are not those of the native engine".to_owned())
        } else {
            None
        });
    }
    out.lost = lost;
    if let Some(found) = differs {
        out.came = "another output".to_owned();
        let place = found.msg().map_or("the tables".to_owned(), |msg| format!("message {msg}"));
        let what = found.told().kind.name();
        return Ok(Some(format!("at {place}, {what}: not that of the native engine")));
    }
    out.came = "the output of what arrived".to_owned();
    match &scenario.expect {
        Expect::Arrived => Ok(None),
        Expect::Error(_) => Ok(Some("no error came".to_owned())),
        Expect::Same => {
            let Some(Ok(free)) = run(plan, name, scenario, Script::default())? else {
                return Ok(Some("the card does not start without the script".to_owned()));
            };
            out.came = "the same output".to_owned();
            out.recover_cycles = Some(ran.cycles.saturating_sub(free.cycles));
            let clean = native(plan, scenario, &Way::default())?.0;
            let differs = clean.difference(&ran.kept)?.is_some();
            Ok(differs.then(|| "not the output without the script".to_owned()))
        }
        Expect::Refused { fault, message } => {
            let clean = native(plan, scenario, &Way::default())?.0;
            refused(plan, ran, &clean, (fault, *message), out)
        }
        Expect::Down(toe) => {
            let stats = ran.toes[*toe];
            let arrived = stats.received + stats.received_lost;
            out.came = format!(
                "TOE{toe} down, {} words of {} lost on the way in, {} of {} on the way out",
                stats.received_lost,
                words[*toe],
                stats.sent_lost,
                stats.sent + stats.sent_lost
            );
            Ok(if !stats.down {
                Some(format!("TOE{toe} is not down"))
            } else if arrived != words[*toe] {
                Some(format!("{arrived} words are accounted for, {} came", words[*toe]))
            } else if stats.received_lost + stats.sent_lost == 0 {
                Some("nothing was lost: the script came too late".to_owned())
            } else {
                None
            })
        }
    }
}

/// One message refused with one fault, everything else as without the script.
fn refused(
    plan: &mut Plan,
    ran: &Ran,
    clean: &Kept,
    (fault, message): (&str, u64),
    out: &mut ScenarioRun,
) -> Result<Option<String>> {
    let (before, mut after) = (faults(clean)?, faults(&ran.kept)?);
    for known in &before {
        if let Some(at) = after.iter().position(|found| found == known) {
            after.remove(at);
        }
    }
    let told: Vec<String> = after
        .iter()
        .map(|(code, msg)| match msg {
            Some(msg) => format!("{code} at message {msg}"),
            None => code.clone(),
        })
        .collect();
    out.came = match told.is_empty() {
        true => "no fault".to_owned(),
        false => told.join(", "),
    };
    if after != [(fault.to_owned(), Some(message))] {
        return Ok(Some("it is not that fault alone".to_owned()));
    }
    let others = |kind: Kind, bytes: &[u8]| !kind.is_table() && kind.msg(bytes) != Some(message);
    let (clean, found) = (clean.only(others)?, ran.kept.only(others)?);
    if let Some(found) = clean.difference(&found)? {
        let place = found.msg().map_or("the tables".to_owned(), |msg| format!("message {msg}"));
        return Ok(Some(format!("{place} is another one than without the flipped bit")));
    }
    // From the flipped word to the last one of its message, and from there through the stages.
    let stamp = |msg: u64| ran.stamps.iter().find(|stamp| stamp.msg == msg);
    if let (Some(struck), Some(stamp)) = (out.struck_cycle, stamp(message)) {
        out.detect_cycles = Some(stamp.path.judged.saturating_sub(struck));
    }
    if let (Some(one), Some(next)) = (stamp(message), stamp(message + 1)) {
        out.recover_cycles = Some(next.path.judged.saturating_sub(one.path.judged));
    }
    let has_place = find_message(plan, message)?.1.is_some();
    Ok((!has_place).then(|| format!("the feed has no message {message}")))
}
