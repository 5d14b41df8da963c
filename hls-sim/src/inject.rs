//! Faults of the card by script, so that what follows from them can be seen again.
//!
//! A script is a list of lines; the same script gives the same run:
//!
//! ```text
//! card-absent
//! load-failure wrong kernel ABI
//! dma-timeout 0
//! bit-flip toe0 word 120 bit 77
//! stall send at 1000 for 50
//! stall toe1 at 1000 forever
//! counter-frozen at 5000
//! toe-down toe0 at 700
//! ```

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What can stand still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Stage {
    /// The kernel decode.
    Decode = 0,
    /// The kernel feedback.
    Feedback = 1,
    /// The kernel indicator.
    Indicator = 2,
    /// The kernel send.
    Send = 3,
    /// The kernel publish.
    Publish = 4,
    /// The kernel params.
    Params = 5,
    /// The sending side of TOE0.
    Toe0 = 6,
    /// The sending side of TOE1.
    Toe1 = 7,
}

impl Stage {
    /// Every one, in the order of the numbers.
    pub const ALL: [Self; 8] = [
        Self::Decode,
        Self::Feedback,
        Self::Indicator,
        Self::Send,
        Self::Publish,
        Self::Params,
        Self::Toe0,
        Self::Toe1,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Feedback => "feedback",
            Self::Indicator => "indicator",
            Self::Send => "send",
            Self::Publish => "publish",
            Self::Params => "params",
            Self::Toe0 => "toe0",
            Self::Toe1 => "toe1",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One fault of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Injection {
    /// There is no card.
    CardAbsent,
    /// The image is refused, for this reason.
    LoadFailure(String),
    /// The transfer of this number (from 0) of a parameter block never ends.
    DmaTimeout(u64),
    /// One bit of a word of a line turns over on the way.
    BitFlip {
        /// 0 TOE0, 1 TOE1.
        toe: usize,
        /// Number of the word on its line, from 0.
        word: u64,
        /// The bit, 0 to 127: bit `n % 8` of byte `n / 8`.
        bit: u32,
    },
    /// A stage does nothing.
    Stall {
        /// Which.
        stage: Stage,
        /// From this cycle on.
        at: u64,
        /// For so many cycles; `None`: for ever.
        cycles: Option<u64>,
    },
    /// The card's counter stands still from this cycle on.
    CounterFrozen {
        /// The cycle.
        at: u64,
    },
    /// A TOE is down from this cycle on, both ways.
    ToeDown {
        /// 0 TOE0, 1 TOE1.
        toe: usize,
        /// The cycle.
        at: u64,
    },
}

impl fmt::Display for Injection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CardAbsent => f.write_str("card-absent"),
            Self::LoadFailure(reason) => write!(f, "load-failure {reason}"),
            Self::DmaTimeout(number) => write!(f, "dma-timeout {number}"),
            Self::BitFlip { toe, word, bit } => {
                write!(f, "bit-flip toe{toe} word {word} bit {bit}")
            }
            Self::Stall { stage, at, cycles: Some(cycles) } => {
                write!(f, "stall {stage} at {at} for {cycles}")
            }
            Self::Stall { stage, at, cycles: None } => write!(f, "stall {stage} at {at} forever"),
            Self::CounterFrozen { at } => write!(f, "counter-frozen at {at}"),
            Self::ToeDown { toe, at } => write!(f, "toe-down toe{toe} at {at}"),
        }
    }
}

const FORMS: &str = "one of card-absent, load-failure REASON, dma-timeout N, \
                     bit-flip toeN word N bit N, stall STAGE at N for N|forever, \
                     counter-frozen at N, toe-down toeN at N";

/// A line of a script that says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("fault script: {found:?}, wanted {FORMS}")]
pub struct ScriptError {
    /// The line.
    pub found: String,
}

impl FromStr for Injection {
    type Err = ScriptError;

    fn from_str(line: &str) -> Result<Self, ScriptError> {
        let wrong = || ScriptError { found: line.to_owned() };
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
        let toe = |text: &str| match text {
            "toe0" => Ok(0),
            "toe1" => Ok(1),
            _ => Err(wrong()),
        };
        let stage = |text: &str| {
            Stage::ALL.into_iter().find(|stage| stage.name() == text).ok_or_else(wrong)
        };
        Ok(match words[..] {
            ["card-absent"] => Self::CardAbsent,
            ["load-failure", _, ..] => Self::LoadFailure(words[1..].join(" ")),
            ["dma-timeout", at] => Self::DmaTimeout(number(at)?),
            ["bit-flip", line, "word", word, "bit", bit] => {
                let bit = number(bit)?;
                let bit = u32::try_from(bit).ok().filter(|bit| *bit < 128).ok_or_else(wrong)?;
                Self::BitFlip { toe: toe(line)?, word: number(word)?, bit }
            }
            ["stall", name, "at", at, "for", cycles] => {
                Self::Stall { stage: stage(name)?, at: number(at)?, cycles: Some(number(cycles)?) }
            }
            ["stall", name, "at", at, "forever"] => {
                Self::Stall { stage: stage(name)?, at: number(at)?, cycles: None }
            }
            ["counter-frozen", "at", at] => Self::CounterFrozen { at: number(at)? },
            ["toe-down", line, "at", at] => Self::ToeDown { toe: toe(line)?, at: number(at)? },
            _ => return Err(wrong()),
        })
    }
}

/// The faults of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script(pub Vec<Injection>);

impl FromStr for Script {
    type Err = ScriptError;

    /// One fault a line; empty lines and those that begin with `#` are left out.
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let lines = text.lines().map(str::trim);
        let faults = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        faults.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }
}

impl Script {
    /// `count` faults that a run survives (bits, finite stalls, a TOE that goes down), within the
    /// first `words` words and cycles. The same seed gives the same script.
    pub fn seeded(seed: u64, count: usize, words: u64) -> Self {
        let mut state = seed;
        // SplitMix64.
        let mut below = |bound: u64| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ mixed >> 31) % bound.max(1)
        };
        let one = |_| match below(8) {
            0 => Injection::ToeDown { toe: below(2) as usize, at: below(words) },
            1..4 => Injection::Stall {
                stage: Stage::ALL[below(Stage::ALL.len() as u64) as usize],
                at: below(words),
                cycles: Some(1 + below(200)),
            },
            _ => Injection::BitFlip {
                toe: below(2) as usize,
                word: below(words),
                bit: below(128) as u32,
            },
        };
        Self((0..count).map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows Q12.
    #[test]
    fn a_script_reads_back_as_it_is_written() {
        let text = "card-absent\nload-failure wrong kernel ABI\ndma-timeout 0\n\
                    bit-flip toe0 word 120 bit 77\n\
                    stall send at 1000 for 50\nstall toe1 at 1000 forever\n\
                    counter-frozen at 5000\ntoe-down toe0 at 700\n";
        let script: Script = text.parse().expect("a script");
        assert_eq!(script.to_string(), text);
        for seed in 0..50 {
            let script = Script::seeded(seed, 20, 10_000);
            assert_eq!(script.to_string().parse(), Ok(script.clone()));
            assert_eq!(script, Script::seeded(seed, 20, 10_000));
        }
        for wrong in
            ["stall nobody at 1 for 2", "bit-flip toe0 word 1 bit 128", "toe-down toe2 at 1"]
        {
            assert!(wrong.parse::<Script>().is_err(), "{wrong}");
        }
    }
}
