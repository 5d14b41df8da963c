//! The MsgType of each message, by name.

/// Logon.
pub const LOGON: u32 = 1;
/// Logout.
pub const LOGOUT: u32 = 2;
/// Heartbeat.
pub const HEARTBEAT: u32 = 3;
/// Business reject of the trading gateway.
pub const TRADING_BUSINESS_REJECT: u32 = 4;
/// Report synchronisation.
pub const REPORT_SYNCHRONIZATION: u32 = 5;
/// Platform state.
pub const PLATFORM_STATE_INFO: u32 = 6;
/// End of the reports of a partition.
pub const REPORT_FINISHED: u32 = 7;
/// Business reject of the market-data gateway.
pub const BUSINESS_REJECT: u32 = 8;
/// Platform and its partitions.
pub const PLATFORM_INFO: u32 = 9;
/// Trading session status.
pub const TRADING_SESSION_STATUS: u32 = 10;
/// New order, cash auction.
pub const NEW_ORDER: u32 = 100_101;
/// Request to cancel an order.
pub const ORDER_CANCEL_REQUEST: u32 = 190_007;
/// Execution report: accepted, rejected or cancelled.
pub const ORDER_REPORT: u32 = 200_102;
/// Execution report: a fill.
pub const FILL_REPORT: u32 = 200_115;
/// A refused cancel.
pub const CANCEL_REJECT: u32 = 290_008;
/// Auction snapshot.
pub const AUCTION_SNAPSHOT: u32 = 300_111;
/// Auction tick trade or cancel.
pub const AUCTION_TRADE: u32 = 300_191;
/// Auction tick order.
pub const AUCTION_ORDER: u32 = 300_192;
/// Bond snapshot.
pub const BOND_SNAPSHOT: u32 = 300_211;
/// Bond match tick trade or cancel.
pub const BOND_TRADE: u32 = 300_291;
/// Bond match tick order.
pub const BOND_ORDER: u32 = 300_292;
/// Bond negotiated, click or inquiry trade.
pub const BOND_NEGOTIATED_TRADE: u32 = 300_391;
/// Bond negotiated or click quote order.
pub const BOND_QUOTE_ORDER: u32 = 300_392;
/// Bond bidding trade.
pub const BOND_BIDDING_TRADE: u32 = 300_491;
/// Bond bidding order.
pub const BOND_BIDDING_ORDER: u32 = 300_492;
/// Agreement trade.
pub const AGREEMENT_TRADE: u32 = 300_591;
/// Agreement order.
pub const AGREEMENT_ORDER: u32 = 300_592;
/// After-hours block pricing snapshot.
pub const BLOCK_SNAPSHOT: u32 = 300_611;
/// Refinancing trade.
pub const REFINANCING_TRADE: u32 = 300_791;
/// Refinancing order.
pub const REFINANCING_ORDER: u32 = 300_792;
/// After-hours fixed-price snapshot.
pub const FIXED_PRICE_SNAPSHOT: u32 = 303_711;
/// Hong Kong Connect snapshot.
pub const HK_SNAPSHOT: u32 = 306_311;
/// Index snapshot.
pub const INDEX_SNAPSHOT: u32 = 309_011;
/// Volume statistics snapshot.
pub const VOLUME_STATISTICS: u32 = 309_111;
/// Announcement.
pub const ANNOUNCEMENT: u32 = 390_012;
/// Security status.
pub const SECURITY_STATUS: u32 = 390_013;
/// Market status.
pub const MARKET_STATUS: u32 = 390_019;
/// Statistics of a snapshot channel.
pub const CHANNEL_STATISTICS: u32 = 390_090;
/// User information report.
pub const USER_INFO_REPORT: u32 = 390_093;
/// Request to send again, and its answer.
pub const RESEND: u32 = 390_094;
/// Channel heartbeat.
pub const CHANNEL_HEARTBEAT: u32 = 390_095;
