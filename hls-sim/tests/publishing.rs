//! What publishing costs an order: nothing while the FIFO of the records takes the burst, and then
//! what the outgoing words take longer than the incoming ones.

mod common;
#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use common::{Entry, Log, Out, STOP, difference, run};
use tidegate_hls_sim::card::Card;
use tidegate_hls_sim::stamp::{Latency, Waiting};
use tidegate_hls_sim::{Options, SimEngine};
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::record::OwnedRecord;
use tidegate_pipeline::{Line, NativeEngine, Setup};
use tidegate_protocol::limits::{BEAT_BYTES, HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::AuctionTrade;
use tidegate_protocol::record::{DATAGRAM_HEADER_BYTES, MAX_DATAGRAM_RECORDS, RECORD_BYTES};

const TOML: &str = r#"
[index]
id = "399001"
prev_close = 10
constituents = "c.csv"

[publish]
group = "239.1.2.3:5000"
batch_messages = BATCH

[[trigger]]
name = "up"
index_at_least = 10
order = { security = "000001", side = "buy", quantity = 100, price = 10 }
"#;
const CSV: &str = "security,shares,prev_close\n000001,1000,10.0000\n";

/// Bytes of a tick.
const TICK: usize = HEADER_BYTES + AuctionTrade::LEN + TRAILER_BYTES;

/// Bytes of a packet of the burst.
const PACKET: usize = 1_460;

fn setup(batch: usize) -> Setup {
    let toml = TOML.replace("BATCH", &batch.to_string());
    Setup::parse(&toml, |_| Ok(CSV.to_owned())).expect("a setup")
}

/// Events behind the last tick: its decision, the end of its message, and the end of each line.
const BEHIND: usize = 4;

/// Ticks back to back, the last of which lets an order leave.
fn burst(ticks: usize) -> Vec<u8> {
    let tick = |at: usize| {
        let price = if at == ticks { 101_000 } else { 99_000 };
        let time = wire::stamp(20_240_102, 34_200_000 + at as i64);
        wire::trade(at as i64, "000001", price, time)
    };
    (1..=ticks).flat_map(tick).collect()
}

/// Words of so many ticks on the way in, with those of the packets' headers.
fn words_in(ticks: usize) -> usize {
    let bytes = ticks * TICK;
    let whole = bytes / PACKET * PACKET.div_ceil(BEAT_BYTES);
    bytes.div_ceil(PACKET) + whole + (bytes % PACKET).div_ceil(BEAT_BYTES)
}

/// Words of a datagram of so many records, with the header word.
fn words_out(records: usize) -> usize {
    1 + (DATAGRAM_HEADER_BYTES + records * RECORD_BYTES).div_ceil(BEAT_BYTES)
}

/// Records that wait behind so many ticks in a row, where each datagram has so many of them.
fn waiting(ticks: usize, records: usize) -> usize {
    ticks.saturating_sub(records * (words_in(ticks) / words_out(records)))
}

/// What an order behind such a burst waits, and for how many cycles the indicator found no room.
fn wait(ticks: usize, batch: usize, card: &Card) -> (Waiting, u64) {
    let setup = setup(batch);
    let packets = burst(ticks);
    let mut entries: Vec<Entry> =
        packets.chunks(PACKET).map(|part| Entry::Packet(Line::Market, 0, part.to_vec())).collect();
    entries.push(STOP);
    let options =
        Options { publishes: true, keeps_words: true, card: card.clone(), ..Options::default() };
    let mut native = NativeEngine::new(&setup, &[]).expect("rows");
    let mut sim = SimEngine::with(&setup, &[], options).expect("a card");
    // The parameters of the setup are in place.
    sim.card_mut().drain(&mut ()).expect("drained");
    let (wanted, found): (Log, Log) = (run(&mut native, &entries), run(&mut sim, &entries));
    assert_eq!(difference((&native, &wanted), (&sim, &found)), None);
    // Nothing is lost on the way out either.
    let mut publisher = Publisher::new(setup.publish.run, setup.publish.batch_messages);
    let mut words = Vec::new();
    let mut publish = |bytes: &[u8]| words.extend(setup.toe.words(setup.publish.session, bytes, 0));
    for out in &wanted.0 {
        match out {
            Out::Record(_, bytes) => {
                let record = OwnedRecord::parse(bytes).expect("a record");
                publisher.record(&record.as_record(), &mut publish);
            }
            Out::Message(..) => publisher.end_of_message(&mut publish),
            _ => {}
        }
    }
    publisher.flush(&mut publish);
    assert_eq!(sim.card().sent(0), words);
    let latency = Latency::of(sim.card().orders(), sim.card().options()).expect("an order");
    assert!(latency.to_string().contains("  publishing      every record\n"), "{latency}");
    assert_eq!((latency.requests, latency.counted_cycles), (1, (5, 5)));
    let fifos = sim.card().cycles().fifos;
    let (_, depth, records) = fifos.iter().find(|(name, ..)| *name == "records").expect("a FIFO");
    assert_eq!((*depth, records.high_water <= *depth), (card.fifo_depths.records, true));
    assert_eq!(records.high_water == *depth, records.stall_cycles > 0);
    (latency.waiting_cycles, records.stall_cycles)
}

/// Shows G28.
#[test]
fn an_order_waits_for_publishing_only_behind_a_longer_burst_than_its_fifo_takes() {
    let usual = Card::default().fifo_depths.records;
    // Each tick in a datagram of its own, or as many in one as it holds.
    let all = [1, MAX_DATAGRAM_RECORDS];
    for (records, depth) in all.into_iter().flat_map(|records| [(records, 64), (records, usual)]) {
        let mut card = Card::default();
        card.fifo_depths.records = depth;
        let takes = |most: usize| {
            let fits = |ticks: &usize| waiting(*ticks, records) <= most;
            (1..).take_while(fits).last().expect("one tick")
        };
        // One datagram is gathered while another leaves.
        let (short, long) = (takes(depth - BEHIND), takes(depth + 2 * records));
        println!("{records} records a datagram, {depth} deep: {short} ticks");
        assert_eq!(wait(short, records, &card), (Waiting::default(), 0), "{short} ticks");
        let (waiting, stalls) = wait(long + 1, records, &card);
        assert!(waiting.indicator > 0 && stalls > 0, "{long} ticks: {waiting:?}, {stalls}");
        // The event of its decision has waited for room too.
        assert_eq!(waiting.total(), waiting.indicator + waiting.decisions, "{waiting:?}");
    }
}
