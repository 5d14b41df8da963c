//! What a live host does beside reloads: frames of its own on TOE1, and looks at the depth.

use std::time::Instant;

use tidegate_opencl::Target;
use tidegate_opencl::drive::channels::{Channels, MOST_FRAME_BYTES, Mirrored, Signal};
use tidegate_pipeline::quote::Depth;
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::kernel::event_kind;
use tidegate_protocol::message::{AuctionEntry, QueueItem, SnapshotHead};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::{AmtE4, PriceE4, PxE6, QtyE2, Timestamp};

use crate::reload::{DEPTH, IO, LIMIT, Out, SECURITY, events, frame, setup, start, stop, trade};
use crate::under;

/// The packets that words of a TOE carry: session, payload.
fn packets_of(toe: Descriptor, words: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut out = Vec::new();
    let mut words = words.as_chunks::<16>().0.iter().copied();
    while let Some(header) = words.next() {
        let header = toe.header(&header);
        let length = usize::from(header.length);
        let mut payload = Vec::new();
        while payload.len() < length {
            // As the I/O channel has it: the last byte first.
            payload.extend(words.next().expect("a packet is whole").into_iter().rev());
        }
        payload.truncate(length);
        out.push((header.cid, payload));
    }
    out
}

/// A frame of the host that no order looks like.
fn heartbeat(number: usize) -> (u8, Vec<u8>) {
    let length = [1, 15, 16, 17, 100, 255, MOST_FRAME_BYTES][number % 7];
    ((number % 128) as u8, vec![number as u8 | 0x80; length])
}

/// `send` is the only writer of TOE1: the host's frames go out whole, between orders.
/// Shows H32.
#[test]
fn frames_of_the_host_leave_whole_between_orders() {
    under(Target::IntelEmu, "live::frames_of_the_host_leave_whole_between_orders", || {
        const TRADES: u64 = 1_500;
        const FRAMES: usize = 60;
        let mut setup = setup();
        let trading = setup.trading.as_mut().unwrap();
        trading.parameters.limits.max_outstanding = None;
        let toe = setup.toe;
        let packets = [(0..TRADES).map(trade).collect(), Vec::new()];
        let mut channels = start(&setup, &packets, Signal::HostPipe, DEPTH);
        for (cid, frame) in [(0, vec![]), (0, vec![0; MOST_FRAME_BYTES + 1]), (128, vec![0; 8])] {
            let refused = channels.send_frame(cid, &frame).unwrap_err().to_string();
            assert!(refused.contains("wanted 1 to 256 bytes, a session below 128"), "{refused}");
        }
        let mut out = Out::default();
        for number in 0..FRAMES {
            let due = number as u64 * TRADES / FRAMES as u64;
            out.wait(&mut channels, "the stream", |out| out.ends >= due);
            let (cid, frame) = heartbeat(number);
            channels.send_frame(cid, &frame).unwrap();
        }
        out.wait(&mut channels, "the rest", |out| out.ends == TRADES);
        let (bytes, ..) = stop(&mut channels, out);
        drop(channels);

        let orders: Vec<Vec<u8>> = events(&bytes)
            .filter(|event| event.kind == event_kind::REQUEST)
            .map(|event| {
                let body: Vec<u8> = event.body.iter().flat_map(|word| word.to_le_bytes()).collect();
                body[..usize::from(event.session)].to_vec()
            })
            .collect();
        assert!(orders.len() as u64 >= TRADES / 5, "{} orders", orders.len());
        let left = packets_of(toe, &std::fs::read(IO[3]).unwrap());
        let (hosts, ours): (Vec<_>, Vec<_>) =
            left.iter().cloned().partition(|(_, bytes)| bytes[0] & 0x80 != 0);
        assert_eq!(hosts, (0..FRAMES).map(heartbeat).collect::<Vec<_>>());
        assert_eq!(ours.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>(), orders);
        let changes = left.windows(2).filter(|two| (two[0].1[0] ^ two[1].1[0]) & 0x80 != 0);
        eprintln!("{} orders, {FRAMES} frames, {} changes", orders.len(), changes.count());
    });
}

/// A snapshot in which everything says its number: so many levels and queue quantities, too.
fn snapshot(number: i64) -> Vec<u8> {
    let levels = 2 + number % 9;
    let head = SnapshotHead {
        orig_time: Timestamp(20_230_201_093_000_000),
        channel_no: 1011,
        md_stream_id: *b"010",
        security_id: SECURITY,
        security_id_source: *b"102 ",
        trading_phase_code: *b"T0      ",
        prev_close_px: PriceE4(100_000),
        num_trades: number,
        total_volume_trade: QtyE2(number),
        total_value_trade: AmtE4(number),
        no_md_entries: 2 * levels as u32,
    };
    let mut body = vec![0; SnapshotHead::LEN];
    head.emit(body.first_chunk_mut().unwrap());
    for side in [b'0', b'1'] {
        for level in 1..=levels {
            let queue = if level == 1 { 5 + number % 40 } else { 0 };
            let entry = AuctionEntry {
                md_entry_type: [side, b' '],
                md_entry_px: PxE6(number),
                md_entry_size: QtyE2(number),
                md_price_level: level as u16,
                number_of_orders: number,
                no_orders: queue as u32,
            };
            let mut bytes = [0; AuctionEntry::LEN];
            entry.emit(&mut bytes);
            body.extend(bytes);
            for _ in 0..queue {
                let mut bytes = [0; QueueItem::LEN];
                QueueItem { order_qty: QtyE2(number) }.emit(&mut bytes);
                body.extend(bytes);
            }
        }
    }
    frame(msg_type::AUCTION_SNAPSHOT, &body)
}

/// A depth is that of one snapshot, with nothing of another.
fn check_depth(depth: &Depth, number: i64) {
    let (levels, queue) = (2 + number % 9, 5 + number % 40);
    for side in &depth.levels {
        for (at, level) in side.iter().enumerate() {
            let wanted = if (at as i64) < levels { number } else { 0 };
            let found = [level.price.0, level.quantity.0, level.orders];
            assert_eq!(found, [wanted; 3], "snapshot {number}, level {at}: {depth:?}");
        }
    }
    assert_eq!(i64::from(depth.queue_len), 2 * queue);
    for (at, quantity) in depth.queue.iter().enumerate() {
        let wanted = if (at as i64) < 2 * queue { number } else { 0 };
        assert_eq!(quantity.0, wanted, "snapshot {number}, quantity {at}");
    }
}

/// The depth stands in the device's memory, and is read all the time while it moves.
/// Shows H17.
#[test]
fn mirrored_depths_are_never_read_torn() {
    under(Target::IntelEmu, "live::mirrored_depths_are_never_read_torn", || {
        const SNAPSHOTS: i64 = 60;
        const TRADES_BETWEEN: u64 = 40;
        let mut setup = setup();
        setup.trading = None;
        let trades = |number| {
            let first = number as u64 * TRADES_BETWEEN;
            (first..first + TRADES_BETWEEN).map(trade)
        };
        let market: Vec<_> = (1..=SNAPSHOTS)
            .flat_map(|number| std::iter::once(snapshot(number)).chain(trades(number)))
            .collect();
        let all = market.len() as u64;
        let packets = [market, Vec::new()];
        let mut channels = start(&setup, &packets, Signal::Flag, DEPTH);
        assert!(channels.depth(1).is_err());
        let mut out = Out::default();
        let (mut whole, mut torn, mut last) = (0, 0, 0);
        let mut look = |channels: &Channels| match channels.depth(0).unwrap() {
            Mirrored::Empty => {}
            Mirrored::Torn => torn += 1,
            Mirrored::Whole { number, value } => {
                assert!(number >= last, "snapshot {number} after {last}");
                whole += 1;
                last = number;
                check_depth(&value, number as i64);
            }
        };
        let begin = Instant::now();
        while out.ends < all {
            look(&channels);
            out.take(&mut channels);
            channels.has_ended().unwrap();
            assert!(begin.elapsed() < LIMIT, "{} messages", out.ends);
        }
        let (_, ended, tables) = stop(&mut channels, out);
        look(&channels);
        let depth = tidegate_pipeline::events::depth(tables.depth.first_chunk().unwrap());
        check_depth(&depth, SNAPSHOTS);
        assert_eq!(last, SNAPSHOTS as u64);
        eprintln!("depth: {whole} whole, {torn} torn; {ended:?}");
        assert!(whole > 0, "no depth was ever whole");
    });
}
