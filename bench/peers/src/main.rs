//! The peers and Tidegate's decode on the same number of messages, in turn; JSON on standard output.
//!
//! `tidegate-peers [MESSAGES] [PASSES]`. `bench/src/peers.rs` builds it, runs it, and reads what it prints.
#![forbid(unsafe_code)]

mod inputs;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Instant;

use dbn::decode::DecodeRecord;
use dbn::decode::dbn::Decoder;
use inputs::{Damage, SEED, dbn_mbo, itch, szse};
use itch5::messages::{AddOrderNoMPIDAttribution, BuySellIndicator, Trade};
use serde_json::json;
use tidegate_bench::securities;
use tidegate_pipeline::ticks::{Start, run};
use tidegate_pipeline::{Engine, Input, Line, NativeEngine, Setup};

/// What a reader made of its input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    accepted: u64,
    /// Refused, or never read because the reader stopped before.
    rejected: u64,
    ended: Ended,
}

/// How the reading ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ended {
    /// At the end of the input.
    #[default]
    Whole,
    /// At the first error, with input left.
    Error,
    /// In a panic.
    Panic,
}

impl Ended {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Error => "error",
            Self::Panic => "panic",
        }
    }
}

/// Who reads what, and how.
struct Reader {
    name: &'static str,
    version: String,
    protocol: &'static str,
    reads: &'static str,
    verifies_checksum: bool,
    /// Makes the input.
    input: fn(usize, u64, Damage) -> Vec<u8>,
    /// Reads all of it, and touches every field.
    read: fn(&[u8], usize) -> Counts,
    /// The same where messages are damaged; nothing where whoever calls it sees to them.
    read_damaged: Option<fn(&[u8], usize) -> Counts>,
}

fn readers() -> [Reader; 5] {
    [
        Reader {
            name: "native",
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: "SZSE Binary",
            reads: "300192 and 300191 into typed records, all fields",
            verifies_checksum: true,
            input: szse,
            read: native,
            read_damaged: None,
        },
        Reader {
            name: "native-engine",
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: "SZSE Binary",
            reads: "the whole engine: the same records, faults, sequence and the quote table",
            verifies_checksum: true,
            input: szse,
            read: native_engine,
            read_damaged: Some(native_engine),
        },
        Reader {
            name: "itch5",
            version: version_of("itch5"),
            protocol: "ITCH 5.0",
            reads: "A and P in place by a handler, all fields touched",
            verifies_checksum: false,
            input: itch,
            read: itch5,
            read_damaged: Some(itch5),
        },
        Reader {
            name: "itchy",
            version: version_of("itchy"),
            protocol: "ITCH 5.0",
            reads: "A and P into owned enums",
            verifies_checksum: false,
            input: itch,
            read: itchy,
            read_damaged: Some(itchy_damaged),
        },
        Reader {
            name: "dbn",
            version: version_of("dbn"),
            protocol: "DBN",
            reads: "MBO records of 56 bytes from memory, all fields touched",
            verifies_checksum: false,
            input: dbn_mbo,
            read: dbn,
            read_damaged: Some(dbn),
        },
    ]
}

/// Version of a package that this binary was built with.
fn version_of(package: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let found = lock.split_once(&format!("name = \"{package}\"\nversion = \""));
    found.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown").to_owned()
}

fn native(bytes: &[u8], messages: usize) -> Counts {
    let start = Start { msg: 0, offset: 0, session: 0 };
    let taken = run(bytes, start, |tick| _ = black_box(tick));
    // The last message may be left to the framer, which needs no second look at the following bytes.
    let left = tidegate_protocol::frame::holds(&bytes[taken.bytes..]).map_or(0, |_| 1);
    let accepted = taken.messages + left;
    Counts { accepted, rejected: messages as u64 - accepted, ended: Ended::Whole }
}

fn native_engine(bytes: &[u8], messages: usize) -> Counts {
    // What an engine of 2,000 rows takes to make is the start of a day, not of a pass.
    static FRESH: LazyLock<NativeEngine> =
        LazyLock::new(|| NativeEngine::new(&Setup::default(), &securities()).expect("2,000 rows"));
    let mut engine = FRESH.clone();
    engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut ());
    let rejected = engine.counters().faults_total();
    assert_eq!(engine.counters().messages, messages as u64, "every message is framed");
    Counts { accepted: messages as u64 - rejected, rejected, ended: Ended::Whole }
}

/// Touches every field of the two messages.
#[derive(Default)]
struct Touch {
    sum: u64,
    messages: u64,
}

impl itch5::MessageHandler for Touch {
    fn on_add_order_no_mpid_attribution(
        &mut self,
        m: &AddOrderNoMPIDAttribution,
    ) -> ControlFlow<()> {
        self.messages += 1;
        self.sum ^= u64::from(m.stock_locate())
            ^ u64::from(m.tracking_number())
            ^ m.timestamp().to_u64()
            ^ m.order_reference_number()
            ^ u64::from(m.shares())
            ^ m.stock().to_u64()
            ^ u64::from(m.price().into_u32())
            ^ u64::from(matches!(m.buy_sell_indicator(), BuySellIndicator::Buy));
        ControlFlow::Continue(())
    }

    fn on_trade(&mut self, m: &Trade) -> ControlFlow<()> {
        self.messages += 1;
        self.sum ^= u64::from(m.stock_locate())
            ^ u64::from(m.tracking_number())
            ^ m.timestamp().to_u64()
            ^ m.order_reference_number()
            ^ u64::from(m.shares())
            ^ m.stock().to_u64()
            ^ u64::from(m.price().into_u32())
            ^ m.match_number()
            ^ u64::from(matches!(m.buy_sell_indicator(), BuySellIndicator::Buy));
        ControlFlow::Continue(())
    }
}

fn itch5(bytes: &[u8], messages: usize) -> Counts {
    let mut touch = Touch::default();
    let end = itch5::Parser::new(bytes).parse_stream(&mut touch);
    black_box(touch.sum);
    let ended = if end.is_ok() { Ended::Whole } else { Ended::Error };
    Counts { accepted: touch.messages, rejected: messages as u64 - touch.messages, ended }
}

fn itchy(bytes: &[u8], messages: usize) -> Counts {
    let (mut accepted, mut ended) = (0, Ended::Whole);
    // The iterator ends behind its first error.
    for message in itchy::MessageStream::from_reader(bytes) {
        match black_box(&message) {
            Ok(_) => accepted += 1,
            Err(_) => ended = Ended::Error,
        }
    }
    Counts { accepted, rejected: messages as u64 - accepted, ended }
}

/// itchy 0.3.4 panics at a type that it does not know: then what came before counts.
fn itchy_damaged(bytes: &[u8], messages: usize) -> Counts {
    let mut accepted = 0;
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let end = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        itchy::MessageStream::from_reader(bytes).all(|message| {
            accepted += u64::from(message.is_ok());
            message.is_ok()
        })
    }));
    std::panic::set_hook(hook);
    let ended = match end {
        Ok(true) => Ended::Whole,
        Ok(false) => Ended::Error,
        Err(_) => Ended::Panic,
    };
    Counts { accepted, rejected: messages as u64 - accepted, ended }
}

fn dbn(bytes: &[u8], messages: usize) -> Counts {
    let mut decoder = Decoder::new(bytes).expect("metadata of its own encoder");
    let (mut accepted, mut sum, mut errors) = (0, 0, 0);
    let mut ended = Ended::Whole;
    loop {
        match decoder.decode_record::<dbn::MboMsg>() {
            Ok(Some(m)) => {
                accepted += 1;
                sum ^= m.hd.ts_event
                    ^ u64::from(m.hd.instrument_id)
                    ^ u64::from(m.hd.publisher_id)
                    ^ m.order_id
                    ^ m.price as u64
                    ^ u64::from(m.size)
                    ^ u64::from(m.flags.raw())
                    ^ u64::from(m.channel_id)
                    ^ m.action as u64
                    ^ m.side as u64
                    ^ m.ts_recv
                    ^ m.ts_in_delta as u64
                    ^ u64::from(m.sequence);
            }
            Ok(None) => break,
            // It goes on behind a record of another type; more errors than messages would be no progress.
            Err(_) if errors < messages => errors += 1,
            Err(_) => {
                ended = Ended::Error;
                break;
            }
        }
    }
    black_box(sum);
    Counts { accepted, rejected: messages as u64 - accepted, ended }
}

fn argument(at: usize, default: usize) -> Option<usize> {
    match std::env::args().nth(at) {
        None => Some(default),
        Some(text) => text.parse().ok().filter(|number| *number > 0),
    }
}

fn main() -> ExitCode {
    let (Some(messages), Some(passes)) = (argument(1, 1_000_000), argument(2, 15)) else {
        eprintln!("usage: tidegate-peers [MESSAGES] [PASSES], both above 0");
        return ExitCode::from(2);
    };
    let readers = readers();
    let inputs = readers.each_ref().map(|r| (r.input)(messages, SEED, Damage::None));
    let mut counts = [Counts::default(); 5];
    let mut pass_ns = [const { Vec::new() }; 5];
    // In turn, so that what disturbs one disturbs the others; the first round only warms.
    for pass in 0..=passes {
        for (at, reader) in readers.iter().enumerate() {
            let start = Instant::now();
            counts[at] = (reader.read)(black_box(&inputs[at]), messages);
            let took_ns = start.elapsed().as_nanos() as u64;
            if pass > 0 {
                pass_ns[at].push(took_ns);
            }
        }
    }
    let mut rows = Vec::new();
    for (at, reader) in readers.iter().enumerate() {
        let mut row = |damage: Damage, bytes: usize, counts: Counts, pass_ns: &[u64]| {
            rows.push(json!({
                "peer": reader.name,
                "version": reader.version,
                "protocol": reader.protocol,
                "reads": reader.reads,
                "checksum": reader.verifies_checksum,
                "damage": damage.name(),
                "messages": messages,
                "bytes": bytes,
                "accepted": counts.accepted,
                "rejected": counts.rejected,
                "ended": counts.ended.name(),
                "pass_ns": pass_ns,
            }));
        };
        row(Damage::None, inputs[at].len(), counts[at], &pass_ns[at]);
        for damage in [Damage::Price, Damage::Type] {
            let input = (reader.input)(messages, SEED, damage);
            if let Some(read) = reader.read_damaged {
                row(damage, input.len(), read(&input, messages), &[]);
            }
        }
    }
    println!("{}", serde_json::Value::from(rows));
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_checksum_sees_what_others_take() {
        const MESSAGES: usize = 10_000;
        for reader in readers() {
            let whole = (reader.input)(MESSAGES, SEED, Damage::None);
            let all = Counts { accepted: MESSAGES as u64, ..Counts::default() };
            assert_eq!((reader.read)(&whole, MESSAGES), all, "{}", reader.name);
            let Some(read_damaged) = reader.read_damaged else { continue };
            assert_eq!(read_damaged(&whole, MESSAGES), all, "{}", reader.name);
            let price = (reader.input)(MESSAGES, SEED, Damage::Price);
            let rejected = read_damaged(&price, MESSAGES).rejected;
            assert_eq!(rejected, if reader.verifies_checksum { 10 } else { 0 }, "{}", reader.name);
            let kind = (reader.input)(MESSAGES, SEED, Damage::Type);
            assert!(read_damaged(&kind, MESSAGES).rejected >= 10, "{}", reader.name);
        }
    }

    #[test]
    fn versions_are_known() {
        assert!(readers().iter().all(|reader| reader.version != "unknown"));
    }
}
