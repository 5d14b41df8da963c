//! Records as JSON lines: a tick is one line, a snapshot is gathered into one.

use tidegate_pipeline::Record;
use tidegate_pipeline::record::{End, Entry, Head, Kind, Queue, Tag, Tick, flag};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2};

use crate::json::{self, integer as number, quoted, word};

/// Gathers records into lines.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// An entry of the snapshot under way is open, with its queue.
    entry: bool,
}

fn begin(out: &mut Vec<u8>, tag: &Tag, kind: &str) {
    out.push(b'{');
    json::key(out, "msg");
    json::unsigned(out, tag.msg);
    number(out, "session", i64::from(tag.session));
    json::key(out, "offset");
    json::unsigned(out, tag.offset);
    number(out, "type", i64::from(tag.msg_type));
    json::key(out, "kind");
    json::string(out, kind);
}

/// Why a record was not applied.
fn reason(flags: u8) -> Option<&'static str> {
    let reasons = [
        (flag::BAD_CHECKSUM, "bad_checksum"),
        (flag::DUPLICATE, "duplicate"),
        (flag::UNNAMED, "unnamed"),
        (flag::STALE, "stale"),
        (flag::REFUSED, "refused"),
    ];
    reasons.iter().find(|(bit, _)| flags & bit != 0).map(|(_, name)| *name)
}

fn end(out: &mut Vec<u8>, flags: u8) {
    json::key(out, "applied");
    match reason(flags) {
        None => out.extend_from_slice(b"true"),
        Some(why) => {
            out.extend_from_slice(b"false");
            json::key(out, "why");
            json::string(out, why);
        }
    }
    out.extend_from_slice(b"}\n");
}

impl Events {
    /// Appends what a record adds to its line.
    pub(crate) fn record(&mut self, out: &mut Vec<u8>, record: Record<'_>) {
        match record {
            Record::Tick(tick) => self.tick(out, tick),
            Record::Head(head) => self.head(out, head),
            Record::Entry(entry) => self.entry(out, entry),
            Record::Queue(queue) => self.queue(out, queue),
            Record::End(end) => self.end(out, end),
        }
    }

    fn tick(&mut self, out: &mut Vec<u8>, tick: &Tick) {
        let trade = tick.tag.kind == Kind::Trade;
        let kind = match (trade, tick.code) {
            (false, _) => "order",
            (true, b'4') => "cancel",
            (true, _) => "trade",
        };
        begin(out, &tick.tag, kind);
        number(out, "channel", i64::from(tick.channel));
        number(out, "seq", tick.appl_seq_num);
        word(out, "stream", &tick.stream);
        word(out, "security", &tick.security);
        word(out, "source", &tick.source);
        if trade {
            number(out, "bid_seq", tick.bid_appl_seq_num);
            number(out, "offer_seq", tick.offer_appl_seq_num);
        }
        quoted(out, "price", tick.price.0, PriceE4::SCALE);
        quoted(out, "quantity", tick.quantity.0, QtyE2::SCALE);
        word(out, if trade { "exec_type" } else { "side" }, &[tick.code]);
        if matches!(tick.tag.msg_type, msg_type::AUCTION_ORDER | msg_type::BOND_ORDER) {
            word(out, "ord_type", &[tick.ord_type]);
        }
        number(out, "time", tick.time.0);
        end(out, tick.tag.flags);
    }

    fn head(&mut self, out: &mut Vec<u8>, head: &Head) {
        begin(out, &head.tag, "snapshot");
        number(out, "channel", i64::from(head.channel));
        word(out, "stream", &head.stream);
        word(out, "security", &head.security);
        word(out, "source", &head.source);
        word(out, "phase", &head.phase);
        number(out, "time", head.time.0);
        quoted(out, "prev_close", head.prev_close.0, PriceE4::SCALE);
        number(out, "num_trades", head.num_trades);
        quoted(out, "volume", head.volume.0, QtyE2::SCALE);
        quoted(out, "value", head.value.0, AmtE4::SCALE);
        json::key(out, "entries");
        out.push(b'[');
        self.entry = false;
    }

    fn close_entry(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.entry) {
            out.extend_from_slice(b"]}");
        }
    }

    fn entry(&mut self, out: &mut Vec<u8>, entry: &Entry) {
        self.close_entry(out);
        if out.last() == Some(&b'}') {
            out.push(b',');
        }
        out.push(b'{');
        word(out, "type", &entry.entry_type);
        quoted(out, "price", entry.price.0, PxE6::SCALE);
        let kind = entry.tag.msg_type;
        let booked = matches!(kind, msg_type::AUCTION_SNAPSHOT | msg_type::BOND_SNAPSHOT);
        if kind != msg_type::INDEX_SNAPSHOT {
            quoted(out, "size", entry.size.0, QtyE2::SCALE);
        }
        if booked || kind == msg_type::HK_SNAPSHOT {
            number(out, "level", i64::from(entry.level));
        }
        if !booked {
            out.push(b'}');
            return;
        }
        number(out, "orders", entry.orders);
        json::key(out, "queue");
        out.push(b'[');
        self.entry = true;
    }

    fn queue(&mut self, out: &mut Vec<u8>, queue: &Queue) {
        for quantity in &queue.quantity[..usize::from(queue.count)] {
            if out.last() != Some(&b'[') {
                out.push(b',');
            }
            out.push(b'"');
            json::decimal(out, quantity.0, QtyE2::SCALE);
            out.push(b'"');
        }
    }

    fn end(&mut self, out: &mut Vec<u8>, record: &End) {
        self.close_entry(out);
        out.push(b']');
        match record.tag.msg_type {
            msg_type::BOND_SNAPSHOT => {
                quoted(out, "auction_volume", record.auction_volume.0, QtyE2::SCALE);
                quoted(out, "auction_value", record.auction_value.0, AmtE4::SCALE);
            }
            msg_type::VOLUME_STATISTICS => number(out, "stock_num", i64::from(record.stock_num)),
            _ => {}
        }
        end(out, record.tag.flags);
    }
}
