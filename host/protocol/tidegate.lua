-- Generated from host/protocol by the test `generated`; do not edit.
--
-- Wireshark dissector for SZSE Binary, market data and order entry; Lua 5.2 or later.
--
--   tshark -X lua_script:tidegate.lua -r feed.pcap -V
--
-- or put it into the folder of personal Lua plugins. TCP and UDP are recognised by their content;
-- where that fails, say it: -d tcp.port==9016,szse. Fixed-point numbers are decimals, exact in the
-- tree and rounded to a double in filters: szse.last_px > 9.1. A time filters by its digits:
-- szse.transact_time >= 20190311093000000.

local MAX_BODY_BYTES = 8192
local MAX_ANNOUNCEMENT_BYTES = 1048576
local ANNOUNCEMENT = 390012

local CODES = {
    Side = {
        ["1"] = "buy",
        ["2"] = "sell",
        ["G"] = "borrow",
        ["F"] = "lend",
        ["D"] = "subscribe",
        ["E"] = "redeem",
    },
    OrdType = {
        ["1"] = "market",
        ["2"] = "limit",
        ["U"] = "best price of its own side",
    },
    ExecType = {
        ["0"] = "new",
        ["4"] = "cancelled",
        ["8"] = "rejected",
        ["F"] = "trade",
    },
    OrdStatus = {
        ["0"] = "new",
        ["1"] = "partially filled",
        ["2"] = "filled",
        ["4"] = "cancelled",
        ["8"] = "rejected",
    },
    TimeInForce = {
        ["0"] = "day",
        ["3"] = "immediate or cancel",
        ["9"] = "at crossing (Hong Kong Connect)",
    },
    CashMargin = {
        ["1"] = "cash",
        ["2"] = "open a margin position",
        ["3"] = "close a margin position",
    },
    MDEntryType = {
        ["0"] = "bid level",
        ["1"] = "offer level",
        ["2"] = "last price",
        ["3"] = "current index",
        ["4"] = "open",
        ["7"] = "high",
        ["8"] = "low",
        ["9"] = "weighted average price (bonds)",
        ["x1"] = "last less previous close",
        ["x2"] = "last less the last before",
        ["x3"] = "all bids: quantity and weighted average price",
        ["x4"] = "all offers: quantity and weighted average price",
        ["x5"] = "price/earnings 1",
        ["x6"] = "price/earnings 2",
        ["x7"] = "fund: net asset value of the day before",
        ["x8"] = "fund: indicative value",
        ["x9"] = "warrant: premium rate",
        ["xa"] = "index: previous close",
        ["xb"] = "index: open",
        ["xc"] = "index: high",
        ["xd"] = "index: low",
        ["xe"] = "highest price allowed",
        ["xf"] = "lowest price allowed",
        ["xg"] = "options: open interest",
        ["xh"] = "Hong Kong Connect: nominal price; index: closing index (from memory)",
        ["xi"] = "reference price",
    },
    TradingPhase = {
        ["S"] = "before the open",
        ["O"] = "opening auction",
        ["T"] = "continuous trading",
        ["B"] = "break",
        ["C"] = "closing auction",
        ["E"] = "closed",
        ["H"] = "temporary halt",
        ["A"] = "after hours",
        ["V"] = "volatility interruption",
    },
    TradingType = {
        ["1"] = "match",
        ["2"] = "negotiate",
        ["3"] = "click",
        ["4"] = "inquiry",
        ["5"] = "bidding",
    },
    ResendType = {
        ["1"] = "tick data",
        ["2"] = "announcements",
    },
    ResendStatus = {
        ["1"] = "complete",
        ["2"] = "partial",
        ["3"] = "no permission",
        ["4"] = "data not available",
    },
    SessionStatus = {
        ["0"] = "session active",
        ["1"] = "password changed",
        ["2"] = "password about to expire",
        ["3"] = "new password against the policy",
        ["4"] = "logout complete",
        ["5"] = "wrong user or password",
        ["6"] = "account locked",
        ["7"] = "logon not allowed now",
        ["8"] = "password expired",
        ["9"] = "MsgSeqNum too low",
        ["10"] = "NextExpectedMsgSeqNum too high",
        ["101"] = "other",
        ["102"] = "invalid message",
    },
    PlatformID = {
        ["1"] = "cash auction",
        ["2"] = "integrated financial services",
        ["3"] = "non-trade processing",
        ["4"] = "derivatives auction",
        ["5"] = "international interconnection",
        ["6"] = "fixed income",
    },
    PlatformState = {
        ["0"] = "not open",
        ["1"] = "opening soon",
        ["2"] = "open",
        ["3"] = "halt",
        ["4"] = "closed",
    },
    OwnerType = {
        ["1"] = "individual investor",
        ["101"] = "exchange",
        ["102"] = "member",
        ["103"] = "institution",
        ["104"] = "proprietary",
        ["105"] = "liquidity provider",
        ["106"] = "clearing institution",
    },
    SecuritySwitchType = {
        ["1"] = "margin buy",
        ["2"] = "short sell",
        ["3"] = "subscription, fund units",
        ["4"] = "redemption",
        ["5"] = "subscription, new issue",
        ["6"] = "conversion",
        ["7"] = "put-back",
        ["8"] = "exercise",
        ["10"] = "buy to open",
        ["11"] = "sell to open",
        ["12"] = "gold ETF, physical in",
        ["13"] = "gold ETF, physical out",
        ["14"] = "accept a tender",
        ["15"] = "withdraw from a tender",
        ["18"] = "cancel a conversion",
        ["19"] = "cancel a put-back",
        ["20"] = "pledge",
        ["21"] = "release a pledge",
        ["22"] = "voting",
        ["23"] = "stock pledge repo",
        ["24"] = "real-time split",
        ["25"] = "real-time merge",
        ["26"] = "covered call",
        ["27"] = "market-maker quote",
        ["28"] = "Hong Kong Connect, board lot buy",
        ["29"] = "Hong Kong Connect, board lot sell",
        ["30"] = "Hong Kong Connect, odd lot buy",
        ["31"] = "Hong Kong Connect, odd lot sell",
        ["32"] = "option position, ordinary to covered",
        ["33"] = "option position, covered to ordinary",
    },
}

local FIELDS = {
    AccountID = { filter = "account_id", kind = "text", doc = "securities account" },
    AmountStatus = { filter = "amount_status", kind = "text", doc = "1 exhausted, 2 available (values from memory)" },
    ApplBegSeqNum = { filter = "appl_beg_seq_num", kind = "int64", doc = "first number wanted" },
    ApplEndSeqNum = { filter = "appl_end_seq_num", kind = "int64", doc = "last number wanted; 0 the newest held" },
    ApplID = { filter = "appl_id", kind = "text", doc = "business, such as 010" },
    ApplLastSeqNum = { filter = "appl_last_seq_num", kind = "int64", doc = "last number sent on the channel" },
    ApplSeqNum = { filter = "appl_seq_num", kind = "int64", doc = "number in the channel, from 1, without a gap" },
    AuctionValueTrade = { filter = "auction_value_trade", kind = "fixed", scale = 4, doc = "value traded by matching" },
    AuctionVolumeTrade = { filter = "auction_volume_trade", kind = "fixed", scale = 2, doc = "volume traded by matching" },
    BidApplSeqNum = { filter = "bid_appl_seq_num", kind = "int64", doc = "number of the buy order; 0 none" },
    BidExecInstType = { filter = "bid_exec_inst_type", kind = "uint16", doc = "way of execution" },
    BidTransType = { filter = "bid_trans_type", kind = "uint16", doc = "kind of bidding" },
    BranchID = { filter = "branch_id", kind = "text", doc = "branch" },
    BusinessRejectReason = { filter = "business_reject_reason", kind = "uint16", doc = "reason" },
    BusinessRejectRefID = { filter = "business_reject_ref_id", kind = "text", doc = "ClOrdID of the refused message" },
    BusinessRejectText = { filter = "business_reject_text", kind = "gbk", doc = "reason in words" },
    CashMargin = { filter = "cash_margin", kind = "text", codes = "CashMargin", doc = "1 cash, 2 open, 3 close" },
    ChannelNo = { filter = "channel_no", kind = "uint16", doc = "channel" },
    ClOrdID = { filter = "cl_ord_id", kind = "text", doc = "sender's order number" },
    ClearingFirm = { filter = "clearing_firm", kind = "text", doc = "clearing place, 01 as a rule" },
    ComplexEventEndTime = { filter = "complex_event_end_time", kind = "time", doc = "end of the cooling-off period" },
    ComplexEventStartTime = { filter = "complex_event_start_time", kind = "time", doc = "start of the cooling-off period" },
    ConfirmID = { filter = "confirm_id", kind = "text", doc = "number of the agreement" },
    ContactInfo = { filter = "contact_info", kind = "gbk", doc = "how to reach the contact person" },
    Contactor = { filter = "contactor", kind = "gbk", doc = "contact person" },
    CumQty = { filter = "cum_qty", kind = "fixed", scale = 2, doc = "quantity filled so far" },
    CxlRejReason = { filter = "cxl_rej_reason", kind = "uint16", doc = "reason" },
    DefaultApplVerID = { filter = "default_appl_ver_id", kind = "text", doc = "interface version, such as 1.02" },
    EndOfChannel = { filter = "end_of_channel", kind = "uint16", doc = "1 when the channel has ended for the day" },
    ExecID = { filter = "exec_id", kind = "text", doc = "number of the report, unique in the day" },
    ExecType = { filter = "exec_type", kind = "text", codes = "ExecType", doc = "0 new, 4 cancelled, 8 rejected" },
    ExpirationDays = { filter = "expiration_days", kind = "uint16", doc = "term in days" },
    ExpirationType = { filter = "expiration_type", kind = "uint8", doc = "1 fixed term" },
    FinancialStatus = { filter = "financial_status", kind = "text", doc = "letters: A disclosure reminder, B risk reminder" },
    Headline = { filter = "headline", kind = "gbk", doc = "headline" },
    HeartBtInt = { filter = "heart_bt_int", kind = "int32", doc = "heartbeat interval in seconds" },
    HighLimitPrice = { filter = "high_limit_price", kind = "fixed", scale = 4, doc = "highest price" },
    InvestorID = { filter = "investor_id", kind = "text", doc = "investor" },
    InvestorName = { filter = "investor_name", kind = "gbk", doc = "investor's name" },
    InvestorType = { filter = "investor_type", kind = "text", doc = "kind of investor" },
    LastPx = { filter = "last_px", kind = "fixed", scale = 4, doc = "price of the fill" },
    LastQty = { filter = "last_qty", kind = "fixed", scale = 2, doc = "quantity of the fill" },
    LeavesQty = { filter = "leaves_qty", kind = "fixed", scale = 2, doc = "quantity still open" },
    LowLimitPrice = { filter = "low_limit_price", kind = "fixed", scale = 4, doc = "lowest price" },
    MDEntryPx = { filter = "md_entry_px", kind = "fixed", scale = 6, doc = "price or value; may be negative" },
    MDEntrySize = { filter = "md_entry_size", kind = "fixed", scale = 2, doc = "quantity" },
    MDEntryType = { filter = "md_entry_type", kind = "text", codes = "MDEntryType", doc = "what the entry is; see MDEntryType" },
    MDPriceLevel = { filter = "md_price_level", kind = "uint16", doc = "price level, 1 the best; 0 where there is no book" },
    MDStreamID = { filter = "md_stream_id", kind = "text", doc = "stream, three digits such as 010" },
    MarginPrice = { filter = "margin_price", kind = "fixed", scale = 4, doc = "price of the marginal bid" },
    MarketID = { filter = "market_id", kind = "text", doc = "reserved" },
    MarketSegmentID = { filter = "market_segment_id", kind = "text", doc = "first character: the platform" },
    MaxPriceLevels = { filter = "max_price_levels", kind = "uint16", doc = "most price levels; 0 no limit" },
    MemberID = { filter = "member_id", kind = "text", doc = "member" },
    Memo = { filter = "memo", kind = "gbk", doc = "remark" },
    MinQty = { filter = "min_qty", kind = "fixed", scale = 2, doc = "least quantity of a fill" },
    NewsID = { filter = "news_id", kind = "text", doc = "number of the announcement" },
    NoComplexEventTimes = { filter = "no_complex_event_times", kind = "uint32", doc = "cooling-off periods that follow" },
    NoMDEntries = { filter = "no_md_entries", kind = "uint32", doc = "entries that follow" },
    NoMDStreamID = { filter = "no_md_stream_id", kind = "uint32", doc = "streams that follow" },
    NoOrders = { filter = "no_orders", kind = "uint32", doc = "disclosed orders of the queue that follow" },
    NoPartitions = { filter = "no_partitions", kind = "uint32", doc = "partitions that follow" },
    NoSubTradingPhaseCodes = { filter = "no_sub_trading_phase_codes", kind = "uint32", doc = "phases that follow" },
    NoSwitch = { filter = "no_switch", kind = "uint32", doc = "switches that follow" },
    NumTrades = { filter = "num_trades", kind = "int64", doc = "number of trades" },
    NumberOfOrders = { filter = "number_of_orders", kind = "int64", doc = "orders at the price; 0 when not disclosed" },
    OfferApplSeqNum = { filter = "offer_appl_seq_num", kind = "int64", doc = "number of the sell order; 0 none" },
    OrdRejReason = { filter = "ord_rej_reason", kind = "uint16", doc = "reason of a reject; 0 none" },
    OrdStatus = { filter = "ord_status", kind = "text", codes = "OrdStatus", doc = "0 new, 1 part filled, 2 filled, 4 cancelled, 8 rejected" },
    OrdType = { filter = "ord_type", kind = "text", codes = "OrdType", doc = "1 market, 2 limit, U own side best" },
    OrderID = { filter = "order_id", kind = "text", doc = "exchange's number of the order" },
    OrderQty = { filter = "order_qty", kind = "fixed", scale = 2, doc = "quantity" },
    OrderRestrictions = { filter = "order_restrictions", kind = "text", doc = "flags: 1 programme, E algorithmic trading" },
    OrigClOrdID = { filter = "orig_cl_ord_id", kind = "text", doc = "ClOrdID of the order to cancel" },
    OrigTime = { filter = "orig_time", kind = "time", doc = "time of the snapshot" },
    OwnerType = { filter = "owner_type", kind = "uint16", codes = "OwnerType", doc = "who originates; see OwnerType" },
    PartitionNo = { filter = "partition_no", kind = "int32", doc = "partition" },
    Password = { filter = "password", kind = "text", doc = "password" },
    PlatformID = { filter = "platform_id", kind = "uint16", codes = "PlatformID", doc = "platform; 1 cash auction" },
    PlatformState = { filter = "platform_state", kind = "uint16", codes = "PlatformState", doc = "0 not open, 1 opening, 2 open, 3 halt, 4 closed" },
    PosAmt = { filter = "pos_amt", kind = "fixed", scale = 4, doc = "quota that is left" },
    PrevClosePx = { filter = "prev_close_px", kind = "fixed", scale = 4, doc = "previous close" },
    Price = { filter = "price", kind = "fixed", scale = 4, doc = "price" },
    QuoteID = { filter = "quote_id", kind = "text", doc = "quote number" },
    RawDataFormat = { filter = "raw_data_format", kind = "text", doc = "file type, such as txt or pdf" },
    RawDataLength = { filter = "raw_data_length", kind = "uint32", doc = "bytes that follow" },
    RefMsgType = { filter = "ref_msg_type", kind = "uint32", doc = "MsgType of the refused message" },
    RefSeqNum = { filter = "ref_seq_num", kind = "int64", doc = "sequence number of the refused message" },
    RejectText = { filter = "reject_text", kind = "gbk", doc = "reason in words" },
    ReportIndex = { filter = "report_index", kind = "int64", doc = "next number wanted, from 1" },
    ReportingPBUID = { filter = "reporting_pbuid", kind = "text", doc = "unit that gets the report" },
    ResendStatus = { filter = "resend_status", kind = "uint8", codes = "ResendStatus", doc = "response: 1 complete, 2 partial, 3 no right, 4 no data" },
    ResendType = { filter = "resend_type", kind = "uint8", codes = "ResendType", doc = "1 tick data, 2 announcements" },
    SecondaryOrderID = { filter = "secondary_order_id", kind = "text", doc = "number of the bidding" },
    SecurityID = { filter = "security_id", kind = "text", doc = "security code, echoed" },
    SecurityIDSource = { filter = "security_id_source", kind = "text", doc = "102 Shenzhen, echoed" },
    SecuritySwitchStatus = { filter = "security_switch_status", kind = "uint16", doc = "1 open, 0 closed" },
    SecuritySwitchType = { filter = "security_switch_type", kind = "uint16", codes = "SecuritySwitchType", doc = "business; see SecuritySwitchType" },
    SenderCompID = { filter = "sender_comp_id", kind = "text", doc = "who sends" },
    SessionStatus = { filter = "session_status", kind = "int32", codes = "SessionStatus", doc = "why; see SessionStatus" },
    SettlPeriod = { filter = "settl_period", kind = "uint8", doc = "settlement period" },
    SettlType = { filter = "settl_type", kind = "uint16", doc = "settlement method" },
    Side = { filter = "side", kind = "text", codes = "Side", doc = "1 buy, 2 sell" },
    StockNum = { filter = "stock_num", kind = "uint32", doc = "securities that are counted" },
    StopPx = { filter = "stop_px", kind = "fixed", scale = 4, doc = "stop price; 0" },
    SubTradingPhaseCode = { filter = "sub_trading_phase_code", kind = "text", codes = "TradingPhase", first = true, doc = "phase of one trading method" },
    SubmittingPBUID = { filter = "submitting_pbuid", kind = "text", doc = "submitting unit, echoed" },
    TargetCompID = { filter = "target_comp_id", kind = "text", doc = "who receives" },
    Text = { filter = "text", kind = "gbk", doc = "remark" },
    ThresholdAmount = { filter = "threshold_amount", kind = "fixed", scale = 4, doc = "quota of the day" },
    TimeInForce = { filter = "time_in_force", kind = "text", codes = "TimeInForce", doc = "0 day, 3 immediate or cancel" },
    TotalValueTrade = { filter = "total_value_trade", kind = "fixed", scale = 4, doc = "value traded" },
    TotalVolumeTrade = { filter = "total_volume_trade", kind = "fixed", scale = 2, doc = "volume traded" },
    TradSesEndTime = { filter = "trad_ses_end_time", kind = "time", doc = "end of the session" },
    TradSesStartTime = { filter = "trad_ses_start_time", kind = "time", doc = "start of the session" },
    TradSesStatus = { filter = "trad_ses_status", kind = "uint16", doc = "reserved" },
    TradeDate = { filter = "trade_date", kind = "uint32", doc = "trade date" },
    TraderCode = { filter = "trader_code", kind = "text", doc = "trader" },
    TradingPhaseCode = { filter = "trading_phase_code", kind = "text", codes = "TradingPhase", first = true, doc = "phase and, in the second place, 1 when suspended" },
    TradingSessionID = { filter = "trading_session_id", kind = "text", doc = "reserved" },
    TradingSessionSubID = { filter = "trading_session_sub_id", kind = "text", doc = "part of the session, digits" },
    TradingType = { filter = "trading_type", kind = "uint8", codes = "TradingType", doc = "trading method; see TradingType" },
    TransactTime = { filter = "transact_time", kind = "time", doc = "time of the reject" },
    UserInfo = { filter = "user_info", kind = "text", doc = "private, echoed; printable ASCII" },
    UserNum = { filter = "user_num", kind = "uint16", doc = "number of users" },
    VersionCode = { filter = "version_code", kind = "text", doc = "version of the client" },
}

local PARTS = {
    Logon = {
        { "SenderCompID", 20 },
        { "TargetCompID", 20 },
        { "HeartBtInt", 4 },
        { "Password", 16 },
        { "DefaultApplVerID", 32 },
    },
    Logout = {
        { "SessionStatus", 4 },
        { "Text", 200 },
    },
    TradingBusinessReject = {
        { "ApplID", 3 },
        { "TransactTime", 8 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "RefSeqNum", 8 },
        { "RefMsgType", 4 },
        { "BusinessRejectRefID", 10 },
        { "BusinessRejectReason", 2 },
        { "BusinessRejectText", 50, true },
    },
    ReportSynchronization = {
        { "NoPartitions", 4 },
    },
    ReportPosition = {
        { "PartitionNo", 4 },
        { "ReportIndex", 8 },
    },
    PlatformStateInfo = {
        { "PlatformID", 2 },
        { "PlatformState", 2 },
    },
    ReportFinished = {
        { "PartitionNo", 4 },
        { "ReportIndex", 8 },
        { "PlatformID", 2 },
    },
    BusinessReject = {
        { "RefSeqNum", 8 },
        { "RefMsgType", 4 },
        { "BusinessRejectRefID", 10 },
        { "BusinessRejectReason", 2 },
        { "BusinessRejectText", 50 },
    },
    PlatformInfo = {
        { "PlatformID", 2 },
        { "NoPartitions", 4 },
    },
    PlatformPartition = {
        { "PartitionNo", 4 },
    },
    TradingSessionStatus = {
        { "MarketID", 8 },
        { "MarketSegmentID", 8 },
        { "TradingSessionID", 4 },
        { "TradingSessionSubID", 4 },
        { "TradSesStatus", 2 },
        { "TradSesStartTime", 8 },
        { "TradSesEndTime", 8 },
    },
    NewOrder = {
        { "ApplID", 3 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "OwnerType", 2 },
        { "ClearingFirm", 2 },
        { "TransactTime", 8 },
        { "UserInfo", 8 },
        { "ClOrdID", 10 },
        { "AccountID", 12 },
        { "BranchID", 4 },
        { "OrderRestrictions", 4 },
        { "Side", 1 },
        { "OrdType", 1 },
        { "OrderQty", 8 },
        { "Price", 8 },
        { "StopPx", 8 },
        { "MinQty", 8 },
        { "MaxPriceLevels", 2 },
        { "TimeInForce", 1 },
        { "CashMargin", 1 },
    },
    OrderCancelRequest = {
        { "ApplID", 3 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "OwnerType", 2 },
        { "ClearingFirm", 2 },
        { "TransactTime", 8 },
        { "UserInfo", 8 },
        { "ClOrdID", 10 },
        { "OrigClOrdID", 10 },
        { "Side", 1 },
        { "OrderID", 16 },
        { "OrderQty", 8 },
    },
    OrderReport = {
        { "PartitionNo", 4 },
        { "ReportIndex", 8 },
        { "ApplID", 3 },
        { "ReportingPBUID", 6 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "OwnerType", 2 },
        { "ClearingFirm", 2 },
        { "TransactTime", 8 },
        { "UserInfo", 8 },
        { "OrderID", 16 },
        { "ClOrdID", 10 },
        { "OrigClOrdID", 10 },
        { "ExecID", 16 },
        { "ExecType", 1 },
        { "OrdStatus", 1 },
        { "OrdRejReason", 2 },
        { "LeavesQty", 8 },
        { "CumQty", 8 },
        { "Side", 1 },
        { "OrdType", 1 },
        { "OrderQty", 8 },
        { "Price", 8 },
        { "AccountID", 12 },
        { "BranchID", 4 },
        { "OrderRestrictions", 4 },
        { "StopPx", 8 },
        { "MinQty", 8 },
        { "MaxPriceLevels", 2 },
        { "TimeInForce", 1 },
        { "CashMargin", 1 },
    },
    FillReport = {
        { "PartitionNo", 4 },
        { "ReportIndex", 8 },
        { "ApplID", 3 },
        { "ReportingPBUID", 6 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "OwnerType", 2 },
        { "ClearingFirm", 2 },
        { "TransactTime", 8 },
        { "UserInfo", 8 },
        { "OrderID", 16 },
        { "ClOrdID", 10 },
        { "ExecID", 16 },
        { "ExecType", 1 },
        { "OrdStatus", 1 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "LeavesQty", 8 },
        { "CumQty", 8 },
        { "Side", 1 },
        { "AccountID", 12 },
        { "BranchID", 4 },
        { "CashMargin", 1 },
    },
    CancelReject = {
        { "PartitionNo", 4 },
        { "ReportIndex", 8 },
        { "ApplID", 3 },
        { "ReportingPBUID", 6 },
        { "SubmittingPBUID", 6 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "OwnerType", 2 },
        { "ClearingFirm", 2 },
        { "TransactTime", 8 },
        { "UserInfo", 8 },
        { "ClOrdID", 10 },
        { "OrigClOrdID", 10 },
        { "Side", 1 },
        { "OrdStatus", 1 },
        { "CxlRejReason", 2 },
        { "RejectText", 16, true },
        { "OrderID", 16 },
    },
    SnapshotHead = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "TradingPhaseCode", 8 },
        { "PrevClosePx", 8 },
        { "NumTrades", 8 },
        { "TotalVolumeTrade", 8 },
        { "TotalValueTrade", 8 },
        { "NoMDEntries", 4 },
    },
    AuctionEntry = {
        { "MDEntryType", 2 },
        { "MDEntryPx", 8 },
        { "MDEntrySize", 8 },
        { "MDPriceLevel", 2 },
        { "NumberOfOrders", 8 },
        { "NoOrders", 4 },
    },
    QueueItem = {
        { "OrderQty", 8 },
    },
    AuctionTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
    },
    AuctionOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "OrdType", 1 },
    },
    BondPhases = {
        { "NoSubTradingPhaseCodes", 4 },
    },
    BondPhase = {
        { "SubTradingPhaseCode", 8 },
        { "TradingType", 1 },
    },
    BondTotals = {
        { "AuctionVolumeTrade", 8 },
        { "AuctionValueTrade", 8 },
    },
    BondTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
    },
    BondOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "OrdType", 1 },
    },
    BondNegotiatedTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
        { "SettlPeriod", 1 },
        { "SettlType", 2 },
    },
    BondQuoteOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "QuoteID", 10 },
        { "MemberID", 6 },
        { "InvestorType", 2 },
        { "InvestorID", 10 },
        { "InvestorName", 120 },
        { "TraderCode", 8 },
        { "SettlPeriod", 1 },
        { "SettlType", 2 },
        { "Memo", 160 },
    },
    BondBiddingTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
        { "SettlPeriod", 1 },
        { "SettlType", 2 },
        { "SecondaryOrderID", 16 },
        { "BidExecInstType", 2 },
        { "MarginPrice", 8 },
    },
    BondBiddingOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "MemberID", 6 },
        { "InvestorType", 2 },
        { "InvestorID", 10 },
        { "InvestorName", 120 },
        { "TraderCode", 8 },
        { "SettlPeriod", 1 },
        { "SettlType", 2 },
        { "Memo", 160 },
        { "SecondaryOrderID", 16 },
        { "BidTransType", 2 },
        { "BidExecInstType", 2 },
        { "LowLimitPrice", 8 },
        { "HighLimitPrice", 8 },
        { "MinQty", 8 },
        { "TradeDate", 4 },
    },
    AgreementTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
    },
    AgreementOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "ConfirmID", 8 },
        { "Contactor", 12 },
        { "ContactInfo", 30 },
    },
    AfterHoursEntry = {
        { "MDEntryType", 2 },
        { "MDEntryPx", 8 },
        { "MDEntrySize", 8 },
    },
    RefinancingTrade = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "BidApplSeqNum", 8 },
        { "OfferApplSeqNum", 8 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "LastPx", 8 },
        { "LastQty", 8 },
        { "ExecType", 1 },
        { "TransactTime", 8 },
    },
    RefinancingOrder = {
        { "ChannelNo", 2 },
        { "ApplSeqNum", 8 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "Price", 8 },
        { "OrderQty", 8 },
        { "Side", 1 },
        { "TransactTime", 8 },
        { "ExpirationDays", 2 },
        { "ExpirationType", 1 },
    },
    HkEntry = {
        { "MDEntryType", 2 },
        { "MDEntryPx", 8 },
        { "MDEntrySize", 8 },
        { "MDPriceLevel", 2 },
    },
    HkEvents = {
        { "NoComplexEventTimes", 4 },
    },
    HkEvent = {
        { "ComplexEventStartTime", 8 },
        { "ComplexEventEndTime", 8 },
    },
    IndexEntry = {
        { "MDEntryType", 2 },
        { "MDEntryPx", 8 },
    },
    VolumeStatistics = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "MDStreamID", 3 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "TradingPhaseCode", 8 },
        { "PrevClosePx", 8 },
        { "NumTrades", 8 },
        { "TotalVolumeTrade", 8 },
        { "TotalValueTrade", 8 },
        { "StockNum", 4 },
    },
    Announcement = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "NewsID", 8 },
        { "Headline", 128 },
        { "RawDataFormat", 8 },
        { "RawDataLength", 4 },
    },
    SecurityStatus = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "SecurityID", 8 },
        { "SecurityIDSource", 4 },
        { "FinancialStatus", 8 },
        { "NoSwitch", 4 },
    },
    SecuritySwitch = {
        { "SecuritySwitchType", 2 },
        { "SecuritySwitchStatus", 2 },
    },
    MarketStatus = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "MarketID", 8 },
        { "MarketSegmentID", 8 },
        { "TradingSessionID", 4 },
        { "TradingSessionSubID", 4 },
        { "TradSesStatus", 2 },
        { "TradSesStartTime", 8 },
        { "TradSesEndTime", 8 },
        { "ThresholdAmount", 8 },
        { "PosAmt", 8 },
        { "AmountStatus", 1 },
    },
    ChannelStatistics = {
        { "OrigTime", 8 },
        { "ChannelNo", 2 },
        { "NoMDStreamID", 4 },
    },
    ChannelStream = {
        { "MDStreamID", 3 },
        { "StockNum", 4 },
        { "TradingPhaseCode", 8 },
    },
    UserInfoReport = {
        { "OrigTime", 8 },
        { "VersionCode", 16 },
        { "UserNum", 2 },
    },
    Resend = {
        { "ResendType", 1 },
        { "ChannelNo", 2 },
        { "ApplBegSeqNum", 8 },
        { "ApplEndSeqNum", 8 },
        { "NewsID", 8 },
        { "ResendStatus", 1 },
        { "RejectText", 16 },
    },
    ChannelHeartbeat = {
        { "ChannelNo", 2 },
        { "ApplLastSeqNum", 8 },
        { "EndOfChannel", 2 },
    },
}

local MESSAGES = {
    [1] = {
        name = "Logon",
        title = "Logon",
        min = 92,
        parts = {
            { fields = PARTS.Logon },
        },
    },
    [2] = {
        name = "Logout",
        title = "Logout",
        min = 204,
        parts = {
            { fields = PARTS.Logout },
        },
    },
    [3] = {
        name = "Heartbeat",
        title = "Heartbeat",
        min = 0,
        parts = {},
    },
    [4] = {
        name = "TradingBusinessReject",
        title = "Business reject (trading)",
        min = 103,
        parts = {
            { fields = PARTS.TradingBusinessReject },
        },
    },
    [5] = {
        name = "ReportSynchronization",
        title = "Report synchronisation",
        min = 4,
        parts = {
            { fields = PARTS.ReportSynchronization, group = "Partitions", entry = {
                { fields = PARTS.ReportPosition },
            } },
        },
    },
    [6] = {
        name = "PlatformStateInfo",
        title = "Platform state",
        min = 4,
        parts = {
            { fields = PARTS.PlatformStateInfo },
        },
    },
    [7] = {
        name = "ReportFinished",
        title = "End of the reports of a partition",
        min = 14,
        parts = {
            { fields = PARTS.ReportFinished },
        },
    },
    [8] = {
        name = "BusinessReject",
        title = "Business reject (market data)",
        min = 74,
        parts = {
            { fields = PARTS.BusinessReject },
        },
    },
    [9] = {
        name = "PlatformInfo",
        title = "Platform information",
        min = 6,
        parts = {
            { fields = PARTS.PlatformInfo, group = "Partitions", entry = {
                { fields = PARTS.PlatformPartition },
            } },
        },
    },
    [10] = {
        name = "TradingSessionStatus",
        title = "Trading session status",
        min = 42,
        parts = {
            { fields = PARTS.TradingSessionStatus },
        },
    },
    [100101] = {
        name = "NewOrder",
        title = "New order, cash auction",
        min = 109,
        parts = {
            { fields = PARTS.NewOrder },
        },
    },
    [190007] = {
        name = "OrderCancelRequest",
        title = "Order cancel request",
        min = 86,
        parts = {
            { fields = PARTS.OrderCancelRequest },
        },
    },
    [200102] = {
        name = "OrderReport",
        title = "Execution report: accepted, rejected or cancelled",
        min = 189,
        parts = {
            { fields = PARTS.OrderReport },
        },
    },
    [200115] = {
        name = "FillReport",
        title = "Execution report: a fill",
        min = 153,
        parts = {
            { fields = PARTS.FillReport },
        },
    },
    [290008] = {
        name = "CancelReject",
        title = "Cancel reject",
        min = 115,
        parts = {
            { fields = PARTS.CancelReject },
        },
    },
    [300111] = {
        name = "AuctionSnapshot",
        title = "Auction snapshot",
        min = 69,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.AuctionEntry, group = "OrderQtys", entry = {
                    { fields = PARTS.QueueItem },
                } },
            } },
        },
    },
    [300191] = {
        name = "AuctionTrade",
        title = "Auction tick trade or cancel",
        min = 66,
        parts = {
            { fields = PARTS.AuctionTrade },
        },
    },
    [300192] = {
        name = "AuctionOrder",
        title = "Auction tick order",
        min = 51,
        parts = {
            { fields = PARTS.AuctionOrder },
        },
    },
    [300211] = {
        name = "BondSnapshot",
        title = "Bond snapshot",
        min = 89,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.AuctionEntry, group = "OrderQtys", entry = {
                    { fields = PARTS.QueueItem },
                } },
            } },
            { fields = PARTS.BondPhases, group = "SubTradingPhaseCodes", entry = {
                { fields = PARTS.BondPhase },
            } },
            { fields = PARTS.BondTotals },
        },
    },
    [300291] = {
        name = "BondTrade",
        title = "Bond match tick trade or cancel",
        min = 66,
        parts = {
            { fields = PARTS.BondTrade },
        },
    },
    [300292] = {
        name = "BondOrder",
        title = "Bond match tick order",
        min = 51,
        parts = {
            { fields = PARTS.BondOrder },
        },
    },
    [300391] = {
        name = "BondNegotiatedTrade",
        title = "Bond negotiated, click or inquiry trade",
        min = 69,
        parts = {
            { fields = PARTS.BondNegotiatedTrade },
        },
    },
    [300392] = {
        name = "BondQuoteOrder",
        title = "Bond negotiated or click quote order",
        min = 369,
        parts = {
            { fields = PARTS.BondQuoteOrder },
        },
    },
    [300491] = {
        name = "BondBiddingTrade",
        title = "Bond bidding trade",
        min = 95,
        parts = {
            { fields = PARTS.BondBiddingTrade },
        },
    },
    [300492] = {
        name = "BondBiddingOrder",
        title = "Bond bidding order",
        min = 407,
        parts = {
            { fields = PARTS.BondBiddingOrder },
        },
    },
    [300591] = {
        name = "AgreementTrade",
        title = "Agreement trade",
        min = 66,
        parts = {
            { fields = PARTS.AgreementTrade },
        },
    },
    [300592] = {
        name = "AgreementOrder",
        title = "Agreement order",
        min = 100,
        parts = {
            { fields = PARTS.AgreementOrder },
        },
    },
    [300611] = {
        name = "BlockSnapshot",
        title = "After-hours block pricing snapshot",
        min = 69,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.AfterHoursEntry },
            } },
        },
    },
    [300791] = {
        name = "RefinancingTrade",
        title = "Refinancing (securities lending) trade",
        min = 66,
        parts = {
            { fields = PARTS.RefinancingTrade },
        },
    },
    [300792] = {
        name = "RefinancingOrder",
        title = "Refinancing (securities lending) order",
        min = 53,
        parts = {
            { fields = PARTS.RefinancingOrder },
        },
    },
    [303711] = {
        name = "FixedPriceSnapshot",
        title = "After-hours fixed-price snapshot (ChiNext)",
        min = 69,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.AfterHoursEntry },
            } },
        },
    },
    [306311] = {
        name = "HkSnapshot",
        title = "Hong Kong Connect snapshot",
        min = 73,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.HkEntry },
            } },
            { fields = PARTS.HkEvents, group = "ComplexEventTimes", entry = {
                { fields = PARTS.HkEvent },
            } },
        },
    },
    [309011] = {
        name = "IndexSnapshot",
        title = "Index snapshot",
        min = 69,
        parts = {
            { fields = PARTS.SnapshotHead, group = "MDEntries", entry = {
                { fields = PARTS.IndexEntry },
            } },
        },
    },
    [309111] = {
        name = "VolumeStatistics",
        title = "Volume statistics snapshot",
        min = 69,
        parts = {
            { fields = PARTS.VolumeStatistics },
        },
    },
    [390012] = {
        name = "Announcement",
        title = "Announcement",
        min = 158,
        parts = {
            { fields = PARTS.Announcement, data = "RawData" },
        },
    },
    [390013] = {
        name = "SecurityStatus",
        title = "Security status",
        min = 34,
        parts = {
            { fields = PARTS.SecurityStatus, group = "Switches", entry = {
                { fields = PARTS.SecuritySwitch },
            } },
        },
    },
    [390019] = {
        name = "MarketStatus",
        title = "Market status (Hong Kong Connect quota)",
        min = 69,
        parts = {
            { fields = PARTS.MarketStatus },
        },
    },
    [390090] = {
        name = "ChannelStatistics",
        title = "Snapshot channel statistics",
        min = 14,
        parts = {
            { fields = PARTS.ChannelStatistics, group = "MDStreams", entry = {
                { fields = PARTS.ChannelStream },
            } },
        },
    },
    [390093] = {
        name = "UserInfoReport",
        title = "User information report",
        min = 26,
        parts = {
            { fields = PARTS.UserInfoReport },
        },
    },
    [390094] = {
        name = "Resend",
        title = "Resend request and response",
        min = 44,
        parts = {
            { fields = PARTS.Resend },
        },
    },
    [390095] = {
        name = "ChannelHeartbeat",
        title = "Channel heartbeat",
        min = 12,
        parts = {
            { fields = PARTS.ChannelHeartbeat },
        },
    },
}

local szse = Proto("szse", "SZSE Binary")

local HEADER, TRAILER = 8, 4

local f_msg_type = ProtoField.uint32("szse.msg_type", "MsgType")
local f_body_length = ProtoField.uint32("szse.body_length", "BodyLength")
local f_checksum = ProtoField.uint32("szse.checksum", "Checksum", base.HEX)
local f_body = ProtoField.bytes("szse.body", "Body of an unknown type")
local f_surplus = ProtoField.bytes("szse.surplus", "Bytes of a later version")
local f_data = ProtoField.bytes("szse.data", "Data")
local f_group = ProtoField.none("szse.group", "Group")
local f_entry = ProtoField.uint32("szse.entry", "Entry")

local e_checksum = ProtoExpert.new("szse.checksum.bad", "The checksum is wrong",
    expert.group.CHECKSUM, expert.severity.ERROR)
local e_length = ProtoExpert.new("szse.body_length.bad", "BodyLength is over the limit",
    expert.group.MALFORMED, expert.severity.ERROR)
local e_short = ProtoExpert.new("szse.body.short", "The body is shorter than its type or its groups need",
    expert.group.MALFORMED, expert.severity.ERROR)
local e_cut = ProtoExpert.new("szse.cut", "The message is cut off",
    expert.group.UNDECODED, expert.severity.WARN)
local e_unknown = ProtoExpert.new("szse.unknown", "Unknown message type",
    expert.group.UNDECODED, expert.severity.NOTE)
szse.experts = { e_checksum, e_length, e_short, e_cut, e_unknown }

local all_fields =
    { f_msg_type, f_body_length, f_checksum, f_body, f_surplus, f_data, f_group, f_entry }
local fields = {}
for name, field in pairs(FIELDS) do
    local abbreviation = "szse." .. field.filter
    local proto
    if field.kind == "text" or field.kind == "gbk" then
        proto = ProtoField.string(abbreviation, name, base.UNICODE or base.NONE, field.doc)
    elseif field.kind == "fixed" then
        proto = ProtoField.double(abbreviation, name, field.doc)
    elseif field.kind == "time" then
        proto = ProtoField.int64(abbreviation, name, base.DEC, nil, nil, field.doc)
    else
        proto = ProtoField[field.kind](abbreviation, name, base.DEC, nil, nil, field.doc)
    end
    fields[name] = proto
    all_fields[#all_fields + 1] = proto
end
szse.fields = all_fields

-- Versions that do not know the encoding show the bytes.
local GBK = ENC_GB18030

local function is_utf8(text)
    local at = 1
    while at <= #text do
        local lead, second = text:byte(at, at + 1)
        local more, low, high = 0, 0x80, 0xbf
        if lead >= 0x80 then
            if lead >= 0xc2 and lead <= 0xdf then
                more = 1
            elseif lead >= 0xe0 and lead <= 0xef then
                more = 2
                low, high = lead == 0xe0 and 0xa0 or 0x80, lead == 0xed and 0x9f or 0xbf
            elseif lead >= 0xf0 and lead <= 0xf4 then
                more = 3
                low, high = lead == 0xf0 and 0x90 or 0x80, lead == 0xf4 and 0x8f or 0xbf
            else
                return false
            end
            if not second or second < low or second > high then
                return false
            end
            for i = at + 2, at + more do
                local byte = text:byte(i)
                if not byte or byte < 0x80 or byte > 0xbf then
                    return false
                end
            end
        end
        at = at + 1 + more
    end
    return true
end

-- Adds a text without its padding. Not by `range:string`: it cuts what the encoding makes longer.
-- `either`: UTF-8 where it is that.
local function add_text(tree, proto, range, encoding, either)
    local bytes = range:raw()
    local kept = bytes:gsub("[ \0]+$", "")
    if not kept:find("[^\32-\126]") then
        return tree:add(proto, range, kept), kept
    end
    if either and is_utf8(kept) then
        encoding = ENC_UTF_8
    end
    if encoding then
        local item, text = tree:add_packet_field(proto, range(0, #kept), encoding)
        item:set_len(#bytes)
        return item, text
    end
    local escaped = kept:gsub("[^\32-\126]", function(byte)
        return ("\\x%02x"):format(byte:byte())
    end)
    return tree:add(proto, range, escaped), escaped
end

-- Exact, whatever the size: a floating-point number would round.
local function decimal(integer, scale)
    local digits = tostring(integer)
    local sign = ""
    if digits:sub(1, 1) == "-" then
        sign, digits = "-", digits:sub(2)
    end
    digits = ("0"):rep(scale + 1 - #digits) .. digits
    return sign .. digits:sub(1, -scale - 1) .. "." .. digits:sub(-scale)
end

local function clock(digits)
    local year, month, day, hour, minute, second, ms =
        digits:match("^(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d%d)$")
    if not year then
        return nil
    end
    return ("%s-%s-%s %s:%s:%s.%s"):format(year, month, day, hour, minute, second, ms)
end

local function meaning(field, text)
    local codes = field.codes and CODES[field.codes]
    if not codes then
        return nil
    end
    return codes[field.first and text:sub(1, 1) or text]
end

-- Adds one field. Returns its value as text and, for an unsigned number, as a number.
local function add_field(tree, name, range, either)
    local field, proto = FIELDS[name], fields[name]
    local item, text, number
    if field.kind == "text" or field.kind == "gbk" then
        item, text = add_text(tree, proto, range, field.kind == "gbk" and GBK, either)
    elseif field.kind == "fixed" then
        local integer = range:int64()
        text = decimal(integer, field.scale)
        item = tree:add(proto, range, integer:tonumber() / 10 ^ field.scale)
        item:set_text(name .. ": " .. text)
    elseif field.kind == "time" then
        text = tostring(range:int64())
        item = tree:add(proto, range)
        local time = clock(text)
        if time then
            item:append_text(" (" .. time .. ")")
        end
    else
        item = tree:add(proto, range)
        if field.kind == "int64" then
            text = tostring(range:int64())
        elseif field.kind == "int32" then
            text = ("%d"):format(range:int())
        else
            number = range:uint()
            text = ("%d"):format(number)
        end
    end
    local words = meaning(field, text)
    if words then
        item:append_text(" (" .. words .. ")")
    end
    return text, number
end

-- Adds the parts from `at` on, as far as the bytes before `stop` go. Returns the place behind them
-- and the first text; no place when they do not go far enough.
local function add_parts(tree, tvb, parts, at, stop)
    local first
    for _, part in ipairs(parts) do
        local number = 0
        for _, row in ipairs(part.fields) do
            local name, length = row[1], row[2]
            if at + length > stop then
                return nil, first
            end
            local text, value = add_field(tree, name, tvb(at, length), row[3])
            first = first or text
            number = value or 0
            at = at + length
        end
        if part.data then
            if number > stop - at then
                return nil, first
            end
            if number > 0 then
                tree:add(f_data, tvb(at, number)):set_text(("%s: %d bytes"):format(part.data, number))
            end
            at = at + number
        elseif part.entry and number > 0 then
            local begin = at
            local group = tree:add(f_group, tvb(at, 0))
            group:set_text(("%s: %d"):format(part.group, number))
            for index = 0, number - 1 do
                if at >= stop then
                    return nil, first
                end
                local entry = group:add(f_entry, tvb(at, 0), index)
                local behind, label = add_parts(entry, tvb, part.entry, at, stop)
                entry:set_text(("%s[%d]: %s"):format(part.group, index, label or ""))
                entry:set_len((behind or stop) - at)
                if not behind then
                    group:set_len(stop - begin)
                    return nil, first
                end
                at = behind
            end
            group:set_len(at - begin)
        end
    end
    return at, first
end

local function sum(tvb, at, length)
    local bytes, total = tvb:raw(at, length), 0
    -- In pieces: the number of results of one call is limited.
    for from = 1, #bytes, 1024 do
        local piece = { bytes:byte(from, math.min(from + 1023, #bytes)) }
        for i = 1, #piece do
            total = total + piece[i]
        end
    end
    return total % 256
end

local function limit(msg_type)
    return msg_type == ANNOUNCEMENT and MAX_ANNOUNCEMENT_BYTES or MAX_BODY_BYTES
end

-- Adds the message at `at`, of which `available` bytes are there. Returns its name.
local function add_message(tvb, tree, at, available)
    local msg_type, body = tvb(at, 4):uint(), tvb(at + 4, 4):uint()
    local message = MESSAGES[msg_type]
    local total = HEADER + body + TRAILER
    local name = message and message.name or "Unknown"
    local item = tree:add(szse, tvb(at, math.min(total, available)))
    item:set_text(("SZSE Binary, %s (%d)"):format(name, msg_type))
    local type_item = item:add(f_msg_type, tvb(at, 4))
    type_item:append_text(" (" .. (message and message.title or "unknown") .. ")")
    item:add(f_body_length, tvb(at + 4, 4))
    local begin = at + HEADER
    local stop = begin + math.min(body, available - HEADER)
    local is_whole = total <= available
    if message then
        local behind = add_parts(item, tvb, message.parts, begin, stop)
        if not behind and is_whole then
            item:add_proto_expert_info(e_short)
        elseif behind and behind < stop then
            item:add(f_surplus, tvb(behind, stop - behind))
        end
    else
        item:add_proto_expert_info(e_unknown)
        if stop > begin then
            item:add(f_body, tvb(begin, stop - begin))
        end
    end
    if is_whole then
        local found, wanted = tvb(at + total - TRAILER, TRAILER), sum(tvb, at, HEADER + body)
        local trailer = item:add(f_checksum, found)
        if found:uint() ~= wanted then
            trailer:append_text((" (should be 0x%08x)"):format(wanted))
            trailer:add_proto_expert_info(e_checksum)
        end
    else
        item:add_proto_expert_info(e_cut)
    end
    return name
end

-- Called as a function from the heuristics too: through `szse.dissector`, Wireshark would count one
-- more layer and refuse to put segments together.
local function dissect(tvb, pinfo, tree)
    local length = tvb:len()
    -- More can be had only for a stream whose segment was captured whole.
    local may_wait = pinfo.can_desegment > 0 and length == tvb:reported_len()
    local at = 0
    pinfo.cols.protocol = "SZSE"
    pinfo.cols.info:clear()
    while at < length do
        local available = length - at
        if available < HEADER then
            if may_wait then
                pinfo.desegment_offset = at
                pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
            else
                tree:add(szse, tvb(at, available)):add_proto_expert_info(e_cut)
            end
            break
        end
        local msg_type, body = tvb(at, 4):uint(), tvb(at + 4, 4):uint()
        if body > limit(msg_type) then
            local item = tree:add(szse, tvb(at, available))
            item:add(f_msg_type, tvb(at, 4))
            item:add(f_body_length, tvb(at + 4, 4)):add_proto_expert_info(e_length)
            pinfo.cols.info:append("BodyLength over the limit ")
            break
        end
        local total = HEADER + body + TRAILER
        if total > available and may_wait then
            pinfo.desegment_offset = at
            pinfo.desegment_len = total - available
            break
        end
        pinfo.cols.info:append(add_message(tvb, tree, at, available) .. " ")
        at = at + total
    end
    return length
end

function szse.dissector(tvb, pinfo, tree)
    return dissect(tvb, pinfo, tree)
end

-- The protocol has no magic number: a known type, a possible length and, where it can be seen, the
-- right checksum must do. Types below 100000 are too common as bytes to be believed unseen.
local function looks_right(tvb, needs_all)
    local length = tvb:len()
    if length < HEADER + TRAILER then
        return false
    end
    local msg_type, body = tvb(0, 4):uint(), tvb(4, 4):uint()
    local message = MESSAGES[msg_type]
    if not message or body < message.min or body > limit(msg_type) then
        return false
    end
    if HEADER + body + TRAILER > length then
        return not needs_all and msg_type >= 100000
    end
    return tvb(HEADER + body, TRAILER):uint() == sum(tvb, 0, HEADER + body)
end

szse:register_heuristic("tcp", function(tvb, pinfo, tree)
    if not looks_right(tvb, false) then
        return false
    end
    -- Later segments of the conversation may begin inside a message.
    pinfo.conversation = szse
    dissect(tvb, pinfo, tree)
    return true
end)

szse:register_heuristic("udp", function(tvb, pinfo, tree)
    if not looks_right(tvb, true) then
        return false
    end
    dissect(tvb, pinfo, tree)
    return true
end)

DissectorTable.get("tcp.port"):add_for_decode_as(szse)
DissectorTable.get("udp.port"):add_for_decode_as(szse)
