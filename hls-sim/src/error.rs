//! What may go wrong with a card, as typed errors.

use std::fmt;

use thiserror::Error;
use tidegate_pipeline::account::Lost;
use tidegate_pipeline::events::EventError;
use tidegate_pipeline::image::ImageError;
use tidegate_pipeline::securities::SecuritiesError;

use crate::inject::Stage;

/// Who waits, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Who: a stage, or the arbiter of the input.
    pub who: &'static str,
    /// For what.
    pub what: &'static str,
    /// Of whom.
    pub of: &'static str,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} waits for {} of {}", self.who, self.what, self.of)
    }
}

/// Several of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits(pub Vec<Wait>);

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, wait) in self.0.iter().enumerate() {
            write!(f, "{}{wait}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

/// Why a card does not go on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CardError {
    /// There is none.
    #[error("no card: wanted one, found none")]
    Absent,
    /// The image is refused.
    #[error("the image is not loaded: {reason}")]
    Load {
        /// Why.
        reason: String,
    },
    /// The setup does not fit the card.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Its securities have no map.
    #[error(transparent)]
    Securities(#[from] SecuritiesError),
    /// A transfer between host and card did not end.
    #[error("the transfer of parameter block {number} did not end within {waited_cycles} cycles")]
    DmaTimeout {
        /// Number of the transfer, from 0.
        number: u64,
        /// How long it was waited for.
        waited_cycles: u64,
    },
    /// The card's counter stands still.
    #[error("the card's counter stands at {counter} since {waited_cycles} cycles")]
    CounterFrozen {
        /// Where it stands.
        counter: u64,
        /// How long.
        waited_cycles: u64,
    },
    /// Nothing moves any more, and something is left to do.
    #[error("deadlock in cycle {cycle}: {waits}")]
    Deadlock {
        /// The cycle.
        cycle: u64,
        /// Who waits for whom.
        waits: Waits,
        /// A stage that a script holds for ever, where there is one.
        held: Option<Stage>,
    },
    /// A stage gave out what is none of the layout's.
    #[error("the kernels gave out what they must not: {0}")]
    Event(#[from] EventError),
    /// Something was lost or doubled on the way out.
    #[error(transparent)]
    Lost(#[from] Lost),
}
