//! One process a card.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::Error;

/// Every user of the machine may take a card, so every user may write the lock file.
const MODE: u32 = 0o666;

/// The exclusive right to a card, held until it is dropped or the process ends, however it ends.
///
/// It is an advisory lock of the operating system on a file that is never removed and that every user
/// may write. The file names the holder for those who come second.
#[derive(Debug)]
pub struct CardLock {
    path: PathBuf,
    // The lock goes with the descriptor.
    _file: File,
}

/// Whether a card is taken, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockState {
    /// Nobody has it.
    Free,
    /// A process has it: the one that the file names.
    Held(Option<u32>),
}

impl CardLock {
    /// Where the lock files are: `TIDEGATE_RUNTIME_DIR`, else a folder that all users of the machine share.
    pub fn folder() -> PathBuf {
        if let Some(named) = std::env::var_os("TIDEGATE_RUNTIME_DIR") {
            return named.into();
        }
        let shared = Path::new("/run/lock");
        if shared.is_dir() { shared.into() } else { std::env::temp_dir() }
    }

    /// Takes a card by its device's name, which tells the boards of a machine apart.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process (or another session of this one) has it,
    /// [`Error::LockFile`] when somebody put something else in its file's place, [`Error::Io`].
    pub fn take(device: &str) -> Result<Self, Error> {
        Self::take_in(&Self::folder(), device)
    }

    /// The same, with the lock files in `folder`.
    ///
    /// # Errors
    /// As for [`CardLock::take`].
    pub fn take_in(folder: &Path, device: &str) -> Result<Self, Error> {
        fs::create_dir_all(folder)
            .map_err(|error| Error::io("making the folder", folder, error))?;
        let path = file_of(folder, device);
        let io = |error| Error::io("the lock file", &path, error);
        let mut file = open_or_make(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let device = device.to_owned();
                return Err(Error::Locked { device, holder: holder(&mut file), path });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        file.set_len(0).map_err(io)?;
        writeln!(file, "{}\n{device}", std::process::id()).map_err(io)?;
        file.flush().map_err(io)?;
        Ok(Self { path, _file: file })
    }

    /// Whether a card is taken at this moment. Takes nothing and makes no file.
    ///
    /// # Errors
    /// [`Error::LockFile`], [`Error::Io`].
    pub fn state_in(folder: &Path, device: &str) -> Result<LockState, Error> {
        let path = file_of(folder, device);
        let io = |error| Error::io("the lock file", &path, error);
        let Some(mut file) = open(OpenOptions::new().read(true), &path)? else {
            return Ok(LockState::Free);
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(LockState::Free),
            Err(TryLockError::WouldBlock) => Ok(LockState::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }

    /// The lock file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Opens first and makes second: in a folder that all may write, systems refuse to open another
/// user's file for making.
fn open_or_make(path: &Path) -> Result<File, Error> {
    let io = |error| Error::io("the lock file", path, error);
    let open = || open(OpenOptions::new().read(true).write(true), path);
    if let Some(file) = open()? {
        return Ok(file);
    }
    // A new one or none, so that no link is followed here either.
    match OpenOptions::new().read(true).write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Another one was as quick; nobody removes it again.
            open()?.ok_or_else(|| io(error))
        }
        file => {
            let file = file.map_err(io)?;
            // Not by the mode of `open`, which the process' umask would narrow.
            file.set_permissions(fs::Permissions::from_mode(MODE)).map_err(io)?;
            Ok(file)
        }
    }
}

/// Opens what is there, if it is a file and nothing that leads to another one: whoever may write the
/// folder could have put a link there, to have the holder write over a file of its own.
fn open(options: &mut OpenOptions, path: &Path) -> Result<Option<File>, Error> {
    let io = |error| Error::io("the lock file", path, error);
    let other = |found| Error::LockFile { path: path.to_owned(), found };
    // NONBLOCK: to open a pipe would wait for its other end. A file knows no difference.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = match options.custom_flags(flags.bits().cast_signed()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
            return Err(other("a symbolic link"));
        }
        file => file.map_err(io)?,
    };
    let about = file.metadata().map_err(io)?;
    match about.nlink() {
        _ if !about.is_file() => Err(other("no file")),
        0 | 1 => Ok(Some(file)),
        _ => Err(other("a file of several names")),
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut start = [0; 16];
    file.seek(SeekFrom::Start(0)).ok()?;
    let length = file.read(&mut start).ok()?;
    std::str::from_utf8(&start[..length]).ok()?.lines().next()?.parse().ok()
}

fn file_of(folder: &Path, device: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = device.trim().chars().map(plain).take(100).collect();
    folder.join(format!("tidegate-{name}.lock"))
}
