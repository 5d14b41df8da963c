//! Frames, byte by byte as the tables of the reference say.
#![allow(dead_code, reason = "each test file uses its part")]

/// Stamps of times that do not exist.
pub const IMPOSSIBLE: [i64; 5] =
    [0, i64::MIN, 99_999_999_999_999_999, 20_231_301_093_000_000, 20_230_201_096_000_000];

/// The trailer behind these bytes.
pub fn sum_of(bytes: &[u8]) -> [u8; 4] {
    let sum: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
    [0, 0, 0, (sum % 256) as u8]
}

/// A frame with the sum of its bytes.
pub fn frame(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = msg_type.to_be_bytes().to_vec();
    bytes.extend((body.len() as u32).to_be_bytes());
    bytes.extend(body);
    let trailer = sum_of(&bytes);
    bytes.extend(trailer);
    bytes
}

/// A body under way.
#[derive(Clone, Debug, Default)]
pub struct Body(pub Vec<u8>);

impl Body {
    /// Text, padded with spaces on the right.
    pub fn text(mut self, text: &str, len: usize) -> Self {
        assert!(text.len() <= len, "{text:?}");
        self.0.extend(format!("{text:<len$}").bytes());
        self
    }
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }
    pub fn i64(self, number: i64) -> Self {
        self.raw(&number.to_be_bytes())
    }
    pub fn i32(self, number: i32) -> Self {
        self.raw(&number.to_be_bytes())
    }
    pub fn u32(self, number: u32) -> Self {
        self.raw(&number.to_be_bytes())
    }
    pub fn u16(self, number: u16) -> Self {
        self.raw(&number.to_be_bytes())
    }
    pub fn u8(self, number: u8) -> Self {
        self.raw(&[number])
    }
    pub fn frame(self, msg_type: u32) -> Vec<u8> {
        frame(msg_type, &self.0)
    }
}

/// YYYYMMDDHHMMSSsss of a date and a millisecond of the day.
pub fn stamp(date: i64, ms: i64) -> i64 {
    assert!((0..86_400_000).contains(&ms));
    let (hour, minute, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    ((date * 100 + hour) * 100 + minute) * 100_000 + rest
}

/// The other way round.
pub fn date_and_ms(stamp: i64) -> (i64, i64) {
    let text = stamp.to_string();
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let ms = (number(8, 10) * 60 + number(10, 12)) * 60_000 + number(12, 17);
    (number(0, 8), ms)
}

/// 300192.
pub fn order(seq: i64, security: &str, time: i64) -> Vec<u8> {
    Body::default()
        .u16(2011)
        .i64(seq)
        .text("011", 3)
        .text(security, 8)
        .text("102", 4)
        .i64(100_000)
        .i64(10_000)
        .u8(b'1')
        .i64(time)
        .u8(b'2')
        .frame(300_192)
}

/// 300191.
pub fn trade_of(
    channel: u16,
    seq: i64,
    security: &str,
    price_e4: i64,
    exec: u8,
    time: i64,
) -> Vec<u8> {
    Body::default()
        .u16(channel)
        .i64(seq)
        .text("011", 3)
        .i64(1)
        .i64(2)
        .text(security, 8)
        .text("102", 4)
        .i64(price_e4)
        .i64(10_000)
        .u8(exec)
        .i64(time)
        .frame(300_191)
}

/// A trade (300191 with ExecType F) of channel 2011.
pub fn trade(seq: i64, security: &str, price_e4: i64, time: i64) -> Vec<u8> {
    trade_of(2011, seq, security, price_e4, b'F', time)
}

/// One entry of a snapshot: type, price in 1e-6, level.
pub type Entry = (&'static str, i64, u16);

/// 300111.
pub fn snapshot(security: &str, time: i64, phase: &str, entries: &[Entry]) -> Vec<u8> {
    let mut body = Body::default()
        .i64(time)
        .u16(1011)
        .text("010", 3)
        .text(security, 8)
        .text("102", 4)
        .text(phase, 8)
        .i64(100_000)
        .i64(7)
        .i64(10_000)
        .i64(1_503_000)
        .u32(entries.len() as u32);
    for (kind, price, level) in entries {
        body = body.text(kind, 2).i64(*price).i64(10_000).u16(*level).i64(0).u32(0);
    }
    body.frame(300_111)
}

/// A session heartbeat: a message without a time.
pub fn heartbeat() -> Vec<u8> {
    frame(3, &[])
}

/// A report, whichever message it is; fields that the message lacks are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub msg_type: u32,
    pub partition: i32,
    pub index: i64,
    pub time: i64,
    pub security: [u8; 8],
    pub side: u8,
    pub cl_ord_id: [u8; 10],
    pub orig_cl_ord_id: [u8; 10],
    pub order_id: [u8; 16],
    pub exec_type: u8,
    pub ord_status: u8,
    pub reason: u16,
    pub quantity: i64,
    pub cum: i64,
    pub leaves: i64,
    pub last: i64,
    pub last_px: i64,
    pub ref_msg_type: u32,
}

pub fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [b' '; N];
    out[..text.len()].copy_from_slice(text.as_bytes());
    out
}

impl Default for Report {
    fn default() -> Self {
        Self {
            msg_type: 200_102,
            partition: 1,
            index: 1,
            time: 20_240_102_093_000_000,
            security: padded("000001"),
            side: b'1',
            cl_ord_id: padded(""),
            orig_cl_ord_id: padded(""),
            order_id: padded(""),
            exec_type: b'0',
            ord_status: b'0',
            reason: 0,
            quantity: 10_000,
            cum: 0,
            leaves: 10_000,
            last: 0,
            last_px: 0,
            ref_msg_type: 0,
        }
    }
}

impl Report {
    pub fn frame(&self) -> Vec<u8> {
        let body = Body::default();
        match self.msg_type {
            200_102 => body
                .i32(self.partition)
                .i64(self.index)
                .text("010", 3)
                .text("123456", 6)
                .text("123456", 6)
                .raw(&self.security)
                .text("102", 4)
                .u16(1)
                .text("01", 2)
                .i64(self.time)
                .text("U1", 8)
                .raw(&self.order_id)
                .raw(&self.cl_ord_id)
                .raw(&self.orig_cl_ord_id)
                .text("E", 16)
                .u8(self.exec_type)
                .u8(self.ord_status)
                .u16(self.reason)
                .i64(self.leaves)
                .i64(self.cum)
                .u8(self.side)
                .u8(b'2')
                .i64(self.quantity)
                .i64(100_000)
                .text("0100000001", 12)
                .text("01", 4)
                .text("", 4)
                .i64(0)
                .i64(0)
                .u16(0)
                .u8(b'0')
                .u8(b'1')
                .frame(200_102),
            200_115 => body
                .i32(self.partition)
                .i64(self.index)
                .text("010", 3)
                .text("123456", 6)
                .text("123456", 6)
                .raw(&self.security)
                .text("102", 4)
                .u16(1)
                .text("01", 2)
                .i64(self.time)
                .text("U1", 8)
                .raw(&self.order_id)
                .raw(&self.cl_ord_id)
                .text("E", 16)
                .u8(self.exec_type)
                .u8(self.ord_status)
                .i64(self.last_px)
                .i64(self.last)
                .i64(self.leaves)
                .i64(self.cum)
                .u8(self.side)
                .text("0100000001", 12)
                .text("01", 4)
                .u8(b'1')
                .frame(200_115),
            290_008 => body
                .i32(self.partition)
                .i64(self.index)
                .text("010", 3)
                .text("123456", 6)
                .text("123456", 6)
                .raw(&self.security)
                .text("102", 4)
                .u16(1)
                .text("01", 2)
                .i64(self.time)
                .text("U1", 8)
                .raw(&self.cl_ord_id)
                .raw(&self.orig_cl_ord_id)
                .u8(self.side)
                .u8(self.ord_status)
                .u16(self.reason)
                .text("no", 16)
                .raw(&self.order_id)
                .frame(290_008),
            4 => body
                .text("010", 3)
                .i64(self.time)
                .text("123456", 6)
                .raw(&self.security)
                .text("102", 4)
                .i64(0)
                .u32(self.ref_msg_type)
                .raw(&self.cl_ord_id)
                .u16(self.reason)
                .text("no", 50)
                .frame(4),
            other => panic!("no report: {other}"),
        }
    }
}

/// The fields of a template, as the setup names them. Orders are limit orders for the day.
#[derive(Clone, Debug)]
pub struct Template {
    pub appl_id: String,
    pub pbu: String,
    pub owner_type: u16,
    pub clearing_firm: String,
    pub user_info: String,
    pub account_id: String,
    pub branch_id: String,
    pub order_restrictions: String,
    pub cash_margin: char,
    pub prefix: String,
    pub first: u64,
}

impl Default for Template {
    fn default() -> Self {
        Self {
            appl_id: "010".into(),
            pbu: "123456".into(),
            owner_type: 1,
            clearing_firm: "01".into(),
            user_info: "U1".into(),
            account_id: "0100000001".into(),
            branch_id: "01".into(),
            order_restrictions: String::new(),
            cash_margin: '1',
            prefix: "A".into(),
            first: 1,
        }
    }
}

impl Template {
    /// The ClOrdID of a row, or `None` where the digits are used up.
    pub fn cl_ord_id(&self, row: u64) -> Option<[u8; 10]> {
        let digits = 10 - self.prefix.len();
        let text = format!("{}{:0digits$}", self.prefix, self.first.checked_add(row)?);
        (text.len() == 10).then(|| padded(&text))
    }

    fn common(&self, security: &[u8; 8], time: i64) -> Body {
        Body::default()
            .text(&self.appl_id, 3)
            .text(&self.pbu, 6)
            .raw(security)
            .text("102", 4)
            .u16(self.owner_type)
            .text(&self.clearing_firm, 2)
            .i64(time)
            .text(&self.user_info, 8)
    }

    /// 100101.
    pub fn order(
        &self,
        id: &[u8; 10],
        security: &[u8; 8],
        side: u8,
        quantity: i64,
        price: i64,
        time: i64,
    ) -> Vec<u8> {
        self.common(security, time)
            .raw(id)
            .text(&self.account_id, 12)
            .text(&self.branch_id, 4)
            .text(&self.order_restrictions, 4)
            .u8(side)
            .u8(b'2')
            .i64(quantity)
            .i64(price)
            .i64(0)
            .i64(0)
            .u16(0)
            .u8(b'0')
            .u8(self.cash_margin as u8)
            .frame(100_101)
    }

    /// 190007.
    #[allow(clippy::too_many_arguments, reason = "one a field")]
    pub fn cancel(
        &self,
        id: &[u8; 10],
        orig: &[u8; 10],
        security: &[u8; 8],
        side: u8,
        order_id: &[u8; 16],
        quantity: i64,
        time: i64,
    ) -> Vec<u8> {
        self.common(security, time)
            .raw(id)
            .raw(orig)
            .u8(side)
            .raw(order_id)
            .i64(quantity)
            .frame(190_007)
    }
}
