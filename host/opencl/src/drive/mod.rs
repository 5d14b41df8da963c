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

use tidegate_bitstreams::check::Expected;
use tidegate_bitstreams::manifest::{self, Build, Id, Manifest, Toe};
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::KERNEL_ID;

use crate::{CheckedImage, Device, Error, Limits, Session, Target, described_by};

/// What a run needs beside its folder.
#[derive(Debug, Clone)]
pub struct Options {
    /// How the TOEs lay out their words.
    pub toe: Descriptor,
    /// What happens to a message with a wrong checksum.
    pub checksum: ChecksumPolicy,
    /// The manifest of an image that was built for a replay. A card takes nothing else; the emulator
    /// compiles the kernels itself where none is named.
    pub image: Option<PathBuf>,
}

/// Runs the kernels of a target over a folder until everything of its log is out, and writes what came
/// out there.
///
/// # Errors
/// Those of [`Session`]; [`Error::Image`] for an image that is not what this host, these kernels and these
/// options want; [`Error::Io`] and [`Error::Invalid`] for a file that is not
/// there or not whole; [`Error::OtherKernel`] for kernels of other layouts; [`Error::Stalled`] when the
/// log is not whole and nothing moves.
pub fn run(target: Target, folder: &Path, options: &Options) -> Result<(), Error> {
    let wrong = |what, wanted: &str, found: &str| {
        Err(Error::Invalid { what, wanted: wanted.into(), found: found.into() })
    };
    match (target, &options.image) {
        (Target::Pocl | Target::Oclgrind, None) => run_fused(target, folder, options),
        (Target::Pocl | Target::Oclgrind, Some(image)) => wrong(
            "an image for this target",
            "none: it compiles the kernels",
            &image.to_string_lossy(),
        ),
        (Target::IntelEmu, None) => {
            with_session(target, |session| channels::run(session, folder, options))
        }
        (Target::Arria10, None) => {
            wrong("the image of a card", "the manifest of one that was built for a replay", "none")
        }
        (Target::IntelEmu | Target::Arria10, Some(manifest)) => {
            let image = replay_image(manifest, options)?;
            with_session(target, |session| channels::run_image(session, folder, &image))
        }
    }
}

/// An image for a replay with these options. Board, board package and compiler are those that its manifest
/// says: a run has no recipe, and the runtime refuses an image for another board.
fn replay_image(manifest: &Path, options: &Options) -> Result<CheckedImage, Error> {
    let said = Manifest::read(manifest).map_err(|error| Error::Image(error.to_string()))?;
    let toe = &options.toe;
    let expected = Expected {
        build: Build::Replay,
        channels: None,
        toe: Toe {
            layout: match toe.layout {
                Layout::Sample => manifest::Layout::Sample,
                Layout::Text => manifest::Layout::Text,
            },
            words: match toe.words {
                WordOrder::Channel => manifest::Words::Channel,
                WordOrder::Printed => manifest::Words::Printed,
            },
            strict_filler: toe.strict_filler,
            prefix_bytes: toe.prefix_bytes,
        },
        checksum: match options.checksum {
            ChecksumPolicy::Drop => manifest::Checksum::Drop,
            ChecksumPolicy::Flag => manifest::Checksum::Flag,
            ChecksumPolicy::Disconnect => manifest::Checksum::Disconnect,
        },
        protocol_id: Id(PROTOCOL_ID),
        kernel_id: Id(KERNEL_ID),
        source_sha256: sources::hash(channels::FILE),
        ..described_by(&said)
    };
    CheckedImage::load(manifest, &expected)
}

/// Bytes of a device's memory that a run takes under a target, with the most rows that the kernels have:
/// the sum of the buffers of its wiring.
pub const fn device_bytes(target: Target) -> u64 {
    let bytes = match target {
        Target::Pocl | Target::Oclgrind => fused::DEVICE_BYTES,
        Target::IntelEmu | Target::Arria10 => channels::DEVICE_BYTES,
    };
    bytes as u64
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
