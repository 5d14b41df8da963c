//! The channel kernels: `kernels/pipeline_channels.cl`, all of them alive at once.
//!
//! [`replay`] replays a folder: on Intel's emulator, whose I/O channels are files, or from an image whose
//! words come through memory. [`Channels`] is what is behind it and what a live host uses: it starts the
//! kernels, takes events out of `mirror`'s ring while they run, reads mirrored rows and depths, and hands
//! parameters, control words and frames of its own to `params`.
//!
//! Memory that the host holds: the load image, the control words of the log, parts of the rings. Memory
//! of the device: the ring of events (4 MiB), those of words (1 MiB), the image, the control words, and the
//! tables.

mod mirrored;
mod toes;
mod wiring;

use std::path::Path;
use std::time::{Duration, Instant};

use tidegate_pipeline::events;
use tidegate_pipeline::quote::Depth;
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::{
    Event, KERNEL_ID, KernelCounters, LOAD_CHUNK_BYTES, LoadLine, LogWord, PARAM_BLOCK_BYTES,
    PARAM_VERSION, QuoteRow, RequestFields, load_table, log_op,
};
use tidegate_protocol::limits::{
    MAX_CONSTITUENTS, MAX_REQUESTS_CARD, MAX_SECURITIES_CARD, MAX_SESSIONS,
};

pub use self::mirrored::Mirrored;
use self::mirrored::{LEVELS_BYTES, QUEUE_BYTES, ROW_BYTES};
use self::toes::Toes;
pub use self::wiring::{Mode, Signal, Wiring, Words};
use super::files::{self, Input, Output};
use super::{Options, lines};
use crate::{
    Access, Argument, Buffer, CheckedImage, Code, Error, Flag, FromDevice, Packet, Program, Queue,
    Running, Session, ToDevice,
};

/// The file of the kernels, and the name of the program in messages.
pub(super) const FILE: &str = "pipeline_channels.cl";
/// The kernels without an argument, as things go through them.
const DATA_PATH: [&str; 5] = ["decode", "feedback", "indicator", "send", "publish"];
/// Events of the ring: a power of two.
const RING_EVENTS: usize = 1 << 14;
/// How long a run may give no sign of life before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(60);
/// Depth of every channel in a replay: with more kernels than cores, short channels mean waiting for
/// each other's time slices.
const REPLAY_DEPTH: u32 = 4096;
/// Files of the I/O channels that a replay reads.
const IN: [&str; 2] = ["toe0.in", "toe1.in"];
/// And those that it writes.
const OUT: [&str; 2] = [files::TOE0, files::TOE1];

/// Load lines of a block of parameters.
const BLOCK_LINES: usize = PARAM_BLOCK_BYTES / LOAD_CHUNK_BYTES;
/// Longest frame of the host: `TG_HOST_FRAME_BYTES` of the kernels.
pub const MOST_FRAME_BYTES: usize = 256;
/// `tg_params_said` and `tg_mirror_said`: eight numbers each.
const SAID_BYTES: usize = 64;
/// A part of the tables, and the parts of the counters.
const PART_BYTES: usize = 32;
const COUNTER_PARTS: usize = KernelCounters::BYTES.div_ceil(PART_BYTES);

/// What stands in a device's memory: the ring of events, the mirrored rows and depths, the tables.
const RING_BYTES: usize = RING_EVENTS * Event::BYTES;
const ROWS_BYTES: usize = MAX_SECURITIES_CARD * ROW_BYTES;
const ALL_LEVELS_BYTES: usize = MAX_SECURITIES_CARD * LEVELS_BYTES;
const ALL_QUEUES_BYTES: usize = MAX_SECURITIES_CARD * QUEUE_BYTES;
const SNAPSHOTS_BYTES: usize = MAX_SECURITIES_CARD * 8;
const TABLES_BYTES: usize = counters_at() + COUNTER_PARTS * PART_BYTES;
/// Lines of an image without epochs that has all the rows there can be: slots, rows and constituents,
/// the first block, and a few of the rest. An epoch adds a block and two lines for every share count.
const MOST_IMAGE_LINES: usize =
    2 * MAX_SECURITIES_CARD + MAX_SECURITIES_CARD + MAX_CONSTITUENTS + BLOCK_LINES + 64;
/// Bytes of a device's memory that a run takes: the load image with room for a block, the control words
/// of a log or a command, what the kernels write, and the rings of words of a replay through memory.
pub(super) const DEVICE_BYTES: usize = (MOST_IMAGE_LINES + BLOCK_LINES) * LoadLine::BYTES
    + CONTROL_BYTES
    + 2 * SAID_BYTES
    + RING_BYTES
    + READ_AT_BYTES
    + ROWS_BYTES
    + ALL_LEVELS_BYTES
    + ALL_QUEUES_BYTES
    + SNAPSHOTS_BYTES
    + TABLES_BYTES
    + toes::DEVICE_BYTES;
/// Control words of a replay are as many as its log has: 32,768 are reckoned with.
const CONTROL_BYTES: usize = 1 << 20;
/// How far the host has read the ring.
const READ_AT_BYTES: usize = 8;

/// What is loaded before the first item.
#[derive(Debug, Clone)]
pub struct Image {
    bytes: Vec<u8>,
    rows: usize,
}

impl Image {
    /// From its lines.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it does not begin with a SETUP that the card has room for.
    pub fn new(lines: &[LoadLine]) -> Result<Self, Error> {
        let mut bytes = Vec::with_capacity(lines.len() * LoadLine::BYTES);
        for line in lines {
            let mut entry = [0; LoadLine::BYTES];
            line.emit(&mut entry);
            bytes.extend(entry);
        }
        Self::of_bytes(bytes)
    }

    fn of_bytes(bytes: Vec<u8>) -> Result<Self, Error> {
        let wrong = |wanted: String, found: String| {
            Err(Error::Invalid { what: "the first line of the image", wanted, found })
        };
        let Some(setup) = bytes.first_chunk().map(LoadLine::parse) else {
            return wrong("SETUP".into(), "nothing".into());
        };
        let (rows, requests) = (setup.words[0], setup.words[6]);
        if setup.table != u32::from(load_table::SETUP) {
            return wrong("SETUP".into(), format!("table {}", setup.table));
        }
        if rows > MAX_SECURITIES_CARD as u64 || requests > MAX_REQUESTS_CARD as u64 {
            let wanted =
                format!("at most {MAX_SECURITIES_CARD} rows, {MAX_REQUESTS_CARD} requests");
            return wrong(wanted, format!("{rows} rows, {requests} requests"));
        }
        Ok(Self { bytes, rows: rows as usize })
    }
}

/// Where a replay's control words stand.
#[derive(Debug)]
enum Host {
    Replay { _controls: [Buffer; 2] },
    Pipe { to: ToDevice, from: FromDevice },
    Flag { flag: Buffer, command: Buffer },
}

/// What `mirror` said at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Events that were written.
    pub events: u64,
    /// Rows that were mirrored.
    pub updates: u64,
    /// Updates of rows that found the channel full and left later.
    pub waited: u64,
    /// Rows of the record table.
    pub requests: u64,
}

/// The tables at the end, each in the layout of its file of a run folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Quote rows.
    pub rows: Vec<u8>,
    /// Levels and queues.
    pub depth: Vec<u8>,
    /// Rows of the record table in use.
    pub requests: Vec<u8>,
    /// The counters.
    pub counters: Vec<u8>,
}

/// The kernels, running.
#[derive(Debug)]
pub struct Channels {
    running: Vec<Running>,
    copies: Queue,
    /// Load image, and behind it room for the block of a live run.
    lines: Buffer,
    image_lines: usize,
    row_count: usize,
    params_said: Buffer,
    mirror_said: Buffer,
    events: Buffer,
    read_at: Buffer,
    rows: Buffer,
    levels: Buffer,
    queues: Buffer,
    /// Of each row, where its depth is between two snapshots: see `mirror`.
    snapshots: Buffer,
    tables: Buffer,
    host: Host,
    toes: Option<Toes>,
    /// Events taken out of the ring.
    taken: u64,
    /// Commands given.
    commands: u64,
    /// Blocks refused, as far as was heard.
    refused: u64,
    /// Since when nothing has moved, and what stood then.
    moved: (Instant, [u64; 4]),
    patience: Duration,
}

/// The numbers of what a kernel said.
fn said(bytes: &[u8]) -> [u64; 8] {
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|at| words.get(at).map_or(0, |word| u64::from_le_bytes(*word)))
}

impl Channels {
    /// Starts all kernels of a program; `controls` are those of a replay, as the log is taken apart.
    ///
    /// # Errors
    /// Those of [`Session`].
    pub fn start(
        session: &Session,
        program: &Program,
        mode: Mode,
        image: &Image,
        controls: [&[u8]; 2],
    ) -> Result<Self, Error> {
        let copies = session.queue()?;
        let filled = |access, bytes: usize, what: &[u8]| {
            let buffer = session.buffer(access, bytes.max(1))?;
            let mut all = what.to_vec();
            all.resize(bytes.max(1), 0);
            copies.write(&buffer, 0, all)?;
            Ok::<_, Error>(buffer)
        };
        let image_lines = image.bytes.len() / LoadLine::BYTES;
        let memory_lines = image_lines + BLOCK_LINES;
        let lines = filled(Access::Read, memory_lines * LoadLine::BYTES, &image.bytes)?;
        let params_said = filled(Access::ReadWrite, SAID_BYTES, &[])?;
        let mirror_said = filled(Access::ReadWrite, SAID_BYTES, &[])?;
        let events = filled(Access::Write, RING_BYTES, &[])?;
        let read_at = filled(Access::Read, READ_AT_BYTES, &[])?;
        let rows = filled(Access::Write, ROWS_BYTES, &[])?;
        let levels = filled(Access::Write, ALL_LEVELS_BYTES, &[])?;
        let queues = filled(Access::Write, ALL_QUEUES_BYTES, &[])?;
        let snapshots = filled(Access::Write, SNAPSHOTS_BYTES, &[])?;
        let tables = filled(Access::Write, TABLES_BYTES, &[])?;

        let mut params = program.kernel("params")?;
        let common = [
            Argument::Buffer(&lines),
            Argument::U32(image_lines as u32),
            Argument::U32(memory_lines as u32),
            Argument::Buffer(&params_said),
        ];
        let host = match mode {
            Mode::Replay => {
                let counts = controls.map(|control| (control.len() / LogWord::BYTES) as u32);
                let [market, orders] =
                    controls.map(|control| filled(Access::Read, control.len(), control));
                let controls = [market?, orders?];
                let own = [
                    Argument::Buffer(&controls[0]),
                    Argument::U32(counts[0]),
                    Argument::Buffer(&controls[1]),
                    Argument::U32(counts[1]),
                ];
                params.set_all(common.into_iter().chain(own))?;
                Host::Replay { _controls: controls }
            }
            Mode::Live(Signal::HostPipe) => {
                let mut to = session.pipe_to_device(16)?;
                let mut from = session.pipe_from_device(16)?;
                let own = [Argument::ToDevice(&mut to), Argument::FromDevice(&mut from)];
                params.set_all(common.into_iter().chain(own))?;
                Host::Pipe { to, from }
            }
            Mode::Live(Signal::Flag) => {
                let flag = filled(Access::Read, 4, &[])?;
                let command = filled(Access::Read, LogWord::BYTES, &[])?;
                let own = [Argument::Buffer(&flag), Argument::Buffer(&command)];
                params.set_all(common.into_iter().chain(own))?;
                Host::Flag { flag, command }
            }
        };
        let mut mirror = program.kernel("mirror")?;
        mirror.set_all([
            Argument::Buffer(&events),
            Argument::U64(RING_EVENTS as u64),
            Argument::Buffer(&read_at),
            Argument::Buffer(&rows),
            Argument::Buffer(&levels),
            Argument::Buffer(&queues),
            Argument::Buffer(&snapshots),
            Argument::Buffer(&tables),
            Argument::Buffer(&mirror_said),
        ])?;
        // In the order in which things go through them: of those that hang, the first one is named.
        let mut kernels = vec![params];
        for name in DATA_PATH {
            kernels.push(program.kernel(name)?);
        }
        kernels.push(mirror);
        let mut running = Vec::new();
        for kernel in &kernels {
            running.push(session.queue()?.start(kernel)?);
        }
        Ok(Self {
            running,
            copies,
            lines,
            image_lines,
            row_count: image.rows,
            params_said,
            mirror_said,
            events,
            read_at,
            rows,
            levels,
            queues,
            snapshots,
            tables,
            host,
            toes: None,
            taken: 0,
            commands: 0,
            refused: 0,
            moved: (Instant::now(), [0; 4]),
            patience: PATIENCE,
        })
    }

    /// How long no sign of life may come before a run counts as hanging; at first 60 s.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Takes the events that are there; gives how many.
    ///
    /// # Errors
    /// Those of `sink`; [`Error::Invalid`] for a count that cannot be; [`Error::Call`].
    pub fn take_events(
        &mut self,
        mut sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<u64, Error> {
        let [events, updates, ..] = said(&self.copies.read(&self.mirror_said, 0, SAID_BYTES)?);
        let there = events.wrapping_sub(self.taken);
        if there > RING_EVENTS as u64 {
            return Err(Error::Invalid {
                what: "the number of events in mirror's ring",
                wanted: format!("at most {RING_EVENTS}"),
                found: there.to_string(),
            });
        }
        let mut left = there as usize;
        while left > 0 {
            let at = (self.taken % RING_EVENTS as u64) as usize;
            let count = left.min(RING_EVENTS - at);
            let bytes = self.copies.read(&self.events, at * Event::BYTES, count * Event::BYTES)?;
            sink(&bytes)?;
            self.taken += count as u64;
            left -= count;
        }
        if there > 0 {
            self.copies.write(&self.read_at, 0, self.taken.to_le_bytes())?;
        }
        let words = match &mut self.toes {
            Some(toes) => toes.turn(&self.copies)?,
            None => [0; 2],
        };
        let stands = [events, updates, words[0], words[1]];
        if self.moved.1 != stands {
            self.moved = (Instant::now(), stands);
        }
        Ok(there)
    }

    /// The rows of the quote table as they are mirrored now.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::Late`].
    pub fn rows(&self) -> Result<Vec<Mirrored<QuoteRow>>, Error> {
        let bytes = self.copies.read(&self.rows, 0, self.row_count * ROW_BYTES)?;
        let (rows, _) = bytes.as_chunks();
        Ok(rows.iter().map(mirrored::row).collect())
    }

    /// The levels and queues of a row as they are mirrored now.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a row that does not exist; [`Error::Call`], [`Error::Late`].
    pub fn depth(&self, row: usize) -> Result<Mirrored<Depth>, Error> {
        if row >= self.row_count {
            let wanted = format!("below {}", self.row_count);
            return Err(Error::Invalid { what: "a row", wanted, found: row.to_string() });
        }
        let number = || {
            let bytes = self.copies.read(&self.snapshots, 8 * row, 8)?;
            Ok::<_, Error>(u64::from_le_bytes(*bytes.first_chunk().expect("as long as asked")))
        };
        let before = number()?;
        if before == 0 {
            return Ok(Mirrored::Empty);
        }
        let levels = self.copies.read(&self.levels, row * LEVELS_BYTES, LEVELS_BYTES)?;
        let queue = self.copies.read(&self.queues, row * QUEUE_BYTES, QUEUE_BYTES)?;
        // Odd: a snapshot was under way. Another number: one came meanwhile.
        if before % 2 == 1 || number()? != before {
            return Ok(Mirrored::Torn);
        }
        let bytes = mirrored::depths(&levels, &queue);
        let depth = events::depth(bytes.first_chunk().expect("one row"));
        Ok(Mirrored::Whole { number: before / 2, value: Box::new(depth) })
    }

    /// Whether every kernel has ended.
    ///
    /// # Errors
    /// [`Error::Call`] with the name of a kernel that ended badly; [`Error::Hung`] with that of one that
    /// still runs when nothing has moved for the patience of this run.
    pub fn has_ended(&mut self) -> Result<bool, Error> {
        let mut runs = None;
        for running in &self.running {
            if !running.has_ended()? {
                runs.get_or_insert(running);
            }
        }
        let (since, _) = self.moved;
        if let (None, Some(toes)) = (runs, &mut self.toes) {
            runs = toes.closing(&self.copies)?;
        }
        match runs {
            None => Ok(true),
            Some(running) if since.elapsed() > self.patience => Err(running.hung(since.elapsed())),
            Some(_) => Ok(false),
        }
    }

    /// Gives parameters to a live run and waits until they have left the memory; the indicator takes them
    /// between two messages. Says whether the device found them sound.
    ///
    /// # Errors
    /// [`Error::Invalid`] in a replay and for lines that are not one block; [`Error::Hung`].
    pub fn reload(&mut self, block: &[LoadLine]) -> Result<bool, Error> {
        if block.len() != BLOCK_LINES {
            return Err(Error::Invalid {
                what: "a block of parameters",
                wanted: format!("{BLOCK_LINES} load lines"),
                found: block.len().to_string(),
            });
        }
        let mut bytes = Vec::with_capacity(BLOCK_LINES * LoadLine::BYTES);
        for line in block {
            let mut entry = [0; LoadLine::BYTES];
            line.emit(&mut entry);
            bytes.extend(entry);
        }
        let offset = self.image_lines as u64;
        let command = LogWord { op: log_op::PARAMETERS, offset, ..LogWord::default() };
        let refused = self.refused;
        self.give(&command, Some(bytes))?;
        Ok(self.refused == refused)
    }

    /// Gives a control word to a line of a live run, and waits until it is on its way.
    ///
    /// # Errors
    /// As for [`Channels::reload`].
    pub fn control(&mut self, word: &LogWord) -> Result<(), Error> {
        let other = [log_op::WORD, log_op::PARAMETERS, log_op::TURN, log_op::FRAME];
        if other.contains(&word.op) {
            return Err(Error::Invalid {
                what: "a control word of a live run",
                wanted: "RESET, KILL, FAULT or STOP".into(),
                found: format!("operation {}", word.op),
            });
        }
        self.give(word, None)
    }

    /// Gives a frame of the host's own (logon, heartbeat) to a live run: it leaves whole on session `cid`
    /// of TOE1, between two orders and behind those that wait. Returns when it is on its way.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an empty frame or one above [`MOST_FRAME_BYTES`], for a session that does not
    /// exist, and in a replay; [`Error::Hung`].
    pub fn send_frame(&mut self, cid: u8, frame: &[u8]) -> Result<(), Error> {
        if frame.is_empty() || frame.len() > MOST_FRAME_BYTES || usize::from(cid) >= MAX_SESSIONS {
            return Err(Error::Invalid {
                what: "a frame of the host",
                wanted: format!("1 to {MOST_FRAME_BYTES} bytes, a session below {MAX_SESSIONS}"),
                found: format!("{} bytes, session {cid}", frame.len()),
            });
        }
        let offset = frame.len() as u64;
        frame.chunks(16).try_for_each(|part| {
            let mut word = [0; 16];
            word[..part.len()].copy_from_slice(part);
            let command = LogWord { op: log_op::FRAME, cid, offset, word, ..LogWord::default() };
            self.give(&command, None)
        })
    }

    fn give(&mut self, command: &LogWord, block: Option<Vec<u8>>) -> Result<(), Error> {
        let mut packet: Packet = [0; LogWord::BYTES];
        command.emit(&mut packet);
        self.commands += 1;
        let at = self.image_lines * LoadLine::BYTES;
        let block = block.unwrap_or_default();
        let limit = self.patience;
        match &mut self.host {
            Host::Replay { .. } => Err(Error::Invalid {
                what: "a command",
                wanted: "a live run".into(),
                found: "a replay, whose control words are in its log".into(),
            }),
            Host::Pipe { to, from } => {
                let flag = Flag::Pipe(to, &packet);
                self.copies.write_then_raise(&self.lines, at, block, flag)?;
                let [done, refused, ..] = said(&from.read(limit)?);
                self.refused = refused;
                check_done(done, self.commands)
            }
            Host::Flag { flag, command } => {
                self.copies.write(&self.lines, at, block)?;
                let value = self.commands as u32;
                let flag = Flag::Memory { buffer: flag, offset_bytes: 0, value };
                self.copies.write_then_raise(command, 0, packet, flag)?;
                let start = Instant::now();
                loop {
                    let bytes = self.copies.read(&self.params_said, 0, SAID_BYTES)?;
                    let [_, _, done, _, refused, ..] = said(&bytes);
                    if done == self.commands {
                        self.refused = refused;
                        return Ok(());
                    }
                    if start.elapsed() > limit {
                        return Err(self.running[0].hung(limit));
                    }
                    std::thread::yield_now();
                }
            }
        }
    }

    /// Waits until every kernel has ended, and hands on the last events.
    ///
    /// # Errors
    /// [`Error::Hung`]; [`Error::OtherKernel`]; [`Error::Invalid`] when the device refused the image; those of `sink`.
    pub fn finish(
        &mut self,
        mut sink: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(Ended, Tables), Error> {
        let mut pause = Duration::from_micros(50);
        while !self.has_ended()? {
            let moved = self.take_events(&mut sink)? > 0;
            pause = if moved { Duration::from_micros(50) } else { (pause * 2).min(MOST_PAUSE) };
            std::thread::sleep(pause);
        }
        while self.take_events(&mut sink)? > 0 {}
        self.running.drain(..).try_for_each(ended)?;
        if let Some(toes) = self.toes.take() {
            toes.finish(&self.copies)?;
        }
        let params = said(&self.copies.read(&self.params_said, 0, SAID_BYTES)?);
        for (what, wanted, found) in
            [("KERNEL_ID", KERNEL_ID, params[0]), ("PROTOCOL_ID", PROTOCOL_ID, params[1])]
        {
            if wanted != found {
                return Err(Error::OtherKernel { what, wanted, found });
            }
        }
        let [events, updates, rows, requests, waited, refused, over, _] =
            said(&self.copies.read(&self.mirror_said, 0, SAID_BYTES)?);
        if refused != 0 {
            return Err(Error::Invalid {
                what: "the load image",
                wanted: format!(
                    "a READY, and blocks of version {PARAM_VERSION} and their checksum"
                ),
                found: format!("{} blocks refused by params", params[4]),
            });
        }
        let sane = rows == self.row_count as u64 && requests <= MAX_REQUESTS_CARD as u64;
        if over != 1 || !sane || events != self.taken {
            return Err(Error::Invalid {
                what: "the end of a run",
                wanted: format!("{} rows, {} events", self.row_count, self.taken),
                found: format!("{rows} rows, {events} events, {requests} requests, over {over}"),
            });
        }
        let tables = self.tables(requests as usize)?;
        Ok((Ended { events, updates, waited, requests }, tables))
    }

    fn tables(&self, requests: usize) -> Result<Tables, Error> {
        let mut rows = Vec::with_capacity(self.row_count * QuoteRow::BYTES);
        for (at, mirrored) in self.rows()?.iter().enumerate() {
            let Mirrored::Whole { value, .. } = mirrored else {
                return Err(Error::Invalid {
                    what: "a mirrored row at the end",
                    wanted: "a whole one".into(),
                    found: format!("{mirrored:?} at {at}"),
                });
            };
            let mut bytes = [0; QuoteRow::BYTES];
            value.emit(&mut bytes);
            rows.extend(bytes);
        }
        let levels = self.copies.read(&self.levels, 0, self.row_count * LEVELS_BYTES)?;
        let queues = self.copies.read(&self.queues, 0, self.row_count * QUEUE_BYTES)?;
        let read = |at, bytes| self.copies.read(&self.tables, at, bytes);
        Ok(Tables {
            rows,
            depth: mirrored::depths(&levels, &queues),
            requests: read(0, requests * RequestFields::BYTES)?,
            counters: read(counters_at(), KernelCounters::BYTES)?,
        })
    }
}

/// The longest pause between two looks at a run that does not move.
const MOST_PAUSE: Duration = Duration::from_millis(4);

const fn counters_at() -> usize {
    MAX_REQUESTS_CARD * RequestFields::BYTES
}

/// A kernel that has ended, as it is known: how.
fn ended(running: Running) -> Result<(), Error> {
    running.wait(Duration::from_secs(1)).map(drop)
}

fn check_done(found: u64, wanted: u64) -> Result<(), Error> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "the answer to a command",
        wanted: format!("command {wanted}"),
        found: format!("command {found}"),
    })
}

/// Replays a folder with kernels that are compiled here: on the emulator.
pub(super) fn run(session: &Session, folder: &Path, options: &Options) -> Result<(), Error> {
    let program = Wiring::replay(folder, options, REPLAY_DEPTH).build(session)?;
    replay(session, &program, folder, Through::Channels).map(drop)
}

/// Replays a folder with an image that was built for a replay.
pub(super) fn run_image(
    session: &Session,
    folder: &Path,
    image: &CheckedImage,
) -> Result<(), Error> {
    let program = session.program(&image.manifest().name, Code::Image(image))?;
    replay(session, &program, folder, Through::Memory).map(drop)
}

/// What the words of a replay go through: as its program was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// I/O channels, which are files of the folder ([`Words::Channels`]).
    Channels,
    /// The device's memory ([`Words::Memory`]).
    Memory,
}

/// Replays a folder with a program that was built for a replay and has not run yet: what channels hold and
/// where files stand belongs to the program.
///
/// # Errors
/// As for [`run`](super::run).
pub fn replay(
    session: &Session,
    program: &Program,
    folder: &Path,
    through: Through,
) -> Result<Ended, Error> {
    let mut image = Input::open(folder, files::IMAGE, LoadLine::BYTES)?;
    image.fill(image.left_bytes() as usize)?;
    let image = Image::of_bytes(image.held().to_vec())?;
    let lines = lines::split(folder, IN)?;
    for name in OUT {
        files::save(folder, name, &[])?;
    }
    let mut events = Output::create(folder, files::EVENTS)?;
    let controls = [&lines.controls[0][..], &lines.controls[1][..]];
    let mut channels = Channels::start(session, program, Mode::Replay, &image, controls)?;
    if through == Through::Memory {
        channels.toes = Some(Toes::start(session, program, &channels.copies, folder)?);
    }
    let (ended, tables) = channels.finish(|bytes| events.write(bytes))?;
    events.finish()?;
    files::save(folder, files::ROWS, &tables.rows)?;
    files::save(folder, files::DEPTH, &tables.depth)?;
    files::save(folder, files::REQUESTS, &tables.requests)?;
    files::save(folder, files::COUNTERS, &tables.counters)?;
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use tidegate_pipeline::Setup;
    use tidegate_pipeline::image;

    use super::*;

    #[test]
    fn an_image_with_all_rows_has_room_in_what_is_reckoned() {
        let names: Vec<_> = (0..MAX_SECURITIES_CARD)
            .map(|at| *format!("{at:06}  ").as_bytes().first_chunk().expect("8"))
            .collect();
        let room = image::Room { securities: MAX_SECURITIES_CARD, requests: MAX_REQUESTS_CARD };
        let lines = image::lines(&Setup::default(), &names, room).expect("an image");
        // With an index; what else it and trading add, numbers and two frames, is far below 32 lines.
        let found = lines.len() + MAX_CONSTITUENTS + 32;
        let most = MOST_IMAGE_LINES;
        assert!((most - 64..=most).contains(&found), "{found} of {most}");
    }

    #[test]
    fn an_image_begins_with_its_setup() {
        let line = |table, rows| LoadLine { table, words: [rows, 0, 0, 0, 0, 0, 0], index: 0 };
        assert_eq!(Image::new(&[line(0, 7)]).expect("an image").rows, 7);
        for lines in [&[][..], &[line(1, 7)], &[line(0, MAX_SECURITIES_CARD as u64 + 1)]] {
            assert!(matches!(Image::new(lines), Err(Error::Invalid { .. })));
        }
    }
}
