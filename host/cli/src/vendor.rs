//! CSV layouts of market-data vendors, recognised by their header.
//!
//! Trades have the fields of 300191 but SecurityIDSource. Snapshots have ten levels a side in
//! columns of their own and become 300111; what is 0 was not published and is left out.

use tidegate_protocol::units::parse_decimal;
use tidegate_protocol::{Encoder, Item, Value, find, msg_type};

use crate::row::{Bad, Given, Lookup, bytes_of, encode_error};

/// Type of the messages that snapshots become.
pub(crate) const SNAPSHOT_TYPE: u32 = msg_type::AUCTION_SNAPSHOT;

/// What the rows of trades leave out.
pub(crate) const TRADE_CONSTANTS: &[(&str, &str)] = &[("SecurityIDSource", "102")];

const TRADES: [&str; 10] = [
    "ChannelNo",
    "ApplSeqNum",
    "MDStreamID",
    "BidApplSeqNum",
    "OfferApplSeqNum",
    "SecurityID",
    "LastPx",
    "LastQty",
    "ExecType",
    "TransactTime",
];

const SNAPSHOTS: [&str; 18] = [
    "MDDate",
    "MDTime",
    "SecurityID",
    "PreClosePx",
    "TotalVolumeTrade",
    "TotalValueTrade",
    "LastPx",
    "OpenPx",
    "HighPx",
    "LowPx",
    "DiffPx1",
    "TotalBidQty",
    "TotalOfferQty",
    "WeightedAvgBidPx",
    "WeightedAvgOfferPx",
    "TradingPhaseCode",
    "MaxPx",
    "MinPx",
];

const LEVELS: u16 = 10;
const LEVEL_COLUMNS: [[&str; 3]; 2] =
    [["BuyPrice", "BuyOrderQty", "BuyNumOrders"], ["SellPrice", "SellOrderQty", "SellNumOrders"]];

/// A layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Trades,
    Snapshots,
}

impl Layout {
    /// Type of the messages that the rows become.
    pub(crate) fn msg_type(self) -> u32 {
        match self {
            Layout::Trades => msg_type::AUCTION_TRADE,
            Layout::Snapshots => SNAPSHOT_TYPE,
        }
    }
}

/// The layout whose columns these are, in any order.
pub(crate) fn recognise(header: &[&str]) -> Option<Layout> {
    let all = |names: &[&str]| names.iter().all(|name| header.contains(name));
    if header.len() == TRADES.len() && all(&TRADES) {
        return Some(Layout::Trades);
    }
    let levels = LEVEL_COLUMNS.as_flattened();
    let leveled = (1..=LEVELS)
        .all(|level| levels.iter().all(|name| header.contains(&&*format!("{name}{level}"))));
    let count = SNAPSHOTS.len() + usize::from(LEVELS) * levels.len();
    (header.len() == count && leveled && all(&SNAPSHOTS)).then_some(Layout::Snapshots)
}

struct Snapshot<'a, L> {
    row: &'a L,
}

/// One entry of the message.
struct Entry {
    code: &'static str,
    price: i64,
    size: i64,
    level: u16,
    orders: i64,
}

impl<L: Lookup> Snapshot<'_, L> {
    fn cell(&self, column: &str) -> Result<&str, Bad> {
        match self.row.get(column) {
            Some(Given::Cell(cell)) => Ok(cell.trim()),
            _ => Err(Bad::new(column, "a value", "none")),
        }
    }

    fn decimal(&self, column: &str, scale: u32) -> Result<i64, Bad> {
        let cell = self.cell(column)?;
        parse_decimal(cell, scale).map_err(|_| {
            let wanted = format!("a decimal with at most {scale} digits after the point");
            Bad::new(column, wanted, Given::Cell(cell))
        })
    }

    /// `2022.06.01` and `09:15:00.000` as 20220601091500000.
    fn time(&self) -> Result<i64, Bad> {
        let (date, time) = (self.cell("MDDate")?, self.cell("MDTime")?);
        let shaped = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text.bytes().zip(shape.bytes()).all(|(byte, like)| match like {
                    b'0' => byte.is_ascii_digit(),
                    mark => byte == mark,
                })
        };
        if !shaped(date, "0000.00.00") {
            return Err(Bad::new("MDDate", "YYYY.MM.DD", Given::Cell(date)));
        }
        if !shaped(time, "00:00:00.000") {
            return Err(Bad::new("MDTime", "HH:MM:SS.sss", Given::Cell(time)));
        }
        let digits = date.bytes().chain(time.bytes()).filter(u8::is_ascii_digit);
        Ok(digits.fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    fn phase(&self) -> Result<&'static str, Bad> {
        let cell = self.cell("TradingPhaseCode")?;
        Ok(match cell {
            "1" => "O0",
            "2" | "4" => "B0",
            "3" => "T0",
            "5" => "C0",
            "6" => "E0",
            _ => return Err(Bad::new("TradingPhaseCode", "1 to 6", Given::Cell(cell))),
        })
    }

    fn entries(&self) -> Result<Vec<Entry>, Bad> {
        let mut entries = Vec::with_capacity(29);
        for (code, [price, size, orders]) in ["0", "1"].into_iter().zip(LEVEL_COLUMNS) {
            for level in 1..=LEVELS {
                let price = self.decimal(&format!("{price}{level}"), 6)?;
                let size = self.decimal(&format!("{size}{level}"), 2)?;
                let orders = self.decimal(&format!("{orders}{level}"), 0)?;
                // In the calls a level can have a quantity without a price.
                if price != 0 || size != 0 {
                    entries.push(Entry { code, price, size, level, orders });
                }
            }
        }
        for (code, price, size) in [
            ("2", "LastPx", None),
            ("4", "OpenPx", None),
            ("7", "HighPx", None),
            ("8", "LowPx", None),
            ("x1", "DiffPx1", None),
            ("x3", "WeightedAvgBidPx", Some("TotalBidQty")),
            ("x4", "WeightedAvgOfferPx", Some("TotalOfferQty")),
            ("xe", "MaxPx", None),
            ("xf", "MinPx", None),
        ] {
            let price = self.decimal(price, 6)?;
            let size = size.map_or(Ok(0), |size| self.decimal(size, 2))?;
            if price != 0 || size != 0 {
                entries.push(Entry { code, price, size, level: 0, orders: 0 });
            }
        }
        Ok(entries)
    }
}

/// Writes the 300111 of a row of snapshots; returns its length.
pub(crate) fn snapshot(row: &impl Lookup, buffer: &mut [u8]) -> Result<usize, Bad> {
    let snapshot = Snapshot { row };
    let security = snapshot.cell("SecurityID")?;
    let security = security.strip_suffix(".SZ").unwrap_or(security);
    if !security.is_ascii() {
        return Err(Bad::new("SecurityID", "ASCII", Given::Cell(security)));
    }
    let entries = snapshot.entries()?;
    let text = |text: &'static str| Value::Text(text.as_bytes());
    let head = [
        ("OrigTime", Value::Signed(snapshot.time()?)),
        ("ChannelNo", Value::Unsigned(1011)),
        ("MDStreamID", text("010")),
        ("SecurityID", Value::Text(security.as_bytes())),
        ("SecurityIDSource", text("102")),
        ("TradingPhaseCode", text(snapshot.phase()?)),
        ("PrevClosePx", Value::Signed(snapshot.decimal("PreClosePx", 4)?)),
        ("NumTrades", Value::Signed(0)),
        ("TotalVolumeTrade", Value::Signed(snapshot.decimal("TotalVolumeTrade", 2)?)),
        ("TotalValueTrade", Value::Signed(snapshot.decimal("TotalValueTrade", 4)?)),
        ("NoMDEntries", Value::Unsigned(entries.len() as u64)),
    ];
    let mut write = || {
        let mut encoder = Encoder::new(SNAPSHOT_TYPE, buffer)?;
        for (name, value) in head {
            encoder.field(name, value)?;
        }
        let message = find(SNAPSHOT_TYPE).expect("a known type");
        let groups = Groups::of(message);
        let count = entries.len() as u32;
        encoder.item(Item::GroupBegin { group: groups.entries, count })?;
        for (index, entry) in (0..).zip(&entries) {
            encoder.item(Item::EntryBegin { index })?;
            encoder.field("MDEntryType", text(entry.code))?;
            encoder.field("MDEntryPx", Value::Signed(entry.price))?;
            encoder.field("MDEntrySize", Value::Signed(entry.size))?;
            encoder.field("MDPriceLevel", Value::Unsigned(u64::from(entry.level)))?;
            encoder.field("NumberOfOrders", Value::Signed(entry.orders))?;
            encoder.field("NoOrders", Value::Unsigned(0))?;
            encoder.item(Item::GroupBegin { group: groups.queue, count: 0 })?;
            encoder.item(Item::GroupEnd)?;
            encoder.item(Item::EntryEnd)?;
        }
        encoder.item(Item::GroupEnd)?;
        encoder.finish()
    };
    write().map_err(|error| match error {
        tidegate_protocol::EncodeError::Range { field, len } => {
            // Of the texts, only this one comes from the row; the levels are numbers that fit.
            let found = format!("{} ({})", Given::Cell(security), bytes_of(security.len()));
            Bad::new(field, format!("at most {}", bytes_of(usize::from(len))), found)
        }
        error => encode_error("", error),
    })
}

/// The two groups of a snapshot.
struct Groups {
    entries: &'static tidegate_protocol::schema::Group,
    queue: &'static tidegate_protocol::schema::Group,
}

impl Groups {
    fn of(message: &'static tidegate_protocol::schema::Message) -> Self {
        use tidegate_protocol::schema::{Part, Then};
        let group = |parts: &'static [Part]| match &parts[0].then {
            Then::Group(group) => group,
            _ => unreachable!("300111 has entries, and they have a queue"),
        };
        let entries = group(message.parts);
        Self { entries, queue: group(entries.entry) }
    }
}
