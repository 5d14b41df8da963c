//! Market data: snapshots, status and recovery.

use super::{extended, f, flat, grouped};
use crate::msg_type;
use crate::schema::Confidence::{A, B};
use crate::schema::Type::{
    Amt, Bool16, Char, Count, EntryPx, Gbk, I64, Length, Price, Qty, SeqNum, Text, Time, U8, U16,
    U32,
};
use crate::schema::{Field, Interface, Message, Part, Then};

pub(super) const BUSINESS_REJECT: Message = Message {
    msg_type: msg_type::BUSINESS_REJECT,
    name: "BusinessReject",
    title: "Business reject (market data)",
    title_zh: "业务拒绝",
    interface: Interface::MarketData,
    min_body_bytes: 74,
    parts: &[flat(
        "BusinessReject",
        &[
            f("RefSeqNum", 0, 8, SeqNum, A, "sequence number of the refused message"),
            f("RefMsgType", 8, 4, U32, A, "MsgType of the refused message"),
            f("BusinessRejectRefID", 12, 10, Text, A, "identifier in the refused message"),
            f("BusinessRejectReason", 22, 2, U16, A, "reason"),
            f("BusinessRejectText", 24, 50, Gbk, A, "reason in words"),
        ],
    )],
};

/// What every snapshot begins with.
const SNAPSHOT: &[Field] = &[
    f("OrigTime", 0, 8, Time, A, "time of the snapshot"),
    f("ChannelNo", 8, 2, U16, A, "channel"),
    f("MDStreamID", 10, 3, Text, A, "stream, three digits such as 010"),
    f("SecurityID", 13, 8, Text, A, "security or index code"),
    f("SecurityIDSource", 21, 4, Text, A, "102 Shenzhen, 103 Hong Kong"),
    f("TradingPhaseCode", 25, 8, Text, A, "phase and, in the second place, 1 when suspended"),
    f("PrevClosePx", 33, 8, Price, A, "previous close"),
    f("NumTrades", 41, 8, I64, A, "number of trades"),
    f("TotalVolumeTrade", 49, 8, Qty, A, "volume traded"),
    f("TotalValueTrade", 57, 8, Amt, A, "value traded"),
];

const SNAPSHOT_HEAD: &[Field] =
    &extended::<11>(SNAPSHOT, &[f("NoMDEntries", 65, 4, Count, A, "entries that follow")]);

/// The head of a snapshot with entries; the groups differ, the struct is one.
const fn snapshot(entry: &'static [Part]) -> Part {
    grouped("SnapshotHead", SNAPSHOT_HEAD, "MDEntries", entry)
}

const QUEUE: &[Part] = &[flat(
    "QueueItem",
    &[f("OrderQty", 0, 8, Qty, A, "quantity of one order of the queue, first come first")],
)];

const AUCTION_ENTRY: &[Part] = &[grouped(
    "AuctionEntry",
    &[
        f("MDEntryType", 0, 2, Text, A, "what the entry is; see MDEntryType"),
        f("MDEntryPx", 2, 8, EntryPx, A, "price or value; may be negative"),
        f("MDEntrySize", 10, 8, Qty, A, "quantity"),
        f("MDPriceLevel", 18, 2, U16, A, "price level, 1 the best; 0 where there is no book"),
        f("NumberOfOrders", 20, 8, I64, A, "orders at the price; 0 when not disclosed"),
        f("NoOrders", 28, 4, Count, A, "disclosed orders of the queue that follow"),
    ],
    "OrderQtys",
    QUEUE,
)];

pub(super) const AUCTION_SNAPSHOT: Message = Message {
    msg_type: msg_type::AUCTION_SNAPSHOT,
    name: "AuctionSnapshot",
    title: "Auction snapshot",
    title_zh: "集中竞价行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[snapshot(AUCTION_ENTRY)],
};

pub(super) const BOND_SNAPSHOT: Message = Message {
    msg_type: msg_type::BOND_SNAPSHOT,
    name: "BondSnapshot",
    title: "Bond snapshot",
    title_zh: "债券交易行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 89,
    parts: &[
        snapshot(AUCTION_ENTRY),
        grouped(
            "BondPhases",
            &[f("NoSubTradingPhaseCodes", 0, 4, Count, B, "phases that follow")],
            "SubTradingPhaseCodes",
            &[flat(
                "BondPhase",
                &[
                    f("SubTradingPhaseCode", 0, 8, Text, B, "phase of one trading method"),
                    f("TradingType", 8, 1, U8, B, "trading method; see TradingType"),
                ],
            )],
        ),
        flat(
            "BondTotals",
            &[
                f("AuctionVolumeTrade", 0, 8, Qty, B, "volume traded by matching"),
                f("AuctionValueTrade", 8, 8, Amt, B, "value traded by matching"),
            ],
        ),
    ],
};

const AFTER_HOURS_ENTRY: &[Part] = &[flat(
    "AfterHoursEntry",
    &[
        f("MDEntryType", 0, 2, Text, B, "0 bid, 1 offer"),
        f("MDEntryPx", 2, 8, EntryPx, B, "price"),
        f("MDEntrySize", 10, 8, Qty, B, "quantity"),
    ],
)];

pub(super) const BLOCK_SNAPSHOT: Message = Message {
    msg_type: msg_type::BLOCK_SNAPSHOT,
    name: "BlockSnapshot",
    title: "After-hours block pricing snapshot",
    title_zh: "盘后定价大宗交易行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[snapshot(AFTER_HOURS_ENTRY)],
};

pub(super) const FIXED_PRICE_SNAPSHOT: Message = Message {
    msg_type: msg_type::FIXED_PRICE_SNAPSHOT,
    name: "FixedPriceSnapshot",
    title: "After-hours fixed-price snapshot (ChiNext)",
    title_zh: "盘后定价交易行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[snapshot(AFTER_HOURS_ENTRY)],
};

pub(super) const HK_SNAPSHOT: Message = Message {
    msg_type: msg_type::HK_SNAPSHOT,
    name: "HkSnapshot",
    title: "Hong Kong Connect snapshot",
    title_zh: "港股行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 73,
    parts: &[
        snapshot(&[flat(
            "HkEntry",
            &[
                f("MDEntryType", 0, 2, Text, A, "what the entry is; see MDEntryType"),
                f("MDEntryPx", 2, 8, EntryPx, A, "price in HKD"),
                f("MDEntrySize", 10, 8, Qty, A, "quantity"),
                f("MDPriceLevel", 18, 2, U16, A, "price level; 0 where there is no book"),
            ],
        )]),
        grouped(
            "HkEvents",
            &[f("NoComplexEventTimes", 0, 4, Count, A, "cooling-off periods that follow")],
            "ComplexEventTimes",
            &[flat(
                "HkEvent",
                &[
                    f("ComplexEventStartTime", 0, 8, Time, A, "start of the cooling-off period"),
                    f("ComplexEventEndTime", 8, 8, Time, A, "end of the cooling-off period"),
                ],
            )],
        ),
    ],
};

pub(super) const INDEX_SNAPSHOT: Message = Message {
    msg_type: msg_type::INDEX_SNAPSHOT,
    name: "IndexSnapshot",
    title: "Index snapshot",
    title_zh: "指数行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[snapshot(&[flat(
        "IndexEntry",
        &[
            f(
                "MDEntryType",
                0,
                2,
                Text,
                A,
                "3 current, xa previous close, xb open, xc high, xd low",
            ),
            f("MDEntryPx", 2, 8, EntryPx, A, "index value in points"),
        ],
    )])],
};

pub(super) const VOLUME_STATISTICS: Message = Message {
    msg_type: msg_type::VOLUME_STATISTICS,
    name: "VolumeStatistics",
    title: "Volume statistics snapshot",
    title_zh: "成交量统计指标行情快照",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[flat(
        "VolumeStatistics",
        &extended::<11>(SNAPSHOT, &[f("StockNum", 65, 4, U32, A, "securities that are counted")]),
    )],
};

pub(super) const ANNOUNCEMENT: Message = Message {
    msg_type: msg_type::ANNOUNCEMENT,
    name: "Announcement",
    title: "Announcement",
    title_zh: "公告",
    interface: Interface::MarketData,
    min_body_bytes: 158,
    parts: &[Part {
        name: "Announcement",
        fields: &[
            f("OrigTime", 0, 8, Time, A, "time of the announcement"),
            f("ChannelNo", 8, 2, U16, A, "channel"),
            f("NewsID", 10, 8, Text, A, "number of the announcement"),
            f("Headline", 18, 128, Gbk, A, "headline"),
            f("RawDataFormat", 146, 8, Text, A, "file type, such as txt or pdf"),
            f("RawDataLength", 154, 4, Length, A, "bytes that follow"),
        ],
        then: Then::Data { name: "RawData" },
    }],
};

pub(super) const SECURITY_STATUS: Message = Message {
    msg_type: msg_type::SECURITY_STATUS,
    name: "SecurityStatus",
    title: "Security status",
    title_zh: "证券实时状态",
    interface: Interface::MarketData,
    min_body_bytes: 34,
    parts: &[grouped(
        "SecurityStatus",
        &[
            f("OrigTime", 0, 8, Time, A, "time of the status"),
            f("ChannelNo", 8, 2, U16, A, "channel"),
            f("SecurityID", 10, 8, Text, A, "security code"),
            f("SecurityIDSource", 18, 4, Text, A, "102 Shenzhen, 103 Hong Kong"),
            f("FinancialStatus", 22, 8, Text, A, "letters: A disclosure reminder, B risk reminder"),
            f("NoSwitch", 30, 4, Count, A, "switches that follow"),
        ],
        "Switches",
        &[flat(
            "SecuritySwitch",
            &[
                f("SecuritySwitchType", 0, 2, U16, A, "business; see SecuritySwitchType"),
                f("SecuritySwitchStatus", 2, 2, Bool16, A, "1 open, 0 closed"),
            ],
        )],
    )],
};

pub(super) const MARKET_STATUS: Message = Message {
    msg_type: msg_type::MARKET_STATUS,
    name: "MarketStatus",
    title: "Market status (Hong Kong Connect quota)",
    title_zh: "市场实时状态",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[flat(
        "MarketStatus",
        &[
            f("OrigTime", 0, 8, Time, B, "time of the status"),
            f("ChannelNo", 8, 2, U16, B, "channel"),
            f("MarketID", 10, 8, Text, B, "market"),
            f("MarketSegmentID", 18, 8, Text, B, "segment of the market"),
            f("TradingSessionID", 26, 4, Text, B, "session"),
            f("TradingSessionSubID", 30, 4, Text, B, "part of the session"),
            f("TradSesStatus", 34, 2, U16, B, "status of the session"),
            f("TradSesStartTime", 36, 8, Time, B, "start of the session"),
            f("TradSesEndTime", 44, 8, Time, B, "end of the session"),
            f("ThresholdAmount", 52, 8, Amt, B, "quota of the day"),
            f("PosAmt", 60, 8, Amt, B, "quota that is left"),
            f("AmountStatus", 68, 1, Char, B, "1 exhausted, 2 available (values from memory)"),
        ],
    )],
};

pub(super) const CHANNEL_STATISTICS: Message = Message {
    msg_type: msg_type::CHANNEL_STATISTICS,
    name: "ChannelStatistics",
    title: "Snapshot channel statistics",
    title_zh: "快照行情频道统计",
    interface: Interface::MarketData,
    min_body_bytes: 14,
    parts: &[grouped(
        "ChannelStatistics",
        &[
            f("OrigTime", 0, 8, Time, A, "time of the count"),
            f("ChannelNo", 8, 2, U16, A, "channel"),
            f("NoMDStreamID", 10, 4, Count, A, "streams that follow"),
        ],
        "MDStreams",
        &[flat(
            "ChannelStream",
            &[
                f("MDStreamID", 0, 3, Text, A, "stream, three digits such as 010"),
                f("StockNum", 3, 4, U32, A, "securities of the stream"),
                f("TradingPhaseCode", 7, 8, Text, A, "first place T trading, E closed"),
            ],
        )],
    )],
};

pub(super) const USER_INFO_REPORT: Message = Message {
    msg_type: msg_type::USER_INFO_REPORT,
    name: "UserInfoReport",
    title: "User information report",
    title_zh: "用户信息报告",
    interface: Interface::MarketData,
    min_body_bytes: 26,
    parts: &[flat(
        "UserInfoReport",
        &[
            f("OrigTime", 0, 8, Time, B, "time of the report"),
            f("VersionCode", 8, 16, Text, B, "version of the client"),
            f("UserNum", 24, 2, U16, B, "number of users"),
        ],
    )],
};

pub(super) const RESEND: Message = Message {
    msg_type: msg_type::RESEND,
    name: "Resend",
    title: "Resend request and response",
    title_zh: "重传",
    interface: Interface::MarketData,
    min_body_bytes: 44,
    parts: &[flat(
        "Resend",
        &[
            f("ResendType", 0, 1, U8, A, "1 tick data, 2 announcements"),
            f("ChannelNo", 1, 2, U16, A, "channel, for tick data"),
            f("ApplBegSeqNum", 3, 8, SeqNum, A, "first number wanted"),
            f("ApplEndSeqNum", 11, 8, SeqNum, A, "last number wanted; 0 the newest held"),
            f("NewsID", 19, 8, Text, A, "announcement wanted; blank asks for the list"),
            f(
                "ResendStatus",
                27,
                1,
                U8,
                A,
                "response: 1 complete, 2 partial, 3 no right, 4 no data",
            ),
            f("RejectText", 28, 16, Gbk, A, "reason in words"),
        ],
    )],
};

pub(super) const CHANNEL_HEARTBEAT: Message = Message {
    msg_type: msg_type::CHANNEL_HEARTBEAT,
    name: "ChannelHeartbeat",
    title: "Channel heartbeat",
    title_zh: "频道心跳",
    interface: Interface::MarketData,
    min_body_bytes: 12,
    parts: &[flat(
        "ChannelHeartbeat",
        &[
            f("ChannelNo", 0, 2, U16, A, "channel"),
            f("ApplLastSeqNum", 2, 8, SeqNum, A, "last number sent on the channel"),
            f("EndOfChannel", 10, 2, Bool16, A, "1 when the channel has ended for the day"),
        ],
    )],
};
