//! The typed parts against the view: the same fields at the same places, and back to the same bytes.

use tidegate_protocol::schema::{Field, Part, Then, Type};
use tidegate_protocol::units::PriceE4;
use tidegate_protocol::{MESSAGES, Value, message};

fn parts(list: &'static [Part], out: &mut Vec<&'static Part>) {
    for part in list {
        if !out.iter().any(|known| known.name == part.name) {
            out.push(part);
        }
        if let Then::Group(group) = &part.then {
            parts(group.entry, out);
        }
    }
}

fn table() -> Vec<&'static Part> {
    let mut out = Vec::new();
    for message in MESSAGES {
        parts(message.parts, &mut out);
    }
    out
}

/// How a value stands in the debug form of a typed part.
fn shown(field: &Field, bytes: &[u8]) -> String {
    let at = usize::from(field.offset);
    let value = Value::read(field, &bytes[at..at + usize::from(field.len)]).unwrap();
    match (field.ty, value) {
        (Type::Char, Value::Text(text)) => text[0].to_string(),
        (_, Value::Text(text)) => format!("{text:?}"),
        (_, Value::Unsigned(value)) => value.to_string(),
        (Type::Price, Value::Signed(value)) => format!("PriceE4({value})"),
        (Type::Amt, Value::Signed(value)) => format!("AmtE4({value})"),
        (Type::Qty, Value::Signed(value)) => format!("QtyE2({value})"),
        (Type::EntryPx, Value::Signed(value)) => format!("PxE6({value})"),
        (Type::Time, Value::Signed(value)) => format!("Timestamp({value})"),
        (_, Value::Signed(value)) => value.to_string(),
    }
}

macro_rules! each_part {
    ($($part:ident),*) => {
        const NAMES: &[&str] = &[$(stringify!($part)),*];

        /// Shows G17.
        #[test]
        fn typed_parts_read_and_write_what_the_table_says() {
            $({
                const LEN: usize = message::$part::LEN;
                let row = table().into_iter().find(|p| p.name == stringify!($part)).unwrap();
                // Every byte another, the sign bits set in some.
                let mut bytes = [0; LEN];
                for (i, byte) in bytes.iter_mut().enumerate() {
                    *byte = (i * 37 + 101) as u8;
                }
                let typed = message::$part::parse(&bytes);
                let debug = format!("{typed:?}");
                let values = debug.split_once('{').unwrap().1.trim_end_matches(" }");
                let mut rest = values;
                for field in row.fields {
                    let wanted = format!(": {}", shown(field, &bytes));
                    let at = rest.find(&wanted).expect(field.name);
                    assert!(!rest[..at].contains(": "), "{}.{}", row.name, field.name);
                    rest = &rest[at + wanted.len()..];
                }
                assert_eq!(rest, "", "{}", row.name);
                let mut again = [0; LEN];
                typed.emit(&mut again);
                assert_eq!(again, bytes, "{}", row.name);
                let mut blank = [0xff; LEN];
                message::$part::default().emit(&mut blank);
                assert!(blank.iter().all(|&b| b == 0 || b == b' '));
                assert_eq!(message::$part::parse(&blank), message::$part::default());
            })*
        }
    };
}

each_part!(
    Logon,
    Logout,
    TradingBusinessReject,
    ReportSynchronization,
    ReportPosition,
    PlatformStateInfo,
    ReportFinished,
    BusinessReject,
    PlatformInfo,
    PlatformPartition,
    TradingSessionStatus,
    NewOrder,
    OrderCancelRequest,
    OrderReport,
    FillReport,
    CancelReject,
    SnapshotHead,
    AuctionEntry,
    QueueItem,
    AuctionTrade,
    AuctionOrder,
    BondPhases,
    BondPhase,
    BondTotals,
    BondTrade,
    BondOrder,
    BondNegotiatedTrade,
    BondQuoteOrder,
    BondBiddingTrade,
    BondBiddingOrder,
    AgreementTrade,
    AgreementOrder,
    AfterHoursEntry,
    RefinancingTrade,
    RefinancingOrder,
    HkEntry,
    HkEvents,
    HkEvent,
    IndexEntry,
    VolumeStatistics,
    Announcement,
    SecurityStatus,
    SecuritySwitch,
    MarketStatus,
    ChannelStatistics,
    ChannelStream,
    UserInfoReport,
    Resend,
    ChannelHeartbeat
);

/// Shows A1.
#[test]
fn every_part_has_its_struct() {
    let mut wanted: Vec<&str> = table().iter().map(|part| part.name).collect();
    let mut found = NAMES.to_vec();
    wanted.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, wanted);
}

/// Shows G17.
#[test]
fn prices_may_be_negative() {
    let mut trade = message::AuctionTrade { last_px: PriceE4(-300), ..Default::default() };
    let mut bytes = [0; message::AuctionTrade::LEN];
    trade.emit(&mut bytes);
    assert_eq!(bytes[41..49], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xd4]);
    assert_eq!(message::AuctionTrade::parse(&bytes), trade);
    trade.last_px = PriceE4(i64::MIN);
    trade.emit(&mut bytes);
    assert_eq!(message::AuctionTrade::parse(&bytes).last_px.0, i64::MIN);
}
