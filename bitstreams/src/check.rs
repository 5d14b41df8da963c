//! Whether an image may be loaded.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::manifest::{
    Bsp, Build, Channels, Checksum, FileError, Hash, Id, Manifest, Recipe, Toe, hash_of, open,
    read_bytes,
};

/// Longest image that is read into memory, in bytes.
pub const MAX_IMAGE_BYTES: u64 = 1 << 30;

/// What the host wants an image to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Board.
    pub board: String,
    /// Board support package.
    pub bsp: Bsp,
    /// What it is to do.
    pub build: Build,
    /// Names of the IO channels; a replay has none.
    pub channels: Option<Channels>,
    /// The setup's TOE descriptor.
    pub toe: Toe,
    /// The setup's checksum policy.
    pub checksum: Checksum,
    /// `tidegate_protocol::PROTOCOL_ID`.
    pub protocol_id: Id,
    /// Identity of the interface between host and kernels.
    pub kernel_id: Id,
    /// [`crate::manifest::source_hash`] of the kernels at hand.
    pub source_sha256: Hash,
    /// The pinned version of the compiler.
    pub compiler_version: String,
}

impl Expected {
    /// What an image of this recipe must be, for this host and these kernels.
    pub fn of(recipe: &Recipe, protocol_id: Id, kernel_id: Id, source_sha256: Hash) -> Self {
        Self {
            board: recipe.board.clone(),
            bsp: recipe.bsp.clone(),
            build: recipe.build,
            channels: recipe.channels.clone(),
            toe: recipe.toe,
            checksum: recipe.checksum,
            protocol_id,
            kernel_id,
            source_sha256,
            compiler_version: recipe.compiler.version.clone(),
        }
    }
}

/// An image, in a file or in memory.
#[derive(Clone, Copy, Debug)]
pub enum Image<'a> {
    /// A file: its hash is computed while it streams by.
    Path(&'a Path),
    /// The bytes that will be loaded.
    Bytes(&'a [u8]),
}

/// Why an image is not loaded.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The manifest is missing, unreadable, too long, or not of the schema.
    #[error("manifest {0}")]
    Manifest(#[source] FileError),
    /// The image is missing, unreadable or too long.
    #[error("image {0}")]
    Image(#[source] FileError),
    /// The image is made for another machine or another setup.
    #[error("foreign image: {field}: wanted {wanted}, found {found}")]
    Foreign {
        /// Field of the manifest.
        field: &'static str,
        /// What the host wants.
        wanted: String,
        /// What the manifest says.
        found: String,
    },
    /// The image is made from other sources, or by another compiler, than the host's.
    #[error("stale image: {field}: wanted {wanted}, found {found}")]
    Stale {
        /// Field of the manifest.
        field: &'static str,
        /// What the host wants.
        wanted: String,
        /// What the manifest says.
        found: String,
    },
    /// The image is not the one that its manifest describes.
    #[error("tampered image: {field}: wanted {wanted}, found {found}")]
    Tampered {
        /// Field of the manifest.
        field: &'static str,
        /// What the manifest says.
        wanted: String,
        /// What the image has.
        found: String,
    },
}

/// Proof that an image passed; only [`check`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    sha256: Hash,
    bytes: u64,
}

impl Checked {
    /// SHA-256 of the image.
    pub fn sha256(&self) -> Hash {
        self.sha256
    }

    /// Length of the image in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// Checks a manifest against what the host wants, then the image against its manifest.
///
/// The first difference is returned: foreign before stale before tampered, fields in the order of
/// [`Expected`]. A file is not held in memory; a file of another length is not read.
pub fn check(
    manifest: &Manifest,
    image: Image<'_>,
    expected: &Expected,
) -> Result<Checked, Refusal> {
    let toe = |toe: &Toe| {
        [
            ("toe.layout", format!("{:?}", toe.layout).to_lowercase()),
            ("toe.words", format!("{:?}", toe.words).to_lowercase()),
            ("toe.strict_filler", toe.strict_filler.to_string()),
            ("toe.prefix_bytes", toe.prefix_bytes.to_string()),
        ]
    };
    let foreign = |field, wanted: &str, found: &str| match wanted == found {
        true => Ok(()),
        false => Err(Refusal::Foreign { field, wanted: wanted.into(), found: found.into() }),
    };
    foreign("board", &expected.board, &manifest.board)?;
    foreign("bsp.name", &expected.bsp.name, &manifest.bsp.name)?;
    foreign("bsp.version", &expected.bsp.version, &manifest.bsp.version)?;
    foreign("build", expected.build.name(), manifest.build.name())?;
    // Builds that are alike both have channels, or neither has: the schema sees to it.
    let wanted = expected.channels.iter().flat_map(Channels::each);
    let found = manifest.channels.iter().flat_map(Channels::each);
    for ((field, wanted), (_, found)) in wanted.zip(found) {
        foreign(field, wanted, found)?;
    }
    for ((field, wanted), (_, found)) in toe(&expected.toe).iter().zip(toe(&manifest.toe)) {
        foreign(field, wanted, &found)?;
    }
    let policy = |checksum: Checksum| format!("{checksum:?}").to_lowercase();
    foreign("checksum", &policy(expected.checksum), &policy(manifest.checksum))?;

    let stale = |field, wanted: String, found: String| match wanted == found {
        true => Ok(()),
        false => Err(Refusal::Stale { field, wanted, found }),
    };
    let kernels = &manifest.kernels;
    let id = |id: Id| id.to_string();
    stale("kernels.protocol_id", id(expected.protocol_id), id(kernels.protocol_id))?;
    stale("kernels.kernel_id", id(expected.kernel_id), id(kernels.kernel_id))?;
    let hash = |hash: Hash| hash.to_string();
    stale("kernels.source_sha256", hash(expected.source_sha256), hash(kernels.source_sha256))?;
    let found = manifest.compiler.version.clone();
    stale("compiler.version", expected.compiler_version.clone(), found)?;

    let tampered = |field, wanted: String, found: String| match wanted == found {
        true => Ok(()),
        false => Err(Refusal::Tampered { field, wanted, found }),
    };
    let wanted = &manifest.image;
    let length = |found: u64| tampered("image.bytes", wanted.bytes.to_string(), found.to_string());
    let (sha256, bytes) = match image {
        Image::Path(path) => {
            let (file, bytes) = open(path).map_err(Refusal::Image)?;
            length(bytes)?;
            // One byte more than the length: a file that grows meanwhile is seen, and ends.
            let read = hash_of(std::io::Read::take(file, wanted.bytes.saturating_add(1)));
            read.map_err(|source| {
                Refusal::Image(FileError::Unreadable { path: path.to_owned(), source })
            })?
        }
        Image::Bytes(bytes) => {
            length(bytes.len() as u64)?;
            hash_of(bytes).expect("reading from memory does not fail")
        }
    };
    length(bytes)?;
    tampered("image.sha256", hash(wanted.sha256), hash(sha256))?;
    Ok(Checked { sha256, bytes })
}

/// Where the image of a manifest stands: beside it.
pub fn image_path(manifest_path: &Path, manifest: &Manifest) -> PathBuf {
    manifest_path.with_file_name(&manifest.image.file)
}

/// Reads a manifest and checks its image, which stays on disk.
pub fn check_file(
    manifest_path: &Path,
    expected: &Expected,
) -> Result<(Manifest, Checked), Refusal> {
    let manifest = Manifest::read(manifest_path).map_err(Refusal::Manifest)?;
    let path = image_path(manifest_path, &manifest);
    let checked = check(&manifest, Image::Path(&path), expected)?;
    Ok((manifest, checked))
}

/// Reads a manifest and its image, and checks the very bytes that it returns.
///
/// A program that loads an image uses this: between a check of a file and a second reading, the
/// file could change. Images above [`MAX_IMAGE_BYTES`] are refused.
pub fn load(manifest_path: &Path, expected: &Expected) -> Result<(Manifest, Vec<u8>), Refusal> {
    let manifest = Manifest::read(manifest_path).map_err(Refusal::Manifest)?;
    let path = image_path(manifest_path, &manifest);
    let bytes = read_bytes(&path, MAX_IMAGE_BYTES).map_err(Refusal::Image)?;
    check(&manifest, Image::Bytes(&bytes), expected)?;
    Ok((manifest, bytes))
}
