//! What was when: the index over the last while, and the last sends.

use tidegate_protocol::limits::{WINDOW_SENDS, WINDOW_SLOTS};

const SLOTS: i64 = WINDOW_SLOTS as i64;

/// The value carried into each of 64 slots: the one of now and the 63 before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    slot_ms: i64,
    /// When the next slot begins, in milliseconds of the day; `i64::MAX` while the window is empty.
    next_ms: i64,
    /// Place of the slot of now in `carried`.
    newest: usize,
    carried: [i64; WINDOW_SLOTS],
    /// Nothing carried is below or above these.
    least: i64,
    most: i64,
}

impl Window {
    /// An empty window of this length, a multiple of 64 ms.
    pub fn new(within_ms: i64) -> Self {
        Self {
            slot_ms: within_ms / SLOTS,
            next_ms: i64::MAX,
            newest: 0,
            carried: [0; WINDOW_SLOTS],
            least: 0,
            most: 0,
        }
    }

    /// Its length.
    pub fn within_ms(&self) -> i64 {
        self.slot_ms * SLOTS
    }

    /// Whether no value came yet.
    pub fn is_empty(&self) -> bool {
        self.next_ms == i64::MAX
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.next_ms = i64::MAX;
    }

    /// The first value: every slot holds it.
    pub fn fill(&mut self, ms: i64, value: i64) {
        self.next_ms = (ms / self.slot_ms + 1) * self.slot_ms;
        self.carried = [value; WINDOW_SLOTS];
        (self.least, self.most) = (value, value);
    }

    /// Time goes on to `ms` while the value is `value`: every slot entered carries it.
    pub fn roll(&mut self, ms: i64, value: i64) {
        if self.is_empty() || ms < self.next_ms {
            return;
        }
        if ms - self.next_ms >= self.within_ms() {
            self.fill(ms, value);
            return;
        }
        while self.next_ms <= ms {
            self.newest = (self.newest + 1) % WINDOW_SLOTS;
            self.carried[self.newest] = value;
            self.next_ms += self.slot_ms;
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// The value carried into the oldest slot.
    pub fn oldest(&self) -> Option<i64> {
        (!self.is_empty()).then(|| self.carried[(self.newest + 1) % WINDOW_SLOTS])
    }

    /// When the next slot begins, in milliseconds of the day; `i64::MAX` while the window is empty.
    pub fn next_ms(&self) -> i64 {
        self.next_ms
    }

    /// Nothing carried is below the first or above the second of these.
    pub fn span(&self) -> (i64, i64) {
        (self.least, self.most)
    }

    /// Makes the span as narrow as what is carried.
    pub fn tighten(&mut self) {
        let fold = self.carried.iter().fold((i64::MAX, i64::MIN), |(least, most), &value| {
            (least.min(value), most.max(value))
        });
        (self.least, self.most) = fold;
    }
}

/// The times of the last 64 sends of a date, in milliseconds of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sends {
    times: [i64; WINDOW_SENDS],
    count: u64,
}

impl Default for Sends {
    fn default() -> Self {
        Self { times: [0; WINDOW_SENDS], count: 0 }
    }
}

impl Sends {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// A send.
    pub fn push(&mut self, ms: i64) {
        self.times[(self.count % WINDOW_SENDS as u64) as usize] = ms;
        self.count += 1;
    }

    /// Time of the `n`-th last send, 1 to 64.
    pub fn nth_last(&self, n: u32) -> Option<i64> {
        let at = self.count.checked_sub(u64::from(n))?;
        Some(self.times[(at % WINDOW_SENDS as u64) as usize])
    }

    /// How many of the last `count` were less than `within_ms` ago.
    pub fn within(&self, ms: i64, within_ms: i64, count: u32) -> u32 {
        (1..=count).take_while(|n| self.nth_last(*n).is_some_and(|at| ms - at < within_ms)).count()
            as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows H26.
    #[test]
    fn the_oldest_slot_holds_what_was_carried_into_it() {
        let mut window = Window::new(640);
        window.roll(5, 7);
        assert_eq!(window.oldest(), None);
        window.fill(95, 100);
        assert_eq!((window.oldest(), window.next_ms()), (Some(100), 100));
        // 100 was carried into slot 10, 110 into slots 11 to 72.
        window.roll(100, 100);
        window.roll(729, 110);
        assert_eq!(window.oldest(), Some(100));
        window.roll(730, 120);
        assert_eq!(window.oldest(), Some(100));
        window.roll(740, 120);
        assert_eq!((window.oldest(), window.span()), (Some(110), (100, 120)));
        window.tighten();
        assert_eq!(window.span(), (110, 120));
        // Longer than the window: every slot was skipped.
        window.roll(5_000, 130);
        assert_eq!(window.oldest(), Some(130));
        window.clear();
        assert!(window.is_empty());
    }

    /// Shows H25.
    #[test]
    fn sends_are_counted_back() {
        let mut sends = Sends::default();
        assert_eq!((sends.nth_last(1), sends.within(10, 5, 3)), (None, 0));
        for ms in [1, 2, 5, 6] {
            sends.push(ms);
        }
        assert_eq!(
            (sends.nth_last(1), sends.nth_last(4), sends.nth_last(5)),
            (Some(6), Some(1), None)
        );
        assert_eq!(sends.within(7, 5, 64), 2);
        assert_eq!(sends.within(6, 5, 64), 3);
        assert_eq!(sends.within(6, 5, 2), 2);
        (0..200).for_each(|ms| sends.push(ms));
        assert_eq!(sends.nth_last(64), Some(136));
    }
}
