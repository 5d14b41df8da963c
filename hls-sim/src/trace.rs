//! A readable trace of a window of cycles: words, items, and how full the FIFOs are.

use std::fmt::Write;
use std::ops::Range;

use tidegate_protocol::kernel::{Item, LogWord, item_kind, item_mark, log_op};
use tidegate_protocol::{FaultCode, find};

use crate::room::writer::Word;

/// What happened in a window of cycles, as text.
#[derive(Clone, Debug)]
pub struct Trace {
    window: Range<u64>,
    text: String,
    /// Something was written in this cycle.
    cycle: Option<u64>,
}

const LINES: [&str; 2] = ["decode  ", "feedback"];

impl Trace {
    pub(crate) fn new(window: Range<u64>) -> Self {
        Self { window, text: String::new(), cycle: None }
    }

    /// The text, a line a step.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, cycle: u64, stage: &str, what: &str) {
        if self.window.contains(&cycle) {
            self.cycle = Some(cycle);
            let _ = writeln!(self.text, "{cycle:>8}  {stage:<9} {what}");
        }
    }

    pub(crate) fn decodes(
        &mut self,
        cycle: u64,
        line: usize,
        word: Option<&LogWord>,
        item: Option<&Item>,
    ) {
        if !self.window.contains(&cycle) {
            return;
        }
        if let Some(word) = word {
            let text = match word.op {
                log_op::WORD => format!("takes {}", hex(&word.word)),
                log_op::RESET => format!("takes reset of session {}", word.cid),
                log_op::KILL => format!("takes kill {}", word.how),
                log_op::PARAMETERS => "takes parameters".to_owned(),
                log_op::FAULT => format!("takes fault {}", fault(word.how)),
                log_op::STOP => "takes stop".to_owned(),
                op => format!("takes control word {op}"),
            };
            self.line(cycle, LINES[line], &text);
        }
        if let Some(item) = item {
            self.line(cycle, LINES[line], &format!("gives {}", item_text(item)));
        }
    }

    pub(crate) fn sends(&mut self, cycle: u64, toe: usize, word: &Word) {
        if self.window.contains(&cycle) {
            self.line(cycle, ["TOE0", "TOE1"][toe], &format!("sends {}", hex(word)));
        }
    }

    pub(crate) fn levels(&mut self, cycle: u64, levels: &[(&str, usize)]) {
        // Only where something else was said: an idle card fills no page.
        if self.cycle != Some(cycle) {
            return;
        }
        let mut text = String::new();
        for (name, level) in levels.iter().filter(|(_, level)| *level > 0) {
            let _ = write!(text, "{name} {level}  ");
        }
        let text = if text.is_empty() { "empty" } else { text.trim_end() };
        self.line(cycle, "fifos", text);
    }
}

fn hex(word: &Word) -> String {
    let mut text = String::with_capacity(3 * word.len());
    for (at, byte) in word.iter().enumerate() {
        let gap = if at % 4 == 0 && at > 0 { " " } else { "" };
        let _ = write!(text, "{gap}{byte:02x}");
    }
    text
}

fn fault(code: u8) -> String {
    let known = FaultCode::ALL.iter().find(|known| **known as u8 == code);
    known.map_or_else(|| code.to_string(), |code| code.name().to_owned())
}

/// An item in one line.
pub fn item_text(item: &Item) -> String {
    let kind = match item.kind {
        1 => "Order",
        2 => "Trade",
        3 => "Head",
        4 => "Entry",
        5 => "Queue",
        6 => "End",
        item_kind::BARE => "bare",
        item_kind::REPORT => "report",
        item_kind::KILL => "kill",
        item_kind::PARAMETERS => "parameters",
        item_kind::TURN => "turn",
        item_kind::STOPPED => "stopped",
        _ => "unknown",
    };
    let mut text = kind.to_owned();
    if item.marks & (item_mark::BEGINS | item_mark::ENDS) != 0 || item.kind < item_kind::BARE {
        let name = find(item.msg_type).map_or("unknown", |message| message.name);
        let _ = write!(text, " of {} {name}", item.msg_type);
    }
    let _ = write!(text, " session {} offset {} beat {}", item.session, item.offset, item.beat);
    for code in [item.fault_a, item.fault_b] {
        if code != 0 {
            let _ = write!(text, " fault {} length {}", fault(code), item.length);
        }
    }
    for (mark, name) in
        [(item_mark::BEGINS, "begins"), (item_mark::ENDS, "ends"), (item_mark::LINK, "link")]
    {
        if item.marks & mark != 0 {
            let _ = write!(text, " {name}");
        }
    }
    text
}
