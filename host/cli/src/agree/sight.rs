//! What a difference is about, in words: message, output, field, beat, cycle.

use std::fmt::Write;
use std::ops::Range;

use anyhow::Result;
use tidegate_hls_sim::{Options, SimEngine};
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::{Input, Line};
use tidegate_protocol::find;
use tidegate_protocol::kernel::{LogWord, log_op};

use super::Plan;
use super::layout::{Named, field_at, line};
use super::transcript::{Difference, Entry};
use crate::framing::{Ended, Framing};
use crate::progress::Progress;

/// Cycles of the trace before the message's last beat was taken, and after it was judged.
const TRACED: [u64; 2] = [24, 16];

/// A word of a line, and the line.
pub(crate) type Beat = (u64, usize);

/// A difference with its place in the input.
pub(crate) struct Sight {
    pub(crate) pair: [String; 2],
    /// The message.
    pub(crate) msg: Option<u64>,
    pub(crate) ended: Option<Ended>,
    /// Word of its line with its last byte, and the line.
    beat: Option<Beat>,
    /// The cycle in which the simulator took that word.
    pub(crate) cycle: Option<u64>,
    /// What the simulator did around it.
    pub(crate) trace: Option<String>,
    what: String,
    pub(super) field: Option<Named>,
    pub(crate) values: [String; 2],
}

/// What of one engine stands at the place.
fn value(entry: &Option<Entry>, field: Option<&Named>, other: &Option<Entry>) -> String {
    match (entry, field) {
        (None, _) => "nothing more".to_owned(),
        (Some(entry), Some(field)) => field.value(&entry.bytes),
        (Some(entry), None) => {
            let same_kind = other.as_ref().is_some_and(|other| other.kind == entry.kind);
            if same_kind { "another".to_owned() } else { line(entry.kind, &entry.bytes) }
        }
    }
}

impl Sight {
    pub(crate) fn of(
        plan: &mut Plan,
        places: [usize; 2],
        pair: [String; 2],
        difference: &Difference,
    ) -> Result<Self> {
        let told = difference.told();
        let field = difference.byte().map(|at| {
            // A frame that is longer differs behind the end of the shorter one.
            let longer = [&difference.expected, &difference.found]
                .into_iter()
                .flatten()
                .max_by_key(|entry| entry.bytes.len());
            field_at(told.kind, &longer.unwrap_or(told).bytes, at)
        });
        let values = [
            value(&difference.expected, field.as_ref(), &difference.found),
            value(&difference.found, field.as_ref(), &difference.expected),
        ];
        let number = super::grouped(difference.number);
        let what = match told.kind.is_table() {
            true => format!("{}, number {} of them", told.kind.name(), difference.of_kind),
            false => format!(
                "{}, number {number} of all outputs, {} of its kind",
                told.kind.name(),
                super::grouped(difference.of_kind)
            ),
        };
        let msg = difference.msg();
        let (ended, beat) = match msg {
            Some(msg) => find_message(plan, msg)?,
            None => (None, None),
        };
        let mut sight =
            Self { pair, msg, ended, beat, cycle: None, trace: None, what, field, values };
        let has_sim = places.iter().any(|at| plan.engines[*at].is_model());
        if has_sim && let Some(msg) = msg {
            sight.look(plan, msg)?;
        }
        Ok(sight)
    }

    /// Runs the simulator up to the message and writes down what it does around it.
    fn look(&mut self, plan: &mut Plan, msg: u64) -> Result<()> {
        let stamped = run_sim(plan, msg, Options { stamps: true, ..Options::default() })?;
        let Some(engine) = stamped else { return Ok(()) };
        let stamps = engine.card().stamps().messages();
        let Some(stamp) = stamps.iter().find(|stamp| stamp.msg == msg) else { return Ok(()) };
        let path = stamp.path;
        self.cycle = Some(path.taken);
        let window: Range<u64> =
            path.taken.saturating_sub(TRACED[0])..path.judged.max(path.taken) + TRACED[1];
        let traced = run_sim(plan, msg, Options { trace: Some(window), ..Options::default() })?;
        self.trace = traced.and_then(|engine| Some(engine.card().trace()?.text().to_owned()));
        Ok(())
    }

    /// Name of the field, where it is known.
    pub(crate) fn field_name(&self) -> Option<&str> {
        Some(&self.field.as_ref()?.name)
    }

    /// The place, in one line.
    fn place(&self) -> String {
        let Some(msg) = self.msg else { return "in the tables, after the last message".to_owned() };
        let mut out = format!("at message {msg}");
        if let Some(ended) = self.ended {
            let title = find(ended.msg_type).map_or("unknown type", |message| message.title);
            let (session, offset) = (ended.session, ended.offset);
            let _ = write!(out, ": {} {title}, session {session} at byte {offset}", ended.msg_type);
        }
        out
    }

    /// What is said of it.
    pub(crate) fn text(&self) -> String {
        let [first, other] = &self.pair;
        let mut out = format!("{first} and {other} differ {}\n", self.place());
        let width = self.pair.iter().map(String::len).max().unwrap_or(0).max(10);
        let mut line = |name: &str, text: &str| {
            let _ = writeln!(out, "  {name:<width$}  {text}");
        };
        line("output", &self.what);
        if let Some(field) = &self.field {
            line("field", &format!("{}, byte {} and {} more", field.name, field.at, field.len - 1));
        }
        line(first, &self.values[0]);
        line(other, &self.values[1]);
        if let Some((beat, toe)) = self.beat {
            let cycle =
                self.cycle.map(|cycle| format!(", taken by the simulator in cycle {cycle}"));
            let cycle = cycle.unwrap_or_default();
            line("beat", &format!("word {beat} of TOE{toe} has its last byte{cycle}"));
        }
        out
    }
}

/// The message in the input, and the word of its line that has its last byte.
pub(crate) fn find_message(plan: &mut Plan, msg: u64) -> Result<(Option<Ended>, Option<Beat>)> {
    let mut framing = Framing::new(&plan.setup);
    let mut writer = LogWriter::new(plan.setup.toe);
    let mut words = [0u64; 2];
    framing.look_for(msg);
    let mut beat = None;
    plan.store.each(&Progress::none(), |input| {
        writer.push(input, |word: LogWord| {
            let line = if word.line == 0 { Line::Market } else { Line::Orders };
            let at = line as usize;
            if word.op == log_op::WORD {
                framing.feed(Input::Words { line, bytes: &word.word });
                words[at] += 1;
            } else if let (log_op::RESET, Input::Control(_)) = (word.op, input) {
                framing.feed(input);
            }
            if beat.is_none() && framing.messages() > msg {
                beat = Some((words[at] - 1, at));
            }
        });
        beat.is_none()
    })?;
    Ok((framing.found(), beat))
}

/// Runs the simulator until it has given out message `msg`, and some more.
fn run_sim(plan: &mut Plan, msg: u64, options: Options) -> Result<Option<SimEngine>> {
    let Ok(mut engine) = SimEngine::with(&plan.setup, &plan.collected, options) else {
        return Ok(None);
    };
    plan.store.each(&Progress::none(), |input| {
        let _ = engine.try_feed(input, &mut ());
        tidegate_pipeline::Engine::failure(&engine).is_none()
            && tidegate_pipeline::Engine::counters(&engine).messages <= msg + 1
    })?;
    Ok(Some(engine))
}
