//! Mixes: which messages of a feed, and when they are due.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use tidegate_pipeline::{Control, Input};
use tidegate_protocol::units::Timestamp;

use crate::feed::{Feed, Message};

/// How much faster the busiest second comes in [`Mix::Burst`].
pub const BURST: u64 = 3;

/// Which messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mix {
    /// All of them.
    All,
    /// All of them; those of the busiest second come three times as fast. Only the schedule differs.
    Burst,
    /// Those of one type alone. Numbers jump where others were.
    Type(u32),
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Burst => write!(f, "burst-x{BURST}"),
            Self::Type(msg_type) => write!(f, "{msg_type}"),
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            "burst-x3" => Ok(Self::Burst),
            digits => digits.parse().map(Self::Type).map_err(|_| {
                format!("mix {text:?}, wanted all, burst-x3 or a type such as 300191")
            }),
        }
    }
}

impl Mix {
    /// What a reader must know of it; of most nothing.
    pub fn note(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Burst => {
                "the messages of the busiest second of the feed come three times as fast"
            }
            Self::Type(_) => "messages of this type alone: ApplSeqNum jumps where others were",
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

/// The feed of a mix.
///
/// # Errors
/// When it has no message.
pub fn derive(feed: &Feed, mix: Mix) -> Result<Feed, NoMessages> {
    let Mix::Type(wanted) = mix else { return Ok(feed.clone()) };
    let mut derived = Feed { bytes: Vec::new(), messages: Vec::new(), ..feed.clone_rest() };
    for message in feed.messages.iter().filter(|message| message.msg_type == wanted) {
        derived.messages.push(Message { at: derived.bytes.len(), ..*message });
        derived.bytes.extend_from_slice(feed.of(message));
    }
    if derived.messages.is_empty() {
        return Err(NoMessages { wanted: mix, found: counts(feed) });
    }
    Ok(derived)
}

impl Feed {
    /// The feed without its messages.
    fn clone_rest(&self) -> Self {
        Self {
            bytes: Vec::new(),
            messages: Vec::new(),
            setup: self.setup.clone(),
            collected: self.collected.clone(),
            left_out: self.left_out,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    gap_ps: u64,
    /// Messages that come faster, and by how much.
    burst: (Range<usize>, u64),
}

impl Schedule {
    /// At this rate, in messages a second: those of a burst at [`BURST`] times it.
    pub fn new(feed: &Feed, mix: Mix, per_s: f64) -> Self {
        let burst = match mix {
            Mix::Burst => busiest_second(&feed.messages),
            Mix::All | Mix::Type(_) => 0..0,
        };
        Self { gap_ps: (1e12 / per_s.max(1e-3)) as u64, burst: (burst, BURST) }
    }

    /// When message `number` is due after the start.
    #[inline]
    pub fn due_ns(&self, number: usize) -> u64 {
        let (burst, times) = &self.burst;
        let fast = number.clamp(burst.start, burst.end.max(burst.start)) - burst.start;
        let slow = number - fast;
        (slow as u64 * self.gap_ps + fast as u64 * self.gap_ps / times) / 1_000
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
