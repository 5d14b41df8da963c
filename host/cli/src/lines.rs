//! Files that are written block by block, with their digest on the way.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::json;

/// Bytes that are written at once.
pub(crate) const BLOCK: usize = 1 << 16;

/// One file, with its bytes on their way.
pub(crate) struct Lines {
    path: PathBuf,
    file: File,
    pub(crate) bytes: Vec<u8>,
    digest: Sha256,
}

impl Lines {
    pub(crate) fn create(directory: &Path, name: &str) -> Result<Self> {
        let path = directory.join(name);
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self { path, file, bytes: Vec::with_capacity(2 * BLOCK), digest: Sha256::new() })
    }

    /// Writes what waits, if it is more than this.
    pub(crate) fn write(&mut self, above: usize) -> Result<()> {
        if self.bytes.len() > above {
            let result = self.file.write_all(&self.bytes);
            self.digest.update(&self.bytes);
            self.bytes.clear();
            result.with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(())
    }

    /// Writes what is left; gives the digest of the file.
    pub(crate) fn finish(mut self) -> Result<String> {
        self.write(0)?;
        Ok(digits(self.digest))
    }
}

/// A digest as it is shown.
pub(crate) fn digits(digest: Sha256) -> String {
    let mut out = Vec::new();
    json::hex(&mut out, &digest.finalize());
    String::from_utf8_lossy(&out).into_owned()
}

/// A reader or writer, and the digest of what went through it.
pub(crate) struct Digesting<T> {
    inner: T,
    digest: Sha256,
    pub(crate) bytes: u64,
}

impl<T> Digesting<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn passed(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The digest so far.
    pub(crate) fn digits(&self) -> String {
        digits(self.digest.clone())
    }
}

impl<T: Write> Write for Digesting<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.passed(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: io::Read> io::Read for Digesting<T> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.passed(&out[..count]);
        Ok(count)
    }
}
