//! Images for a card.

use std::path::Path;

use tidegate_bitstreams::check::{Expected, load};
use tidegate_bitstreams::manifest::Manifest;

use crate::Error;

/// An image whose manifest has been checked against what this host wants, and its bytes against the
/// manifest. A card takes nothing else.
#[derive(Debug)]
pub struct CheckedImage {
    manifest: Manifest,
    bytes: Vec<u8>,
}

impl CheckedImage {
    /// Reads an image by its manifest, and checks the very bytes that are loaded later.
    ///
    /// # Errors
    /// [`Error::Image`], which names what was wanted and found.
    pub fn load(manifest: &Path, expected: &Expected) -> Result<Self, Error> {
        let (manifest, bytes) =
            load(manifest, expected).map_err(|refusal| Error::Image(refusal.to_string()))?;
        Ok(Self { manifest, bytes })
    }

    /// What its manifest says.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What is loaded.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A host that wants exactly what a manifest says: with it, only the image's bytes are checked.
pub fn described_by(manifest: &Manifest) -> Expected {
    let kernels = &manifest.kernels;
    Expected {
        board: manifest.board.clone(),
        bsp: manifest.bsp.clone(),
        build: manifest.build,
        channels: manifest.channels.clone(),
        toe: manifest.toe,
        checksum: manifest.checksum,
        protocol_id: kernels.protocol_id,
        kernel_id: kernels.kernel_id,
        source_sha256: kernels.source_sha256,
        compiler_version: manifest.compiler.version.clone(),
    }
}
