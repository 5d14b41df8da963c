//! What is different from the last record.

use super::number;
use crate::judgement::{Judgement, Row, State};
use crate::ledger::{Record, Stood};
use crate::measurement::Value;

/// Which way an indicator went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Nearer to its target.
    Better,
    /// Away from it.
    Worse,
    /// It is known now.
    Known,
    /// It was known and is not.
    Unknown,
    /// The policy did not have it.
    New,
}

impl Way {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Known => "measured now",
            Self::Unknown => "no longer measured",
            Self::New => "new",
        }
    }

    /// Whether a reader must look.
    pub const fn is_worse(self) -> bool {
        matches!(self, Self::Worse | Self::Unknown)
    }
}

/// An indicator that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Id.
    pub id: String,
    /// What it is.
    pub title: String,
    /// As it was, with its state.
    pub was: String,
    /// As it is.
    pub now: String,
    /// Which way.
    pub way: Way,
}

/// The indicators whose value or state reads otherwise than in that record; the worse ones first.
pub fn changes(judgement: &Judgement, last: &Record) -> Vec<Change> {
    let mut changes: Vec<Change> = judgement
        .rows
        .iter()
        .filter_map(|row| change(row, last.indicators.iter().find(|stood| stood.id == row.id)))
        .collect();
    changes.sort_by_key(|change| !change.way.is_worse());
    changes
}

fn change(row: &Row, was: Option<&Stood>) -> Option<Change> {
    let text = |value: &Value, state: State| match value {
        Value::Measured(value) => format!("{} {}, {}", number(*value), row.unit, state.name()),
        Value::NotMeasured(_) => state.name().to_owned(),
    };
    let now = text(&row.value, row.state);
    let Some(was) = was else {
        let (id, title) = (row.id.clone(), row.title.clone());
        return Some(Change { id, title, was: String::new(), now, way: Way::New });
    };
    let way = match (was.value.number(), row.value.number()) {
        (None, None) => return None,
        (None, Some(_)) => Way::Known,
        (Some(_), None) => Way::Unknown,
        (Some(was), Some(now)) if now == was => return None,
        (Some(was), Some(now)) => {
            let is_worse = if row.target < row.policy_floor { now > was } else { now < was };
            if is_worse { Way::Worse } else { Way::Better }
        }
    };
    let was = text(&was.value, was.state);
    // What reads the same has not changed for a reader.
    if was == now {
        return None;
    }
    Some(Change { id: row.id.clone(), title: row.title.clone(), was, now, way })
}
