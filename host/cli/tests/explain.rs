//! `tidegate explain`: decisions derived again, in words, and whatever does not agree.

mod common;

use common::trading::{
    SETUP, acknowledged, day, filled, refused_by_gateway, setup, snapshot, trade_at,
};
use common::{Dir, Ran, read, run, run_with};
use serde_json::Value;

/// The day, run into the folder `out`.
fn replayed(dir: &Dir) {
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(dir, SETUP));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out"), "--no-latency"]).text();
}

fn explain(dir: &Dir, decision: u64, args: &[&str]) -> Ran {
    let (out, decision) = (dir.name("out"), decision.to_string());
    run(&[&["explain", &out, &decision], args].concat())
}

#[track_caller]
fn has(ran: &Ran, lines: &[&str]) {
    let text = ran.text();
    for line in lines {
        assert!(text.lines().any(|found| found.trim() == *line), "{line}\n{text}");
    }
    assert!(!text.contains("DIFFERS"), "{text}");
}

/// Shows C13, N4.
#[test]
fn an_order_that_left() {
    let dir = Dir::new();
    replayed(&dir);
    let wanted = "\
decision 0: breakout sent an order
  message     2, 300191: Auction tick trade or cancel
              trade of 100.00 of 000001 at 15.2000, 2023-02-01 09:30:01.000
              stream 0, byte 90
  time        2023-02-01 09:30:01.000
  index       1000.0000 -> 1013.3333 (+13.3333)
              000001 moved from 15.0000 to 15.2000
  parameters  the setup
  conditions  index >= 1010.0000: found 1013.3333, holds (before: 1000.0000, did not hold)
              index rises by 5.0000 or more within 6400 ms: found +13.3333, holds (before: 0.0000, did not hold)
                counted from 1000.0000, with which the window began at 09:30:00.000 (message 1)
              fewer than 2 orders sent within 10 s: found 0, holds (before: 0, held)
  why now     turned true with this message: index >= 1010.0000, index rises by 5.0000 or more within 6400 ms; the others held before
              it had not fired before
  limits      kill_switch        off
              guard              not engaged
              price              15.2100: last price 15.200000, +1 x 0.0100
              price_limit        the latest snapshot has none
              max_quantity       100.00 of at most 200.00, for all triggers
              max_total_value    1521.000000 of at most 10000000.000000, for all triggers
              requests           4096 of 4096 rows are free, 2 wanted
              no limit refuses
  order       T000000001: buy 100.00 of 000001 at 15.2100, a 100101 of 121 bytes
  checked     agrees   message: 2 came before
              agrees   time: the greatest stamp so far is 2023-02-01 09:30:01.000
              agrees   index: 1 price x shares adds up to 15200.0000 CNY, which is 1013.3333
              agrees   conditions: found again from the plain history of index, prices and orders
              agrees   edge: all hold, did not all hold before, and the trigger was armed
              agrees   price: 15.2100 by the rule of the setup
              agrees   limits: no limit refuses
              agrees   order: its frame has the fields of the setup, this price and time, and its checksum
              agrees   decisions.jsonl: the recorded line comes out byte for byte
              agrees   orders.jsonl: 1 frame left, as recorded
  result      the decision comes out again, and everything that was looked at twice agrees
";
    assert_eq!(explain(&dir, 0, &[]).text(), wanted);
    // The second order: the first is counted, and the value of both.
    has(
        &explain(&dir, 1, &[]),
        &[
            "fewer than 2 orders sent within 10 s: found 1, holds (before: 1, held)",
            "T000000001 left 2023-02-01 09:30:01.000 (message 2)",
            "it fired last at 2023-02-01 09:30:01.000 (message 2, decision 0)",
            "max_total_value    3052.000000 of at most 10000000.000000, for all triggers",
        ],
    );
}

/// Shows C13.
#[test]
fn cancels_say_what_was_outstanding() {
    let dir = Dir::new();
    replayed(&dir);
    has(
        &explain(&dir, 2, &[]),
        &[
            "decision 2: retreat asked to cancel 2 orders",
            "requests    T000000003 asks to cancel T000000001, a 190007 of 98 bytes",
            "T000000004 asks to cancel T000000002, a 190007 of 98 bytes",
            "agrees   requests: 2 orders to cancel, by what left and what came back before",
        ],
    );
    // One was cancelled since, of the other the request was refused.
    has(
        &explain(&dir, 5, &[]),
        &[
            "decision 5: retreat asked to cancel 1 order",
            "requests    T000000005 asks to cancel T000000002, a 190007 of 98 bytes",
        ],
    );
}

/// Shows N3.
#[test]
fn refusals_name_their_limit() {
    let dir = Dir::new();
    replayed(&dir);
    has(
        &explain(&dir, 4, &[]),
        &[
            "decision 4: breakout was refused an order by max_quantity",
            "parameters  epoch 1, from message 15 on",
            "max_quantity       500.00 of at most 200.00, for all triggers",
            "max_quantity (global) refuses: found 500.00, allowed 200.00",
            "what comes behind it is not looked at any more",
            "order       none left",
            "epoch 1 rules from this message on",
            // 20 s after the window began it has a past of its own.
            "counted from 966.6667, set at 09:30:05.000 (message 9): the value at 09:30:13.700, where \
             the oldest of 64 slots of 100 ms begins",
        ],
    );
    has(
        &explain(&dir, 7, &[]),
        &[
            "decision 7: breakout was refused an order by guard",
            "guard              engaged since 2023-02-01 09:30:22.000 (message 17, decision 6)",
            "guard (global) refuses",
        ],
    );
}

/// Shows O1.
#[test]
fn the_guard_and_epochs() {
    let dir = Dir::new();
    replayed(&dir);
    has(
        &explain(&dir, 6, &[]),
        &[
            "decision 6: the guard was engaged",
            "change      60.0000 points up or down within 6400 ms: found +66.6666, which is that much",
            "before: -33.3334",
            "why now     the change was smaller before, and the guard was not engaged",
        ],
    );
    has(
        &explain(&dir, 8, &[]),
        &[
            "decision 8: the guard was released",
            "why now     it was engaged at 2023-02-01 09:30:22.000 (message 17, decision 6)",
            "the change is small again since 2023-02-01 09:30:40.000 (message 18): 2 s, wanted 2 s",
        ],
    );
    has(
        &explain(&dir, 3, &[]),
        &[
            "decision 3: epoch 1 took effect",
            "message     before 15, 300191: Auction tick trade or cancel",
            "changes     breakout.order.quantity 100.00 -> 500.00",
            "why now     the setup says at_msg = 15",
        ],
    );
}

/// Shows O3.
#[test]
fn the_kill_switch_cancels_without_a_trigger() {
    let dir = Dir::new();
    let text = SETUP.replace(
        "at_msg = 15",
        "at_msg = 5\nkill_switch = true\nshares = { \"000001\" = 2000 }\n[epoch.limits]\ncancel_on_kill = true",
    );
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, &text));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    has(
        &explain(&dir, 1, &[]),
        &[
            "decision 1: epoch 1 took effect",
            "changes     limits.kill_switch off -> on",
            "limits.cancel_on_kill false -> true",
            "1 share count",
        ],
    );
    has(
        &explain(&dir, 2, &[]),
        &[
            "decision 2: the kill switch asked to cancel 1 order",
            "why now     the epoch before turned the kill switch on, with cancel_on_kill",
            "requests    T000000002 asks to cancel T000000001, a 190007 of 98 bytes",
        ],
    );
    // With twice the shares the index is where it was.
    has(
        &explain(&dir, 3, &[]),
        &[
            "decision 3: breakout was refused an order by kill_switch",
            "agrees   index: 1 price x shares adds up to 30600.0000 CNY, which is 1020.0000",
            "limits      kill_switch        on for all triggers",
        ],
    );
}

/// A snapshot with levels and limits, then a price that fires.
#[test]
fn prices_come_from_the_snapshot() {
    let dir = Dir::new();
    let text = SETUP.replace("\"last+1\"", "\"best+3\"\ntick = \"0.05\"");
    let text = text.replace(
        "index_at_most = \"980\"",
        "price = { security = \"000001\", at_most = \"14.8\" }",
    );
    let levels = [(*b"0 ", 15_190_000, 1), (*b"1 ", 15_220_000, 1), (*b"2 ", 15_180_000, 0)];
    let limits = [(*b"xe", 15_330_000, 0), (*b"xf", 13_500_000, 0)];
    let day = [
        trade_at(1, 0, 150_000),
        snapshot(500, &[&levels[..], &limits].concat()),
        trade_at(2, 1_000, 152_000),
        trade_at(3, 2_000, 147_900),
    ];
    let (input, setup) = (dir.file("day.bin", &day.concat()), setup(&dir, &text));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    has(
        &explain(&dir, 0, &[]),
        &[
            "price              15.3000: best offer 15.220000, on a whole tick 15.200000, +3 x 0.0500, \
             clamped to the price limits",
            "price_limit        15.300000 within 13.500000 and 15.330000",
        ],
    );
    has(
        &explain(&dir, 1, &[]),
        &[
            "conditions  000001 <= 14.800000: found 14.790000, holds (before: 15.200000, did not hold)",
            "last price of 000001, by its last trade",
        ],
    );
}

/// Shows C13.
#[test]
fn a_report_may_be_the_message() {
    let dir = Dir::new();
    let text = SETUP.replace("max_sends = { count = 2, within_ms = 10000 }", "max_outstanding = 1");
    let day = [
        trade_at(1, 0, 150_000),
        trade_at(2, 1_000, 152_000),
        acknowledged(1, 1_100, 1),
        refused_by_gateway(1_200, 9),
        filled(2, 1_300, 1, 10_000, 10_000),
    ];
    let (input, setup) = (dir.file("day.bin", &day.concat()), setup(&dir, &text));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    has(
        &explain(&dir, 1, &[]),
        &[
            "message     4, 200115: Execution report: a fill",
            "100.00 of T000000001 traded at 15.2100, 2023-02-01 09:30:01.300; applied",
            "fewer than 1 orders outstanding: found 0, holds (before: 1, did not hold)",
        ],
    );
}

#[test]
fn the_first_message_may_decide() {
    let dir = Dir::new();
    let text = "[[trigger]]\nname = \"now\"\nprice = { security = \"000001\", at_least = \"1\" }\n\
                order = { security = \"000001\", side = \"sell\", quantity = 1, price = \"own_best\" }\n";
    let (input, setup) =
        (dir.file("day.bin", &day()[1..].concat()), dir.file("s.toml", text.as_bytes()));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    has(
        &explain(&dir, 0, &[]),
        &[
            "decision 0: now was refused an order by no_price",
            "why now     this is the first message, and all conditions hold",
            "no_price           none: there is no best offer",
            "no_price (global) refuses",
        ],
    );
}

#[test]
fn as_json() {
    let dir = Dir::new();
    replayed(&dir);
    let json: Value = serde_json::from_str(explain(&dir, 4, &["--json"]).text()).expect("JSON");
    assert_eq!(json["agrees"], true);
    assert_eq!(json["title"], "decision 4: breakout was refused an order by max_quantity");
    assert_eq!(json["decision"]["limit"], "max_quantity");
    let parts = json["parts"].as_array().expect("parts");
    assert_eq!(parts[0]["part"], "message");
    assert_eq!(parts[0]["lines"][0], "15, 300191: Auction tick trade or cancel");
    let checks = json["checks"].as_array().expect("checks");
    assert!(checks.iter().all(|check| check["agrees"] == true));
    assert!(checks.iter().any(|check| check["check"] == "decisions.jsonl"));
}

/// Changes a file of the folder.
fn tamper(dir: &Dir, name: &str, from: &str, to: &str) {
    let path = dir.path("out").join(name);
    let text = read(&path);
    assert!(text.contains(from), "{text}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("a file");
}

#[track_caller]
fn differs(ran: &Ran, line: &str) {
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let text = String::from_utf8(ran.stdout.clone()).expect("UTF-8");
    assert!(text.contains(line), "{text}");
    assert!(text.contains("THE DECISION DOES NOT AGREE WITH THE RUN"), "{text}");
    assert!(ran.stderr.ends_with("does not agree with the run\n"), "{}", ran.stderr);
}

#[test]
fn a_changed_record_does_not_agree() {
    let otherwise = "DIFFERS  decisions.jsonl: the recorded line comes out otherwise";
    for (from, to) in [
        ("\"found\":\"13.3333\"", "\"found\":\"13.3334\""),
        ("\"15.2100\"", "\"15.2000\""),
        ("\"sent\"", "\"refused\""),
        ("\"msg\":2", "\"msg\":3"),
        ("{\"number\":0", "no JSON {"),
        ("}]}\n", "}]} \n"),
    ] {
        let dir = Dir::new();
        replayed(&dir);
        tamper(&dir, "decisions.jsonl", from, to);
        let ran = explain(&dir, 0, &[]);
        differs(&ran, otherwise);
        // Only the record is wrong: what was looked at twice agrees.
        let text = String::from_utf8(ran.stdout).expect("UTF-8");
        assert_eq!(text.matches("DIFFERS").count(), 1, "{text}");
        assert_eq!(explain(&dir, 1, &[]).code, 0);
    }
    for (from, to) in
        [("\"Price\":\"15.2100\"", "\"Price\":\"15.2000\""), ("{\"msg\":2", "{\"msg\":3")]
    {
        let dir = Dir::new();
        replayed(&dir);
        tamper(&dir, "orders.jsonl", from, to);
        differs(&explain(&dir, 0, &[]), "DIFFERS  orders.jsonl: 1 frame left, not as recorded");
    }
    // An order that never left, and one that is gone.
    let dir = Dir::new();
    replayed(&dir);
    tamper(&dir, "orders.jsonl", "\"decision\":1", "\"decision\":0");
    differs(&explain(&dir, 0, &[]), "DIFFERS  orders.jsonl: 1 frame left, not as recorded");
    differs(&explain(&dir, 1, &[]), "DIFFERS  orders.jsonl: 1 frame left, not as recorded");
    let json = explain(&dir, 0, &["--json"]);
    assert_eq!(json.code, 1);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["agrees"], false);
}

#[test]
fn a_decision_that_was_never_made() {
    let dir = Dir::new();
    replayed(&dir);
    let path = dir.path("out").join("decisions.jsonl");
    let text = read(&path);
    let last = text.lines().last().expect("a decision").replace("\"number\":8", "\"number\":9");
    std::fs::write(&path, format!("{text}{last}\n")).expect("a file");
    differs(
        &explain(&dir, 9, &[]),
        "DIFFERS  decision: the run makes 9 decisions, and not this one",
    );
}

#[test]
fn a_setup_in_the_folder_that_was_changed() {
    let dir = Dir::new();
    replayed(&dir);
    tamper(&dir, "run.json", "points = \\\"5\\\"", "points = \\\"4\\\"");
    differs(&explain(&dir, 0, &[]), "DIFFERS  decisions.jsonl");
    tamper(&dir, "run.json", "[limits]", "[limit]");
    assert!(explain(&dir, 0, &[]).error(2).contains("limit"));
    tamper(&dir, "run.json", "{", "");
    assert!(
        explain(&dir, 0, &[]).error(1).contains("run.json is not as `tidegate replay` writes it")
    );
}

#[test]
fn a_changed_input_is_told() {
    let dir = Dir::new();
    replayed(&dir);
    let (input, copy) = (dir.name("day.bin"), dir.name("copy.bin"));
    std::fs::copy(&input, &copy).expect("a copy");
    let mut bytes = day().concat();
    bytes[100] ^= 1;
    std::fs::write(&input, &bytes).expect("a file");
    let ran = explain(&dir, 0, &[]);
    assert!(
        ran.error(1).contains("day.bin is not what the run read: found 2056 bytes"),
        "{}",
        ran.stderr
    );
    // A copy will do.
    assert_eq!(explain(&dir, 0, &["--input", &copy]).code, 0);
    std::fs::remove_file(&input).expect("a file");
    let ran = explain(&dir, 0, &[]);
    assert!(ran.error(1).contains("--input FILE says where it is now"), "{}", ran.stderr);
    // The setup is the one that the folder keeps; another is refused.
    let args = |setup: &str| explain(&dir, 0, &["--input", &copy, "--setup", setup]);
    std::fs::create_dir(dir.path("elsewhere")).expect("a directory");
    for name in ["setup.toml", "c.csv"] {
        std::fs::rename(dir.path(name), dir.path("elsewhere").join(name)).expect("a file");
    }
    let setup = dir.name("elsewhere/setup.toml");
    assert_eq!(explain(&dir, 0, &["--input", &copy]).code, 0);
    assert_eq!(args(&setup).code, 0);
    std::fs::write(dir.path("elsewhere/c.csv"), "security,shares,prev_close\n000001,1,15\n")
        .expect("a file");
    assert!(args(&setup).error(1).contains("is not the setup of the run"));
}

#[test]
fn folders_and_decisions_that_are_not_there() {
    let dir = Dir::new();
    replayed(&dir);
    let ran = explain(&dir, 9, &[]);
    assert!(ran.error(1).contains("decision 9 is unknown"), "{}", ran.stderr);
    assert!(ran.stderr.contains("has 0 to 8"), "{}", ran.stderr);
    std::fs::write(dir.path("out").join("decisions.jsonl"), "").expect("a file");
    assert!(explain(&dir, 0, &[]).error(1).contains("has none"));
    std::fs::remove_file(dir.path("out").join("decisions.jsonl")).expect("a file");
    assert!(explain(&dir, 0, &[]).error(1).contains("decisions.jsonl"));
    let ran = run(&["explain", &dir.name("."), "0"]);
    assert!(ran.error(1).contains("is no folder of `tidegate replay --out`"), "{}", ran.stderr);
    assert!(run(&["explain", "/no/such", "0"]).error(1).contains("/no/such"));
    assert!(run(&["explain", &dir.name("out"), "x"]).error(2).contains("the number of a decision"));
    std::fs::write(dir.path("out").join("decisions.jsonl"), "").expect("a file");
    std::fs::remove_file(dir.path("out").join("run.json")).expect("a file");
    assert!(explain(&dir, 0, &[]).error(1).contains("did not end"));
    // A replay without triggers decides nothing.
    run(&["replay", &dir.name("day.bin"), "--out", &dir.name("plain")]).text();
    let ran = run(&["explain", &dir.name("plain"), "0"]);
    assert!(ran.error(1).contains("is of a replay without triggers"), "{}", ran.stderr);
}

#[test]
fn reports_of_a_second_file_go_in_again() {
    let dir = Dir::new();
    let text = SETUP.replace("max_sends = { count = 2, within_ms = 10000 }", "max_outstanding = 1");
    let day = [trade_at(1, 0, 150_000), trade_at(2, 1_000, 152_000), trade_at(3, 2_000, 153_000)];
    let reports = [acknowledged(1, 1_100, 1), filled(2, 1_300, 1, 10_000, 10_000)];
    let (input, feedback) =
        (dir.file("day.bin", &day.concat()), dir.file("reports.bin", &reports.concat()));
    let setup = setup(&dir, &text);
    let out = dir.name("out");
    run(&["replay", &input, "--setup", &setup, "--feedback", &feedback, "--out", &out]).text();
    has(&explain(&dir, 1, &[]), &["message     3, 200115: Execution report: a fill"]);
    std::fs::rename(&feedback, dir.path("moved.bin")).expect("a file");
    assert!(explain(&dir, 1, &[]).error(1).contains("--feedback FILE says where it is now"));
    assert_eq!(explain(&dir, 1, &["--feedback", &dir.name("moved.bin")]).code, 0);
    std::fs::write(dir.path("moved.bin"), reports[0].clone()).expect("a file");
    let ran = explain(&dir, 1, &["--feedback", &dir.name("moved.bin")]);
    assert!(ran.error(1).contains("moved.bin is not what the run read"), "{}", ran.stderr);
}

#[test]
fn other_forms_of_input() {
    let dir = Dir::new();
    let setup = setup(&dir, SETUP);
    let bytes = day().concat();
    let mut words = Vec::new();
    let printed = tidegate_pipeline::toe::Descriptor {
        words: tidegate_pipeline::toe::WordOrder::Printed,
        ..Default::default()
    };
    bytes.chunks(33).for_each(|packet| printed.packet_words(9, packet, 0, &mut words));
    let input = dir.file("day.beats", &words);
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    has(&explain(&dir, 0, &[]), &["stream 9, byte 90"]);
    assert!((0..9).all(|decision| explain(&dir, decision, &[]).code == 0));
    // What came by a pipe is named with its copy.
    let args = ["replay", "-", "--setup", &setup, "--out", &dir.name("out")];
    run_with(&args, &bytes).text();
    assert!(explain(&dir, 0, &[]).error(1).contains("the run read the standard input"));
    let copy = dir.file("copy.bin", &bytes);
    assert_eq!(explain(&dir, 0, &["--input", &copy]).code, 0);
    let run_json: Value =
        serde_json::from_str(&read(dir.path("out").join("run.json"))).expect("JSON");
    assert_eq!(run_json["input"]["path"], "-");
    assert_eq!(run_json["input"]["bytes"], 2056);
}

/// The bundled day with triggers on everything: each decision must agree with a second look.
/// Shows H2, C13, N4.
#[test]
fn every_decision_of_the_market_day_agrees() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden-feeds/market-day/");
    let dir = Dir::new();
    let constituents = read(format!("{folder}constituents.csv"));
    dir.file("constituents.csv", constituents.as_bytes());
    let first = constituents.lines().nth(1).and_then(|row| row.split(',').next());
    let security = first.expect("a constituent");
    let text = format!(
        r#"
[index]
id = "399001"
prev_close = "9876.5432"
constituents = "constituents.csv"
[[trigger]]
name = "up"
index_change = {{ points = "4", within_ms = 640000 }}
max_sends = {{ count = 2, within_ms = 600000 }}
order = {{ security = "{security}", side = "buy", quantity = 200, price = "best+1" }}
[[trigger]]
name = "down"
index_change = {{ points = "-3", within_ms = 64000 }}
max_outstanding = 5
rearm = {{ after_ms = 60000 }}
order = {{ security = "{security}", side = "sell", quantity = 100, price = "last-1", tick = "0.05" }}
[[trigger]]
name = "through"
index_crosses = "9876"
cancel = {{ orders_of = "up" }}
[limits]
price_band_percent = "0.5"
max_total_value = "20000"
max_orders = {{ count = 3, within_ms = 1000 }}
[guard]
index_change = {{ points = "9", within_ms = 64000 }}
hold_ms = 5000
[[epoch]]
at_msg = 40000
shares = {{ "{security}" = 1000000 }}
[[epoch.trigger]]
name = "up"
index_change = {{ points = "6", within_ms = 128000 }}
"#
    );
    let (day, setup) =
        (format!("{folder}market-day.pcap.gz"), dir.file("setup.toml", text.as_bytes()));
    run(&["replay", &day, "--setup", &setup, "--out", &dir.name("out"), "--no-latency"]).text();
    let count = read(dir.path("out").join("decisions.jsonl")).lines().count() as u64;
    assert!(count > 10, "{count}");
    for decision in 0..count {
        assert!(!explain(&dir, decision, &[]).text().contains("DIFFERS"));
    }
}
