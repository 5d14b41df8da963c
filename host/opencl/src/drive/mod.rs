//! Runs the kernels over a run folder, on a target.
//!
//! | file | entry | |
//! |---|---|---|
//! | `image.bin` | `LoadLine`, 64 bytes | in: setup, tables and parameter blocks |
//! | `log.bin` | `LogWord`, 32 bytes | in: everything that reaches the pipeline, in its order |
//! | `events.bin` | `Event`, 256 bytes | out: of the indicator and of send, each in its order |
//! | `rows.bin` | `QuoteRow`, 208 bytes | out: one a security |
//! | `depth.bin` | 1,440 bytes | out: levels and queues, one a security |
//! | `requests.bin` | `Request`, 96 bytes | out: the record table's rows in use |
//! | `counters.bin` | `KernelCounters`, 784 bytes | out: one |
//! | `toe0.bin`, `toe1.bin` | words of 16 bytes | out |
//!
//! The layouts are those of `kernels/gen/layout.h`. Log and events are streamed: what the host holds
//! does not grow with them. The OpenCL library is loaded by the calling process, so its environment
//! must be the target's ([`Target::environment`]); a kernel that hangs stays, so the process should be
//! a [`child`](crate::child).

pub mod channels;
mod files;
mod fused;
mod lines;
mod sources;

use std::path::{Path, PathBuf};

use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::Descriptor;

use crate::{Device, Error, Limits, Session, Target};

/// What a run needs beside its folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the TOEs lay out their words.
    pub toe: Descriptor,
    /// What happens to a message with a wrong checksum.
    pub checksum: ChecksumPolicy,
    /// The manifest of a card's image; a target that is no card compiles the kernels itself.
    pub image: Option<PathBuf>,
}

/// Runs the kernels of a target over a folder until everything of its log is out, and writes what came
/// out there.
///
/// # Errors
/// Those of [`Session`]; [`Error::Io`] and [`Error::Invalid`] for a file that is not
/// there or not whole; [`Error::OtherKernel`] for kernels of other layouts; [`Error::Stalled`] when the
/// log is not whole and nothing moves.
pub fn run(target: Target, folder: &Path, options: &Options) -> Result<(), Error> {
    match target {
        Target::Pocl | Target::Oclgrind => run_fused(target, folder, options),
        Target::IntelEmu => with_session(target, |session| channels::run(session, folder, options)),
        // Words of a card come from its TOEs, not from a file.
        Target::Arria10 => Err(Error::Invalid {
            what: "the target of a run over a folder",
            wanted: "pocl, oclgrind or intel-emu".into(),
            found: target.to_string(),
        }),
    }
}

/// The same with the fused kernel, whatever the target runs in general. No card takes it.
///
/// # Errors
/// As for [`run`].
pub fn run_fused(target: Target, folder: &Path, options: &Options) -> Result<(), Error> {
    with_session(target, |session| fused::run(session, target, folder, options))
}

/// Opens the target's first device, and closes it behind a run that went well.
fn with_session(
    target: Target,
    run: impl FnOnce(&Session) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut limits = Limits::default();
    if target == Target::Oclgrind {
        // It is slow in everything.
        limits.build *= 5;
        limits.transfer *= 5;
    }
    let session = Session::open(Device::find(target)?, limits)?;
    run(&session)?;
    session.close()
}
