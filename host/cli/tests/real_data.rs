//! The two vendor layouts over real data: every field of every row comes back.

mod common;

use common::{Dir, real_data, run};
use serde_json::Value;
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

/// The rows of a compressed CSV file, by column.
fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    let file = std::fs::File::open(path).expect("real data");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("text");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// A decimal with as many digits behind the point.
fn fixed(text: &str, scale: usize) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= scale || part[scale..].bytes().all(|digit| digit == b'0'));
    format!("{whole}.{:0<scale$}", &part[..part.len().min(scale)])
}

fn messages(csv: &Path, dir: &Dir) -> Vec<Value> {
    let out = dir.name("day.bin");
    let ran = run(&["encode", csv.to_str().expect("UTF-8"), "--out", &out]);
    assert_eq!(ran.text(), "");
    run(&["decode", &out]).json()
}

/// Shows G19.
#[test]
fn trades() {
    let Some(folder) = real_data() else { return };
    let file = folder.join("szse-000001-2023-02-01-trades-morning.csv.gz");
    let dir = Dir::new();
    let (rows, messages) = (rows(&file), messages(&file, &dir));
    assert_eq!(rows.len(), 93_139);
    assert_eq!(messages.len(), rows.len());
    for (row, message) in rows.iter().zip(&messages) {
        assert_eq!(message["MsgType"], 300191);
        assert_eq!(message["SecurityIDSource"], "102");
        for (column, cell) in row {
            let wanted = match column.as_str() {
                "LastPx" => Value::from(fixed(cell, 4)),
                "LastQty" => Value::from(fixed(cell, 2)),
                "MDStreamID" | "SecurityID" | "ExecType" => Value::from(cell.as_str()),
                _ => Value::from(cell.parse::<i64>().expect("a number")),
            };
            assert_eq!(message[column], wanted, "{column} of {row:?}");
        }
    }
    // The tables give the same bytes again.
    let bin = std::fs::read(dir.path("day.bin")).expect("a file");
    run(&["decode", &dir.name("day.bin"), "--csv", &dir.name("tables")]).text();
    let table = dir.path("tables").join("300191.csv");
    assert!(run(&["encode", table.to_str().expect("UTF-8"), "-o", "-"]).stdout == bin);
}

/// Shows G18, G19.
#[test]
fn snapshots() {
    let Some(folder) = real_data() else { return };
    let file = folder.join("szse-snapshots-2022-06-01.csv.gz");
    let dir = Dir::new();
    let (rows, messages) = (rows(&file), messages(&file, &dir));
    assert_eq!(rows.len(), 14_746);
    assert_eq!(messages.len(), rows.len());
    for (row, message) in rows.iter().zip(&messages) {
        assert_eq!(*message, wanted(row, message), "{row:?}");
    }
}

/// The message that a row stands for; its place is taken from the one that was found.
fn wanted(row: &HashMap<String, String>, found: &Value) -> Value {
    let cell = |name: &str| row[name].as_str();
    let is_zero = |text: &str| text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let mut entries = Vec::new();
    let mut push = |code: &str, price: &str, size: &str, level: u64, orders: &str| {
        if !is_zero(price) || !is_zero(size) {
            entries.push(serde_json::json!({
                "MDEntryType": code, "MDEntryPx": fixed(price, 6), "MDEntrySize": fixed(size, 2),
                "MDPriceLevel": level, "NumberOfOrders": orders.parse::<i64>().expect("a number"),
                "NoOrders": 0, "OrderQtys": [],
            }));
        }
    };
    for (code, side) in [("0", "Buy"), ("1", "Sell")] {
        for level in 1..=10u64 {
            let of = |column: &str| cell(&format!("{side}{column}{level}")).to_owned();
            push(code, &of("Price"), &of("OrderQty"), level, &of("NumOrders"));
        }
    }
    for (code, price, size) in [
        ("2", "LastPx", ""),
        ("4", "OpenPx", ""),
        ("7", "HighPx", ""),
        ("8", "LowPx", ""),
        ("x1", "DiffPx1", ""),
        ("x3", "WeightedAvgBidPx", "TotalBidQty"),
        ("x4", "WeightedAvgOfferPx", "TotalOfferQty"),
        ("xe", "MaxPx", ""),
        ("xf", "MinPx", ""),
    ] {
        push(code, cell(price), if size.is_empty() { "0" } else { cell(size) }, 0, "0");
    }
    let digits: String =
        [cell("MDDate"), cell("MDTime")].concat().chars().filter(char::is_ascii_digit).collect();
    let phase = match cell("TradingPhaseCode") {
        "1" => "O0",
        "3" => "T0",
        "5" => "C0",
        "6" => "E0",
        _ => "B0",
    };
    serde_json::json!({
        "Stream": 0, "Msg": found["Msg"], "Offset": found["Offset"], "MsgType": 300111,
        "OrigTime": digits.parse::<i64>().expect("a time"), "ChannelNo": 1011, "MDStreamID": "010",
        "SecurityID": cell("SecurityID").trim_end_matches(".SZ"), "SecurityIDSource": "102",
        "TradingPhaseCode": phase, "PrevClosePx": fixed(cell("PreClosePx"), 4), "NumTrades": 0,
        "TotalVolumeTrade": fixed(cell("TotalVolumeTrade"), 2),
        "TotalValueTrade": fixed(cell("TotalValueTrade"), 4),
        "NoMDEntries": entries.len(), "MDEntries": entries,
    })
}

/// Runs a vendor file through the pipeline and reads back two of the tables.
fn replayed(csv: &Path, dir: &Dir, setup: &str) -> [Vec<HashMap<String, String>>; 2] {
    std::fs::write(dir.path("setup.toml"), setup).expect("a file");
    let (bin, out) = (dir.name("day.bin"), dir.name("out"));
    run(&["encode", csv.to_str().expect("UTF-8"), "--out", &bin]).text();
    run(&["replay", &bin, "--setup", &dir.name("setup.toml"), "--out", &out]).text();
    assert_eq!(std::fs::read(dir.path("out").join("faults.jsonl")).expect("a file"), b"");
    ["index.csv", "quotes.csv"].map(|name| {
        csv::Reader::from_path(dir.path("out").join(name))
            .expect("a table")
            .deserialize()
            .map(|row| row.expect("a row"))
            .collect()
    })
}

/// The decimal as an integer of this scale.
fn scaled(text: &str, scale: usize) -> i128 {
    fixed(text, scale).replace('.', "").parse().expect("a number")
}

/// Trades through the pipeline: the index against rational arithmetic over the CSV rows, after
/// every trade, and the quote row against their totals.
/// Shows H21, H22.
#[test]
fn index_and_quotes_of_trades() {
    let Some(folder) = real_data() else { return };
    let file = folder.join("szse-000001-2023-02-01-trades-morning.csv.gz");
    let dir = Dir::new();
    // Only 000001 trades; the other two keep their previous close.
    let constituents = "security,shares,prev_close\n000002,9724196533,18.2000\n\
        000001,19405918198,14.9900\n300750,2442514524,467.0100\n";
    std::fs::write(dir.path("c.csv"), constituents).expect("a file");
    let setup = "[index]\nid = \"399001\"\nprev_close = \"12001.2588\"\nconstituents = \"c.csv\"\n";
    let [index, quotes] = replayed(&file, &dir, setup);

    let others: i128 = 9_724_196_533 * 182_000 + 2_442_514_524 * 4_670_100;
    let shares: i128 = 19_405_918_198;
    let base = others + shares * 149_900;
    let (mut points, mut cancels) = (index.iter(), 0);
    let (mut open, mut high, mut low, mut last) = (None, 0, i128::MAX, 0);
    let (mut volume, mut value, mut trades) = (0, 0, 0);
    for (msg, row) in rows(&file).iter().enumerate() {
        if row["ExecType"] != "F" {
            cancels += 1;
            continue;
        }
        let price = scaled(&row["LastPx"], 4);
        let quantity = scaled(&row["LastQty"], 2);
        // prev_close x sum / base, rounded to the nearest 0.0001: twice the numerator, so that
        // half a unit is a whole number.
        let exact_twice = 2 * 120_012_588 * (others + shares * price);
        let rounded = (exact_twice + base) / (2 * base);
        let point = points.next().expect("a point for every trade");
        assert_eq!(point["msg"], msg.to_string());
        assert_eq!(point["time"], row["TransactTime"]);
        assert_eq!(scaled(&point["index"], 4), rounded, "{row:?}");
        assert_eq!(point["index"].split_once('.').map(|(_, digits)| digits.len()), Some(4));
        open.get_or_insert(price);
        (high, low, last) = (high.max(price), low.min(price), price);
        volume += quantity;
        value += price * quantity;
        trades += 1;
    }
    assert!(points.next().is_none());
    assert_eq!((trades, cancels), (75_952, 17_187));

    let row = quotes.iter().find(|row| row["security"] == "000001").expect("a row");
    for (column, scale, wanted) in [
        ("last", 6, last * 100),
        ("open", 6, open.expect("a trade") * 100),
        ("high", 6, high * 100),
        ("low", 6, low * 100),
        ("volume", 2, volume),
        ("value", 6, value),
        ("trades", 0, trades),
        ("cancels", 0, cancels),
        ("orders", 0, 0),
    ] {
        let found = if scale == 0 { row[column].parse() } else { Ok(scaled(&row[column], scale)) };
        assert_eq!(found, Ok(wanted), "{column}");
    }
}

/// Snapshots through the pipeline: at the end the table shows the last row of each security.
/// Shows H21.
#[test]
fn quotes_of_snapshots() {
    let Some(folder) = real_data() else { return };
    let file = folder.join("szse-snapshots-2022-06-01.csv.gz");
    let dir = Dir::new();
    let [_, quotes] = replayed(&file, &dir, "");
    let mut last: HashMap<String, HashMap<String, String>> = HashMap::new();
    let mut count: HashMap<String, i128> = HashMap::new();
    for row in rows(&file) {
        let security = row["SecurityID"].trim_end_matches(".SZ").to_owned();
        *count.entry(security.clone()).or_default() += 1;
        last.insert(security, row);
    }
    assert_eq!(quotes.len(), 3);
    for quote in &quotes {
        let row = &last[&quote["security"]];
        for (column, scale, name) in [
            ("prev_close", 4, "PreClosePx"),
            ("last", 6, "LastPx"),
            ("open", 6, "OpenPx"),
            ("high", 6, "HighPx"),
            ("low", 6, "LowPx"),
            ("volume", 2, "TotalVolumeTrade"),
            ("value", 6, "TotalValueTrade"),
        ] {
            assert_eq!(quote[column], fixed(&row[name], scale), "{column}");
        }
        for (ours, theirs) in [("bid", "Buy"), ("offer", "Sell")] {
            for level in 1..=10 {
                let found = |what: &str| quote[&format!("{ours}{level}_{what}")].clone();
                let wanted = |what: &str| row[&format!("{theirs}{what}{level}")].clone();
                assert_eq!(found("price"), fixed(&wanted("Price"), 6));
                assert_eq!(found("quantity"), fixed(&wanted("OrderQty"), 2));
                assert_eq!(found("orders"), wanted("NumOrders"));
            }
        }
        assert_eq!(quote["snapshots"].parse(), Ok(count[&quote["security"]]));
        assert_eq!(quote["phase"], "E0");
    }
}
