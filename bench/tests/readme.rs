//! The figures of the READMEs come from the newest whole run that is committed: `BLESS=1` renews them.
#![allow(missing_docs, reason = "a test")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tidegate_bench::load::{self, Filed};
use tidegate_bench::result::{Due, Label, Row, RunType, Tables};
use tidegate_bench::table::time;

const FROM: &str = "<!-- figures: BLESS=1 cargo test -p tidegate-bench --test readme -->\n";
const TO: &str = "<!-- end of figures -->\n";

/// The words of a language.
struct Words {
    file: &'static str,
    head: &'static str,
    /// What, in the order of [`lines`].
    what: [&'static str; 12],
    a_message: fn(&str) -> String,
    not_measured: &'static str,
    /// Behind the modelled figure: counted and assumed.
    assumed: &'static str,
    /// Behind whole passes of the native engine beside the reference: how they are cut.
    cut: fn(bool) -> &'static str,
    from: &'static str,
}

const LANGUAGES: [Words; 2] = [
    Words {
        file: "README.md",
        head: "| what | Measured | Modelled |",
        what: [
            "decode 300192 + 300191, checksum and all fields, 4 MB",
            "the same over 256 MiB",
            "`memcpy` / a checksum alone over the same 256 MiB",
            "`itch5` / `itchy` / `dbn`, as many messages of theirs, no checksum",
            "native engine, bundled day in packets, caches emptied before: bytes to index",
            "the same: bytes to orders, 16 triggers, limits, guard",
            "the same, a message a packet at half of the possible rate, from when the schedule wants it: p50 / p99 / p99.9",
            "the same messages, from when the engine takes them",
            "parse + index + order in plain C; then a message at a time: p50 / p99 / p99.9",
            "native in its setup, with quotes and book; then a message at a time: p50 / p99 / p99.9",
            "the simulator's own speed",
            "last bit of a trade to the first bit of its order",
        ],
        a_message: |ns| format!("{ns} a message"),
        not_measured: "not measured",
        assumed: "5 cycles counted, the rest assumed",
        cut: |is_cut| {
            if is_cut {
                "in packets of up to 1,448 bytes"
            } else {
                "in one packet of the whole day"
            }
        },
        from: "From",
    },
    Words {
        file: "README.zh-CN.md",
        head: "| 项目 | 实测 (Measured) | 模型 (Modelled) |",
        what: [
            "解码 300192 + 300191，含校验和与全部字段，4 MB",
            "同上，256 MiB",
            "`memcpy` / 仅校验和，同样的 256 MiB",
            "`itch5` / `itchy` / `dbn`，同样多的各自协议的消息，无校验和",
            "native 引擎，随附交易日按数据包，事先清空缓存：从字节到指数",
            "同上：从字节到委托，16 个触发条件、限额与熔断保护",
            "同上，每包一条消息，速率为可达速率的一半，自计划时刻起计：p50 / p99 / p99.9",
            "同样的消息，自引擎取得时起计",
            "普通 C 语言的解析 + 指数 + 委托；其后为逐条：p50 / p99 / p99.9",
            "native，相同设置，另含行情表与盘口；其后为逐条：p50 / p99 / p99.9",
            "模拟器本身的速度",
            "从成交的最后一位到其委托的第一位",
        ],
        a_message: |ns| format!("每条 {ns}"),
        not_measured: "未测量",
        assumed: "计数 5 个周期，其余为假定",
        cut: |is_cut| if is_cut { "每包至多 1,448 字节" } else { "整日为一个数据包" },
        from: "来自",
    },
];

/// The newest run of everything, in full length.
fn newest() -> Option<(PathBuf, Filed)> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    let folder = load::folder(&results).ok()?;
    assert!(folder.unread.is_empty(), "{:?}", folder.unread);
    let filed = folder.filed.into_iter().rfind(|filed| load::part(&filed.results).is_none())?;
    let machine = &filed.results.machine.id;
    Some((Path::new("bench/results").join(machine).join(format!("{}.json", filed.name)), filed))
}

/// The one row of these.
fn row<'a>(filed: &'a Filed, of: [&str; 3], is: impl Fn(&Row) -> bool) -> &'a Row {
    let rows = &filed.results.rows;
    let found = rows.iter().find(|row| {
        [&row.definition, &row.engine, &row.stage] == of.each_ref().map(|text| *text) && is(row)
    });
    found.unwrap_or_else(|| panic!("no row of {of:?} in {}", filed.name))
}

fn ns(row: &Row) -> f64 {
    row.throughput
        .unwrap_or_else(|| panic!("no figure of {} {}", row.definition, row.engine))
        .median_ns
}

/// The table of a language.
fn table(words: &Words, path: &Path, filed: &Filed) -> String {
    let any = |_: &Row| true;
    let whole = |row: &Row| {
        row.mix == "all" && row.tables == Tables::Cold && row.run_type == RunType::Batch
    };
    let decode = |definition, engine| row(filed, [definition, engine, "decode"], any);
    let a_message = |row: &Row| (words.a_message)(&format!("{:.1} ns", ns(row)));
    let gb = |row: &Row| row.throughput.expect("a figure").gb_per_s;
    let speed = |row: &Row| format!("{}, {:.1} GB/s", a_message(row), gb(row));
    let peer = |name: &str| {
        let row = row(filed, ["peers", &format!("peer:{name}"), "decode"], |row| {
            row.throughput.is_some()
        });
        format!("{:.1} ns, {:.1} GB/s", ns(row), gb(row))
    };
    let day = |definition, engine| row(filed, [definition, engine, "end-to-end"], whole);
    let percentiles = |row: &Row| {
        let latency = row.latency.as_ref().expect("a latency");
        let all = [Some(latency.p50_ns), latency.p99(), latency.p99_9()];
        all.map(|ns| ns.map_or("-".to_owned(), |ns| time(ns as f64))).join(" / ")
    };
    // At a rate, a message that waited has waited: what the engine alone takes stands in a line of its own.
    let paced = |due: Due| {
        let is_due = |row: &Row| row.latency.as_ref().is_some_and(|latency| latency.due == due);
        percentiles(row(filed, ["market-day", "native", "end-to-end"], |row| {
            row.run_type == RunType::Baseline && row.mix == "all" && is_due(row)
        }))
    };
    let reference = |engine| row(filed, ["market-day-reference", engine, "end-to-end"], any);
    let (of_c, of_native) = (reference("reference-c"), reference("native"));
    let cut = (words.cut)(of_native.from.contains("packets"));
    let beats = day("market-day", "sim").throughput.and_then(|found| found.beats_per_s);
    let modelled =
        row(filed, ["market-day", "sim", "end-to-end"], |row| row.label == Label::Modelled);
    let modelled = modelled.latency.as_ref().expect("a latency").p50_ns as f64;
    let lines = [
        [speed(decode("decode-cache", "native")), String::new()],
        [speed(decode("decode-memory", "native")), String::new()],
        [
            format!(
                "{:.1} GB/s / {:.1} GB/s",
                gb(decode("decode-memory", "bound:memcpy")),
                gb(decode("decode-memory", "bound:checksum"))
            ),
            String::new(),
        ],
        [[peer("itch5"), peer("itchy"), peer("dbn")].join(" / "), String::new()],
        [a_message(day("market-day-index", "native")), String::new()],
        [a_message(day("market-day", "native")), String::new()],
        [paced(Due::Schedule), String::new()],
        [paced(Due::Service), String::new()],
        [format!("{}; {}", a_message(of_c), percentiles(of_c)), String::new()],
        [format!("{} {cut}; {}", a_message(of_native), percentiles(of_native)), String::new()],
        [format!("{:.0} M beats/s", beats.expect("beats") / 1e6), String::new()],
        [words.not_measured.to_owned(), format!("{} ({})", time(modelled), words.assumed)],
    ];
    let mut out = format!("{}\n|---|---|---|\n", words.head);
    for (what, [measured, modelled]) in words.what.iter().zip(&lines) {
        let _ = writeln!(out, "| {what} | {measured} | {modelled} |");
    }
    let _ = writeln!(out, "| Arria 10 | {} | |", words.not_measured);
    let link = path.display();
    let machine = &filed.results.machine;
    let _ = writeln!(out, "\n{} [`{link}`]({link}): {}.", words.from, machine.cpu);
    out
}

/// A figure at a rate that leaves the queue out never stands alone, and an emulator's start is no figure of a message.
#[test]
fn what_the_table_says_is_what_the_rows_are() {
    let Some((path, filed)) = newest() else { panic!("no whole run in bench/results") };
    let of = |due: Due| {
        let rows = filed.results.rows.iter().filter(|row| {
            row.definition == "market-day"
                && row.stage == "end-to-end"
                && row.run_type == RunType::Baseline
                && row.mix == "all"
        });
        let mut latencies = rows.filter_map(|row| row.latency.as_ref());
        let latency = latencies.find(|latency| latency.due == due).expect("a latency");
        time(latency.p99_9_ns as f64)
    };
    for words in &LANGUAGES {
        let table = table(words, &path, &filed);
        let line = |what: &str| {
            let found = table.lines().find(|line| line.starts_with(&format!("| {what} |")));
            found.unwrap_or_else(|| panic!("{what}: {table}")).to_owned()
        };
        let (due, taken) = (line(words.what[6]), line(words.what[7]));
        assert!(due.contains(&of(Due::Schedule)), "{due}");
        assert!(taken.contains(&of(Due::Service)), "{taken}");
        assert!(!table.contains("PoCL"), "{table}");
        // Throughput of both stands beside their latency.
        for what in [words.what[8], words.what[9]] {
            assert_eq!(line(what).matches(" / ").count(), what.matches(" / ").count() + 2);
        }
    }
}

#[test]
fn the_figures_of_the_readmes_come_from_a_committed_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let Some((path, filed)) = newest() else { panic!("no whole run in bench/results") };
    for words in &LANGUAGES {
        let file = root.join(words.file);
        let text = std::fs::read_to_string(&file).expect("a README");
        let (before, rest) =
            text.split_once(FROM).unwrap_or_else(|| panic!("{}: {FROM}", words.file));
        let (found, after) = rest.split_once(TO).unwrap_or_else(|| panic!("{}: {TO}", words.file));
        let wanted = table(words, &path, &filed);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, format!("{before}{FROM}{wanted}{TO}{after}")).expect("written");
        } else {
            assert_eq!(found, wanted, "{}: BLESS=1 renews it", words.file);
        }
    }
}
