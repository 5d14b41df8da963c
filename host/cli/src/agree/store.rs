//! The input log of a comparison, in a temporary file: every engine reads the same entries from it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use anyhow::{Context, Result, bail};
use tidegate_gateway::Source;
use tidegate_pipeline::{Control, Fault, Input, Line, Resume, Setup, Sink};
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::MAX_SESSIONS;

use crate::drive::{Drive, Watch};
use crate::engines::Feed;
use crate::feedback::Feedback;
use crate::framing::Framing;
use crate::input::Sessions;
use crate::merge::{Files, Merge};
use crate::place::Label;
use crate::progress::Progress;

/// Bytes before the payload of an entry.
const HEAD_BYTES: usize = 16;
/// Bytes that are read and written at once.
const BUFFER_BYTES: usize = 1 << 18;

const PACKET: u8 = 0;
const WORDS: u8 = 1;
const RESET_NEW: u8 = 2;
const RESET_AT: u8 = 3;
const RESET_LOST: u8 = 4;
const KILL: u8 = 5;
const STOP: u8 = 6;

/// The log.
pub(crate) struct Store {
    file: File,
    bytes: u64,
    /// Messages that end in it.
    pub(crate) messages: u64,
    /// It was ended after `--messages`.
    pub(crate) is_part: bool,
    /// Of each line: it came as packets.
    pub(crate) packets: [bool; 2],
    /// Faults that the sources found, which no engine sees.
    pub(crate) source_faults: BTreeMap<FaultCode, u64>,
}

/// Writes a log.
pub(crate) struct Keeper {
    file: BufWriter<File>,
    bytes: u64,
    framing: Framing,
    limit: u64,
    is_part: bool,
    stopped: bool,
    packets: [bool; 2],
    error: Option<std::io::Error>,
}

impl Keeper {
    /// A log of at most `limit` messages.
    pub(crate) fn new(setup: &Setup, limit: u64) -> Result<Self> {
        let file = tempfile::tempfile().context("cannot make a temporary file")?;
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            bytes: 0,
            framing: Framing::new(setup),
            limit,
            is_part: limit == 0,
            stopped: false,
            packets: [false; 2],
            error: None,
        })
    }

    fn put(&mut self, head: [u8; HEAD_BYTES], payload: &[u8]) {
        let result = self.file.write_all(&head).and_then(|()| self.file.write_all(payload));
        self.bytes += (HEAD_BYTES + payload.len()) as u64;
        if let Err(error) = result {
            self.error.get_or_insert(error);
        }
    }

    fn write(&mut self, input: Input<'_>) {
        let entry = |op: u8, line: Line, session: u16, length: usize, offset: u64| {
            let mut head = [0; HEAD_BYTES];
            head[0] = op;
            head[1] = line as u8;
            head[2..4].copy_from_slice(&session.to_le_bytes());
            head[4..8].copy_from_slice(&(length as u32).to_le_bytes());
            head[8..].copy_from_slice(&offset.to_le_bytes());
            head
        };
        match input {
            Input::Packet { line, session, bytes } => {
                self.packets[line as usize] = true;
                self.put(entry(PACKET, line, session, bytes.len(), 0), bytes);
            }
            Input::Words { line, bytes } => {
                self.put(entry(WORDS, line, 0, bytes.len(), 0), bytes);
            }
            Input::Control(Control::Reset { line, session, resume }) => {
                let (op, offset) = match resume {
                    Resume::New => (RESET_NEW, 0),
                    Resume::At(offset) => (RESET_AT, offset),
                    Resume::Lost(offset) => (RESET_LOST, offset),
                };
                self.put(entry(op, line, session, 0, offset), &[]);
            }
            Input::Control(Control::Kill { on }) => {
                self.put(entry(KILL, Line::Market, u16::from(on), 0, 0), &[]);
            }
            Input::Control(Control::Stop) => {
                self.stopped = true;
                self.put(entry(STOP, Line::Market, 0, 0, 0), &[]);
            }
            // No file holds parameters of a live run.
            Input::Parameters(_) => {}
        }
    }

    /// Takes an input, as far as it is wanted.
    pub(crate) fn push(&mut self, input: Input<'_>) {
        if self.is_part {
            return;
        }
        let cut = self.framing.feed_until(input, self.limit);
        match (cut, input) {
            (Some(end), Input::Packet { line, session, bytes }) => {
                self.write(Input::Packet { line, session, bytes: &bytes[..end] });
            }
            (Some(end), Input::Words { line, bytes }) => {
                self.write(Input::Words { line, bytes: &bytes[..end] });
            }
            _ => self.write(input),
        }
        self.is_part = self.framing.messages() >= self.limit;
    }

    /// The log, with its end.
    pub(crate) fn finish(mut self) -> Result<Store> {
        if !self.stopped {
            self.write(Input::Control(Control::Stop));
        }
        let failed = "cannot write the temporary file of the input (TMPDIR says where it is)";
        if let Some(error) = self.error {
            return Err(error).context(failed);
        }
        let file = self.file.into_inner().map_err(|error| error.into_error()).context(failed)?;
        let messages = self.framing.messages();
        let (bytes, is_part, packets) = (self.bytes, self.is_part, self.packets);
        let source_faults = BTreeMap::new();
        Ok(Store { file, bytes, messages, is_part, packets, source_faults })
    }
}

impl Feed for Keeper {
    fn feed<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        self.push(input);
        // The one thing that who feeds asks for.
        if matches!(input, Input::Control(Control::Reset { .. })) && self.framing.was_cut() {
            let code = FaultCode::FrameTruncated;
            let fault = Fault { code, session: None, offset: 0, length: 0, msg: None, line: None };
            sink.fault(&fault);
        }
    }

    fn failed(&self) -> bool {
        self.is_part || self.error.is_some()
    }
}

/// Hears whether a reset cut off a message, and what the sources find.
#[derive(Default)]
struct Cuts {
    cut: bool,
    faults: BTreeMap<FaultCode, u64>,
}

impl Sink for Cuts {
    fn fault(&mut self, _fault: &Fault) {
        self.cut = true;
    }
}

impl Watch for Cuts {
    fn named(&mut self, _session: u16, _label: Label) {}

    fn source_fault(&mut self, fault: &Fault, _stream: Option<Label>) {
        *self.faults.entry(fault.code).or_default() += 1;
    }

    fn was_cut(&mut self) -> bool {
        std::mem::take(&mut self.cut)
    }
}

/// Reads files into a log, as `tidegate replay` feeds them, up to the end of `limit` messages.
pub(crate) fn keep(files: Files, setup: &Setup, limit: u64) -> Result<Store> {
    let Files { mut source, feedback, words } = files;
    let mut keeper = Keeper::new(setup, limit)?;
    let drive = Drive::new(
        &mut keeper,
        Cuts::default(),
        setup,
        [Some(&source as &Source), feedback.as_ref()],
    );
    let feedback = feedback.map(|source| Feedback::new(source, setup, words));
    let mut merge = Merge::new(drive, setup, feedback);
    let progress = Progress::new("agree: read the input", false);
    merge.run(&mut source, &mut Sessions::new(MAX_SESSIONS), &progress)?;
    progress.finish();
    let source_faults = merge.into_parts().0.watch.faults;
    Ok(Store { source_faults, ..keeper.finish()? })
}

impl Store {
    /// Hands on the entries, in order, until `take` has enough. `at` hears how far it is.
    pub(crate) fn each(
        &mut self,
        progress: &Progress,
        mut take: impl FnMut(Input<'_>) -> bool,
    ) -> Result<()> {
        let failed = "cannot read the temporary file of the input";
        self.file.seek(SeekFrom::Start(0)).context(failed)?;
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, &self.file);
        let (mut at, mut count, mut payload) = (0, 0u64, Vec::new());
        while at < self.bytes {
            let mut head = [0; HEAD_BYTES];
            reader.read_exact(&mut head).context(failed)?;
            let [op, line, s0, s1, l0, l1, l2, l3, offset @ ..] = head;
            let line = if line == 0 { Line::Market } else { Line::Orders };
            let session = u16::from_le_bytes([s0, s1]);
            let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
            let offset = u64::from_le_bytes(offset);
            payload.resize(length, 0);
            reader.read_exact(&mut payload).context(failed)?;
            let bytes = &payload[..];
            let reset = |resume| Input::Control(Control::Reset { line, session, resume });
            let input = match op {
                PACKET => Input::Packet { line, session, bytes },
                WORDS => Input::Words { line, bytes },
                RESET_NEW => reset(Resume::New),
                RESET_AT => reset(Resume::At(offset)),
                RESET_LOST => reset(Resume::Lost(offset)),
                KILL => Input::Control(Control::Kill { on: session != 0 }),
                STOP => Input::Control(Control::Stop),
                other => bail!("{failed}: entry {other}"),
            };
            if !take(input) {
                break;
            }
            at += (HEAD_BYTES + length) as u64;
            count += 1;
            if count.is_multiple_of(256) {
                progress.at((at, Some(self.bytes)));
            }
        }
        Ok(())
    }
}
