//! From the bytes of one message to fixed-size records.
//!
//! A tick is one record. A snapshot is a head, one record an entry, one for every two queue
//! quantities, and an end. Session and reference messages are counted, not sent on.

use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::HOLD_BYTES;
use tidegate_protocol::message::{
    AfterHoursEntry, AuctionEntry, AuctionOrder, AuctionTrade, BondPhase, BondPhases, BondTotals,
    HkEntry, IndexEntry, QueueItem, SnapshotHead, VolumeStatistics,
};
use tidegate_protocol::table::records::{Becomes, becomes};
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};
use tidegate_protocol::{View, ViewError, find, msg_type};

use crate::frame::Frame;
use crate::record::{End, Entry, Head, Kind, Queue, Tag, Tick};
use crate::securities::SecurityId;

/// Takes the records of one message, in order.
pub trait RecordSink {
    /// An order, a trade or a cancel.
    fn tick(&mut self, tick: &mut Tick);
    /// The fixed part of a snapshot.
    fn head(&mut self, head: &mut Head);
    /// One entry of a snapshot.
    fn entry(&mut self, entry: &mut Entry);
    /// Two quantities of its queue.
    fn queue(&mut self, queue: &mut Queue);
    /// The end of a snapshot.
    fn end(&mut self, end: &mut End);
}

/// SecurityID of a message that becomes records; for the first pass that collects securities.
pub fn security_of(msg_type: u32, body: &[u8]) -> Option<SecurityId> {
    let at = match becomes(msg_type) {
        Becomes::Order => AuctionOrder::SECURITY_ID_AT,
        Becomes::Trade => AuctionTrade::SECURITY_ID_AT,
        Becomes::Snapshot => SnapshotHead::SECURITY_ID_AT,
        _ => return None,
    };
    body.get(at..at + 8)?.try_into().ok()
}

/// The one SecurityIDSource whose securities have rows: SZSE, padded with a space or NUL.
#[inline]
pub(crate) fn is_szse(source: [u8; 4]) -> bool {
    // A space is NUL and one bit more.
    let padded = u32::from_be_bytes(source) | u32::from(b' ');
    padded == u32::from_be_bytes(*b"102 ")
}

fn tag_of(frame: &Frame<'_>, kind: Kind, flags: u8) -> Tag {
    Tag {
        msg: frame.msg,
        offset: frame.offset,
        msg_type: frame.msg_type,
        session: frame.session,
        kind,
        flags,
    }
}

/// Bytes of the body that the table describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known(pub usize);

/// Turns an intact or flagged message into its records. A fault means that none was sent on.
pub fn decode(frame: &Frame<'_>, flags: u8, out: &mut impl RecordSink) -> Result<Known, FaultCode> {
    let body = frame.body();
    let least = |msg_type| find(msg_type).map_or(0, |message| message.min_body_bytes as usize);
    match becomes(frame.msg_type) {
        Becomes::Unknown => Ok(Known(body.len())),
        Becomes::Announcement => {
            if (frame.body_len as usize) < least(frame.msg_type) {
                return Err(FaultCode::DecodeShort);
            }
            Ok(Known(body.len()))
        }
        Becomes::Order => {
            let least = least(frame.msg_type);
            if body.len() < least {
                return Err(FaultCode::DecodeShort);
            }
            out.tick(&mut order(tag_of(frame, Kind::Order, flags), body));
            Ok(Known(least))
        }
        Becomes::Trade => {
            let least = least(frame.msg_type);
            if body.len() < least {
                return Err(FaultCode::DecodeShort);
            }
            out.tick(&mut trade(tag_of(frame, Kind::Trade, flags), body));
            Ok(Known(least))
        }
        class @ (Becomes::Snapshot | Becomes::Known | Becomes::Report) => {
            let view = View::new(frame.msg_type, body).map_err(|error| match error {
                ViewError::Group { .. } => FaultCode::DecodeGroup,
                _ => FaultCode::DecodeShort,
            })?;
            if class == Becomes::Snapshot {
                if view.known_len() > HOLD_BYTES {
                    return Err(FaultCode::DecodeHold);
                }
                Snapshot { frame, flags, rest: view.known() }.send(out);
            }
            Ok(Known(view.known_len()))
        }
    }
}

/// An order of any kind: they share their first 50 bytes.
#[inline]
pub(crate) fn order(tag: Tag, body: &[u8]) -> Tick {
    // Only these two have an OrdType behind the common part.
    let has_type = matches!(tag.msg_type, msg_type::AUCTION_ORDER | msg_type::BOND_ORDER);
    let head: &[u8; AuctionOrder::ORD_TYPE_AT] =
        body[..AuctionOrder::ORD_TYPE_AT].try_into().expect("checked length");
    Tick {
        tag,
        appl_seq_num: i64_at(head, AuctionOrder::APPL_SEQ_NUM_AT),
        bid_appl_seq_num: 0,
        offer_appl_seq_num: 0,
        security: bytes_at(head, AuctionOrder::SECURITY_ID_AT),
        price: PriceE4(i64_at(head, AuctionOrder::PRICE_AT)),
        quantity: QtyE2(i64_at(head, AuctionOrder::ORDER_QTY_AT)),
        time: Timestamp(i64_at(head, AuctionOrder::TRANSACT_TIME_AT)),
        channel: u16::from_be_bytes(bytes_at(head, AuctionOrder::CHANNEL_NO_AT)),
        source: bytes_at(head, AuctionOrder::SECURITY_ID_SOURCE_AT),
        code: head[AuctionOrder::SIDE_AT],
        ord_type: if has_type { body[AuctionOrder::ORD_TYPE_AT] } else { 0 },
        stream: bytes_at(head, AuctionOrder::MD_STREAM_ID_AT),
    }
}

/// A trade of any kind: they share their first 66 bytes.
#[inline]
pub(crate) fn trade(tag: Tag, body: &[u8]) -> Tick {
    let trade = AuctionTrade::parse(body.first_chunk().expect("checked length"));
    Tick {
        tag,
        appl_seq_num: trade.appl_seq_num,
        bid_appl_seq_num: trade.bid_appl_seq_num,
        offer_appl_seq_num: trade.offer_appl_seq_num,
        security: trade.security_id,
        price: trade.last_px,
        quantity: trade.last_qty,
        time: trade.transact_time,
        channel: trade.channel_no,
        source: trade.security_id_source,
        code: trade.exec_type,
        ord_type: 0,
        stream: trade.md_stream_id,
    }
}

#[inline]
fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("N bytes")
}

#[inline]
fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_be_bytes(bytes_at(bytes, at))
}

/// A snapshot whose groups were checked.
struct Snapshot<'a> {
    frame: &'a Frame<'a>,
    flags: u8,
    rest: &'a [u8],
}

impl Snapshot<'_> {
    fn tag(&self, kind: Kind) -> Tag {
        tag_of(self.frame, kind, self.flags)
    }

    /// The next bytes, which were checked to be there.
    #[inline]
    fn take<const N: usize>(&mut self) -> &[u8; N] {
        let (taken, rest) = self.rest.split_first_chunk().expect("checked length");
        self.rest = rest;
        taken
    }

    fn send(mut self, out: &mut impl RecordSink) {
        if self.frame.msg_type == msg_type::VOLUME_STATISTICS {
            let all = VolumeStatistics::parse(self.take());
            out.head(&mut Head {
                tag: self.tag(Kind::Head),
                time: all.orig_time,
                security: all.security_id,
                phase: all.trading_phase_code,
                prev_close: all.prev_close_px,
                num_trades: all.num_trades,
                volume: all.total_volume_trade,
                value: all.total_value_trade,
                entries: 0,
                channel: all.channel_no,
                source: all.security_id_source,
                stream: all.md_stream_id,
            });
            let tag = self.tag(Kind::End);
            out.end(&mut End { tag, stock_num: all.stock_num, ..End::default() });
            return;
        }
        let head = SnapshotHead::parse(self.take());
        out.head(&mut Head {
            tag: self.tag(Kind::Head),
            time: head.orig_time,
            security: head.security_id,
            phase: head.trading_phase_code,
            prev_close: head.prev_close_px,
            num_trades: head.num_trades,
            volume: head.total_volume_trade,
            value: head.total_value_trade,
            entries: head.no_md_entries,
            channel: head.channel_no,
            source: head.security_id_source,
            stream: head.md_stream_id,
        });
        for number in 0..head.no_md_entries {
            let mut entry = self.entry();
            // The hold bounds the entries of a message far below 65 536.
            entry.number = number as u16;
            let queue = entry.queue;
            out.entry(&mut entry);
            self.queue(queue, out);
        }
        let (auction_volume, auction_value) = self.bond_totals();
        let tag = self.tag(Kind::End);
        out.end(&mut End { tag, auction_volume, auction_value, stock_num: 0 });
    }

    #[inline(always)]
    fn entry(&mut self) -> Entry {
        let tag = self.tag(Kind::Entry);
        let empty =
            |entry_type, price, size| Entry { tag, entry_type, price, size, ..Entry::default() };
        match self.frame.msg_type {
            msg_type::BLOCK_SNAPSHOT | msg_type::FIXED_PRICE_SNAPSHOT => {
                let e = AfterHoursEntry::parse(self.take());
                empty(e.md_entry_type, e.md_entry_px, e.md_entry_size)
            }
            msg_type::HK_SNAPSHOT => {
                let e = HkEntry::parse(self.take());
                let entry = empty(e.md_entry_type, e.md_entry_px, e.md_entry_size);
                Entry { level: e.md_price_level, ..entry }
            }
            msg_type::INDEX_SNAPSHOT => {
                let e = IndexEntry::parse(self.take());
                empty(e.md_entry_type, e.md_entry_px, QtyE2(0))
            }
            _ => {
                let e = AuctionEntry::parse(self.take());
                Entry {
                    level: e.md_price_level,
                    orders: e.number_of_orders,
                    queue: e.no_orders,
                    ..empty(e.md_entry_type, e.md_entry_px, e.md_entry_size)
                }
            }
        }
    }

    #[inline]
    fn queue(&mut self, quantities: u32, out: &mut impl RecordSink) {
        let mut position = 0;
        while position < quantities {
            let count = (quantities - position).min(2);
            let mut quantity = [QtyE2(0); 2];
            for place in &mut quantity[..count as usize] {
                *place = QueueItem::parse(self.take()).order_qty;
            }
            let tag = self.tag(Kind::Queue);
            out.queue(&mut Queue { tag, quantity, position, count: count as u8 });
            position += count;
        }
    }

    fn bond_totals(&mut self) -> (QtyE2, AmtE4) {
        if self.frame.msg_type != msg_type::BOND_SNAPSHOT {
            return (QtyE2(0), AmtE4(0));
        }
        let phases = BondPhases::parse(self.take());
        self.rest = &self.rest[phases.no_sub_trading_phase_codes as usize * BondPhase::LEN..];
        let totals = BondTotals::parse(self.take());
        (totals.auction_volume_trade, totals.auction_value_trade)
    }
}

/// The value of an entry price in 1e-4, where it has no finer digits.
pub(crate) fn price_e4(price: PxE6) -> Option<PriceE4> {
    (price.0 % 100 == 0).then_some(PriceE4(price.0 / 100))
}
