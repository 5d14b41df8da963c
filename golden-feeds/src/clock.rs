//! The hours of a trading day, in milliseconds since midnight in Shenzhen.

use tidegate_protocol::code::trading_phase;
use tidegate_protocol::units::Timestamp;

/// The day of every feed, a Monday, as YYYYMMDD.
pub const DATE: i64 = 20_260_302;
/// Its midnight in Shenzhen, in seconds since 1970.
const MIDNIGHT: u64 = 1_772_409_600 - 8 * 3_600;

/// The gateways log on.
pub const LOGON: i64 = at(9, 0);
/// The opening call begins.
pub const OPENING: i64 = at(9, 15);
/// No order of the opening call is cancelled any more.
pub const BINDING: i64 = at(9, 20);
/// The opening call ends: its trades.
pub const OPENED: i64 = at(9, 25);
/// Continuous trading begins.
pub const MORNING: i64 = at(9, 30);
/// Lunch.
pub const LUNCH: i64 = at(11, 30);
/// Continuous trading goes on.
pub const AFTERNOON: i64 = at(13, 0);
/// The closing call begins; no order is cancelled any more.
pub const CLOSING: i64 = at(14, 57);
/// The closing call ends: its trades.
pub const CLOSED: i64 = at(15, 0);
/// The gateways log out.
pub const LOGOUT: i64 = at(15, 1);

/// A time of the day.
pub const fn at(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * 60_000
}

/// First character of TradingPhaseCode in the slot that begins at `ms`.
pub const fn phase(ms: i64) -> u8 {
    match ms {
        ..OPENING => trading_phase::START,
        OPENING..OPENED => trading_phase::OPENING_AUCTION,
        OPENED..MORNING | LUNCH..AFTERNOON => trading_phase::BREAK,
        MORNING..LUNCH | AFTERNOON..CLOSING => trading_phase::CONTINUOUS,
        CLOSING..CLOSED => trading_phase::CLOSING_AUCTION,
        CLOSED.. => trading_phase::ENDED,
    }
}

/// How busy a moment of continuous trading is, from 30 to 115: more at both ends of the day.
pub const fn busy(ms: i64) -> i64 {
    let minute = if ms < LUNCH { ms - MORNING } else { ms - AFTERNOON + LUNCH - MORNING } / 60_000;
    30 + (minute - 130) * (minute - 130) / 200
}

/// A time of the day on the wire.
pub const fn timestamp(ms: i64) -> Timestamp {
    let (hour, minute, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    Timestamp(DATE * 1_000_000_000 + hour * 10_000_000 + minute * 100_000 + rest)
}

/// The same in a capture: nanoseconds since 1970.
pub const fn nanos(ms: i64) -> u64 {
    MIDNIGHT * 1_000_000_000 + ms.cast_unsigned() * 1_000_000
}
