//! Mixes, schedules, statistics and rows: what is filed is what happened. No test looks at a clock.
#![allow(missing_docs, reason = "a test")]

use std::path::Path;

use tidegate_bench::definition::{self, Size};
use tidegate_bench::engine::{self, Entry};
use tidegate_bench::feed::{self, Feed};
use tidegate_bench::histogram::decode;
use tidegate_bench::mix::{self, BURST, Mix, Schedule, TOP_TYPES, busiest_second};
use tidegate_bench::model::OfImage;
use tidegate_bench::native::{self, Case, Effort};
use tidegate_bench::result::{
    Due, HeadroomVerdict, Label, Probes, Results, Row, RunType, SCHEMA, SuppliedPeak,
};
use tidegate_bench::rooms::{self, Full, Room, Stepwise};
use tidegate_bench::segments::Segments;
use tidegate_bench::statistics::{Recorder, median, throughput};
use tidegate_bench::store::Filing;
use tidegate_bench::{
    Random, capacity, clock, load, machine, model, peak, probes, segments, stages, stamp, table,
};
use tidegate_hls_sim::SimEngine;
use tidegate_pipeline::Setup;
use tidegate_protocol::frame;

fn bench() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entry(name: &str) -> Entry {
    let all = engine::load(bench()).expect("engines");
    all.into_iter().find(|entry| entry.name == name).expect("an engine")
}

fn day() -> Feed {
    let named = definition::all(bench(), &["market-day".to_owned()]).expect("a definition");
    named[0].load(Size::Quick).expect("a feed")
}

fn small() -> Feed {
    feed::ticks(2_000, 3, Setup::default()).expect("ticks")
}

/// What a capture lacks is told, in every row too.
#[test]
fn what_is_not_in_the_input_is_said() {
    let golden = bench().join("../golden-feeds");
    for (name, wanted) in [
        ("adversarial/lost-segments/lost-segments.pcap", "bytes of the capture's streams ("),
        ("adversarial/snap-length/snap-length.pcap", "the ends of "),
        ("adversarial/length/length.bin", " faults of framing"),
    ] {
        let feed = feed::load(&golden.join(name), Setup::default()).expect("a feed");
        let said = feed.losses().unwrap_or_default();
        assert!(said.starts_with("left out of the input: ") && said.contains(wanted), "{said}");
        let least = &Effort::LEAST;
        let rows = native::rows(&case(&feed, None), &entry("native"), &[RunType::Batch], least);
        assert!(rows.expect("rows").0.iter().all(|row| row.note.contains(&said)), "{name}");
    }
    assert_eq!(day().losses(), None);
}

/// Shows P2.
#[test]
fn a_type_alone_is_all_of_its_messages() {
    let day = day();
    let counts = mix::counts(&day);
    assert!(counts.len() > 8, "{counts:?}");
    assert_eq!(counts.values().sum::<usize>(), day.messages.len());
    for (&msg_type, &count) in &counts {
        let alone = mix::derive(&day, Mix::Type(msg_type)).expect("messages");
        assert_eq!(alone.messages.len(), count);
        // Whole frames, one behind the other.
        let mut at = 0;
        for message in &alone.messages {
            assert_eq!((message.at, message.msg_type), (at, msg_type));
            at += frame::holds(&alone.bytes[at..]).expect("a frame");
            assert_eq!(message.len, at - message.at);
        }
        assert_eq!(at, alone.bytes.len());
    }
    let error = mix::derive(&day, Mix::Type(300_611)).expect_err("none");
    assert_eq!(error.found, counts);
    assert_eq!(mix::derive(&day, Mix::Burst).expect("messages").messages, day.messages);
}

/// Shows P2.
#[test]
fn the_top_types_are_the_fewest_that_make_up_99_percent() {
    let day = day();
    let counts = mix::counts(&day);
    let top = mix::top_types(&day);
    let share = |types: &std::collections::BTreeSet<u32>| {
        types.iter().map(|msg_type| counts[msg_type]).sum::<usize>() * 100
    };
    let wanted = day.messages.len() * 99;
    assert!(share(&top) >= wanted && top.len() < counts.len(), "{top:?} of {counts:?}");
    // One less, whichever, is too few; and none that is left out is more frequent.
    for one in &top {
        let mut less = top.clone();
        less.remove(one);
        assert!(share(&less) < wanted, "{one}");
        assert!(counts.iter().all(|(other, n)| top.contains(other) || *n <= counts[one]));
    }
    let derived = mix::derive(&day, Mix::Top99).expect("messages");
    let kept = |feed: &Feed| -> Vec<Vec<u8>> {
        let of_top = feed.messages.iter().filter(|message| top.contains(&message.msg_type));
        of_top.map(|message| feed.of(message).to_vec()).collect()
    };
    assert_eq!(derived.messages.len(), kept(&day).len());
    assert!(kept(&derived) == kept(&day), "in the order of the feed");
    assert!(Mix::Top99.note(&derived).contains("300191, 300192"));
}

/// Shows P2.
#[test]
fn no_more_than_40_types_are_the_top() {
    let mut feed = small();
    for (number, message) in feed.messages.iter_mut().enumerate() {
        message.msg_type = number as u32 % 100;
    }
    let top = mix::top_types(&feed);
    assert_eq!(top, (0..TOP_TYPES as u32).collect());
}

/// Shows P2.
#[test]
fn each_type_in_turn_comes_three_times() {
    let day = day();
    let counts = mix::counts(&day);
    let mixes = Mix::BurstEach.each(&day);
    assert_eq!(mixes, counts.keys().map(|&of| Mix::BurstOf(of)).collect::<Vec<_>>());
    for (&msg_type, &count) in &counts {
        let mix: Mix = format!("burst-x3-{msg_type}").parse().expect("a mix");
        let burst = mix::derive(&day, mix).expect("messages");
        let found = mix::counts(&burst);
        for (other, n) in &counts {
            let times = if *other == msg_type { BURST as usize } else { 1 };
            assert_eq!(found[other], n * times, "{mix} {other}");
        }
        // A pass takes as long: the copies come in the time of one.
        let [even, fast] = [(&day, Mix::All), (&burst, mix)]
            .map(|(feed, mix)| Schedule::new(feed, mix, 1e6).due_ns(feed.messages.len() - 1));
        assert!(even.abs_diff(fast) <= 1_000, "{mix}: {even} {fast}");
        if count < 1_000 {
            continue;
        }
        // Copies are news: nothing is a duplicate.
        let mut engine = native::fresh(&burst).expect("an engine");
        burst.inputs(&burst.messages).for_each(|input| engine.feed(input, &mut ()));
        let counters = tidegate_pipeline::Engine::counters(&engine);
        assert_eq!((counters.duplicates, counters.faults_total()), (0, 0), "{mix}");
    }
    let none = mix::derive(&day, Mix::BurstOf(300_611)).expect_err("none");
    assert_eq!(none.found, counts);
    let names = ["all", "top-99", "burst-x3", "burst-x3-each", "300191", "burst-x3-300191"];
    assert!(names.iter().all(|name| name.parse::<Mix>().expect("a mix").to_string() == *name));
}

#[test]
fn packets_are_the_messages_in_their_order() {
    let day = day();
    for most in [0, 100, 1_448, 65_536] {
        let packets = day.packets(most);
        let mut message = 0;
        for packet in &packets {
            let mut len = 0;
            while len < packet.len {
                let one = &day.messages[message];
                assert_eq!((one.line, one.session), (packet.line, packet.session));
                assert_eq!(one.at, packet.at + len);
                len += one.len;
                message += 1;
            }
            assert_eq!(len, packet.len);
            assert!(len <= most || day.messages[message - 1].len == len);
        }
        assert_eq!(message, day.messages.len());
    }
}

/// Shows H3, C5, P2.
#[test]
fn a_burst_comes_three_times_as_fast() {
    let day = day();
    let burst = busiest_second(&day.messages);
    // By counting: the messages of each second that the feed has reached.
    let (mut now, mut seconds) = (0, std::collections::BTreeMap::<i64, usize>::new());
    for message in &day.messages {
        now = now.max(message.time.0);
        *seconds.entry(now / 1_000).or_default() += 1;
    }
    let most = seconds.iter().filter(|(second, _)| **second > 0).map(|(_, count)| *count).max();
    assert_eq!(Some(burst.len()), most);
    assert!(burst.len() > 100);

    let per_s = 1_000_000.0;
    let (even, fast) = [Mix::All, Mix::Burst].map(|mix| Schedule::new(&day, mix, per_s)).into();
    for number in 0..day.messages.len() {
        assert_eq!(even.due_ns(number), number as u64 * 1_000);
    }
    let gap = |at: usize| fast.due_ns(at + 1) - fast.due_ns(at);
    let close = |gap: u64| gap.abs_diff(1_000 / BURST) <= 1;
    assert!(burst.clone().all(|at| close(gap(at))));
    assert!((0..burst.start).all(|at| gap(at).abs_diff(1_000) <= 1));
    assert!((burst.end..day.messages.len() - 1).all(|at| gap(at).abs_diff(1_000) <= 1));
}

/// Shows H36, H37, C12.
#[test]
fn statistics_are_those_of_the_sorted_list() {
    let mut random = Random(9);
    for round in 0..20 {
        let n = 1 + random.below(5_000) as usize;
        let bound = [10, 1_000, 5_000_000, 40_000_000_000][round % 4];
        let mut values: Vec<u64> = (0..n).map(|_| random.below(bound)).collect();
        let mut recorder = Recorder::default();
        values.iter().for_each(|&value| recorder.record(value));
        let found = recorder.latency(Due::Service, &stamp::cycles(200)).expect("values");
        values.sort_unstable();
        let at = |quantile: f64| values[((quantile * n as f64).ceil() as usize).clamp(1, n) - 1];
        for (quantile, found) in [
            (0.5, found.p50_ns),
            (0.9, found.p90_ns),
            (0.99, found.p99_ns),
            (0.999, found.p99_9_ns),
            (0.9999, found.p99_99_ns),
        ] {
            // Three digits.
            assert!(found.abs_diff(at(quantile)) <= at(quantile) / 1_000 + 1, "{quantile}");
        }
        assert_eq!((found.n, found.min_ns, found.max_ns), (n as u64, values[0], values[n - 1]));
        let mean = values.iter().map(|&v| v as f64).sum::<f64>() / n as f64;
        let spread = values.iter().map(|&v| (v as f64 - mean).powi(2)).sum::<f64>() / n as f64;
        assert!((found.mean_ns - mean).abs() <= mean * 1e-9);
        assert!((found.std_dev_ns - spread.sqrt()).abs() <= spread.sqrt() * 1e-6 + 1e-6);
        let histogram = decode(&found.histogram).expect("a histogram");
        assert_eq!(histogram.len(), n as u64);
        assert!(
            histogram.value_at_quantile(0.5).abs_diff(found.p50_ns) <= found.p50_ns / 1_000 + 1
        );
    }
    assert_eq!(Recorder::default().latency(Due::Service, &stamp::cycles(200)), None);
    assert!(decode("no").is_err());
}

#[test]
fn passes_become_their_median() {
    let found = throughput(&[4_000.0, 1_000.0, 2_000.0], 100, 6_400).expect("passes");
    assert_eq!(
        (found.passes, found.best_ns, found.median_ns, found.worst_ns),
        (3, 10.0, 20.0, 40.0)
    );
    assert_eq!((found.messages_per_s, found.gb_per_s), (5e7, 3.2));
    assert_eq!(median(&[1.0, 2.0, 4.0, 5.0]), Some(3.0));
    assert_eq!(throughput(&[], 1, 1), None);
    // A difference may be lost in the noise.
    assert_eq!(throughput(&[-3.0], 1, 1), None);
}

fn case<'a>(feed: &'a Feed, wanted: Option<&'a str>) -> Case<'a> {
    Case { definition: "small", mix: Mix::All, feed, packet_bytes: 1_448, wanted }
}

const TYPES: [RunType; 5] =
    [RunType::Batch, RunType::Baseline, RunType::Peak, RunType::Write, RunType::Soak];

fn has_figures(row: &Row) -> bool {
    row.throughput.is_some() || row.latency.is_some() || row.observation.is_some()
}

/// Shows Q10.
#[test]
fn a_wrong_digest_gives_no_figure() {
    let feed = small();
    let wrong = "00000000000000000000000000000000";
    let native = native::rows(&case(&feed, Some(wrong)), &entry("native"), &TYPES, &Effort::LEAST);
    let sim =
        model::rows::<SimEngine>(&case(&feed, None), &entry("sim"), &Effort::LEAST, wrong, None);
    for rows in [native.expect("rows").0, sim.expect("rows")] {
        assert!(!rows.is_empty());
        for row in rows {
            let check = row.digest.as_ref().expect("a check");
            assert!(check.wanted == wrong && !check.holds());
            assert!(!has_figures(&row), "{row:?}");
            assert!(row.note.contains("no figure"));
        }
    }
}

fn all_rows(feed: &Feed) -> Vec<Row> {
    let (gave, _) = native::verify(&case(feed, None)).expect("an engine");
    let case = case(feed, Some(&gave.digest));
    let mut rows = native::rows(&case, &entry("native"), &TYPES, &Effort::LEAST).expect("native").0;
    rows.extend(stages::rows(&case, &entry("native"), &Effort::LEAST).expect("stages"));
    let sim = model::rows::<SimEngine>(&case, &entry("sim"), &Effort::LEAST, &gave.digest, None);
    rows.extend(sim.expect("sim"));
    rows.extend(native::not_measured("small", &entry("opencl:arria10")));
    rows
}

/// Shows G4, P1, P5, E1, Q10.
#[test]
fn rows_say_what_they_are() {
    let named = definition::all(bench(), &["orders".to_owned()]).expect("a definition");
    let feed = named[0].load(Size::Quick).expect("a feed");
    let rows = all_rows(&feed);
    for row in &rows {
        assert!(row.digest.as_ref().is_none_or(|check| check.holds()), "{row:?}");
        assert!(!row.from.is_empty() && !row.to.is_empty() && !row.path.is_empty());
        let modelled = row.label == Label::Modelled;
        assert!(!modelled || row.assumptions.len() >= 5, "{row:?}");
        // Differences may be lost in noise, and an unmeasured card has none.
        let may_lack = row.label == Label::NotMeasured || row.note.contains("noise");
        assert!(has_figures(row) || may_lack, "{row:?}");
        let has_rate = row.throughput.is_some_and(|found| found.offered_per_s.is_some());
        let due = row.latency.as_ref().map(|latency| latency.due);
        assert!(due != Some(Due::Schedule) || has_rate);
        if has_rate {
            assert_eq!(row.latency.as_ref().map(|latency| latency.n % row.messages), Some(0));
            assert!(row.observation.is_some());
        }
    }
    let stages: Vec<&str> = rows.iter().map(|row| row.stage.as_str()).collect();
    for stage in
        ["toe", "frame", "decode", "quote", "index", "trigger", "order", "feedback", "judged"]
    {
        assert!(stages.contains(&stage), "{stage}: {stages:?}");
    }
    let speed: Vec<&Row> =
        rows.iter().filter(|row| row.engine == "sim" && row.label == Label::Measured).collect();
    assert_eq!(speed.len(), 1);
    assert!(speed[0].throughput.is_some_and(|found| found.beats_per_s.is_some()));
    assert!(speed[0].assumptions.is_empty());
}

/// A rate that is given is offered, whatever this machine reaches.
#[test]
fn a_rate_that_is_given_is_offered() {
    let feed = small();
    let (gave, _) = native::verify(&case(&feed, None)).expect("an engine");
    let case = case(&feed, Some(&gave.digest));
    let effort = Effort { rate_per_s: Some(123_456.0), ..Effort::LEAST };
    let types = [RunType::Baseline, RunType::Write, RunType::Soak];
    let rows = native::rows(&case, &entry("native"), &types, &effort).expect("rows").0;
    let of_rate: Vec<f64> = rows.iter().filter_map(|row| row.throughput?.offered_per_s).collect();
    assert_eq!(of_rate, [123_456.0; 4]);
    // Each pass says how its percentiles are.
    for latency in rows.iter().filter_map(|row| row.latency.as_ref()) {
        assert_eq!(latency.passes.map(|passes| passes.n), Some(latency.n / 2_000));
    }
}

/// The modelled card is at the clock of an image, where there is one.
/// Shows G3.
#[test]
fn a_manifest_takes_the_place_of_assumptions() {
    let feed = day();
    let case = case(&feed, None);
    let (gave, _) = native::verify(&case).expect("it fits");
    let rows = |image: Option<&OfImage>| {
        let entry = entry("sim");
        model::rows::<SimEngine>(&case, &entry, &Effort::LEAST, &gave.digest, image).expect("rows")
    };
    let modelled = |rows: &[Row]| {
        let row = rows.iter().find(|row| row.label == Label::Modelled && row.stage == "end-to-end");
        let row = row.expect("orders leave");
        (row.latency.as_ref().expect("a latency").min_ns, row.assumptions.join("; "))
    };
    let (assumed_ns, _) = modelled(&rows(None));
    let depths_cycles = vec![("decode".to_owned(), 124)];
    let (bsp, compiler) = ("bsp 1".to_owned(), "aoc 1".to_owned());
    let image = OfImage { name: "made-up".to_owned(), fmax_mhz: 100, depths_cycles, bsp, compiler };
    let (of_image_ns, said) = modelled(&rows(Some(&image)));
    // At 200 MHz 101 cycles and 600 ns are assumed; at 100 MHz and 100 cycles more in decode it is 2 us more.
    assert_eq!((assumed_ns, of_image_ns), (1_105, 2_610));
    assert!(
        said.contains("clock 100 MHz: Fmax of the image made-up") && said.contains("decode 124")
    );
}

/// A clock that a test turns: every reading is one step later.
#[derive(Clone)]
struct Steps(u64);

impl clock::Clock for Steps {
    fn now_ns(&mut self) -> u64 {
        self.0 += 7;
        self.0
    }
}

fn orders() -> Feed {
    let named = definition::all(bench(), &["orders".to_owned()]).expect("a definition");
    named[0].load(Size::Quick).expect("a feed")
}

/// Shows G4, C12, E2.
#[test]
fn stamps_between_rooms_change_nothing_and_add_up() {
    for feed in [small(), day(), orders()] {
        let wanted = native::verify(&case(&feed, None)).expect("an engine").0;
        let fresh = Stepwise::new(&feed, ()).expect("an engine");
        // Without anybody looking, looking, and in packets.
        let full = || fresh.with(Full::new(Steps(0), feed.messages.len()));
        let packets = feed.packets(1_448);
        let mut seen = Vec::new();
        for cut in [&feed.messages, &packets] {
            let bare = engine::digest(&mut fresh.clone(), &feed, cut).expect("a digest");
            let mut engine = full();
            let looked = engine::digest(&mut engine, &feed, cut).expect("a digest");
            assert_eq!((&bare.digest, &looked.digest), (&wanted.digest, &wanted.digest));
            assert_eq!(looked.counters, wanted.counters);
            assert_eq!(engine.probe.messages.len(), feed.messages.len());
            seen = engine.probe.messages;
        }
        // One by one: the sum of the rooms is all that the clock moved between taken and done.
        let mut engine = full();
        let (mut sum, mut of_rooms) = (Segments::default(), [0u64; rooms::ROOMS]);
        for message in &feed.messages {
            engine.feed(feed.input(message), &mut ());
        }
        let mut first = 7;
        for (at, spent) in engine.probe.messages.iter().enumerate() {
            let stamps = spent.total_ns() / 7;
            assert!(spent.total_ns() == stamps * 7 && stamps >= 3, "{at}: {spent:?}");
            first += spent.total_ns() + 7;
            sum.record(spent);
            (0..rooms::ROOMS).for_each(|room| of_rooms[room] += u64::from(spent.ns[room]));
        }
        // Nothing lies between two messages but the stamp that takes the next one.
        let mut clock = engine.probe;
        rooms::Probe::taken(&mut clock);
        rooms::Probe::passed(&mut clock, Room::Receive);
        rooms::Probe::done(&mut clock);
        assert_eq!(first, seen_at(&clock, feed.messages.len()), "stamps got lost");
        let (filed, total) = sum.filed(&stamp::cycles(200));
        let total = total.expect("a total");
        let means: f64 = filed.iter().map(|segment| segment.mean_of_all_ns).sum();
        assert!((means - total.mean_ns).abs() < 1e-6, "{means} {}", total.mean_ns);
        assert_eq!(of_rooms.iter().sum::<u64>() as f64 / total.n as f64, total.mean_ns);
        // Every message comes to these, and only some to the others.
        for (room, n) in filed.iter().map(|segment| (segment.room.as_str(), segment.latency.n)) {
            let every = matches!(room, "receive" | "frame" | "decode" | "trigger");
            assert_eq!(n == total.n, every || feed.messages.len() == 2_000, "{room} {n}");
        }
        assert_eq!(seen.len() as u64, total.n);
        let trades = wanted.counters.index_updates;
        let n_of = |room: &str| {
            filed.iter().find(|segment| segment.room == room).map_or(0, |of| of.latency.n)
        };
        assert_eq!(n_of("index"), trades);
        assert!(n_of("order") <= wanted.orders && (n_of("order") > 0) == (wanted.orders > 0));
        assert_eq!(n_of("feedback"), wanted.reports);
    }
}

/// The reading of the clock with which the message after these was taken.
fn seen_at(probe: &Full<Steps>, messages: usize) -> u64 {
    let stamps: u64 = probe.messages[..messages].iter().map(rooms::Spent::total_ns).sum();
    7 + stamps + 7 * messages as u64
}

/// Shows E1, E2.
#[test]
fn probes_are_a_choice_of_the_run_and_their_cost_stands_beside_it() {
    let feed = day();
    let (gave, _) = native::verify(&case(&feed, None)).expect("an engine");
    let case = case(&feed, Some(&gave.digest));
    let types = [RunType::Baseline, RunType::Peak];
    let rows = |probes| {
        let effort = Effort { probes, ..Effort::LEAST };
        native::rows(&case, &entry("native"), &types, &effort).expect("rows").0
    };
    let off = rows(Probes::Off);
    assert!(off.iter().all(|row| row.latency.is_none() && row.throughput.is_some()));
    assert!(off.iter().all(|row| row.note.contains("probes off: no latency")));
    let lean = rows(Probes::Lean);
    for row in &lean {
        assert!(row.segments.is_empty());
        let found = row.observation.expect("what it costs");
        assert!(found.probes == Probes::Lean && found.p99.is_some() && found.cpu.is_some());
        let source = row.latency.as_ref().and_then(|latency| latency.source.clone());
        assert_eq!(source.expect("a source").source, stamp::MONOTONIC);
    }
    // The same output, whatever looks.
    assert!(off.iter().chain(&lean).all(|row| row.digest.as_ref().is_some_and(|of| of.holds())));

    let cores = tidegate_bench::clock::cores();
    let full = |wanted: &str| {
        segments::rows(&case, &entry("native"), &Effort::LEAST, wanted, &cores).expect("rows")
    };
    let rows = full(&gave.digest);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].pinned, Some(false));
    for row in &rows {
        let latency = row.latency.as_ref().expect("a latency");
        assert!(latency.n.is_multiple_of(feed.messages.len() as u64));
        let sum: f64 = row.segments.iter().map(|segment| segment.mean_of_all_ns).sum();
        assert!((sum - latency.mean_ns).abs() < 1e-3);
        assert_eq!(row.observation.map(|of| of.probes), Some(Probes::Full));
        assert!(row.segments.iter().any(|segment| segment.room == "index"));
    }
    for row in full("00000000000000000000000000000000") {
        assert!(!has_figures(&row) && row.segments.is_empty() && row.usage.is_none());
    }
}

/// Shows E1.
#[test]
fn what_probes_add_is_the_difference_of_passes() {
    let pass = |wall_ns: f64, cpu_ns: f64, group_ns: u64| probes::Pass {
        wall_ns,
        cpu_ns,
        groups_ns: (1..=100).map(|at| if at >= 99 { group_ns } else { 16 }).collect(),
    };
    let off =
        vec![pass(1_600.0, 1_500.0, 160), pass(3_200.0, 1_600.0, 160), pass(4_800.0, 9e9, 160)];
    let on = vec![pass(4_800.0, 3_200.0, 480)];
    let found = probes::of_passes(1_600, Probes::Full, &[off, on]);
    assert_eq!((found.off_ns, found.on_ns, found.percent()), (2.0, 3.0, 50.0));
    let (p99, cpu) = (found.p99.expect("p99"), found.cpu.expect("processor time"));
    assert_eq!((p99.off_ns, p99.on_ns), (10.0, 30.0));
    assert_eq!((cpu.off_ns, cpu.on_ns), (1.0, 2.0));
    assert_eq!(found.words(), "full +50 %, p99 +20 ns, CPU +100 %");
}

/// Shows P4.
#[test]
fn capacity_is_a_ratio_only_over_a_supplied_peak() {
    let feed = small();
    let (gave, _) = native::verify(&case(&feed, None)).expect("an engine");
    let case = case(&feed, Some(&gave.digest));
    let rows =
        native::rows(&case, &entry("native"), &[RunType::Peak], &Effort::LEAST).expect("rows").0;
    let kept = rows.iter().find(|row| row.note.contains(native::HIGHEST_KEPT));
    // Where the machine was too busy to keep any rate there is no limit.
    let limit = kept.and_then(|row| row.throughput).map(|speed| speed.messages_per_s);
    let peak = |messages_per_s, bytes_per_s| SuppliedPeak {
        messages_per_s,
        bytes_per_s,
        source: "made up".to_owned(),
    };
    let none = capacity::of("small", "native", &rows, None).expect("a peak run");
    for of in [&none.messages, &none.bytes] {
        assert_eq!((of.verdict, of.ratio), (HeadroomVerdict::NotMeasured, None));
        assert!(capacity::words(of, "messages").starts_with("not measured: no peak supplied"));
    }
    assert_eq!(none.messages.limit_per_s, limit);
    let asked = peak(Some(1.0), None);
    let found = capacity::of("small", "native", &rows, Some(&asked)).expect("a peak");
    assert_eq!(found.messages.verdict == HeadroomVerdict::Holds, limit.is_some());
    assert_eq!(found.bytes.verdict, HeadroomVerdict::NotMeasured);
    // Without a peak run a supplied peak is no pass either, and a wrong output is none.
    let mut wrong = rows.clone();
    wrong.iter_mut().for_each(|row| row.digest = Some(native::check("a", "b")));
    for rows in [&[][..], &wrong] {
        let found = capacity::of("small", "native", rows, Some(&asked)).expect("a peak");
        assert_eq!(found.messages.verdict, HeadroomVerdict::NotMeasured);
        assert!(found.messages.why.contains("no peak run"), "{}", found.messages.why);
    }
    assert!(capacity::of("other", "native", &rows, None).is_none());
    for (limit, supplied, floor, wanted) in [
        (3e6, 1e6, capacity::MESSAGES_FLOOR, HeadroomVerdict::Holds),
        (2.99e6, 1e6, capacity::MESSAGES_FLOOR, HeadroomVerdict::Below),
        (2e6, 1e6, capacity::BYTES_FLOOR, HeadroomVerdict::Holds),
        (1.99e6, 1e6, capacity::BYTES_FLOOR, HeadroomVerdict::Below),
    ] {
        let found = capacity::headroom(Some(limit), Some(supplied), floor);
        assert_eq!((found.verdict, found.ratio), (wanted, Some(limit / supplied)));
    }
    assert_eq!((capacity::MESSAGES_FLOOR, capacity::BYTES_FLOOR), (3.0, 2.0));
    for wrong in [peak(None, None), peak(Some(0.0), None), peak(None, Some(f64::NAN))] {
        assert!(wrong.wrong().is_some(), "{wrong:?}");
    }
    assert!(SuppliedPeak { source: " ".to_owned(), ..asked.clone() }.wrong().is_some());
    assert!(asked.wrong().is_none());
}

/// Shows P4, P3.
#[test]
fn a_capture_says_its_peak() {
    let capture = bench().join("../golden-feeds/market-day/market-day.pcap.gz");
    let captured = peak::captured(&capture).expect("a capture");
    assert_eq!(captured.len(), 100_264);
    let [short, long] = peak::WINDOWS_NS.map(|window_ns| peak::busiest(&captured, window_ns));
    assert!(short.messages <= long.messages && long.messages < 10 * short.messages + 10);
    assert!(short.messages_per_s() >= long.messages_per_s());
    // Words and plain bytes have no times.
    let words = bench().join("../golden-feeds/worked-examples/worked-examples.bin");
    assert!(peak::captured(&words).expect("an input").is_empty());
}

/// Shows P7, Q16.
#[test]
fn results_come_back_as_they_were_filed() {
    let results = Results {
        schema: SCHEMA,
        started: machine::now(),
        commit: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        dirty: true,
        bench: None,
        incomplete: false,
        arguments: vec!["bench".to_owned(), "run".to_owned()],
        quick: true,
        took_s: 1.5,
        machine: machine::fingerprint(),
        rows: all_rows(&small()),
        left_out: Vec::new(),
        capacity: Vec::new(),
        clocks: Vec::new(),
        clock_checks: Vec::new(),
    };
    let place = tempfile::tempdir().expect("a folder");
    let mut filing = Filing::below(place.path(), &results.machine.id).expect("a folder");
    let part = Results { rows: Vec::new(), incomplete: true, ..results.clone() };
    let first = filing.put(&part).expect("it is filed").to_owned();
    assert!(load::file(&first).expect("results").results == part);
    let file = filing.put(&results).expect("it is filed").to_owned();
    assert_eq!(file, first, "a run has one file");
    // Another run of that second and commit is another file.
    let mut other = Filing::below(place.path(), &results.machine.id).expect("a folder");
    let second = other.put(&part).expect("it is filed").to_owned();
    assert!(second.to_string_lossy().ends_with("Z-01234567-2.json"), "{}", second.display());
    let files = std::fs::read_dir(second.parent().expect("a folder")).expect("files");
    assert_eq!(files.count(), 2, "nothing temporary is left");
    assert_eq!(file.parent().and_then(Path::file_name), Some(results.machine.id.as_ref()));
    assert!(file.to_string_lossy().ends_with("Z-01234567.json"), "{}", file.display());
    assert!(load::file(&file).expect("results").results == results, "another run comes back");
    let text = std::fs::read_to_string(&file).expect("text");
    std::fs::write(&file, text.replacen("\"schema\": 2", "\"schema\": 9", 1)).expect("a file");
    let error = load::file(&file).expect_err("another schema").to_string();
    assert!(error.contains('9') && error.contains('2'), "{error}");
    let table = table::table(&results);
    for text in ["Measured", "Modelled", "Not measured", "no card has run it"] {
        assert!(table.contains(text), "{table}");
    }
}
