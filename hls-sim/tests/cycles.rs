//! Counted cycles: the latency of a trigger, what overlaps, what a narrower or slower build costs.

mod common;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use common::{Entry, STOP, feeds, load, run};
use tidegate_hls_sim::stamp::{Latency, OrderStamp};
use tidegate_hls_sim::{Options, SimEngine};
use tidegate_pipeline::{Engine, Input, Line, Setup};

const TOML: &str = r#"
[index]
id = "399001"
prev_close = 10
constituents = "c.csv"

[[trigger]]
name = "up"
index_at_least = 10
order = { security = "000001", side = "buy", quantity = 100, price = 10 }
"#;
const CSV: &str = "security,shares,prev_close\n000001,1000,10.0000\n";

fn setup() -> Setup {
    Setup::parse(TOML, |_| Ok(CSV.to_owned())).expect("a setup")
}

fn time(ms: i64) -> i64 {
    wire::stamp(20_240_102, 34_200_000 + ms)
}

/// A message of an unknown type that is so long in all.
fn filler(bytes: usize) -> Vec<u8> {
    wire::frame(777_777, &vec![0x11; bytes - 12])
}

/// `trades` of 000001, every second one above the trigger's level.
fn trades(count: i64) -> Vec<Vec<u8>> {
    let price = |seq| if seq % 2 == 0 { 101_000 } else { 99_000 };
    (1..=count).map(|seq| wire::trade(seq, "000001", price(seq), time(seq))).collect()
}

fn sim(options: Options) -> SimEngine {
    SimEngine::with(&setup(), &[], options).expect("a card")
}

/// A card whose parameters are in place.
fn ready(options: Options) -> SimEngine {
    let mut engine = sim(options);
    engine.card_mut().drain(&mut ()).expect("drained");
    engine
}

fn feed(engine: &mut SimEngine, bytes: &[u8]) {
    let input = Input::Packet { line: Line::Market, session: 0, bytes };
    engine.try_feed(input, &mut ()).expect("the card goes on");
}

/// The orders of trades that each begin at the given place of a beat, fed to any engine: `orders`
/// reads its stamps.
fn at_alignment<E: Engine>(
    mut engine: E,
    place: usize,
    orders: impl Fn(&E) -> Vec<OrderStamp>,
) -> Vec<OrderStamp> {
    let mut stream = Vec::new();
    for trade in trades(8) {
        // Far enough behind the one before that nothing of that is under way.
        let mut gap = 320 + (place + 16 - (stream.len() + 320) % 16) % 16;
        if gap < 12 {
            gap += 16;
        }
        stream.extend(filler(gap));
        assert_eq!(stream.len() % 16, place);
        stream.extend(trade);
    }
    let entries = [Entry::Packet(Line::Market, 5, stream), STOP];
    run(&mut engine, &entries);
    assert!(engine.failure().is_none());
    orders(&engine)
}

fn is_the_same_at_all_alignments<E: Engine>(
    new: impl Fn() -> E,
    orders: impl Fn(&E) -> Vec<OrderStamp> + Copy,
) {
    let mut counted = Vec::new();
    for place in 0..16 {
        let orders = at_alignment(new(), place, orders);
        assert_eq!(orders.len(), 4);
        for order in orders {
            let (cycles, waiting) = order.latency().expect("it came to TOE1");
            assert_eq!(waiting.total(), 0, "place {place}: {order:?}");
            counted.push(cycles);
        }
    }
    assert_eq!(counted, [5; 64], "five hops");
}

/// Shows H4, H27.
#[test]
fn the_counted_latency_is_the_same_at_all_16_alignments() {
    is_the_same_at_all_alignments(
        || sim(Options::default()),
        |engine| engine.card().orders().to_vec(),
    );
}

/// Shows H27.
#[cfg(feature = "kernel-c")]
#[test]
fn the_counted_latency_of_the_kernels_is_the_same_at_all_16_alignments() {
    is_the_same_at_all_alignments(
        || tidegate_hls_sim::KernelCEngine::new(&setup(), &[]).expect("a card"),
        |engine| engine.card().orders().to_vec(),
    );
}

/// On a whole day: what is counted is the same wherever a trade found nothing in its way, and all
/// the rest is waiting.
/// Shows G3, H11, H27, H35.
#[test]
fn a_day_has_one_counted_latency_and_the_rest_is_waiting() {
    let feeds = feeds();
    let day =
        feeds.iter().find(|feed| feed["file"].as_str() == Some("market-day/market-day.pcap.gz"));
    let day = load(day.expect("the day"));
    let options = Options { stamps: true, ..Options::default() };
    let mut engine = SimEngine::with(&day.setup, &day.collected, options).expect("a card");
    run(&mut engine, &day.entries);
    let card = engine.card();
    let mut quiet = 0;
    for order in card.orders() {
        let (counted, waiting) = order.latency().expect("it came to TOE1");
        let items = order.path.items;
        assert_eq!(counted, 4 + items, "{order:?}");
        let message = card.stamps().messages()[order.msg as usize];
        assert_eq!((message.msg, message.path.taken), (order.msg, order.path.taken));
        quiet += u64::from(waiting.total() == 0);
    }
    assert!(quiet > 0);
    let latency = Latency::of(card.orders(), card.options()).expect("orders");
    assert_eq!(latency.without_wait, quiet);
    let text = latency.to_string();
    for clock in ["150 MHz", "200 MHz", "250 MHz"] {
        assert!(text.contains(clock), "{text}");
    }
    println!("{text}");
}

/// Decode takes beat n + 1 while send emits: a stream of trades costs its beats and a constant.
/// Shows G21, G25.
#[test]
fn decode_and_send_work_at_the_same_time() {
    for count in [10, 1_000, 20_000] {
        let stream = trades(count).concat();
        let mut engine = sim(Options { keeps_words: true, ..Options::default() });
        for packet in stream.chunks(1_460) {
            feed(&mut engine, packet);
        }
        let card = engine.card_mut();
        card.drain(&mut ()).expect("drained");
        let cycles = card.cycles();
        // Each outstanding order keeps a row for its cancel request: half of 4,096 rows.
        assert!(card.sent(1).len() as i64 >= (count / 2).min(2_000) * 9);
        assert!(
            cycles.total <= cycles.beats + 32,
            "{} cycles for {} beats",
            cycles.total,
            cycles.beats
        );
    }
    // And it is seen: a cycle in which decode takes a word while TOE1 sends one.
    let mut engine = sim(Options { trace: Some(0..400), ..Options::default() });
    feed(&mut engine, &trades(20).concat());
    let text = engine.card().trace().expect("a trace").text().to_owned();
    let cycle_of = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let of = |what: &str| -> Vec<Option<String>> {
        text.lines().filter(|line| line.contains(what)).map(cycle_of).collect()
    };
    let (takes, sends) = (of("takes"), of("TOE1"));
    assert!(sends.iter().any(|cycle| takes.contains(cycle)), "{text}");
}

/// An item leaves a constant number of cycles after the beat with its last byte, however long the
/// message and its packet are; where packets are stored first, it does not.
/// Shows G3, G22.
#[test]
fn a_message_is_released_right_behind_its_last_byte() {
    let released = |bytes: usize, store_and_forward: bool| {
        let options = Options { stamps: true, store_and_forward, ..Options::default() };
        let mut engine = ready(options);
        let start = engine.card().cycle();
        let trade = wire::trade(1, "000001", 99_000, time(1));
        feed(&mut engine, &[filler(bytes), trade, filler(640)].concat());
        engine.card_mut().drain(&mut ()).expect("drained");
        let messages = engine.card().stamps().messages();
        let trade = messages[1].path;
        (trade.released - trade.taken, trade.judged - trade.taken, trade.released - start)
    };
    for bytes in [12, 100, 1_000, 8_000] {
        let (to_release, to_judge, at) = released(bytes, false);
        assert_eq!((to_release, to_judge), (1, 2));
        // The beats before it, and a constant.
        let beats = 1 + (bytes + 78).div_ceil(16) as u64;
        assert_eq!(at, beats + 1, "{bytes}");
        let (_, _, stored) = released(bytes, true);
        assert!(stored >= at + 39, "the rest of the packet comes first: {stored}, {at}");
    }
}

/// W = 16, 8 and 1 byte a beat give the same in 1, 2 and 16 times the cycles; II = 2 halves the
/// throughput.
/// Shows G21, G23, G42, H12.
#[test]
fn a_narrower_channel_and_a_greater_ii_cost_what_they_must() {
    let stream = trades(3_000).concat();
    let cycles = |options: Options| {
        let mut engine = sim(options);
        let mut log = common::Log::default();
        let input = Input::Packet { line: Line::Market, session: 0, bytes: &stream };
        engine.try_feed(input, &mut log).expect("the card goes on");
        engine.try_feed(STOP.input(), &mut log).expect("the card goes on");
        (engine.card().cycles(), log.0)
    };
    let (whole, outputs) = cycles(Options::default());
    // Closing the two lines takes a step a session, whatever the width.
    let closing = 2 * 130 + 20;
    assert!(whole.total - whole.beats <= closing);
    for (width, times) in [(8, 2), (1, 16)] {
        let (narrow, same) = cycles(Options { width, ..Options::default() });
        assert_eq!(same, outputs);
        let more = narrow.total - whole.beats * times;
        assert!(more <= closing + 2 * times, "W {width}: {} cycles, {more} more", narrow.total);
    }
    let (slow, same) = cycles(Options { ii: 2, ..Options::default() });
    assert_eq!(same, outputs);
    let (slow, whole) = (slow.total, whole.total);
    assert!(slow.abs_diff(2 * whole) < 10, "II 2: {slow} of {whole}");
}

/// Equal messages in steady state take equal cycles: no variance at all.
/// Shows H3, H4, H35, C2.
#[test]
fn latency_is_flat_while_the_input_is_at_line_rate() {
    let mut engine = ready(Options { stamps: true, ..Options::default() });
    for packet in trades(5_000).concat().chunks(1_460) {
        feed(&mut engine, packet);
    }
    engine.card_mut().drain(&mut ()).expect("drained");
    // A decision takes the indicator one step more, before the next trade comes.
    let of = |stamp: &tidegate_hls_sim::stamp::MessageStamp| stamp.path.judged - stamp.path.taken;
    let messages = engine.card().stamps().messages();
    assert_eq!(messages.len(), 5_000);
    assert!(messages.iter().all(|message| of(message) == 2));
    let orders = engine.card().orders();
    let latency = |order: &OrderStamp| order.at_toe.expect("sent") - order.path.taken;
    assert!(orders.iter().all(|order| latency(order) == 5), "{:?}", orders.first());
}
