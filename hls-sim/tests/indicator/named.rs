//! Cases aimed at what the generated runs seldom meet.

use tidegate_hls_sim::kernel_c::indicator::{IndicatorC, IndicatorStep};
use tidegate_pipeline::image::{self, Room};
use tidegate_pipeline::{Control, Line, NativeEngine, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{Item, event_kind, item_kind};

use crate::bench::Bench;
use crate::common::{self, Entry, Log, Out, difference, run};
use crate::rng::Rng;
use crate::wire::{self, Body, Report, padded, stamp};

const DATE: i64 = 20_240_102;
const HEAD: &str = "[index]\nid = \"399001\"\nconstituents = \"c.csv\"\n";

fn setup(toml: &str, csv: &str) -> Setup {
    match Setup::parse(toml, |_| Ok(csv.to_owned())) {
        Ok(setup) => setup,
        Err(error) => panic!("{error}\n{toml}\n{csv}"),
    }
}

fn market(bytes: Vec<u8>) -> Entry {
    Entry::Packet(Line::Market, 0, bytes)
}

fn report(report: &Report) -> Entry {
    Entry::Packet(Line::Orders, 0, report.frame())
}

fn kill(on: bool) -> Entry {
    Entry::Control(Control::Kill { on })
}

/// What the native engine gives, after the stage gave the same.
fn both(setup: &Setup, mut entries: Vec<Entry>) -> Log {
    entries.push(common::STOP);
    let mut native = NativeEngine::new(setup, &[]).expect("rows");
    let wanted = run(&mut native, &entries);
    for slow_lines in [false, true] {
        let mut bench = Bench::new(setup, &[]);
        bench.slow_lines = slow_lines;
        let found = run(&mut bench, &entries);
        if let Some(difference) = difference((&native, &wanted), (&bench, &found)) {
            panic!("lines one by one: {slow_lines}: {difference}");
        }
    }
    wanted
}

fn faults(log: &Log, code: FaultCode) -> usize {
    log.0.iter().filter(|out| matches!(out, Out::Fault(fault) if fault.code == code)).count()
}

fn decisions(log: &Log) -> usize {
    log.0.iter().filter(|out| matches!(out, Out::Decision(_))).count()
}

fn orders(log: &Log) -> usize {
    log.0.iter().filter(|out| matches!(out, Out::Order(..))).count()
}

/// A trigger that fires with every second trade of 000002, and says what its window finds.
fn probe(name: &str, points: &str, within_ms: i64) -> String {
    format!(
        "[[trigger]]\nname = \"{name}\"\nindex_change = {{ points = {points}, within_ms = {within_ms} }}\n\
         price = {{ security = \"000002\", at_least = 2 }}\ncancel = {{ orders_of = \"{name}\" }}\n"
    )
}

/// Shows H26.
#[test]
fn windows_roll_over_any_number_of_slots() {
    let mut fired = 0;
    for seed in 0..150 {
        let mut rng = Rng(seed);
        let slot_ms = rng.pick(&[1, 2, 3, 7, 10, 63, 64, 100, 1_000, 1_023, 60_000, 1_350_000]);
        let within_ms = 64 * slot_ms;
        let epoch = rng.range(20, 300);
        let guard = format!(
            "[guard]\nindex_change = {{ points = 0.05, within_ms = {within_ms} }}\nhold_ms = {}\n",
            rng.range(0, 200)
        );
        let toml = format!(
            "{HEAD}prev_close = 10\n{guard}{}{}[[epoch]]\nat_msg = {epoch}\n[[epoch.trigger]]\nname = \"u\"\n\
             index_change = {{ points = 0.0001, within_ms = {} }}\n",
            probe("u", "0.0001", within_ms),
            probe("d", "-0.0001", within_ms),
            64 * rng.pick(&[1, 5, 640])
        );
        let setup = setup(&toml, "security,shares,prev_close\n000001,1000,10.0000\n");
        let (mut date, mut ms, mut entries) = (DATE, 34_200_000 + rng.range(0, 100), Vec::new());
        let mut sequence = 0;
        for _ in 0..250 {
            let slots = rng.pick(&[0, 0, 0, 1, 1, 2, 3, 30, 61, 62, 63, 64, 65, 66, 130]);
            let off = rng.pick(&[-1, 0, 0, 0, 1, rng.clone().range(0, slot_ms)]);
            let to_edge = if rng.chance(50) { ms % slot_ms } else { 0 };
            ms += (slots * slot_ms + off - to_edge).max(0);
            if ms >= 86_400_000 || rng.chance(1) {
                (date, ms) = (date + 1, rng.range(0, 3 * slot_ms).min(80_000_000));
            }
            if date > 20_240_128 {
                break;
            }
            let time = stamp(date, ms);
            let mut trade = |security, price| {
                sequence += 1;
                entries.push(market(wire::trade(sequence, security, price, time)));
            };
            if rng.chance(60) {
                trade("000001", 100_000 + rng.range(-900, 900));
            }
            trade("000002", 10_000);
            trade("000002", 20_000);
        }
        fired += decisions(&both(&setup, entries));
    }
    assert!(fired > 5_000, "{fired} decisions");
}

/// Shows H22.
#[test]
fn share_counts_of_any_size_are_rebased_or_refused() {
    let (mut taken, mut refused, mut overflows) = (0, 0, 0);
    for seed in 0..400 {
        let mut rng = Rng(seed);
        let shares = |rng: &mut Rng| match rng.range(0, 5) {
            0 => 1,
            1 => 1_000_000_000_000,
            2 => rng.range(1, 100),
            _ => rng.range(1, 1_000_000_000_000),
        };
        let price = |rng: &mut Rng| match rng.range(0, 3) {
            0 => rng.range(1, 99),
            1 => rng.range(1, 9_999_999),
            _ => rng.range(1, 9_000_000),
        };
        let close = match rng.range(0, 3) {
            0 => "0.0001".to_owned(),
            1 => "900000000".to_owned(),
            _ => format!("{}.{:04}", rng.range(0, 99_999), rng.range(1, 9_999)),
        };
        let count = rng.range(1, 4);
        let mut csv = "security,shares,prev_close\n".to_owned();
        let mut room = i128::from(i64::MAX);
        for at in 0..count {
            let price = price(&mut rng);
            let most = (room / 2 / i128::from(price)).clamp(1, 1_000_000_000_000) as i64;
            let shares = shares(&mut rng).min(most);
            room -= i128::from(shares) * i128::from(price);
            csv += &format!("{:06},{shares},{}.{:04}\n", at + 1, price / 10_000, price % 10_000);
        }
        let mut toml = format!(
            "{HEAD}prev_close = {close}\n[[trigger]]\nname = \"a\"\nindex_at_least = 0.0001\n\
             cancel = {{ orders_of = \"a\" }}\n"
        );
        for epoch in 0..8 {
            let all = rng.chance(15);
            let mut some = Vec::new();
            for at in 0..count {
                if all {
                    some.push(format!("\"{:06}\" = 0", at + 1));
                } else if rng.chance(60) {
                    let shares = if rng.chance(10) { 0 } else { shares(&mut rng) };
                    some.push(format!("\"{:06}\" = {shares}", at + 1));
                }
            }
            // Two epochs may come before the same message only if they name different ones.
            let at_msg = 2 * epoch + 1;
            toml += &format!("[[epoch]]\nat_msg = {at_msg}\n");
            if !some.is_empty() {
                toml += &format!("shares = {{ {} }}\n", some.join(", "));
            }
        }
        let setup = setup(&toml, &csv);
        let mut entries = Vec::new();
        for at in 0..20 {
            let security = format!("{:06}", rng.range(1, count));
            let price = price(&mut rng).max(if rng.chance(3) { i64::MAX / 200 } else { 1 });
            let time = stamp(DATE, 34_200_000 + at);
            entries.push(market(wire::trade(at + 1, &security, price, time)));
        }
        let log = both(&setup, entries);
        refused += faults(&log, FaultCode::IndexDivisor);
        overflows += faults(&log, FaultCode::IndexOverflow);
        taken += 8;
    }
    taken -= refused;
    assert!(taken > 1_000 && refused > 200 && overflows > 100, "{taken} {refused} {overflows}");
}

/// Shows H22.
#[test]
fn an_index_so_high_that_a_new_divisor_would_move_it_keeps_its_share_counts() {
    let (mut refused, mut all) = (0, 0);
    for seed in 0..100 {
        let mut rng = Rng(seed);
        let mut toml = format!(
            "{HEAD}prev_close = 900000000\n[[trigger]]\nname = \"a\"\nindex_at_least = 1\n\
             cancel = {{ orders_of = \"a\" }}\n"
        );
        for epoch in 0..20 {
            let shares = rng.range(1, 1_000_000_000_000);
            toml += &format!(
                "[[epoch]]\nat_msg = {}\nshares = {{ \"000001\" = {shares} }}\n",
                epoch + 1
            );
        }
        let shares = rng.range(1, 1_000_000_000_000);
        let csv = format!("security,shares,prev_close\n000001,{shares},0.0001\n");
        let entries = (1..=25).map(|at| {
            // 9 x 10^12 units of the index times some 10^6: just within 63 bits.
            let price = rng.range(900_000, 1_020_000);
            market(wire::trade(at, "000001", price, stamp(DATE, 34_200_000 + at)))
        });
        let entries = entries.collect();
        refused += faults(&both(&setup(&toml, &csv), entries), FaultCode::IndexDivisor);
        all += 20;
    }
    assert!(refused > 20 && refused < all - 20, "{refused} of {all}");
}

/// Shows H26.
#[test]
fn an_index_point_before_any_time_belongs_to_no_date() {
    let toml = format!("{HEAD}prev_close = 10\n{}", probe("u", "0.0001", 6_400));
    let setup = setup(&toml, "security,shares,prev_close\n000001,1000,10.0000\n");
    let at = |ms: i64| stamp(DATE, 34_200_000 + ms);
    let entries = [
        wire::trade(1, "000001", 100_000, 0),
        wire::trade(2, "000002", 20_000, at(0)),
        wire::trade(3, "000002", 10_000, at(1)),
        wire::trade(4, "000001", 100_100, at(2)),
        wire::trade(5, "000002", 20_000, at(3)),
        wire::trade(6, "000001", 100_200, at(4)),
        wire::trade(7, "000002", 10_000, at(5)),
        wire::trade(8, "000002", 20_000, at(6)),
    ];
    let log = both(&setup, entries.map(market).into());
    assert_eq!((faults(&log, FaultCode::DecodeTime), decisions(&log)), (1, 2));
}

/// A whole snapshot: MsgType, entries of type, price, size and level, each with its queue.
type Level = (&'static str, i64, i64, u16, Vec<i64>);

fn snapshot(msg_type: u32, security: &str, time: i64, value: i64, entries: &[Level]) -> Vec<u8> {
    let mut body = Body::default().i64(time).u16(1_011).text("010", 3).text(security, 8);
    body = body.text("102", 4).text("T0", 8).i64(98_765).i64(12).i64(3_400).i64(value);
    body = body.u32(entries.len() as u32);
    for (kind, price, size, level, queue) in entries {
        body = body.text(kind, 2).i64(*price).i64(*size);
        if msg_type == 300_111 {
            body = body.u16(*level).i64(queue.len() as i64).u32(queue.len() as u32);
            body = queue.iter().fold(body, |body, quantity| body.i64(*quantity));
        } else {
            body.0.truncate(body.0.len() - 8);
        }
    }
    body.frame(msg_type)
}

fn any_snapshot(rng: &mut Rng, security: &str, time: i64) -> Vec<u8> {
    let price = |rng: &mut Rng| match rng.range(0, 40) {
        0 => 0,
        1 => -1,
        2 => i64::MAX,
        3 => i64::MAX - rng.range(0, 2_000_000),
        4 => i64::MIN,
        5 => 1,
        _ => 10_000_000 + 100 * rng.range(-30_000, 30_000) + rng.pick(&[0, 0, 0, 1]),
    };
    let mut entries: Vec<Level> = Vec::new();
    let mut room = 1_900;
    for _ in 0..rng.range(0, 26) {
        let kind = rng.pick(&[
            "0", "1", "0", "1", "2", "4", "7", "8", "3", "xb", "xc", "xd", "xe", "xf", "zz",
        ]);
        let level = if rng.chance(90) { rng.range(1, 10) } else { rng.pick(&[0, 11, 65_535]) };
        let longest = rng.pick(&[0, 0, 1, 2, 3, 50, 120]);
        let mut queue = vec![0; (rng.range(0, longest) as usize).min(room / 8)];
        queue.iter_mut().for_each(|quantity| *quantity = rng.range(1, 1_000_000));
        let bytes = 32 + 8 * queue.len();
        if bytes > room {
            break;
        }
        room -= bytes;
        entries.push((kind, price(rng), rng.range(0, 99), level as u16, queue));
    }
    let value = if rng.chance(3) { i64::MAX / 50 } else { rng.range(0, 1_000_000_000) };
    snapshot(300_111, security, time, value, &entries)
}

/// A trigger that orders whenever 000001 goes above a price.
fn dealer(name: &str, side: &str, price: &str, tick: &str) -> String {
    format!(
        "[[trigger]]\nname = \"{name}\"\nprice = {{ security = \"000001\", at_least = 10 }}\n[trigger.order]\n\
         security = \"000001\"\nside = \"{side}\"\nquantity = 100\nprice = \"{price}\"\ntick = {tick}\n"
    )
}

/// Shows H14, H21.
#[test]
fn snapshots_of_all_kinds_leave_the_same_depth_and_prices() {
    let (mut full, mut sent, mut refused) = (0, 0, 0);
    for seed in 0..250 {
        let mut rng = Rng(seed);
        let from = rng.pick(&["snapshot", "trade"]);
        let mut toml = format!(
            "{HEAD}prev_close = 10\nsource = \"{from}\"\n[limits]\nprice_band_percent = 20\n"
        );
        for (at, base) in ["best", "own_best", "last"].iter().enumerate() {
            for side in ["buy", "sell"] {
                let ticks = rng.pick(&["", "+1", "-1", "+100", "-1000", "+1000000", "-1000000"]);
                let tick = rng.pick(&["0.01", "0.001", "0.0001", "1", "0.03", "1000"]);
                toml += &dealer(&format!("{side}{at}"), side, &format!("{base}{ticks}"), tick);
            }
        }
        let csv = "security,shares,prev_close\n000001,1000,10.0000\n000002,10,1.0000\n";
        let setup = setup(&toml, csv);
        let (mut ms, mut sequence, mut entries) = (34_200_000, 0, Vec::new());
        for _ in 0..40 {
            ms += rng.range(-3, 20);
            let time = if rng.chance(3) { 20_241_301_000_000_000 } else { stamp(DATE, ms) };
            let security = rng.pick(&["000001", "000001", "000001", "000002", "000003"]);
            let bytes = if rng.chance(70) {
                any_snapshot(&mut rng, security, time)
            } else {
                sequence += rng.pick(&[1, 1, 1, 1, 3, -2]);
                wire::trade(sequence, security, 100_000 + rng.range(-500, 500), time)
            };
            entries.push(market(bytes));
        }
        let log = both(&setup, entries);
        full += faults(&log, FaultCode::QuoteQueue);
        sent += orders(&log);
        refused += decisions(&log) - orders(&log);
    }
    assert!(full > 100 && sent > 200 && refused > 500, "{full} {sent} {refused}");
}

#[test]
fn a_snapshot_says_once_that_its_queues_are_too_long() {
    let setup = setup(
        &format!("{HEAD}prev_close = 10\n"),
        "security,shares,prev_close\n000001,1000,10.0000\n",
    );
    let at = |ms: i64| stamp(DATE, 34_200_000 + ms);
    let long = ("0", 10_000_000, 5, 1, vec![7; 103]);
    let one = ("1", 10_000_000, 5, 1, vec![8; 1]);
    let entries = [
        snapshot(300_111, "000001", at(0), 0, &[long.clone(), one.clone(), one.clone()]),
        snapshot(300_111, "000001", at(1), 0, std::slice::from_ref(&one)),
        snapshot(300_111, "000001", at(2), 0, &[]),
        snapshot(300_111, "000001", at(2), 0, &[one, long]),
    ];
    let log = both(&setup, entries.map(market).into());
    assert_eq!(faults(&log, FaultCode::QuoteQueue), 2);
}

/// Shows H14.
#[test]
fn the_published_index_is_compared_once_a_value() {
    let setup = setup(
        &format!("{HEAD}prev_close = 10\n"),
        "security,shares,prev_close\n000001,1000,10.0000\n",
    );
    for seed in 0..60 {
        let mut rng = Rng(seed);
        let (mut ms, mut sequence, mut entries) = (34_200_000, 0, Vec::new());
        for _ in 0..40 {
            ms += rng.range(0, 2);
            let time = stamp(DATE, ms + rng.pick(&[0, 0, -1]));
            sequence += 1;
            let value = rng.pick(&[10_000_000, 10_000_100, -5, i64::MIN, i64::MAX]);
            let kind = rng.pick(&["3", "3", "3", "2", "xa"]);
            let id = rng.pick(&["399001", "399001", "399001", "399002"]);
            entries.push(market(match rng.range(0, 3) {
                0 => wire::trade(sequence, "000001", 100_000 + rng.range(-5, 5), time),
                _ => snapshot(309_011, id, time, 0, &[(kind, value, 0, 0, vec![])]),
            }));
        }
        both(&setup, entries);
    }
}

fn id(setup: &Setup, row: u32) -> [u8; 10] {
    setup.trading.as_ref().map_or([b' '; 10], |trading| trading.cl_ord_ids.id(row))
}

/// A report about the order of a row.
fn about(setup: &Setup, row: u32, time: i64) -> Report {
    Report {
        time,
        security: padded("000001"),
        side: b'1',
        cl_ord_id: id(setup, row),
        order_id: padded(&format!("EX{row}")),
        quantity: 10_000,
        leaves: 10_000,
        ..Report::default()
    }
}

/// A trigger that buys with each message that takes the index to 10 or above.
const BUYER: &str = "[[trigger]]\nname = \"b\"\nindex_at_least = 10\n[trigger.order]\nsecurity = \"000001\"\n\
                     side = \"buy\"\nquantity = 100\nprice = 10\n";

/// So many orders, one for every two messages.
fn bought(count: i64, sequence: &mut i64) -> Vec<Entry> {
    let mut entries = Vec::new();
    for at in 0..count {
        for price in [100_000, 90_000] {
            *sequence += 1;
            let time = stamp(DATE, 34_200_000 + at);
            entries.push(market(wire::trade(*sequence, "000001", price, time)));
        }
    }
    entries
}

const ONE: &str = "security,shares,prev_close\n000001,1000,10.0000\n";

/// Shows H23.
#[test]
fn partitions_beyond_the_last_do_not_silence_their_reports() {
    let setup = setup(&format!("{HEAD}prev_close = 10\n{BUYER}"), ONE);
    let mut entries = bought(80, &mut 0);
    let time = stamp(DATE, 34_300_000);
    for row in 0..75 {
        // Of the last ones some have a time that does not exist.
        let time = if row > 68 { 20_240_102_250_000_000 } else { time };
        let partition = row as i32 * 3 - 50;
        let index = if row % 5 == 0 { 3 } else { 1 };
        entries.push(report(&Report { partition, index, ..about(&setup, row, time) }));
        if row % 7 == 0 {
            let wrong =
                Report { partition, index: index - 1, leaves: 5, ..about(&setup, row, time) };
            entries.push(report(&wrong));
        }
    }
    let log = both(&setup, entries);
    assert_eq!(faults(&log, FaultCode::DecodeTime), 6);
    assert!(faults(&log, FaultCode::FeedbackPartition) >= 11);
    assert!(faults(&log, FaultCode::FeedbackContradiction) >= 10);
}

/// Shows O3.
#[test]
fn a_kill_switch_asks_for_all_that_is_outstanding_and_has_room() {
    for room in [9, 30, 65, 200] {
        let toml = format!(
            "{HEAD}prev_close = 10\n[limits]\ncancel_on_kill = true\nmax_requests = {room}\n{BUYER}\
             [[trigger]]\nname = \"c\"\nindex_at_most = 8\ncancel = {{ orders_of = \"b\" }}\n"
        );
        let setup = setup(&toml, ONE);
        let mut sequence = 0;
        let mut entries = bought(40, &mut sequence);
        let time = stamp(DATE, 34_300_000);
        let mut index = 0;
        let mut told = |entries: &mut Vec<Entry>, one: Report| {
            index += 1;
            entries.push(report(&Report { partition: 1, index, ..one }));
        };
        for row in (0..40).step_by(3) {
            told(&mut entries, about(&setup, row, time));
        }
        // The exchange cancels some by their OrderID alone, one of them twice.
        for row in [6, 3, 6, 33, 36] {
            let exec =
                Report { exec_type: b'4', ord_status: b'4', leaves: 0, ..about(&setup, row, time) };
            told(&mut entries, Report { cl_ord_id: [b' '; 10], ..exec });
        }
        entries.push(kill(true));
        // Cancel requests refused and done, then all over again.
        for row in 40..60 {
            let of = row - 40;
            let orig_cl_ord_id = id(&setup, of);
            let named = Report { orig_cl_ord_id, order_id: [b' '; 16], ..about(&setup, row, time) };
            told(
                &mut entries,
                match row % 3 {
                    0 => Report { msg_type: 290_008, ord_status: b'8', ..named },
                    1 => Report { exec_type: b'4', ord_status: b'4', leaves: 0, ..named },
                    _ => Report {
                        exec_type: b'8',
                        ord_status: b'8',
                        leaves: 0,
                        ..about(&setup, of, time)
                    },
                },
            );
        }
        entries.push(kill(true));
        entries.push(kill(false));
        sequence += 1;
        entries.push(market(wire::trade(sequence, "000001", 70_000, time)));
        entries.extend(bought(4, &mut sequence));
        sequence += 1;
        entries.push(market(wire::trade(sequence, "000001", 70_000, time)));
        let log = both(&setup, entries);
        assert!(orders(&log) > usize::min(room, 40) / 2, "{room}: {}", orders(&log));
    }
}

#[test]
fn without_triggers_only_quotes_and_index_move() {
    let plain = setup(&format!("{HEAD}prev_close = 10\n"), ONE);
    let trading = setup(&format!("{HEAD}prev_close = 10\n{BUYER}"), ONE);
    let parameters = trading.trading.expect("triggers").parameters;
    let mut entries = bought(3, &mut 0);
    entries.push(kill(true));
    entries.push(Entry::Parameters(Box::new(parameters)));
    entries.push(report(&Report { partition: 1, index: 1, ..about(&plain, 0, stamp(DATE, 1)) }));
    let log = both(&plain, entries);
    assert_eq!((decisions(&log), faults(&log, FaultCode::TriggerParameters)), (0, 1));
}

/// Shows H21.
#[test]
fn a_table_of_all_rows_is_served() {
    let mut csv = "security,shares,prev_close\n".to_owned();
    for at in 0..4_000 {
        csv += &format!("{:06},{},{}.5000\n", 100_000 + at, 1 + at % 97, 1 + at % 50);
    }
    let setup = setup(&format!("{HEAD}prev_close = 3000\n{BUYER}"), &csv);
    let mut rng = Rng(9);
    let entries = (1..4_000).map(|at| {
        let security = format!("{}", 100_000 + rng.range(0, 4_100));
        let price = rng.range(10_000, 500_000);
        market(wire::trade(at, &security, price, stamp(DATE, 34_200_000 + at)))
    });
    both(&setup, entries.collect());
}

/// Shows H31.
#[test]
fn parameters_by_hand_are_a_fault_while_an_epoch_is_to_come() {
    let toml = format!("{HEAD}prev_close = 10\n{BUYER}[[epoch]]\nat_msg = 5\n");
    let room = Room { securities: 8, requests: 4_096 };
    let lines = image::lines(&setup(&toml, ONE), &[], room).expect("an image");
    let mut stage = IndicatorC::new(&lines);
    let mut rest = lines.iter().peekable();
    let mut steps = 0;
    while !stage.is_idle() {
        while rest.next_if(|line| stage.load(line)).is_some() {}
        assert_eq!(stage.step(None), IndicatorStep::default());
        steps += 1;
    }
    // Nothing is left: the epoch waits in the stage.
    assert_eq!((rest.next(), steps), (None, 17));
    let item = Item { kind: item_kind::PARAMETERS, ..Item::default() };
    let step = stage.step(Some(&item));
    let event = step.event.expect("an event");
    assert!(step.took);
    assert_eq!(
        (event.kind, event.fault_a),
        (event_kind::FAULT, FaultCode::TriggerParameters as u8)
    );
}
