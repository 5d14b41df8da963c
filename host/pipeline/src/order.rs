//! Orders and cancel requests: prepared frames, patched.
//!
//! A template is a whole frame and the sum of its bytes. To send, the fields that change are
//! written over those of the frame before, and the checksum moves by the difference.
//! [`Descriptor::words`](crate::toe::Descriptor::words) makes the words of TOE1 of a frame.

use tidegate_protocol::code::side;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{NewOrder, OrderCancelRequest};
use tidegate_protocol::units::{PriceE4, PxE6, QtyE2, Timestamp};
use tidegate_protocol::{frame, msg_type};

use crate::parameters::{OrderRule, PriceRule};
use crate::quote::{Depth, Row};

/// ClOrdID as on the wire.
pub type ClOrdId = [u8; 10];

/// How ClOrdIDs are made: a prefix and a counter, padded with zeros to ten characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClOrdIds {
    prefix: [u8; 10],
    prefix_len: usize,
    first: u64,
}

impl ClOrdIds {
    /// Numbers from `first` on behind a prefix of at most 8 characters. `None` if the prefix is
    /// longer, holds anything but visible ASCII, or leaves no room for `first`.
    pub fn new(prefix: &str, first: u64) -> Option<Self> {
        let visible = prefix.bytes().all(|byte| byte.is_ascii_graphic());
        if prefix.len() > 8 || !visible {
            return None;
        }
        let mut padded = [0; 10];
        padded[..prefix.len()].copy_from_slice(prefix.as_bytes());
        let ids = Self { prefix: padded, prefix_len: prefix.len(), first };
        (first < ids.end()).then_some(ids)
    }

    /// The first number that the digits cannot say.
    fn end(&self) -> u64 {
        10u64.pow((10 - self.prefix_len) as u32)
    }

    /// The prefix, padded with NUL, its length, and the first number.
    pub fn parts(&self) -> ([u8; 10], usize, u64) {
        (self.prefix, self.prefix_len, self.first)
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.end() - self.first
    }

    /// The ClOrdID of a row of the record table.
    pub fn id(&self, row: u32) -> ClOrdId {
        let mut id = self.prefix;
        let mut number = self.first + u64::from(row);
        for digit in id[self.prefix_len..].iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        id
    }

    /// The row of a ClOrdID that was made here.
    pub fn row(&self, id: &ClOrdId) -> Option<u32> {
        let (prefix, digits) = id.split_at(self.prefix_len);
        if prefix != &self.prefix[..self.prefix_len] {
            return None;
        }
        let mut number = 0u64;
        for digit in digits {
            number = number * 10 + u64::from(digit.checked_sub(b'0').filter(|d| *d < 10)?);
        }
        u32::try_from(number.checked_sub(self.first)?).ok()
    }
}

/// A whole frame and the sum of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Template<const N: usize> {
    frame: [u8; N],
    sum: u8,
}

impl<const N: usize> Template<N> {
    fn new(msg_type: u32, emit: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = [0; N];
        bytes[..4].copy_from_slice(&msg_type.to_be_bytes());
        emit(&mut bytes[HEADER_BYTES..N - TRAILER_BYTES]);
        frame::seal(&mut bytes);
        Self { frame: bytes, sum: bytes[N - 1] }
    }

    /// Writes a field of the body; the sum moves by the difference.
    fn patch<const L: usize>(&mut self, at: usize, field: [u8; L]) {
        for (old, new) in self.frame[HEADER_BYTES + at..][..L].iter_mut().zip(field) {
            self.sum = self.sum.wrapping_sub(*old).wrapping_add(new);
            *old = new;
        }
    }

    fn sealed(&mut self) -> &[u8; N] {
        self.frame[N - 1] = self.sum;
        &self.frame
    }
}

/// Bytes of a whole 100101.
pub const ORDER_BYTES: usize = HEADER_BYTES + NewOrder::LEN + TRAILER_BYTES;
/// Bytes of a whole 190007.
pub const CANCEL_BYTES: usize = HEADER_BYTES + OrderCancelRequest::LEN + TRAILER_BYTES;

/// The prepared frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Templates {
    order: Template<ORDER_BYTES>,
    cancel: Template<CANCEL_BYTES>,
}

/// What an order or a cancel request says that the template does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields {
    /// ClOrdID.
    pub cl_ord_id: ClOrdId,
    /// SecurityID.
    pub security: [u8; 8],
    /// Side.
    pub side: u8,
    /// OrderQty.
    pub quantity: QtyE2,
    /// TransactTime.
    pub time: Timestamp,
}

impl Templates {
    /// Prepares 100101 from its fields, and 190007 from those that both have.
    pub fn new(order: &NewOrder) -> Self {
        let cancel = OrderCancelRequest {
            appl_id: order.appl_id,
            submitting_pbuid: order.submitting_pbuid,
            security_id_source: order.security_id_source,
            owner_type: order.owner_type,
            clearing_firm: order.clearing_firm,
            user_info: order.user_info,
            ..OrderCancelRequest::default()
        };
        let whole = "the template is as long as the body";
        Self {
            order: Template::new(msg_type::NEW_ORDER, |body| {
                order.emit(body.first_chunk_mut().expect(whole));
            }),
            cancel: Template::new(msg_type::ORDER_CANCEL_REQUEST, |body| {
                cancel.emit(body.first_chunk_mut().expect(whole));
            }),
        }
    }

    /// The frame of an order.
    pub fn order(&mut self, fields: &Fields, price: PriceE4) -> &[u8; ORDER_BYTES] {
        let template = &mut self.order;
        template.patch(NewOrder::SECURITY_ID_AT, fields.security);
        template.patch(NewOrder::SIDE_AT, [fields.side]);
        template.patch(NewOrder::ORDER_QTY_AT, fields.quantity.0.to_be_bytes());
        template.patch(NewOrder::PRICE_AT, price.0.to_be_bytes());
        template.patch(NewOrder::CL_ORD_ID_AT, fields.cl_ord_id);
        template.patch(NewOrder::TRANSACT_TIME_AT, fields.time.0.to_be_bytes());
        template.sealed()
    }

    /// The prepared frames of an order and of a cancel request.
    pub fn frames(&self) -> (&[u8; ORDER_BYTES], &[u8; CANCEL_BYTES]) {
        (&self.order.frame, &self.cancel.frame)
    }

    /// The frame of a request to cancel `original`, whose number at the exchange is `order_id`.
    pub fn cancel(
        &mut self,
        fields: &Fields,
        original: ClOrdId,
        order_id: [u8; 16],
    ) -> &[u8; CANCEL_BYTES] {
        let template = &mut self.cancel;
        template.patch(OrderCancelRequest::SECURITY_ID_AT, fields.security);
        template.patch(OrderCancelRequest::SIDE_AT, [fields.side]);
        template.patch(OrderCancelRequest::ORDER_QTY_AT, fields.quantity.0.to_be_bytes());
        template.patch(OrderCancelRequest::ORDER_ID_AT, order_id);
        template.patch(OrderCancelRequest::ORIG_CL_ORD_ID_AT, original);
        template.patch(OrderCancelRequest::CL_ORD_ID_AT, fields.cl_ord_id);
        template.patch(OrderCancelRequest::TRANSACT_TIME_AT, fields.time.0.to_be_bytes());
        template.sealed()
    }
}

/// Latest snapshot's price limits of a row that are there, as prices of orders on whole ticks
/// inside them: lower, upper.
pub fn price_limits(row: &Row, tick: PriceE4) -> (Option<i64>, Option<i64>) {
    let tick_e6 = tick.0 * 100;
    let there = |price: PxE6| (price.0 > 0).then_some(price.0);
    let up = |price: i64| price.div_euclid(tick_e6) + i64::from(price % tick_e6 != 0);
    let lower = there(row.limit_down).and_then(|price| up(price).checked_mul(tick.0));
    let upper = there(row.limit_up).map(|price| price / tick_e6 * tick.0);
    (lower, upper)
}

/// The price of an order; `None` where there is nothing to start from, or nothing above 0 comes out.
pub fn price(rule: &OrderRule, row: &Row, depth: &Depth) -> Option<PriceE4> {
    let buys = rule.side == side::BUY;
    let best = |side: usize| depth.levels[side][0].price;
    let (base, ticks) = match rule.price {
        PriceRule::Fixed(price) => return Some(price),
        PriceRule::Last(ticks) => (row.quote().last, ticks),
        PriceRule::Best(ticks) => (best(usize::from(buys)), ticks),
        PriceRule::OwnBest(ticks) => (best(usize::from(!buys)), ticks),
    };
    if base.0 <= 0 {
        return None;
    }
    let tick_e6 = rule.tick.0.checked_mul(100)?;
    let part = i64::from(!buys && base.0 % tick_e6 != 0);
    let whole = base.0 / tick_e6 + part + i64::from(ticks);
    let mut price = whole.checked_mul(rule.tick.0)?;
    let (lower, upper) = price_limits(row, rule.tick);
    price = upper.map_or(price, |upper| price.min(upper));
    price = lower.map_or(price, |lower| price.max(lower));
    // The quote table's unit is the finer one: the price must fit there too.
    (price > 0 && price <= i64::MAX / 100).then_some(PriceE4(price))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows H32.
    #[test]
    fn ids_go_both_ways() {
        let ids = ClOrdIds::new("TG", 41).expect("ids");
        assert_eq!(&ids.id(1), b"TG00000042");
        assert_eq!(ids.row(b"TG00000042"), Some(1));
        for other in [b"TG00000040", b"TH00000042", b"TG0000004 ", b"TG00000\x0042"] {
            assert_eq!(ids.row(other), None, "{}", other.escape_ascii());
        }
        assert_eq!(ClOrdIds::new("12345678", 100), None);
        assert_eq!(ClOrdIds::new("12345678", 99).map(|ids| ids.count()), Some(1));
        assert_eq!(ClOrdIds::new("123456789", 0), None);
        assert_eq!(ClOrdIds::new("a b", 0), None);
    }
}
