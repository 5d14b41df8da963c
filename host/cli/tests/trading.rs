//! What `tidegate replay` and `tidegate setup` say of triggers, orders and reports.

mod common;

use common::trading::{SETUP, day, setup};
use common::{Dir, frame, read, run};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const FILES: [&str; 4] = ["orders.jsonl", "decisions.jsonl", "reports.jsonl", "records.csv"];

/// The day, run into the folder `out`.
fn replayed(dir: &Dir) -> common::Ran {
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(dir, SETUP));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out"), "--no-latency"])
}

fn lines(dir: &Dir, name: &str) -> Vec<Value> {
    let text = read(dir.path("out").join(name));
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn summary(dir: &Dir) -> Value {
    serde_json::from_str(&read(dir.path("out").join("summary.json"))).expect("JSON")
}

/// Shows H2, C15.
#[test]
fn orders_are_a_line_each() {
    let dir = Dir::new();
    replayed(&dir).text();
    let text = read(dir.path("out").join("orders.jsonl"));
    let first = text.lines().next().expect("an order");
    assert!(
        first.starts_with(
            r#"{"msg":2,"time":20230201093001000,"trigger":"breakout","epoch":0,"index":"1013.3333","decision":0,"MsgType":100101,"Order":{"ApplID":"010","SubmittingPBUID":"","SecurityID":"000001","#
        ),
        "{first}"
    );
    let orders = lines(&dir, "orders.jsonl");
    let told: Vec<Value> = orders
        .iter()
        .map(|line| {
            json!([line["msg"], line["trigger"], line["MsgType"], line["Order"]["ClOrdID"]])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([2, "breakout", 100101, "T000000001"]),
            json!([6, "breakout", 100101, "T000000002"]),
            json!([9, "retreat", 190007, "T000000003"]),
            json!([9, "retreat", 190007, "T000000004"]),
            json!([16, "retreat", 190007, "T000000005"]),
        ]
    );
    assert_eq!(orders[0]["Order"]["Price"], "15.2100");
    assert_eq!(orders[0]["Order"]["OrderQty"], "100.00");
    assert_eq!(orders[0]["Order"]["TransactTime"], 20_230_201_093_001_000u64);
    assert_eq!(orders[2]["Order"]["OrigClOrdID"], "T000000001");
    assert_eq!(orders[2]["Order"]["OrderID"], "1");
    assert_eq!(orders[3]["Order"]["OrderID"], "");
    // The bytes are the message that is shown.
    for line in &orders {
        let bytes = common::unhex(line["Hex"].as_str().expect("digits"));
        let decoded = common::run_with(&["decode", "-"], &bytes).json();
        let mut shown = line["Order"].as_object().expect("an object").clone();
        for key in ["Stream", "Msg", "Offset"] {
            shown.insert(key.to_owned(), 0.into());
        }
        shown.insert("MsgType".to_owned(), line["MsgType"].clone());
        assert_eq!(decoded, [Value::Object(shown)]);
    }
}

/// Shows H2, C13.
#[test]
fn decisions_say_what_was_looked_at() {
    let dir = Dir::new();
    replayed(&dir).text();
    let decisions = lines(&dir, "decisions.jsonl");
    let told: Vec<Value> = decisions
        .iter()
        .map(|line| {
            json!([line["number"], line["msg"], line["trigger"], line["outcome"], line["limit"]])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([0, 2, "breakout", "sent", null]),
            json!([1, 6, "breakout", "sent", null]),
            json!([2, 9, "retreat", "cancel", null]),
            json!([3, 15, null, "epoch", null]),
            json!([4, 15, "breakout", "refused", "max_quantity"]),
            json!([5, 16, "retreat", "cancel", null]),
            json!([6, 17, null, "guard_engaged", null]),
            json!([7, 17, "breakout", "refused", "guard"]),
            json!([8, 19, null, "guard_released", null]),
        ]
    );
    assert_eq!(
        decisions[0],
        json!({"number": 0, "msg": 2, "time": 20_230_201_093_001_000u64, "trigger": "breakout",
        "epoch": 0, "index": "1013.3333", "outcome": "sent", "limit": null, "scope": null,
        "found": null, "allowed": null, "price": "15.2100", "quantity": "100.00",
        "ClOrdID": "T000000001", "requests": 1, "conditions": [
            {"condition": "index_at_least", "holds": true, "found": "1013.3333",
                "wanted": "1010.0000"},
            {"condition": "index_change", "holds": true, "found": "13.3333",
                "wanted": "5.0000", "within_ms": 6400},
            {"condition": "max_sends", "holds": true, "found": 0, "wanted": 2,
                "within_ms": 10000},
        ]})
    );
    let refused = &decisions[4];
    assert_eq!((&refused["scope"], &refused["epoch"]), (&json!("global"), &json!(1)));
    assert_eq!((&refused["found"], &refused["allowed"]), (&json!("500.00"), &json!("200.00")));
    assert_eq!((&refused["price"], &refused["quantity"]), (&json!("15.3100"), &json!("500.00")));
    assert_eq!(decisions[2]["requests"], 2);
    assert_eq!(decisions[2]["ClOrdID"], "T000000003");
    // One order is cancelled, of the other the first request was refused.
    assert_eq!(
        (&decisions[5]["requests"], &decisions[5]["ClOrdID"]),
        (&json!(1), &json!("T000000005"))
    );
    assert_eq!(
        decisions[6]["conditions"],
        json!([{"condition": "index_change", "holds": true, "found": "66.6666",
            "wanted": "60.0000", "within_ms": 6400}])
    );
    assert_eq!(decisions[7]["found"], Value::Null);
    assert_eq!(decisions[8]["conditions"][0]["found"], "0.0000");
}

/// Shows H2, H23.
#[test]
fn reports_and_the_record_table() {
    let dir = Dir::new();
    replayed(&dir).text();
    let reports = lines(&dir, "reports.jsonl");
    let told: Vec<Value> = reports
        .iter()
        .map(|line| {
            json!([line["msg"], line["MsgType"], line["verdict"], line["state"], line["cum"]])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([3, 200102, "applied", "acknowledged", "0.00"]),
            json!([4, 200115, "applied", "partly_filled", "40.00"]),
            json!([10, 200102, "applied", "cancelled", "40.00"]),
            json!([11, 290008, "applied", "rejected", "0.00"]),
            json!([12, 200102, "duplicate", "cancelled", "40.00"]),
            json!([13, 200102, "unknown", null, null]),
        ]
    );
    assert_eq!(
        reports[1],
        json!({"msg": 4, "time": 20_230_201_093_001_500u64, "MsgType": 200115, "PartitionNo": 1,
            "ReportIndex": 2, "ClOrdID": "T000000001", "OrigClOrdID": null, "OrderID": "1",
            "SecurityID": "000001", "Side": "1", "ExecType": "F", "OrdStatus": "1",
            "OrderQty": null, "LastPx": "15.2100", "LastQty": "40.00", "CumQty": "40.00",
            "LeavesQty": "60.00", "reason": null, "RefMsgType": null, "verdict": "applied",
            "request": "T000000001", "state": "partly_filled", "cum": "40.00", "missed": "0.00"})
    );
    assert_eq!(
        read(dir.path("out").join("records.csv")),
        "ClOrdID,trigger,kind,OrigClOrdID,security,side,quantity,price,state,CumQty,LeavesQty,\
         fills,OrderID,msg,sent,reported,reason\n\
         T000000001,breakout,order,,000001,1,100.00,15.2100,cancelled,40.00,0.00,1,1,2,\
         20230201093001000,20230201093005010,0\n\
         T000000002,breakout,order,,000001,1,100.00,15.3100,sent,0.00,100.00,0,,6,\
         20230201093003000,,0\n\
         T000000003,retreat,cancel,T000000001,000001,1,100.00,15.2100,done,0.00,0.00,0,1,9,\
         20230201093005000,20230201093005010,0\n\
         T000000004,retreat,cancel,T000000002,000001,1,100.00,15.3100,rejected,0.00,0.00,0,,9,\
         20230201093005000,20230201093005020,1\n\
         T000000005,retreat,cancel,T000000002,000001,1,100.00,15.3100,sent,0.00,0.00,0,,16,\
         20230201093021000,,0\n"
    );
}

/// Shows N3, Q5.
#[test]
fn the_summary_counts_triggers_orders_and_reports() {
    let dir = Dir::new();
    let ran = replayed(&dir);
    let wanted = "\
  triggers    6 fired
                          4  breakout: 2 sent, 2 refused (guard 1, max_quantity 1), 1 held back
                          2  retreat: 3 cancel requests
  orders      2 sent, 2 refused by a limit, 3 cancel requests, 1 outstanding in the end
  reports     6: 4 applied, 1 duplicate, 1 unknown, 1 number repeated
  guard       engaged once, released in the end
  epochs      1 of 1 took effect
";
    assert!(ran.text().contains(wanted), "{}", ran.text());
    let summary = summary(&dir);
    assert_eq!(
        summary["trading"],
        json!({
            "decisions": 9,
            "triggers": [
                {"name": "breakout", "fired": 4, "sent": 2, "refused": 2,
                    "refused_by": {"guard": 1, "max_quantity": 1}, "cancels": 0, "held_back": 1},
                {"name": "retreat", "fired": 2, "sent": 0, "refused": 0, "refused_by": {},
                    "cancels": 3, "held_back": 0},
            ],
            "orders": {"sent": 2, "refused": 2, "cancels": 3, "outstanding": 1},
            "reports": {"applied": 4, "duplicate": 1, "late": 0, "unknown": 1, "contradictory": 0},
            "report_jumps": 0, "report_jumped_numbers": 0, "report_repeats": 1, "missed_fills": 0,
            "guard": {"engaged": 1, "released": 1, "engaged_in_the_end": false},
            "epochs": {"setup": 1, "applied": 1},
        })
    );
    for name in FILES {
        let digest = Sha256::digest(std::fs::read(dir.path("out").join(name)).expect("a file"));
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(summary["files_sha256"][name], digits, "{name}");
    }
    // The digest of the orders is that of their bytes.
    let bytes: Vec<u8> = lines(&dir, "orders.jsonl")
        .iter()
        .flat_map(|line| common::unhex(line["Hex"].as_str().expect("digits")))
        .collect();
    let digits: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(summary["sha256"]["orders"], digits);
    for name in ["decisions", "reports", "records"] {
        assert_eq!(summary["sha256"][name].as_str().map(str::len), Some(64), "{name}");
    }
}

/// Shows H43.
#[test]
fn two_runs_give_the_same_bytes() {
    let dir = Dir::new();
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, SETUP));
    for out in ["one", "two"] {
        run(&["replay", &input, "--setup", &setup, "--out", &dir.name(out)]).text();
    }
    let names = |out: &str| -> Vec<String> {
        let entries = std::fs::read_dir(dir.path(out)).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("one"), names("two"));
    assert!(FILES.iter().all(|name| names("one").iter().any(|other| other == name)));
    for name in names("one") {
        let [one, two] = ["one", "two"].map(|out| read(dir.path(out).join(&name)));
        assert_eq!(one, two, "{name}");
    }
}

#[test]
fn without_triggers_there_are_no_files_about_them() {
    let dir = Dir::new();
    replayed(&dir).text();
    let out = dir.path("out");
    assert!(FILES.iter().all(|name| out.join(name).exists()));
    // Files of the same names that no run wrote are left alone.
    let own = dir.path("own");
    std::fs::create_dir(&own).expect("a directory");
    std::fs::write(own.join("orders.jsonl"), "mine").expect("a file");
    let plain =
        dir.file("plain.toml", SETUP.split("[[trigger]]").next().expect("an index").as_bytes());
    for folder in ["out", "own"] {
        let ran =
            run(&["replay", &dir.name("day.bin"), "--setup", &plain, "--out", &dir.name(folder)]);
        assert!(
            !ran.text().contains("triggers") && !ran.text().contains("orders "),
            "{}",
            ran.text()
        );
    }
    assert!(!FILES.iter().any(|name| out.join(name).exists()));
    assert_eq!(summary(&dir).get("trading"), None);
    assert_eq!(read(own.join("orders.jsonl")), "mine");
    // Triggers that never fire give empty files.
    let quiet = SETUP.replace("\"1010\"", "\"9000\"").replace("\"980\"", "\"1\"");
    let (input, setup) = (dir.file("one.bin", &frame(3, &[])), setup(&dir, &quiet));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    assert_eq!(FILES.map(|name| read(out.join(name)).lines().count()), [0, 0, 0, 1]);
}

#[test]
fn an_epoch_alone_is_a_decision() {
    let dir = Dir::new();
    let text = "[[epoch]]\nat_msg = 2\nkill_switch = true\n";
    let (input, setup) =
        (dir.file("day.bin", &day().concat()), dir.file("e.toml", text.as_bytes()));
    let ran = run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]);
    assert!(ran.text().contains("\n  epochs      1 of 1 took effect\n"), "{}", ran.text());
    let decision = &lines(&dir, "decisions.jsonl")[0];
    assert_eq!(decision["outcome"], "epoch");
    assert_eq!((&decision["msg"], &decision["index"]), (&json!(2), &Value::Null));
    // No time came before message 0.
    let text = text.replace("= 2", "= 0");
    let setup = dir.file("e.toml", text.as_bytes());
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    assert_eq!(lines(&dir, "decisions.jsonl")[0]["time"], Value::Null);
}

/// Shows H29.
#[test]
fn parameters_are_those_of_the_epoch() {
    let dir = Dir::new();
    let text = SETUP.replace(
        "order = { quantity = 500 }",
        "index_change = { points = \"6\", within_ms = 12800 }",
    );
    let (input, setup) = (dir.file("day.bin", &day().concat()), setup(&dir, &text));
    run(&["replay", &input, "--setup", &setup, "--out", &dir.name("out")]).text();
    let decisions = lines(&dir, "decisions.jsonl");
    let change = |at: usize| decisions[at]["conditions"][1].clone();
    assert_eq!((&change(0)["wanted"], &change(0)["within_ms"]), (&json!("5.0000"), &json!(6400)));
    assert_eq!(decisions[4]["epoch"], 1);
    assert_eq!((&change(4)["wanted"], &change(4)["within_ms"]), (&json!("6.0000"), &json!(12800)));
}

#[test]
fn the_first_pass_runs_no_triggers() {
    // Both triggers fire once: a second firing would take another ClOrdID.
    let dir = Dir::new();
    let ran = replayed(&dir);
    assert!(ran.text().contains("0 collected from the input"), "{}", ran.text());
    assert_eq!(lines(&dir, "orders.jsonl")[0]["Order"]["ClOrdID"], "T000000001");
}

#[test]
fn a_setup_is_said_in_words() {
    let dir = Dir::new();
    let ran = run(&["setup", "--check", &setup(&dir, SETUP)]);
    let words = ran.text().split_once("  triggers").expect("triggers").1;
    let wanted = "    2
              breakout: when index >= 1010.0000 and index rises by 5.0000 or more within 6400 ms and \
fewer than 2 orders sent within 10 s: buy 100.00 of 000001 at last+1 (tick 0.0100)
              retreat: when index <= 980.0000: cancel what breakout has outstanding
  limits      200.00 an order, 10000000.000000 CNY in all
              4 096 orders and cancel requests in a run
  guard       60.0000 points up or down within 6400 ms refuse every order, until 2 s after the \
change is small again
  orders      limit, for the day; ClOrdID from T000000001 on, session 5 of TOE1
              not for live use: submitting_pbu_id, account_id, branch_id left blank
  epochs      1
              from message 15: breakout.order.quantity 100.00 -> 500.00
  bounds      none for index_level, index_change, ticks, quantity, count, window_ms, total_value
";
    assert_eq!(words, wanted);
}

#[test]
fn a_setup_without_limits_says_so() {
    let dir = Dir::new();
    let text = r#"
[[trigger]]
name = "cheap"
price = { security = "000001", at_most = "9.1" }
rearm = "once"
order = { security = "000001", side = "sell", quantity = 1, price = "9.05" }
[order_template]
submitting_pbu_id = "000100"
account_id = "0100000001"
branch_id = "01"
[bounds]
price = { min = "8", max = "12", step = "0.5" }
quantity = { max = 100 }
"#;
    let ran = run(&["setup", "--check", &dir.file("s.toml", text.as_bytes())]);
    for line in [
        "              cheap: when 000001 <= 9.100000: sell 1.00 of 000001 at 9.0500; once\n",
        "  limits      none: every order that a trigger fires is sent\n",
        "  guard       none: an abnormal market stops nothing\n",
        "  epochs      0\n",
        "  bounds      price 8.000000 to 12.000000 in steps up to 0.500000, quantity up to 100.00; none \
         for order_price\n",
    ] {
        assert!(ran.text().contains(line), "{line}{}", ran.text());
    }
    assert!(!ran.text().contains("live use"), "{}", ran.text());
    let none = run(&["setup", "--check", &dir.file("n.toml", b"")]);
    assert!(none.text().ends_with("  triggers    none: no order is sent\n"), "{}", none.text());
    // Limits of one trigger only.
    let text =
        text.replace("[order_template]", "[trigger.limits]\nmax_outstanding = 2\n[order_template]");
    let ran = run(&["setup", "--check", &dir.file("s.toml", text.as_bytes())]);
    assert!(ran.text().contains("; once; own limits: 2 outstanding\n"), "{}", ran.text());
    assert!(ran.text().contains("limits      none of all together"), "{}", ran.text());
}
