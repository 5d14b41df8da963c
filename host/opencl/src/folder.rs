//! Temporary folders that are removed even when their owner is killed: by the next one who makes one.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::geteuid;

use crate::Error;

/// How the folders' names begin.
pub(crate) const PREFIX: &str = "tidegate-";
/// The file in a folder whose lock its owner holds, and its name before it is locked.
const LOCK: &str = "owner.lock";
const NEW_LOCK: &str = "owner.lock.new";
/// The most folders of others that one start removes.
const MOST_REMOVED: usize = 16;

/// A temporary folder, removed when it is dropped.
///
/// An owner that is killed (SIGKILL) leaves it behind. Whether it lives is told by an advisory lock on
/// a file in the folder, which the operating system frees however the owner ends: a folder whose lock
/// is free is removed by the next process of the same user that makes one.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    // The lock goes with the descriptor, behind the folder.
    _lock: Option<File>,
}

impl RunFolder {
    /// Makes one among the temporary files of the system, and removes what killed ones left there.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be made; what cannot be removed stays.
    pub fn make() -> Result<Self, Error> {
        let among = std::env::temp_dir();
        remove_left(&among);
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(&among)
            .map_err(|error| Error::io("making a folder in", &among, error))?;
        // On a file system without locks it has no lock file, and is nobody's to remove but its owner's.
        let lock = hold(folder.path()).ok();
        Ok(Self { path: folder.keep(), _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Puts the lock file into a new folder. It gets its name when it is locked, so that nobody sees it free.
fn hold(folder: &Path) -> io::Result<File> {
    let new = folder.join(NEW_LOCK);
    let file = OpenOptions::new().write(true).create_new(true).open(&new)?;
    file.try_lock()?;
    fs::rename(new, folder.join(LOCK))?;
    Ok(file)
}

/// Removes folders of this user whose owner is gone.
fn remove_left(among: &Path) {
    let Ok(entries) = fs::read_dir(among) else { return };
    let named = entries
        .flatten()
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    let left = named.filter_map(|entry| {
        let path = entry.path();
        Some((lock_of_left(&path)?, path))
    });
    for (_lock, folder) in left.take(MOST_REMOVED) {
        remove(&folder);
    }
}

/// The lock of a folder of ours that nobody holds, taken: of two that start at once, one has it.
fn lock_of_left(folder: &Path) -> Option<File> {
    let is_own = |about: &Metadata| about.uid() == geteuid().as_raw();
    let about = fs::symlink_metadata(folder).ok()?;
    if !about.is_dir() || !is_own(&about) {
        return None;
    }
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let lock = OpenOptions::new().read(true).custom_flags(flags).open(folder.join(LOCK)).ok()?;
    lock.try_lock().ok()?;
    // Without a name it was opened before another one removed it, and says nothing of what is there now.
    let about = lock.metadata().ok()?;
    (about.is_file() && is_own(&about) && about.nlink() == 1).then_some(lock)
}

/// Removes a folder, the lock file last: who is killed in between leaves one that the next finds.
/// Whatever cannot be removed stays, since nobody could do anything about it.
pub(crate) fn remove(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name() != LOCK {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let path = entry.path();
            let _ = if is_folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
    }
    let _ = fs::remove_dir_all(folder);
}
