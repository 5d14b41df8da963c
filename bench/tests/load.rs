//! What cannot be used is refused by name.

mod common;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use common::{fixture, row, speed};
use tempfile::TempDir;
use tidegate_bench::load::{self, LoadError};
use tidegate_bench::result::*;

fn whole() -> Results {
    static WHOLE: LazyLock<Results> =
        LazyLock::new(|| fixture("2000-01-04T00:00:00Z", &"3".repeat(40), 1.0));
    WHOLE.clone()
}

fn written(folder: &TempDir, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("written");
    path
}

#[test]
fn each_error_names_its_file() {
    let folder = TempDir::new().expect("a folder");
    let text = serde_json::to_string(&whole()).expect("JSON");
    let cut = written(&folder, "cut.json", &text[..text.len() / 2]);
    let other = written(&folder, "other.json", &text.replacen("\"schema\":2", "\"schema\":7", 1));
    let key = written(&folder, "key.json", &text.replacen("\"dirty\"", "\"dirt\"", 1));
    let gone = folder.path().join("gone.json");
    let named = |path: &Path| {
        let error = load::file(path).expect_err("refused");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        error
    };
    assert!(matches!(named(&cut), LoadError::Parse { .. }));
    assert!(matches!(named(&key), LoadError::Parse { .. }));
    assert!(matches!(named(&gone), LoadError::Read { .. }));
    assert!(matches!(named(&other), LoadError::Schema { wanted: 2, found: 7, .. }));
    assert!(matches!(load::folder(&gone), Err(LoadError::Read { .. })));
    let empty = TempDir::new().expect("a folder");
    assert!(matches!(load::folder(empty.path()), Err(LoadError::Empty { .. })));
}

/// What has come since then is not there; what is there stays.
#[test]
fn older_results_are_read() {
    let folder = TempDir::new().expect("a folder");
    let mut results = whole();
    results.schema = OLDEST_SCHEMA;
    results.capacity.clear();
    results.clocks.clear();
    results.clock_checks.clear();
    let mut json = serde_json::to_value(&results).expect("JSON");
    for key in ["capacity", "clocks", "clock_checks"] {
        json.as_object_mut().expect("an object").remove(key);
    }
    let path = written(&folder, "old.json", &json.to_string());
    assert!(load::file(&path).expect("a result").results == results);
}

#[test]
fn a_folder_gives_what_it_can_oldest_first() {
    let folder = TempDir::new().expect("a folder");
    let inner = folder.path().join("fixture-machine");
    fs::create_dir(&inner).expect("a folder");
    for (name, started) in [("b", "2000-01-01T00:00:00Z"), ("a", "2000-01-02T00:00:00Z")] {
        let results = Results { started: started.to_owned(), ..whole() };
        let text = serde_json::to_string(&results).expect("JSON");
        fs::write(inner.join(format!("{name}.json")), text).expect("written");
    }
    written(&folder, "notes.txt", "no result");
    written(&folder, "broken.json", "{");
    let found = load::folder(folder.path()).expect("a folder");
    let names: Vec<&str> = found.filed.iter().map(|filed| filed.name.as_str()).collect();
    assert_eq!((names, found.unread.len()), (vec!["b", "a"], 1));
}

#[test]
fn what_cannot_be_is_refused() {
    type Change = fn(&mut Results);
    fn speed_of(of: &mut Results) -> &mut Throughput {
        of.rows[0].throughput.as_mut().expect("speed")
    }
    fn latency_of(of: &mut Results) -> &mut Latency {
        of.rows[0].latency.as_mut().expect("latency")
    }
    let cases: &[(&str, Change)] = &[
        ("capacity in messages", |of| {
            of.capacity[0].messages.peak_per_s = Some(9e6);
        }),
        ("segments: wanted a sum", |of| {
            let row = of.rows.iter_mut().find(|row| !row.segments.is_empty()).expect("a row");
            row.segments[2].mean_of_all_ns += 1.5;
        }),
        ("capacity in bytes", |of| of.capacity[0].bytes.verdict = HeadroomVerdict::Holds),
        ("machine.id", |of| of.machine.id = "../up".to_owned()),
        ("assumption", |of| {
            let mut row = row("sim", Label::Modelled, RunType::Batch, "decode");
            row.throughput = Some(speed(1.0, None));
            of.rows.push(row);
        }),
        ("not measured", |of| of.rows[0].label = Label::NotMeasured),
        ("not measured", |of| {
            of.rows[0].label = Label::NotMeasured;
            of.rows[0].latency = None;
        }),
        ("not measured", |of| {
            of.rows[0].label = Label::NotMeasured;
            of.rows[0].throughput = None;
        }),
        ("took_s", |of| of.took_s = -1.0),
        ("0 < best", |of| speed_of(of).best_ns = 0.0),
        ("0 < best", |of| speed_of(of).best_ns = -1.0),
        ("0 < best", |of| speed_of(of).worst_ns = 1e300),
        ("quartiles", |of| speed_of(of).quartiles_ns = Some([0.0, 1e9])),
        ("messages_per_s", |of| speed_of(of).messages_per_s = -1.0),
        ("gb_per_s", |of| speed_of(of).gb_per_s = -1.0),
        ("beats_per_s", |of| speed_of(of).beats_per_s = Some(-1.0)),
        ("offered_per_s", |of| speed_of(of).offered_per_s = Some(-1.0)),
        ("a rate above 0", |of| speed_of(of).offered_per_s = Some(0.0)),
        ("observation", |of| of.rows[0].observation.as_mut().expect("probes").off_ns = -1.0),
        ("observation", |of| of.rows[0].observation.as_mut().expect("probes").on_ns = 1e300),
        ("user_s", |of| of.rows[0].usage.as_mut().expect("usage").user_s = -1.0),
        ("system_s", |of| of.rows[0].usage.as_mut().expect("usage").system_s = -1.0),
        ("clock_ns", |of| latency_of(of).clock_ns = 1e300),
        ("clock_ns", |of| latency_of(of).clock_ns = -1.0),
        ("mean", |of| latency_of(of).mean_ns = -5.0),
        ("std_dev_ns", |of| latency_of(of).std_dev_ns = -1.0),
        ("jitter", |of| latency_of(of).jitter = -1.0),
        ("of 1 message or more", |of| latency_of(of).n = 0),
        ("passes", |of| {
            latency_of(of).passes.as_mut().expect("passes").p99_ns = [2, 1];
        }),
        ("passes", |of| latency_of(of).passes.as_mut().expect("passes").n = 0),
        ("histogram: wanted", |of| latency_of(of).n += 1),
        ("histogram: wanted a V2", |of| latency_of(of).histogram = "AAAA".to_owned()),
        // Another row's.
        ("histogram: wanted", |of| {
            let other = of.rows[1].latency.as_ref().expect("latency").histogram.clone();
            latency_of(of).histogram = other;
        }),
        ("histogram: wanted min", |of| latency_of(of).min_ns = 1),
        ("histogram: wanted p99.9 of", |of| latency_of(of).p99_9_ns -= 50),
        ("histogram: wanted max", |of| latency_of(of).max_ns += 1_000_000),
        ("best <= median", |of| {
            of.rows[0].throughput.as_mut().expect("speed").best_ns = 1e9;
        }),
        ("one pass", |of| of.rows[0].throughput.as_mut().expect("speed").passes = 0),
        ("p50", |of| of.rows[0].latency.as_mut().expect("latency").p50_ns = u64::MAX),
    ];
    for &(word, change) in cases {
        let folder = TempDir::new().expect("a folder");
        let mut results = whole();
        change(&mut results);
        let path = written(&folder, "r.json", &serde_json::to_string(&results).expect("JSON"));
        let error = load::file(&path).expect_err(word);
        assert!(matches!(error, LoadError::Impossible { .. }), "{word}: {error}");
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
}

#[test]
fn a_part_is_not_the_whole() {
    let of = |change: fn(&mut Results)| {
        let mut results = whole();
        results.arguments = vec!["bench".to_owned(), "run".to_owned()];
        change(&mut results);
        load::part(&results)
    };
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|of| of.arguments.push("--seconds".to_owned())), None);
    assert!(of(|of| of.quick = true).is_some());
    assert!(of(|of| of.incomplete = true).is_some());
    assert!(of(|of| of.arguments.push("--engine".to_owned())).is_some());
    assert!(of(|of| of.arguments.push("--definition=market-day".to_owned())).is_some());
}
