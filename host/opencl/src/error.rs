//! What can go wrong, by name.

use std::path::PathBuf;

use cl3::error_codes::error_text;

/// The most of a build log that an [`Error::Build`] carries, in bytes: its start and its end.
pub const BUILD_LOG_BYTES: usize = 16 << 10;

/// A failed operation of the backend.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The OpenCL library could not be loaded.
    #[error("no OpenCL loader: wanted libOpenCL.so.1, and {reason}; install ocl-icd-libopencl1")]
    NoLoader {
        /// What the dynamic loader said.
        reason: String,
    },
    /// The file that names the driver of a target is not where it is looked for.
    #[error("no driver file for {target}: looked for {}; {remedy}", list(looked_for))]
    NoDriverFile {
        /// The target's name.
        target: &'static str,
        /// Every place.
        looked_for: Vec<String>,
        /// What to do.
        remedy: &'static str,
    },
    /// No platform has the name of the target's.
    #[error("no OpenCL platform \"{wanted}\": found {}", list(found))]
    NoPlatform {
        /// The start of the platform's name.
        wanted: &'static str,
        /// The names of the platforms that are there.
        found: Vec<String>,
    },
    /// The platform is there, and has no device or not the named one.
    #[error("no device {wanted} on platform \"{platform}\": found {}", list(found))]
    NoDevice {
        /// The platform's name.
        platform: String,
        /// The device's name, or "of any name".
        wanted: String,
        /// The names of its devices.
        found: Vec<String>,
    },
    /// A program did not build.
    #[error("the program \"{program}\" does not build with options \"{options}\" ({}, {code}):\n{log}", error_text(*code))]
    Build {
        /// The name given to the program.
        program: String,
        /// The build options.
        options: String,
        /// The runtime's code.
        code: i32,
        /// The compiler's log, at most [`BUILD_LOG_BYTES`].
        log: String,
    },
    /// An OpenCL call failed.
    #[error("{call}{}: {} ({code})", of(kernel), error_text(*code))]
    Call {
        /// The OpenCL function.
        call: &'static str,
        /// The kernel that it was about.
        kernel: Option<String>,
        /// The runtime's code.
        code: i32,
    },
    /// The device went away, or was not there when it was opened. Nothing further is accepted.
    #[error("the device was lost: {call}{}: {} ({code})", of(kernel), error_text(*code))]
    DeviceLost {
        /// The OpenCL function that showed it.
        call: &'static str,
        /// The kernel that it was about.
        kernel: Option<String>,
        /// The runtime's code.
        code: i32,
    },
    /// A kernel did not end, or did not answer, in time. It cannot be cancelled: nothing further is
    /// accepted, nothing is released, and the process must end.
    #[error("kernel {kernel} hangs: no answer for {waited_ms} ms")]
    Hung {
        /// The kernel's name.
        kernel: String,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// An OpenCL call or a transfer did not end in time. As for [`Error::Hung`].
    #[error("{call} did not return within {waited_ms} ms")]
    Late {
        /// The OpenCL function.
        call: &'static str,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// A kernel was given up while it ran. As for [`Error::Hung`].
    #[error("kernel {kernel} was left running")]
    LeftRunning {
        /// The kernel's name.
        kernel: String,
    },
    /// Further work after a hang or a loss.
    #[error("refused, because of what came before: {because}")]
    Refused {
        /// The first error.
        because: String,
    },
    /// The card, or this backend, does not take what was asked for.
    #[error("{what}: wanted {wanted}, found {found}")]
    Invalid {
        /// What was looked at.
        what: &'static str,
        /// What is allowed.
        wanted: String,
        /// What was given.
        found: String,
    },
    /// The kernels are not of the layouts of this host.
    #[error("the kernels are others: {what}: wanted {wanted:#x}, found {found:#x}")]
    OtherKernel {
        /// What differs.
        what: &'static str,
        /// This host's.
        wanted: u64,
        /// The kernels'.
        found: u64,
    },
    /// A kernel goes on and takes and gives nothing, with a part of its log left: load lines are missing.
    #[error("kernel {kernel} moves no more, after {log_words} log words and {lines} load lines")]
    Stalled {
        /// The kernel's name.
        kernel: String,
        /// Log words that it took.
        log_words: u64,
        /// Load lines that it took.
        lines: u64,
    },
    /// Another process has the card.
    #[error("{device} is held by {} (lock file {})", holder_text(*holder), path.display())]
    Locked {
        /// The card.
        device: String,
        /// The process that holds it, as it wrote itself into the file.
        holder: Option<u32>,
        /// The lock file.
        path: PathBuf,
    },
    /// Something else stands where the lock file of a card belongs.
    #[error("the lock file {}: wanted a file of one name, found {found}", path.display())]
    LockFile {
        /// Where it belongs.
        path: PathBuf,
        /// What is there.
        found: &'static str,
    },
    /// The image's check refused it.
    #[error("the image is refused: {0}")]
    Image(String),
    /// A file or a process of the operating system failed.
    #[error("{what} {}: {reason}", path.display())]
    Io {
        /// What was done.
        what: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The child process did not end in time, and was killed.
    #[error(
        "the child process {program} was killed at its deadline of {deadline_ms} ms{}",
        said(stderr)
    )]
    ChildLate {
        /// The program.
        program: String,
        /// The deadline, in milliseconds.
        deadline_ms: u64,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The child process failed.
    #[error("the child process {program} ended with {status}{}", said(stderr))]
    ChildFailed {
        /// The program.
        program: String,
        /// The exit status, or the signal.
        status: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
}

impl Error {
    /// An operating system's error.
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>, error: std::io::Error) -> Self {
        Self::Io { what, path: path.into(), reason: error.to_string() }
    }
}

/// A list as it is said in a message; a driver may name any number of things.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 16;
    if names.is_empty() {
        return "none".into();
    }
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

fn of(kernel: &Option<String>) -> String {
    kernel.as_ref().map(|kernel| format!(" of kernel {kernel}")).unwrap_or_default()
}

fn holder_text(holder: Option<u32>) -> String {
    holder.map_or_else(|| "an unnamed process".into(), |pid| format!("process {pid}"))
}

fn said(stderr: &str) -> String {
    if stderr.trim().is_empty() {
        String::new()
    } else {
        format!("; it said:\n{}", stderr.trim_end())
    }
}

/// The start and the end of a text that may be long, at most `most_bytes` and one line between.
pub(crate) fn bounded(text: &str, most_bytes: usize) -> String {
    if text.len() <= most_bytes {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(most_bytes / 2);
    let tail = text.ceil_char_boundary(text.len() - most_bytes / 2);
    format!("{}\n[... {} bytes left out ...]\n{}", &text[..head], tail - head, &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_logs_keep_their_start_and_end() {
        let log = format!("first{}last", "\u{4e2d}".repeat(BUILD_LOG_BYTES));
        let cut = bounded(&log, BUILD_LOG_BYTES);
        assert!(cut.starts_with("first") && cut.ends_with("last"));
        assert!(cut.len() < BUILD_LOG_BYTES + 64);
        assert_eq!(bounded("short", 5), "short");
    }

    #[test]
    fn messages_name_what_was_wanted_and_found() {
        let lists = |found: Vec<String>| Error::NoPlatform { wanted: "Card", found }.to_string();
        assert_eq!(lists(vec![]), "no OpenCL platform \"Card\": found none");
        assert_eq!(lists(vec!["A".into(), "B".into()]), "no OpenCL platform \"Card\": found A, B");
        assert!(lists(vec!["A".into(); 100]).ends_with("and 84 more"));
        let call = Error::Call { call: "clEnqueueTask", kernel: Some("send".into()), code: -5 };
        assert_eq!(call.to_string(), "clEnqueueTask of kernel send: CL_OUT_OF_RESOURCES (-5)");
    }
}
