//! An engine in a process of its own.
//!
//! A kernel that hangs cannot be cancelled in OpenCL, the emulator's I/O channels are files in the
//! working directory, and which driver the loader loads is said in the environment. So each OpenCL
//! engine runs as a child: its own temporary working directory, its own environment, its standard
//! output as the pipe for data, a deadline. At the deadline, when the parent is done or gives up, the
//! child's whole process group is killed.
//!
//! A parent that is killed itself (SIGKILL) leaves nothing behind: the child's standard input is a pipe
//! whose other end only the parent has, and [`enter`] ends the child when that pipe ends. The folder of
//! one that does not call it is removed by the next start ([`RunFolder`]).

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::folder::{self, PREFIX};
use crate::life::millis;
use crate::{Error, RunFolder};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgrp, getpid, kill_process, kill_process_group, waitid,
};

/// The most that is kept of a child's standard error, in bytes: the end of it.
pub const STDERR_BYTES: usize = 64 << 10;

/// How a child learns which folder is its own, to be removed when nobody else can.
const FOLDER: &str = "TIDEGATE_CHILD_FOLDER";

/// What to start.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The program: in general the one that runs.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// What is added to the environment, e.g. [`Target::environment`](crate::Target::environment).
    pub environment: Vec<(OsString, OsString)>,
    /// When it is killed, from its start.
    pub deadline: Duration,
}

impl Spec {
    /// The running program once more, with other arguments.
    ///
    /// # Errors
    /// [`Error::Io`] when the system does not say which file it is.
    pub fn this_program(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
        environment: Vec<(OsString, OsString)>,
        deadline: Duration,
    ) -> Result<Self, Error> {
        let program = std::env::current_exe()
            .map_err(|error| Error::io("finding the program", "itself", error))?;
        let arguments = arguments.into_iter().map(Into::into).collect();
        Ok(Self { program, arguments, environment, deadline })
    }
}

/// A child process. Dropping it kills it.
#[derive(Debug)]
pub struct Child {
    shared: Arc<Shared>,
    program: String,
    deadline: Duration,
    // The life line: the child ends itself when this end is gone.
    line: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<Collector>,
    guard: Option<JoinHandle<()>>,
    directory: RunFolder,
}

/// How a child ended that did what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The end of what it wrote to its standard error.
    pub stderr: String,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    process: std::process::Child,
    status: Option<ExitStatus>,
    killed_at_deadline: bool,
}

impl Child {
    /// Starts a process, with a temporary working directory of its own into which `prepare` may put files.
    ///
    /// # Errors
    /// [`Error::Io`], and those of `prepare`.
    pub fn start(
        spec: &Spec,
        prepare: impl FnOnce(&Path) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let directory = RunFolder::make()?;
        prepare(directory.path())?;
        let mut process = Command::new(&spec.program)
            .args(&spec.arguments)
            .envs(spec.environment.iter().map(|(key, value)| (key, value)))
            .env(FOLDER, directory.path())
            .current_dir(directory.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Error::io("starting", &spec.program, error))?;
        let (line, stdout) = (process.stdin.take(), process.stdout.take());
        let stderr = process.stderr.take().map(Collector::start);
        let state = State { process, status: None, killed_at_deadline: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let (guarded, end) = (shared.clone(), Instant::now() + spec.deadline);
        let guard = Some(thread::spawn(move || guarded.guard(end)));
        let program = spec.program.display().to_string();
        let deadline = spec.deadline;
        Ok(Self { shared, program, deadline, line, stdout, stderr, guard, directory })
    }

    /// Its working directory, removed with the child.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.shared.state().process.id()
    }

    /// Its standard output, once. It ends at the deadline at the latest.
    pub fn data(&mut self) -> Option<ChildStdout> {
        self.stdout.take()
    }

    /// Waits until it has ended, at the deadline at the latest, and until its data, where nobody took
    /// it, is read and thrown away.
    ///
    /// # Errors
    /// [`Error::ChildLate`], [`Error::ChildFailed`].
    pub fn finish(mut self) -> Result<Finished, Error> {
        if let Some(mut stdout) = self.stdout.take() {
            // An error here is the end of the data.
            let _ = std::io::copy(&mut stdout, &mut std::io::sink());
        }
        if let Some(guard) = self.guard.take() {
            // The guard ends when the process has, or has killed it.
            let _ = guard.join();
        }
        let (status, late) = {
            let state = self.shared.state();
            (state.status, state.killed_at_deadline)
        };
        let stderr = self.stderr.take().map(Collector::finish).unwrap_or_default();
        let program = self.program.clone();
        match status {
            _ if late => {
                Err(Error::ChildLate { program, deadline_ms: millis(self.deadline), stderr })
            }
            Some(status) if status.success() => Ok(Finished { stderr }),
            Some(status) => Err(Error::ChildFailed { program, status: status.to_string(), stderr }),
            None => Err(Error::ChildFailed { program, status: "no status".into(), stderr }),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.line = None;
        self.shared.kill();
        if let Some(guard) = self.guard.take() {
            let _ = guard.join();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the process until it has ended or the time is over, and then leaves nothing of its group.
    fn guard(&self, end: Instant) {
        let mut pause = Duration::from_micros(200);
        let mut state = self.state();
        loop {
            if state.status.is_some() {
                return;
            }
            if state.has_ended() {
                return state.kill_and_reap();
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.killed_at_deadline = true;
                return state.kill_and_reap();
            }
            // std waits for a child only without an end, so it is asked, ever more seldom.
            let waited = self.changed.wait_timeout(state, pause.min(left));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }

    fn kill(&self) {
        self.state().kill_and_reap();
        self.changed.notify_all();
    }
}

impl State {
    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.process.id()).ok()?)
    }

    /// Whether it has ended, without taking its id back: until it is reaped, the id is that of no other
    /// process, and the group can be killed.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.pid().is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)))
    }

    fn kill_and_reap(&mut self) {
        if self.status.is_some() {
            return;
        }
        if let Some(pid) = self.pid() {
            // Fails only when nothing of the group is left.
            let _ = kill_process_group(pid, Signal::KILL);
        }
        let _ = self.process.kill();
        self.status = self.process.wait().ok();
    }
}

/// Reads a child's standard error to its end and keeps the last [`STDERR_BYTES`].
#[derive(Debug)]
struct Collector {
    kept: Arc<Mutex<Tail>>,
    thread: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Tail {
    bytes: Vec<u8>,
    left_out: u64,
}

impl Collector {
    fn start(mut stderr: ChildStderr) -> Self {
        let kept = Arc::new(Mutex::new(Tail::default()));
        let into = kept.clone();
        let thread = thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut chunk) {
                into.lock().unwrap_or_else(PoisonError::into_inner).push(&chunk[..length]);
            }
        });
        Self { kept, thread }
    }

    /// What there is once the process has ended. A process that left the group may still hold the pipe:
    /// it is not waited for.
    fn finish(self) -> String {
        const GRACE: Duration = Duration::from_millis(500);
        let start = Instant::now();
        while !self.thread.is_finished() && start.elapsed() < GRACE {
            thread::sleep(Duration::from_millis(1));
        }
        let tail = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&tail.bytes);
        match tail.left_out {
            0 => text.into_owned(),
            left_out => format!("[... {left_out} bytes left out ...]\n{text}"),
        }
    }
}

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let over = self.bytes.len().saturating_sub(STDERR_BYTES);
        self.bytes.drain(..over);
        self.left_out += over as u64;
    }
}

/// The first thing a child does: ends itself when its parent is gone, and gives the data pipe.
///
/// What the drivers and `println!` write goes to the standard error from here on, so that nothing but
/// data is in the pipe.
///
/// # Errors
/// [`Error::Io`].
pub fn enter() -> Result<File, Error> {
    let io = |error| Error::io("the data pipe", "standard output", error);
    let data = std::io::stdout().as_fd().try_clone_to_owned().map_err(io)?;
    rustix::stdio::dup2_stdout(std::io::stderr()).map_err(|error| io(error.into()))?;
    thread::spawn(|| {
        let mut byte = [0];
        let mut stdin = std::io::stdin();
        while !matches!(stdin.read(&mut byte), Ok(0) | Err(_)) {}
        remove_own_folder();
        // Not `exit`: the drivers' own clean-up may wait for a kernel that hangs.
        if getpgrp() == getpid() {
            let _ = kill_process_group(getpid(), Signal::KILL);
        }
        let _ = kill_process(getpid(), Signal::KILL);
    });
    Ok(data.into())
}

/// Removes the working directory, if it is the one that [`Child::start`] made.
fn remove_own_folder() {
    let (Some(named), Ok(here)) = (std::env::var_os(FOLDER), std::env::current_dir()) else {
        return;
    };
    let is_ours =
        here.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    if is_ours && Path::new(&named).canonicalize().is_ok_and(|named| named == here) {
        // The parent may be doing the same.
        folder::remove(&here);
    }
}
