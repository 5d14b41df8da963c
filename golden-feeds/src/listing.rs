//! The securities of a feed: invented from the seed, with numbers in the exchange's ranges.

use crate::rng::Rng;
use crate::security::{Security, TICK, Totals, limit};
use crate::spec::Spec;
use crate::wire::text;

/// The three boards by the first digits of their numbers, and how many of 10 securities they list.
const BOARDS: [(&str, u64); 3] = [("000", 4), ("002", 3), ("300", 3)];
/// The board whose limits are 20 % instead of 10 %.
const GROWTH: &str = "300";
/// Every 15th security is outside the index.
const OUTSIDE: usize = 15;
/// Of every 50 securities one has news that lift it, one has news that let it fall.
const NEWS: usize = 50;
/// Of every 100 securities one is suspended for the day.
const SUSPENDED: usize = 100;
/// What news move in a second, in 1e-9: about 10 % in an hour.
const DRIFT: i64 = 28_000;
/// Previous closes: from, to (CNY), and how many of 100.
const PRICE_BANDS: [(i64, i64, i64); 7] =
    [(2, 5, 14), (5, 10, 26), (10, 20, 28), (20, 40, 18), (40, 80, 9), (80, 160, 4), (160, 300, 1)];

/// The securities of a feed, in the order of their numbers within each board.
pub(crate) fn securities(rng: &mut Rng, spec: &Spec) -> Vec<Security> {
    let ids = ids(rng, spec.securities);
    let mut ranks: Vec<i64> = (0..ids.len() as i64).collect();
    shuffle(rng, &mut ranks);
    let listed = ids.iter().zip(ranks).enumerate();
    listed.map(|(n, (id, rank))| security(rng, spec, n, id, rank)).collect()
}

fn ids(rng: &mut Rng, count: u64) -> Vec<String> {
    let mut ids = Vec::new();
    let mut before = 0;
    for (board, share) in BOARDS {
        let mut numbers: Vec<i64> = (1..1_000).collect();
        shuffle(rng, &mut numbers);
        // Rounded up over the boards so far: even one security has a board.
        let listed = (count * (before + share)).div_ceil(10) - (count * before).div_ceil(10);
        before += share;
        numbers.truncate(listed as usize);
        numbers.sort_unstable();
        ids.extend(numbers.iter().map(|number| format!("{board}{number:03}")));
    }
    ids
}

/// Number `n` of the list, the `rank`-th by activity.
fn security(rng: &mut Rng, spec: &Spec, n: usize, id: &str, rank: i64) -> Security {
    let prev_close = prev_close(rng);
    let percent = if id.starts_with(GROWTH) { 20 } else { 10 };
    let per_share = prev_close / (8 + rng.below(70));
    // 50 million to 5 thousand million shares, small ones more often; whole thousands.
    let shares = (50_000 << rng.run(600, 5)) * (1_000 + rng.below(1_000)) / 1_000 * 1_000;
    Security {
        id: text(id.as_bytes()),
        channel: n % spec.channels as usize,
        index_shares: (n % OUTSIDE != OUTSIDE - 1).then_some(shares),
        prev_close,
        limit_up: limit(prev_close, percent),
        limit_down: limit(prev_close, -percent),
        // About 5 basis points, a tick at least.
        step: (prev_close / 2_000 / TICK * TICK).max(TICK),
        beta: 60 + rng.below(81),
        own: 0,
        drift: match n % NEWS {
            17 => DRIFT,
            42 => -DRIFT,
            _ => 0,
        },
        earnings: [per_share, per_share * (90 + rng.below(41)) / 100],
        activity: if n % SUSPENDED == 31 { 0 } else { 100_000 / (rank + 12) },
        book: Default::default(),
        totals: Totals::default(),
        prices: None,
        changed: false,
    }
}

fn prev_close(rng: &mut Rng) -> i64 {
    let mut n = rng.below(100);
    let band = PRICE_BANDS.iter().find(|(.., share)| {
        n -= share;
        n < 0
    });
    let &(from, to, _) = band.expect("the bands add up to 100");
    (from * 100 + rng.below((to - from) * 100)) * TICK
}

fn shuffle(rng: &mut Rng, of: &mut [i64]) {
    for last in (1..of.len()).rev() {
        of.swap(last, rng.below(last as i64 + 1) as usize);
    }
}
