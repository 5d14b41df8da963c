//! The record table under any reports: what always holds, and where right sequences end.

#[path = "trading/wire.rs"]
mod wire;

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use tidegate_pipeline::feedback::{Kind, Reported, Request, State, Verdict};
use tidegate_pipeline::{Fault, Input, Line, NativeEngine, Setup, Sink};
use tidegate_protocol::FaultCode;
use wire::{Report, padded, stamp};

/// Two triggers that send 300 and 500 shares at a wish, one that cancels what the first has.
const SETUP: &str = "
    [[trigger]]
    name = \"a\"
    price = { security = \"000001\", at_least = 2 }
    [trigger.order]
    security = \"000001\"
    side = \"buy\"
    quantity = 300
    price = 10
    [[trigger]]
    name = \"b\"
    price = { security = \"000002\", at_least = 2 }
    [trigger.order]
    security = \"000002\"
    side = \"sell\"
    quantity = 500
    price = 12
    [[trigger]]
    name = \"cancel a\"
    price = { security = \"000003\", at_least = 2 }
    cancel = { orders_of = \"a\" }
    [[trigger]]
    name = \"cancel b\"
    price = { security = \"000004\", at_least = 2 }
    cancel = { orders_of = \"b\" }
    [limits]
    max_requests = 30
    [order_template]
    cl_ord_id_prefix = \"T\"";

const WISHES: [&str; 4] = ["000001", "000002", "000003", "000004"];

#[derive(Default)]
struct Log {
    reports: Vec<Reported>,
    faults: Vec<FaultCode>,
}

impl Sink for Log {
    fn report(&mut self, report: &Reported) {
        self.reports.push(*report);
    }
    fn fault(&mut self, fault: &Fault) {
        self.faults.push(fault.code);
    }
}

struct Bench {
    engine: NativeEngine,
    log: Log,
    seq: i64,
    reports: u64,
}

fn now() -> i64 {
    stamp(20_240_102, 34_200_000)
}

impl Bench {
    fn new() -> Self {
        let setup = Setup::parse(SETUP, |_| unreachable!()).expect("a setup");
        let engine = NativeEngine::new(&setup, &[]).expect("rows");
        Self { engine, log: Log::default(), seq: 0, reports: 0 }
    }

    fn frame(&mut self, line: Line, bytes: &[u8]) {
        self.engine.feed(Input::Packet { line, session: 0, bytes }, &mut self.log);
    }

    /// Lets a trigger fire.
    fn wish(&mut self, which: usize) {
        for price in [10_000, 20_000] {
            self.seq += 1;
            let bytes = wire::trade(self.seq, WISHES[which], price, now());
            self.frame(Line::Market, &bytes);
        }
    }

    fn tell(&mut self, report: &Report) -> Reported {
        self.reports += 1;
        self.frame(Line::Orders, &report.frame());
        *self.log.reports.last().expect("a report")
    }

    fn rows(&self) -> &[Request] {
        self.engine.trading().expect("triggers").records().rows()
    }

    fn id(&self, row: usize) -> [u8; 10] {
        self.engine.trading().expect("triggers").records().ids().id(row as u32)
    }

    /// A report that names a row and agrees with it.
    fn about(&self, row: usize) -> Report {
        let request = self.rows()[row];
        let orig = match request.kind {
            Kind::Order => padded(""),
            Kind::Cancel(of) => self.id(of as usize),
        };
        Report {
            time: now(),
            security: request.security,
            side: request.side,
            cl_ord_id: self.id(row),
            orig_cl_ord_id: orig,
            quantity: request.quantity.0,
            leaves: request.quantity.0,
            ..Report::default()
        }
    }
}

/// What holds after every message, whatever came.
fn check(bench: &Bench, before: &[Request]) -> Result<(), TestCaseError> {
    let trading = bench.engine.trading().expect("triggers");
    let (rows, counters) = (trading.records().rows(), trading.counters());
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    let mut outstanding = [0u32; 4];
    for (at, row) in rows.iter().enumerate() {
        let (quantity, cum, leaves) = (row.quantity.0, row.cum.0, row.leaves().0);
        prop_assert!(cum >= 0 && leaves >= 0 && cum <= quantity, "row {at}: {row:?}");
        match (row.kind, row.state) {
            (Kind::Order, State::Done) => prop_assert!(false, "row {at}: {row:?}"),
            (Kind::Order, State::Filled) => prop_assert_eq!((cum, leaves), (quantity, 0)),
            (Kind::Order, State::Cancelled | State::Rejected) => prop_assert_eq!(leaves, 0),
            (Kind::Order, _) => {
                prop_assert_eq!(cum + leaves, quantity);
                prop_assert!(cum < quantity, "row {at}: outstanding and all of it filled");
                prop_assert_eq!(row.state == State::PartlyFilled, cum > 0);
                outstanding[usize::from(row.trigger.expect("a trigger"))] += 1;
            }
            (Kind::Cancel(of), state) => {
                let request = [State::Sent, State::Done, State::Rejected].contains(&state);
                prop_assert!(request && cum == 0, "row {at}: {row:?}");
                prop_assert!((of as usize) < at && rows[of as usize].kind == Kind::Order);
            }
        }
        if row.kind == Kind::Order {
            *states.entry(row.state.name()).or_default() += 1;
        }
        prop_assert!(row.reported.0 == 0 || row.reported.0 >= 10_000_101_000_000_000);
        let Some(was) = before.get(at) else { continue };
        prop_assert!(row.cum >= was.cum, "CumQty fell: {was:?} {row:?}");
        prop_assert!(row.fills >= was.fills && row.reported >= was.reported);
        let ended = !matches!(was.state, State::Sent | State::Acknowledged | State::PartlyFilled);
        if ended {
            prop_assert_eq!((was.state, was.cum, was.reason), (row.state, row.cum, row.reason));
        }
        let fixed = |r: &Request| (r.kind, r.security, r.side, r.quantity, r.price, r.msg, r.sent);
        prop_assert_eq!(fixed(was), fixed(row));
        prop_assert!(was.order_id == [b' '; 16] || was.order_id == row.order_id);
    }
    prop_assert_eq!(states.values().sum::<u64>(), counters.sent);
    let cancels = rows.iter().filter(|row| row.kind != Kind::Order).count() as u64;
    prop_assert_eq!(cancels, counters.cancels);
    let triggers = trading.triggers();
    prop_assert_eq!(triggers.total.outstanding, outstanding.iter().sum::<u32>());
    for (tally, wanted) in triggers.tallies.iter().zip(outstanding) {
        prop_assert_eq!(tally.outstanding, wanted);
    }
    prop_assert_eq!(counters.reports.iter().sum::<u64>(), bench.reports);
    for verdict in [
        Verdict::Applied,
        Verdict::Duplicate,
        Verdict::Late,
        Verdict::Unknown,
        Verdict::Contradictory,
    ] {
        let found = bench.log.reports.iter().filter(|report| report.verdict == verdict).count();
        prop_assert_eq!(counters.reports_of(verdict), found as u64);
    }
    let contradictions =
        bench.log.faults.iter().filter(|code| **code == FaultCode::FeedbackContradiction).count();
    prop_assert_eq!(counters.reports_of(Verdict::Contradictory), contradictions as u64);
    Ok(())
}

// ---- Mad reports

/// A number somewhere near one that would be right.
#[derive(Clone, Debug)]
enum Number {
    Right,
    Near(i64),
    Any(i64),
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        40 => Just(Number::Right),
        2 => (-3i64..=3).prop_map(Number::Near),
        1 => prop_oneof![Just(0), Just(-1), Just(i64::MAX), Just(i64::MIN), any::<i64>()]
            .prop_map(Number::Any),
    ]
}

impl Number {
    fn of(&self, right: i64) -> i64 {
        match self {
            Number::Right => right,
            Number::Near(away) => right.wrapping_add(*away),
            Number::Any(number) => *number,
        }
    }
}

/// One in so many is something else.
fn rarely<T: Clone + std::fmt::Debug + 'static>(
    other: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    prop_oneof![29 => Just(None), 1 => other.prop_map(Some)]
}

#[derive(Clone, Debug)]
enum Step {
    Wish(usize),
    /// A report made for a row, and how it is spoilt.
    Report {
        row: Index,
        what: u8,
        portion: u8,
        spoilt: Box<Spoilt>,
    },
    /// One that was told before, the same bytes or with the next index.
    Again {
        which: Index,
        same_index: bool,
    },
}

#[derive(Clone, Debug)]
struct Spoilt {
    numbers: [Number; 5],
    index: Number,
    partition: i32,
    time: Option<i64>,
    row: Option<Index>,
    orig: Option<Index>,
    security: Option<&'static str>,
    side: Option<u8>,
    codes: Option<(u8, u8)>,
    order_id: u8,
    ref_msg_type: Option<u32>,
}

fn spoilt() -> impl Strategy<Value = Box<Spoilt>> {
    let ids = (rarely(any::<Index>()), rarely(any::<Index>()), 0u8..12);
    let places = (number(), 1i32..4, rarely(prop::sample::select(wire::IMPOSSIBLE.to_vec())));
    let codes = rarely(prop::sample::select(b"01248F\0".to_vec()).prop_flat_map(|exec| {
        prop::sample::select(b"01248F\0".to_vec()).prop_map(move |status| (exec, status))
    }));
    let texts = (
        rarely(prop::sample::select(vec!["000001", "000002", "", "zz"])),
        rarely(prop::sample::select(b"12\0G".to_vec())),
        codes,
        rarely(prop::sample::select(vec![100_101, 190_007, 5, u32::MAX])),
    );
    (prop::array::uniform5(number()), places, ids, texts).prop_map(
        |(numbers, (index, partition, time), (row, orig, order_id), texts)| {
            let (security, side, codes, ref_msg_type) = texts;
            Box::new(Spoilt {
                numbers,
                index,
                partition,
                time,
                row,
                orig,
                security,
                side,
                codes,
                order_id,
                ref_msg_type,
            })
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0usize..4).prop_map(Step::Wish),
        8 => (any::<Index>(), 0u8..8, any::<u8>(), spoilt())
            .prop_map(|(row, what, portion, spoilt)| Step::Report { row, what, portion, spoilt }),
        1 => (any::<Index>(), any::<bool>())
            .prop_map(|(which, same_index)| Step::Again { which, same_index }),
    ]
}

/// What the exchange could say of a row, then spoilt.
fn mad(bench: &Bench, row: &Index, what: u8, portion: u8, spoilt: &Spoilt) -> Report {
    let rows = bench.rows();
    if rows.is_empty() {
        return Report::default();
    }
    let at = row.index(rows.len());
    let (request, mut report) = (rows[at], bench.about(at));
    let rest = request.leaves().0.max(1);
    let filled = request.cum.0 + (rest * (i64::from(portion) + 1) / 256).max(1);
    match what {
        0 => {}
        1 => {
            (report.exec_type, report.ord_status) = (b'8', b'8');
            (report.leaves, report.reason) = (0, 20_009);
        }
        2 => {
            (report.exec_type, report.ord_status) = (b'4', b'4');
            (report.leaves, report.cum) = (0, request.cum.0);
        }
        3 => {
            (report.msg_type, report.ord_status, report.reason) = (290_008, b'0', 20_096);
        }
        4 => {
            (report.msg_type, report.reason) = (4, 20_103);
            report.ref_msg_type = if request.kind == Kind::Order { 100_101 } else { 190_007 };
        }
        _ => {
            report.msg_type = 200_115;
            report.exec_type = b'F';
            report.cum = filled;
            report.leaves = request.quantity.0 - filled;
            report.ord_status = if report.leaves > 0 { b'1' } else { b'2' };
            report.last = filled - request.cum.0;
            report.last_px = 100_000;
        }
    }
    let [cum, leaves, last, quantity, price] = &spoilt.numbers;
    report.cum = cum.of(report.cum);
    report.leaves = leaves.of(report.leaves);
    report.last = last.of(report.last);
    report.quantity = quantity.of(report.quantity);
    report.last_px = price.of(report.last_px);
    report.time = spoilt.time.unwrap_or(report.time);
    if let Some(row) = &spoilt.row {
        report.cl_ord_id = bench.id(row.index(rows.len() + 2));
    }
    if let Some(row) = &spoilt.orig {
        report.orig_cl_ord_id = bench.id(row.index(rows.len() + 2));
    }
    report.security = spoilt.security.map_or(report.security, padded);
    report.side = spoilt.side.unwrap_or(report.side);
    (report.exec_type, report.ord_status) =
        spoilt.codes.unwrap_or((report.exec_type, report.ord_status));
    report.ref_msg_type = spoilt.ref_msg_type.unwrap_or(report.ref_msg_type);
    report.order_id = match spoilt.order_id {
        0 => padded(""),
        1 => padded("SHARED"),
        2 => [0; 16],
        _ => padded(&format!("ORDER{at}")),
    };
    report
}

/// How often each verdict was given, and whether by its index alone.
type Verdicts = BTreeMap<(&'static str, bool), u64>;

fn mad_run(first: &[usize], steps: &[Step], seen: &mut Verdicts) -> Result<(), TestCaseError> {
    let mut bench = Bench::new();
    for which in first {
        bench.wish(*which);
    }
    let mut told: Vec<Report> = Vec::new();
    let mut indices: BTreeMap<i32, i64> = BTreeMap::new();
    for step in steps {
        let before = bench.rows().to_vec();
        let report = match step {
            Step::Wish(which) => {
                bench.wish(*which);
                check(&bench, &before)?;
                continue;
            }
            Step::Report { row, what, portion, spoilt } => {
                let report = mad(&bench, row, *what, *portion, spoilt);
                let last = indices.get(&spoilt.partition).copied().unwrap_or(0);
                let index = spoilt.index.of(last.saturating_add(1));
                Report { partition: spoilt.partition, index, ..report }
            }
            Step::Again { which, same_index } => {
                let Some(report) = told.get(which.index(told.len().max(1))) else { continue };
                let next = indices.get(&report.partition).copied().unwrap_or(0).saturating_add(1);
                let index = if *same_index { report.index } else { next };
                Report { index, ..report.clone() }
            }
        };
        let last = indices.entry(report.partition).or_default();
        let known = report.msg_type != 4 && report.index <= *last;
        if report.msg_type != 4 {
            *last = report.index.max(*last);
        }
        let reported = bench.tell(&report);
        check(&bench, &before)?;
        *seen.entry((reported.verdict.name(), known)).or_default() += 1;
        let moved = bench.rows() != before;
        prop_assert_eq!(moved, reported.verdict == Verdict::Applied, "{:?}", reported);
        prop_assert!(reported.missed.0 >= 0);
        let row = reported.request.map(|row| bench.rows()[row as usize]);
        prop_assert_eq!(reported.state, row.map(|row| row.state));
        prop_assert_eq!(reported.cum.0, row.map_or(0, |row| row.cum.0));
        told.push(report);
    }
    Ok(())
}

/// Shows H23, H33.
#[test]
fn no_sequence_of_reports_breaks_the_table() {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let seen = RefCell::new(Verdicts::new());
    let orders = prop::collection::vec(0usize..4, 1..10);
    let result = runner.run(&(orders, prop::collection::vec(step(), 0..80)), |(first, steps)| {
        mad_run(&first, &steps, &mut seen.borrow_mut())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Mad, but not only.
    let seen = seen.into_inner();
    for (what, least) in [
        (("applied", false), 1_000),
        (("duplicate", false), 500),
        (("duplicate", true), 300),
        (("late", false), 100),
        (("unknown", false), 100),
        (("contradictory", false), 1_000),
    ] {
        let found = seen.get(&what).copied().unwrap_or(0);
        assert!(found >= least, "{what:?}: {found} times, wanted {least}: {seen:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Shows H23, H33, Q12.
    #[test]
    fn bodies_of_random_bytes_change_nothing(
        bodies in prop::collection::vec(
            (0usize..4, prop::collection::vec(any::<u8>(), 189..200), any::<bool>()), 1..40),
    ) {
        let mut bench = Bench::new();
        (0..4).for_each(|which| bench.wish(which));
        for (which, mut body, names_a_row) in bodies {
            let (msg_type, id_at) =
                [(200_102, 75), (200_115, 75), (290_008, 59), (4, 41)][which];
            if names_a_row {
                body[id_at..id_at + 10].copy_from_slice(&bench.id(0));
            }
            let before = bench.rows().to_vec();
            bench.reports += 1;
            bench.frame(Line::Orders, &wire::frame(msg_type, &body));
            check(&bench, &before)?;
            prop_assert_eq!(bench.rows(), &before[..]);
        }
    }
}

// ---- Right sequences

/// What an exchange does with an order.
#[derive(Clone, Debug)]
struct Life {
    /// Refused by a check of the gateway (message 4), or by matching.
    refused: Option<bool>,
    /// Fills, in hundredths of what is open.
    fills: Vec<u8>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// It stays open.
    Open,
    /// Filled to the last.
    Filled,
    /// Cancelled on request.
    OnRequest,
    /// Cancelled by the exchange; it names the order by OrigClOrdID, ClOrdID, both, or OrderID.
    ByExchange(u8),
    /// Filled, and the request to cancel it refused.
    TooLate,
    /// Open, and the request refused by a check of the gateway.
    BadRequest,
}

fn life() -> impl Strategy<Value = Life> {
    let end = prop_oneof![
        1 => Just(End::Open),
        1 => Just(End::Filled),
        2 => Just(End::OnRequest),
        2 => (0u8..4).prop_map(End::ByExchange),
        1 => Just(End::TooLate),
        1 => Just(End::BadRequest),
    ];
    let refused = prop_oneof![6 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (refused, prop::collection::vec(1u8..100, 0..5), end).prop_map(|(refused, fills, end)| Life {
        refused,
        fills,
        end,
    })
}

/// Everything that the exchange says of an order, in its order, and where that leaves the order and
/// its request.
fn story(
    bench: &Bench,
    order: usize,
    request: usize,
    life: &Life,
) -> (Vec<Report>, Request, State) {
    let mut end = bench.rows()[order];
    let quantity = end.quantity.0;
    let about = Report { order_id: padded(&format!("EX{order}")), ..bench.about(order) };
    let mut said = Vec::new();
    let mut request_ends = State::Sent;
    if let Some(by_gateway) = life.refused {
        end.state = State::Rejected;
        let reason = 20_009;
        said.push(match by_gateway {
            true => Report { msg_type: 4, ref_msg_type: 100_101, reason, ..about },
            false => Report { exec_type: b'8', ord_status: b'8', leaves: 0, reason, ..about },
        });
        // Nothing is there to cancel.
        let refused = Report { order_id: padded(""), ord_status: b'8', ..bench.about(request) };
        said.push(Report { msg_type: 290_008, reason: 20_097, ..refused });
        return (said, end, State::Rejected);
    }
    said.push(about.clone());
    end.state = State::Acknowledged;
    let mut cum = 0;
    let mut portions: Vec<i64> = life.fills.iter().map(|part| i64::from(*part)).collect();
    if [End::Filled, End::TooLate].contains(&life.end) {
        portions.push(100);
    }
    for part in portions {
        let last = (quantity - cum) * part / 100;
        if last == 0 {
            continue;
        }
        cum += last;
        let leaves = quantity - cum;
        end.state = if leaves > 0 { State::PartlyFilled } else { State::Filled };
        said.push(Report {
            msg_type: 200_115,
            exec_type: b'F',
            ord_status: if leaves > 0 { b'1' } else { b'2' },
            last,
            last_px: 99_999,
            cum,
            leaves,
            ..about.clone()
        });
    }
    end.cum.0 = cum;
    let cancelled = Report { exec_type: b'4', ord_status: b'4', leaves: 0, cum, ..about.clone() };
    let of_request = Report { order_id: about.order_id, ..bench.about(request) };
    match life.end {
        End::Open | End::Filled => {}
        End::OnRequest => {
            (end.state, request_ends) = (State::Cancelled, State::Done);
            let (id, orig) = (of_request.cl_ord_id, of_request.orig_cl_ord_id);
            said.push(Report { cl_ord_id: id, orig_cl_ord_id: orig, ..cancelled });
        }
        End::ByExchange(how) => {
            end.state = State::Cancelled;
            let id = about.cl_ord_id;
            let blank = padded("");
            let (id, orig) = [(blank, id), (id, blank), (id, id), (blank, blank)][usize::from(how)];
            said.push(Report { cl_ord_id: id, orig_cl_ord_id: orig, ..cancelled });
        }
        End::TooLate => {
            request_ends = State::Rejected;
            said.push(Report { msg_type: 290_008, ord_status: b'2', reason: 20_096, ..of_request });
        }
        End::BadRequest => {
            request_ends = State::Rejected;
            said.push(Report { msg_type: 4, ref_msg_type: 190_007, reason: 20_106, ..of_request });
        }
    }
    (said, end, request_ends)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// Each partition tells what it has in its order; partitions come in between each other anyhow,
    /// tell again from any point after a broken line, and single reports may be lost.
    /// Shows H23.
    #[test]
    fn right_sequences_end_right_in_every_order_of_arrival(
        lives in prop::collection::vec((life(), 1i32..4), 1..8),
        order_of_merge in prop::collection::vec(any::<Index>(), 150),
        replays in prop::collection::vec((any::<Index>(), any::<Index>()), 0..6),
        lost in prop::collection::vec(any::<Index>(), 0..6),
        loses in any::<bool>(),
    ) {
        let mut bench = Bench::new();
        // Every order of trigger a or b, then a request for each.
        for at in 0..lives.len() {
            bench.wish(at % 2);
        }
        bench.wish(2);
        bench.wish(3);
        let requests = bench.rows().to_vec();
        let request_of = |order: usize| {
            let mine = |row: &Request| row.kind == Kind::Cancel(order as u32);
            requests.iter().position(mine).expect("a request")
        };
        let mut partitions: BTreeMap<i32, Vec<Report>> = BTreeMap::new();
        let mut ends = Vec::new();
        let mut merge = order_of_merge.iter().cycle();
        // What the exchange does with several orders of a partition is mixed too.
        let mut stories: Vec<(i32, VecDeque<Report>)> = Vec::new();
        for (at, (life, partition)) in lives.iter().enumerate() {
            let (said, end, request) = story(&bench, at, request_of(at), life);
            ends.push((at, end, request));
            stories.push((*partition, said.into()));
        }
        while stories.iter().any(|(_, said)| !said.is_empty()) {
            let live: Vec<usize> =
                (0..stories.len()).filter(|at| !stories[*at].1.is_empty()).collect();
            let at = live[merge.next().expect("endless").index(live.len())];
            let (partition, said) = &mut stories[at];
            let mut report = said.pop_front().expect("not empty");
            let list = partitions.entry(*partition).or_default();
            let numbered = list.iter().filter(|report| report.msg_type != 4).count() as i64;
            (report.partition, report.index) = (*partition, numbered + 1);
            list.push(report);
        }
        // Lost on the way: anything but the last word on an order or request.
        let mut dropped: Vec<(i32, usize)> = Vec::new();
        if loses {
            for pick in &lost {
                let partition = *partitions.keys().nth(pick.index(partitions.len())).expect("one");
                let list = &partitions[&partition];
                let at = pick.index(list.len());
                let of = |report: &Report| (report.security, report.cl_ord_id);
                let later = list[at + 1..].iter().any(|report| of(report) == of(&list[at]));
                let fill_or_ack =
                    list[at].msg_type == 200_115 || (list[at].msg_type, list[at].exec_type) == (200_102, b'0');
                if later && fill_or_ack {
                    dropped.push((partition, at));
                }
            }
        }
        let mut next: BTreeMap<i32, usize> = partitions.keys().map(|key| (*key, 0)).collect();
        let mut seen: BTreeMap<i32, i64> = BTreeMap::new();
        let mut replays = replays.iter();
        let mut since = 0;
        loop {
            let live: Vec<i32> =
                next.iter().filter(|(key, at)| **at < partitions[*key].len()).map(|(key, _)| *key).collect();
            if live.is_empty() {
                break;
            }
            let key = live[merge.next().expect("endless").index(live.len())];
            let at = next[&key];
            *next.get_mut(&key).expect("a key") += 1;
            if dropped.contains(&(key, at)) {
                continue;
            }
            let report = partitions[&key][at].clone();
            let before = bench.rows().to_vec();
            let reported = bench.tell(&report);
            check(&bench, &before)?;
            let last = seen.entry(key).or_default();
            if report.msg_type != 4 {
                let again = report.index <= *last;
                *last = report.index.max(*last);
                if again {
                    let old = [Verdict::Duplicate, Verdict::Late].contains(&reported.verdict);
                    prop_assert!(old, "told again: {:?} {:?}", reported.verdict, report);
                } else {
                    prop_assert_eq!(reported.verdict, Verdict::Applied, "{:?}", report);
                }
            } else {
                let fine = [Verdict::Applied, Verdict::Duplicate].contains(&reported.verdict);
                prop_assert!(fine, "{:?}", reported);
            }
            since += 1;
            if since % 5 == 0 && let Some((which, from)) = replays.next() {
                // The line breaks and the partition is told again from an earlier index. What was
                // lost stays lost: it had passed.
                let key = live[which.index(live.len())];
                let at = next[&key];
                next.insert(key, from.index(at + 1));
            }
        }
        for (at, end, request) in ends {
            let row = bench.rows()[at];
            prop_assert_eq!((row.state, row.cum), (end.state, end.cum), "order {}", at);
            prop_assert_eq!(bench.rows()[request_of(at)].state, request, "request of {}", at);
            if end.state != State::Rejected {
                prop_assert_eq!(row.order_id, padded(&format!("EX{at}")));
            }
            let answered = request != State::Sent || end.state == State::Cancelled;
            prop_assert_eq!(row.cancelling, !answered);
        }
        let counters = bench.engine.trading().expect("triggers").counters();
        if dropped.is_empty() {
            prop_assert_eq!((counters.missed_fills, counters.jumps), (0, 0));
        }
        prop_assert_eq!(counters.reports_of(Verdict::Contradictory), 0);
        prop_assert_eq!(counters.reports_of(Verdict::Unknown), 0);
    }
}
