//! Named cases of `TRIGGERS.md`, with their numbers in the text.
//!
//! The index has one constituent, 000001, and stands at its price: a trade at 10.0500 makes it
//! 10.0500 points. Times are those of 2024-01-02 unless a date is written.

#[path = "trading/wire.rs"]
mod wire;

use tidegate_pipeline::decision::{Limit, NONE, Outcome, Scope};
use tidegate_pipeline::feedback::{Kind, Reported, State, Verdict};
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::{
    Decision, Engine, Fault, Input, Line, NativeEngine, Outgoing, Setup, Sink,
};
use tidegate_protocol::FaultCode;
use tidegate_protocol::units::{Fixed, parse_decimal};
use wire::{Entry, Report, padded, stamp};

/// What came out of one message.
#[derive(Debug, Default)]
struct Out {
    decisions: Vec<Decision>,
    orders: Vec<Vec<u8>>,
    reports: Vec<Reported>,
    faults: Vec<FaultCode>,
}

impl Sink for Out {
    fn fault(&mut self, fault: &Fault) {
        self.faults.push(fault.code);
    }
    fn report(&mut self, report: &Reported) {
        self.reports.push(*report);
    }
    fn decision(&mut self, decision: &Decision) {
        self.decisions.push(*decision);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.orders.push(order.bytes.to_vec());
    }
}

impl Out {
    /// Outcomes, with the trigger's place or the refusing limit.
    fn said(&self) -> Vec<String> {
        let one = |decision: &Decision| {
            let who = decision.trigger.map_or(String::new(), |at| format!("t{at} "));
            match decision.refusal {
                Some(refusal) if decision.outcome == Outcome::Refused => {
                    let scope = if refusal.scope == Scope::Global { "" } else { "own " };
                    format!("{who}refused: {scope}{}", refusal.limit.name())
                }
                _ => format!("{who}{}", decision.outcome.name()),
            }
        };
        self.decisions.iter().map(one).collect()
    }

    fn fired(&self) -> bool {
        self.decisions.iter().any(|decision| decision.trigger.is_some())
    }

    /// Price of the only decision.
    fn price(&self) -> String {
        let [decision] = &self.decisions[..] else { panic!("one decision, found {self:?}") };
        decision.price.to_string()
    }

    /// What was found and allowed by the only refusal.
    fn refused(&self) -> (String, String, String) {
        let [decision] = &self.decisions[..] else { panic!("one decision, found {self:?}") };
        let refusal = decision.refusal.expect("a refusal");
        let scale = refusal.limit.scale();
        let text = |value: i64| match value {
            NONE => "-".to_owned(),
            value => Fixed { value, scale }.to_string(),
        };
        (refusal.limit.name().to_owned(), text(refusal.found), text(refusal.allowed))
    }
}

/// `HH:MM:SS.mmm` of 2024-01-02, or with a date before it.
fn time(text: &str) -> i64 {
    let (date, clock) = text.split_once(' ').unwrap_or(("2024-01-02", text));
    let digits = |text: &str| -> i64 {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().expect("digits")
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let ms = digits(parts[0]) * 3_600_000 + digits(parts[1]) * 60_000 + digits(parts[2]);
    stamp(digits(date), ms)
}

fn e4(text: &str) -> i64 {
    parse_decimal(text, 4).expect("a price")
}

fn e6(text: &str) -> i64 {
    parse_decimal(text, 6).expect("a price")
}

const INDEX: &str = "[index]\nid = \"399001\"\nprev_close = 10\nconstituents = \"c.csv\"\n";
const CSV: &str = "security,shares,prev_close\n000001,1000,10.0000\n";

fn parse(toml: &str) -> Result<Setup, SetupError> {
    Setup::parse(&format!("{INDEX}{toml}"), |_| Ok(CSV.to_owned()))
}

struct Bench {
    engine: NativeEngine,
    seq: i64,
    now: i64,
    report: i64,
}

impl Bench {
    fn new(toml: &str) -> Self {
        Self::with(parse(toml).unwrap_or_else(|error| panic!("{error}\n{toml}")))
    }

    fn with(setup: Setup) -> Self {
        let engine = NativeEngine::new(&setup, &[*b"000002  "]).expect("rows");
        Self { engine, seq: 0, now: 0, report: 0 }
    }

    fn frame(&mut self, line: Line, bytes: &[u8]) -> Out {
        let mut out = Out::default();
        self.engine.feed(Input::Packet { line, session: 0, bytes }, &mut out);
        out
    }

    fn market(&mut self, bytes: &[u8]) -> Out {
        self.frame(Line::Market, bytes)
    }

    /// A trade.
    fn trade(&mut self, at: &str, security: &str, price: &str) -> Out {
        self.seq += 1;
        self.now = time(at);
        let bytes = wire::trade(self.seq, security, e4(price), self.now);
        self.market(&bytes)
    }

    /// The index comes to a value.
    fn index(&mut self, at: &str, value: &str) -> Out {
        self.trade(at, "000001", value)
    }

    /// An order of somebody: a message that has a time and moves nothing.
    fn tick(&mut self, at: &str) -> Out {
        self.seq += 1;
        self.now = time(at);
        let bytes = wire::order(self.seq, "000001", self.now);
        self.market(&bytes)
    }

    /// A heartbeat: a message that has no time.
    fn heartbeat(&mut self) -> Out {
        self.market(&wire::heartbeat())
    }

    fn snapshot(&mut self, at: &str, security: &str, entries: &[(&'static str, &str)]) -> Out {
        let entries: Vec<Entry> = entries
            .iter()
            .map(|(kind, price)| (*kind, e6(price), u16::from(kind.ends_with(' '))))
            .collect();
        self.now = time(at);
        self.market(&wire::snapshot(security, self.now, "T0", &entries))
    }

    /// A report about a row, with its ClOrdID, security and side.
    fn about(&self, row: usize) -> Report {
        let records = self.engine.trading().expect("triggers").records();
        let request = records.rows()[row];
        Report {
            time: self.now,
            security: request.security,
            side: request.side,
            cl_ord_id: records.ids().id(row as u32),
            order_id: padded("EX1"),
            quantity: request.quantity.0,
            leaves: request.quantity.0,
            ..Report::default()
        }
    }

    fn tell(&mut self, report: Report) -> Out {
        self.report += 1;
        let bytes = Report { index: self.report, ..report }.frame();
        self.frame(Line::Orders, &bytes)
    }

    /// The exchange cancels the order of a row by itself.
    fn cancelled(&mut self, row: usize) -> Out {
        let about = self.about(row);
        let report = Report { exec_type: b'4', ord_status: b'4', leaves: 0, ..about };
        self.tell(report)
    }

    fn row(&self, at: usize) -> tidegate_pipeline::feedback::Request {
        self.engine.trading().expect("triggers").records().rows()[at]
    }

    /// The change within the window of the triggers of [`probe`], in points.
    fn change(&mut self, at: &str) -> String {
        self.trade(at, "000002", "1");
        let out = self.trade(at, "000002", "2");
        match &out.decisions[..] {
            [] => "0".to_owned(),
            [one] => Fixed { value: one.conditions[0].found, scale: 4 }.to_string(),
            more => panic!("{more:?}"),
        }
    }
}

/// Trigger "w", which only asks for cancels of itself: it fires and nothing leaves.
fn watcher(conditions: &str) -> String {
    format!("[[trigger]]\nname = \"w\"\n{conditions}\ncancel = {{ orders_of = \"w\" }}\n")
}

/// Trigger "b", which buys 100 of 000001 at 10.00.
fn buyer(conditions: &str) -> String {
    format!(
        "[[trigger]]\nname = \"b\"\n{conditions}\n[trigger.order]\nsecurity = \"000001\"\n\
         side = \"buy\"\nquantity = 100\nprice = 10\n"
    )
}

/// Triggers that show the change whenever 000002 goes from 1 to 2.
fn probe(within_ms: i64) -> String {
    let of = |points: &str| {
        watcher(&format!(
            "index_change = {{ points = {points}, within_ms = {within_ms} }}\n\
             price = {{ security = \"000002\", at_least = 2 }}"
        ))
    };
    of("0.0001") + &of("-0.0001").replace("\"w\"", "\"v\"")
}

// ---- Windows of the index

/// Shows H26.
#[test]
fn a_change_leaves_the_window_with_its_slot_64_slots_later() {
    // 6400 ms are 64 slots of 100 ms. The index rises in the slot that begins at 30.100.
    let mut b = Bench::new(&probe(6_400));
    b.index("09:30:30.000", "10.0000");
    assert_eq!(b.change("09:30:30.099"), "0");
    b.index("09:30:30.150", "10.1000");
    assert_eq!(b.change("09:30:30.150"), "0.1000");
    // The oldest slot of 36.499 begins at 30.100; 10.0000 was carried into it.
    assert_eq!(b.change("09:30:36.499"), "0.1000");
    // That of 36.500 begins at 30.200.
    assert_eq!(b.change("09:30:36.500"), "0");

    // The same downwards.
    b.index("09:31:30.100", "10.0000");
    assert_eq!(b.change("09:31:30.100"), "-0.1000");
    assert_eq!(b.change("09:31:36.499"), "-0.1000");
    assert_eq!(b.change("09:31:36.500"), "0");
}

/// Shows H26.
#[test]
fn a_rise_of_exactly_the_points_fires_and_one_unit_less_does_not() {
    for (points, below, at) in [("0.1", "10.0999", "10.1"), ("-0.1", "9.9001", "9.9")] {
        let rule = format!("index_change = {{ points = {points}, within_ms = 64 }}");
        let mut b = Bench::new(&watcher(&rule));
        assert!(!b.index("09:30:00.000", "10").fired());
        assert!(!b.index("09:30:00.000", below).fired());
        let out = b.index("09:30:00.000", at);
        assert!(out.fired());
        let seen = out.decisions[0].conditions[0];
        assert_eq!((seen.code, seen.holds), (4, true));
        assert_eq!(seen.found, seen.bound);
    }
}

/// Shows H26.
#[test]
fn a_change_turns_true_by_time_alone_and_for_one_slot() {
    // Down in slot 30.100, up again in 30.200: once the window begins with the latter, it rose.
    let mut b = Bench::new(&watcher("index_change = { points = 0.1, within_ms = 6400 }"));
    b.index("09:30:30.000", "10.0");
    b.index("09:30:30.100", "9.9");
    b.index("09:30:30.200", "10.0");
    assert!(!b.tick("09:30:36.499").fired());
    assert!(b.tick("09:30:36.500").fired());
    assert!(!b.tick("09:30:36.599").fired());
    // And it may fire no more when the slot is gone.
    assert!(!b.tick("09:30:36.600").fired());
}

/// Shows H26.
#[test]
fn skipped_slots_hold_what_was_carried_over_them() {
    let mut b = Bench::new(&probe(6_400));
    b.index("09:30:30.000", "10.0");
    // 30 slots without a message.
    b.index("09:30:33.050", "10.1");
    // The oldest slot of 39.399 begins at 33.000: 10.0 was carried into it.
    assert_eq!(b.change("09:30:39.399"), "0.1000");
    assert_eq!(b.change("09:30:39.400"), "0");
    // More than a whole window without a message: 10.1 was carried into every slot.
    b.index("09:30:50.000", "10.3");
    assert_eq!(b.change("09:30:50.000"), "0.2000");
    assert_eq!(b.change("09:30:56.399"), "0.2000");
    assert_eq!(b.change("09:30:56.400"), "0");
    // The same where the length of the step is a multiple of the window.
    b.index("09:31:02.700", "10.4");
    assert_eq!(b.change("09:31:02.700"), "0.1000");
}

/// Shows H26.
#[test]
fn the_first_message_of_a_slot_does_not_move_what_was_carried_into_it() {
    let mut b = Bench::new(&probe(64));
    // Slots of 1 ms.
    b.index("09:30:00.000", "10.0");
    b.index("09:30:00.001", "10.1");
    b.index("09:30:00.001", "10.2");
    // The oldest slot of .064 is .001.
    assert_eq!(b.change("09:30:00.064"), "0.2000");
    assert_eq!(b.change("09:30:00.065"), "0");
}

/// Shows H26.
#[test]
fn lunch_is_one_step() {
    let mut b = Bench::new(&probe(64_000));
    b.index("11:29:58.000", "10.0");
    b.index("11:29:59.999", "10.1");
    // 10.1 was carried over lunch into every slot.
    b.index("13:00:00.000", "10.3");
    assert_eq!(b.change("13:00:00.000"), "0.2000");
    // A window of two hours sees all of it.
    let mut b = Bench::new(&probe(7_200_000));
    b.index("11:29:58.000", "10.0");
    b.index("11:29:59.999", "10.1");
    b.index("13:00:00.000", "10.3");
    assert_eq!(b.change("13:00:00.000"), "0.3000");
}

/// Shows H26.
#[test]
fn a_new_date_empties_the_window_and_its_first_point_fills_it() {
    let mut b = Bench::new(&probe(6_400));
    b.index("2024-01-02 23:59:59.999", "10.0");
    b.index("2024-01-02 23:59:59.999", "10.1");
    assert_eq!(b.change("2024-01-02 23:59:59.999"), "0.1000");
    // The index keeps its value, but nothing of this date is there to compare with.
    assert_eq!(b.change("2024-01-03 00:00:00.000"), "0");
    b.index("2024-01-03 00:00:00.000", "10.5");
    assert_eq!(b.change("2024-01-03 00:00:00.000"), "0");
    b.index("2024-01-03 00:00:00.001", "10.6");
    assert_eq!(b.change("2024-01-03 00:00:00.001"), "0.1000");
    // The same millisecond of another day.
    b.index("2024-01-05 00:00:00.001", "10.7");
    assert_eq!(b.change("2024-01-05 00:00:00.001"), "0");
}

/// Shows H26.
#[test]
fn a_clock_that_steps_back_changes_nothing_but_its_counter() {
    let mut b = Bench::new(&probe(6_400));
    b.index("09:30:30.000", "10.0");
    b.index("09:30:33.000", "10.1");
    b.index("09:30:31.000", "10.2");
    assert_eq!(b.engine.counters().clamped_times, 1);
    // It happened at 33.000 for the pipeline: the oldest slot of 39.300 begins at 33.000.
    assert_eq!(b.change("09:30:39.399"), "0.2000");
    assert_eq!(b.change("09:30:39.400"), "0");
    // Neither does yesterday, or a time that does not exist.
    b.index("2024-01-01 09:30:00.000", "10.3");
    b.seq += 1;
    b.market(&wire::trade(b.seq, "000001", e4("10.4"), 99_999_999_999_999_999));
    assert_eq!(b.change("09:30:39.400"), "0.2000");
}

/// Shows H29.
#[test]
fn a_window_whose_length_an_epoch_changes_starts_anew() {
    let epoch = "[[epoch]]\nat_msg = 4\n[[epoch.trigger]]\nname = \"w\"\n\
                 index_change = { points = 0.1, within_ms = 12800 }\n";
    let trigger = "[[trigger]]\nname = \"w\"\nindex_change = { points = 0.1, within_ms = 6400 }\n\
                   cancel = { orders_of = \"w\" }\n";
    let mut b = Bench::new(&format!("{trigger}{epoch}"));
    b.index("09:30:30.000", "10.00");
    b.index("09:30:30.100", "10.05");
    b.index("09:30:30.150", "10.04");
    b.index("09:30:30.200", "10.05");
    // Message 4: against 10.00 it would be 0.1, but the window was filled with 10.05.
    assert_eq!(b.index("09:30:30.300", "10.10").said(), ["epoch"]);
    assert!(!b.index("09:30:30.300", "10.1499").fired());
    assert!(b.index("09:30:30.300", "10.15").fired());
    // 64 slots of 200 ms: the oldest slot of 42.999 begins at 30.200 and carries 10.05.
    b.index("09:30:42.999", "10.10");
    assert!(b.index("09:30:42.999", "10.15").fired());
    // The oldest slot of 43.000 begins at 30.400; 10.15 was carried into it.
    b.index("09:30:43.000", "10.10");
    assert!(!b.index("09:30:43.000", "10.15").fired());

    // The same length again is no change: the window lives on, and message 4 is a rise of 0.1.
    let same = format!("{trigger}{}", epoch.replace("12800", "6400"));
    let mut b = Bench::new(&same);
    b.index("09:30:30.000", "10.00");
    b.index("09:30:30.100", "10.05");
    b.index("09:30:30.150", "10.04");
    b.index("09:30:30.200", "10.05");
    assert_eq!(b.index("09:30:30.300", "10.10").said(), ["epoch", "t0 cancel"]);
}

// ---- Levels and prices

/// Shows H24.
#[test]
fn the_first_value_fires_levels_and_crosses_nothing() {
    let mut b = Bench::new(&watcher("index_at_least = 10"));
    assert!(!b.tick("09:30:00.000").fired(), "no value yet");
    assert!(b.index("09:30:00.001", "10").fired());
    let mut b = Bench::new(&watcher("index_at_most = 10"));
    assert!(b.index("09:30:00.001", "10").fired());
    let mut b = Bench::new(&watcher("index_crosses = 10"));
    assert!(!b.index("09:30:00.001", "11").fired());
    assert!(b.index("09:30:00.001", "9").fired());
}

/// Shows H24.
#[test]
fn levels_at_one_below_and_one_above() {
    for (rule, no, yes) in [
        ("index_at_least = 10.05", "10.0499", "10.0500"),
        ("index_at_most = 10.05", "10.0501", "10.0500"),
        ("price = { security = \"000001\", at_least = 10.05 }", "10.0499", "10.0500"),
        ("price = { security = \"000001\", at_most = 10.05 }", "10.0501", "10.0500"),
    ] {
        let mut b = Bench::new(&watcher(rule));
        assert!(!b.index("09:30:00.000", no).fired(), "{rule}");
        assert!(b.index("09:30:00.000", yes).fired(), "{rule}");
        assert!(!b.index("09:30:00.000", yes).fired(), "{rule}: it stays true");
        assert!(!b.heartbeat().fired(), "{rule}: it stays true");
        assert!(!b.index("09:30:00.000", no).fired(), "{rule}");
        assert!(b.index("09:30:00.000", yes).fired(), "{rule}: true again");
    }
}

/// Shows H24.
#[test]
fn crossing_a_level_from_below_from_above_and_from_the_level() {
    let mut b = Bench::new(&watcher("index_crosses = 10.05"));
    b.index("09:30:00.000", "10.0498");
    for (value, crosses) in [
        ("10.0499", false), // below to below
        ("10.0500", true),  // below to the level
        ("10.0501", false), // the level to above
        ("10.0502", false),
        ("10.0500", true),  // above to the level
        ("10.0499", false), // the level to below
        ("10.0501", true),  // below to above
        ("10.0499", true),  // above to below, the very next message
        ("10.0500", true),
        ("10.0500", false),
    ] {
        let out = b.index("09:30:00.000", value);
        // The condition must have been false in between: two crossings in a row fire once.
        let fires =
            crosses && (value, b.seq) != ("10.0499", 9) && (value, b.seq) != ("10.0500", 10);
        assert_eq!(out.fired(), fires, "{value} {}", b.seq);
    }
}

/// Shows H24.
#[test]
fn a_message_between_two_crossings_lets_both_fire() {
    let mut b = Bench::new(&watcher("index_crosses = 10.05"));
    b.index("09:30:00.000", "10.04");
    assert!(b.index("09:30:00.000", "10.06").fired());
    assert!(!b.heartbeat().fired());
    assert!(b.index("09:30:00.000", "10.04").fired());
    assert!(!b.index("09:30:00.000", "10.06").fired(), "still true from the message before");
}

/// Shows H24.
#[test]
fn a_price_condition_needs_a_price_and_takes_that_of_the_later_message() {
    let rule = "price = { security = \"000002\", at_least = 5, at_most = 6 }";
    let mut b = Bench::new(&watcher(rule));
    assert!(!b.tick("09:30:00.000").fired());
    let out = b.snapshot("09:30:01.000", "000002", &[("2 ", "5.000000")]);
    assert!(out.fired());
    let codes: Vec<u8> = out.decisions[0].conditions.iter().map(|c| c.code).collect();
    assert_eq!(codes, [5, 6, 0, 0]);
    // The snapshot is later than this trade.
    assert!(!b.trade("09:30:00.500", "000002", "7").fired());
    assert!(!b.trade("09:30:02.000", "000002", "7").fired());
    assert!(b.trade("09:30:02.000", "000002", "6").fired());
}

/// Shows H24.
#[test]
fn nothing_is_judged_before_there_is_a_time() {
    let mut b = Bench::new(&watcher("index_at_least = 1"));
    assert!(!b.heartbeat().fired());
    b.seq += 1;
    let without_time = wire::trade(b.seq, "000001", e4("10"), 0);
    assert!(!b.market(&without_time).fired());
    // The index has a value; the first time lets it be judged.
    assert!(b.tick("09:30:00.000").fired());
}

// ---- Edge and re-arm

/// Shows H24.
#[test]
fn once_fires_once_for_good() {
    let mut b = Bench::new(&watcher("index_at_least = 10\nrearm = \"once\""));
    assert!(b.index("09:30:00.000", "10").fired());
    b.index("09:30:00.000", "9");
    assert!(!b.index("09:30:00.000", "10").fired());
    b.index("2024-01-03 09:30:00.000", "9");
    assert!(!b.index("2024-01-03 09:30:00.000", "10").fired());
}

/// Shows H24.
#[test]
fn after_ms_loses_the_edges_in_between() {
    let mut b = Bench::new(&watcher("index_at_least = 10\nrearm = { after_ms = 1000 }"));
    assert!(b.index("09:30:00.000", "10").fired());
    b.index("09:30:00.000", "9");
    assert!(!b.index("09:30:00.999", "10").fired());
    // The edge was lost: time alone does not bring it back.
    assert!(!b.tick("09:30:01.000").fired());
    b.index("09:30:01.000", "9");
    assert!(b.index("09:30:01.000", "10").fired());
    // A lost edge does not count as a firing.
    b.index("09:30:01.999", "9");
    assert!(!b.index("09:30:01.999", "10").fired());
    b.index("09:30:02.000", "9");
    assert!(b.index("09:30:02.000", "10").fired());
    // A new date ends the wait.
    b.index("23:59:59.999", "9");
    assert!(b.index("23:59:59.999", "10").fired());
    b.index("23:59:59.999", "9");
    assert!(b.index("2024-01-03 00:00:00.000", "10").fired());
}

#[test]
fn a_new_date_ends_a_wait_of_a_whole_day() {
    let mut b = Bench::new(&watcher("index_at_least = 10\nrearm = { after_ms = 86400000 }"));
    assert!(b.index("09:30:00.000", "10").fired());
    b.index("15:00:00.000", "9");
    assert!(!b.index("15:00:00.000", "10").fired());
    b.index("15:00:00.000", "9");
    assert!(b.index("2024-01-03 09:15:00.000", "10").fired());
}

/// Shows H25.
#[test]
fn max_sends_turns_true_by_time_alone_when_the_nth_last_is_exactly_w_ago() {
    let mut b =
        Bench::new(&buyer("index_at_least = 10\nmax_sends = { count = 2, within_ms = 1000 }"));
    // It fires, holds on, falls and rises: the second order.
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 sent"]);
    assert!(!b.tick("09:30:00.100").fired());
    b.index("09:30:00.200", "9");
    assert_eq!(b.index("09:30:00.200", "10").said(), ["t0 sent"]);
    // Two in the last second: false, until the first is 1000 ms ago.
    assert!(!b.tick("09:30:00.201").fired());
    assert!(!b.tick("09:30:00.999").fired());
    let out = b.tick("09:30:01.000");
    assert_eq!(out.said(), ["t0 sent"]);
    let seen = out.decisions[0].conditions[1];
    assert_eq!((seen.code, seen.found, seen.bound, seen.holds), (7, 1, 2, true));
    // Now those of 00.200 and 01.000.
    assert!(!b.tick("09:30:01.199").fired());
    assert_eq!(b.tick("09:30:01.200").said(), ["t0 sent"]);
    let counters = b.engine.trading().expect("triggers").triggers().counters[0];
    assert_eq!((counters.fired, counters.sent, counters.held_back), (4, 4, 0));
}

/// Shows H25.
#[test]
fn max_sends_forgets_on_a_new_date_and_does_not_count_refused_orders() {
    let rule = "index_at_least = 10\nmax_sends = { count = 1, within_ms = 86400000 }";
    let mut b = Bench::new(&buyer(rule));
    assert_eq!(b.index("23:59:59.000", "10").said(), ["t0 sent"]);
    assert!(!b.tick("23:59:59.999").fired());
    // The condition turns true with the date.
    assert_eq!(b.tick("2024-01-03 00:00:00.000").said(), ["t0 sent"]);

    let limited =
        buyer(rule).replace("[trigger.order]", "limits = { max_quantity = 99 }\n[trigger.order]");
    let mut b = Bench::new(&limited);
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 refused: own max_quantity"]);
    b.index("09:30:00.000", "9");
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 refused: own max_quantity"]);
}

/// Shows H25.
#[test]
fn the_64th_last_send_counts_to_the_millisecond() {
    let mut b =
        Bench::new(&buyer("index_at_least = 10\nmax_sends = { count = 64, within_ms = 1000 }"));
    let at = |ms: usize| format!("09:30:{:02}.{:03}", ms / 1_000, ms % 1_000);
    // One order a millisecond, 70 of them: the 65th must wait for the first, and so on.
    for ms in 0..64 {
        b.index(&at(ms), "9");
        assert_eq!(b.index(&at(ms), "10").said(), ["t0 sent"], "{ms}");
    }
    assert!(!b.tick(&at(64)).fired());
    assert!(!b.tick(&at(999)).fired());
    for ms in 1_000..1_006 {
        assert_eq!(b.tick(&at(ms)).said(), ["t0 sent"], "{ms}");
        assert!(!b.tick(&at(ms)).fired());
    }
    // The ring went round: the 64th last is that of 00.006 now.
    b.index(&at(1_005), "9");
    assert!(!b.index(&at(1_005), "10").fired());
    assert_eq!(b.tick(&at(1_006)).said(), ["t0 sent"]);
}

/// Shows H25.
#[test]
fn held_back_counts_market_edges_that_our_own_orders_kept() {
    let mut b = Bench::new(&buyer("index_at_least = 10\nmax_outstanding = 1"));
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 sent"]);
    for _ in 0..2 {
        b.index("09:30:00.000", "9");
        assert!(!b.index("09:30:00.000", "10").fired());
    }
    let held_back = |b: &Bench| b.engine.trading().expect("t").triggers().counters[0].held_back;
    assert_eq!(held_back(&b), 2);
    // The order ends: what held it back is gone, and the conditions turn true with the report.
    let out = b.cancelled(0);
    assert_eq!(out.reports[0].verdict, Verdict::Applied);
    assert_eq!(out.said(), ["t0 sent"]);
    assert_eq!(held_back(&b), 2);
}

#[test]
fn triggers_behind_see_what_a_trigger_did_in_the_same_message_and_it_sees_it_with_the_next() {
    // t0 sends; t1 asks to cancel what t0 has; t2 is limited by both.
    let toml = buyer("index_at_least = 10")
        + "[[trigger]]\nname = \"stop\"\nindex_at_least = 10\ncancel = { orders_of = \"b\" }\n"
        + &buyer("index_at_most = 10").replace("\"b\"", "\"c\"")
        + "[limits]\nmax_outstanding = 1\n";
    let mut b = Bench::new(&toml);
    let out = b.index("09:30:00.000", "10");
    assert_eq!(out.said(), ["t0 sent", "t1 cancel", "t2 refused: max_outstanding"]);
    assert_eq!(out.decisions[1].requests, 1);
    assert_eq!((b.row(1).kind, b.row(0).cancelling), (Kind::Cancel(0), true));
    // A request is under way: it is not asked twice.
    b.index("09:30:00.000", "9");
    let out = b.index("09:30:00.001", "10");
    assert_eq!(out.said(), ["t0 refused: max_outstanding", "t1 cancel"]);
    assert_eq!(out.decisions[1].requests, 0);
    assert_eq!(out.decisions[1].request, None);
}

// ---- Epochs

/// Shows H29, H31.
#[test]
fn an_epoch_rules_from_its_message_on() {
    let epoch = "[[epoch]]\nat_msg = 4\n[[epoch.trigger]]\nname = \"w\"\nindex_at_least = 12\n";
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_at_least = 10")));
    b.index("09:30:00.000", "9");
    assert!(b.index("09:30:00.000", "10").fired());
    b.index("09:30:00.000", "9");
    // Message 3, the one before.
    let out = b.index("09:30:00.000", "11");
    assert_eq!((out.decisions[0].msg, out.decisions[0].epoch), (3, 0));
    // Message 4: 11.5 is too little now.
    let out = b.index("09:30:00.001", "11.5");
    assert_eq!(out.said(), ["epoch"]);
    let epoch = out.decisions[0];
    assert_eq!((epoch.msg, epoch.epoch, epoch.trigger), (4, 1, None));
    // It was made before the message took effect.
    assert_eq!(epoch.time.0, time("09:30:00.000"));
    assert_eq!(epoch.index.map(|index| index.to_string()), Some("11.0000".into()));
    assert!(b.index("09:30:00.002", "12").fired());
}

/// Shows H29.
#[test]
fn an_epoch_that_makes_a_condition_true_fires_at_its_message_whatever_that_is() {
    let epoch = "[[epoch]]\nat_msg = 2\n[[epoch.trigger]]\nname = \"w\"\nindex_at_least = 9\n";
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_at_least = 10")));
    b.index("09:30:00.000", "9");
    assert!(!b.heartbeat().fired());
    assert_eq!(b.heartbeat().said(), ["epoch", "t0 cancel"]);
    assert!(!b.heartbeat().fired());
    // One that leaves it true is no edge.
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_at_least = 10")));
    b.index("09:30:00.000", "10");
    b.heartbeat();
    assert_eq!(b.heartbeat().said(), ["epoch"]);
}

/// Shows H31.
#[test]
fn an_epoch_comes_with_a_message_that_is_dropped_too() {
    let epoch = "[[epoch]]\nat_msg = 1\n[[epoch.trigger]]\nname = \"w\"\nindex_at_least = 9\n";
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_at_least = 10")));
    b.index("09:30:00.000", "9");
    let mut bad = wire::heartbeat();
    bad[11] ^= 1;
    let out = b.market(&bad);
    assert_eq!(out.said(), ["epoch", "t0 cancel"]);
    assert_eq!(out.faults, [FaultCode::FrameChecksum]);
}

/// Shows H24.
#[test]
fn a_crossing_is_that_of_the_message_not_of_the_epoch() {
    // The index goes 10.01, 10.02, 9.99 far below the level; then the level comes down to 10.
    // Nothing crosses it: not the heartbeat that brings the epoch, nor one after it.
    let epoch = "[[epoch]]\nat_msg = 3\n[[epoch.trigger]]\nname = \"w\"\nindex_crosses = 10\n";
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_crosses = 11")));
    b.index("09:30:00.000", "10.01");
    b.index("09:30:00.000", "10.02");
    b.index("09:30:00.000", "9.99");
    assert_eq!(b.heartbeat().said(), ["epoch"], "a stale index would cross");
    assert!(!b.heartbeat().fired());
    // And a crossing by the epoch's own message is one, from where the index was.
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_crosses = 11")));
    b.index("09:30:00.000", "10.02");
    b.index("09:30:00.000", "10.01");
    b.index("09:30:00.000", "9.99");
    assert_eq!(b.index("09:30:00.000", "10.00").said(), ["epoch", "t0 cancel"]);
}

/// Shows H22.
#[test]
fn new_share_counts_leave_the_index_where_it_is() {
    let toml = "[index]\nid = \"399001\"\nprev_close = 1000\nconstituents = \"c.csv\"\n\
                [[trigger]]\nname = \"a\"\nindex_crosses = 1004\ncancel = { orders_of = \"a\" }\n\
                [[epoch]]\nat_msg = 1\nshares = { \"000001\" = 400, \"000002\" = 600 }\n\
                [[epoch]]\nat_msg = 3\nshares = { \"000001\" = 0, \"000002\" = 0 }\n";
    let csv = "security,shares,prev_close\n000001,600,10\n000002,400,10\n";
    let mut b = Bench::with(Setup::parse(toml, |_| Ok(csv.to_owned())).expect("a setup"));
    let value = |b: &Bench| b.engine.index().expect("an index").value.expect("a value").to_string();
    // 600 x 10.10 + 400 x 10.00 over 10,000.
    b.trade("09:30:00.000", "000001", "10.10");
    assert_eq!(value(&b), "1006.0000");
    // The same price again under the new counts: 400 x 10.10 + 600 x 10.00 = 10,040 are 1006 now.
    assert_eq!(b.trade("09:30:00.000", "000001", "10.10").said(), ["epoch"]);
    assert_eq!(value(&b), "1006.0000");
    // A cent of 000002 is 6 of 10,040: 1006 x 10046 / 10040.
    b.trade("09:30:00.000", "000002", "10.01");
    assert_eq!(value(&b), "1006.6012");
    // No shares at all: refused, and the rest of the epoch applies.
    let out = b.heartbeat();
    assert_eq!((out.said(), out.faults), (vec!["epoch".to_owned()], vec![FaultCode::IndexDivisor]));
    b.trade("09:30:00.000", "000002", "10.00");
    assert_eq!(value(&b), "1006.0000");
    assert_eq!(b.engine.trading().expect("triggers").epoch(), 2);
}

/// Shows O3.
#[test]
fn a_kill_switch_stops_the_very_next_order_and_cancels_if_told_to() {
    let epoch =
        "[[epoch]]\nat_msg = 3\nkill_switch = true\n[[epoch]]\nat_msg = 6\nkill_switch = false\n";
    for cancels in [false, true] {
        let limits = format!("[limits]\ncancel_on_kill = {cancels}\n");
        let mut b = Bench::new(&format!("{}{limits}{epoch}", buyer("index_at_least = 10")));
        assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 sent"]);
        b.index("09:30:00.001", "9");
        b.heartbeat();
        let out = b.index("09:30:00.002", "10");
        if cancels {
            assert_eq!(out.said(), ["epoch", "cancel", "t0 refused: kill_switch"]);
            assert_eq!((out.decisions[1].trigger, out.decisions[1].requests), (None, 1));
            assert_eq!((b.row(1).kind, b.row(1).trigger), (Kind::Cancel(0), None));
            // The request left before the message took effect.
            assert_eq!(b.row(1).sent.0, time("09:30:00.001"));
            assert_eq!(out.orders.len(), 1);
        } else {
            assert_eq!(out.said(), ["epoch", "t0 refused: kill_switch"]);
            assert!(out.orders.is_empty());
        }
        // Message 5 is the last under it.
        b.index("09:30:00.003", "9");
        assert_eq!(b.index("09:30:00.003", "10").said(), ["t0 refused: kill_switch"]);
        b.index("09:30:00.003", "9");
        assert_eq!(b.index("09:30:00.003", "10").said(), ["t0 sent"]);
    }
}

/// Shows O3.
#[test]
fn the_kill_switch_of_the_hand_is_a_latch_that_no_epoch_undoes() {
    use tidegate_pipeline::Control;
    let kill = |b: &mut Bench, on: bool| {
        let mut out = Out::default();
        b.engine.feed(Input::Control(Control::Kill { on }), &mut out);
        out
    };
    let epoch = "[limits]\ncancel_on_kill = true\n[[epoch]]\nat_msg = 3\nkill_switch = false\n\
                 [[epoch]]\nat_msg = 6\nkill_switch = true\n";
    let mut b = Bench::new(&format!("{}{epoch}", buyer("index_at_least = 10")));
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 sent"]);
    let out = kill(&mut b, true);
    assert_eq!(out.said(), ["kill_on", "cancel"]);
    assert_eq!((out.decisions[0].msg, out.decisions[1].requests), (1, 1));
    // Once more: the request is under way, so nothing is asked twice.
    let out = kill(&mut b, true);
    assert_eq!(
        (out.said(), out.decisions[1].requests),
        (vec!["kill_on".into(), "cancel".into()], 0)
    );
    b.index("09:30:00.000", "9");
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 refused: kill_switch"]);
    // Message 3: the epoch says off, the hand says on.
    assert_eq!(b.index("09:30:00.000", "9").said(), ["epoch"]);
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 refused: kill_switch"]);
    b.index("09:30:00.000", "9");
    // Message 6: the epoch says on, and asks for itself; then the hand says off.
    assert_eq!(
        b.index("09:30:00.000", "10").said(),
        ["epoch", "cancel", "t0 refused: kill_switch"]
    );
    assert_eq!(kill(&mut b, false).said(), ["kill_off"]);
    b.index("09:30:00.000", "9");
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 refused: kill_switch"]);
}

/// Shows H31.
#[test]
fn a_live_epoch_is_refused_while_the_setup_has_epochs_to_come() {
    let epoch = "[[epoch]]\nat_msg = 2\n[[epoch.trigger]]\nname = \"w\"\nindex_at_least = 11\n";
    let setup = parse(&watcher("index_at_least = 9")).expect("a setup");
    let block = setup.trading.expect("triggers").parameters;
    let mut b = Bench::new(&format!("{}{epoch}", watcher("index_at_least = 10")));
    let mut out = Out::default();
    b.index("09:30:00.000", "9");
    b.engine.feed(Input::Parameters(&block), &mut out);
    assert_eq!((out.faults, out.decisions.len()), (vec![FaultCode::TriggerParameters], 0));
    b.heartbeat();
    assert_eq!(b.heartbeat().said(), ["epoch"]);
    let mut out = Out::default();
    b.engine.feed(Input::Parameters(&block), &mut out);
    assert_eq!((out.said(), out.decisions[0].epoch), (vec!["epoch".to_owned()], 2));
    assert!(b.heartbeat().fired());
}

/// Shows H23.
#[test]
fn only_applied_reports_move_the_time() {
    let mut b = Bench::new(
        &(buyer("index_at_least = 10") + &watcher("max_sends = { count = 1, within_ms = 1 }")),
    );
    b.index("09:30:00.000", "10");
    let later = time("10:00:00.000");
    // Unknown, contradictory: neither moves anything, though its time is later.
    for wrong in [
        Report { cl_ord_id: padded("Z"), time: later, ..b.about(0) },
        Report { side: b'2', time: later, ..b.about(0) },
        Report { side: b'2', time: 0, ..b.about(0) },
    ] {
        let out = b.tell(wrong);
        assert!(!out.faults.contains(&FaultCode::DecodeTime), "{out:?}");
    }
    // The next order bears the time of before.
    b.market(&wire::trade(90, "000001", e4("9"), time("09:30:00.001")));
    let out = b.market(&wire::trade(91, "000001", e4("10"), time("09:30:00.001")));
    assert_eq!(out.decisions[0].time.0, time("09:30:00.001"));
    let applied = Report { time: later, ..b.about(0) };
    assert_eq!(b.tell(applied).reports[0].verdict, Verdict::Applied);
    b.market(&wire::trade(92, "000001", e4("9"), time("09:30:00.002")));
    let out = b.market(&wire::trade(93, "000001", e4("10"), time("09:30:00.002")));
    assert_eq!(out.decisions[0].time.0, later);
    // An applied one whose time does not exist is a fault of its own.
    let odd = Report { time: 0, ..b.about(1) };
    assert_eq!(b.tell(odd).faults, [FaultCode::DecodeTime]);
}

/// Shows H23.
#[test]
fn a_wrong_index_does_not_silence_a_partition() {
    let mut b = Bench::new(&buyer("index_at_least = 10"));
    b.index("09:30:00.000", "10");
    let counters = |b: &Bench| {
        let counters = b.engine.trading().expect("triggers").counters();
        (counters.jumps, counters.jumped_numbers, counters.repeats)
    };
    // Somebody's report jumps to the end of all numbers.
    let stranger = Report { cl_ord_id: padded("Z"), index: i64::MAX, ..b.about(0) };
    b.frame(Line::Orders, &stranger.frame());
    assert_eq!(counters(&b), (1, i64::MAX as u64 - 1, 0));
    let ack = Report { index: 1, ..b.about(0) };
    let out = b.frame(Line::Orders, &ack.frame());
    assert_eq!((out.reports[0].verdict, counters(&b).2), (Verdict::Applied, 1));
}

/// Shows O3.
#[test]
fn a_trigger_has_a_kill_switch_of_its_own_that_cancels_nothing() {
    let epoch = "[limits]\ncancel_on_kill = true\n[[epoch]]\nat_msg = 2\n[[epoch.trigger]]\nname = \"b\"\n\
                 limits = { kill_switch = true }\n";
    let mut b = Bench::new(&format!("{}{epoch}", buyer("index_at_least = 10")));
    b.index("09:30:00.000", "10");
    b.index("09:30:00.000", "9");
    assert_eq!(b.index("09:30:00.000", "10").said(), ["epoch", "t0 refused: own kill_switch"]);
}

/// Shows H29, O2.
#[test]
fn epochs_that_break_their_bounds_are_refused_when_the_setup_is_read() {
    let base = buyer("index_at_least = 10");
    let read = |bounds: &str, epoch: &str| {
        let epoch = match epoch {
            "" => String::new(),
            change => {
                format!("[[epoch]]\nat_msg = 5\n[[epoch.trigger]]\nname = \"b\"\n{change}\n")
            }
        };
        parse(&format!("{base}[bounds]\n{bounds}\n{epoch}")).map(drop).map_err(|e| e.to_string())
    };
    // The setup itself.
    assert_eq!(read("quantity = { min = 100, max = 100, step = 0 }", ""), Ok(()));
    let wanted = "epoch 0: trigger 1.order.quantity = 100.00, wanted 100.01 to 200.00";
    assert_eq!(read("quantity = { min = 100.01, max = 200 }", ""), Err(wanted.into()));
    // An epoch: the greatest step, and one unit more.
    let level = "index_level = { min = 1, max = 11, step = \"0.4\" }";
    assert_eq!(read(level, "index_at_least = \"10.4\""), Ok(()));
    assert_eq!(read(level, "index_at_least = \"9.6\""), Ok(()));
    let wanted = "epoch 1: trigger 1.index_at_least from 10.0000 to 10.4001, wanted a step of at most 0.4000";
    assert_eq!(read(level, "index_at_least = \"10.4001\""), Err(wanted.into()));
    let wanted = "epoch 1: trigger 1.index_at_least = 11.0001, wanted 1.0000 to 11.0000";
    assert_eq!(read(level, "index_at_least = \"11.0001\""), Err(wanted.into()));
    let price = "order_price = { step = 0.05 }";
    assert_eq!(read(price, "order = { price = 10.05 }"), Ok(()));
    let wanted =
        "epoch 1: trigger 1.order.price from 10.0000 to 9.9400, wanted a step of at most 0.0500";
    assert_eq!(read(price, "order = { price = 9.94 }"), Err(wanted.into()));
    // A price that followed something else would have no step from the fixed one.
    assert_eq!(
        read("", "order = { price = \"last+3\" }"),
        Err("epoch 1: trigger 1.order may change its value only".into())
    );
    // A condition may not come.
    let error = read("", "index_at_most = 12").expect_err("a new condition");
    assert!(error.contains("index_at_most"), "{error}");
    // Epochs come in order.
    let twice = format!("{base}[[epoch]]\nat_msg = 5\n[[epoch]]\nat_msg = 5\n");
    assert!(
        parse(&twice).expect_err("twice").to_string().contains("at_msg"),
        "at the same message"
    );
}

/// Shows H29, O2.
#[test]
fn a_live_epoch_that_breaks_its_bounds_is_a_fault_and_changes_nothing() {
    let bounds = "[bounds]\nindex_level = { step = 2 }\n";
    let block = |level: &str| {
        let setup = parse(&watcher(&format!("index_at_least = {level}"))).expect("a setup");
        setup.trading.expect("triggers").parameters
    };
    let mut b = Bench::new(&format!("{}{bounds}", watcher("index_at_least = 10")));
    b.index("09:30:00.000", "9");
    let mut out = Out::default();
    b.engine.feed(Input::Parameters(&block("7.9")), &mut out);
    assert_eq!((out.faults, out.decisions.len()), (vec![FaultCode::TriggerParameters], 0));
    assert!(!b.heartbeat().fired());
    let mut out = Out::default();
    b.engine.feed(Input::Parameters(&block("8")), &mut out);
    assert_eq!((out.said(), out.faults.len()), (vec!["epoch".to_owned()], 0));
    assert_eq!((out.decisions[0].msg, out.decisions[0].epoch), (2, 1));
    assert!(b.heartbeat().fired());
    // A block of another shape.
    let other = parse(&buyer("index_at_least = 8")).expect("a setup").trading.expect("triggers");
    let mut out = Out::default();
    b.engine.feed(Input::Parameters(&other.parameters), &mut out);
    assert_eq!(out.faults, [FaultCode::TriggerParameters]);
}

// ---- Guard

/// Shows O1.
#[test]
fn the_guard_engages_at_its_points_and_holds_on() {
    // 64 slots of 1 ms; the hold is 500 ms.
    let guard = "[guard]\nindex_change = { points = 0.5, within_ms = 64 }\nhold_ms = 500\n";
    for (first, small, large) in [("10", "10.4999", "10.5"), ("10", "9.5001", "9.5")] {
        let mut b = Bench::new(&format!(
            "{}{guard}",
            buyer("price = { security = \"000002\", at_least = 2 }")
        ));
        let fires = |b: &mut Bench, at: &str| {
            b.trade(at, "000002", "1");
            b.trade(at, "000002", "2").said()
        };
        b.index("09:30:00.000", first);
        assert!(b.index("09:30:00.000", small).said().is_empty());
        assert_eq!(fires(&mut b, "09:30:00.000"), ["t0 sent"]);
        let out = b.index("09:30:00.000", large);
        assert_eq!(out.said(), ["guard_engaged"]);
        let seen = out.decisions[0].conditions[0];
        assert_eq!((seen.code, seen.found.abs(), seen.bound, seen.holds), (4, 5_000, 5_000, true));
        assert_eq!(fires(&mut b, "09:30:00.000"), ["t0 refused: guard"]);
        // Up to 30.063 the window still begins with the old value; 30.064 finds it small again.
        assert_eq!(fires(&mut b, "09:30:00.063"), ["t0 refused: guard"]);
        assert_eq!(fires(&mut b, "09:30:00.064"), ["t0 refused: guard"]);
        assert_eq!(fires(&mut b, "09:30:00.563"), ["t0 refused: guard"]);
        assert_eq!(b.tick("09:30:00.564").said(), ["guard_released"]);
        assert_eq!(fires(&mut b, "09:30:00.564"), ["t0 sent"]);
    }
}

/// Shows O1.
#[test]
fn the_hold_of_the_guard_starts_again_with_every_large_change() {
    let guard = "[guard]\nindex_change = { points = 0.5, within_ms = 64 }\nhold_ms = 500\n";
    let mut b = Bench::new(&format!("{}{guard}", watcher("index_at_least = 100")));
    b.index("09:30:00.000", "10");
    assert_eq!(b.index("09:30:00.000", "11").said(), ["guard_engaged"]);
    // Nothing finds it small before this message: the hold counts from here.
    assert!(b.tick("09:30:10.000").said().is_empty());
    assert!(b.tick("09:30:10.499").said().is_empty());
    // Large again: engaged all along, no new decision.
    assert!(b.index("09:30:10.499", "10").said().is_empty());
    assert!(b.tick("09:30:10.700").said().is_empty());
    assert!(b.tick("09:30:11.199").said().is_empty());
    assert_eq!(b.tick("09:30:11.200").said(), ["guard_released"]);
    // Engaged again by another large change, released by a new date.
    assert_eq!(b.index("09:30:12.000", "12").said(), ["guard_engaged"]);
    assert_eq!(b.tick("2024-01-03 00:00:00.000").said(), ["guard_released"]);
}

/// Shows O1.
#[test]
fn without_a_hold_the_guard_goes_with_the_message_that_finds_the_change_small() {
    let guard = "[guard]\nindex_change = { points = 0.5, within_ms = 64 }\n";
    let mut b = Bench::new(&format!("{}{guard}", watcher("index_at_least = 100")));
    b.index("09:30:00.000", "10");
    assert_eq!(b.index("09:30:00.000", "10.5").said(), ["guard_engaged"]);
    assert_eq!(b.index("09:30:00.000", "10.4999").said(), ["guard_released"]);
}

/// Shows O1.
#[test]
fn the_guard_speaks_before_the_triggers_and_stops_them_in_the_same_message() {
    let guard = "[guard]\nindex_change = { points = 0.5, within_ms = 64 }\n";
    let mut b = Bench::new(&format!("{}{guard}", buyer("index_at_least = 10.5")));
    b.index("09:30:00.000", "10");
    assert_eq!(b.index("09:30:00.000", "10.5").said(), ["guard_engaged", "t0 refused: guard"]);
    assert_eq!(b.index("09:30:00.000", "10.4").said(), ["guard_released"]);
    assert_eq!(b.index("09:30:00.000", "10.49").said(), Vec::<String>::new());
}

// ---- Limits

/// A trigger that buys 100 of 000002 whenever the index comes to 10, with `more` lines of its own,
/// and `limits` of all.
fn limited(price: &str, more: &str, limits: &str) -> Bench {
    let trigger = format!(
        "[[trigger]]\nname = \"a\"\nindex_at_least = 10\n{more}\n[trigger.order]\n\
         security = \"000002\"\nside = \"buy\"\nquantity = 100\nprice = {price}\n"
    );
    Bench::new(&format!("{trigger}[limits]\n{limits}\n"))
}

impl Bench {
    /// Falls and rises again.
    fn again(&mut self, at: &str) -> Out {
        self.index(at, "9");
        self.index(at, "10")
    }
}

/// Shows N3.
#[test]
fn a_quantity_at_its_limit_passes_and_one_above_does_not() {
    let at = "09:30:00.000";
    assert_eq!(limited("5", "", "max_quantity = 100").again(at).said(), ["t0 sent"]);
    let out = limited("5", "", "max_quantity = \"99.99\"").again(at);
    assert_eq!(out.refused(), ("max_quantity".into(), "100.00".into(), "99.99".into()));
    let own = "limits = { max_quantity = 100 }";
    assert_eq!(limited("5", own, "max_quantity = 101").again(at).said(), ["t0 sent"]);
    let own = "limits = { max_quantity = 99 }";
    assert_eq!(limited("5", own, "").again(at).said(), ["t0 refused: own max_quantity"]);
    // Where both refuse, that of all speaks.
    assert_eq!(
        limited("5", own, "max_quantity = 99").again(at).said(),
        ["t0 refused: max_quantity"]
    );
    // Row by row: the kill switch of the trigger comes before the quantity of all.
    let own = "limits = { kill_switch = true }";
    assert_eq!(
        limited("5", own, "max_quantity = 99").again(at).said(),
        ["t0 refused: own kill_switch"]
    );
}

/// Shows N3.
#[test]
fn sums_at_their_limit_pass_and_grow_only() {
    let at = "09:30:00.000";
    let mut b = limited("5", "", "max_total_quantity = 200");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    b.cancelled(0);
    let out = b.again(at);
    assert_eq!(out.refused(), ("max_total_quantity".into(), "300.00".into(), "200.00".into()));

    // 100 x 5.00 CNY an order.
    let mut b = limited("5", "", "max_total_value = 1000");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    let out = b.again(at);
    assert_eq!(
        out.refused(),
        ("max_total_value".into(), "1500.000000".into(), "1000.000000".into())
    );
    let mut b = limited("5", "", "max_total_value = \"999.999999\"");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    let out = b.again(at);
    assert_eq!(
        out.refused(),
        ("max_total_value".into(), "1000.000000".into(), "999.999999".into())
    );
}

/// Shows H25, N3, O3.
#[test]
fn orders_in_a_window_at_its_edge() {
    for (own, of_all, who) in [
        ("limits = { max_orders = { count = 1, within_ms = 1000 } }", "", "own "),
        ("", "max_orders = { count = 1, within_ms = 1000 }", ""),
    ] {
        let mut b = limited("5", own, of_all);
        assert_eq!(b.again("09:30:00.000").said(), ["t0 sent"]);
        let out = b.again("09:30:00.999");
        assert_eq!(out.said(), [format!("t0 refused: {who}max_orders")]);
        assert_eq!(out.refused().1, "1");
        // A refused order does not count; a new date empties the window.
        assert_eq!(b.again("09:30:01.000").said(), ["t0 sent"]);
        assert_eq!(b.again("09:30:01.999").said(), [format!("t0 refused: {who}max_orders")]);
        assert_eq!(b.again("23:59:59.999").said(), ["t0 sent"]);
        assert_eq!(b.again("2024-01-03 00:00:00.000").said(), ["t0 sent"]);
    }
}

/// Shows H23, N3.
#[test]
fn max_outstanding_counts_sent_acknowledged_and_partly_filled() {
    let at = "09:30:00.000";
    let mut b = limited("5", "", "max_outstanding = 1");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    let out = b.again(at);
    assert_eq!(out.refused(), ("max_outstanding".into(), "1".into(), "1".into()));
    b.tell(b.about(0));
    assert_eq!(b.row(0).state, State::Acknowledged);
    assert_eq!(b.again(at).said(), ["t0 refused: max_outstanding"]);
    let fill = Report {
        msg_type: 200_115,
        exec_type: b'F',
        ord_status: b'1',
        last: 9_999,
        last_px: 50_000,
        cum: 9_999,
        leaves: 1,
        ..b.about(0)
    };
    b.tell(fill.clone());
    assert_eq!(b.row(0).state, State::PartlyFilled);
    assert_eq!(b.again(at).said(), ["t0 refused: max_outstanding"]);
    b.tell(Report { ord_status: b'2', last: 1, cum: 10_000, leaves: 0, ..fill });
    assert_eq!(b.row(0).state, State::Filled);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    // A reject frees its place too.
    let reject =
        Report { exec_type: b'8', ord_status: b'8', leaves: 0, reason: 20_009, ..b.about(1) };
    b.tell(reject);
    assert_eq!((b.row(1).state, b.row(1).reason), (State::Rejected, 20_009));
    assert_eq!(b.again(at).said(), ["t0 sent"]);
}

/// Shows N3.
#[test]
fn the_price_band_at_its_edge_and_without_a_last_price() {
    let at = "09:30:00.000";
    // 2 % of 5.00 are 0.10.
    for (price, refused) in [("5.10", false), ("5.11", true), ("4.90", false), ("4.89", true)] {
        let mut b = limited(price, "", "price_band_percent = 2");
        b.trade(at, "000002", "5");
        let out = b.again(at);
        assert_eq!(
            out.said(),
            [if refused { "t0 refused: price_band" } else { "t0 sent" }],
            "{price}"
        );
        if refused {
            assert_eq!(out.refused(), ("price_band".into(), "0.110000".into(), "0.100000".into()));
        }
    }
    let out = limited("5", "", "price_band_percent = 2").again(at);
    assert_eq!(out.refused(), ("price_band".into(), "-".into(), "-".into()));
    // No distance at all.
    let mut b = limited("5", "", "price_band_percent = 0");
    b.trade(at, "000002", "5");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
}

/// Shows N3.
#[test]
fn a_fixed_price_beyond_the_price_limits_is_refused_not_clamped() {
    let at = "09:30:00.000";
    let limits = [("xe", "5.50"), ("xf", "4.50")];
    for (price, refused) in
        [("5.50", None), ("5.51", Some("5.500000")), ("4.50", None), ("4.49", Some("4.500000"))]
    {
        let mut b = limited(price, "", "");
        b.snapshot(at, "000002", &limits);
        let out = b.again(at);
        match refused {
            None => assert_eq!(out.said(), ["t0 sent"], "{price}"),
            Some(allowed) => {
                let found = format!("{price}0000");
                assert_eq!(out.refused(), ("price_limit".into(), found, allowed.into()));
            }
        }
        // A snapshot without limits takes them away.
        b.snapshot("09:30:01.000", "000002", &[("2 ", "5.000000")]);
        assert_eq!(b.again("09:30:01.000").said(), ["t0 sent"]);
    }
}

/// Shows N3.
#[test]
fn the_record_table_and_the_cl_ord_ids_have_an_end() {
    let at = "09:30:00.000";
    // Four rows: two orders, and a row for the cancel request of each.
    let mut b = limited("5", "", "max_requests = 4");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    b.cancelled(0);
    assert_eq!(b.again(at).said(), ["t0 refused: requests"], "a row is never used again");
    assert_eq!(b.again("2024-01-03 09:30:00.000").said(), ["t0 refused: requests"]);

    // Two digits behind eight characters: 96 to 99.
    let ids = "[order_template]\ncl_ord_id_prefix = \"ABCDEFGH\"\ncl_ord_id_first = 96\n";
    let mut b = limited("5", "", ids);
    let id = |out: &Out| String::from_utf8(out.orders[0][49..59].to_vec()).expect("text");
    assert_eq!(id(&b.again(at)), "ABCDEFGH96");
    assert_eq!(id(&b.again(at)), "ABCDEFGH97");
    assert_eq!(b.again(at).said(), ["t0 refused: requests"]);
    assert_eq!(b.again(at).said(), ["t0 refused: requests"]);
}

#[test]
fn cancel_requests_take_numbers_of_the_same_counter_as_far_as_they_go() {
    // Three orders keep room for three cancel requests, and a fourth order has none.
    let toml = buyer("price = { security = \"000002\", at_least = 2 }")
        + "[[trigger]]\nname = \"stop\"\nindex_at_least = 11\ncancel = { orders_of = \"b\" }\n"
        + "[limits]\nmax_requests = 6\n[order_template]\ncl_ord_id_prefix = \"\"\ncl_ord_id_first = 41\n";
    let mut b = Bench::new(&toml);
    for _ in 0..3 {
        b.trade("09:30:00.000", "000002", "1");
        assert_eq!(b.trade("09:30:00.000", "000002", "2").said(), ["t0 sent"]);
    }
    b.trade("09:30:00.000", "000002", "1");
    assert_eq!(b.trade("09:30:00.000", "000002", "2").said(), ["t0 refused: requests"]);
    let out = b.index("09:30:00.000", "11");
    assert_eq!(out.said(), ["t1 cancel"]);
    assert_eq!((out.decisions[0].requests, out.decisions[0].request), (3, Some(3)));
    assert_eq!(out.decisions[0].refusal, None);
    // The oldest goes first.
    assert_eq!(&out.orders[0][49..69], b"00000000440000000041");
    assert_eq!(&out.orders[2][49..69], b"00000000460000000043");
}

/// Shows N3.
#[test]
fn an_order_leaves_room_for_the_cancel_requests_of_all_that_are_outstanding() {
    let at = "09:30:00.000";
    // Five rows: two orders keep one each, so a third has no room.
    let mut b = limited("5", "", "max_requests = 5");
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 refused: requests"]);
    // One ends: three rows are free, for the other's request, the order and its own.
    b.cancelled(0);
    assert_eq!(b.again(at).said(), ["t0 sent"]);
    assert_eq!(b.again(at).said(), ["t0 refused: requests"]);
}

#[test]
fn a_cancel_request_that_finds_no_row_says_so() {
    let toml = buyer("index_at_least = 10")
        + "[[trigger]]\nname = \"stop\"\nindex_at_most = 9\ncancel = { orders_of = \"b\" }\n"
        + "[limits]\nmax_requests = 3\nmax_outstanding = 1\n";
    let mut b = Bench::new(&toml);
    assert_eq!(b.index("09:30:00.000", "10").said(), ["t0 sent"]);
    for row in 1..3 {
        let out = b.index("09:30:00.000", "9");
        assert_eq!((out.decisions[0].requests, out.decisions[0].request), (1, Some(row)));
        // The request is refused, and the order may be asked again.
        let original = b.engine.trading().expect("triggers").records().ids().id(0);
        let about = b.about(row as usize);
        b.tell(Report { msg_type: 290_008, orig_cl_ord_id: original, ..about });
        b.index("09:30:00.000", "10");
    }
    let out = b.index("09:30:00.000", "9");
    assert_eq!(out.said(), ["t1 cancel"]);
    assert_eq!((out.decisions[0].requests, out.decisions[0].request), (0, None));
    let refusal = out.decisions[0].refusal.expect("no row");
    assert_eq!((refusal.limit, refusal.found, refusal.allowed), (Limit::Requests, 1, 0));
}

// ---- Prices

/// The price of an order at these quotes of 000002.
fn priced(side: &str, rule: &str, tick: &str, entries: &[(&'static str, &str)]) -> String {
    let trigger = format!(
        "[[trigger]]\nname = \"a\"\nindex_at_least = 10\n[trigger.order]\nsecurity = \"000002\"\n\
         side = \"{side}\"\nquantity = 100\nprice = \"{rule}\"\ntick = \"{tick}\"\n"
    );
    let mut b = Bench::new(&trigger);
    b.snapshot("09:30:00.000", "000002", entries);
    let out = b.index("09:30:00.000", "10");
    match out.said()[0].as_str() {
        "t0 sent" => out.price(),
        refused => format!("{refused} {}", out.price()),
    }
}

/// Shows H32.
#[test]
fn prices_from_their_base() {
    let quotes = [("2 ", "5.00"), ("0 ", "4.99"), ("1 ", "5.02")];
    for (side, rule, wanted) in [
        ("buy", "last", "5.0000"),
        ("sell", "last", "5.0000"),
        ("buy", "best", "5.0200"),
        ("sell", "best", "4.9900"),
        ("buy", "own_best", "4.9900"),
        ("sell", "own_best", "5.0200"),
        ("buy", "best+3", "5.0500"),
        ("sell", "best-3", "4.9600"),
        ("buy", "last-499", "0.0100"),
        ("buy", "last-500", "t0 refused: no_price 0.0000"),
        ("sell", "last-1000000", "t0 refused: no_price 0.0000"),
    ] {
        assert_eq!(priced(side, rule, "0.01", &quotes), wanted, "{side} {rule}");
    }
}

/// Shows H32.
#[test]
fn a_base_is_cut_to_whole_ticks_down_for_a_buy_and_up_for_a_sell() {
    for (side, tick, last, wanted) in [
        ("buy", "0.01", "5.009999", "5.0100"),
        ("sell", "0.01", "5.000001", "5.0000"),
        ("sell", "0.01", "5.010000", "5.0000"),
        ("buy", "0.05", "5.049999", "5.0500"),
        ("sell", "0.05", "5.050001", "5.0500"),
        ("buy", "0.03", "5.00", "5.0100"),
        ("buy", "0.0001", "5.00009", "5.0001"),
        ("buy", "10", "9.99", "10.0000"),
    ] {
        // One tick up for a buy, one down for a sell, so that the cut shows beside the ticks.
        let rule = if side == "buy" { "last+1" } else { "last-1" };
        assert_eq!(priced(side, rule, tick, &[("2 ", last)]), wanted, "{side} {tick} {last}");
    }
}

/// Shows H32.
#[test]
fn the_result_is_clamped_to_the_price_limits_cut_to_ticks_inside() {
    let quotes = |up: &'static str, down: &'static str| [("2 ", "5.00"), ("xe", up), ("xf", down)];
    for (side, rule, up, down, wanted) in [
        ("buy", "last+60", "5.50", "4.50", "5.5000"),
        ("buy", "last+60", "5.509999", "4.50", "5.5000"),
        ("buy", "last+50", "5.50", "4.50", "5.5000"),
        ("sell", "last-60", "5.50", "4.50", "4.5000"),
        ("sell", "last-60", "5.50", "4.490001", "4.5000"),
        // The exchange says "no limit" with these.
        ("buy", "last+60", "999999999.9999", "-999999999.9999", "5.6000"),
        ("buy", "last+60", "0", "0", "5.6000"),
        // A base beyond the limit comes back inside.
        ("buy", "last", "4.80", "4.50", "4.8000"),
        ("sell", "last-500", "5.50", "0.01", "0.0100"),
    ] {
        assert_eq!(
            priced(side, rule, "0.01", &quotes(up, down)),
            wanted,
            "{side} {rule} {up} {down}"
        );
    }
    // No whole tick lies between them: refused, whichever way it was clamped.
    let none = priced("buy", "last", "0.01", &quotes("5.009", "5.001"));
    assert!(none.starts_with("t0 refused: price_limit"), "{none}");
}

/// Shows H32.
#[test]
fn no_base_no_price() {
    for (side, rule, quotes) in [
        ("buy", "best", &[("0 ", "4.99"), ("2 ", "5")][..]),
        ("sell", "best", &[("1 ", "4.99"), ("2 ", "5")][..]),
        ("buy", "own_best", &[("1 ", "4.99"), ("2 ", "5")][..]),
        ("buy", "last+5", &[("1 ", "4.99"), ("0 ", "5")][..]),
        ("buy", "last+5", &[("2 ", "-0.01")][..]),
        ("buy", "best+5", &[("1 ", "0")][..]),
        ("buy", "last", &[("2 ", "9223372036854.775807")][..]),
    ] {
        let tick = if rule == "last" { "1000" } else { "0.01" };
        let rule = if rule == "last" { "last+1000000" } else { rule };
        assert_eq!(priced(side, rule, tick, quotes), "t0 refused: no_price 0.0000", "{rule}");
    }
}

// ---- Bytes

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// Worked example 6.1 of the reference: buy 500 of 000001 at 12.34.
const EXAMPLE_ORDER: &str = "
    00 01 87 05 00 00 00 6d 30 31 30 31 32 33 34 35 36 30 30 30 30 30 31 20 20 31 30 32 20 00 01 30
    31 00 47 e8 43 ff 78 8d bb 55 31 20 20 20 20 20 20 41 30 30 30 30 30 30 30 30 31 30 31 30 30 30
    30 30 30 30 31 20 20 30 31 20 20 20 20 20 20 31 32 00 00 00 00 00 00 c3 50 00 00 00 00 00 01 e2
    08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 30 31 00 00 00 a4";

/// The cancel request of 6.4: A000000002 for A000000001.
const EXAMPLE_CANCEL: &str = "
    00 02 e6 37 00 00 00 56 30 31 30 31 32 33 34 35 36 30 30 30 30 30 31 20 20 31 30 32 20 00 01 30
    31 00 47 e8 43 ff 78 91 28 55 31 20 20 20 20 20 20 41 30 30 30 30 30 30 30 30 32 41 30 30 30 30
    30 30 30 30 31 31 30 30 30 30 30 30 30 30 30 30 30 30 30 41 30 31 00 00 00 00 00 00 c3 50 00 00
    00 d4";

/// 6.2 and 6.3: the order is accepted, then 300 of it are filled.
const EXAMPLE_ACK: &str = "
    00 03 0d a6 00 00 00 bd 00 00 00 01 00 00 00 00 00 00 00 01 30 31 30 31 32 33 34 35 36 31 32 33
    34 35 36 30 30 30 30 30 31 20 20 31 30 32 20 00 01 30 31 00 47 e8 43 ff 78 8d c2 55 31 20 20 20
    20 20 20 30 30 30 30 30 30 30 30 30 30 30 30 30 41 30 31 41 30 30 30 30 30 30 30 30 31 20 20 20
    20 20 20 20 20 20 20 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 31 30 30 00 00 00 00 00 00 00
    00 c3 50 00 00 00 00 00 00 00 00 31 32 00 00 00 00 00 00 c3 50 00 00 00 00 00 01 e2 08 30 31 30
    30 30 30 30 30 30 31 20 20 30 31 20 20 20 20 20 20 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 30 31 00 00 00 21";
const EXAMPLE_FILL: &str = "
    00 03 0d b3 00 00 00 99 00 00 00 01 00 00 00 00 00 00 00 02 30 31 30 31 32 33 34 35 36 31 32 33
    34 35 36 30 30 30 30 30 31 20 20 31 30 32 20 00 01 30 31 00 47 e8 43 ff 78 8d c2 55 31 20 20 20
    20 20 20 30 30 30 30 30 30 30 30 30 30 30 30 30 41 30 31 41 30 30 30 30 30 30 30 30 31 30 30 30
    30 30 30 30 30 30 30 30 30 30 30 30 32 46 31 00 00 00 00 00 01 e1 a4 00 00 00 00 00 00 75 30 00
    00 00 00 00 00 4e 20 00 00 00 00 00 00 75 30 31 30 31 30 30 30 30 30 30 30 31 20 20 30 31 20 20
    31 00 00 00 2e";

/// Shows H32.
#[test]
fn the_worked_examples_of_the_reference() {
    let toml = "
        [[trigger]]
        name = \"buy\"
        index_at_least = 10
        [trigger.order]
        security = \"000001\"
        side = \"buy\"
        quantity = 500
        price = 12.34
        [[trigger]]
        name = \"stop\"
        index_at_most = 9
        cancel = { orders_of = \"buy\" }
        [order_template]
        submitting_pbu_id = \"123456\"
        user_info = \"U1\"
        account_id = \"0100000001\"
        branch_id = \"01\"
        order_restrictions = \"\"
        cl_ord_id_prefix = \"A\"";
    let mut b = Bench::new(toml);
    let out = b.index("09:30:00.123", "10");
    assert_eq!(out.orders, [bytes(EXAMPLE_ORDER)]);
    let out = b.frame(Line::Orders, &bytes(EXAMPLE_ACK));
    assert_eq!(out.reports[0].verdict, Verdict::Applied);
    assert_eq!((b.row(0).state, &b.row(0).order_id), (State::Acknowledged, b"0000000000000A01"));
    let out = b.frame(Line::Orders, &bytes(EXAMPLE_FILL));
    assert_eq!(out.reports[0].verdict, Verdict::Applied);
    let row = b.row(0);
    assert_eq!((row.state, row.cum.0, row.leaves().0), (State::PartlyFilled, 30_000, 20_000));
    let out = b.index("09:30:01.000", "9");
    assert_eq!(out.orders, [bytes(EXAMPLE_CANCEL)]);
}

/// Shows H32.
#[test]
fn a_cancel_before_the_exchange_gave_a_number_has_spaces_for_it() {
    let toml = buyer("index_at_least = 10")
        + "[[trigger]]\nname = \"stop\"\nindex_at_least = 10\ncancel = { orders_of = \"b\" }\n";
    let out = Bench::new(&toml).index("09:30:00.000", "10");
    let [order, cancel] = &out.orders[..] else { panic!("{out:?}") };
    assert_eq!((order.len(), cancel.len()), (121, 98));
    assert_eq!(&cancel[49..69], b"T000000002T000000001");
    assert_eq!(&cancel[70..86], b"                ");
    for bytes in [order, cancel] {
        let (content, trailer) = bytes.split_at(bytes.len() - 4);
        assert_eq!(trailer, wire::sum_of(content));
    }
}

// ---- The record table

/// Shows H23.
#[test]
fn a_cancel_request_that_was_refused_may_be_sent_again() {
    let toml = buyer("price = { security = \"000002\", at_least = 2 }")
        + "[[trigger]]\nname = \"stop\"\nindex_at_least = 11\ncancel = { orders_of = \"b\" }\n";
    let mut b = Bench::new(&toml);
    b.trade("09:30:00.000", "000002", "2");
    b.tell(b.about(0));
    assert_eq!(b.index("09:30:00.000", "11").decisions[0].requests, 1);
    b.index("09:30:00.000", "10");
    assert_eq!(b.index("09:30:00.000", "11").decisions[0].requests, 0);
    let ids = b.engine.trading().expect("triggers").records().ids();
    let original = ids.id(0);
    let refused = Report {
        msg_type: 290_008,
        orig_cl_ord_id: original,
        ord_status: b'0',
        reason: 20_096,
        ..b.about(1)
    };
    let out = b.tell(refused.clone());
    assert_eq!(out.reports[0].verdict, Verdict::Applied);
    assert_eq!((b.row(1).state, b.row(1).reason), (State::Rejected, 20_096));
    assert_eq!((b.row(0).state, b.row(0).cancelling), (State::Acknowledged, false));
    assert_eq!(b.tell(refused).reports[0].verdict, Verdict::Duplicate);
    b.index("09:30:00.000", "10");
    let out = b.index("09:30:00.000", "11");
    assert_eq!((out.decisions[0].requests, b.row(2).kind), (1, Kind::Cancel(0)));
    // This one works.
    let done = Report {
        orig_cl_ord_id: original,
        exec_type: b'4',
        ord_status: b'4',
        leaves: 0,
        ..b.about(2)
    };
    assert_eq!(b.tell(done).reports[0].verdict, Verdict::Applied);
    let states: Vec<State> = (0..3).map(|at| b.row(at).state).collect();
    assert_eq!(states, [State::Cancelled, State::Rejected, State::Done]);
}

/// Shows H14.
#[test]
fn a_fault_of_the_index_is_about_constituents_only() {
    // 000002 has a row but is no constituent: digits finer than 1e-4 concern no index.
    let toml = INDEX.to_owned() + "source = \"snapshot\"\n" + &watcher("index_at_least = 1");
    let mut b = Bench::with(Setup::parse(&toml, |_| Ok(CSV.to_owned())).expect("a setup"));
    let out = b.snapshot("09:30:00.000", "000002", &[("2 ", "9.920001")]);
    assert_eq!(out.faults, []);
    let out = b.snapshot("09:30:00.000", "000001", &[("2 ", "9.920001")]);
    assert_eq!(out.faults, [FaultCode::IndexPrice]);
    assert!(b.snapshot("09:30:00.001", "000001", &[("2 ", "9.92")]).fired());
}

/// Shows H24.
#[test]
fn a_price_below_zero_is_no_price() {
    let mut b = Bench::new(&watcher("price = { security = \"000002\", at_most = 5 }"));
    assert!(!b.snapshot("09:30:00.000", "000002", &[("2 ", "-0.010000")]).fired());
    assert!(b.snapshot("09:30:00.000", "000002", &[("2 ", "0.010000")]).fired());
}
