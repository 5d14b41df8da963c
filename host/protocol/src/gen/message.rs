// Generated from the table by the test `generated`; do not edit.
//! One plain struct for every part of the table.
//!
//! `parse` and `emit` read and write the part's fixed bytes; `..._AT` is the place of a field,
//! counted from the start of the part. Numbers are as on the wire, texts keep their padding. The
//! default is zeros and blanks.

use crate::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

/// `N` bytes at a constant place: the bounds are known when it is compiled in.
#[inline(always)]
const fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    match bytes.split_at(at).1.first_chunk() {
        Some(chunk) => *chunk,
        None => panic!("a field lies in its part"),
    }
}

#[inline(always)]
fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

#[inline(always)]
const fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(get(bytes, at))
}

#[inline(always)]
fn put_u16(bytes: &mut [u8], at: usize, value: u16) {
    put(bytes, at, value.to_be_bytes());
}

#[inline(always)]
const fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(get(bytes, at))
}

#[inline(always)]
fn put_u32(bytes: &mut [u8], at: usize, value: u32) {
    put(bytes, at, value.to_be_bytes());
}

#[inline(always)]
const fn i32_at(bytes: &[u8], at: usize) -> i32 {
    i32::from_be_bytes(get(bytes, at))
}

#[inline(always)]
fn put_i32(bytes: &mut [u8], at: usize, value: i32) {
    put(bytes, at, value.to_be_bytes());
}

#[inline(always)]
const fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_be_bytes(get(bytes, at))
}

#[inline(always)]
fn put_i64(bytes: &mut [u8], at: usize, value: i64) {
    put(bytes, at, value.to_be_bytes());
}

/// Part of 1 Logon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logon {
    /// SenderCompID: who sends.
    pub sender_comp_id: [u8; 20],
    /// TargetCompID: who receives.
    pub target_comp_id: [u8; 20],
    /// HeartBtInt: heartbeat interval in seconds.
    pub heart_bt_int: i32,
    /// Password: password.
    pub password: [u8; 16],
    /// DefaultApplVerID: interface version, such as 1.02.
    pub default_appl_ver_id: [u8; 32],
}

impl Logon {
    /// Bytes on the wire.
    pub const LEN: usize = 92;
    /// First byte of SenderCompID.
    pub const SENDER_COMP_ID_AT: usize = 0;
    /// First byte of TargetCompID.
    pub const TARGET_COMP_ID_AT: usize = 20;
    /// First byte of HeartBtInt.
    pub const HEART_BT_INT_AT: usize = 40;
    /// First byte of Password.
    pub const PASSWORD_AT: usize = 44;
    /// First byte of DefaultApplVerID.
    pub const DEFAULT_APPL_VER_ID_AT: usize = 60;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            sender_comp_id: get(bytes, Self::SENDER_COMP_ID_AT),
            target_comp_id: get(bytes, Self::TARGET_COMP_ID_AT),
            heart_bt_int: i32_at(bytes, Self::HEART_BT_INT_AT),
            password: get(bytes, Self::PASSWORD_AT),
            default_appl_ver_id: get(bytes, Self::DEFAULT_APPL_VER_ID_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::SENDER_COMP_ID_AT, self.sender_comp_id);
        put(bytes, Self::TARGET_COMP_ID_AT, self.target_comp_id);
        put_i32(bytes, Self::HEART_BT_INT_AT, self.heart_bt_int);
        put(bytes, Self::PASSWORD_AT, self.password);
        put(bytes, Self::DEFAULT_APPL_VER_ID_AT, self.default_appl_ver_id);
    }
}

impl Default for Logon {
    fn default() -> Self {
        Self {
            sender_comp_id: [b' '; 20],
            target_comp_id: [b' '; 20],
            heart_bt_int: 0,
            password: [b' '; 16],
            default_appl_ver_id: [b' '; 32],
        }
    }
}

/// Part of 2 Logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logout {
    /// SessionStatus: why; see SessionStatus.
    pub session_status: i32,
    /// Text: remark.
    pub text: [u8; 200],
}

impl Logout {
    /// Bytes on the wire.
    pub const LEN: usize = 204;
    /// First byte of SessionStatus.
    pub const SESSION_STATUS_AT: usize = 0;
    /// First byte of Text.
    pub const TEXT_AT: usize = 4;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            session_status: i32_at(bytes, Self::SESSION_STATUS_AT),
            text: get(bytes, Self::TEXT_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::SESSION_STATUS_AT, self.session_status);
        put(bytes, Self::TEXT_AT, self.text);
    }
}

impl Default for Logout {
    fn default() -> Self {
        Self { session_status: 0, text: [b' '; 200] }
    }
}

/// Part of 4 Business reject (trading).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradingBusinessReject {
    /// ApplID: business, such as 010.
    pub appl_id: [u8; 3],
    /// TransactTime: time of the reject.
    pub transact_time: Timestamp,
    /// SubmittingPBUID: submitting unit, echoed.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code, echoed.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen, echoed.
    pub security_id_source: [u8; 4],
    /// RefSeqNum: sequence number of the refused message.
    pub ref_seq_num: i64,
    /// RefMsgType: MsgType of the refused message.
    pub ref_msg_type: u32,
    /// BusinessRejectRefID: ClOrdID of the refused message.
    pub business_reject_ref_id: [u8; 10],
    /// BusinessRejectReason: reason.
    pub business_reject_reason: u16,
    /// BusinessRejectText: reason in words.
    pub business_reject_text: [u8; 50],
}

impl TradingBusinessReject {
    /// Bytes on the wire.
    pub const LEN: usize = 103;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 0;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 3;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 11;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 17;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 25;
    /// First byte of RefSeqNum.
    pub const REF_SEQ_NUM_AT: usize = 29;
    /// First byte of RefMsgType.
    pub const REF_MSG_TYPE_AT: usize = 37;
    /// First byte of BusinessRejectRefID.
    pub const BUSINESS_REJECT_REF_ID_AT: usize = 41;
    /// First byte of BusinessRejectReason.
    pub const BUSINESS_REJECT_REASON_AT: usize = 51;
    /// First byte of BusinessRejectText.
    pub const BUSINESS_REJECT_TEXT_AT: usize = 53;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            appl_id: get(bytes, Self::APPL_ID_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            ref_seq_num: i64_at(bytes, Self::REF_SEQ_NUM_AT),
            ref_msg_type: u32_at(bytes, Self::REF_MSG_TYPE_AT),
            business_reject_ref_id: get(bytes, Self::BUSINESS_REJECT_REF_ID_AT),
            business_reject_reason: u16_at(bytes, Self::BUSINESS_REJECT_REASON_AT),
            business_reject_text: get(bytes, Self::BUSINESS_REJECT_TEXT_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::REF_SEQ_NUM_AT, self.ref_seq_num);
        put_u32(bytes, Self::REF_MSG_TYPE_AT, self.ref_msg_type);
        put(bytes, Self::BUSINESS_REJECT_REF_ID_AT, self.business_reject_ref_id);
        put_u16(bytes, Self::BUSINESS_REJECT_REASON_AT, self.business_reject_reason);
        put(bytes, Self::BUSINESS_REJECT_TEXT_AT, self.business_reject_text);
    }
}

impl Default for TradingBusinessReject {
    fn default() -> Self {
        Self {
            appl_id: [b' '; 3],
            transact_time: Timestamp(0),
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            ref_seq_num: 0,
            ref_msg_type: 0,
            business_reject_ref_id: [b' '; 10],
            business_reject_reason: 0,
            business_reject_text: [b' '; 50],
        }
    }
}

/// Part of 5 Report synchronisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportSynchronization {
    /// NoPartitions: partitions that follow.
    pub no_partitions: u32,
}

impl ReportSynchronization {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 4;
    /// First byte of NoPartitions.
    pub const NO_PARTITIONS_AT: usize = 0;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self { no_partitions: u32_at(bytes, Self::NO_PARTITIONS_AT) }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u32(bytes, Self::NO_PARTITIONS_AT, self.no_partitions);
    }
}

/// Part of 5 Report synchronisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportPosition {
    /// PartitionNo: partition.
    pub partition_no: i32,
    /// ReportIndex: next number wanted, from 1.
    pub report_index: i64,
}

impl ReportPosition {
    /// Bytes on the wire.
    pub const LEN: usize = 12;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 4;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            partition_no: i32_at(bytes, Self::PARTITION_NO_AT),
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
        put_i64(bytes, Self::REPORT_INDEX_AT, self.report_index);
    }
}

/// Part of 6 Platform state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlatformStateInfo {
    /// PlatformID: platform; 1 cash auction.
    pub platform_id: u16,
    /// PlatformState: 0 not open, 1 opening, 2 open, 3 halt, 4 closed.
    pub platform_state: u16,
}

impl PlatformStateInfo {
    /// Bytes on the wire.
    pub const LEN: usize = 4;
    /// First byte of PlatformID.
    pub const PLATFORM_ID_AT: usize = 0;
    /// First byte of PlatformState.
    pub const PLATFORM_STATE_AT: usize = 2;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            platform_id: u16_at(bytes, Self::PLATFORM_ID_AT),
            platform_state: u16_at(bytes, Self::PLATFORM_STATE_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::PLATFORM_ID_AT, self.platform_id);
        put_u16(bytes, Self::PLATFORM_STATE_AT, self.platform_state);
    }
}

/// Part of 7 End of the reports of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportFinished {
    /// PartitionNo: partition.
    pub partition_no: i32,
    /// ReportIndex: number in the partition.
    pub report_index: i64,
    /// PlatformID: platform; 1 cash auction.
    pub platform_id: u16,
}

impl ReportFinished {
    /// Bytes on the wire.
    pub const LEN: usize = 14;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 4;
    /// First byte of PlatformID.
    pub const PLATFORM_ID_AT: usize = 12;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            partition_no: i32_at(bytes, Self::PARTITION_NO_AT),
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
            platform_id: u16_at(bytes, Self::PLATFORM_ID_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
        put_i64(bytes, Self::REPORT_INDEX_AT, self.report_index);
        put_u16(bytes, Self::PLATFORM_ID_AT, self.platform_id);
    }
}

/// Part of 8 Business reject (market data).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusinessReject {
    /// RefSeqNum: sequence number of the refused message.
    pub ref_seq_num: i64,
    /// RefMsgType: MsgType of the refused message.
    pub ref_msg_type: u32,
    /// BusinessRejectRefID: identifier in the refused message.
    pub business_reject_ref_id: [u8; 10],
    /// BusinessRejectReason: reason.
    pub business_reject_reason: u16,
    /// BusinessRejectText: reason in words.
    pub business_reject_text: [u8; 50],
}

impl BusinessReject {
    /// Bytes on the wire.
    pub const LEN: usize = 74;
    /// First byte of RefSeqNum.
    pub const REF_SEQ_NUM_AT: usize = 0;
    /// First byte of RefMsgType.
    pub const REF_MSG_TYPE_AT: usize = 8;
    /// First byte of BusinessRejectRefID.
    pub const BUSINESS_REJECT_REF_ID_AT: usize = 12;
    /// First byte of BusinessRejectReason.
    pub const BUSINESS_REJECT_REASON_AT: usize = 22;
    /// First byte of BusinessRejectText.
    pub const BUSINESS_REJECT_TEXT_AT: usize = 24;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            ref_seq_num: i64_at(bytes, Self::REF_SEQ_NUM_AT),
            ref_msg_type: u32_at(bytes, Self::REF_MSG_TYPE_AT),
            business_reject_ref_id: get(bytes, Self::BUSINESS_REJECT_REF_ID_AT),
            business_reject_reason: u16_at(bytes, Self::BUSINESS_REJECT_REASON_AT),
            business_reject_text: get(bytes, Self::BUSINESS_REJECT_TEXT_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::REF_SEQ_NUM_AT, self.ref_seq_num);
        put_u32(bytes, Self::REF_MSG_TYPE_AT, self.ref_msg_type);
        put(bytes, Self::BUSINESS_REJECT_REF_ID_AT, self.business_reject_ref_id);
        put_u16(bytes, Self::BUSINESS_REJECT_REASON_AT, self.business_reject_reason);
        put(bytes, Self::BUSINESS_REJECT_TEXT_AT, self.business_reject_text);
    }
}

impl Default for BusinessReject {
    fn default() -> Self {
        Self {
            ref_seq_num: 0,
            ref_msg_type: 0,
            business_reject_ref_id: [b' '; 10],
            business_reject_reason: 0,
            business_reject_text: [b' '; 50],
        }
    }
}

/// Part of 9 Platform information.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlatformInfo {
    /// PlatformID: platform; 1 cash auction.
    pub platform_id: u16,
    /// NoPartitions: partitions that follow.
    pub no_partitions: u32,
}

impl PlatformInfo {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 6;
    /// First byte of PlatformID.
    pub const PLATFORM_ID_AT: usize = 0;
    /// First byte of NoPartitions.
    pub const NO_PARTITIONS_AT: usize = 2;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            platform_id: u16_at(bytes, Self::PLATFORM_ID_AT),
            no_partitions: u32_at(bytes, Self::NO_PARTITIONS_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::PLATFORM_ID_AT, self.platform_id);
        put_u32(bytes, Self::NO_PARTITIONS_AT, self.no_partitions);
    }
}

/// Part of 9 Platform information.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlatformPartition {
    /// PartitionNo: partition.
    pub partition_no: i32,
}

impl PlatformPartition {
    /// Bytes on the wire.
    pub const LEN: usize = 4;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self { partition_no: i32_at(bytes, Self::PARTITION_NO_AT) }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
    }
}

/// Part of 10 Trading session status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradingSessionStatus {
    /// MarketID: reserved.
    pub market_id: [u8; 8],
    /// MarketSegmentID: first character: the platform.
    pub market_segment_id: [u8; 8],
    /// TradingSessionID: reserved.
    pub trading_session_id: [u8; 4],
    /// TradingSessionSubID: part of the session, digits.
    pub trading_session_sub_id: [u8; 4],
    /// TradSesStatus: reserved.
    pub trad_ses_status: u16,
    /// TradSesStartTime: start of the session.
    pub trad_ses_start_time: Timestamp,
    /// TradSesEndTime: end of the session.
    pub trad_ses_end_time: Timestamp,
}

impl TradingSessionStatus {
    /// Bytes on the wire.
    pub const LEN: usize = 42;
    /// First byte of MarketID.
    pub const MARKET_ID_AT: usize = 0;
    /// First byte of MarketSegmentID.
    pub const MARKET_SEGMENT_ID_AT: usize = 8;
    /// First byte of TradingSessionID.
    pub const TRADING_SESSION_ID_AT: usize = 16;
    /// First byte of TradingSessionSubID.
    pub const TRADING_SESSION_SUB_ID_AT: usize = 20;
    /// First byte of TradSesStatus.
    pub const TRAD_SES_STATUS_AT: usize = 24;
    /// First byte of TradSesStartTime.
    pub const TRAD_SES_START_TIME_AT: usize = 26;
    /// First byte of TradSesEndTime.
    pub const TRAD_SES_END_TIME_AT: usize = 34;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            market_id: get(bytes, Self::MARKET_ID_AT),
            market_segment_id: get(bytes, Self::MARKET_SEGMENT_ID_AT),
            trading_session_id: get(bytes, Self::TRADING_SESSION_ID_AT),
            trading_session_sub_id: get(bytes, Self::TRADING_SESSION_SUB_ID_AT),
            trad_ses_status: u16_at(bytes, Self::TRAD_SES_STATUS_AT),
            trad_ses_start_time: Timestamp(i64_at(bytes, Self::TRAD_SES_START_TIME_AT)),
            trad_ses_end_time: Timestamp(i64_at(bytes, Self::TRAD_SES_END_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MARKET_ID_AT, self.market_id);
        put(bytes, Self::MARKET_SEGMENT_ID_AT, self.market_segment_id);
        put(bytes, Self::TRADING_SESSION_ID_AT, self.trading_session_id);
        put(bytes, Self::TRADING_SESSION_SUB_ID_AT, self.trading_session_sub_id);
        put_u16(bytes, Self::TRAD_SES_STATUS_AT, self.trad_ses_status);
        put_i64(bytes, Self::TRAD_SES_START_TIME_AT, self.trad_ses_start_time.0);
        put_i64(bytes, Self::TRAD_SES_END_TIME_AT, self.trad_ses_end_time.0);
    }
}

impl Default for TradingSessionStatus {
    fn default() -> Self {
        Self {
            market_id: [b' '; 8],
            market_segment_id: [b' '; 8],
            trading_session_id: [b' '; 4],
            trading_session_sub_id: [b' '; 4],
            trad_ses_status: 0,
            trad_ses_start_time: Timestamp(0),
            trad_ses_end_time: Timestamp(0),
        }
    }
}

/// Part of 100101 New order, cash auction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// ApplID: business: 010.
    pub appl_id: [u8; 3],
    /// SubmittingPBUID: submitting unit.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// OwnerType: who originates; see OwnerType.
    pub owner_type: u16,
    /// ClearingFirm: clearing place, 01 as a rule.
    pub clearing_firm: [u8; 2],
    /// TransactTime: time of the order, set by the sender.
    pub transact_time: Timestamp,
    /// UserInfo: private, echoed; printable ASCII.
    pub user_info: [u8; 8],
    /// ClOrdID: sender's order number.
    pub cl_ord_id: [u8; 10],
    /// AccountID: securities account.
    pub account_id: [u8; 12],
    /// BranchID: branch.
    pub branch_id: [u8; 4],
    /// OrderRestrictions: flags: 1 programme, E algorithmic trading.
    pub order_restrictions: [u8; 4],
    /// Side: 1 buy, 2 sell.
    pub side: u8,
    /// OrdType: 1 market, 2 limit, U own side best.
    pub ord_type: u8,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Price: price.
    pub price: PriceE4,
    /// StopPx: stop price; 0.
    pub stop_px: PriceE4,
    /// MinQty: least quantity of a fill.
    pub min_qty: QtyE2,
    /// MaxPriceLevels: most price levels; 0 no limit.
    pub max_price_levels: u16,
    /// TimeInForce: 0 day, 3 immediate or cancel.
    pub time_in_force: u8,
    /// CashMargin: 1 cash, 2 open, 3 close.
    pub cash_margin: u8,
}

impl NewOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 109;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 0;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 3;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 9;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 17;
    /// First byte of OwnerType.
    pub const OWNER_TYPE_AT: usize = 21;
    /// First byte of ClearingFirm.
    pub const CLEARING_FIRM_AT: usize = 23;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 25;
    /// First byte of UserInfo.
    pub const USER_INFO_AT: usize = 33;
    /// First byte of ClOrdID.
    pub const CL_ORD_ID_AT: usize = 41;
    /// First byte of AccountID.
    pub const ACCOUNT_ID_AT: usize = 51;
    /// First byte of BranchID.
    pub const BRANCH_ID_AT: usize = 63;
    /// First byte of OrderRestrictions.
    pub const ORDER_RESTRICTIONS_AT: usize = 67;
    /// First byte of Side.
    pub const SIDE_AT: usize = 71;
    /// First byte of OrdType.
    pub const ORD_TYPE_AT: usize = 72;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 73;
    /// First byte of Price.
    pub const PRICE_AT: usize = 81;
    /// First byte of StopPx.
    pub const STOP_PX_AT: usize = 89;
    /// First byte of MinQty.
    pub const MIN_QTY_AT: usize = 97;
    /// First byte of MaxPriceLevels.
    pub const MAX_PRICE_LEVELS_AT: usize = 105;
    /// First byte of TimeInForce.
    pub const TIME_IN_FORCE_AT: usize = 107;
    /// First byte of CashMargin.
    pub const CASH_MARGIN_AT: usize = 108;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            appl_id: get(bytes, Self::APPL_ID_AT),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            owner_type: u16_at(bytes, Self::OWNER_TYPE_AT),
            clearing_firm: get(bytes, Self::CLEARING_FIRM_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            user_info: get(bytes, Self::USER_INFO_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            account_id: get(bytes, Self::ACCOUNT_ID_AT),
            branch_id: get(bytes, Self::BRANCH_ID_AT),
            order_restrictions: get(bytes, Self::ORDER_RESTRICTIONS_AT),
            side: bytes[Self::SIDE_AT],
            ord_type: bytes[Self::ORD_TYPE_AT],
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            stop_px: PriceE4(i64_at(bytes, Self::STOP_PX_AT)),
            min_qty: QtyE2(i64_at(bytes, Self::MIN_QTY_AT)),
            max_price_levels: u16_at(bytes, Self::MAX_PRICE_LEVELS_AT),
            time_in_force: bytes[Self::TIME_IN_FORCE_AT],
            cash_margin: bytes[Self::CASH_MARGIN_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_u16(bytes, Self::OWNER_TYPE_AT, self.owner_type);
        put(bytes, Self::CLEARING_FIRM_AT, self.clearing_firm);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::USER_INFO_AT, self.user_info);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::ACCOUNT_ID_AT, self.account_id);
        put(bytes, Self::BRANCH_ID_AT, self.branch_id);
        put(bytes, Self::ORDER_RESTRICTIONS_AT, self.order_restrictions);
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::ORD_TYPE_AT] = self.ord_type;
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::STOP_PX_AT, self.stop_px.0);
        put_i64(bytes, Self::MIN_QTY_AT, self.min_qty.0);
        put_u16(bytes, Self::MAX_PRICE_LEVELS_AT, self.max_price_levels);
        bytes[Self::TIME_IN_FORCE_AT] = self.time_in_force;
        bytes[Self::CASH_MARGIN_AT] = self.cash_margin;
    }
}

impl Default for NewOrder {
    fn default() -> Self {
        Self {
            appl_id: [b' '; 3],
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            owner_type: 0,
            clearing_firm: [b' '; 2],
            transact_time: Timestamp(0),
            user_info: [b' '; 8],
            cl_ord_id: [b' '; 10],
            account_id: [b' '; 12],
            branch_id: [b' '; 4],
            order_restrictions: [b' '; 4],
            side: b' ',
            ord_type: b' ',
            order_qty: QtyE2(0),
            price: PriceE4(0),
            stop_px: PriceE4(0),
            min_qty: QtyE2(0),
            max_price_levels: 0,
            time_in_force: b' ',
            cash_margin: b' ',
        }
    }
}

/// Part of 190007 Order cancel request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderCancelRequest {
    /// ApplID: business of the order.
    pub appl_id: [u8; 3],
    /// SubmittingPBUID: submitting unit.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code of the order.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// OwnerType: who originates; see OwnerType.
    pub owner_type: u16,
    /// ClearingFirm: clearing place, 01 as a rule.
    pub clearing_firm: [u8; 2],
    /// TransactTime: time of the request, set by the sender.
    pub transact_time: Timestamp,
    /// UserInfo: private, echoed; printable ASCII.
    pub user_info: [u8; 8],
    /// ClOrdID: sender's number of the request.
    pub cl_ord_id: [u8; 10],
    /// OrigClOrdID: ClOrdID of the order to cancel.
    pub orig_cl_ord_id: [u8; 10],
    /// Side: side of the order.
    pub side: u8,
    /// OrderID: exchange's number of the order.
    pub order_id: [u8; 16],
    /// OrderQty: quantity of the order.
    pub order_qty: QtyE2,
}

impl OrderCancelRequest {
    /// Bytes on the wire.
    pub const LEN: usize = 86;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 0;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 3;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 9;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 17;
    /// First byte of OwnerType.
    pub const OWNER_TYPE_AT: usize = 21;
    /// First byte of ClearingFirm.
    pub const CLEARING_FIRM_AT: usize = 23;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 25;
    /// First byte of UserInfo.
    pub const USER_INFO_AT: usize = 33;
    /// First byte of ClOrdID.
    pub const CL_ORD_ID_AT: usize = 41;
    /// First byte of OrigClOrdID.
    pub const ORIG_CL_ORD_ID_AT: usize = 51;
    /// First byte of Side.
    pub const SIDE_AT: usize = 61;
    /// First byte of OrderID.
    pub const ORDER_ID_AT: usize = 62;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 78;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            appl_id: get(bytes, Self::APPL_ID_AT),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            owner_type: u16_at(bytes, Self::OWNER_TYPE_AT),
            clearing_firm: get(bytes, Self::CLEARING_FIRM_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            user_info: get(bytes, Self::USER_INFO_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            orig_cl_ord_id: get(bytes, Self::ORIG_CL_ORD_ID_AT),
            side: bytes[Self::SIDE_AT],
            order_id: get(bytes, Self::ORDER_ID_AT),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_u16(bytes, Self::OWNER_TYPE_AT, self.owner_type);
        put(bytes, Self::CLEARING_FIRM_AT, self.clearing_firm);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::USER_INFO_AT, self.user_info);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::ORIG_CL_ORD_ID_AT, self.orig_cl_ord_id);
        bytes[Self::SIDE_AT] = self.side;
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
    }
}

impl Default for OrderCancelRequest {
    fn default() -> Self {
        Self {
            appl_id: [b' '; 3],
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            owner_type: 0,
            clearing_firm: [b' '; 2],
            transact_time: Timestamp(0),
            user_info: [b' '; 8],
            cl_ord_id: [b' '; 10],
            orig_cl_ord_id: [b' '; 10],
            side: b' ',
            order_id: [b' '; 16],
            order_qty: QtyE2(0),
        }
    }
}

/// Part of 200102 Execution report: accepted, rejected or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderReport {
    /// PartitionNo: partition.
    pub partition_no: i32,
    /// ReportIndex: number in the partition, from 1, without a gap.
    pub report_index: i64,
    /// ApplID: business: 010.
    pub appl_id: [u8; 3],
    /// ReportingPBUID: unit that gets the report.
    pub reporting_pbuid: [u8; 6],
    /// SubmittingPBUID: submitting unit.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// OwnerType: who originates; see OwnerType.
    pub owner_type: u16,
    /// ClearingFirm: clearing place.
    pub clearing_firm: [u8; 2],
    /// TransactTime: time of the report, set by the exchange.
    pub transact_time: Timestamp,
    /// UserInfo: private, echoed.
    pub user_info: [u8; 8],
    /// OrderID: exchange's number of the order.
    pub order_id: [u8; 16],
    /// ClOrdID: order number, or that of the cancel request.
    pub cl_ord_id: [u8; 10],
    /// OrigClOrdID: ClOrdID of the cancelled order; else blank.
    pub orig_cl_ord_id: [u8; 10],
    /// ExecID: number of the report, unique in the day.
    pub exec_id: [u8; 16],
    /// ExecType: 0 new, 4 cancelled, 8 rejected.
    pub exec_type: u8,
    /// OrdStatus: 0 new, 1 part filled, 2 filled, 4 cancelled, 8 rejected.
    pub ord_status: u8,
    /// OrdRejReason: reason of a reject; 0 none.
    pub ord_rej_reason: u16,
    /// LeavesQty: quantity still open.
    pub leaves_qty: QtyE2,
    /// CumQty: quantity filled so far.
    pub cum_qty: QtyE2,
    /// Side: 1 buy, 2 sell.
    pub side: u8,
    /// OrdType: 1 market, 2 limit, U own side best.
    pub ord_type: u8,
    /// OrderQty: quantity of the order.
    pub order_qty: QtyE2,
    /// Price: price of the order.
    pub price: PriceE4,
    /// AccountID: securities account.
    pub account_id: [u8; 12],
    /// BranchID: branch.
    pub branch_id: [u8; 4],
    /// OrderRestrictions: flags: 1 programme, E algorithmic trading.
    pub order_restrictions: [u8; 4],
    /// StopPx: stop price; 0.
    pub stop_px: PriceE4,
    /// MinQty: least quantity of a fill.
    pub min_qty: QtyE2,
    /// MaxPriceLevels: most price levels; 0 no limit.
    pub max_price_levels: u16,
    /// TimeInForce: 0 day, 3 immediate or cancel.
    pub time_in_force: u8,
    /// CashMargin: 1 cash, 2 open, 3 close.
    pub cash_margin: u8,
}

impl OrderReport {
    /// Bytes on the wire.
    pub const LEN: usize = 189;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 4;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 12;
    /// First byte of ReportingPBUID.
    pub const REPORTING_PBUID_AT: usize = 15;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 27;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 35;
    /// First byte of OwnerType.
    pub const OWNER_TYPE_AT: usize = 39;
    /// First byte of ClearingFirm.
    pub const CLEARING_FIRM_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 43;
    /// First byte of UserInfo.
    pub const USER_INFO_AT: usize = 51;
    /// First byte of OrderID.
    pub const ORDER_ID_AT: usize = 59;
    /// First byte of ClOrdID.
    pub const CL_ORD_ID_AT: usize = 75;
    /// First byte of OrigClOrdID.
    pub const ORIG_CL_ORD_ID_AT: usize = 85;
    /// First byte of ExecID.
    pub const EXEC_ID_AT: usize = 95;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 111;
    /// First byte of OrdStatus.
    pub const ORD_STATUS_AT: usize = 112;
    /// First byte of OrdRejReason.
    pub const ORD_REJ_REASON_AT: usize = 113;
    /// First byte of LeavesQty.
    pub const LEAVES_QTY_AT: usize = 115;
    /// First byte of CumQty.
    pub const CUM_QTY_AT: usize = 123;
    /// First byte of Side.
    pub const SIDE_AT: usize = 131;
    /// First byte of OrdType.
    pub const ORD_TYPE_AT: usize = 132;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 133;
    /// First byte of Price.
    pub const PRICE_AT: usize = 141;
    /// First byte of AccountID.
    pub const ACCOUNT_ID_AT: usize = 149;
    /// First byte of BranchID.
    pub const BRANCH_ID_AT: usize = 161;
    /// First byte of OrderRestrictions.
    pub const ORDER_RESTRICTIONS_AT: usize = 165;
    /// First byte of StopPx.
    pub const STOP_PX_AT: usize = 169;
    /// First byte of MinQty.
    pub const MIN_QTY_AT: usize = 177;
    /// First byte of MaxPriceLevels.
    pub const MAX_PRICE_LEVELS_AT: usize = 185;
    /// First byte of TimeInForce.
    pub const TIME_IN_FORCE_AT: usize = 187;
    /// First byte of CashMargin.
    pub const CASH_MARGIN_AT: usize = 188;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            partition_no: i32_at(bytes, Self::PARTITION_NO_AT),
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
            appl_id: get(bytes, Self::APPL_ID_AT),
            reporting_pbuid: get(bytes, Self::REPORTING_PBUID_AT),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            owner_type: u16_at(bytes, Self::OWNER_TYPE_AT),
            clearing_firm: get(bytes, Self::CLEARING_FIRM_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            user_info: get(bytes, Self::USER_INFO_AT),
            order_id: get(bytes, Self::ORDER_ID_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            orig_cl_ord_id: get(bytes, Self::ORIG_CL_ORD_ID_AT),
            exec_id: get(bytes, Self::EXEC_ID_AT),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            ord_status: bytes[Self::ORD_STATUS_AT],
            ord_rej_reason: u16_at(bytes, Self::ORD_REJ_REASON_AT),
            leaves_qty: QtyE2(i64_at(bytes, Self::LEAVES_QTY_AT)),
            cum_qty: QtyE2(i64_at(bytes, Self::CUM_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            ord_type: bytes[Self::ORD_TYPE_AT],
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            account_id: get(bytes, Self::ACCOUNT_ID_AT),
            branch_id: get(bytes, Self::BRANCH_ID_AT),
            order_restrictions: get(bytes, Self::ORDER_RESTRICTIONS_AT),
            stop_px: PriceE4(i64_at(bytes, Self::STOP_PX_AT)),
            min_qty: QtyE2(i64_at(bytes, Self::MIN_QTY_AT)),
            max_price_levels: u16_at(bytes, Self::MAX_PRICE_LEVELS_AT),
            time_in_force: bytes[Self::TIME_IN_FORCE_AT],
            cash_margin: bytes[Self::CASH_MARGIN_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
        put_i64(bytes, Self::REPORT_INDEX_AT, self.report_index);
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put(bytes, Self::REPORTING_PBUID_AT, self.reporting_pbuid);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_u16(bytes, Self::OWNER_TYPE_AT, self.owner_type);
        put(bytes, Self::CLEARING_FIRM_AT, self.clearing_firm);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::USER_INFO_AT, self.user_info);
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::ORIG_CL_ORD_ID_AT, self.orig_cl_ord_id);
        put(bytes, Self::EXEC_ID_AT, self.exec_id);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        bytes[Self::ORD_STATUS_AT] = self.ord_status;
        put_u16(bytes, Self::ORD_REJ_REASON_AT, self.ord_rej_reason);
        put_i64(bytes, Self::LEAVES_QTY_AT, self.leaves_qty.0);
        put_i64(bytes, Self::CUM_QTY_AT, self.cum_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::ORD_TYPE_AT] = self.ord_type;
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put(bytes, Self::ACCOUNT_ID_AT, self.account_id);
        put(bytes, Self::BRANCH_ID_AT, self.branch_id);
        put(bytes, Self::ORDER_RESTRICTIONS_AT, self.order_restrictions);
        put_i64(bytes, Self::STOP_PX_AT, self.stop_px.0);
        put_i64(bytes, Self::MIN_QTY_AT, self.min_qty.0);
        put_u16(bytes, Self::MAX_PRICE_LEVELS_AT, self.max_price_levels);
        bytes[Self::TIME_IN_FORCE_AT] = self.time_in_force;
        bytes[Self::CASH_MARGIN_AT] = self.cash_margin;
    }
}

impl Default for OrderReport {
    fn default() -> Self {
        Self {
            partition_no: 0,
            report_index: 0,
            appl_id: [b' '; 3],
            reporting_pbuid: [b' '; 6],
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            owner_type: 0,
            clearing_firm: [b' '; 2],
            transact_time: Timestamp(0),
            user_info: [b' '; 8],
            order_id: [b' '; 16],
            cl_ord_id: [b' '; 10],
            orig_cl_ord_id: [b' '; 10],
            exec_id: [b' '; 16],
            exec_type: b' ',
            ord_status: b' ',
            ord_rej_reason: 0,
            leaves_qty: QtyE2(0),
            cum_qty: QtyE2(0),
            side: b' ',
            ord_type: b' ',
            order_qty: QtyE2(0),
            price: PriceE4(0),
            account_id: [b' '; 12],
            branch_id: [b' '; 4],
            order_restrictions: [b' '; 4],
            stop_px: PriceE4(0),
            min_qty: QtyE2(0),
            max_price_levels: 0,
            time_in_force: b' ',
            cash_margin: b' ',
        }
    }
}

/// Part of 200115 Execution report: a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillReport {
    /// PartitionNo: partition.
    pub partition_no: i32,
    /// ReportIndex: number in the partition, from 1, without a gap.
    pub report_index: i64,
    /// ApplID: business: 010.
    pub appl_id: [u8; 3],
    /// ReportingPBUID: unit that gets the report.
    pub reporting_pbuid: [u8; 6],
    /// SubmittingPBUID: submitting unit.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// OwnerType: who originates; see OwnerType.
    pub owner_type: u16,
    /// ClearingFirm: clearing place.
    pub clearing_firm: [u8; 2],
    /// TransactTime: time of the fill, set by the exchange.
    pub transact_time: Timestamp,
    /// UserInfo: private, echoed.
    pub user_info: [u8; 8],
    /// OrderID: exchange's number of the order.
    pub order_id: [u8; 16],
    /// ClOrdID: order number; the QuoteMsgID of a filled quote.
    pub cl_ord_id: [u8; 10],
    /// ExecID: number of the fill, unique in the day.
    pub exec_id: [u8; 16],
    /// ExecType: F trade.
    pub exec_type: u8,
    /// OrdStatus: 1 part filled, 2 filled.
    pub ord_status: u8,
    /// LastPx: price of the fill.
    pub last_px: PriceE4,
    /// LastQty: quantity of the fill.
    pub last_qty: QtyE2,
    /// LeavesQty: quantity still open.
    pub leaves_qty: QtyE2,
    /// CumQty: quantity filled so far.
    pub cum_qty: QtyE2,
    /// Side: 1 buy, 2 sell.
    pub side: u8,
    /// AccountID: securities account.
    pub account_id: [u8; 12],
    /// BranchID: branch.
    pub branch_id: [u8; 4],
    /// CashMargin: 1 cash, 2 open, 3 close.
    pub cash_margin: u8,
}

impl FillReport {
    /// Bytes on the wire.
    pub const LEN: usize = 153;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 4;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 12;
    /// First byte of ReportingPBUID.
    pub const REPORTING_PBUID_AT: usize = 15;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 27;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 35;
    /// First byte of OwnerType.
    pub const OWNER_TYPE_AT: usize = 39;
    /// First byte of ClearingFirm.
    pub const CLEARING_FIRM_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 43;
    /// First byte of UserInfo.
    pub const USER_INFO_AT: usize = 51;
    /// First byte of OrderID.
    pub const ORDER_ID_AT: usize = 59;
    /// First byte of ClOrdID.
    pub const CL_ORD_ID_AT: usize = 75;
    /// First byte of ExecID.
    pub const EXEC_ID_AT: usize = 85;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 101;
    /// First byte of OrdStatus.
    pub const ORD_STATUS_AT: usize = 102;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 103;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 111;
    /// First byte of LeavesQty.
    pub const LEAVES_QTY_AT: usize = 119;
    /// First byte of CumQty.
    pub const CUM_QTY_AT: usize = 127;
    /// First byte of Side.
    pub const SIDE_AT: usize = 135;
    /// First byte of AccountID.
    pub const ACCOUNT_ID_AT: usize = 136;
    /// First byte of BranchID.
    pub const BRANCH_ID_AT: usize = 148;
    /// First byte of CashMargin.
    pub const CASH_MARGIN_AT: usize = 152;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            partition_no: i32_at(bytes, Self::PARTITION_NO_AT),
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
            appl_id: get(bytes, Self::APPL_ID_AT),
            reporting_pbuid: get(bytes, Self::REPORTING_PBUID_AT),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            owner_type: u16_at(bytes, Self::OWNER_TYPE_AT),
            clearing_firm: get(bytes, Self::CLEARING_FIRM_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            user_info: get(bytes, Self::USER_INFO_AT),
            order_id: get(bytes, Self::ORDER_ID_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            exec_id: get(bytes, Self::EXEC_ID_AT),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            ord_status: bytes[Self::ORD_STATUS_AT],
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            leaves_qty: QtyE2(i64_at(bytes, Self::LEAVES_QTY_AT)),
            cum_qty: QtyE2(i64_at(bytes, Self::CUM_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            account_id: get(bytes, Self::ACCOUNT_ID_AT),
            branch_id: get(bytes, Self::BRANCH_ID_AT),
            cash_margin: bytes[Self::CASH_MARGIN_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
        put_i64(bytes, Self::REPORT_INDEX_AT, self.report_index);
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put(bytes, Self::REPORTING_PBUID_AT, self.reporting_pbuid);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_u16(bytes, Self::OWNER_TYPE_AT, self.owner_type);
        put(bytes, Self::CLEARING_FIRM_AT, self.clearing_firm);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::USER_INFO_AT, self.user_info);
        put(bytes, Self::ORDER_ID_AT, self.order_id);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::EXEC_ID_AT, self.exec_id);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        bytes[Self::ORD_STATUS_AT] = self.ord_status;
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        put_i64(bytes, Self::LEAVES_QTY_AT, self.leaves_qty.0);
        put_i64(bytes, Self::CUM_QTY_AT, self.cum_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put(bytes, Self::ACCOUNT_ID_AT, self.account_id);
        put(bytes, Self::BRANCH_ID_AT, self.branch_id);
        bytes[Self::CASH_MARGIN_AT] = self.cash_margin;
    }
}

impl Default for FillReport {
    fn default() -> Self {
        Self {
            partition_no: 0,
            report_index: 0,
            appl_id: [b' '; 3],
            reporting_pbuid: [b' '; 6],
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            owner_type: 0,
            clearing_firm: [b' '; 2],
            transact_time: Timestamp(0),
            user_info: [b' '; 8],
            order_id: [b' '; 16],
            cl_ord_id: [b' '; 10],
            exec_id: [b' '; 16],
            exec_type: b' ',
            ord_status: b' ',
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            leaves_qty: QtyE2(0),
            cum_qty: QtyE2(0),
            side: b' ',
            account_id: [b' '; 12],
            branch_id: [b' '; 4],
            cash_margin: b' ',
        }
    }
}

/// Part of 290008 Cancel reject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelReject {
    /// PartitionNo: partition.
    pub partition_no: i32,
    /// ReportIndex: number in the partition, from 1, without a gap.
    pub report_index: i64,
    /// ApplID: business: 010.
    pub appl_id: [u8; 3],
    /// ReportingPBUID: unit that gets the report.
    pub reporting_pbuid: [u8; 6],
    /// SubmittingPBUID: submitting unit.
    pub submitting_pbuid: [u8; 6],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// OwnerType: who originates; see OwnerType.
    pub owner_type: u16,
    /// ClearingFirm: clearing place.
    pub clearing_firm: [u8; 2],
    /// TransactTime: time of the reject, set by the exchange.
    pub transact_time: Timestamp,
    /// UserInfo: private, echoed.
    pub user_info: [u8; 8],
    /// ClOrdID: number of the cancel request.
    pub cl_ord_id: [u8; 10],
    /// OrigClOrdID: ClOrdID of the order.
    pub orig_cl_ord_id: [u8; 10],
    /// Side: side of the order.
    pub side: u8,
    /// OrdStatus: state of the order; 8 when it was not found.
    pub ord_status: u8,
    /// CxlRejReason: reason.
    pub cxl_rej_reason: u16,
    /// RejectText: reason in words.
    pub reject_text: [u8; 16],
    /// OrderID: exchange's number of the order.
    pub order_id: [u8; 16],
}

impl CancelReject {
    /// Bytes on the wire.
    pub const LEN: usize = 115;
    /// First byte of PartitionNo.
    pub const PARTITION_NO_AT: usize = 0;
    /// First byte of ReportIndex.
    pub const REPORT_INDEX_AT: usize = 4;
    /// First byte of ApplID.
    pub const APPL_ID_AT: usize = 12;
    /// First byte of ReportingPBUID.
    pub const REPORTING_PBUID_AT: usize = 15;
    /// First byte of SubmittingPBUID.
    pub const SUBMITTING_PBUID_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 27;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 35;
    /// First byte of OwnerType.
    pub const OWNER_TYPE_AT: usize = 39;
    /// First byte of ClearingFirm.
    pub const CLEARING_FIRM_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 43;
    /// First byte of UserInfo.
    pub const USER_INFO_AT: usize = 51;
    /// First byte of ClOrdID.
    pub const CL_ORD_ID_AT: usize = 59;
    /// First byte of OrigClOrdID.
    pub const ORIG_CL_ORD_ID_AT: usize = 69;
    /// First byte of Side.
    pub const SIDE_AT: usize = 79;
    /// First byte of OrdStatus.
    pub const ORD_STATUS_AT: usize = 80;
    /// First byte of CxlRejReason.
    pub const CXL_REJ_REASON_AT: usize = 81;
    /// First byte of RejectText.
    pub const REJECT_TEXT_AT: usize = 83;
    /// First byte of OrderID.
    pub const ORDER_ID_AT: usize = 99;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            partition_no: i32_at(bytes, Self::PARTITION_NO_AT),
            report_index: i64_at(bytes, Self::REPORT_INDEX_AT),
            appl_id: get(bytes, Self::APPL_ID_AT),
            reporting_pbuid: get(bytes, Self::REPORTING_PBUID_AT),
            submitting_pbuid: get(bytes, Self::SUBMITTING_PBUID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            owner_type: u16_at(bytes, Self::OWNER_TYPE_AT),
            clearing_firm: get(bytes, Self::CLEARING_FIRM_AT),
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            user_info: get(bytes, Self::USER_INFO_AT),
            cl_ord_id: get(bytes, Self::CL_ORD_ID_AT),
            orig_cl_ord_id: get(bytes, Self::ORIG_CL_ORD_ID_AT),
            side: bytes[Self::SIDE_AT],
            ord_status: bytes[Self::ORD_STATUS_AT],
            cxl_rej_reason: u16_at(bytes, Self::CXL_REJ_REASON_AT),
            reject_text: get(bytes, Self::REJECT_TEXT_AT),
            order_id: get(bytes, Self::ORDER_ID_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i32(bytes, Self::PARTITION_NO_AT, self.partition_no);
        put_i64(bytes, Self::REPORT_INDEX_AT, self.report_index);
        put(bytes, Self::APPL_ID_AT, self.appl_id);
        put(bytes, Self::REPORTING_PBUID_AT, self.reporting_pbuid);
        put(bytes, Self::SUBMITTING_PBUID_AT, self.submitting_pbuid);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_u16(bytes, Self::OWNER_TYPE_AT, self.owner_type);
        put(bytes, Self::CLEARING_FIRM_AT, self.clearing_firm);
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::USER_INFO_AT, self.user_info);
        put(bytes, Self::CL_ORD_ID_AT, self.cl_ord_id);
        put(bytes, Self::ORIG_CL_ORD_ID_AT, self.orig_cl_ord_id);
        bytes[Self::SIDE_AT] = self.side;
        bytes[Self::ORD_STATUS_AT] = self.ord_status;
        put_u16(bytes, Self::CXL_REJ_REASON_AT, self.cxl_rej_reason);
        put(bytes, Self::REJECT_TEXT_AT, self.reject_text);
        put(bytes, Self::ORDER_ID_AT, self.order_id);
    }
}

impl Default for CancelReject {
    fn default() -> Self {
        Self {
            partition_no: 0,
            report_index: 0,
            appl_id: [b' '; 3],
            reporting_pbuid: [b' '; 6],
            submitting_pbuid: [b' '; 6],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            owner_type: 0,
            clearing_firm: [b' '; 2],
            transact_time: Timestamp(0),
            user_info: [b' '; 8],
            cl_ord_id: [b' '; 10],
            orig_cl_ord_id: [b' '; 10],
            side: b' ',
            ord_status: b' ',
            cxl_rej_reason: 0,
            reject_text: [b' '; 16],
            order_id: [b' '; 16],
        }
    }
}

/// Part of 300111 Auction snapshot, 300211 Bond snapshot, 300611 After-hours block pricing snapshot, 303711 After-hours fixed-price snapshot (ChiNext), 306311 Hong Kong Connect snapshot, 309011 Index snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotHead {
    /// OrigTime: time of the snapshot.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// MDStreamID: stream, three digits such as 010.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security or index code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen, 103 Hong Kong.
    pub security_id_source: [u8; 4],
    /// TradingPhaseCode: phase and, in the second place, 1 when suspended.
    pub trading_phase_code: [u8; 8],
    /// PrevClosePx: previous close.
    pub prev_close_px: PriceE4,
    /// NumTrades: number of trades.
    pub num_trades: i64,
    /// TotalVolumeTrade: volume traded.
    pub total_volume_trade: QtyE2,
    /// TotalValueTrade: value traded.
    pub total_value_trade: AmtE4,
    /// NoMDEntries: entries that follow.
    pub no_md_entries: u32,
}

impl SnapshotHead {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 69;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of TradingPhaseCode.
    pub const TRADING_PHASE_CODE_AT: usize = 25;
    /// First byte of PrevClosePx.
    pub const PREV_CLOSE_PX_AT: usize = 33;
    /// First byte of NumTrades.
    pub const NUM_TRADES_AT: usize = 41;
    /// First byte of TotalVolumeTrade.
    pub const TOTAL_VOLUME_TRADE_AT: usize = 49;
    /// First byte of TotalValueTrade.
    pub const TOTAL_VALUE_TRADE_AT: usize = 57;
    /// First byte of NoMDEntries.
    pub const NO_MD_ENTRIES_AT: usize = 65;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            trading_phase_code: get(bytes, Self::TRADING_PHASE_CODE_AT),
            prev_close_px: PriceE4(i64_at(bytes, Self::PREV_CLOSE_PX_AT)),
            num_trades: i64_at(bytes, Self::NUM_TRADES_AT),
            total_volume_trade: QtyE2(i64_at(bytes, Self::TOTAL_VOLUME_TRADE_AT)),
            total_value_trade: AmtE4(i64_at(bytes, Self::TOTAL_VALUE_TRADE_AT)),
            no_md_entries: u32_at(bytes, Self::NO_MD_ENTRIES_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put(bytes, Self::TRADING_PHASE_CODE_AT, self.trading_phase_code);
        put_i64(bytes, Self::PREV_CLOSE_PX_AT, self.prev_close_px.0);
        put_i64(bytes, Self::NUM_TRADES_AT, self.num_trades);
        put_i64(bytes, Self::TOTAL_VOLUME_TRADE_AT, self.total_volume_trade.0);
        put_i64(bytes, Self::TOTAL_VALUE_TRADE_AT, self.total_value_trade.0);
        put_u32(bytes, Self::NO_MD_ENTRIES_AT, self.no_md_entries);
    }
}

impl Default for SnapshotHead {
    fn default() -> Self {
        Self {
            orig_time: Timestamp(0),
            channel_no: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            trading_phase_code: [b' '; 8],
            prev_close_px: PriceE4(0),
            num_trades: 0,
            total_volume_trade: QtyE2(0),
            total_value_trade: AmtE4(0),
            no_md_entries: 0,
        }
    }
}

/// Part of 300111 Auction snapshot, 300211 Bond snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuctionEntry {
    /// MDEntryType: what the entry is; see MDEntryType.
    pub md_entry_type: [u8; 2],
    /// MDEntryPx: price or value; may be negative.
    pub md_entry_px: PxE6,
    /// MDEntrySize: quantity.
    pub md_entry_size: QtyE2,
    /// MDPriceLevel: price level, 1 the best; 0 where there is no book.
    pub md_price_level: u16,
    /// NumberOfOrders: orders at the price; 0 when not disclosed.
    pub number_of_orders: i64,
    /// NoOrders: disclosed orders of the queue that follow.
    pub no_orders: u32,
}

impl AuctionEntry {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 32;
    /// First byte of MDEntryType.
    pub const MD_ENTRY_TYPE_AT: usize = 0;
    /// First byte of MDEntryPx.
    pub const MD_ENTRY_PX_AT: usize = 2;
    /// First byte of MDEntrySize.
    pub const MD_ENTRY_SIZE_AT: usize = 10;
    /// First byte of MDPriceLevel.
    pub const MD_PRICE_LEVEL_AT: usize = 18;
    /// First byte of NumberOfOrders.
    pub const NUMBER_OF_ORDERS_AT: usize = 20;
    /// First byte of NoOrders.
    pub const NO_ORDERS_AT: usize = 28;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            md_entry_type: get(bytes, Self::MD_ENTRY_TYPE_AT),
            md_entry_px: PxE6(i64_at(bytes, Self::MD_ENTRY_PX_AT)),
            md_entry_size: QtyE2(i64_at(bytes, Self::MD_ENTRY_SIZE_AT)),
            md_price_level: u16_at(bytes, Self::MD_PRICE_LEVEL_AT),
            number_of_orders: i64_at(bytes, Self::NUMBER_OF_ORDERS_AT),
            no_orders: u32_at(bytes, Self::NO_ORDERS_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MD_ENTRY_TYPE_AT, self.md_entry_type);
        put_i64(bytes, Self::MD_ENTRY_PX_AT, self.md_entry_px.0);
        put_i64(bytes, Self::MD_ENTRY_SIZE_AT, self.md_entry_size.0);
        put_u16(bytes, Self::MD_PRICE_LEVEL_AT, self.md_price_level);
        put_i64(bytes, Self::NUMBER_OF_ORDERS_AT, self.number_of_orders);
        put_u32(bytes, Self::NO_ORDERS_AT, self.no_orders);
    }
}

impl Default for AuctionEntry {
    fn default() -> Self {
        Self {
            md_entry_type: [b' '; 2],
            md_entry_px: PxE6(0),
            md_entry_size: QtyE2(0),
            md_price_level: 0,
            number_of_orders: 0,
            no_orders: 0,
        }
    }
}

/// Part of 300111 Auction snapshot, 300211 Bond snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueItem {
    /// OrderQty: quantity of one order of the queue, first come first.
    pub order_qty: QtyE2,
}

impl QueueItem {
    /// Bytes on the wire.
    pub const LEN: usize = 8;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 0;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self { order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)) }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
    }
}

/// Part of 300191 Auction tick trade or cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuctionTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
}

impl AuctionTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 66;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
    }
}

impl Default for AuctionTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
        }
    }
}

/// Part of 300192 Auction tick order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuctionOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// OrdType: 1 market, 2 limit, U own side best.
    pub ord_type: u8,
}

impl AuctionOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 51;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of OrdType.
    pub const ORD_TYPE_AT: usize = 50;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            ord_type: bytes[Self::ORD_TYPE_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        bytes[Self::ORD_TYPE_AT] = self.ord_type;
    }
}

impl Default for AuctionOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            ord_type: b' ',
        }
    }
}

/// Part of 300211 Bond snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BondPhases {
    /// NoSubTradingPhaseCodes: phases that follow.
    pub no_sub_trading_phase_codes: u32,
}

impl BondPhases {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 4;
    /// First byte of NoSubTradingPhaseCodes.
    pub const NO_SUB_TRADING_PHASE_CODES_AT: usize = 0;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self { no_sub_trading_phase_codes: u32_at(bytes, Self::NO_SUB_TRADING_PHASE_CODES_AT) }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u32(bytes, Self::NO_SUB_TRADING_PHASE_CODES_AT, self.no_sub_trading_phase_codes);
    }
}

/// Part of 300211 Bond snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondPhase {
    /// SubTradingPhaseCode: phase of one trading method.
    pub sub_trading_phase_code: [u8; 8],
    /// TradingType: trading method; see TradingType.
    pub trading_type: u8,
}

impl BondPhase {
    /// Bytes on the wire.
    pub const LEN: usize = 9;
    /// First byte of SubTradingPhaseCode.
    pub const SUB_TRADING_PHASE_CODE_AT: usize = 0;
    /// First byte of TradingType.
    pub const TRADING_TYPE_AT: usize = 8;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            sub_trading_phase_code: get(bytes, Self::SUB_TRADING_PHASE_CODE_AT),
            trading_type: bytes[Self::TRADING_TYPE_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::SUB_TRADING_PHASE_CODE_AT, self.sub_trading_phase_code);
        bytes[Self::TRADING_TYPE_AT] = self.trading_type;
    }
}

impl Default for BondPhase {
    fn default() -> Self {
        Self { sub_trading_phase_code: [b' '; 8], trading_type: 0 }
    }
}

/// Part of 300211 Bond snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BondTotals {
    /// AuctionVolumeTrade: volume traded by matching.
    pub auction_volume_trade: QtyE2,
    /// AuctionValueTrade: value traded by matching.
    pub auction_value_trade: AmtE4,
}

impl BondTotals {
    /// Bytes on the wire.
    pub const LEN: usize = 16;
    /// First byte of AuctionVolumeTrade.
    pub const AUCTION_VOLUME_TRADE_AT: usize = 0;
    /// First byte of AuctionValueTrade.
    pub const AUCTION_VALUE_TRADE_AT: usize = 8;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            auction_volume_trade: QtyE2(i64_at(bytes, Self::AUCTION_VOLUME_TRADE_AT)),
            auction_value_trade: AmtE4(i64_at(bytes, Self::AUCTION_VALUE_TRADE_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::AUCTION_VOLUME_TRADE_AT, self.auction_volume_trade.0);
        put_i64(bytes, Self::AUCTION_VALUE_TRADE_AT, self.auction_value_trade.0);
    }
}

/// Part of 300291 Bond match tick trade or cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
}

impl BondTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 66;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
    }
}

impl Default for BondTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
        }
    }
}

/// Part of 300292 Bond match tick order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// OrdType: 1 market, 2 limit, U own side best.
    pub ord_type: u8,
}

impl BondOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 51;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of OrdType.
    pub const ORD_TYPE_AT: usize = 50;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            ord_type: bytes[Self::ORD_TYPE_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        bytes[Self::ORD_TYPE_AT] = self.ord_type;
    }
}

impl Default for BondOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            ord_type: b' ',
        }
    }
}

/// Part of 300391 Bond negotiated, click or inquiry trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondNegotiatedTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
    /// SettlPeriod: settlement period.
    pub settl_period: u8,
    /// SettlType: settlement method.
    pub settl_type: u16,
}

impl BondNegotiatedTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 69;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;
    /// First byte of SettlPeriod.
    pub const SETTL_PERIOD_AT: usize = 66;
    /// First byte of SettlType.
    pub const SETTL_TYPE_AT: usize = 67;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            settl_period: bytes[Self::SETTL_PERIOD_AT],
            settl_type: u16_at(bytes, Self::SETTL_TYPE_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        bytes[Self::SETTL_PERIOD_AT] = self.settl_period;
        put_u16(bytes, Self::SETTL_TYPE_AT, self.settl_type);
    }
}

impl Default for BondNegotiatedTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
            settl_period: 0,
            settl_type: 0,
        }
    }
}

/// Part of 300392 Bond negotiated or click quote order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondQuoteOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// QuoteID: quote number.
    pub quote_id: [u8; 10],
    /// MemberID: member.
    pub member_id: [u8; 6],
    /// InvestorType: kind of investor.
    pub investor_type: [u8; 2],
    /// InvestorID: investor.
    pub investor_id: [u8; 10],
    /// InvestorName: investor's name.
    pub investor_name: [u8; 120],
    /// TraderCode: trader.
    pub trader_code: [u8; 8],
    /// SettlPeriod: settlement period.
    pub settl_period: u8,
    /// SettlType: settlement method.
    pub settl_type: u16,
    /// Memo: remark.
    pub memo: [u8; 160],
}

impl BondQuoteOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 369;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of QuoteID.
    pub const QUOTE_ID_AT: usize = 50;
    /// First byte of MemberID.
    pub const MEMBER_ID_AT: usize = 60;
    /// First byte of InvestorType.
    pub const INVESTOR_TYPE_AT: usize = 66;
    /// First byte of InvestorID.
    pub const INVESTOR_ID_AT: usize = 68;
    /// First byte of InvestorName.
    pub const INVESTOR_NAME_AT: usize = 78;
    /// First byte of TraderCode.
    pub const TRADER_CODE_AT: usize = 198;
    /// First byte of SettlPeriod.
    pub const SETTL_PERIOD_AT: usize = 206;
    /// First byte of SettlType.
    pub const SETTL_TYPE_AT: usize = 207;
    /// First byte of Memo.
    pub const MEMO_AT: usize = 209;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            quote_id: get(bytes, Self::QUOTE_ID_AT),
            member_id: get(bytes, Self::MEMBER_ID_AT),
            investor_type: get(bytes, Self::INVESTOR_TYPE_AT),
            investor_id: get(bytes, Self::INVESTOR_ID_AT),
            investor_name: get(bytes, Self::INVESTOR_NAME_AT),
            trader_code: get(bytes, Self::TRADER_CODE_AT),
            settl_period: bytes[Self::SETTL_PERIOD_AT],
            settl_type: u16_at(bytes, Self::SETTL_TYPE_AT),
            memo: get(bytes, Self::MEMO_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::QUOTE_ID_AT, self.quote_id);
        put(bytes, Self::MEMBER_ID_AT, self.member_id);
        put(bytes, Self::INVESTOR_TYPE_AT, self.investor_type);
        put(bytes, Self::INVESTOR_ID_AT, self.investor_id);
        put(bytes, Self::INVESTOR_NAME_AT, self.investor_name);
        put(bytes, Self::TRADER_CODE_AT, self.trader_code);
        bytes[Self::SETTL_PERIOD_AT] = self.settl_period;
        put_u16(bytes, Self::SETTL_TYPE_AT, self.settl_type);
        put(bytes, Self::MEMO_AT, self.memo);
    }
}

impl Default for BondQuoteOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            quote_id: [b' '; 10],
            member_id: [b' '; 6],
            investor_type: [b' '; 2],
            investor_id: [b' '; 10],
            investor_name: [b' '; 120],
            trader_code: [b' '; 8],
            settl_period: 0,
            settl_type: 0,
            memo: [b' '; 160],
        }
    }
}

/// Part of 300491 Bond bidding trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondBiddingTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
    /// SettlPeriod: settlement period.
    pub settl_period: u8,
    /// SettlType: settlement method.
    pub settl_type: u16,
    /// SecondaryOrderID: number of the bidding.
    pub secondary_order_id: [u8; 16],
    /// BidExecInstType: way of execution.
    pub bid_exec_inst_type: u16,
    /// MarginPrice: price of the marginal bid.
    pub margin_price: PriceE4,
}

impl BondBiddingTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 95;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;
    /// First byte of SettlPeriod.
    pub const SETTL_PERIOD_AT: usize = 66;
    /// First byte of SettlType.
    pub const SETTL_TYPE_AT: usize = 67;
    /// First byte of SecondaryOrderID.
    pub const SECONDARY_ORDER_ID_AT: usize = 69;
    /// First byte of BidExecInstType.
    pub const BID_EXEC_INST_TYPE_AT: usize = 85;
    /// First byte of MarginPrice.
    pub const MARGIN_PRICE_AT: usize = 87;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            settl_period: bytes[Self::SETTL_PERIOD_AT],
            settl_type: u16_at(bytes, Self::SETTL_TYPE_AT),
            secondary_order_id: get(bytes, Self::SECONDARY_ORDER_ID_AT),
            bid_exec_inst_type: u16_at(bytes, Self::BID_EXEC_INST_TYPE_AT),
            margin_price: PriceE4(i64_at(bytes, Self::MARGIN_PRICE_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        bytes[Self::SETTL_PERIOD_AT] = self.settl_period;
        put_u16(bytes, Self::SETTL_TYPE_AT, self.settl_type);
        put(bytes, Self::SECONDARY_ORDER_ID_AT, self.secondary_order_id);
        put_u16(bytes, Self::BID_EXEC_INST_TYPE_AT, self.bid_exec_inst_type);
        put_i64(bytes, Self::MARGIN_PRICE_AT, self.margin_price.0);
    }
}

impl Default for BondBiddingTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
            settl_period: 0,
            settl_type: 0,
            secondary_order_id: [b' '; 16],
            bid_exec_inst_type: 0,
            margin_price: PriceE4(0),
        }
    }
}

/// Part of 300492 Bond bidding order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BondBiddingOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// MemberID: member.
    pub member_id: [u8; 6],
    /// InvestorType: kind of investor.
    pub investor_type: [u8; 2],
    /// InvestorID: investor.
    pub investor_id: [u8; 10],
    /// InvestorName: investor's name.
    pub investor_name: [u8; 120],
    /// TraderCode: trader.
    pub trader_code: [u8; 8],
    /// SettlPeriod: settlement period.
    pub settl_period: u8,
    /// SettlType: settlement method.
    pub settl_type: u16,
    /// Memo: remark.
    pub memo: [u8; 160],
    /// SecondaryOrderID: number of the bidding.
    pub secondary_order_id: [u8; 16],
    /// BidTransType: kind of bidding.
    pub bid_trans_type: u16,
    /// BidExecInstType: way of execution.
    pub bid_exec_inst_type: u16,
    /// LowLimitPrice: lowest price.
    pub low_limit_price: PriceE4,
    /// HighLimitPrice: highest price.
    pub high_limit_price: PriceE4,
    /// MinQty: least quantity.
    pub min_qty: QtyE2,
    /// TradeDate: trade date.
    pub trade_date: u32,
}

impl BondBiddingOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 407;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of MemberID.
    pub const MEMBER_ID_AT: usize = 50;
    /// First byte of InvestorType.
    pub const INVESTOR_TYPE_AT: usize = 56;
    /// First byte of InvestorID.
    pub const INVESTOR_ID_AT: usize = 58;
    /// First byte of InvestorName.
    pub const INVESTOR_NAME_AT: usize = 68;
    /// First byte of TraderCode.
    pub const TRADER_CODE_AT: usize = 188;
    /// First byte of SettlPeriod.
    pub const SETTL_PERIOD_AT: usize = 196;
    /// First byte of SettlType.
    pub const SETTL_TYPE_AT: usize = 197;
    /// First byte of Memo.
    pub const MEMO_AT: usize = 199;
    /// First byte of SecondaryOrderID.
    pub const SECONDARY_ORDER_ID_AT: usize = 359;
    /// First byte of BidTransType.
    pub const BID_TRANS_TYPE_AT: usize = 375;
    /// First byte of BidExecInstType.
    pub const BID_EXEC_INST_TYPE_AT: usize = 377;
    /// First byte of LowLimitPrice.
    pub const LOW_LIMIT_PRICE_AT: usize = 379;
    /// First byte of HighLimitPrice.
    pub const HIGH_LIMIT_PRICE_AT: usize = 387;
    /// First byte of MinQty.
    pub const MIN_QTY_AT: usize = 395;
    /// First byte of TradeDate.
    pub const TRADE_DATE_AT: usize = 403;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            member_id: get(bytes, Self::MEMBER_ID_AT),
            investor_type: get(bytes, Self::INVESTOR_TYPE_AT),
            investor_id: get(bytes, Self::INVESTOR_ID_AT),
            investor_name: get(bytes, Self::INVESTOR_NAME_AT),
            trader_code: get(bytes, Self::TRADER_CODE_AT),
            settl_period: bytes[Self::SETTL_PERIOD_AT],
            settl_type: u16_at(bytes, Self::SETTL_TYPE_AT),
            memo: get(bytes, Self::MEMO_AT),
            secondary_order_id: get(bytes, Self::SECONDARY_ORDER_ID_AT),
            bid_trans_type: u16_at(bytes, Self::BID_TRANS_TYPE_AT),
            bid_exec_inst_type: u16_at(bytes, Self::BID_EXEC_INST_TYPE_AT),
            low_limit_price: PriceE4(i64_at(bytes, Self::LOW_LIMIT_PRICE_AT)),
            high_limit_price: PriceE4(i64_at(bytes, Self::HIGH_LIMIT_PRICE_AT)),
            min_qty: QtyE2(i64_at(bytes, Self::MIN_QTY_AT)),
            trade_date: u32_at(bytes, Self::TRADE_DATE_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::MEMBER_ID_AT, self.member_id);
        put(bytes, Self::INVESTOR_TYPE_AT, self.investor_type);
        put(bytes, Self::INVESTOR_ID_AT, self.investor_id);
        put(bytes, Self::INVESTOR_NAME_AT, self.investor_name);
        put(bytes, Self::TRADER_CODE_AT, self.trader_code);
        bytes[Self::SETTL_PERIOD_AT] = self.settl_period;
        put_u16(bytes, Self::SETTL_TYPE_AT, self.settl_type);
        put(bytes, Self::MEMO_AT, self.memo);
        put(bytes, Self::SECONDARY_ORDER_ID_AT, self.secondary_order_id);
        put_u16(bytes, Self::BID_TRANS_TYPE_AT, self.bid_trans_type);
        put_u16(bytes, Self::BID_EXEC_INST_TYPE_AT, self.bid_exec_inst_type);
        put_i64(bytes, Self::LOW_LIMIT_PRICE_AT, self.low_limit_price.0);
        put_i64(bytes, Self::HIGH_LIMIT_PRICE_AT, self.high_limit_price.0);
        put_i64(bytes, Self::MIN_QTY_AT, self.min_qty.0);
        put_u32(bytes, Self::TRADE_DATE_AT, self.trade_date);
    }
}

impl Default for BondBiddingOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            member_id: [b' '; 6],
            investor_type: [b' '; 2],
            investor_id: [b' '; 10],
            investor_name: [b' '; 120],
            trader_code: [b' '; 8],
            settl_period: 0,
            settl_type: 0,
            memo: [b' '; 160],
            secondary_order_id: [b' '; 16],
            bid_trans_type: 0,
            bid_exec_inst_type: 0,
            low_limit_price: PriceE4(0),
            high_limit_price: PriceE4(0),
            min_qty: QtyE2(0),
            trade_date: 0,
        }
    }
}

/// Part of 300591 Agreement trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreementTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
}

impl AgreementTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 66;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
    }
}

impl Default for AgreementTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
        }
    }
}

/// Part of 300592 Agreement order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreementOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// ConfirmID: number of the agreement.
    pub confirm_id: [u8; 8],
    /// Contactor: contact person.
    pub contactor: [u8; 12],
    /// ContactInfo: how to reach the contact person.
    pub contact_info: [u8; 30],
}

impl AgreementOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 100;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of ConfirmID.
    pub const CONFIRM_ID_AT: usize = 50;
    /// First byte of Contactor.
    pub const CONTACTOR_AT: usize = 58;
    /// First byte of ContactInfo.
    pub const CONTACT_INFO_AT: usize = 70;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            confirm_id: get(bytes, Self::CONFIRM_ID_AT),
            contactor: get(bytes, Self::CONTACTOR_AT),
            contact_info: get(bytes, Self::CONTACT_INFO_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put(bytes, Self::CONFIRM_ID_AT, self.confirm_id);
        put(bytes, Self::CONTACTOR_AT, self.contactor);
        put(bytes, Self::CONTACT_INFO_AT, self.contact_info);
    }
}

impl Default for AgreementOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            confirm_id: [b' '; 8],
            contactor: [b' '; 12],
            contact_info: [b' '; 30],
        }
    }
}

/// Part of 300611 After-hours block pricing snapshot, 303711 After-hours fixed-price snapshot (ChiNext).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterHoursEntry {
    /// MDEntryType: 0 bid, 1 offer.
    pub md_entry_type: [u8; 2],
    /// MDEntryPx: price.
    pub md_entry_px: PxE6,
    /// MDEntrySize: quantity.
    pub md_entry_size: QtyE2,
}

impl AfterHoursEntry {
    /// Bytes on the wire.
    pub const LEN: usize = 18;
    /// First byte of MDEntryType.
    pub const MD_ENTRY_TYPE_AT: usize = 0;
    /// First byte of MDEntryPx.
    pub const MD_ENTRY_PX_AT: usize = 2;
    /// First byte of MDEntrySize.
    pub const MD_ENTRY_SIZE_AT: usize = 10;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            md_entry_type: get(bytes, Self::MD_ENTRY_TYPE_AT),
            md_entry_px: PxE6(i64_at(bytes, Self::MD_ENTRY_PX_AT)),
            md_entry_size: QtyE2(i64_at(bytes, Self::MD_ENTRY_SIZE_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MD_ENTRY_TYPE_AT, self.md_entry_type);
        put_i64(bytes, Self::MD_ENTRY_PX_AT, self.md_entry_px.0);
        put_i64(bytes, Self::MD_ENTRY_SIZE_AT, self.md_entry_size.0);
    }
}

impl Default for AfterHoursEntry {
    fn default() -> Self {
        Self { md_entry_type: [b' '; 2], md_entry_px: PxE6(0), md_entry_size: QtyE2(0) }
    }
}

/// Part of 300791 Refinancing (securities lending) trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefinancingTrade {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// BidApplSeqNum: number of the buy order; 0 none.
    pub bid_appl_seq_num: i64,
    /// OfferApplSeqNum: number of the sell order; 0 none.
    pub offer_appl_seq_num: i64,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// LastPx: price; 0 in a cancel.
    pub last_px: PriceE4,
    /// LastQty: quantity traded or cancelled.
    pub last_qty: QtyE2,
    /// ExecType: F trade, 4 cancel.
    pub exec_type: u8,
    /// TransactTime: time of the trade.
    pub transact_time: Timestamp,
}

impl RefinancingTrade {
    /// Bytes on the wire.
    pub const LEN: usize = 66;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of BidApplSeqNum.
    pub const BID_APPL_SEQ_NUM_AT: usize = 13;
    /// First byte of OfferApplSeqNum.
    pub const OFFER_APPL_SEQ_NUM_AT: usize = 21;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 29;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 37;
    /// First byte of LastPx.
    pub const LAST_PX_AT: usize = 41;
    /// First byte of LastQty.
    pub const LAST_QTY_AT: usize = 49;
    /// First byte of ExecType.
    pub const EXEC_TYPE_AT: usize = 57;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 58;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            bid_appl_seq_num: i64_at(bytes, Self::BID_APPL_SEQ_NUM_AT),
            offer_appl_seq_num: i64_at(bytes, Self::OFFER_APPL_SEQ_NUM_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            last_px: PriceE4(i64_at(bytes, Self::LAST_PX_AT)),
            last_qty: QtyE2(i64_at(bytes, Self::LAST_QTY_AT)),
            exec_type: bytes[Self::EXEC_TYPE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_i64(bytes, Self::BID_APPL_SEQ_NUM_AT, self.bid_appl_seq_num);
        put_i64(bytes, Self::OFFER_APPL_SEQ_NUM_AT, self.offer_appl_seq_num);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::LAST_PX_AT, self.last_px.0);
        put_i64(bytes, Self::LAST_QTY_AT, self.last_qty.0);
        bytes[Self::EXEC_TYPE_AT] = self.exec_type;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
    }
}

impl Default for RefinancingTrade {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            bid_appl_seq_num: 0,
            offer_appl_seq_num: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            last_px: PriceE4(0),
            last_qty: QtyE2(0),
            exec_type: b' ',
            transact_time: Timestamp(0),
        }
    }
}

/// Part of 300792 Refinancing (securities lending) order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefinancingOrder {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplSeqNum: number in the channel, from 1, without a gap.
    pub appl_seq_num: i64,
    /// MDStreamID: stream, three digits such as 011.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen.
    pub security_id_source: [u8; 4],
    /// Price: price; without meaning in market and own-best orders.
    pub price: PriceE4,
    /// OrderQty: quantity.
    pub order_qty: QtyE2,
    /// Side: 1 buy, 2 sell, G borrow, F lend.
    pub side: u8,
    /// TransactTime: time of the order.
    pub transact_time: Timestamp,
    /// ExpirationDays: term in days.
    pub expiration_days: u16,
    /// ExpirationType: 1 fixed term.
    pub expiration_type: u8,
}

impl RefinancingOrder {
    /// Bytes on the wire.
    pub const LEN: usize = 53;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplSeqNum.
    pub const APPL_SEQ_NUM_AT: usize = 2;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of Price.
    pub const PRICE_AT: usize = 25;
    /// First byte of OrderQty.
    pub const ORDER_QTY_AT: usize = 33;
    /// First byte of Side.
    pub const SIDE_AT: usize = 41;
    /// First byte of TransactTime.
    pub const TRANSACT_TIME_AT: usize = 42;
    /// First byte of ExpirationDays.
    pub const EXPIRATION_DAYS_AT: usize = 50;
    /// First byte of ExpirationType.
    pub const EXPIRATION_TYPE_AT: usize = 52;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_seq_num: i64_at(bytes, Self::APPL_SEQ_NUM_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            price: PriceE4(i64_at(bytes, Self::PRICE_AT)),
            order_qty: QtyE2(i64_at(bytes, Self::ORDER_QTY_AT)),
            side: bytes[Self::SIDE_AT],
            transact_time: Timestamp(i64_at(bytes, Self::TRANSACT_TIME_AT)),
            expiration_days: u16_at(bytes, Self::EXPIRATION_DAYS_AT),
            expiration_type: bytes[Self::EXPIRATION_TYPE_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_SEQ_NUM_AT, self.appl_seq_num);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put_i64(bytes, Self::PRICE_AT, self.price.0);
        put_i64(bytes, Self::ORDER_QTY_AT, self.order_qty.0);
        bytes[Self::SIDE_AT] = self.side;
        put_i64(bytes, Self::TRANSACT_TIME_AT, self.transact_time.0);
        put_u16(bytes, Self::EXPIRATION_DAYS_AT, self.expiration_days);
        bytes[Self::EXPIRATION_TYPE_AT] = self.expiration_type;
    }
}

impl Default for RefinancingOrder {
    fn default() -> Self {
        Self {
            channel_no: 0,
            appl_seq_num: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            price: PriceE4(0),
            order_qty: QtyE2(0),
            side: b' ',
            transact_time: Timestamp(0),
            expiration_days: 0,
            expiration_type: 0,
        }
    }
}

/// Part of 306311 Hong Kong Connect snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HkEntry {
    /// MDEntryType: what the entry is; see MDEntryType.
    pub md_entry_type: [u8; 2],
    /// MDEntryPx: price in HKD.
    pub md_entry_px: PxE6,
    /// MDEntrySize: quantity.
    pub md_entry_size: QtyE2,
    /// MDPriceLevel: price level; 0 where there is no book.
    pub md_price_level: u16,
}

impl HkEntry {
    /// Bytes on the wire.
    pub const LEN: usize = 20;
    /// First byte of MDEntryType.
    pub const MD_ENTRY_TYPE_AT: usize = 0;
    /// First byte of MDEntryPx.
    pub const MD_ENTRY_PX_AT: usize = 2;
    /// First byte of MDEntrySize.
    pub const MD_ENTRY_SIZE_AT: usize = 10;
    /// First byte of MDPriceLevel.
    pub const MD_PRICE_LEVEL_AT: usize = 18;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            md_entry_type: get(bytes, Self::MD_ENTRY_TYPE_AT),
            md_entry_px: PxE6(i64_at(bytes, Self::MD_ENTRY_PX_AT)),
            md_entry_size: QtyE2(i64_at(bytes, Self::MD_ENTRY_SIZE_AT)),
            md_price_level: u16_at(bytes, Self::MD_PRICE_LEVEL_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MD_ENTRY_TYPE_AT, self.md_entry_type);
        put_i64(bytes, Self::MD_ENTRY_PX_AT, self.md_entry_px.0);
        put_i64(bytes, Self::MD_ENTRY_SIZE_AT, self.md_entry_size.0);
        put_u16(bytes, Self::MD_PRICE_LEVEL_AT, self.md_price_level);
    }
}

impl Default for HkEntry {
    fn default() -> Self {
        Self {
            md_entry_type: [b' '; 2],
            md_entry_px: PxE6(0),
            md_entry_size: QtyE2(0),
            md_price_level: 0,
        }
    }
}

/// Part of 306311 Hong Kong Connect snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HkEvents {
    /// NoComplexEventTimes: cooling-off periods that follow.
    pub no_complex_event_times: u32,
}

impl HkEvents {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 4;
    /// First byte of NoComplexEventTimes.
    pub const NO_COMPLEX_EVENT_TIMES_AT: usize = 0;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self { no_complex_event_times: u32_at(bytes, Self::NO_COMPLEX_EVENT_TIMES_AT) }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u32(bytes, Self::NO_COMPLEX_EVENT_TIMES_AT, self.no_complex_event_times);
    }
}

/// Part of 306311 Hong Kong Connect snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HkEvent {
    /// ComplexEventStartTime: start of the cooling-off period.
    pub complex_event_start_time: Timestamp,
    /// ComplexEventEndTime: end of the cooling-off period.
    pub complex_event_end_time: Timestamp,
}

impl HkEvent {
    /// Bytes on the wire.
    pub const LEN: usize = 16;
    /// First byte of ComplexEventStartTime.
    pub const COMPLEX_EVENT_START_TIME_AT: usize = 0;
    /// First byte of ComplexEventEndTime.
    pub const COMPLEX_EVENT_END_TIME_AT: usize = 8;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            complex_event_start_time: Timestamp(i64_at(bytes, Self::COMPLEX_EVENT_START_TIME_AT)),
            complex_event_end_time: Timestamp(i64_at(bytes, Self::COMPLEX_EVENT_END_TIME_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::COMPLEX_EVENT_START_TIME_AT, self.complex_event_start_time.0);
        put_i64(bytes, Self::COMPLEX_EVENT_END_TIME_AT, self.complex_event_end_time.0);
    }
}

/// Part of 309011 Index snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// MDEntryType: 3 current, xa previous close, xb open, xc high, xd low.
    pub md_entry_type: [u8; 2],
    /// MDEntryPx: index value in points.
    pub md_entry_px: PxE6,
}

impl IndexEntry {
    /// Bytes on the wire.
    pub const LEN: usize = 10;
    /// First byte of MDEntryType.
    pub const MD_ENTRY_TYPE_AT: usize = 0;
    /// First byte of MDEntryPx.
    pub const MD_ENTRY_PX_AT: usize = 2;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            md_entry_type: get(bytes, Self::MD_ENTRY_TYPE_AT),
            md_entry_px: PxE6(i64_at(bytes, Self::MD_ENTRY_PX_AT)),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MD_ENTRY_TYPE_AT, self.md_entry_type);
        put_i64(bytes, Self::MD_ENTRY_PX_AT, self.md_entry_px.0);
    }
}

impl Default for IndexEntry {
    fn default() -> Self {
        Self { md_entry_type: [b' '; 2], md_entry_px: PxE6(0) }
    }
}

/// Part of 309111 Volume statistics snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeStatistics {
    /// OrigTime: time of the snapshot.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// MDStreamID: stream, three digits such as 010.
    pub md_stream_id: [u8; 3],
    /// SecurityID: security or index code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen, 103 Hong Kong.
    pub security_id_source: [u8; 4],
    /// TradingPhaseCode: phase and, in the second place, 1 when suspended.
    pub trading_phase_code: [u8; 8],
    /// PrevClosePx: previous close.
    pub prev_close_px: PriceE4,
    /// NumTrades: number of trades.
    pub num_trades: i64,
    /// TotalVolumeTrade: volume traded.
    pub total_volume_trade: QtyE2,
    /// TotalValueTrade: value traded.
    pub total_value_trade: AmtE4,
    /// StockNum: securities that are counted.
    pub stock_num: u32,
}

impl VolumeStatistics {
    /// Bytes on the wire.
    pub const LEN: usize = 69;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 10;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 13;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 21;
    /// First byte of TradingPhaseCode.
    pub const TRADING_PHASE_CODE_AT: usize = 25;
    /// First byte of PrevClosePx.
    pub const PREV_CLOSE_PX_AT: usize = 33;
    /// First byte of NumTrades.
    pub const NUM_TRADES_AT: usize = 41;
    /// First byte of TotalVolumeTrade.
    pub const TOTAL_VOLUME_TRADE_AT: usize = 49;
    /// First byte of TotalValueTrade.
    pub const TOTAL_VALUE_TRADE_AT: usize = 57;
    /// First byte of StockNum.
    pub const STOCK_NUM_AT: usize = 65;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            trading_phase_code: get(bytes, Self::TRADING_PHASE_CODE_AT),
            prev_close_px: PriceE4(i64_at(bytes, Self::PREV_CLOSE_PX_AT)),
            num_trades: i64_at(bytes, Self::NUM_TRADES_AT),
            total_volume_trade: QtyE2(i64_at(bytes, Self::TOTAL_VOLUME_TRADE_AT)),
            total_value_trade: AmtE4(i64_at(bytes, Self::TOTAL_VALUE_TRADE_AT)),
            stock_num: u32_at(bytes, Self::STOCK_NUM_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put(bytes, Self::TRADING_PHASE_CODE_AT, self.trading_phase_code);
        put_i64(bytes, Self::PREV_CLOSE_PX_AT, self.prev_close_px.0);
        put_i64(bytes, Self::NUM_TRADES_AT, self.num_trades);
        put_i64(bytes, Self::TOTAL_VOLUME_TRADE_AT, self.total_volume_trade.0);
        put_i64(bytes, Self::TOTAL_VALUE_TRADE_AT, self.total_value_trade.0);
        put_u32(bytes, Self::STOCK_NUM_AT, self.stock_num);
    }
}

impl Default for VolumeStatistics {
    fn default() -> Self {
        Self {
            orig_time: Timestamp(0),
            channel_no: 0,
            md_stream_id: [b' '; 3],
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            trading_phase_code: [b' '; 8],
            prev_close_px: PriceE4(0),
            num_trades: 0,
            total_volume_trade: QtyE2(0),
            total_value_trade: AmtE4(0),
            stock_num: 0,
        }
    }
}

/// Part of 390012 Announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// OrigTime: time of the announcement.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// NewsID: number of the announcement.
    pub news_id: [u8; 8],
    /// Headline: headline.
    pub headline: [u8; 128],
    /// RawDataFormat: file type, such as txt or pdf.
    pub raw_data_format: [u8; 8],
    /// RawDataLength: bytes that follow.
    pub raw_data_length: u32,
}

impl Announcement {
    /// Bytes on the wire, the data that follows not counted.
    pub const LEN: usize = 158;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of NewsID.
    pub const NEWS_ID_AT: usize = 10;
    /// First byte of Headline.
    pub const HEADLINE_AT: usize = 18;
    /// First byte of RawDataFormat.
    pub const RAW_DATA_FORMAT_AT: usize = 146;
    /// First byte of RawDataLength.
    pub const RAW_DATA_LENGTH_AT: usize = 154;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            news_id: get(bytes, Self::NEWS_ID_AT),
            headline: get(bytes, Self::HEADLINE_AT),
            raw_data_format: get(bytes, Self::RAW_DATA_FORMAT_AT),
            raw_data_length: u32_at(bytes, Self::RAW_DATA_LENGTH_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put(bytes, Self::NEWS_ID_AT, self.news_id);
        put(bytes, Self::HEADLINE_AT, self.headline);
        put(bytes, Self::RAW_DATA_FORMAT_AT, self.raw_data_format);
        put_u32(bytes, Self::RAW_DATA_LENGTH_AT, self.raw_data_length);
    }
}

impl Default for Announcement {
    fn default() -> Self {
        Self {
            orig_time: Timestamp(0),
            channel_no: 0,
            news_id: [b' '; 8],
            headline: [b' '; 128],
            raw_data_format: [b' '; 8],
            raw_data_length: 0,
        }
    }
}

/// Part of 390013 Security status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityStatus {
    /// OrigTime: time of the status.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// SecurityID: security code.
    pub security_id: [u8; 8],
    /// SecurityIDSource: 102 Shenzhen, 103 Hong Kong.
    pub security_id_source: [u8; 4],
    /// FinancialStatus: letters: A disclosure reminder, B risk reminder.
    pub financial_status: [u8; 8],
    /// NoSwitch: switches that follow.
    pub no_switch: u32,
}

impl SecurityStatus {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 34;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of SecurityID.
    pub const SECURITY_ID_AT: usize = 10;
    /// First byte of SecurityIDSource.
    pub const SECURITY_ID_SOURCE_AT: usize = 18;
    /// First byte of FinancialStatus.
    pub const FINANCIAL_STATUS_AT: usize = 22;
    /// First byte of NoSwitch.
    pub const NO_SWITCH_AT: usize = 30;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            security_id: get(bytes, Self::SECURITY_ID_AT),
            security_id_source: get(bytes, Self::SECURITY_ID_SOURCE_AT),
            financial_status: get(bytes, Self::FINANCIAL_STATUS_AT),
            no_switch: u32_at(bytes, Self::NO_SWITCH_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put(bytes, Self::SECURITY_ID_AT, self.security_id);
        put(bytes, Self::SECURITY_ID_SOURCE_AT, self.security_id_source);
        put(bytes, Self::FINANCIAL_STATUS_AT, self.financial_status);
        put_u32(bytes, Self::NO_SWITCH_AT, self.no_switch);
    }
}

impl Default for SecurityStatus {
    fn default() -> Self {
        Self {
            orig_time: Timestamp(0),
            channel_no: 0,
            security_id: [b' '; 8],
            security_id_source: [b' '; 4],
            financial_status: [b' '; 8],
            no_switch: 0,
        }
    }
}

/// Part of 390013 Security status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecuritySwitch {
    /// SecuritySwitchType: business; see SecuritySwitchType.
    pub security_switch_type: u16,
    /// SecuritySwitchStatus: 1 open, 0 closed.
    pub security_switch_status: u16,
}

impl SecuritySwitch {
    /// Bytes on the wire.
    pub const LEN: usize = 4;
    /// First byte of SecuritySwitchType.
    pub const SECURITY_SWITCH_TYPE_AT: usize = 0;
    /// First byte of SecuritySwitchStatus.
    pub const SECURITY_SWITCH_STATUS_AT: usize = 2;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            security_switch_type: u16_at(bytes, Self::SECURITY_SWITCH_TYPE_AT),
            security_switch_status: u16_at(bytes, Self::SECURITY_SWITCH_STATUS_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::SECURITY_SWITCH_TYPE_AT, self.security_switch_type);
        put_u16(bytes, Self::SECURITY_SWITCH_STATUS_AT, self.security_switch_status);
    }
}

/// Part of 390019 Market status (Hong Kong Connect quota).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketStatus {
    /// OrigTime: time of the status.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// MarketID: market.
    pub market_id: [u8; 8],
    /// MarketSegmentID: segment of the market.
    pub market_segment_id: [u8; 8],
    /// TradingSessionID: session.
    pub trading_session_id: [u8; 4],
    /// TradingSessionSubID: part of the session.
    pub trading_session_sub_id: [u8; 4],
    /// TradSesStatus: status of the session.
    pub trad_ses_status: u16,
    /// TradSesStartTime: start of the session.
    pub trad_ses_start_time: Timestamp,
    /// TradSesEndTime: end of the session.
    pub trad_ses_end_time: Timestamp,
    /// ThresholdAmount: quota of the day.
    pub threshold_amount: AmtE4,
    /// PosAmt: quota that is left.
    pub pos_amt: AmtE4,
    /// AmountStatus: 1 exhausted, 2 available (values from memory).
    pub amount_status: u8,
}

impl MarketStatus {
    /// Bytes on the wire.
    pub const LEN: usize = 69;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of MarketID.
    pub const MARKET_ID_AT: usize = 10;
    /// First byte of MarketSegmentID.
    pub const MARKET_SEGMENT_ID_AT: usize = 18;
    /// First byte of TradingSessionID.
    pub const TRADING_SESSION_ID_AT: usize = 26;
    /// First byte of TradingSessionSubID.
    pub const TRADING_SESSION_SUB_ID_AT: usize = 30;
    /// First byte of TradSesStatus.
    pub const TRAD_SES_STATUS_AT: usize = 34;
    /// First byte of TradSesStartTime.
    pub const TRAD_SES_START_TIME_AT: usize = 36;
    /// First byte of TradSesEndTime.
    pub const TRAD_SES_END_TIME_AT: usize = 44;
    /// First byte of ThresholdAmount.
    pub const THRESHOLD_AMOUNT_AT: usize = 52;
    /// First byte of PosAmt.
    pub const POS_AMT_AT: usize = 60;
    /// First byte of AmountStatus.
    pub const AMOUNT_STATUS_AT: usize = 68;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            market_id: get(bytes, Self::MARKET_ID_AT),
            market_segment_id: get(bytes, Self::MARKET_SEGMENT_ID_AT),
            trading_session_id: get(bytes, Self::TRADING_SESSION_ID_AT),
            trading_session_sub_id: get(bytes, Self::TRADING_SESSION_SUB_ID_AT),
            trad_ses_status: u16_at(bytes, Self::TRAD_SES_STATUS_AT),
            trad_ses_start_time: Timestamp(i64_at(bytes, Self::TRAD_SES_START_TIME_AT)),
            trad_ses_end_time: Timestamp(i64_at(bytes, Self::TRAD_SES_END_TIME_AT)),
            threshold_amount: AmtE4(i64_at(bytes, Self::THRESHOLD_AMOUNT_AT)),
            pos_amt: AmtE4(i64_at(bytes, Self::POS_AMT_AT)),
            amount_status: bytes[Self::AMOUNT_STATUS_AT],
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put(bytes, Self::MARKET_ID_AT, self.market_id);
        put(bytes, Self::MARKET_SEGMENT_ID_AT, self.market_segment_id);
        put(bytes, Self::TRADING_SESSION_ID_AT, self.trading_session_id);
        put(bytes, Self::TRADING_SESSION_SUB_ID_AT, self.trading_session_sub_id);
        put_u16(bytes, Self::TRAD_SES_STATUS_AT, self.trad_ses_status);
        put_i64(bytes, Self::TRAD_SES_START_TIME_AT, self.trad_ses_start_time.0);
        put_i64(bytes, Self::TRAD_SES_END_TIME_AT, self.trad_ses_end_time.0);
        put_i64(bytes, Self::THRESHOLD_AMOUNT_AT, self.threshold_amount.0);
        put_i64(bytes, Self::POS_AMT_AT, self.pos_amt.0);
        bytes[Self::AMOUNT_STATUS_AT] = self.amount_status;
    }
}

impl Default for MarketStatus {
    fn default() -> Self {
        Self {
            orig_time: Timestamp(0),
            channel_no: 0,
            market_id: [b' '; 8],
            market_segment_id: [b' '; 8],
            trading_session_id: [b' '; 4],
            trading_session_sub_id: [b' '; 4],
            trad_ses_status: 0,
            trad_ses_start_time: Timestamp(0),
            trad_ses_end_time: Timestamp(0),
            threshold_amount: AmtE4(0),
            pos_amt: AmtE4(0),
            amount_status: b' ',
        }
    }
}

/// Part of 390090 Snapshot channel statistics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelStatistics {
    /// OrigTime: time of the count.
    pub orig_time: Timestamp,
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// NoMDStreamID: streams that follow.
    pub no_md_stream_id: u32,
}

impl ChannelStatistics {
    /// Bytes on the wire, the group that follows not counted.
    pub const LEN: usize = 14;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 8;
    /// First byte of NoMDStreamID.
    pub const NO_MD_STREAM_ID_AT: usize = 10;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            no_md_stream_id: u32_at(bytes, Self::NO_MD_STREAM_ID_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_u32(bytes, Self::NO_MD_STREAM_ID_AT, self.no_md_stream_id);
    }
}

/// Part of 390090 Snapshot channel statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelStream {
    /// MDStreamID: stream, three digits such as 010.
    pub md_stream_id: [u8; 3],
    /// StockNum: securities of the stream.
    pub stock_num: u32,
    /// TradingPhaseCode: first place T trading, E closed.
    pub trading_phase_code: [u8; 8],
}

impl ChannelStream {
    /// Bytes on the wire.
    pub const LEN: usize = 15;
    /// First byte of MDStreamID.
    pub const MD_STREAM_ID_AT: usize = 0;
    /// First byte of StockNum.
    pub const STOCK_NUM_AT: usize = 3;
    /// First byte of TradingPhaseCode.
    pub const TRADING_PHASE_CODE_AT: usize = 7;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            md_stream_id: get(bytes, Self::MD_STREAM_ID_AT),
            stock_num: u32_at(bytes, Self::STOCK_NUM_AT),
            trading_phase_code: get(bytes, Self::TRADING_PHASE_CODE_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put(bytes, Self::MD_STREAM_ID_AT, self.md_stream_id);
        put_u32(bytes, Self::STOCK_NUM_AT, self.stock_num);
        put(bytes, Self::TRADING_PHASE_CODE_AT, self.trading_phase_code);
    }
}

impl Default for ChannelStream {
    fn default() -> Self {
        Self { md_stream_id: [b' '; 3], stock_num: 0, trading_phase_code: [b' '; 8] }
    }
}

/// Part of 390093 User information report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserInfoReport {
    /// OrigTime: time of the report.
    pub orig_time: Timestamp,
    /// VersionCode: version of the client.
    pub version_code: [u8; 16],
    /// UserNum: number of users.
    pub user_num: u16,
}

impl UserInfoReport {
    /// Bytes on the wire.
    pub const LEN: usize = 26;
    /// First byte of OrigTime.
    pub const ORIG_TIME_AT: usize = 0;
    /// First byte of VersionCode.
    pub const VERSION_CODE_AT: usize = 8;
    /// First byte of UserNum.
    pub const USER_NUM_AT: usize = 24;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            orig_time: Timestamp(i64_at(bytes, Self::ORIG_TIME_AT)),
            version_code: get(bytes, Self::VERSION_CODE_AT),
            user_num: u16_at(bytes, Self::USER_NUM_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_i64(bytes, Self::ORIG_TIME_AT, self.orig_time.0);
        put(bytes, Self::VERSION_CODE_AT, self.version_code);
        put_u16(bytes, Self::USER_NUM_AT, self.user_num);
    }
}

impl Default for UserInfoReport {
    fn default() -> Self {
        Self { orig_time: Timestamp(0), version_code: [b' '; 16], user_num: 0 }
    }
}

/// Part of 390094 Resend request and response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resend {
    /// ResendType: 1 tick data, 2 announcements.
    pub resend_type: u8,
    /// ChannelNo: channel, for tick data.
    pub channel_no: u16,
    /// ApplBegSeqNum: first number wanted.
    pub appl_beg_seq_num: i64,
    /// ApplEndSeqNum: last number wanted; 0 the newest held.
    pub appl_end_seq_num: i64,
    /// NewsID: announcement wanted; blank asks for the list.
    pub news_id: [u8; 8],
    /// ResendStatus: response: 1 complete, 2 partial, 3 no right, 4 no data.
    pub resend_status: u8,
    /// RejectText: reason in words.
    pub reject_text: [u8; 16],
}

impl Resend {
    /// Bytes on the wire.
    pub const LEN: usize = 44;
    /// First byte of ResendType.
    pub const RESEND_TYPE_AT: usize = 0;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 1;
    /// First byte of ApplBegSeqNum.
    pub const APPL_BEG_SEQ_NUM_AT: usize = 3;
    /// First byte of ApplEndSeqNum.
    pub const APPL_END_SEQ_NUM_AT: usize = 11;
    /// First byte of NewsID.
    pub const NEWS_ID_AT: usize = 19;
    /// First byte of ResendStatus.
    pub const RESEND_STATUS_AT: usize = 27;
    /// First byte of RejectText.
    pub const REJECT_TEXT_AT: usize = 28;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            resend_type: bytes[Self::RESEND_TYPE_AT],
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_beg_seq_num: i64_at(bytes, Self::APPL_BEG_SEQ_NUM_AT),
            appl_end_seq_num: i64_at(bytes, Self::APPL_END_SEQ_NUM_AT),
            news_id: get(bytes, Self::NEWS_ID_AT),
            resend_status: bytes[Self::RESEND_STATUS_AT],
            reject_text: get(bytes, Self::REJECT_TEXT_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        bytes[Self::RESEND_TYPE_AT] = self.resend_type;
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_BEG_SEQ_NUM_AT, self.appl_beg_seq_num);
        put_i64(bytes, Self::APPL_END_SEQ_NUM_AT, self.appl_end_seq_num);
        put(bytes, Self::NEWS_ID_AT, self.news_id);
        bytes[Self::RESEND_STATUS_AT] = self.resend_status;
        put(bytes, Self::REJECT_TEXT_AT, self.reject_text);
    }
}

impl Default for Resend {
    fn default() -> Self {
        Self {
            resend_type: 0,
            channel_no: 0,
            appl_beg_seq_num: 0,
            appl_end_seq_num: 0,
            news_id: [b' '; 8],
            resend_status: 0,
            reject_text: [b' '; 16],
        }
    }
}

/// Part of 390095 Channel heartbeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelHeartbeat {
    /// ChannelNo: channel.
    pub channel_no: u16,
    /// ApplLastSeqNum: last number sent on the channel.
    pub appl_last_seq_num: i64,
    /// EndOfChannel: 1 when the channel has ended for the day.
    pub end_of_channel: u16,
}

impl ChannelHeartbeat {
    /// Bytes on the wire.
    pub const LEN: usize = 12;
    /// First byte of ChannelNo.
    pub const CHANNEL_NO_AT: usize = 0;
    /// First byte of ApplLastSeqNum.
    pub const APPL_LAST_SEQ_NUM_AT: usize = 2;
    /// First byte of EndOfChannel.
    pub const END_OF_CHANNEL_AT: usize = 10;

    /// Reads the part.
    #[inline]
    pub const fn parse(bytes: &[u8; Self::LEN]) -> Self {
        Self {
            channel_no: u16_at(bytes, Self::CHANNEL_NO_AT),
            appl_last_seq_num: i64_at(bytes, Self::APPL_LAST_SEQ_NUM_AT),
            end_of_channel: u16_at(bytes, Self::END_OF_CHANNEL_AT),
        }
    }

    /// Writes the part.
    #[inline]
    pub fn emit(&self, bytes: &mut [u8; Self::LEN]) {
        put_u16(bytes, Self::CHANNEL_NO_AT, self.channel_no);
        put_i64(bytes, Self::APPL_LAST_SEQ_NUM_AT, self.appl_last_seq_num);
        put_u16(bytes, Self::END_OF_CHANNEL_AT, self.end_of_channel);
    }
}
