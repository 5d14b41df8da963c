//! The example of distribution: nothing is lost, the order holds, and four workers find what one finds.
#![cfg(feature = "kernel-c")]

use proptest::prelude::*;
use tidegate_hls_sim::kernel_c::distribute::{distributed, single};
use tidegate_pipeline::record::{Kind, Tag, Tick};

fn tick(at: usize, channel: u16, number: i64) -> Tick {
    let tag = Tag { msg: at as u64, kind: Kind::Trade, ..Tag::default() };
    Tick { tag, channel, appl_seq_num: number, ..Tick::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Shows H19, N6.
    #[test]
    fn four_workers_are_as_one(
        depth in 1u32..=64,
        seed in any::<u32>(),
        spread in prop_oneof![Just(0u16), Just(7), Just(u16::MAX)],
        ticks in prop::collection::vec((any::<u16>(), prop_oneof![1i64..40, any::<i64>()]), 0..300),
    ) {
        let ticks: Vec<Tick> = ticks
            .iter()
            .enumerate()
            .map(|(at, (channel, number))| tick(at, channel & spread, *number))
            .collect();
        let out = distributed(&ticks, depth, seed);
        // None lost, none twice, in the order of dispatch.
        prop_assert_eq!(out.len(), ticks.len());
        for (out, tick) in out.iter().zip(&ticks) {
            prop_assert_eq!(out.tick, *tick);
        }
        prop_assert_eq!(out, single(&ticks));
    }
}

/// What a worker finds, by hand.
/// Shows H19.
#[test]
fn numbers_left_out_are_found_in_their_own_channel() {
    let ticks = [(2011, 1), (2012, 3), (2011, 4), (2012, 4), (2011, 4), (2011, 5)];
    let ticks: Vec<Tick> = ticks
        .iter()
        .enumerate()
        .map(|(at, (channel, number))| tick(at, *channel, *number))
        .collect();
    let found: Vec<_> =
        distributed(&ticks, 1, 1).iter().map(|one| (one.missing, one.repeats)).collect();
    let wanted = [(0, false), (2, false), (2, false), (0, false), (0, true), (0, false)];
    assert_eq!(found, wanted);
}
