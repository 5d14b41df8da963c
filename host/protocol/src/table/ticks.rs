//! Market data: tick orders and tick trades.

use super::{extended, f, flat};
use crate::msg_type;
use crate::schema::Confidence::{A, B, C};
use crate::schema::Type::{Char, Date, Gbk, Price, Qty, SeqNum, Text, Time, U8, U16};
use crate::schema::{Field, Interface, Message};

/// What every tick order begins with, 50 bytes.
const ORDER: &[Field] = &[
    f("ChannelNo", 0, 2, U16, A, "channel"),
    f("ApplSeqNum", 2, 8, SeqNum, A, "number in the channel, from 1, without a gap"),
    f("MDStreamID", 10, 3, Text, A, "stream, three digits such as 011"),
    f("SecurityID", 13, 8, Text, A, "security code"),
    f("SecurityIDSource", 21, 4, Text, A, "102 Shenzhen"),
    f("Price", 25, 8, Price, A, "price; without meaning in market and own-best orders"),
    f("OrderQty", 33, 8, Qty, A, "quantity"),
    f("Side", 41, 1, Char, A, "1 buy, 2 sell, G borrow, F lend"),
    f("TransactTime", 42, 8, Time, A, "time of the order"),
];

/// What every tick trade begins with, 66 bytes.
const TRADE: &[Field] = &[
    f("ChannelNo", 0, 2, U16, A, "channel"),
    f("ApplSeqNum", 2, 8, SeqNum, A, "number in the channel, from 1, without a gap"),
    f("MDStreamID", 10, 3, Text, A, "stream, three digits such as 011"),
    f("BidApplSeqNum", 13, 8, SeqNum, A, "number of the buy order; 0 none"),
    f("OfferApplSeqNum", 21, 8, SeqNum, A, "number of the sell order; 0 none"),
    f("SecurityID", 29, 8, Text, A, "security code"),
    f("SecurityIDSource", 37, 4, Text, A, "102 Shenzhen"),
    f("LastPx", 41, 8, Price, A, "price; 0 in a cancel"),
    f("LastQty", 49, 8, Qty, A, "quantity traded or cancelled"),
    f("ExecType", 57, 1, Char, A, "F trade, 4 cancel"),
    f("TransactTime", 58, 8, Time, A, "time of the trade"),
];

/// Orders of the order book say how they are priced.
const BOOK_ORDER: &[Field] =
    &extended::<10>(ORDER, &[f("OrdType", 50, 1, Char, A, "1 market, 2 limit, U own side best")]);

pub(super) const AUCTION_ORDER: Message = Message {
    msg_type: msg_type::AUCTION_ORDER,
    name: "AuctionOrder",
    title: "Auction tick order",
    title_zh: "集中竞价逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 51,
    parts: &[flat("AuctionOrder", BOOK_ORDER)],
};

pub(super) const AUCTION_TRADE: Message = Message {
    msg_type: msg_type::AUCTION_TRADE,
    name: "AuctionTrade",
    title: "Auction tick trade or cancel",
    title_zh: "集中竞价逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 66,
    parts: &[flat("AuctionTrade", TRADE)],
};

pub(super) const BOND_ORDER: Message = Message {
    msg_type: msg_type::BOND_ORDER,
    name: "BondOrder",
    title: "Bond match tick order",
    title_zh: "债券匹配逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 51,
    parts: &[flat("BondOrder", BOOK_ORDER)],
};

pub(super) const BOND_TRADE: Message = Message {
    msg_type: msg_type::BOND_TRADE,
    name: "BondTrade",
    title: "Bond match tick trade or cancel",
    title_zh: "债券匹配逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 66,
    parts: &[flat("BondTrade", TRADE)],
};

pub(super) const BOND_QUOTE_ORDER: Message = Message {
    msg_type: msg_type::BOND_QUOTE_ORDER,
    name: "BondQuoteOrder",
    title: "Bond negotiated or click quote order",
    title_zh: "债券协商、点击报价逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 369,
    parts: &[flat(
        "BondQuoteOrder",
        &extended::<18>(
            ORDER,
            &[
                f("QuoteID", 50, 10, Text, B, "quote number"),
                f("MemberID", 60, 6, Text, B, "member"),
                f("InvestorType", 66, 2, Text, B, "kind of investor"),
                f("InvestorID", 68, 10, Text, B, "investor"),
                f("InvestorName", 78, 120, Gbk, B, "investor's name"),
                f("TraderCode", 198, 8, Text, B, "trader"),
                f("SettlPeriod", 206, 1, U8, B, "settlement period"),
                f("SettlType", 207, 2, U16, B, "settlement method"),
                f("Memo", 209, 160, Gbk, B, "remark"),
            ],
        ),
    )],
};

pub(super) const BOND_NEGOTIATED_TRADE: Message = Message {
    msg_type: msg_type::BOND_NEGOTIATED_TRADE,
    name: "BondNegotiatedTrade",
    title: "Bond negotiated, click or inquiry trade",
    title_zh: "债券协商、点击、询价逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 69,
    parts: &[flat(
        "BondNegotiatedTrade",
        &extended::<13>(
            TRADE,
            &[
                f("SettlPeriod", 66, 1, U8, B, "settlement period"),
                f("SettlType", 67, 2, U16, B, "settlement method"),
            ],
        ),
    )],
};

pub(super) const BOND_BIDDING_ORDER: Message = Message {
    msg_type: msg_type::BOND_BIDDING_ORDER,
    name: "BondBiddingOrder",
    title: "Bond bidding order",
    title_zh: "债券竞买逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 407,
    parts: &[flat(
        "BondBiddingOrder",
        &extended::<24>(
            ORDER,
            &[
                f("MemberID", 50, 6, Text, C, "member"),
                f("InvestorType", 56, 2, Text, C, "kind of investor"),
                f("InvestorID", 58, 10, Text, C, "investor"),
                f("InvestorName", 68, 120, Gbk, C, "investor's name"),
                f("TraderCode", 188, 8, Text, C, "trader"),
                f("SettlPeriod", 196, 1, U8, C, "settlement period"),
                f("SettlType", 197, 2, U16, C, "settlement method"),
                f("Memo", 199, 160, Gbk, C, "remark"),
                f("SecondaryOrderID", 359, 16, Text, C, "number of the bidding"),
                f("BidTransType", 375, 2, U16, C, "kind of bidding"),
                f("BidExecInstType", 377, 2, U16, C, "way of execution"),
                f("LowLimitPrice", 379, 8, Price, C, "lowest price"),
                f("HighLimitPrice", 387, 8, Price, C, "highest price"),
                f("MinQty", 395, 8, Qty, C, "least quantity"),
                f("TradeDate", 403, 4, Date, C, "trade date"),
            ],
        ),
    )],
};

pub(super) const BOND_BIDDING_TRADE: Message = Message {
    msg_type: msg_type::BOND_BIDDING_TRADE,
    name: "BondBiddingTrade",
    title: "Bond bidding trade",
    title_zh: "债券竞买逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 95,
    parts: &[flat(
        "BondBiddingTrade",
        &extended::<16>(
            TRADE,
            &[
                f("SettlPeriod", 66, 1, U8, C, "settlement period"),
                f("SettlType", 67, 2, U16, C, "settlement method"),
                f("SecondaryOrderID", 69, 16, Text, C, "number of the bidding"),
                f("BidExecInstType", 85, 2, U16, C, "way of execution"),
                f("MarginPrice", 87, 8, Price, C, "price of the marginal bid"),
            ],
        ),
    )],
};

pub(super) const AGREEMENT_ORDER: Message = Message {
    msg_type: msg_type::AGREEMENT_ORDER,
    name: "AgreementOrder",
    title: "Agreement order",
    title_zh: "协议交易逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 100,
    parts: &[flat(
        "AgreementOrder",
        &extended::<12>(
            ORDER,
            &[
                f("ConfirmID", 50, 8, Text, A, "number of the agreement"),
                f("Contactor", 58, 12, Gbk, A, "contact person"),
                f("ContactInfo", 70, 30, Gbk, A, "how to reach the contact person"),
            ],
        ),
    )],
};

pub(super) const AGREEMENT_TRADE: Message = Message {
    msg_type: msg_type::AGREEMENT_TRADE,
    name: "AgreementTrade",
    title: "Agreement trade",
    title_zh: "协议交易逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 66,
    parts: &[flat("AgreementTrade", TRADE)],
};

pub(super) const REFINANCING_ORDER: Message = Message {
    msg_type: msg_type::REFINANCING_ORDER,
    name: "RefinancingOrder",
    title: "Refinancing (securities lending) order",
    title_zh: "转融通证券出借逐笔委托",
    interface: Interface::MarketData,
    min_body_bytes: 53,
    parts: &[flat(
        "RefinancingOrder",
        &extended::<11>(
            ORDER,
            &[
                f("ExpirationDays", 50, 2, U16, A, "term in days"),
                f("ExpirationType", 52, 1, U8, A, "1 fixed term"),
            ],
        ),
    )],
};

pub(super) const REFINANCING_TRADE: Message = Message {
    msg_type: msg_type::REFINANCING_TRADE,
    name: "RefinancingTrade",
    title: "Refinancing (securities lending) trade",
    title_zh: "转融通证券出借逐笔成交",
    interface: Interface::MarketData,
    min_body_bytes: 66,
    parts: &[flat("RefinancingTrade", TRADE)],
};
