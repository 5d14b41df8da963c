//! Messages that are not about one security: sessions, channels, the index, the market.

use tidegate_protocol::code::{
    SOURCE_SZSE, md_entry_type, security_switch, session_status, trading_phase,
};
use tidegate_protocol::message::{
    Announcement, ChannelHeartbeat, ChannelStatistics, ChannelStream, IndexEntry, Logon, Logout,
    SecurityStatus, SecuritySwitch, SnapshotHead, VolumeStatistics,
};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2};

use crate::clock::timestamp;
use crate::security::{Totals, snapshot_channel, tick_channel};
use crate::wire::{Flow, Slot, part, text};

/// SecurityID of the index.
pub const INDEX: &str = "399001";
/// SecurityID of the statistics of all securities.
pub const MARKET: &str = "395001";
/// Previous close of the index, in 1e-4 points.
pub const INDEX_PREV_CLOSE: i64 = 98_765_432;
/// Channel of the index and of all that is not about one security.
const INDEX_CHANNEL: u16 = 1001;

/// Logon of a gateway.
pub(crate) fn logon(to: &mut Slot, ms: i64, flow: Flow) {
    let sender: &[u8] = match flow {
        Flow::Ticks => b"MDGW-TICK",
        Flow::Snapshots => b"MDGW-SNAP",
    };
    let logon = Logon {
        sender_comp_id: text(sender),
        target_comp_id: text(b"TIDEGATE"),
        heart_bt_int: 60,
        password: text(b""),
        default_appl_ver_id: text(b"1.02"),
    };
    to.send(flow, ms, msg_type::LOGON, |to| part(to, |bytes| logon.emit(bytes)));
}

/// Logout of a gateway.
pub(crate) fn logout(to: &mut Slot, ms: i64, flow: Flow) {
    let logout =
        Logout { session_status: session_status::LOGOUT_COMPLETE, text: text(b"end of day") };
    to.send(flow, ms, msg_type::LOGOUT, |to| part(to, |bytes| logout.emit(bytes)));
}

/// 3: the session is alive.
pub(crate) fn heartbeat(to: &mut Slot, ms: i64, flow: Flow) {
    to.send(flow, ms, msg_type::HEARTBEAT, |_| {});
}

/// 390095: the last number of a tick channel.
pub(crate) fn channel_heartbeat(to: &mut Slot, ms: i64, channel: usize, last: i64, end: bool) {
    let heartbeat = ChannelHeartbeat {
        channel_no: tick_channel(channel),
        appl_last_seq_num: last,
        end_of_channel: u16::from(end),
    };
    to.send(Flow::Ticks, ms, msg_type::CHANNEL_HEARTBEAT, |to| {
        part(to, |bytes| heartbeat.emit(bytes));
    });
}

/// 390090: how many securities a snapshot channel has.
pub(crate) fn statistics(to: &mut Slot, ms: i64, channel: usize, securities: usize, phase: u8) {
    let head = ChannelStatistics {
        orig_time: timestamp(ms),
        channel_no: snapshot_channel(channel),
        no_md_stream_id: 1,
    };
    let state = if phase == trading_phase::ENDED { b'E' } else { b'T' };
    let stream = ChannelStream {
        md_stream_id: *b"010",
        stock_num: securities as u32,
        trading_phase_code: text(&[state]),
    };
    to.send(Flow::Snapshots, ms, msg_type::CHANNEL_STATISTICS, |to| {
        part(to, |bytes| head.emit(bytes));
        part(to, |bytes| stream.emit(bytes));
    });
}

/// 309011: the index. `open_high_low` are 0 before its first trade.
pub(crate) fn index(
    to: &mut Slot,
    ms: i64,
    phase: u8,
    value: i64,
    open_high_low: [i64; 3],
    totals: Totals,
) {
    let [open, high, low] = open_high_low;
    let entries = [
        (md_entry_type::INDEX, value),
        (md_entry_type::INDEX_PREV_CLOSE, INDEX_PREV_CLOSE),
        (md_entry_type::INDEX_OPEN, open),
        (md_entry_type::INDEX_HIGH, high),
        (md_entry_type::INDEX_LOW, low),
    ];
    let head = SnapshotHead {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        md_stream_id: *b"900",
        security_id: text(INDEX.as_bytes()),
        security_id_source: SOURCE_SZSE,
        trading_phase_code: text(&[phase, b'0']),
        prev_close_px: PriceE4(INDEX_PREV_CLOSE),
        num_trades: totals.trades,
        total_volume_trade: QtyE2(totals.shares * 100),
        total_value_trade: AmtE4(totals.value),
        no_md_entries: entries.len() as u32,
    };
    to.send(Flow::Snapshots, ms, msg_type::INDEX_SNAPSHOT, |to| {
        part(to, |bytes| head.emit(bytes));
        for (md_entry_type, value) in entries {
            let entry = IndexEntry { md_entry_type, md_entry_px: PxE6(value * 100) };
            part(to, |bytes| entry.emit(bytes));
        }
    });
}

/// 309111: the totals of all securities.
pub(crate) fn volume(to: &mut Slot, ms: i64, securities: usize, totals: Totals) {
    let volume = VolumeStatistics {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        md_stream_id: *b"910",
        security_id: text(MARKET.as_bytes()),
        security_id_source: SOURCE_SZSE,
        trading_phase_code: text(b"E0"),
        prev_close_px: PriceE4(0),
        num_trades: totals.trades,
        total_volume_trade: QtyE2(totals.shares * 100),
        total_value_trade: AmtE4(totals.value),
        stock_num: securities as u32,
    };
    to.send(Flow::Snapshots, ms, msg_type::VOLUME_STATISTICS, |to| {
        part(to, |bytes| volume.emit(bytes));
    });
}

/// 390012. The headline says "announcement of a test of synthetic market data", in GBK.
pub(crate) fn announcement(to: &mut Slot, ms: i64) {
    const HEADLINE: &[u8] = b"\xba\xcf\xb3\xc9\xd0\xd0\xc7\xe9\xb2\xe2\xca\xd4\xb9\xab\xb8\xe6";
    const TEXT: &[u8] = b"Every message of this day was made by a program.\n";
    let announcement = Announcement {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        news_id: text(b"00000001"),
        headline: text(HEADLINE),
        raw_data_format: text(b"txt"),
        raw_data_length: TEXT.len() as u32,
    };
    to.send(Flow::Snapshots, ms, msg_type::ANNOUNCEMENT, |to| {
        part(to, |bytes| announcement.emit(bytes));
        to.extend_from_slice(TEXT);
    });
}

/// 390013: margin buying is on, short selling is off.
pub(crate) fn security_status(to: &mut Slot, ms: i64, security_id: [u8; 8]) {
    let switches = [(security_switch::MARGIN_BUY, 1), (security_switch::SHORT_SELL, 0)];
    let status = SecurityStatus {
        orig_time: timestamp(ms),
        channel_no: INDEX_CHANNEL,
        security_id,
        security_id_source: SOURCE_SZSE,
        financial_status: text(b"A"),
        no_switch: switches.len() as u32,
    };
    to.send(Flow::Snapshots, ms, msg_type::SECURITY_STATUS, |to| {
        part(to, |bytes| status.emit(bytes));
        for (security_switch_type, security_switch_status) in switches {
            let switch = SecuritySwitch { security_switch_type, security_switch_status };
            part(to, |bytes| switch.emit(bytes));
        }
    });
}
