//! A generated run as an input log.

use tidegate_pipeline::{Control, Resume, Setup};

use crate::common::{Entry, STOP};
use crate::feed::{Case, Item};

pub fn parsed(toml: &str, csv: &str) -> Setup {
    match Setup::parse(toml, |_| Ok(csv.to_owned())) {
        Ok(setup) => setup,
        Err(error) => panic!("{error}\n{toml}"),
    }
}

/// Setup and log. `cut` says how many bytes of what is left of a frame come in the next packet.
pub fn log_of(case: &Case, mut cut: impl FnMut(usize) -> usize) -> (Setup, Vec<Entry>) {
    let mut out = Vec::new();
    for item in &case.items {
        match item {
            Item::Frame { line, session, bytes } => {
                let mut rest = &bytes[..];
                while !rest.is_empty() {
                    let (head, tail) = rest.split_at(cut(rest.len()));
                    out.push(Entry::Packet(*line, *session, head.to_vec()));
                    rest = tail;
                }
            }
            Item::Reset { line, session } => {
                let (line, session, resume) = (*line, *session, Resume::New);
                out.push(Entry::Control(Control::Reset { line, session, resume }));
            }
            Item::Kill { on } => out.push(Entry::Control(Control::Kill { on: *on })),
            Item::Live { toml, .. } => {
                let trading = parsed(toml, &case.csv).trading.expect("triggers");
                out.push(Entry::Parameters(Box::new(trading.parameters)));
            }
        }
    }
    out.push(STOP);
    (parsed(&case.toml, &case.csv), out)
}
