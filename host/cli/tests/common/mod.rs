//! What the tests of the command share: running it, and frames to feed it.
#![allow(dead_code, reason = "no test file uses all of it")]

pub mod trading;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
pub struct Ran {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ran {
    /// Of a process that has ended.
    pub fn of(output: Output) -> Self {
        let code = output.status.code().expect("an exit code");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        Self { code, stdout: output.stdout, stderr }
    }

    /// The standard output of a run that must have gone well.
    #[track_caller]
    pub fn text(&self) -> &str {
        assert_eq!(self.code, 0, "{}", self.stderr);
        std::str::from_utf8(&self.stdout).expect("UTF-8")
    }

    /// Its lines, as they are.
    #[track_caller]
    pub fn lines(&self) -> Vec<&str> {
        self.text().lines().collect()
    }

    /// Its lines as JSON.
    #[track_caller]
    pub fn json(&self) -> Vec<Value> {
        self.lines().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The one line of an error, with this exit code.
    #[track_caller]
    pub fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, code, "{}", self.stderr);
        assert!(self.stdout.is_empty());
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(self.stderr.starts_with("tidegate: error: "), "{}", self.stderr);
        &self.stderr
    }
}

pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command.args(args);
    command
}

/// Runs the command.
pub fn run(args: &[&str]) -> Ran {
    Ran::of(command(args).stdin(Stdio::null()).output().expect("the command starts"))
}

/// Runs it with something on the standard input.
pub fn run_with(args: &[&str], input: &[u8]) -> Ran {
    let mut command = command(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // The command may write before it has read all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer");
    Ran::of(output)
}

/// A directory for one test.
pub struct Dir(TempDir);

impl Dir {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn name(&self, name: &str) -> String {
        self.path(name).to_str().expect("UTF-8").to_owned()
    }

    /// Writes a file and gives its name.
    pub fn file(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.path(name), bytes).expect("a file");
        self.name(name)
    }
}

pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).expect("a file")
}

pub fn unhex(digits: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("a digit") as u8;
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    pairs.iter().map(|&[high, low]| digit(high) << 4 | digit(low)).collect()
}

/// A frame around a body.
pub fn frame(msg_type: u32, body: &[u8]) -> Vec<u8> {
    let mut frame = msg_type.to_be_bytes().to_vec();
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(body);
    frame.extend_from_slice(&[0; 4]);
    tidegate_protocol::frame::seal(&mut frame);
    frame
}

/// A trade (or cancel) of 300191.
pub struct Trade {
    pub seq: i64,
    pub security: [u8; 8],
    pub price: i64,
    pub quantity: i64,
    pub exec_type: u8,
    pub time: i64,
}

impl Default for Trade {
    fn default() -> Self {
        let time = 20_230_201_093_000_000;
        Self {
            seq: 1,
            security: *b"000001  ",
            price: 150_300,
            quantity: 10_000,
            exec_type: b'F',
            time,
        }
    }
}

impl Trade {
    pub fn frame(&self) -> Vec<u8> {
        let mut body = 2013u16.to_be_bytes().to_vec();
        body.extend_from_slice(&self.seq.to_be_bytes());
        body.extend_from_slice(b"011");
        body.extend_from_slice(&[0; 16]);
        body.extend_from_slice(&self.security);
        body.extend_from_slice(b"102 ");
        body.extend_from_slice(&self.price.to_be_bytes());
        body.extend_from_slice(&self.quantity.to_be_bytes());
        body.push(self.exec_type);
        body.extend_from_slice(&self.time.to_be_bytes());
        frame(300_191, &body)
    }
}

pub fn trade(seq: i64) -> Vec<u8> {
    Trade { seq, ..Trade::default() }.frame()
}

/// The folder of real market data; `None` (and a word about it) without one, which continuous
/// integration does not accept.
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("TIDEGATE_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "TIDEGATE_REAL_DATA must be set in CI");
        // Not `println!`: the test runner keeps that back.
        let _ = writeln!(std::io::stderr(), "skipped: TIDEGATE_REAL_DATA is not set");
    }
    folder
}

/// Whether the kernels can run on a target here; says so where they cannot. Continuous integration has
/// PoCL, and the emulator where its terms were accepted.
pub fn has_device(target: &str) -> bool {
    let devices = run(&["devices"]);
    if devices.text().lines().any(|line| line.starts_with(&format!("{target} "))) {
        return true;
    }
    let accepted = std::env::var_os("TIDEGATE_ACCEPT_INTEL_EULA").is_some_and(|value| value == "1");
    let must = std::env::var_os("CI").is_some() && (target != "intel-emu" || accepted);
    assert!(!must, "CI must have opencl:{target}: {}", devices.text());
    let _ = writeln!(std::io::stderr(), "skipped: opencl:{target} is not there");
    false
}
