//! Faults of the card by script, back-pressure, what the data path may reach, the host's ways in.

mod common;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use common::{Entry, Log, Out, STOP, difference, run};
use tidegate_hls_sim::error::Wait;
use tidegate_hls_sim::inject::{Script, Stage};
use tidegate_hls_sim::memory::Accessor;
use tidegate_hls_sim::{CardError, Options, SimEngine};
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::record::OwnedRecord;
use tidegate_pipeline::{Engine, Line, NativeEngine, Setup};
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{LOAD_CHUNK_BYTES, PARAM_BLOCK_BYTES};

const TOML: &str = r#"
[index]
id = "399001"
prev_close = 10
constituents = "c.csv"

[[trigger]]
name = "up"
index_at_least = LEVEL
order = { security = "000001", side = "buy", quantity = 100, price = 10 }
"#;
const CSV: &str = "security,shares,prev_close\n000001,1000,10.0000\n";

fn setup_at(level: &str) -> Setup {
    Setup::parse(&TOML.replace("LEVEL", level), |_| Ok(CSV.to_owned())).expect("a setup")
}

fn setup() -> Setup {
    setup_at("10")
}

fn time(ms: i64) -> i64 {
    wire::stamp(20_240_102, 34_200_000 + ms)
}

/// Trades, every second one above the trigger's level.
fn trades(count: i64) -> Vec<u8> {
    let price = |seq| if seq % 2 == 0 { 101_000 } else { 99_000 };
    (1..=count).flat_map(|seq| wire::trade(seq, "000001", price(seq), time(seq))).collect()
}

/// Reports that nobody asked for: each is counted.
fn reports(count: i64) -> Vec<u8> {
    let report = |index| wire::Report { index, time: time(index), ..wire::Report::default() };
    (1..=count).flat_map(|index| report(index).frame()).collect()
}

fn packets(line: Line, bytes: &[u8]) -> Vec<Entry> {
    bytes.chunks(700).map(|part| Entry::Packet(line, 0, part.to_vec())).collect()
}

/// Market data and reports, one packet of each in turn.
fn both() -> Vec<Entry> {
    let (market, orders) = (trades(400), reports(60));
    let (mut market, mut orders) =
        (packets(Line::Market, &market).into_iter(), packets(Line::Orders, &orders).into_iter());
    let mut all = Vec::new();
    loop {
        match (market.next(), orders.next()) {
            (None, None) => break,
            (one, two) => all.extend(one.into_iter().chain(two)),
        }
    }
    all.push(STOP);
    all
}

fn script(text: &str) -> Script {
    text.parse().expect("a script")
}

fn with(options: Options) -> SimEngine {
    SimEngine::with(&setup(), &[], options).expect("a card")
}

fn scripted(text: &str) -> SimEngine {
    with(Options { script: script(text), keeps_words: true, ..Options::default() })
}

fn feed_all(engine: &mut SimEngine, entries: &[Entry]) -> (Log, Result<(), CardError>) {
    let mut log = Log::default();
    let mut result = Ok(());
    for entry in entries {
        if result.is_ok() {
            result = engine.try_feed(entry.input(), &mut log);
        }
    }
    (log, result)
}

fn native(entries: &[Entry]) -> (NativeEngine, Log) {
    let mut engine = NativeEngine::new(&setup(), &[]).expect("rows");
    let log = run(&mut engine, entries);
    (engine, log)
}

#[test]
fn an_absent_card_and_a_refused_image_are_errors_of_the_start() {
    let open = |text: &str| {
        let options = Options { script: script(text), ..Options::default() };
        SimEngine::with(&setup(), &[], options).err()
    };
    assert_eq!(open("card-absent"), Some(CardError::Absent));
    let reason = "wrong kernel ABI".to_owned();
    assert_eq!(open("load-failure wrong kernel ABI"), Some(CardError::Load { reason }));
    assert_eq!(open(""), None);
}

#[test]
fn a_transfer_that_never_ends_is_an_error_and_the_card_stops() {
    let mut engine = scripted("dma-timeout 1");
    let new = setup_at("11").trading.expect("triggers").parameters;
    let new = Entry::Parameters(Box::new(new));
    engine.try_feed(new.input(), &mut ()).expect("the first one ends");
    let error = engine.try_feed(new.input(), &mut ()).expect_err("the second one does not");
    assert!(matches!(error, CardError::DmaTimeout { number: 1, .. }), "{error}");
    // From then on, always; and the engine says so.
    assert_eq!(engine.try_feed(STOP.input(), &mut ()), Err(error.clone()));
    let failure = engine.failure().expect("a failure").to_string();
    assert!(failure.contains(&error.to_string()), "{failure}");
}

/// Shows G15.
#[test]
fn a_flipped_bit_is_a_counted_fault() {
    // The third word is inside the body of the first trade.
    let entries = [packets(Line::Market, &trades(40)), vec![STOP]].concat();
    let mut engine = scripted("bit-flip toe0 word 3 bit 77");
    let (_, result) = feed_all(&mut engine, &entries);
    assert_eq!(result, Ok(()));
    assert_eq!(engine.counters().faults_of(FaultCode::FrameChecksum), 1);
    assert_eq!(engine.counters().faults_total(), 1);
    assert_eq!(engine.counters().messages, 40);
}

/// Shows G28.
#[test]
fn a_stall_that_ends_changes_nothing_but_the_cycles() {
    let entries = both();
    let (native, wanted) = native(&entries);
    let mut free = scripted("");
    let (_, result) = feed_all(&mut free, &entries);
    assert_eq!(result, Ok(()));
    for stage in Stage::ALL {
        let mut engine = scripted(&format!("stall {stage} at 500 for 700"));
        let (log, result) = feed_all(&mut engine, &entries);
        assert_eq!(result, Ok(()), "{stage}");
        let differs = difference((&native, &wanted), (&engine, &log));
        assert!(differs.is_none(), "{stage}: {}", differs.unwrap_or_default());
        assert_eq!(engine.card().sent(1), free.card().sent(1), "{stage}");
    }
}

/// Shows G28, G38, H18, N5.
#[test]
fn a_full_fifo_stalls_what_fills_it_and_nothing_is_lost() {
    let entries = [packets(Line::Market, &trades(2_500)), vec![STOP]].concat();
    let (native, wanted) = native(&entries);
    let options = Options {
        publishes: true,
        keeps_words: true,
        script: script("stall toe0 at 100 for 9000"),
        ..Options::default()
    };
    let mut engine = with(options);
    let (log, result) = feed_all(&mut engine, &entries);
    assert_eq!(result, Ok(()));
    assert!(difference((&native, &wanted), (&engine, &log)).is_none());
    // Every FIFO from TOE0 back to the input was full, and nothing was more than full.
    let cycles = engine.card().cycles();
    for name in ["tx0", "records", "items0", "rx0"] {
        let (_, depth, stats) = cycles.fifos.iter().find(|(of, ..)| *of == name).expect("a FIFO");
        assert_eq!(stats.high_water, *depth, "{name}");
        assert!(stats.stall_cycles > 0, "{name}");
    }
    assert_eq!(engine.card().toe(0).sent as usize, engine.card().sent(0).len());
}

/// Shows G29, H12, H32.
#[test]
fn what_leaves_is_what_the_pipeline_makes() {
    let entries = both();
    let options = Options { publishes: true, keeps_words: true, ..Options::default() };
    let mut engine = with(options);
    let (log, result) = feed_all(&mut engine, &entries);
    assert_eq!(result, Ok(()));
    let setup = setup();
    let mut publisher = Publisher::new(setup.publish.run, setup.publish.batch_messages);
    let (mut toe0, mut toe1) = (Vec::new(), Vec::new());
    let mut publish = |bytes: &[u8]| toe0.extend(setup.toe.words(setup.publish.session, bytes, 0));
    for out in &log.0 {
        match out {
            Out::Record(_, bytes) => {
                let record = OwnedRecord::parse(bytes).expect("a record");
                publisher.record(&record.as_record(), &mut publish);
            }
            Out::Message(..) => publisher.end_of_message(&mut publish),
            Out::Order(_, _, bytes) => {
                let session = setup.trading.as_ref().expect("triggers").session;
                toe1.extend(setup.toe.words(session, bytes, 0));
            }
            _ => {}
        }
    }
    publisher.flush(&mut publish);
    assert!(toe0.len() > 1_000 && toe1.len() > 100);
    assert_eq!(engine.card().sent(0), toe0);
    assert_eq!(engine.card().sent(1), toe1);
}

/// Shows G38, H9, H11.
#[test]
fn toe0_down_does_not_stop_feedback_on_toe1() {
    let entries = both();
    let mut engine = scripted("toe-down toe0 at 300");
    let (log, result) = feed_all(&mut engine, &entries);
    assert_eq!(result, Ok(()));
    let (toe0, toe1) = (engine.card().toe(0), engine.card().toe(1));
    assert!(toe0.down && toe0.received_lost > 1_000, "{toe0:?}");
    assert!(!toe1.down && toe1.received_lost == 0, "{toe1:?}");
    let reports = log.0.iter().filter(|out| matches!(out, Out::Report(_))).count();
    assert_eq!(reports, 60);
    // What was cut off is a fault, and counted.
    assert!(engine.counters().faults_total() > 0);

    let mut engine = scripted("toe-down toe1 at 0");
    let (log, result) = feed_all(&mut engine, &entries);
    assert_eq!(result, Ok(()));
    let orders = log.0.iter().filter(|out| matches!(out, Out::Order(..))).count();
    let toe1 = engine.card().toe(1);
    assert_eq!((orders, toe1.sent), (200, 0));
    assert_eq!(toe1.sent_lost, 200 * 9);
    assert_eq!(engine.counters().messages, 400);
}

#[test]
fn a_counter_that_stands_still_is_an_error() {
    let mut options = Options { script: script("counter-frozen at 100"), ..Options::default() };
    options.card.watchdog.cycles = 1_000;
    let mut engine = with(options);
    let (_, result) = feed_all(&mut engine, &both());
    let frozen = CardError::CounterFrozen { counter: 100, waited_cycles: 1_000 };
    assert_eq!(result, Err(frozen));
}

/// Shows H18.
#[test]
fn a_deadlock_names_who_waits_for_whom() {
    for (stage, wait, publishes) in [
        (Stage::Toe1, Wait { who: "send", what: "room in the FIFO", of: "tx1" }, false),
        (Stage::Toe0, Wait { who: "publish", what: "room in the FIFO", of: "tx0" }, true),
        (Stage::Send, Wait { who: "intents", what: "a step", of: "send" }, false),
        (Stage::Indicator, Wait { who: "decode", what: "room in the FIFO", of: "items0" }, false),
        (Stage::Decode, Wait { who: "the arbiter", what: "room in the FIFO", of: "rx0" }, false),
    ] {
        let script = script(&format!("stall {stage} at 100 forever"));
        let mut engine = with(Options { script, publishes, ..Options::default() });
        let entries = [packets(Line::Market, &trades(4_000)), vec![STOP]].concat();
        let (_, result) = feed_all(&mut engine, &entries);
        let Err(CardError::Deadlock { waits, held, .. }) = &result else {
            panic!("{stage}: {result:?}");
        };
        assert!(waits.0.contains(&wait), "{stage}: {waits}");
        assert_eq!(*held, Some(stage));
        let text = result.expect_err("a deadlock").to_string();
        assert!(text.contains(&wait.to_string()), "{text}");
    }
    // And what the card waits for is the host's to send.
    let script = script("stall params at 0 forever");
    let mut engine = with(Options { script, ..Options::default() });
    let new = setup_at("11").trading.expect("triggers").parameters;
    let result = engine.try_feed(Entry::Parameters(Box::new(new)).input(), &mut ());
    let Err(CardError::Deadlock { waits, .. }) = &result else { panic!("{result:?}") };
    let wait = Wait { who: "indicator", what: "a parameter block", of: "params" };
    assert!(waits.0.contains(&wait), "{waits}");
}

/// Shows Q12.
#[test]
fn the_same_script_gives_the_same_run() {
    let entries = both();
    let mut faults = 0;
    for seed in 0..60 {
        let script = Script::seeded(seed, 6, 3_000);
        let again: Script = script.to_string().parse().expect("a script");
        let [one, two] = [script, again].map(|script| {
            let mut engine = with(Options { script, ..Options::default() });
            let (log, result) = feed_all(&mut engine, &entries);
            let toes = [engine.card().toe(0), engine.card().toe(1)];
            (log.0, result, engine.card().cycles(), toes, engine.counters().clone())
        });
        assert_eq!(one, two, "seed {seed}");
        assert_eq!(one.1, Ok(()), "seed {seed}");
        faults += one.4.faults_total();
    }
    assert!(faults > 0);
}

/// Shows G26, G35, H10.
#[test]
fn the_data_path_touches_no_memory_outside_the_chip() {
    let entries = both();
    let run = |options: Options| {
        let mut engine = with(options);
        let (_, result) = feed_all(&mut engine, &entries);
        assert_eq!(result, Ok(()));
        assert!(engine.card().toe(1).sent > 100);
        engine.card().memory()
    };
    // Decode and publish, and the order in the card: nothing at all.
    let memory = run(Options { publishes: true, ..Options::default() });
    assert_eq!(memory.total(), 0);
    // With a mirror, the mirror's writes and nothing else.
    let memory = run(Options { publishes: true, mirrors: true, ..Options::default() });
    assert!(memory.of(Accessor::Mirror).ddr_writes > 1_000);
    assert_eq!(memory.total(), memory.of(Accessor::Mirror).total());
}

/// Shows G35, H29, H30, H31, H47, N9.
#[test]
fn new_parameters_come_by_the_host_pipe_or_by_a_flag_in_ddr() {
    let new = |level: &str| {
        let trading = setup_at(level).trading.expect("triggers");
        Entry::Parameters(Box::new(trading.parameters))
    };
    // Up and down again a hundred times in mid-stream: between two messages, none of them lost.
    let mut entries = Vec::new();
    for (at, packet) in packets(Line::Market, &trades(900)).into_iter().enumerate() {
        entries.push(packet);
        entries.push(new(if at % 2 == 0 { "12" } else { "10" }));
    }
    assert!(entries.len() > 200);
    entries.push(STOP);
    let (native, wanted) = native(&entries);
    let reloads = entries.len() as u64 / 2;
    for host_pipe in [true, false] {
        let mut engine = with(Options { host_pipe, ..Options::default() });
        let mut log = Log::default();
        let mut acknowledged = 0;
        for entry in &entries {
            engine.try_feed(entry.input(), &mut log).expect("the card goes on");
            if let Some(pipe) = engine.card_mut().pipe() {
                while let Some(packet) = pipe.to_host.try_read() {
                    assert_eq!(packet[..8], u64::to_le_bytes(acknowledged));
                    acknowledged += 1;
                }
            }
        }
        assert!(difference((&native, &wanted), (&engine, &log)).is_none());
        let memory = engine.card().memory();
        let params = memory.of(Accessor::Params);
        let lines = (PARAM_BLOCK_BYTES / LOAD_CHUNK_BYTES) as u64;
        assert_eq!(params.ddr_reads, (lines + u64::from(!host_pipe)) * reloads);
        assert_eq!(acknowledged, if host_pipe { reloads } else { 0 });
        let others = memory.of(Accessor::Host).total() + params.total();
        assert_eq!(memory.total(), others, "the data path reads none of it");
    }
}
