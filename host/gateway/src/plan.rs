//! What of a stream is delivered, and where it resumes.

/// Decided by the survey, obeyed by the delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Offset of the first byte that is delivered.
    pub(crate) start: u64,
    /// Ranges without a message, ascending. Behind each the stream resumes.
    pub(crate) losses: Vec<(u64, u64)>,
}

/// A piece of a chunk of stream bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// These bytes are delivered.
    Bytes { from: u64, to: u64 },
    /// The stream resumes here.
    Resume { offset: u64 },
}

/// How far a stream was delivered along its plan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cursor {
    done: usize,
}

impl Cursor {
    /// Cuts the bytes `from..to` of the stream along the plan.
    pub(crate) fn cut(&mut self, plan: &Plan, from: u64, to: u64, mut emit: impl FnMut(Piece)) {
        let mut at = from.max(plan.start);
        while at < to {
            match plan.losses.get(self.done) {
                None => {
                    emit(Piece::Bytes { from: at, to });
                    return;
                }
                Some(&(lost, _)) if at < lost => {
                    let to = to.min(lost);
                    emit(Piece::Bytes { from: at, to });
                    at = to;
                }
                Some(&(_, resume)) if at < resume => at = to.min(resume),
                Some(&(_, offset)) => {
                    emit(Piece::Resume { offset });
                    self.done += 1;
                }
            }
        }
    }

    /// What is left at the end of the stream: the loss that runs up to it.
    pub(crate) fn finish(&mut self, plan: &Plan, mut emit: impl FnMut(Piece)) {
        for &(_, offset) in plan.losses.get(self.done..).unwrap_or(&[]) {
            emit(Piece::Resume { offset });
        }
        self.done = plan.losses.len();
    }
}
