//! An indicator of one's own in one file: the volume-weighted average price of each security. It
//! is a sink, so it runs behind any engine, and gives the same behind each.
//!
//! ```text
//! cargo run -p tidegate-hls-sim --example vwap
//! ```

use std::collections::BTreeMap;
use std::error::Error;

use tidegate_hls_sim::SimEngine;
use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Record, Setup, Sink};
use tidegate_protocol::code::exec_type;
use tidegate_protocol::units::PriceE4;

/// Sums of quantity and of price x quantity, by security.
#[derive(Debug, Default, PartialEq)]
struct Vwap(BTreeMap<[u8; 8], (i128, i128)>);

impl Sink for Vwap {
    fn record(&mut self, record: Record<'_>) {
        // Whatever kept a trade from being applied stands in its flags.
        if let Record::Tick(trade) = record
            && trade.code == exec_type::TRADE
            && trade.tag.flags == 0
        {
            let (quantity, value) = self.0.entry(trade.security).or_default();
            *quantity += i128::from(trade.quantity.0);
            *value += i128::from(trade.quantity.0) * i128::from(trade.price.0);
        }
    }
}

fn through(mut engine: impl Engine, bytes: &[u8]) -> Vwap {
    let mut vwap = Vwap::default();
    engine.feed(Input::Packet { line: Line::Market, session: 0, bytes }, &mut vwap);
    engine.feed(Input::Control(Control::Stop), &mut vwap);
    vwap
}

fn main() -> Result<(), Box<dyn Error>> {
    let feed = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden-feeds/worked-examples/");
    let bytes = std::fs::read(format!("{feed}worked-examples.bin"))?;
    let (setup, securities) = (Setup::default(), [*b"000001  "]);
    let native = through(NativeEngine::new(&setup, &securities)?, &bytes);
    let card = through(SimEngine::new(&setup, &securities)?, &bytes);
    assert_eq!(native, card, "the same behind every engine");
    for (security, (quantity, value)) in &card.0 {
        let average = PriceE4(i64::try_from(value / quantity.max(&1))?);
        println!("{} {average}", security.escape_ascii());
    }
    Ok(())
}
