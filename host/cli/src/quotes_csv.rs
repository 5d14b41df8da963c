//! The quote table as a file.

use std::fs::File;
use std::path::Path;

use anyhow::Result;
use tidegate_pipeline::quote::QuoteTable;
use tidegate_protocol::limits::BOOK_LEVELS;
use tidegate_protocol::schema::Type;
use tidegate_protocol::units::{Fixed, PxE6};

use crate::lines::{BLOCK, Digesting};
use crate::text;

const SIDES: [&str; 2] = ["bid", "offer"];

/// The quote table, one row a security. Returns the digest of the file.
pub(crate) fn write(path: &Path, quotes: &QuoteTable) -> Result<String> {
    let file = Digesting::new(File::create(path)?);
    let mut writer = csv::WriterBuilder::new().buffer_capacity(BLOCK).from_writer(file);
    for name in [
        "security",
        "phase",
        "time",
        "trade_time",
        "snapshot_time",
        "prev_close",
        "last",
        "open",
        "high",
        "low",
        "volume",
        "value",
        "num_trades",
        "orders",
        "trades",
        "cancels",
        "snapshots",
    ] {
        writer.write_field(name)?;
    }
    for side in SIDES {
        for level in 1..=BOOK_LEVELS {
            for column in ["price", "quantity", "orders", "queue"] {
                writer.write_field(format!("{side}{level}_{column}"))?;
            }
        }
    }
    writer.write_record(None::<&[u8]>)?;
    let price = |PxE6(value)| Fixed { value, scale: PxE6::SCALE }.to_string();
    for (row, depth) in quotes.rows.iter().zip(&quotes.depths) {
        for raw in [&row.security, &row.phase] {
            let text = text::read(Type::Text, raw);
            writer.write_field(text.as_deref().unwrap_or_default())?;
        }
        let quote = row.quote();
        let value = Fixed { value: quote.value_e6, scale: 6 };
        for cell in [
            row.time.to_string(),
            row.trade_time.to_string(),
            row.snapshot_time.to_string(),
            row.prev_close.to_string(),
            price(quote.last),
            price(quote.open),
            price(quote.high),
            price(quote.low),
            quote.volume.to_string(),
            value.to_string(),
            quote.num_trades.to_string(),
            row.orders.to_string(),
            row.trades.to_string(),
            row.cancels.to_string(),
            row.snapshots.to_string(),
        ] {
            writer.write_field(cell)?;
        }
        for level in depth.levels.as_flattened() {
            let queue: Vec<String> =
                depth.queue_of(level).iter().map(|quantity| format!("\"{quantity}\"")).collect();
            writer.write_field(price(level.price))?;
            writer.write_field(level.quantity.to_string())?;
            writer.write_field(level.orders.to_string())?;
            writer.write_field(format!("[{}]", queue.join(",")))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    match writer.into_inner() {
        Ok(file) => Ok(file.digits()),
        Err(error) => Err(error.into_error().into()),
    }
}
