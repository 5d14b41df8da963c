//! Outputs of a run, kept whole, so that they can be compared in part.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use anyhow::{Context, Result};

use super::layout::Kind;
use super::transcript::{Difference, FAILED, Tap, next};

/// The outputs, in their order.
#[derive(Debug)]
pub(crate) struct Kept(File);

impl Kept {
    /// Keeps what `run` gives out.
    pub(crate) fn of(run: impl FnOnce(&mut Tap<'_>) -> Result<()>) -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        let mut tap = Tap::keep(&file, None);
        run(&mut tap)?;
        tap.finish()?;
        Ok(Self(file))
    }

    /// Hands on each.
    pub(crate) fn each(&self, mut take: impl FnMut(Kind, &[u8])) -> Result<()> {
        let mut file = &self.0;
        file.seek(SeekFrom::Start(0)).context(FAILED)?;
        let (mut reader, mut bytes) = (BufReader::new(file), Vec::new());
        while let Some(kind) = next(&mut reader, &mut bytes).context(FAILED)? {
            take(kind, &bytes);
        }
        Ok(())
    }

    /// Those that are wanted.
    pub(crate) fn only(&self, wanted: impl Fn(Kind, &[u8]) -> bool) -> Result<Self> {
        Self::of(|tap| {
            self.each(|kind, bytes| {
                if wanted(kind, bytes) {
                    tap.put(kind, bytes);
                }
            })
        })
    }

    /// Where `found` is something else than this.
    pub(crate) fn difference(&self, found: &Self) -> Result<Option<Difference>> {
        let mut tap = Tap::compare(&self.0, None)?;
        found.each(|kind, bytes| tap.put(kind, bytes))?;
        Ok(tap.finish()?.0)
    }

    /// Outputs of this that `found` lacks, and records and orders that come twice there and not here.
    /// Tables are no outputs: they are compared, not counted.
    pub(crate) fn lost_and_doubled(&self, found: &Self) -> Result<(u64, u64)> {
        let mut counts: HashMap<(Kind, Vec<u8>), [u64; 2]> = HashMap::new();
        for (at, kept) in [self, found].into_iter().enumerate() {
            kept.each(|kind, bytes| {
                if !kind.is_table() {
                    counts.entry((kind, bytes.to_vec())).or_default()[at] += 1;
                }
            })?;
        }
        let (mut lost, mut doubled) = (0, 0);
        for ((kind, _), [wanted, came]) in counts {
            lost += wanted.saturating_sub(came);
            if matches!(kind, Kind::Record | Kind::Order) {
                doubled += came.saturating_sub(wanted.max(1));
            }
        }
        Ok((lost, doubled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(messages: &[u64]) -> Kept {
        let put = |tap: &mut Tap<'_>| {
            messages.iter().for_each(|msg| tap.put(Kind::Record, &msg.to_le_bytes()));
            Ok(())
        };
        Kept::of(put).expect("it is kept")
    }

    #[test]
    fn what_is_lost_and_what_comes_twice_is_counted() {
        let of = |wanted: &[u64], came: &[u64]| {
            kept(wanted).lost_and_doubled(&kept(came)).expect("it is read")
        };
        assert_eq!(of(&[1, 2, 3], &[1, 2, 3]), (0, 0));
        assert_eq!(of(&[1, 2, 3], &[1, 3]), (1, 0));
        assert_eq!(of(&[1, 2, 3], &[1, 2, 2, 3, 3, 3]), (0, 3));
        // What is foreign is neither, and a difference all the same.
        assert_eq!(of(&[1], &[1, 9]), (0, 0));
        assert_eq!(of(&[1], &[9, 9]), (1, 1));
        // What comes twice on purpose is no double.
        assert_eq!(of(&[1, 1], &[1, 1]), (0, 0));
        assert!(kept(&[1]).difference(&kept(&[1, 9])).expect("it is read").is_some());
        let odd = kept(&[1, 2, 3]).only(|_, bytes| bytes[0] % 2 == 1).expect("it is read");
        assert!(odd.difference(&kept(&[1, 3])).expect("it is read").is_none());
    }
}
