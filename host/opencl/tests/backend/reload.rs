//! Parameters reload in mid-stream through the channel kernels, all seven alive, at depth 64.
//!
//! Two lines of messages flow from files while the host gives block after block. What is checked:
//! * nothing is lost or doubled: the events are those of the native engine, byte for byte, when it gets the
//!   messages in the order in which the arbiter took them, and each block before the message of its epoch;
//! * nothing is stale or mixed: each decision has the bounds and the quantity of the block of its epoch;
//! * no mirrored row is torn: each that counts as whole is one that the table had.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tidegate_opencl::drive::channels::{
    Channels, Ended, Image, Mirrored, Mode, Signal, Tables, Wiring, Words,
};
use tidegate_opencl::{Error, Target, drive};
use tidegate_pipeline::parameters::{Action, Condition, Parameters};
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::toe::Descriptor;
use tidegate_pipeline::{Control, Line, Setup, image};
use tidegate_protocol::frame::seal;
use tidegate_protocol::kernel::{
    DecisionFields, Event, LogWord, QuoteRow, event_kind, event_mark, log_op,
};
use tidegate_protocol::limits::{
    HEADER_BYTES, MAX_REQUESTS_CARD, MAX_SECURITIES_CARD, MAX_TRIGGERS, TRAILER_BYTES,
};
use tidegate_protocol::message::AuctionTrade;
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};

use crate::kernel_files::{self, Entry, Run};
use crate::{open, under};

/// Reloads of a run.
const RELOADS: u64 = 100;
/// Messages of TOE0, through the host pipe and by the flag, which is what a PAC has. The full run is 100,000:
/// a minute each where the emulator has the cores for itself.
const MESSAGES: [u64; 2] = [6_000, 20_000];
/// The variable that asks for another number of messages.
pub(crate) const MESSAGES_VARIABLE: &str = "TIDEGATE_RELOAD_MESSAGES";
/// One message of TOE1 comes with so many of TOE0.
const REPORT_EVERY: u64 = 20;
pub(crate) const DEPTH: u32 = 64;
/// Files of the I/O channels: TOE0 in and out, TOE1 in and out.
pub(crate) const IO: [&str; 4] = ["toe0.in", "toe0.bin", "toe1.in", "toe1.bin"];
pub(crate) const SECURITY: [u8; 8] = *b"000001  ";
pub(crate) const LIMIT: Duration = Duration::from_secs(1200);

fn messages(signal: Signal) -> u64 {
    let variable = std::env::var(MESSAGES_VARIABLE).ok();
    let usual = MESSAGES[usize::from(signal == Signal::Flag)];
    variable.map_or(usual, |count| count.parse().expect("a number of messages"))
}

/// Sixteen triggers; the first and the last fire on each high trade, those between never.
pub(crate) fn setup() -> Setup {
    let mut text = String::from(
        "[securities]\nlist = [\"000001\"]\n\
         [limits]\nmax_outstanding = 8\n\
         [publish]\ngroup = \"239.1.1.1:30001\"\nrun = 7\nbatch_messages = 8\n\
         [order_template]\nsubmitting_pbu_id = \"000100\"\naccount_id = \"0100000001\"\n\
         branch_id = \"01\"\ncl_ord_id_prefix = \"ZZ\"\n",
    );
    for at in 0..MAX_TRIGGERS {
        text.push_str(&format!(
            "[[trigger]]\nname = \"t{at}\"\n\
             price = {{ security = \"000001\", at_least = \"11\", at_most = \"900\" }}\n\
             order = {{ security = \"000001\", side = \"buy\", quantity = 100, price = \"10\" }}\n"
        ));
    }
    let none = |_: &Path| -> Result<String, _> { unreachable!("no other file") };
    let mut setup = Setup::parse(&text, none).expect("a sound setup");
    let trading = setup.trading.as_mut().expect("it has triggers");
    trading.parameters = block(&trading.parameters, 0);
    setup
}

/// The bounds of a trigger in an epoch: price at least, price at most, quantity.
fn bounds(trigger: usize, epoch: u64) -> [i64; 3] {
    let (at, epoch) = (trigger as i64, epoch as i64);
    let fires = at == 0 || at + 1 == MAX_TRIGGERS as i64;
    let base = if fires { 11_000_000 } else { 500_000_000 };
    let mark = 10_000 * epoch + 100 * at;
    [base + mark, 900_000_000 - mark, 100 * (100 + epoch)]
}

/// The block of an epoch: every bound in it says which.
fn block(like: &Parameters, epoch: u64) -> Parameters {
    let mut out = *like;
    for (at, trigger) in out.triggers.iter_mut().flatten().enumerate() {
        let [least, most, quantity] = bounds(at, epoch);
        for condition in trigger.conditions.iter_mut().flatten() {
            match condition {
                Condition::PriceAtLeast { price, .. } => *price = PxE6(least),
                Condition::PriceAtMost { price, .. } => *price = PxE6(most),
                other => panic!("{other:?}"),
            }
        }
        let Action::Order(order) = &mut trigger.action else { panic!("orders alone") };
        order.quantity = QtyE2(quantity);
    }
    out
}

/// A trade: every fifth one is high.
pub(crate) fn trade(seq: u64) -> Vec<u8> {
    let high = seq % 5 == 4;
    let part = AuctionTrade {
        channel_no: 2011,
        appl_seq_num: seq as i64 + 1,
        md_stream_id: *b"011",
        bid_appl_seq_num: 1,
        offer_appl_seq_num: 2,
        security_id: SECURITY,
        security_id_source: *b"102 ",
        last_px: PriceE4(if high { 200_000 } else { 100_000 } + (seq % 7) as i64 * 100),
        last_qty: QtyE2(100 * (1 + seq as i64 % 3)),
        exec_type: b'F',
        transact_time: Timestamp(20_230_201_093_000_000),
    };
    let mut body = [0; AuctionTrade::LEN];
    part.emit(&mut body);
    frame(msg_type::AUCTION_TRADE, &body)
}

pub(crate) fn frame(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![0; HEADER_BYTES];
    frame[..4].copy_from_slice(&msg_type.to_be_bytes());
    frame.extend(body);
    frame.resize(frame.len() + TRAILER_BYTES, 0);
    seal(&mut frame);
    frame
}

/// The messages of both lines, one a packet.
fn packets(messages: u64) -> [Vec<Vec<u8>>; 2] {
    let market = (0..messages).map(trade).collect();
    // Reports of somebody else, and messages of no known type, so long that TOE1 is not at its end at once.
    let reports = include_bytes!("../../../../golden-feeds/market-day/reports.bin");
    let mut frames = Vec::new();
    let mut rest = &reports[..];
    while let Some(length) = rest.get(4..8) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let (frame, behind) = rest.split_at(HEADER_BYTES + length + TRAILER_BYTES);
        frames.push(frame.to_vec());
        rest = behind;
    }
    let orders = (0..messages / REPORT_EVERY).map(|at| match at % 3 {
        0 => frame(999_999, &[b'x'; 4000]),
        _ => frames[at as usize % frames.len()].clone(),
    });
    [market, orders.collect()]
}

/// The words of packets as an I/O channel gives them.
fn words(toe: Descriptor, packets: &[Vec<u8>]) -> Vec<u8> {
    packets
        .iter()
        .flat_map(|packet| toe.words(3, packet, 0).flatten().collect::<Vec<_>>())
        .collect()
}

/// What came out of a run, as it came.
#[derive(Default)]
pub(crate) struct Out {
    bytes: Vec<u8>,
    parsed: usize,
    pub(crate) ends: u64,
    epochs: u64,
    kills: u64,
}

impl Out {
    /// Takes what is there.
    pub(crate) fn take(&mut self, channels: &mut Channels) -> u64 {
        let bytes = &mut self.bytes;
        let keep = |more: &[u8]| {
            bytes.extend(more);
            Ok(())
        };
        let count = channels.take_events(keep).unwrap();
        for event in events(&self.bytes).skip(self.parsed) {
            self.ends += u64::from(event.has & event_mark::ENDS != 0);
            if let Some(decision) = decision(&event) {
                self.epochs += u64::from(decision.outcome == EPOCH);
                self.kills +=
                    u64::from(decision.outcome == KILL_ON || decision.outcome == KILL_OFF);
            }
            self.parsed += 1;
        }
        count
    }

    /// Takes until there is so much of something.
    pub(crate) fn wait(
        &mut self,
        channels: &mut Channels,
        what: &str,
        there: impl Fn(&Self) -> bool,
    ) {
        let start = Instant::now();
        while !there(self) {
            if self.take(channels) == 0 {
                std::thread::sleep(Duration::from_micros(200));
            }
            channels.has_ended().unwrap();
            assert!(
                start.elapsed() < LIMIT,
                "{what}: {} messages, {} epochs",
                self.ends,
                self.epochs
            );
        }
    }
}

const EPOCH: u8 = 6;
const KILL_ON: u8 = 7;
const KILL_OFF: u8 = 8;

pub(crate) fn events(bytes: &[u8]) -> impl Iterator<Item = Event> {
    bytes.as_chunks().0.iter().map(Event::parse)
}

fn decision(event: &Event) -> Option<DecisionFields> {
    let mut body = [0; 8 * 20];
    for (bytes, word) in body.chunks_mut(8).zip(event.body) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    (event.kind == event_kind::DECISION).then(|| DecisionFields::parse(&body))
}

/// Every decision of a trigger against the block of its epoch; how many there were.
fn check_decisions(bytes: &[u8]) -> u64 {
    let (mut count, mut epoch) = (0, 0);
    for decision in events(bytes).filter_map(|event| decision(&event)) {
        epoch += u64::from(decision.outcome == EPOCH);
        assert_eq!(u64::from(decision.epoch), epoch, "stale: {decision:?}");
        if decision.trigger == u8::MAX {
            continue;
        }
        let [least, most, quantity] = bounds(decision.trigger.into(), epoch);
        let found = [decision.conditions[1], decision.conditions[3], decision.quantity.0];
        assert_eq!(found, [least, most, quantity], "mixed: {decision:?}");
        count += 1;
    }
    count
}

/// The input in the order that the arbiter chose, as the events tell it.
fn order(bytes: &[u8], setup: &Setup, [market, orders]: [Vec<Vec<u8>>; 2]) -> Vec<Entry> {
    let first = &setup.trading.as_ref().unwrap().parameters;
    let mut lines = [market.into_iter(), orders.into_iter()];
    let (mut entries, mut epoch, mut next) = (Vec::new(), 0, 0);
    for event in events(bytes) {
        match decision(&event) {
            Some(decision) if decision.outcome == EPOCH => {
                epoch += 1;
                assert_eq!(decision.msg, next, "an epoch inside a message");
                entries.push(Entry::Parameters(Box::new(block(first, epoch))));
            }
            Some(decision) if matches!(decision.outcome, KILL_ON | KILL_OFF) => {
                let on = decision.outcome == KILL_ON;
                entries.push(Entry::Control(Control::Kill { on }));
            }
            _ => {}
        }
        if event.has & event_mark::ENDS != 0 {
            assert_eq!(event.msg, next, "a number is missing or doubled");
            next += 1;
            let line = usize::from(event.session >= 128);
            let packet = lines[line].next().expect("no message was doubled");
            let line = if line == 0 { Line::Market } else { Line::Orders };
            entries.push(Entry::Packet(line, 3, packet));
        }
    }
    assert_eq!(lines.map(|line| line.len()), [0, 0], "messages were lost");
    entries.push(Entry::Control(Control::Stop));
    entries
}

/// Parameters that came before some message.
fn entries_before_the_last_message(entries: &[Entry]) -> u64 {
    let is_packet = |entry: &Entry| matches!(entry, Entry::Packet(..));
    let last = entries.iter().rposition(is_packet).expect("there are messages");
    let is_epoch = |entry: &&Entry| matches!(entry, Entry::Parameters(_));
    entries[..last].iter().filter(is_epoch).count() as u64
}

/// What the mirror showed while it ran.
#[derive(Debug, Default)]
struct Watched {
    reads: u64,
    whole: u64,
    torn: u64,
    different: u64,
    last: u64,
}

impl Watched {
    fn look(&mut self, channels: &Channels) {
        self.reads += 1;
        match &channels.rows().unwrap()[0] {
            Mirrored::Empty => {}
            Mirrored::Torn => self.torn += 1,
            Mirrored::Whole { number, value: row } => {
                self.whole += 1;
                assert!(*number >= self.last, "update {number} after {}", self.last);
                self.different += u64::from(*number != self.last);
                self.last = *number;
                check_row(row);
            }
        }
    }
}

/// A row that the table had after some number of trades.
fn check_row(row: &QuoteRow) {
    let (mut high, mut low, mut volume, mut value) = (0, i64::MAX, 0, 0);
    let count = row.trades;
    // Prices repeat after 35 trades and quantities after 3, so one round of 105 is enough for sums.
    let one = |seq: u64| {
        let price = (if seq % 5 == 4 { 200_000 } else { 100_000 } + (seq % 7) as i64 * 100) * 100;
        (price, 100 * (1 + seq as i64 % 3))
    };
    for seq in 0..count.min(105) {
        let (price, quantity) = one(seq);
        let times = (count - seq).div_ceil(105) as i64;
        (high, low) = (price.max(high), price.min(low));
        volume += quantity * times;
        value += price / 100 * quantity * times;
    }
    if count == 0 {
        return;
    }
    let (last, _) = one(count - 1);
    let found = [row.ticks_last.0, row.ticks_high.0, row.ticks_low.0, row.ticks_volume.0];
    assert_eq!(found, [last, high, low, volume], "a torn row: {row:?}");
    assert_eq!(
        (row.ticks_value, row.ticks_num_trades),
        (value, count as i64),
        "a torn row: {row:?}"
    );
}

/// Starts the kernels over the packets of both lines.
pub(crate) fn start(
    setup: &Setup,
    packets: &[Vec<Vec<u8>>; 2],
    signal: Signal,
    depth: u32,
) -> Channels {
    let session = open(Target::IntelEmu);
    let toe = setup.toe;
    fs::write(IO[0], words(toe, &packets[0])).unwrap();
    fs::write(IO[2], words(toe, &packets[1])).unwrap();
    let options = drive::Options { toe, checksum: setup.checksum, image: None };
    let mode = Mode::Live(signal);
    let words = Words::Channels(IO.map(str::to_owned));
    let wiring = Wiring { mode, depth: Some(depth), words, options };
    let program = wiring.build(&session).unwrap();
    let room = image::Room { securities: MAX_SECURITIES_CARD, requests: MAX_REQUESTS_CARD };
    let image = Image::new(&image::lines(setup, &[], room).unwrap()).unwrap();
    Channels::start(&session, &program, mode, &image, [&[]; 2]).unwrap()
}

/// Ends both lines and takes what is left.
pub(crate) fn stop(channels: &mut Channels, out: Out) -> (Vec<u8>, Ended, Tables) {
    for line in 0..2 {
        let stop = LogWord { op: log_op::STOP, line, ..LogWord::default() };
        channels.control(&stop).unwrap();
    }
    let mut bytes = out.bytes;
    let keep = |more: &[u8]| {
        bytes.extend(more);
        Ok::<_, Error>(())
    };
    let (ended, tables) = channels.finish(keep).unwrap();
    (bytes, ended, tables)
}

fn reloads(signal: Signal) {
    let setup = setup();
    let messages = messages(signal);
    let packets = packets(messages);
    let start_at = Instant::now();
    let mut channels = start(&setup, &packets, signal, DEPTH);
    let first = &setup.trading.as_ref().unwrap().parameters;
    let quotes = QuoteTable::new(setup.row_names(&[])).unwrap();
    let all = packets.iter().map(|line| line.len() as u64).sum::<u64>();
    let (mut out, mut watched) = (Out::default(), Watched::default());
    for epoch in 1..=RELOADS {
        let due = epoch * all / (RELOADS + 1);
        out.wait(&mut channels, "the stream", |out| out.ends >= due);
        watched.look(&channels);
        let lines = image::live(&block(first, epoch), &quotes);
        if epoch % 10 == 0 {
            // One that was damaged on its way is refused, and nobody sees any of it.
            let mut damaged = lines.clone();
            damaged[epoch as usize % 88].words[3] ^= 1 << (epoch % 64);
            let sound = channels.reload(&damaged).unwrap();
            assert!(!sound, "a damaged block {epoch} was taken");
        }
        let sound = channels.reload(&lines).unwrap();
        assert!(sound, "block {epoch} was refused");
        if epoch == RELOADS / 2 || epoch == RELOADS / 2 + 2 {
            let how = u8::from(epoch == RELOADS / 2);
            let kill = LogWord { op: log_op::KILL, how, ..LogWord::default() };
            channels.control(&kill).unwrap();
        }
    }
    out.wait(&mut channels, "the rest", |out| {
        out.ends == all && out.epochs == RELOADS && out.kills == 2
    });
    let (bytes, ended, tables) = stop(&mut channels, out);
    let took = start_at.elapsed();
    drop(channels);

    let decisions = check_decisions(&bytes);
    assert!(decisions >= messages / 5, "{decisions} decisions");
    for (name, content) in [
        ("events.bin", &bytes),
        ("rows.bin", &tables.rows),
        ("depth.bin", &tables.depth),
        ("requests.bin", &tables.requests),
        ("counters.bin", &tables.counters),
    ] {
        fs::write(name, content).unwrap();
    }
    let entries = order(&bytes, &setup, packets);
    let inside = entries_before_the_last_message(&entries);
    let run = Run { setup, collected: Vec::new(), entries };
    let said = kernel_files::check(Path::new("."), &run).unwrap();
    eprintln!(
        "{all} messages, {inside} of {RELOADS} epochs began among them, {decisions} decisions, {took:.1?}: \
         {said}; {ended:?}; {watched:?}"
    );
    // How many depends on the machine: a host that gets no time slice is late.
    assert!(inside >= RELOADS / 10, "{inside} of {RELOADS} epochs began before the last message");
}

/// Shows H16, H31, H47.
#[test]
fn parameters_reload_through_the_host_pipe() {
    under(Target::IntelEmu, "reload::parameters_reload_through_the_host_pipe", || {
        reloads(Signal::HostPipe);
    });
}

/// Shows H16, H31.
#[test]
fn parameters_reload_through_a_flag_in_memory() {
    under(Target::IntelEmu, "reload::parameters_reload_through_a_flag_in_memory", || {
        reloads(Signal::Flag);
    });
}

/// A row is read all the time while it moves.
/// Shows H17.
#[test]
fn mirrored_rows_are_never_read_torn() {
    under(Target::IntelEmu, "reload::mirrored_rows_are_never_read_torn", || {
        const TRADES: u64 = 3_000;
        let mut setup = setup();
        setup.trading = None;
        let packets = [(0..TRADES).map(trade).collect(), Vec::new()];
        let mut channels = start(&setup, &packets, Signal::Flag, DEPTH);
        let (mut out, mut watched) = (Out::default(), Watched::default());
        let start = Instant::now();
        while out.ends < TRADES {
            watched.look(&channels);
            out.take(&mut channels);
            channels.has_ended().unwrap();
            assert!(start.elapsed() < LIMIT, "{} messages", out.ends);
        }
        let (_, ended, tables) = stop(&mut channels, out);
        let row = QuoteRow::parse(tables.rows.first_chunk().unwrap());
        assert_eq!(row.trades, TRADES);
        check_row(&row);
        eprintln!("{watched:?}; {ended:?}");
        assert!(watched.whole > 0, "no row was ever whole");
    });
}

/// The hand's kill switch reaches the indicator while epochs of the setup are still to come.
/// Shows O3.
#[test]
fn a_kill_switch_does_not_wait_for_epochs() {
    under(Target::IntelEmu, "reload::a_kill_switch_does_not_wait_for_epochs", || {
        let mut setup = setup();
        let trading = setup.trading.as_mut().unwrap();
        for at_msg in [1_000_000, 2_000_000] {
            trading.epochs.push(tidegate_pipeline::parameters::Epoch {
                at_msg,
                parameters: trading.parameters,
                shares: Vec::new(),
            });
        }
        let packets = [(0..100).map(trade).collect(), Vec::new()];
        let mut channels = start(&setup, &packets, Signal::Flag, DEPTH);
        channels.set_patience(Duration::from_secs(10));
        let mut out = Out::default();
        out.wait(&mut channels, "messages", |out| out.ends == 100);
        let kill = LogWord { op: log_op::KILL, how: 1, ..LogWord::default() };
        channels.control(&kill).unwrap();
        out.wait(&mut channels, "the kill", |out| out.kills == 1);
    });
}
