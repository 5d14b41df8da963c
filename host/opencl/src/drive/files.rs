//! The files of a run folder.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Load lines, in.
pub(super) const IMAGE: &str = "image.bin";
/// Log words, in.
pub(super) const LOG: &str = "log.bin";
/// Events, out.
pub(super) const EVENTS: &str = "events.bin";
/// Quote rows, out.
pub(super) const ROWS: &str = "rows.bin";
/// Levels and queues of the rows, out.
pub(super) const DEPTH: &str = "depth.bin";
/// The record table's rows in use, out.
pub(super) const REQUESTS: &str = "requests.bin";
/// The kernels' counters, out.
pub(super) const COUNTERS: &str = "counters.bin";
/// Words of TOE0, out.
pub(super) const TOE0: &str = "toe0.bin";
/// Words of TOE1, out.
pub(super) const TOE1: &str = "toe1.bin";

/// A file of entries of one size, read piece by piece: what was read and not used is offered again.
#[derive(Debug)]
pub(super) struct Input {
    path: PathBuf,
    file: File,
    /// Bytes of the file that were not read yet.
    unread_bytes: u64,
    /// What was read and not used.
    held: Vec<u8>,
}

impl Input {
    /// Opens a file of the folder.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Invalid`] when it does not end with an entry.
    pub(super) fn open(folder: &Path, name: &str, entry_bytes: usize) -> Result<Self, Error> {
        let path = folder.join(name);
        let open = || {
            let file = File::open(&path)?;
            let bytes = file.metadata()?.len();
            Ok((file, bytes))
        };
        let (file, unread_bytes) = open().map_err(|error| Error::io("opening", &path, error))?;
        if unread_bytes % entry_bytes as u64 != 0 {
            return Err(Error::Invalid {
                what: "the size of a file of a run folder",
                wanted: format!("whole entries of {entry_bytes} bytes in {name}"),
                found: format!("{unread_bytes} bytes"),
            });
        }
        Ok(Self { path, file, unread_bytes, held: Vec::new() })
    }

    /// Reads on until `most_bytes` (a multiple of the entry's size) or all that is left are held.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn fill(&mut self, most_bytes: usize) -> Result<(), Error> {
        let wanted = most_bytes.saturating_sub(self.held.len()) as u64;
        let more = wanted.min(self.unread_bytes) as usize;
        let from = self.held.len();
        self.held.resize(from + more, 0);
        self.file
            .read_exact(&mut self.held[from..])
            .map_err(|error| Error::io("reading", &self.path, error))?;
        self.unread_bytes -= more as u64;
        Ok(())
    }

    /// What comes next.
    pub(super) fn held(&self) -> &[u8] {
        &self.held
    }

    /// The first bytes of what is held were used.
    pub(super) fn used(&mut self, bytes: usize) {
        self.held.drain(..bytes);
    }

    /// Whether everything that is left is held.
    pub(super) fn is_whole(&self) -> bool {
        self.unread_bytes == 0
    }

    /// Bytes that were not used yet.
    pub(super) fn left_bytes(&self) -> u64 {
        self.unread_bytes + self.held.len() as u64
    }
}

/// A file that is appended to.
#[derive(Debug)]
pub(super) struct Output {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    /// Makes a new file of the folder.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, Error> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|error| Error::io("making", &path, error))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 18, file) })
    }

    /// Appends.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|error| Error::io("writing", &self.path, error))
    }

    /// Ends the file: everything is with the operating system.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.file.flush().map_err(|error| Error::io("writing", &self.path, error))
    }
}

/// A whole file at once.
///
/// # Errors
/// [`Error::Io`].
pub(super) fn save(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let mut file = Output::create(folder, name)?;
    file.write(bytes)?;
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_pieces_and_offered_again() {
        let folder = tempfile::tempdir().unwrap();
        save(folder.path(), LOG, &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
        let mut file = Input::open(folder.path(), LOG, 2).unwrap();
        let mut next = |used: usize| {
            file.used(used);
            file.fill(4).unwrap();
            (file.held().to_vec(), file.is_whole(), file.left_bytes())
        };
        assert_eq!(next(0), (vec![1, 2, 3, 4], false, 8));
        assert_eq!(next(2), (vec![3, 4, 5, 6], false, 6));
        assert_eq!(next(0), (vec![3, 4, 5, 6], false, 6));
        assert_eq!(next(2), (vec![5, 6, 7, 8], true, 4));
        assert_eq!(next(4), (vec![], true, 0));
    }

    #[test]
    fn files_that_are_missing_or_not_whole_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = Input::open(folder.path(), LOG, 2).err().unwrap();
        assert!(error.to_string().contains("log.bin"), "{error}");
        save(folder.path(), LOG, &[1, 2, 3]).unwrap();
        let error = Input::open(folder.path(), LOG, 2).err().unwrap().to_string();
        assert!(error.contains("log.bin") && error.ends_with("found 3 bytes"), "{error}");
        assert!(Output::create(&folder.path().join("none"), EVENTS).is_err());
    }
}
