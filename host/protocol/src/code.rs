//! Code values, by name.

/// The named values of a field.
#[derive(Clone, Copy, Debug)]
pub struct CodeSet {
    /// Name of the set; that of the field, where one field has it.
    pub name: &'static str,
    /// Fields that take these values.
    pub fields: &'static [&'static str],
    /// The values.
    pub codes: &'static [Code],
}

/// One value.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Name in upper case.
    pub name: &'static str,
    /// The bytes on the wire as a big-endian number.
    pub value: u32,
    /// The characters, where the field is text.
    pub text: Option<&'static str>,
    /// Meaning.
    pub doc: &'static str,
}

impl CodeSet {
    /// The meaning of a value.
    pub fn meaning(&self, value: u32) -> Option<&'static str> {
        self.codes.iter().find(|code| code.value == value).map(|code| code.doc)
    }
}

/// The big-endian number of a text of at most four bytes.
const fn number(text: &str) -> u32 {
    let bytes = text.as_bytes();
    assert!(bytes.len() <= 4);
    let mut value = 0;
    let mut i = 0;
    while i < bytes.len() {
        value = value << 8 | bytes[i] as u32;
        i += 1;
    }
    value
}

/// The bytes of a text of known length.
const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk() {
        Some(bytes) if text.len() == N => *bytes,
        _ => panic!("a code of another length"),
    }
}

macro_rules! codes {
    ($($(#[$about:meta])* $module:ident $set:literal [$($field:literal),*] $kind:tt {
        $($name:ident = $value:literal, $doc:literal;)*
    })*) => {
        $(
            $(#[$about])*
            pub mod $module {
                $(codes!(@const $kind $name $value $doc);)*
            }
        )*

        /// Every set, for documents, the kernel header and the dissector.
        pub const CODES: &[CodeSet] = &[
            $(CodeSet {
                name: $set,
                fields: &[$($field),*],
                codes: &[$(codes!(@code $kind $name $value $doc)),*],
            },)*
        ];
    };
    (@const char $name:ident $value:literal $doc:literal) => {
        #[doc = $doc]
        pub const $name: u8 = super::bytes::<1>($value)[0];
    };
    (@const pair $name:ident $value:literal $doc:literal) => {
        #[doc = $doc]
        pub const $name: [u8; 2] = super::bytes($value);
    };
    (@const $kind:ident $name:ident $value:literal $doc:literal) => {
        #[doc = $doc]
        pub const $name: $kind = $value;
    };
    (@code char $name:ident $value:literal $doc:literal) => { codes!(@text $name $value $doc) };
    (@code pair $name:ident $value:literal $doc:literal) => { codes!(@text $name $value $doc) };
    (@code $kind:ident $name:ident $value:literal $doc:literal) => {
        Code { name: stringify!($name), value: $value, text: None, doc: $doc }
    };
    (@text $name:ident $value:literal $doc:literal) => {
        Code { name: stringify!($name), value: number($value), text: Some($value), doc: $doc }
    };
}

codes! {
    /// Side of an order.
    side "Side" ["Side"] char {
        BUY = "1", "buy";
        SELL = "2", "sell";
        BORROW = "G", "borrow";
        LEND = "F", "lend";
        SUBSCRIBE = "D", "subscribe";
        REDEEM = "E", "redeem";
    }
    /// How an order is priced.
    ord_type "OrdType" ["OrdType"] char {
        MARKET = "1", "market";
        LIMIT = "2", "limit";
        OWN_BEST = "U", "best price of its own side";
    }
    /// What happened. Tick trades have only [`exec_type::TRADE`] and [`exec_type::CANCEL`].
    exec_type "ExecType" ["ExecType"] char {
        NEW = "0", "new";
        CANCEL = "4", "cancelled";
        REJECT = "8", "rejected";
        TRADE = "F", "trade";
    }
    /// State of an order.
    ord_status "OrdStatus" ["OrdStatus"] char {
        NEW = "0", "new";
        PART_FILLED = "1", "partially filled";
        FILLED = "2", "filled";
        CANCELLED = "4", "cancelled";
        REJECTED = "8", "rejected";
    }
    /// How long an order stands.
    time_in_force "TimeInForce" ["TimeInForce"] char {
        DAY = "0", "day";
        IMMEDIATE_OR_CANCEL = "3", "immediate or cancel";
        AT_CROSSING = "9", "at crossing (Hong Kong Connect)";
    }
    /// Cash or margin.
    cash_margin "CashMargin" ["CashMargin"] char {
        CASH = "1", "cash";
        OPEN = "2", "open a margin position";
        CLOSE = "3", "close a margin position";
    }
    /// What an entry of a snapshot is.
    md_entry_type "MDEntryType" ["MDEntryType"] pair {
        BID = "0 ", "bid level";
        OFFER = "1 ", "offer level";
        LAST = "2 ", "last price";
        INDEX = "3 ", "current index";
        OPEN = "4 ", "open";
        HIGH = "7 ", "high";
        LOW = "8 ", "low";
        AVERAGE = "9 ", "weighted average price (bonds)";
        CHANGE_1 = "x1", "last less previous close";
        CHANGE_2 = "x2", "last less the last before";
        BID_TOTAL = "x3", "all bids: quantity and weighted average price";
        OFFER_TOTAL = "x4", "all offers: quantity and weighted average price";
        PE_1 = "x5", "price/earnings 1";
        PE_2 = "x6", "price/earnings 2";
        NAV = "x7", "fund: net asset value of the day before";
        IOPV = "x8", "fund: indicative value";
        PREMIUM = "x9", "warrant: premium rate";
        INDEX_PREV_CLOSE = "xa", "index: previous close";
        INDEX_OPEN = "xb", "index: open";
        INDEX_HIGH = "xc", "index: high";
        INDEX_LOW = "xd", "index: low";
        LIMIT_UP = "xe", "highest price allowed";
        LIMIT_DOWN = "xf", "lowest price allowed";
        OPEN_INTEREST = "xg", "options: open interest";
        NOMINAL = "xh", "Hong Kong Connect: nominal price; index: closing index (from memory)";
        REFERENCE = "xi", "reference price";
    }
    /// First character of TradingPhaseCode.
    trading_phase "TradingPhase" ["TradingPhaseCode", "SubTradingPhaseCode"] char {
        START = "S", "before the open";
        OPENING_AUCTION = "O", "opening auction";
        CONTINUOUS = "T", "continuous trading";
        BREAK = "B", "break";
        CLOSING_AUCTION = "C", "closing auction";
        ENDED = "E", "closed";
        HALT = "H", "temporary halt";
        AFTER_HOURS = "A", "after hours";
        VOLATILITY = "V", "volatility interruption";
    }
    /// Trading method of a bond.
    trading_type "TradingType" ["TradingType"] u8 {
        MATCH = 1, "match";
        NEGOTIATE = 2, "negotiate";
        CLICK = 3, "click";
        INQUIRY = 4, "inquiry";
        BIDDING = 5, "bidding";
    }
    /// What is to be sent again.
    resend_type "ResendType" ["ResendType"] u8 {
        TICKS = 1, "tick data";
        ANNOUNCEMENTS = 2, "announcements";
    }
    /// How a request to send again ended.
    resend_status "ResendStatus" ["ResendStatus"] u8 {
        COMPLETE = 1, "complete";
        PARTIAL = 2, "partial";
        NO_PERMISSION = 3, "no permission";
        NOT_AVAILABLE = 4, "data not available";
    }
    /// Why a session ended.
    session_status "SessionStatus" ["SessionStatus"] i32 {
        ACTIVE = 0, "session active";
        PASSWORD_CHANGED = 1, "password changed";
        PASSWORD_EXPIRES_SOON = 2, "password about to expire";
        PASSWORD_NOT_ACCEPTED = 3, "new password against the policy";
        LOGOUT_COMPLETE = 4, "logout complete";
        WRONG_PASSWORD = 5, "wrong user or password";
        LOCKED = 6, "account locked";
        NOT_NOW = 7, "logon not allowed now";
        PASSWORD_EXPIRED = 8, "password expired";
        SEQUENCE_LOW = 9, "MsgSeqNum too low";
        SEQUENCE_HIGH = 10, "NextExpectedMsgSeqNum too high";
        OTHER = 101, "other";
        INVALID_MESSAGE = 102, "invalid message";
    }
    /// A trading platform.
    platform_id "PlatformID" ["PlatformID"] u16 {
        CASH_AUCTION = 1, "cash auction";
        FINANCIAL_SERVICES = 2, "integrated financial services";
        NON_TRADE = 3, "non-trade processing";
        DERIVATIVES = 4, "derivatives auction";
        INTERCONNECTION = 5, "international interconnection";
        FIXED_INCOME = 6, "fixed income";
    }
    /// State of a trading platform. Orders are sent only when it is open.
    platform_state "PlatformState" ["PlatformState"] u16 {
        PRE_OPEN = 0, "not open";
        OPEN_UPCOMING = 1, "opening soon";
        OPEN = 2, "open";
        HALT = 3, "halt";
        CLOSE = 4, "closed";
    }
    /// Who originates an order.
    owner_type "OwnerType" ["OwnerType"] u16 {
        INDIVIDUAL = 1, "individual investor";
        EXCHANGE = 101, "exchange";
        MEMBER = 102, "member";
        INSTITUTION = 103, "institution";
        PROPRIETARY = 104, "proprietary";
        LIQUIDITY_PROVIDER = 105, "liquidity provider";
        CLEARING = 106, "clearing institution";
    }
    /// Business that a security may be switched on and off for.
    security_switch "SecuritySwitchType" ["SecuritySwitchType"] u16 {
        MARGIN_BUY = 1, "margin buy";
        SHORT_SELL = 2, "short sell";
        SUBSCRIBE_ETF = 3, "subscription, fund units";
        REDEEM_ETF = 4, "redemption";
        SUBSCRIBE_ISSUE = 5, "subscription, new issue";
        CONVERT = 6, "conversion";
        PUT_BACK = 7, "put-back";
        EXERCISE = 8, "exercise";
        BUY_OPEN = 10, "buy to open";
        SELL_OPEN = 11, "sell to open";
        GOLD_IN = 12, "gold ETF, physical in";
        GOLD_OUT = 13, "gold ETF, physical out";
        ACCEPT_TENDER = 14, "accept a tender";
        WITHDRAW_TENDER = 15, "withdraw from a tender";
        CANCEL_CONVERT = 18, "cancel a conversion";
        CANCEL_PUT_BACK = 19, "cancel a put-back";
        PLEDGE = 20, "pledge";
        UNPLEDGE = 21, "release a pledge";
        VOTING = 22, "voting";
        PLEDGE_REPO = 23, "stock pledge repo";
        SPLIT = 24, "real-time split";
        MERGE = 25, "real-time merge";
        COVERED_CALL = 26, "covered call";
        MARKET_MAKING = 27, "market-maker quote";
        HK_BOARD_BUY = 28, "Hong Kong Connect, board lot buy";
        HK_BOARD_SELL = 29, "Hong Kong Connect, board lot sell";
        HK_ODD_BUY = 30, "Hong Kong Connect, odd lot buy";
        HK_ODD_SELL = 31, "Hong Kong Connect, odd lot sell";
        TO_COVERED = 32, "option position, ordinary to covered";
        TO_ORDINARY = 33, "option position, covered to ordinary";
    }
}

/// Second character of TradingPhaseCode when the security is suspended for the day.
pub const SUSPENDED: u8 = b'1';
/// SecurityIDSource of Shenzhen.
pub const SOURCE_SZSE: [u8; 4] = *b"102 ";
/// SecurityIDSource of Hong Kong.
pub const SOURCE_HKEX: [u8; 4] = *b"103 ";
