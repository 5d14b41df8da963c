//! How big a feed is to be, and what that does to the pace of its day.

use std::ops::RangeInclusive;

use crate::clock::{LOGON, LOGOUT, busy, phase};

/// Messages that a feed may have.
pub const MESSAGES: RangeInclusive<u64> = 1_000..=100_000_000;
/// Tick channels that a feed may have.
pub const CHANNELS: RangeInclusive<u64> = 1..=9;
/// Most securities: those of three boards with numbers of three digits.
const MAX_SECURITIES: u64 = 2_900;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Everything follows from it.
    pub seed: u64,
    /// About how many messages, within 3 per cent.
    pub messages: u64,
    /// Securities.
    pub securities: u64,
    /// Tick channels, each with its own ApplSeqNum series.
    pub channels: u64,
}

/// A number that a feed cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {found}, wanted {} to {}", wanted.start(), wanted.end())]
pub struct SpecError {
    /// Which.
    pub key: &'static str,
    /// What it is.
    pub found: u64,
    /// What it may be.
    pub wanted: RangeInclusive<u64>,
}

impl Spec {
    /// A feed with as many securities as suit it, on two tick channels.
    pub const fn new(seed: u64, messages: u64) -> Self {
        Self { seed, messages, securities: Self::usual_securities(messages), channels: 2 }
    }

    /// One for each 333 messages, from 4 to 500.
    const fn usual_securities(messages: u64) -> u64 {
        match messages / 333 {
            0..4 => 4,
            500.. => 500,
            usual => usual,
        }
    }

    /// Whether such a feed can be made.
    pub fn check(&self) -> Result<(), SpecError> {
        // Below a hundred messages a security there is no room for its orders.
        let securities = 1..=(self.messages / 100).min(MAX_SECURITIES);
        for (key, found, wanted) in [
            ("messages", self.messages, MESSAGES),
            ("securities", self.securities, securities),
            ("channels", self.channels, CHANNELS),
        ] {
            if !wanted.contains(&found) {
                return Err(SpecError { key, found, wanted });
            }
        }
        Ok(())
    }
}

/// How the day of a feed passes: the more messages, the finer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    below: i64,
    /// The clock goes in slots: ticks come first, what the gateway publishes at the end.
    pub(crate) slot: i64,
    /// How far prices may move in a slot, in 1e-9 x [`busy`]; grows as the root of `slot`.
    pub(crate) walk: i64,
    /// Heartbeats at rest come that often.
    pub(crate) rest: i64,
    /// In continuous trading an order is cancelled instead of a new one made, for each order that
    /// stands, that many times of 10 000: this bounds the books.
    pub(crate) decay: i64,
}

const PACES: [Pace; 3] = [
    Pace { below: 30_000, slot: 60_000, walk: 26_000, rest: 1_800_000, decay: 60 },
    Pace { below: 1_000_000, slot: 15_000, walk: 13_000, rest: 60_000, decay: 40 },
    Pace { below: i64::MAX, slot: 3_000, walk: 5_800, rest: 60_000, decay: 10 },
];

impl Pace {
    pub(crate) fn of(spec: &Spec) -> Self {
        let messages = spec.messages.cast_signed();
        *PACES.iter().find(|pace| messages < pace.below).expect("the last one takes all")
    }

    /// The starts of all slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = i64> {
        (LOGON..LOGOUT).step_by(self.slot as usize)
    }

    /// The share of a slot in the ticks of its session; 0 where nobody trades.
    pub(crate) const fn weight(slot: i64) -> i64 {
        match phase(slot) {
            b'O' | b'C' => 1,
            b'T' => busy(slot),
            _ => 0,
        }
    }
}

/// What is left of a session: how many messages there should be at its end, and the weights of the
/// slots until then. Each slot takes its share of what is missing, so that errors do not add up.
#[derive(Clone, Copy, Debug)]
struct Session {
    phase: u8,
    target: i64,
    weight: i64,
}

/// How many messages there should be when.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    sessions: [Session; 3],
    /// Snapshots of single securities.
    pub(crate) snapshots: Meter,
    /// Index messages in continuous trading.
    pub(crate) index: Meter,
}

impl Plan {
    pub(crate) fn new(spec: &Spec, pace: &Pace) -> Self {
        let [messages, securities] = [spec.messages, spec.securities].map(u64::cast_signed);
        let slots_of = |wanted: u8| pace.slots().filter(move |slot| phase(*slot) == wanted);
        let session = |phase, target| {
            let weight = slots_of(phase).map(Pace::weight).sum();
            Session { phase, target, weight }
        };
        // Nothing trades in a call, so books would grow with it: bounded for each security.
        let opening = (messages * 12 / 100).min(securities * 120);
        let closing = (messages * 2 / 100).min(securities * 20);
        // Behind the closing call: about two trades of five orders, a snapshot of every security.
        let tail = closing * 2 / 5 + securities + 10;
        let trading = slots_of(b'T').count() as i64;
        let shown = pace.slots().map(shown).sum();
        Self {
            sessions: [
                session(b'O', opening),
                session(b'T', messages - tail - closing),
                session(b'C', messages - tail),
            ],
            snapshots: Meter::new(messages / 100, shown),
            index: Meter::new((messages / 100).clamp(20, trading), trading),
        }
    }

    /// How many messages are missing at the end of the session, `sent` being out.
    pub(crate) fn room(&self, slot: i64, sent: i64) -> i64 {
        let here = self.sessions.iter().find(|session| session.phase == phase(slot));
        here.map_or(0, |session| (session.target - sent).max(0))
    }

    /// How many of them belong to this slot.
    pub(crate) fn due(&mut self, slot: i64, sent: i64) -> i64 {
        let room = self.room(slot, sent);
        let here = |session: &&mut Session| session.phase == phase(slot);
        let Some(session) = self.sessions.iter_mut().find(here) else { return 0 };
        let weight = Pace::weight(slot);
        let due = room * weight / session.weight;
        session.weight -= weight;
        due
    }
}

/// Weight of a slot in the snapshots of single securities: in a call they matter most.
pub(crate) const fn shown(slot: i64) -> i64 {
    match phase(slot) {
        b'O' | b'C' => 4,
        b'T' => 1,
        _ => 0,
    }
}

/// Spreads a number evenly over steps.
#[derive(Clone, Debug)]
pub(crate) struct Meter {
    number: i64,
    steps: i64,
    rest: i64,
}

impl Meter {
    const fn new(number: i64, steps: i64) -> Self {
        Self { number, steps, rest: 0 }
    }

    /// How many belong to the next few steps.
    pub(crate) const fn step(&mut self, steps: i64) -> i64 {
        self.rest += self.number * steps;
        let due = self.rest / self.steps;
        self.rest %= self.steps;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::CLOSED;

    #[test]
    fn every_session_is_made_of_whole_slots() {
        for pace in PACES {
            for weight in [b'O', b'T', b'C'] {
                assert!(pace.slots().any(|slot| phase(slot) == weight));
            }
            assert!(pace.slots().any(|slot| slot == CLOSED));
            assert!(pace.slots().all(|slot| phase(slot) == phase(slot + pace.slot - 1)));
        }
    }

    #[test]
    fn a_spec_says_what_is_wrong_with_it() {
        assert_eq!(Spec::new(1, 100_000).securities, 300);
        assert_eq!(Spec::new(1, 1_000).check(), Ok(()));
        let error = Spec { securities: 11, ..Spec::new(1, 1_000) }.check().expect_err("too many");
        assert_eq!(error.to_string(), "securities = 11, wanted 1 to 10");
        assert!(Spec::new(1, 999).check().is_err());
        assert!(Spec { channels: 10, ..Spec::new(1, 1_000) }.check().is_err());
    }

    #[test]
    fn a_meter_spreads_evenly() {
        let mut meter = Meter::new(7, 3);
        let steps: Vec<i64> = [1, 1, 1, 2, 0, 1].map(|steps| meter.step(steps)).into();
        assert_eq!(steps, [2, 2, 3, 4, 0, 3]);
    }
}
