//! Conditions, edges, limits and the guard. The rules stand in `TRIGGERS.md`.
//!
//! Triggers are to be judged after each message, but what they see seldom changes. After a
//! judgement the room knows between which index values, and until what time, nothing can change;
//! the wiring judges again only when one of these is left, or when something else that a condition
//! looks at moved. That gives the same decisions as judging after every message.

use tidegate_protocol::limits::{MAX_CONDITIONS, MAX_TRIGGERS, MAX_WINDOW_MS, WINDOW_SLOTS};
use tidegate_protocol::units::{IndexE4, PriceE4, Timestamp};

use crate::decision::{Checked, Limit, NONE, Refusal, Scope};
use crate::order;
use crate::parameters::{Action, Condition, Guard, Limits, OrderRule, Parameters, Rearm, Trigger};
use crate::quote::{Depth, QuoteTable, Row};
use crate::securities::SecurityId;
use crate::window::{Sends, Window};

/// What orders add up to, of a trigger or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The last sends.
    pub sends: Sends,
    /// Sum of quantities, in 1e-2 shares.
    pub quantity: i64,
    /// Sum of price x quantity, in 1e-6 CNY.
    pub value_e6: i64,
    /// Orders that may still trade.
    pub outstanding: u32,
}

/// Where a trigger stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Edge {
    /// Its conditions held after the message before.
    held: bool,
    /// Its market conditions did.
    market_held: bool,
    /// It fired before.
    fired: bool,
    /// When it fired last on this date, in milliseconds of the day.
    fired_ms: Option<i64>,
}

/// What was counted of a trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TriggerCounters {
    /// Firings.
    pub fired: u64,
    /// Orders sent.
    pub sent: u64,
    /// Orders that a limit refused.
    pub refused: u64,
    /// Cancel requests sent.
    pub cancels: u64,
    /// Edges of the market conditions that `max_sends` or `max_outstanding` held back.
    pub held_back: u64,
}

/// What the guard did at a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardStep {
    /// It was engaged.
    Engaged,
    /// It was released.
    Released,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum GuardState {
    #[default]
    Off,
    /// The change is large.
    On,
    /// The change is small again, since this millisecond of the day.
    Holding(i64),
    /// A new date came: to be released.
    Ending,
}

/// Rows that a trigger looks at.
#[derive(Clone, Copy, Debug, Default)]
struct Rows {
    /// Of its price conditions.
    price: Option<usize>,
    /// Of its order.
    order: Option<usize>,
}

/// A last price that matters only outside of a range, in 1e-6 CNY.
#[derive(Clone, Copy, Debug)]
struct Fence {
    row: usize,
    low: i64,
    high: i64,
}

/// Nothing lies between: any price is a change.
const ANY_PRICE: Fence = Fence { row: usize::MAX, low: i64::MAX, high: i64::MIN };

/// Users of windows: the triggers, then the guard.
const USERS: usize = MAX_TRIGGERS + 1;
const GUARD: usize = MAX_TRIGGERS;

/// A window, and what its conditions wait for.
#[derive(Clone, Copy, Debug)]
struct Watch {
    window: Window,
    /// Least rise that a condition waits for.
    rise: i64,
    /// Least fall, as a number above 0.
    fall: i64,
    /// A condition depends on what is carried into the oldest slot: each new slot may change it.
    exact: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Self { window: Window::new(SLOTS_MS), rise: i64::MAX, fall: i64::MAX, exact: false }
    }
}

/// Shortest window.
const SLOTS_MS: i64 = WINDOW_SLOTS as i64;

/// State of the room.
#[derive(Clone, Debug)]
pub struct Triggers {
    edges: [Edge; MAX_TRIGGERS],
    rows: [Rows; MAX_TRIGGERS],
    guard: GuardState,
    /// Triggers and guard of the same length share a window.
    windows: [Watch; USERS],
    /// Which window a trigger uses, and the guard behind them.
    window_of: [Option<u8>; USERS],
    /// Windows that someone uses, one bit each.
    used: u32,
    /// The index after the message before.
    before: Option<i64>,
    date: i64,
    /// Some window waits for its first value.
    waiting: bool,
    /// What of each trigger was counted.
    pub counters: [TriggerCounters; MAX_TRIGGERS],
    /// Tallies of the triggers.
    pub tallies: [Tally; MAX_TRIGGERS],
    /// Tally of all together.
    pub total: Tally,
    /// Rows whose last price a condition looks at, one bit a row.
    watched: Vec<u64>,
    /// Of each trigger with such a row: the prices between which none of its conditions changes.
    prices: [Fence; MAX_TRIGGERS],
    /// Index values between which no condition changes.
    low: i64,
    high: i64,
    /// Millisecond of the day at which a condition may change for another reason than a window.
    expiry_ms: i64,
    /// Time up to which nothing is to be done.
    deadline: Timestamp,
    /// Something may have changed since the last judgement.
    pub due: bool,
    /// Something that was judged changes with the next message: an index that crosses, a send.
    again: bool,
}

/// The window of a trigger's condition on change.
fn window_of(trigger: &Trigger) -> Option<i64> {
    trigger.conditions.iter().flatten().find_map(|condition| match condition {
        Condition::IndexChange { within_ms, .. } => Some(*within_ms),
        _ => None,
    })
}

fn price_security(trigger: &Trigger) -> Option<SecurityId> {
    trigger.conditions.iter().flatten().find_map(|condition| match condition {
        Condition::PriceAtLeast { security, .. } | Condition::PriceAtMost { security, .. } => {
            Some(*security)
        }
        _ => None,
    })
}

/// Lengths of the windows, by user.
fn window_lengths(parameters: &Parameters) -> [Option<i64>; USERS] {
    let mut lengths = [None; USERS];
    for (length, trigger) in lengths.iter_mut().zip(&parameters.triggers) {
        *length = trigger.as_ref().and_then(window_of);
    }
    lengths[GUARD] = parameters.guard.map(|guard| guard.within_ms);
    lengths
}

/// The windows that someone uses, one bit each.
fn in_use(window_of: &[Option<u8>; USERS]) -> u32 {
    window_of.iter().flatten().fold(0, |bits, at| bits | 1 << at)
}

/// The stamp of a millisecond of a date, at most the midnight behind it: a new date is later.
fn deadline(date: i64, ms: i64) -> Timestamp {
    let ms = ms.min(MAX_WINDOW_MS);
    let (hour, minute, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
    Timestamp(date * 1_000_000_000 + hour * 10_000_000 + minute * 100_000 + rest)
}

impl Triggers {
    /// The room for these parameters and rows.
    pub fn new(parameters: &Parameters, quotes: &QuoteTable) -> Self {
        let mut rows = [Rows::default(); MAX_TRIGGERS];
        let mut watched = vec![0u64; quotes.rows.len().div_ceil(64)];
        for (rows, trigger) in rows.iter_mut().zip(parameters.triggers.iter().flatten()) {
            rows.price = price_security(trigger).and_then(|security| quotes.find(security));
            if let Some(row) = rows.price {
                watched[row / 64] |= 1 << (row % 64);
            }
            if let Action::Order(order) = &trigger.action {
                rows.order = quotes.find(order.security);
            }
        }
        let mut windows = [Watch::default(); USERS];
        let mut window_of = [None; USERS];
        let lengths = window_lengths(parameters);
        for (user, within_ms) in lengths.iter().enumerate() {
            let Some(within_ms) = within_ms else { continue };
            let same = lengths[..user].iter().position(|other| other == &Some(*within_ms));
            window_of[user] = same.map_or(Some(user as u8), |same| window_of[same]);
            windows[user].window = Window::new(*within_ms);
        }
        Self {
            edges: [Edge::default(); MAX_TRIGGERS],
            waiting: in_use(&window_of) != 0,
            used: in_use(&window_of),
            rows,
            guard: GuardState::Off,
            windows,
            window_of,
            before: None,
            date: 0,
            counters: [TriggerCounters::default(); MAX_TRIGGERS],
            tallies: [Tally::default(); MAX_TRIGGERS],
            total: Tally::default(),
            watched,
            prices: std::array::from_fn(|at| Fence {
                row: rows[at].price.unwrap_or(usize::MAX),
                ..ANY_PRICE
            }),
            // Nothing lies between: the first value is a change.
            low: i64::MAX,
            high: i64::MIN,
            expiry_ms: i64::MAX,
            deadline: Timestamp(i64::MIN),
            due: true,
            again: false,
        }
    }

    fn window(&self, user: usize) -> Option<&Window> {
        self.window_of[user].map(|at| &self.windows[usize::from(at)].window)
    }

    /// Every window that is in use, once.
    fn watches(&mut self) -> impl Iterator<Item = &mut Watch> {
        let used = self.used;
        self.windows
            .iter_mut()
            .enumerate()
            .filter(move |(at, _)| used >> at & 1 != 0)
            .map(|(_, w)| w)
    }

    /// A message that moved the row is through with it.
    #[inline]
    pub fn moved(&mut self, row: usize, quotes: &QuoteTable) {
        if self.watched[row / 64] >> (row % 64) & 1 != 0 {
            let last = quotes.rows[row].quote().last.0;
            let left =
                |fence: &Fence| fence.row == row && !(fence.low..=fence.high).contains(&last);
            self.due |= self.prices.iter().any(left);
        }
    }

    /// Whether time has come to a point where a condition may change; [`Triggers::roll`] is due.
    #[inline]
    pub fn is_past(&self, now: Timestamp) -> bool {
        now >= self.deadline
    }

    /// Time went on while the index had this value.
    pub fn roll(&mut self, now: Timestamp, value: Option<IndexE4>) {
        let (date, ms) = (now.date(), now.ms_of_day());
        if date != self.date {
            self.new_date(date);
        }
        let (mut low, mut high) = (self.low, self.high);
        let mut due = self.due | (ms >= self.expiry_ms);
        let mut next_ms = self.expiry_ms;
        if let Some(IndexE4(value)) = value {
            // By hand: this is done for most messages of a quiet market, and few windows are used.
            let mut left = self.used;
            while left != 0 {
                let watch = &mut self.windows[left.trailing_zeros() as usize];
                left &= left - 1;
                let window = &mut watch.window;
                if window.next_ms() <= ms {
                    window.roll(ms, value);
                    due |= watch.exact;
                    let (least, most) = window.span();
                    high = high.min(least.saturating_add(watch.rise) - 1);
                    low = low.max(most.saturating_sub(watch.fall) + 1);
                }
                next_ms = next_ms.min(window.next_ms());
            }
        }
        (self.low, self.high, self.due) = (low, high, due);
        self.deadline = deadline(date, next_ms);
    }

    #[cold]
    fn new_date(&mut self, date: i64) {
        self.date = date;
        self.due = true;
        self.expiry_ms = i64::MAX;
        self.waiting = self.used != 0;
        self.watches().for_each(|watch| watch.window.clear());
        for (edge, tally) in self.edges.iter_mut().zip(&mut self.tallies) {
            edge.fired_ms = None;
            tally.sends.clear();
        }
        self.total.sends.clear();
        if self.guard != GuardState::Off {
            self.guard = GuardState::Ending;
        }
    }

    /// The index has a new value.
    #[inline]
    pub fn index_moved(&mut self, now: Timestamp, IndexE4(value): IndexE4) {
        if self.waiting || value < self.low || value > self.high {
            self.index_left(now, value);
        }
    }

    #[cold]
    fn index_left(&mut self, now: Timestamp, value: i64) {
        self.due = true;
        if self.waiting && self.date != 0 {
            let ms = now.ms_of_day();
            self.watches().filter(|watch| watch.window.is_empty()).for_each(|watch| {
                watch.window.fill(ms, value);
            });
            self.waiting = false;
        }
    }

    /// New parameters of the same shape; windows of another length start with the index of now.
    pub fn change(
        &mut self,
        old: &Parameters,
        new: &Parameters,
        now: Timestamp,
        value: Option<IndexE4>,
    ) {
        self.due = true;
        // Messages that were not judged moved the index too, and a level may change now.
        self.before = value.map(|value| value.0);
        let lengths = window_lengths(old).into_iter().zip(window_lengths(new));
        for (user, (old, new)) in lengths.enumerate() {
            let Some(within_ms) = new.filter(|_| old != new) else { continue };
            let was_empty = self.window(user).is_none_or(Window::is_empty);
            self.window_of[user] = None;
            let free = (0..USERS as u8).find(|at| !self.window_of.contains(&Some(*at)));
            let at = free.expect("as many windows as users");
            self.window_of[user] = Some(at);
            let window = &mut self.windows[usize::from(at)].window;
            *window = Window::new(within_ms);
            if let Some(IndexE4(value)) = value.filter(|_| !was_empty) {
                window.fill(now.ms_of_day(), value);
            }
        }
        self.used = in_use(&self.window_of);
        // A slot of a new window may begin sooner than one of the old.
        self.deadline = Timestamp(i64::MIN);
    }

    /// Whether orders are refused because of the market.
    pub fn guarded(&self) -> bool {
        self.guard != GuardState::Off
    }

    /// Starts the judgement after a message: the guard.
    pub fn judge_guard(
        &mut self,
        guard: Option<&Guard>,
        now: Timestamp,
        value: Option<IndexE4>,
    ) -> (Option<GuardStep>, Checked) {
        let (Some(guard), Some(window)) = (guard, self.window(GUARD)) else {
            return (None, Checked::default());
        };
        let ms = now.ms_of_day();
        let change = value.zip(window.oldest()).map(|(now, then)| now.0.saturating_sub(then));
        let large = change.is_some_and(|change| change.unsigned_abs() >= guard.points.0 as u64);
        let checked = Checked {
            code: Condition::IndexChange { points: guard.points, within_ms: guard.within_ms }
                .code(),
            holds: large,
            found: change.unwrap_or(NONE),
            bound: guard.points.0,
        };
        let held_ms = match self.guard {
            GuardState::On => 0,
            GuardState::Holding(since) => ms - since,
            GuardState::Off | GuardState::Ending => i64::MAX,
        };
        let (next, step) = match self.guard {
            GuardState::Off if large => (GuardState::On, Some(GuardStep::Engaged)),
            GuardState::Off => (GuardState::Off, None),
            _ if large => (GuardState::On, None),
            _ if held_ms >= guard.hold_ms => (GuardState::Off, Some(GuardStep::Released)),
            GuardState::On => (GuardState::Holding(ms), None),
            state => (state, None),
        };
        self.guard = next;
        (step, checked)
    }

    /// Judges one trigger at this millisecond of the day: its conditions as they are, and whether it fires.
    pub fn judge(
        &mut self,
        at: usize,
        trigger: &Trigger,
        ms: i64,
        value: Option<IndexE4>,
        quotes: &QuoteTable,
    ) -> ([Checked; MAX_CONDITIONS], bool) {
        let mut checked = [Checked::default(); MAX_CONDITIONS];
        let (mut all, mut market, mut has_market) = (true, true, false);
        for (checked, condition) in checked.iter_mut().zip(trigger.conditions.iter().flatten()) {
            let (found, holds) = self.check(at, condition, ms, value, quotes);
            *checked = Checked { code: condition.code(), holds, found, bound: condition.bound() };
            all &= holds;
            self.again |= holds && matches!(condition, Condition::IndexCrosses(_));
            if condition.is_market() {
                market &= holds;
                has_market = true;
            }
        }
        market &= has_market;
        let edge = &mut self.edges[at];
        let counters = &mut self.counters[at];
        if market && !edge.market_held && !all {
            counters.held_back += 1;
        }
        let armed = match trigger.rearm {
            Rearm::OnFalse => true,
            Rearm::Once => !edge.fired,
            Rearm::AfterMs(wait) => edge.fired_ms.is_none_or(|at| ms - at >= wait),
        };
        let fires = all && !edge.held && armed;
        (edge.held, edge.market_held) = (all, market);
        if fires {
            (edge.fired, edge.fired_ms) = (true, Some(ms));
            counters.fired += 1;
        }
        (checked, fires)
    }

    /// What a condition finds, and whether it holds.
    fn check(
        &self,
        at: usize,
        condition: &Condition,
        ms: i64,
        value: Option<IndexE4>,
        quotes: &QuoteTable,
    ) -> (i64, bool) {
        let index = value.map(|value| value.0);
        let some = |found: Option<i64>, holds: &dyn Fn(i64) -> bool| {
            (found.unwrap_or(NONE), found.is_some_and(holds))
        };
        let last = || {
            let row = self.rows[at].price?;
            Some(quotes.rows[row].quote().last.0).filter(|last| *last > 0)
        };
        match *condition {
            Condition::IndexAtLeast(level) => some(index, &|v| v >= level.0),
            Condition::IndexAtMost(level) => some(index, &|v| v <= level.0),
            Condition::IndexCrosses(level) => some(index, &|v| {
                self.before.is_some_and(|before| {
                    before < level.0 && v >= level.0 || before > level.0 && v <= level.0
                })
            }),
            Condition::IndexChange { points, .. } => {
                let oldest = self.window(at).and_then(Window::oldest);
                let change = index.zip(oldest).map(|(now, then)| now.saturating_sub(then));
                some(change, &|c| if points.0 > 0 { c >= points.0 } else { c <= points.0 })
            }
            Condition::PriceAtLeast { price, .. } => some(last(), &|last| last >= price.0),
            Condition::PriceAtMost { price, .. } => some(last(), &|last| last <= price.0),
            Condition::MaxSends(rate) => {
                let sent = self.tallies[at].sends.within(ms, rate.within_ms, rate.count);
                (i64::from(sent), sent < rate.count)
            }
            Condition::MaxOutstanding(count) => {
                let outstanding = self.tallies[at].outstanding;
                (i64::from(outstanding), outstanding < count)
            }
        }
    }

    /// Ends the judgement after a message: says between which values and until when nothing changes.
    pub fn settle(
        &mut self,
        parameters: &Parameters,
        now: Timestamp,
        value: Option<IndexE4>,
        quotes: &QuoteTable,
    ) {
        self.before = value.map(|value| value.0);
        self.due = std::mem::take(&mut self.again);
        (self.low, self.high) = (i64::MIN, i64::MAX);
        if now.0 == 0 {
            self.due = true;
            return;
        }
        let ms = now.ms_of_day();
        let mut expiry_ms = i64::MAX;
        for watch in self.watches() {
            (watch.rise, watch.fall, watch.exact) = (i64::MAX, i64::MAX, false);
        }
        for (at, trigger) in parameters.triggers.iter().flatten().enumerate() {
            for condition in trigger.conditions.iter().flatten() {
                match *condition {
                    Condition::IndexAtLeast(level) => self.fence(value, level.0),
                    Condition::IndexAtMost(level) => self.fence(value, level.0.saturating_add(1)),
                    Condition::IndexCrosses(level) => {
                        // On either side of the level, and on it: three stretches.
                        self.fence(value, level.0);
                        self.fence(value, level.0.saturating_add(1));
                    }
                    Condition::IndexChange { points, .. } => self.watch(at, value, points.0),
                    Condition::MaxSends(rate) => {
                        if let Some(then) = self.tallies[at].sends.nth_last(rate.count)
                            && ms - then < rate.within_ms
                        {
                            expiry_ms = expiry_ms.min(then + rate.within_ms);
                        }
                    }
                    Condition::PriceAtLeast { .. }
                    | Condition::PriceAtMost { .. }
                    | Condition::MaxOutstanding(_) => {}
                }
            }
            self.fence_price(at, trigger, quotes);
        }
        if let Some(guard) = &parameters.guard {
            self.watch(GUARD, value, guard.points.0);
            self.watch(GUARD, value, -guard.points.0);
            if let GuardState::Holding(since) = self.guard {
                expiry_ms = expiry_ms.min(since + guard.hold_ms);
            }
        }
        if value.is_none() {
            // The first value is a change.
            (self.low, self.high) = (i64::MAX, i64::MIN);
        }
        self.expiry_ms = expiry_ms;
        let next_ms = self.watches().map(|watch| watch.window.next_ms()).fold(expiry_ms, i64::min);
        self.deadline = deadline(self.date, next_ms);
    }

    /// Where the change of a window comes to `points`, or leaves it, something changes.
    fn watch(&mut self, user: usize, value: Option<IndexE4>, points: i64) {
        let (Some(at), Some(IndexE4(now))) = (self.window_of[user], value) else { return };
        let watch = &mut self.windows[usize::from(at)];
        let Some(oldest) = watch.window.oldest() else { return };
        // Whatever slot comes to be the oldest, the condition does not hold.
        let far = |(least, most): (i64, i64)| {
            if points > 0 {
                now < least.saturating_add(points)
            } else {
                now > most.saturating_add(points)
            }
        };
        if !far(watch.window.span()) {
            watch.window.tighten();
        }
        let (least, most) = watch.window.span();
        if !far((least, most)) {
            watch.exact = true;
            let level = oldest.saturating_add(points);
            self.fence(value, level.saturating_add(i64::from(points < 0)));
        } else if points > 0 {
            watch.rise = watch.rise.min(points);
            self.fence(value, least.saturating_add(points));
        } else {
            watch.fall = watch.fall.min(-points);
            self.fence(value, most.saturating_add(points).saturating_add(1));
        }
    }

    /// The last prices between which no condition of a trigger changes.
    fn fence_price(&mut self, at: usize, trigger: &Trigger, quotes: &QuoteTable) {
        let Some(row) = self.rows[at].price else { return };
        let last = quotes.rows[row].quote().last.0;
        // Any price is a change where there was none; 0 and less is none.
        let mut fence = Fence { row, low: 1, high: i64::MAX };
        if last <= 0 {
            fence = Fence { row, ..ANY_PRICE };
        }
        for condition in trigger.conditions.iter().flatten() {
            let level = match condition {
                Condition::PriceAtLeast { price, .. } => price.0,
                Condition::PriceAtMost { price, .. } => price.0.saturating_add(1),
                _ => continue,
            };
            if last >= level {
                fence.low = fence.low.max(level);
            } else {
                fence.high = fence.high.min(level - 1);
            }
        }
        self.prices[at] = fence;
    }

    /// Something changes where the index comes to `level` from below, or falls below it.
    fn fence(&mut self, value: Option<IndexE4>, level: i64) {
        let Some(IndexE4(value)) = value else { return };
        if value >= level {
            self.low = self.low.max(level);
        } else {
            self.high = self.high.min(level - 1);
        }
    }

    /// The row of a trigger's order.
    pub fn order_row(&self, at: usize) -> Option<usize> {
        self.rows[at].order
    }

    /// An order of this trigger left.
    pub fn sent(&mut self, at: usize, now: Timestamp, rule: &OrderRule, price: PriceE4) {
        let ms = now.ms_of_day();
        for tally in [&mut self.tallies[at], &mut self.total] {
            tally.sends.push(ms);
            // The limits looked at these sums: they fit.
            tally.quantity += rule.quantity.0;
            tally.value_e6 += price.0 * rule.quantity.0;
            tally.outstanding += 1;
        }
        self.counters[at].sent += 1;
        self.again = true;
    }

    /// An order of this trigger ceased to be outstanding.
    pub fn closed(&mut self, at: u8) {
        self.tallies[usize::from(at)].outstanding -= 1;
        self.total.outstanding -= 1;
        self.due = true;
    }
}

/// Asks every limit in its order; the price of the order if none refuses.
pub fn permit(
    triggers: &Triggers,
    parameters: &Parameters,
    at: usize,
    rule: &OrderRule,
    now: Timestamp,
    (row, depth): (&Row, &Depth),
    has_request: bool,
) -> (Option<PriceE4>, Option<Refusal>) {
    let own = parameters.triggers[at].map_or(Limits::default(), |trigger| trigger.limits);
    let scopes: [(Scope, &Limits, &Tally); 2] = [
        (Scope::Global, &parameters.limits, &triggers.total),
        (Scope::Trigger, &own, &triggers.tallies[at]),
    ];
    let refuse = |limit, scope, found, allowed| Some(Refusal { limit, scope, found, allowed });
    let price = order::price(rule, row, depth);
    let ms = now.ms_of_day();
    let refusal = || {
        for (scope, limits, _) in &scopes {
            if limits.kill_switch {
                return refuse(Limit::KillSwitch, *scope, NONE, NONE);
            }
        }
        if triggers.guarded() {
            return refuse(Limit::Guard, Scope::Global, NONE, NONE);
        }
        let Some(price) = price else {
            return refuse(Limit::NoPrice, Scope::Global, NONE, NONE);
        };
        let price_e6 = price.0 * 100;
        for (there, beyond) in [
            (row.limit_up.0, price_e6 > row.limit_up.0),
            (row.limit_down.0, price_e6 < row.limit_down.0),
        ] {
            if there > 0 && beyond {
                return refuse(Limit::PriceLimit, Scope::Global, price_e6, there);
            }
        }
        let last = row.quote().last.0;
        for (scope, limits, _) in &scopes {
            let Some(band) = limits.price_band_bp else { continue };
            if last <= 0 {
                return refuse(Limit::PriceBand, *scope, NONE, NONE);
            }
            // Both are above 0. A distance that does not fit 64 bits as ten-thousandths is too far.
            let far = (price_e6 - last).abs();
            let wide = last.saturating_mul(band);
            if far.checked_mul(10_000).is_none_or(|far| far > wide) {
                // last x band / 10,000, in two parts that fit.
                let allowed = (last / 10_000)
                    .saturating_mul(band)
                    .saturating_add(last % 10_000 * band / 10_000);
                return refuse(Limit::PriceBand, *scope, far, allowed);
            }
        }
        for (scope, limits, _) in &scopes {
            if let Some(most) = limits.max_quantity.filter(|most| rule.quantity > *most) {
                return refuse(Limit::MaxQuantity, *scope, rule.quantity.0, most.0);
            }
        }
        for (scope, limits, tally) in &scopes {
            let Some(rate) = limits.max_orders else { continue };
            let sent = tally.sends.within(ms, rate.within_ms, rate.count);
            if sent >= rate.count {
                return refuse(Limit::MaxOrders, *scope, sent.into(), rate.count.into());
            }
        }
        for (scope, limits, tally) in &scopes {
            // Without a limit of its own the sum must still fit.
            let most = limits.max_total_quantity.map_or(i64::MAX, |most| most.0);
            let sum = tally.quantity.checked_add(rule.quantity.0);
            if sum.is_none_or(|sum| sum > most) {
                let sum = sum.unwrap_or(i64::MAX);
                return refuse(Limit::MaxTotalQuantity, *scope, sum, most);
            }
        }
        for (scope, limits, tally) in &scopes {
            let most = limits.max_total_value_e6.unwrap_or(i64::MAX);
            let value = price.0.checked_mul(rule.quantity.0);
            let sum = value.and_then(|value| tally.value_e6.checked_add(value));
            if sum.is_none_or(|sum| sum > most) {
                let sum = sum.unwrap_or(i64::MAX);
                return refuse(Limit::MaxTotalValue, *scope, sum, most);
            }
        }
        for (scope, limits, tally) in &scopes {
            if let Some(most) = limits.max_outstanding.filter(|most| tally.outstanding >= *most) {
                let (found, most) = (tally.outstanding.into(), most.into());
                return refuse(Limit::MaxOutstanding, *scope, found, most);
            }
        }
        if !has_request {
            return refuse(Limit::Requests, Scope::Global, NONE, NONE);
        }
        None
    };
    (price, refusal())
}
