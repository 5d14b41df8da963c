//! The days that the exchange makes hold together: the committed one as a user reads it, and days
//! of other sizes as they are made.
#![allow(missing_docs, reason = "a test")]

mod oracle;

use std::collections::{HashMap, HashSet};

use oracle::{Check, Sink, check};
use tidegate_gateway::{Delivery, Options, Source};
use tidegate_golden_feeds::exchange::Exchange;
use tidegate_golden_feeds::setup::Kit;
use tidegate_golden_feeds::spec::Spec;
use tidegate_protocol::frame;

/// Every message of the capture, in the order in which their last bytes come.
fn read(pcap: &[u8], message: Sink<'_>) {
    let mut source =
        Source::from_reader(pcap, "market-day.pcap.gz", &Options::default()).expect("a capture");
    let mut waiting = [Vec::new(), Vec::new()];
    let mut alignments = HashSet::new();
    let mut cut = 0;
    while let Some(delivery) = source.next().expect("memory can be read") {
        match delivery {
            Delivery::Open { .. } => {}
            Delivery::Bytes { stream, offset, bytes, time_ns } => {
                assert!(time_ns.is_some());
                let buffer: &mut Vec<u8> = &mut waiting[stream.0 as usize];
                let mut at = offset - buffer.len() as u64;
                buffer.extend(bytes);
                let mut rest = buffer.as_slice();
                while let Some(length) = frame::holds(rest) {
                    let (one, more) = rest.split_at(length);
                    alignments.insert(at % 16);
                    at += length as u64;
                    let msg_type = u32::from_be_bytes(*one.first_chunk().expect("a header"));
                    message(stream.0 as usize, msg_type, frame::body(one));
                    rest = more;
                }
                cut += usize::from(!rest.is_empty());
                *buffer = rest.to_vec();
            }
            Delivery::Close { stream } => assert!(waiting[stream.0 as usize].is_empty()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(alignments.len(), 16, "messages start at every place in a word");
    assert!(cut > 3_000, "{cut} messages are cut by a segment");
    let stats = source.stats();
    assert_eq!((stats.streams, stats.holes, stats.packets_bad, stats.foreign_flows), (2, 0, 0, 0));
}

/// Shows G16.
#[test]
fn the_market_day_holds_together() {
    let files: HashMap<_, _> = tidegate_golden_feeds::files().into_iter().collect();
    let csv = String::from_utf8(files["market-day/constituents.csv"].clone()).expect("text");
    let pcap = &files["market-day/market-day.pcap.gz"];
    assert!(pcap.len() <= 2_000_000, "{} bytes", pcap.len());
    let day = check(&csv, |message| read(pcap, message));

    assert_eq!((day.securities(), day.channels()), (300, 2));
    let wanted = [1, 2, 3, 300_111, 300_191, 300_192, 309_011, 309_111, 390_012, 390_013, 390_090];
    assert!(wanted.iter().all(|msg_type| day.counts.contains_key(msg_type)));
    assert!(day.counts.values().sum::<usize>() >= 100_000, "{:?}", day.counts);
    assert_eq!(day.trading().count(), 297, "three are suspended");
    assert!(day.trading().all(|security| day.trades_of(security) > 0));
    assert!(day.call_snapshots > 100 && day.cancels > 5_000, "{}", day.call_snapshots);
    assert!(day.own_best > 500 && day.market > 500);
    assert!(day.one_sided > 10 && day.long_queues > 5, "{} {}", day.one_sided, day.long_queues);
    let (low, high) = (day.index.iter().min(), day.index.iter().max());
    assert!(low.is_some_and(|low| *low < 98_300_000));
    assert!(high.is_some_and(|high| *high > 100_000_000));
}

/// Makes a day and checks it.
fn made(spec: Spec) -> Check {
    let make = || Exchange::new(&spec).expect("a spec within its bounds");
    let day = check(&Kit::new("", &spec, make().securities()).constituents, |message| {
        let mut exchange = make();
        while let Some(slot) = exchange.next_slot() {
            for one in slot.messages() {
                let msg_type = u32::from_be_bytes(*one.frame.first_chunk().expect("a header"));
                assert_eq!(frame::holds(one.frame), Some(one.frame.len()));
                message(one.flow as usize, msg_type, frame::body(one.frame));
            }
        }
    });
    let wanted = (spec.securities as usize, spec.channels as usize);
    assert_eq!((day.securities(), day.channels()), wanted, "{spec:?}");
    let messages = day.counts.values().sum::<usize>() as f64;
    let off = messages / spec.messages as f64 - 1.0;
    assert!(off.abs() < 0.03, "{spec:?}: {messages} messages");
    day
}

#[test]
fn small_days_hold_together() {
    for seed in 0..40 {
        made(Spec::new(seed, 1_000));
        made(Spec { securities: 1, channels: 1, ..Spec::new(seed, 1_000) });
    }
    for seed in 0..4 {
        let day = made(Spec { channels: 9, ..Spec::new(seed, 20_000) });
        assert!(day.trading().all(|security| day.trades_of(security) > 0));
        made(Spec { securities: 200, channels: 5, ..Spec::new(seed, 20_000) });
    }
}

#[test]
fn days_of_every_pace_hold_together() {
    for (messages, securities, channels) in [(29_999, 3, 2), (30_000, 100, 1), (200_000, 20, 4)] {
        made(Spec { securities, channels, ..Spec::new(messages, messages) });
    }
    let day = made(Spec { securities: 100, channels: 4, ..Spec::new(5, 1_000_000) });
    assert!(day.one_sided > 10 && day.long_queues > 100, "{} {}", day.one_sided, day.long_queues);
}

#[test]
fn another_seed_is_another_day_and_the_same_seed_the_same() {
    let bytes = |seed| {
        let mut exchange = Exchange::new(&Spec::new(seed, 5_000)).expect("a spec");
        let mut bytes = Vec::new();
        while let Some(slot) = exchange.next_slot() {
            slot.messages().for_each(|message| bytes.extend_from_slice(message.frame));
        }
        bytes
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}
