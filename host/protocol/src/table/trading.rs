//! Order entry: the cash auction business.

use super::{f, flat, grouped};
use crate::msg_type;
use crate::schema::Confidence::{A, B};
use crate::schema::Type::{Char, Count, I32, Price, Qty, SeqNum, Text, Time, U16, U32, Utf8OrGbk};
use crate::schema::{Interface, Message};

pub(super) const TRADING_BUSINESS_REJECT: Message = Message {
    msg_type: msg_type::TRADING_BUSINESS_REJECT,
    name: "TradingBusinessReject",
    title: "Business reject (trading)",
    title_zh: "业务拒绝",
    interface: Interface::Trading,
    min_body_bytes: 103,
    parts: &[flat(
        "TradingBusinessReject",
        &[
            f("ApplID", 0, 3, Text, B, "business, such as 010"),
            f("TransactTime", 3, 8, Time, B, "time of the reject"),
            f("SubmittingPBUID", 11, 6, Text, B, "submitting unit, echoed"),
            f("SecurityID", 17, 8, Text, B, "security code, echoed"),
            f("SecurityIDSource", 25, 4, Text, B, "102 Shenzhen, echoed"),
            f("RefSeqNum", 29, 8, SeqNum, B, "sequence number of the refused message"),
            f("RefMsgType", 37, 4, U32, B, "MsgType of the refused message"),
            f("BusinessRejectRefID", 41, 10, Text, B, "ClOrdID of the refused message"),
            f("BusinessRejectReason", 51, 2, U16, B, "reason"),
            f("BusinessRejectText", 53, 50, Utf8OrGbk, B, "reason in words"),
        ],
    )],
};

pub(super) const REPORT_SYNCHRONIZATION: Message = Message {
    msg_type: msg_type::REPORT_SYNCHRONIZATION,
    name: "ReportSynchronization",
    title: "Report synchronisation",
    title_zh: "回报同步",
    interface: Interface::Trading,
    min_body_bytes: 4,
    parts: &[grouped(
        "ReportSynchronization",
        &[f("NoPartitions", 0, 4, Count, B, "partitions that follow")],
        "Partitions",
        &[flat(
            "ReportPosition",
            &[
                f("PartitionNo", 0, 4, I32, B, "partition"),
                f("ReportIndex", 4, 8, SeqNum, B, "next number wanted, from 1"),
            ],
        )],
    )],
};

pub(super) const PLATFORM_STATE_INFO: Message = Message {
    msg_type: msg_type::PLATFORM_STATE_INFO,
    name: "PlatformStateInfo",
    title: "Platform state",
    title_zh: "平台状态",
    interface: Interface::Trading,
    min_body_bytes: 4,
    parts: &[flat(
        "PlatformStateInfo",
        &[
            f("PlatformID", 0, 2, U16, A, "platform; 1 cash auction"),
            f("PlatformState", 2, 2, U16, A, "0 not open, 1 opening, 2 open, 3 halt, 4 closed"),
        ],
    )],
};

pub(super) const REPORT_FINISHED: Message = Message {
    msg_type: msg_type::REPORT_FINISHED,
    name: "ReportFinished",
    title: "End of the reports of a partition",
    title_zh: "回报结束",
    interface: Interface::Trading,
    min_body_bytes: 14,
    parts: &[flat(
        "ReportFinished",
        &[
            f("PartitionNo", 0, 4, I32, B, "partition"),
            f("ReportIndex", 4, 8, SeqNum, B, "number in the partition"),
            f("PlatformID", 12, 2, U16, B, "platform; 1 cash auction"),
        ],
    )],
};

pub(super) const PLATFORM_INFO: Message = Message {
    msg_type: msg_type::PLATFORM_INFO,
    name: "PlatformInfo",
    title: "Platform information",
    title_zh: "平台信息",
    interface: Interface::Trading,
    min_body_bytes: 6,
    parts: &[grouped(
        "PlatformInfo",
        &[
            f("PlatformID", 0, 2, U16, B, "platform; 1 cash auction"),
            f("NoPartitions", 2, 4, Count, B, "partitions that follow"),
        ],
        "Partitions",
        &[flat("PlatformPartition", &[f("PartitionNo", 0, 4, I32, B, "partition")])],
    )],
};

pub(super) const TRADING_SESSION_STATUS: Message = Message {
    msg_type: msg_type::TRADING_SESSION_STATUS,
    name: "TradingSessionStatus",
    title: "Trading session status",
    title_zh: "交易会话状态",
    interface: Interface::Trading,
    min_body_bytes: 42,
    parts: &[flat(
        "TradingSessionStatus",
        &[
            f("MarketID", 0, 8, Text, B, "reserved"),
            f("MarketSegmentID", 8, 8, Text, B, "first character: the platform"),
            f("TradingSessionID", 16, 4, Text, B, "reserved"),
            f("TradingSessionSubID", 20, 4, Text, B, "part of the session, digits"),
            f("TradSesStatus", 24, 2, U16, B, "reserved"),
            f("TradSesStartTime", 26, 8, Time, B, "start of the session"),
            f("TradSesEndTime", 34, 8, Time, B, "end of the session"),
        ],
    )],
};

pub(super) const NEW_ORDER: Message = Message {
    msg_type: msg_type::NEW_ORDER,
    name: "NewOrder",
    title: "New order, cash auction",
    title_zh: "现货集中竞价新订单",
    interface: Interface::Trading,
    min_body_bytes: 109,
    parts: &[flat(
        "NewOrder",
        &[
            f("ApplID", 0, 3, Text, A, "business: 010"),
            f("SubmittingPBUID", 3, 6, Text, A, "submitting unit"),
            f("SecurityID", 9, 8, Text, A, "security code"),
            f("SecurityIDSource", 17, 4, Text, A, "102 Shenzhen"),
            f("OwnerType", 21, 2, U16, A, "who originates; see OwnerType"),
            f("ClearingFirm", 23, 2, Text, A, "clearing place, 01 as a rule"),
            f("TransactTime", 25, 8, Time, A, "time of the order, set by the sender"),
            f("UserInfo", 33, 8, Text, A, "private, echoed; printable ASCII"),
            f("ClOrdID", 41, 10, Text, A, "sender's order number"),
            f("AccountID", 51, 12, Text, A, "securities account"),
            f("BranchID", 63, 4, Text, A, "branch"),
            f("OrderRestrictions", 67, 4, Text, A, "flags: 1 programme, E algorithmic trading"),
            f("Side", 71, 1, Char, A, "1 buy, 2 sell"),
            f("OrdType", 72, 1, Char, A, "1 market, 2 limit, U own side best"),
            f("OrderQty", 73, 8, Qty, A, "quantity"),
            f("Price", 81, 8, Price, A, "price"),
            f("StopPx", 89, 8, Price, A, "stop price; 0"),
            f("MinQty", 97, 8, Qty, A, "least quantity of a fill"),
            f("MaxPriceLevels", 105, 2, U16, A, "most price levels; 0 no limit"),
            f("TimeInForce", 107, 1, Char, A, "0 day, 3 immediate or cancel"),
            f("CashMargin", 108, 1, Char, A, "1 cash, 2 open, 3 close"),
        ],
    )],
};

pub(super) const ORDER_CANCEL_REQUEST: Message = Message {
    msg_type: msg_type::ORDER_CANCEL_REQUEST,
    name: "OrderCancelRequest",
    title: "Order cancel request",
    title_zh: "撤单请求",
    interface: Interface::Trading,
    min_body_bytes: 86,
    parts: &[flat(
        "OrderCancelRequest",
        &[
            f("ApplID", 0, 3, Text, A, "business of the order"),
            f("SubmittingPBUID", 3, 6, Text, A, "submitting unit"),
            f("SecurityID", 9, 8, Text, A, "security code of the order"),
            f("SecurityIDSource", 17, 4, Text, A, "102 Shenzhen"),
            f("OwnerType", 21, 2, U16, A, "who originates; see OwnerType"),
            f("ClearingFirm", 23, 2, Text, A, "clearing place, 01 as a rule"),
            f("TransactTime", 25, 8, Time, A, "time of the request, set by the sender"),
            f("UserInfo", 33, 8, Text, A, "private, echoed; printable ASCII"),
            f("ClOrdID", 41, 10, Text, A, "sender's number of the request"),
            f("OrigClOrdID", 51, 10, Text, A, "ClOrdID of the order to cancel"),
            f("Side", 61, 1, Char, A, "side of the order"),
            f("OrderID", 62, 16, Text, A, "exchange's number of the order"),
            f("OrderQty", 78, 8, Qty, A, "quantity of the order"),
        ],
    )],
};

pub(super) const ORDER_REPORT: Message = Message {
    msg_type: msg_type::ORDER_REPORT,
    name: "OrderReport",
    title: "Execution report: accepted, rejected or cancelled",
    title_zh: "执行报告：订单申报响应与撤单成功",
    interface: Interface::Trading,
    min_body_bytes: 189,
    parts: &[flat(
        "OrderReport",
        &[
            f("PartitionNo", 0, 4, I32, A, "partition"),
            f("ReportIndex", 4, 8, SeqNum, A, "number in the partition, from 1, without a gap"),
            f("ApplID", 12, 3, Text, A, "business: 010"),
            f("ReportingPBUID", 15, 6, Text, A, "unit that gets the report"),
            f("SubmittingPBUID", 21, 6, Text, A, "submitting unit"),
            f("SecurityID", 27, 8, Text, A, "security code"),
            f("SecurityIDSource", 35, 4, Text, A, "102 Shenzhen"),
            f("OwnerType", 39, 2, U16, A, "who originates; see OwnerType"),
            f("ClearingFirm", 41, 2, Text, A, "clearing place"),
            f("TransactTime", 43, 8, Time, A, "time of the report, set by the exchange"),
            f("UserInfo", 51, 8, Text, A, "private, echoed"),
            f("OrderID", 59, 16, Text, A, "exchange's number of the order"),
            f("ClOrdID", 75, 10, Text, A, "order number, or that of the cancel request"),
            f("OrigClOrdID", 85, 10, Text, A, "ClOrdID of the cancelled order; else blank"),
            f("ExecID", 95, 16, Text, A, "number of the report, unique in the day"),
            f("ExecType", 111, 1, Char, A, "0 new, 4 cancelled, 8 rejected"),
            f(
                "OrdStatus",
                112,
                1,
                Char,
                A,
                "0 new, 1 part filled, 2 filled, 4 cancelled, 8 rejected",
            ),
            f("OrdRejReason", 113, 2, U16, A, "reason of a reject; 0 none"),
            f("LeavesQty", 115, 8, Qty, A, "quantity still open"),
            f("CumQty", 123, 8, Qty, A, "quantity filled so far"),
            f("Side", 131, 1, Char, A, "1 buy, 2 sell"),
            f("OrdType", 132, 1, Char, A, "1 market, 2 limit, U own side best"),
            f("OrderQty", 133, 8, Qty, A, "quantity of the order"),
            f("Price", 141, 8, Price, A, "price of the order"),
            f("AccountID", 149, 12, Text, A, "securities account"),
            f("BranchID", 161, 4, Text, A, "branch"),
            f("OrderRestrictions", 165, 4, Text, A, "flags: 1 programme, E algorithmic trading"),
            f("StopPx", 169, 8, Price, A, "stop price; 0"),
            f("MinQty", 177, 8, Qty, A, "least quantity of a fill"),
            f("MaxPriceLevels", 185, 2, U16, A, "most price levels; 0 no limit"),
            f("TimeInForce", 187, 1, Char, A, "0 day, 3 immediate or cancel"),
            f("CashMargin", 188, 1, Char, A, "1 cash, 2 open, 3 close"),
        ],
    )],
};

pub(super) const FILL_REPORT: Message = Message {
    msg_type: msg_type::FILL_REPORT,
    name: "FillReport",
    title: "Execution report: a fill",
    title_zh: "执行报告：成交回报",
    interface: Interface::Trading,
    min_body_bytes: 153,
    parts: &[flat(
        "FillReport",
        &[
            f("PartitionNo", 0, 4, I32, A, "partition"),
            f("ReportIndex", 4, 8, SeqNum, A, "number in the partition, from 1, without a gap"),
            f("ApplID", 12, 3, Text, A, "business: 010"),
            f("ReportingPBUID", 15, 6, Text, A, "unit that gets the report"),
            f("SubmittingPBUID", 21, 6, Text, A, "submitting unit"),
            f("SecurityID", 27, 8, Text, A, "security code"),
            f("SecurityIDSource", 35, 4, Text, A, "102 Shenzhen"),
            f("OwnerType", 39, 2, U16, A, "who originates; see OwnerType"),
            f("ClearingFirm", 41, 2, Text, A, "clearing place"),
            f("TransactTime", 43, 8, Time, A, "time of the fill, set by the exchange"),
            f("UserInfo", 51, 8, Text, A, "private, echoed"),
            f("OrderID", 59, 16, Text, A, "exchange's number of the order"),
            f("ClOrdID", 75, 10, Text, A, "order number; the QuoteMsgID of a filled quote"),
            f("ExecID", 85, 16, Text, A, "number of the fill, unique in the day"),
            f("ExecType", 101, 1, Char, A, "F trade"),
            f("OrdStatus", 102, 1, Char, A, "1 part filled, 2 filled"),
            f("LastPx", 103, 8, Price, A, "price of the fill"),
            f("LastQty", 111, 8, Qty, A, "quantity of the fill"),
            f("LeavesQty", 119, 8, Qty, A, "quantity still open"),
            f("CumQty", 127, 8, Qty, A, "quantity filled so far"),
            f("Side", 135, 1, Char, A, "1 buy, 2 sell"),
            f("AccountID", 136, 12, Text, A, "securities account"),
            f("BranchID", 148, 4, Text, A, "branch"),
            f("CashMargin", 152, 1, Char, A, "1 cash, 2 open, 3 close"),
        ],
    )],
};

pub(super) const CANCEL_REJECT: Message = Message {
    msg_type: msg_type::CANCEL_REJECT,
    name: "CancelReject",
    title: "Cancel reject",
    title_zh: "撤单失败响应",
    interface: Interface::Trading,
    min_body_bytes: 115,
    parts: &[flat(
        "CancelReject",
        &[
            f("PartitionNo", 0, 4, I32, A, "partition"),
            f("ReportIndex", 4, 8, SeqNum, A, "number in the partition, from 1, without a gap"),
            f("ApplID", 12, 3, Text, A, "business: 010"),
            f("ReportingPBUID", 15, 6, Text, A, "unit that gets the report"),
            f("SubmittingPBUID", 21, 6, Text, A, "submitting unit"),
            f("SecurityID", 27, 8, Text, A, "security code"),
            f("SecurityIDSource", 35, 4, Text, A, "102 Shenzhen"),
            f("OwnerType", 39, 2, U16, A, "who originates; see OwnerType"),
            f("ClearingFirm", 41, 2, Text, A, "clearing place"),
            f("TransactTime", 43, 8, Time, A, "time of the reject, set by the exchange"),
            f("UserInfo", 51, 8, Text, A, "private, echoed"),
            f("ClOrdID", 59, 10, Text, A, "number of the cancel request"),
            f("OrigClOrdID", 69, 10, Text, A, "ClOrdID of the order"),
            f("Side", 79, 1, Char, A, "side of the order"),
            f("OrdStatus", 80, 1, Char, A, "state of the order; 8 when it was not found"),
            f("CxlRejReason", 81, 2, U16, A, "reason"),
            f("RejectText", 83, 16, Utf8OrGbk, A, "reason in words"),
            f("OrderID", 99, 16, Text, A, "exchange's number of the order"),
        ],
    )],
};
