//! Mixes: which messages of a feed, and when they are due.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use tidegate_pipeline::{Control, Input};
use tidegate_protocol::frame;
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::message::AuctionOrder;
use tidegate_protocol::table::records::{Becomes, becomes};
use tidegate_protocol::units::Timestamp;

use crate::feed::{Feed, Message};

/// How much faster the busiest second comes in [`Mix::Burst`], and how many of a type in [`Mix::BurstOf`].
pub const BURST: u64 = 3;
/// The part of the messages that the types of [`Mix::Top99`] make up, in percent.
pub const TOP_PERCENT: usize = 99;
/// Types of [`Mix::Top99`], at most.
pub const TOP_TYPES: usize = 40;

/// From the channel of a message to that of its copy: farther than those of an exchange lie apart.
const CHANNELS_BETWEEN: u16 = 20_000;

/// Which messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mix {
    /// All of them.
    All,
    /// All of them; those of the busiest second come three times as fast. Only the schedule differs.
    Burst,
    /// Those of one type alone. Numbers jump where others were.
    Type(u32),
    /// Those of the fewest types, at most [`TOP_TYPES`], that make up [`TOP_PERCENT`] percent.
    Top99,
    /// All of them, and two more of each of one type, which come in its time.
    BurstOf(u32),
    /// [`Mix::BurstOf`] each type of the feed in turn: stands for as many mixes.
    BurstEach,
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Burst => write!(f, "burst-x{BURST}"),
            Self::Type(msg_type) => write!(f, "{msg_type}"),
            Self::Top99 => write!(f, "top-{TOP_PERCENT}"),
            Self::BurstOf(msg_type) => write!(f, "burst-x{BURST}-{msg_type}"),
            Self::BurstEach => write!(f, "burst-x{BURST}-each"),
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let of = |digits: &str, mix: fn(u32) -> Self| digits.parse().map(mix).ok();
        let found = match text {
            "all" => Some(Self::All),
            "top-99" => Some(Self::Top99),
            "burst-x3" => Some(Self::Burst),
            "burst-x3-each" => Some(Self::BurstEach),
            text => match text.strip_prefix("burst-x3-") {
                Some(digits) => of(digits, Self::BurstOf),
                None => of(text, Self::Type),
            },
        };
        found.ok_or_else(|| format!("mix {text:?}, wanted {MIXES}"))
    }
}

/// The names of mixes.
pub const MIXES: &str =
    "all, top-99, burst-x3, burst-x3-each, a type such as 300191, or burst-x3-300191";

impl Mix {
    /// What a reader must know of it and of the feed that it made; of most nothing.
    pub fn note(self, derived: &Feed) -> String {
        match self {
            Self::All => String::new(),
            Self::Burst => {
                "the messages of the busiest second of the feed come three times as fast".to_owned()
            }
            Self::Type(_) => {
                "messages of this type alone: ApplSeqNum jumps where others were".to_owned()
            }
            Self::Top99 => {
                let types: Vec<String> = counts(derived).keys().map(u32::to_string).collect();
                format!(
                    "{} types, the fewest that are {TOP_PERCENT} % of the messages: {}",
                    types.len(),
                    types.join(", ")
                )
            }
            Self::BurstOf(msg_type) => format!(
                "each {msg_type} comes {BURST} times in the time of one, the copies on channels of their own"
            ),
            Self::BurstEach => "each type in turn".to_owned(),
        }
    }

    /// The mixes that it stands for in this feed.
    pub fn each(self, feed: &Feed) -> Vec<Self> {
        match self {
            Self::BurstEach => counts(feed).into_keys().map(Self::BurstOf).collect(),
            mix => vec![mix],
        }
    }

    /// The mix that has the same bytes.
    pub fn same_bytes(self) -> Self {
        if self == Self::Burst { Self::All } else { self }
    }
}

/// A feed of no message of the wanted type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mix {wanted}: no such message; there are {found:?}")]
pub struct NoMessages {
    /// Which.
    pub wanted: Mix,
    /// The types there are, and how many of each.
    pub found: BTreeMap<u32, usize>,
}

/// How many messages there are of each type.
pub fn counts(feed: &Feed) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    for message in &feed.messages {
        *counts.entry(message.msg_type).or_default() += 1;
    }
    counts
}

/// The types of [`Mix::Top99`]: the most frequent ones, of equally frequent ones the lower first.
pub fn top_types(feed: &Feed) -> BTreeSet<u32> {
    let mut by_count: Vec<(u32, usize)> = counts(feed).into_iter().collect();
    by_count.sort_by_key(|&(msg_type, count)| (std::cmp::Reverse(count), msg_type));
    let mut types = BTreeSet::new();
    let mut covered = 0;
    for (msg_type, count) in by_count.into_iter().take(TOP_TYPES) {
        if covered * 100 >= feed.messages.len() * TOP_PERCENT {
            break;
        }
        types.insert(msg_type);
        covered += count;
    }
    types
}

/// The feed of a mix.
///
/// # Errors
/// When it has no message.
pub fn derive(feed: &Feed, mix: Mix) -> Result<Feed, NoMessages> {
    let types = match mix {
        Mix::All | Mix::Burst | Mix::BurstEach => return Ok(feed.clone()),
        Mix::BurstOf(wanted) if counts(feed).contains_key(&wanted) => {
            return Ok(multiplied(feed, wanted));
        }
        Mix::BurstOf(wanted) | Mix::Type(wanted) => BTreeSet::from([wanted]),
        Mix::Top99 => top_types(feed),
    };
    let mut derived = feed.clone_rest();
    for message in feed.messages.iter().filter(|message| types.contains(&message.msg_type)) {
        derived.push(message, feed.of(message));
    }
    if derived.messages.is_empty() {
        return Err(NoMessages { wanted: mix, found: counts(feed) });
    }
    Ok(derived)
}

/// The feed with each message of a type [`BURST`] times, one behind the other.
fn multiplied(feed: &Feed, wanted: u32) -> Feed {
    let mut derived = feed.clone_rest();
    for message in &feed.messages {
        let bytes = feed.of(message);
        derived.push(message, bytes);
        if message.msg_type == wanted {
            for copy in 1..BURST as u16 {
                derived.push(message, &on_other_channel(bytes, copy));
            }
        }
    }
    derived
}

/// A tick as another channel would carry it: a copy on its own channel would be a duplicate, which costs less.
/// Anything else, and what is damaged, stays as it is.
fn on_other_channel(bytes: &[u8], copy: u16) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let msg_type = bytes.first_chunk().map_or(0, |word| u32::from_be_bytes(*word));
    let is_tick = matches!(becomes(msg_type), Becomes::Order | Becomes::Trade);
    if is_tick && frame::holds(&bytes).is_some() {
        // All ticks have it in one place.
        let at = HEADER_BYTES + AuctionOrder::CHANNEL_NO_AT;
        if let Some(field) = bytes.get_mut(at..at + 2) {
            let channel = u16::from_be_bytes([field[0], field[1]]);
            let other = channel.wrapping_add(copy * CHANNELS_BETWEEN);
            field.copy_from_slice(&other.to_be_bytes());
            frame::seal(&mut bytes);
        }
    }
    bytes
}

impl Feed {
    /// One message more.
    fn push(&mut self, message: &Message, bytes: &[u8]) {
        self.messages.push(Message { at: self.bytes.len(), len: bytes.len(), ..*message });
        self.bytes.extend_from_slice(bytes);
    }

    /// The feed without its messages.
    fn clone_rest(&self) -> Self {
        Self {
            bytes: Vec::new(),
            messages: Vec::new(),
            setup: self.setup.clone(),
            collected: self.collected.clone(),
            left_out: self.left_out,
            lost_bytes: self.lost_bytes,
            packets_cut: self.packets_cut,
        }
    }

    /// The messages joined to packets: neighbours of one session, up to so many bytes.
    pub fn packets(&self, most_bytes: usize) -> Vec<Message> {
        let mut packets: Vec<Message> = Vec::new();
        for message in &self.messages {
            match packets.last_mut() {
                Some(last)
                    if (last.line, last.session) == (message.line, message.session)
                        && last.len + message.len <= most_bytes =>
                {
                    last.len += message.len;
                }
                _ => packets.push(*message),
            }
        }
        packets
    }

    /// Packets or messages as inputs, without the stop.
    pub fn inputs<'a>(&'a self, packets: &'a [Message]) -> impl Iterator<Item = Input<'a>> {
        packets.iter().map(|packet| self.input(packet))
    }
}

/// The end of every input.
pub const STOP: Input<'static> = Input::Control(Control::Stop);

/// When each message is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    per_s: f64,
    gap_ps: u64,
    faster: Faster,
}

/// Messages that come faster than the others.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Faster {
    /// These, by so much; nobody where there are none.
    Run(Range<usize>),
    /// Of each message, and of the end, how many before it came [`BURST`] times as fast.
    Each(Vec<u32>),
}

impl Schedule {
    /// At this rate, in messages a second: those of a burst at [`BURST`] times it.
    pub fn new(feed: &Feed, mix: Mix, per_s: f64) -> Self {
        let faster = match mix {
            Mix::Burst => Faster::Run(busiest_second(&feed.messages)),
            Mix::BurstOf(msg_type) => {
                let mut before = vec![0];
                for (at, message) in feed.messages.iter().enumerate() {
                    before.push(before[at] + u32::from(message.msg_type == msg_type));
                }
                Faster::Each(before)
            }
            Mix::All | Mix::Type(_) | Mix::Top99 | Mix::BurstEach => Faster::Run(0..0),
        };
        let per_s = per_s.max(1e-3);
        Self { per_s, gap_ps: (1e12 / per_s) as u64, faster }
    }

    /// When the last message is due: 1 at least.
    pub fn last_due_ns(&self, feed: &Feed) -> u64 {
        self.due_ns(feed.messages.len().saturating_sub(1)).max(1)
    }

    /// Messages a second over the whole of a feed, those that come faster included.
    pub fn mean_per_s(&self, feed: &Feed) -> f64 {
        let all = feed.messages.len();
        if self.fast_before(all) == 0 {
            return self.per_s;
        }
        all as f64 * 1e9 / self.due_ns(all).max(1) as f64
    }

    /// What comes faster, in words; nothing where nothing does.
    pub fn words(&self, feed: &Feed) -> String {
        match self.fast_before(feed.messages.len()) {
            0 => String::new(),
            fast => format!(
                "{fast} of {} messages come at {:.3} M/s, the others at {:.3} M/s",
                feed.messages.len(),
                self.per_s * BURST as f64 / 1e6,
                self.per_s / 1e6
            ),
        }
    }

    #[inline]
    fn fast_before(&self, number: usize) -> usize {
        match &self.faster {
            Faster::Run(run) => number.clamp(run.start, run.end.max(run.start)) - run.start,
            Faster::Each(before) => before[number] as usize,
        }
    }

    /// When message `number` is due after the start; behind the last one, when the next pass would begin.
    #[inline]
    pub fn due_ns(&self, number: usize) -> u64 {
        let fast = self.fast_before(number);
        let slow = number - fast;
        (slow as u64 * self.gap_ps + fast as u64 * self.gap_ps / BURST) / 1_000
    }
}

/// The messages of the second that has the most, by the time that the feed has reached.
pub fn busiest_second(messages: &[Message]) -> Range<usize> {
    let mut best = 0..0;
    let (mut from, mut second, mut now) = (0, 0, Timestamp(0));
    for (at, message) in messages.iter().enumerate() {
        now = now.max(message.time);
        if now.0 / 1_000 != second {
            (from, second) = (at, now.0 / 1_000);
        }
        // Before the first time there is no second.
        if second != 0 && at + 1 - from > best.len() {
            best = from..at + 1;
        }
    }
    best
}
