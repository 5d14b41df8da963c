//! The fused kernel: one work-item over buffers, launched again and again until the log is used up.

use std::path::Path;
use std::time::Duration;

use tidegate_pipeline::events::DEPTH_BYTES;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Layout, WordOrder};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::{
    Event, KERNEL_ID, KernelCounters, LoadLine, LogWord, QuoteRow, RequestFields, load_table,
};
use tidegate_protocol::limits::{BEAT_BYTES, MAX_REQUESTS_CARD, MAX_SECURITIES_CARD};

use super::files::{self, Input, Output};
use super::{Options, sources};
use crate::{Access, Argument, Buffer, Code, Error, Kernel, Queue, Session, Target};

/// The file of the kernel, and the name of the program in messages.
const FILE: &str = "pipeline_fused.cl";
const KERNEL: &str = "tidegate_fused";

/// Entries of log and image that the device has at once.
const LOG_WORDS: usize = 1 << 16;
const LINES: usize = 1 << 16;
/// Room of each output in a launch.
const EVENTS: usize = 1 << 16;
const WORDS: usize = 1 << 16;
/// The buffers of the same.
const LOG_BYTES: usize = LOG_WORDS * LogWord::BYTES;
const LINES_BYTES: usize = LINES * LoadLine::BYTES;
const EVENTS_BYTES: usize = EVENTS * Event::BYTES;
const WORDS_BYTES: usize = WORDS * BEAT_BYTES;
/// Memory and tables of the kernel with all the rows there can be, with some room: it says their sizes
/// itself, when it is there.
const STATE_BYTES: usize = 9 << 20;
/// More turns than the kernel ever makes while nothing goes in or out (TG_FUSED_STALL_TURNS).
const STALL_TURNS: u64 = 262_144;

/// Flags of `tg_fused_call`.
const START: u32 = 1;
const FLUSH: u32 = 2;
const SIZES: u32 = 4;

/// Bytes of the structs that host and kernel exchange: `kernels/stage/fused.h`.
const CALL_BYTES: usize = 6 * 8 + 4 * 4 + 8;
const COUNTERS_AT: usize = (9 + 5) * 8;
const REPORT_BYTES: usize = COUNTERS_AT + KernelCounters::BYTES;

/// Bytes of a device's memory that a run takes at most.
pub(super) const DEVICE_BYTES: usize = CALL_BYTES
    + LOG_BYTES
    + LINES_BYTES
    + STATE_BYTES
    + EVENTS_BYTES
    + 2 * WORDS_BYTES
    + REPORT_BYTES
    + NONE_BYTES;
/// A buffer where none is needed yet.
const NONE_BYTES: usize = 8;

pub(super) fn run(
    session: &Session,
    target: Target,
    folder: &Path,
    options: &Options,
) -> Result<(), Error> {
    let mut image = Input::open(folder, files::IMAGE, LoadLine::BYTES)?;
    let mut log = Input::open(folder, files::LOG, LogWord::BYTES)?;
    image.fill(LINES * LoadLine::BYTES)?;
    let rooms = Rooms::of(image.held())?;
    let engine = Fused::load(session, target, rooms, options)?;

    let mut events = Output::create(folder, files::EVENTS)?;
    let mut toe0 = Output::create(folder, files::TOE0)?;
    let mut toe1 = Output::create(folder, files::TOE1)?;
    let mut state = Progress { flags: START, ..Progress::default() };
    let counters = loop {
        image.fill(LINES * LoadLine::BYTES)?;
        log.fill(LOG_WORDS * LogWord::BYTES)?;
        let report = engine.launch(&log, &image, state.flags)?;
        events.write(&engine.out(&engine.events, report.events, Event::BYTES)?)?;
        toe0.write(&engine.out(&engine.toe0, report.toe0, BEAT_BYTES)?)?;
        toe1.write(&engine.out(&engine.toe1, report.toe1, BEAT_BYTES)?)?;
        image.used(report.lines * LoadLine::BYTES);
        log.used(report.log_words * LogWord::BYTES);
        state.count(&report);
        match report.status {
            Status::Done if log.left_bytes() == 0 => break report.counters,
            Status::Done | Status::Room | Status::Turns if state.idle_turns <= STALL_TURNS => {}
            // It has used all lines that it was given, and there are more.
            Status::Stalled if report.lines > 0 && image.left_bytes() > 0 => {}
            _ => {
                let Progress { log_words, lines, .. } = state;
                return Err(Error::Stalled { kernel: KERNEL.into(), log_words, lines });
            }
        }
    };
    events.finish()?;
    toe0.finish()?;
    toe1.finish()?;
    engine.tables(folder)?;
    files::save(folder, files::COUNTERS, &counters)
}

/// Most turns of a launch, and how long that may take: a launch is a small part of the limit even on a
/// machine that is busy.
fn launch_limits(target: Target) -> (u64, Duration) {
    match target {
        Target::Oclgrind => (1 << 12, Duration::from_secs(600)),
        _ => (1 << 20, Duration::from_secs(120)),
    }
}

/// Oclgrind does not know the intrinsics that optimisation leaves behind.
fn build_options(target: Target) -> &'static str {
    match target {
        Target::Oclgrind => "-cl-std=CL1.2 -cl-opt-disable",
        _ => "-cl-std=CL1.2",
    }
}

/// Rows that the setup asks for.
#[derive(Debug, Clone, Copy)]
struct Rooms {
    rows: usize,
    requests: usize,
}

impl Rooms {
    /// From the first line of an image.
    fn of(image: &[u8]) -> Result<Self, Error> {
        let wrong = |wanted: String, found: String| {
            Err(Error::Invalid { what: "the first line of image.bin", wanted, found })
        };
        let Some(line) = image.first_chunk::<{ LoadLine::BYTES }>().map(LoadLine::parse) else {
            return wrong("SETUP".into(), "an empty file".into());
        };
        if line.table != u32::from(load_table::SETUP) {
            return wrong("SETUP".into(), format!("table {}", line.table));
        }
        let (rows, requests) = (line.words[0], line.words[6]);
        let most = (MAX_SECURITIES_CARD, MAX_REQUESTS_CARD);
        if rows > most.0 as u64 || requests > most.1 as u64 {
            let wanted = format!("at most {} rows and {} requests", most.0, most.1);
            return wrong(wanted, format!("{rows} rows, {requests} requests"));
        }
        Ok(Self { rows: rows as usize, requests: requests as usize })
    }
}

/// How far a run is.
#[derive(Debug, Default)]
struct Progress {
    log_words: u64,
    lines: u64,
    /// Turns since something last went in or out.
    idle_turns: u64,
    flags: u32,
}

impl Progress {
    fn count(&mut self, report: &Report) {
        self.flags &= !START;
        self.log_words += report.log_words as u64;
        self.lines += report.lines as u64;
        let moved = [report.log_words, report.lines, report.events, report.toe0, report.toe1];
        self.idle_turns = if moved == [0; 5] { self.idle_turns + report.turns } else { 0 };
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Done,
    Room,
    Turns,
    Stalled,
}

/// `tg_fused_report`.
struct Report {
    log_words: usize,
    lines: usize,
    events: usize,
    toe0: usize,
    toe1: usize,
    turns: u64,
    status: Status,
    counters: [u8; KernelCounters::BYTES],
}

/// `tg_fused_sizes`: how large the state is, and where the tables stand in theirs.
struct Sizes {
    memory: usize,
    tables: usize,
    rows: usize,
    depths: usize,
    requests: usize,
}

/// The `at`-th 64-bit number.
fn number(bytes: &[u8], at: usize) -> u64 {
    let bytes = bytes[8 * at..].first_chunk().expect("a struct of a known size");
    u64::from_le_bytes(*bytes)
}

/// A number of the kernel's that no sound kernel gives.
fn odd(what: &'static str, wanted: String, found: u64) -> Error {
    Error::Invalid { what, wanted, found: found.to_string() }
}

/// Whether the kernels are those of this host.
fn check_ids(report: &[u8]) -> Result<(), Error> {
    for (what, wanted, found) in [
        ("KERNEL_ID", KERNEL_ID, number(report, 7)),
        ("PROTOCOL_ID", PROTOCOL_ID, number(report, 8)),
    ] {
        if wanted != found {
            return Err(Error::OtherKernel { what, wanted, found });
        }
    }
    Ok(())
}

impl Sizes {
    /// What a launch says that was asked nothing else.
    fn parse(report: &[u8], rooms: Rooms) -> Result<Self, Error> {
        check_ids(report)?;
        let [memory, tables, rows, depths, requests] =
            [9, 10, 11, 12, 13].map(|at| number(report, at));
        for (at, entries, entry_bytes) in [
            (rows, rooms.rows, QuoteRow::BYTES),
            (depths, rooms.rows, DEPTH_BYTES),
            (requests, rooms.requests, RequestFields::BYTES),
        ] {
            let end = at.checked_add((entries * entry_bytes) as u64);
            if end.is_none_or(|end| end > tables) {
                return Err(odd("where a table stands", format!("within {tables} bytes"), at));
            }
        }
        let size = |bytes: u64| {
            usize::try_from(bytes).map_err(|_| odd("a size", "one that fits".into(), bytes))
        };
        Ok(Self {
            memory: size(memory)?,
            tables: size(tables)?,
            rows: size(rows)?,
            depths: size(depths)?,
            requests: size(requests)?,
        })
    }
}

impl Report {
    /// What a launch says that was given so many words and lines.
    fn parse(bytes: &[u8], log_words: usize, lines: usize) -> Result<Self, Error> {
        check_ids(bytes)?;
        let count = |at: usize, most: usize| {
            let found = number(bytes, at);
            match usize::try_from(found) {
                Ok(count) if count <= most => Ok(count),
                _ => Err(odd("a count of a launch", format!("at most {most}"), found)),
            }
        };
        Ok(Self {
            log_words: count(0, log_words)?,
            lines: count(1, lines)?,
            events: count(2, EVENTS)?,
            toe0: count(3, WORDS)?,
            toe1: count(4, WORDS)?,
            turns: number(bytes, 5),
            status: match number(bytes, 6) {
                0 => Status::Done,
                1 => Status::Room,
                2 => Status::Turns,
                3 => Status::Stalled,
                found => return Err(odd("the status of a launch", "0 to 3".into(), found)),
            },
            counters: *bytes[COUNTERS_AT..].first_chunk().expect("a struct of a known size"),
        })
    }
}

/// The kernel with its buffers.
struct Fused {
    kernel: Kernel,
    queue: Queue,
    call: Buffer,
    log: Buffer,
    lines: Buffer,
    tables: Buffer,
    events: Buffer,
    toe0: Buffer,
    toe1: Buffer,
    report: Buffer,
    rooms: Rooms,
    sizes: Sizes,
    shape: Shape,
    limit: Duration,
}

/// What is the same in every `tg_fused_call` of a run.
struct Shape {
    rooms: Rooms,
    turns: u64,
    policy: u32,
    /// `tg_descriptor`.
    toe: [u8; 8],
}

impl Shape {
    fn new(rooms: Rooms, turns: u64, options: &Options) -> Self {
        let toe = &options.toe;
        let [low, high] = toe.prefix_bytes.to_le_bytes();
        let text = u8::from(toe.layout == Layout::Text);
        let printed = u8::from(toe.words == WordOrder::Printed);
        let toe = [text, printed, u8::from(toe.strict_filler), 0, low, high, 0, 0];
        let policy = match options.checksum {
            ChecksumPolicy::Drop => 0,
            ChecksumPolicy::Flag => 1,
            ChecksumPolicy::Disconnect => 2,
        };
        Self { rooms, turns, policy, toe }
    }

    /// `tg_fused_call`.
    fn call(&self, log_words: usize, lines: usize, flags: u32) -> Vec<u8> {
        let counts = [log_words, lines, EVENTS, WORDS, WORDS].map(|count| count as u64);
        let room = |rows: usize| rows.max(1) as u32;
        let halves = [flags, room(self.rooms.rows), room(self.rooms.requests), self.policy];
        let mut call = Vec::with_capacity(CALL_BYTES);
        call.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        call.extend(self.turns.to_le_bytes());
        call.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
        call.extend(self.toe);
        call
    }
}

impl Fused {
    fn load(
        session: &Session,
        target: Target,
        rooms: Rooms,
        options: &Options,
    ) -> Result<Self, Error> {
        let text = sources::flat(FILE);
        let options_text = build_options(target);
        let program = session.program(FILE, Code::Source { text: &text, options: options_text })?;
        let mut kernel = program.kernel(KERNEL)?;
        let (turns, limit) = launch_limits(target);
        let queue = session.queue()?;
        let shape = Shape::new(rooms, turns, options);
        let call = session.buffer(Access::Read, CALL_BYTES)?;
        let log = session.buffer(Access::Read, LOG_BYTES)?;
        let lines = session.buffer(Access::Read, LINES_BYTES)?;
        let events = session.buffer(Access::Write, EVENTS_BYTES)?;
        let toe0 = session.buffer(Access::Write, WORDS_BYTES)?;
        let toe1 = session.buffer(Access::Write, WORDS_BYTES)?;
        let report = session.buffer(Access::Write, REPORT_BYTES)?;

        let none = session.buffer(Access::ReadWrite, NONE_BYTES)?;
        let arguments = [&call, &log, &lines, &none, &none, &events, &toe0, &toe1, &report];
        kernel.set_all(arguments.map(Argument::Buffer))?;
        queue.write(&call, 0, shape.call(0, 0, SIZES))?;
        queue.start(&kernel)?.wait(limit)?;
        let sizes = Sizes::parse(&queue.read(&report, 0, REPORT_BYTES)?, rooms)?;

        let memory = session.buffer(Access::ReadWrite, sizes.memory)?;
        let tables = session.buffer(Access::ReadWrite, sizes.tables)?;
        queue.write(&memory, 0, vec![0; sizes.memory])?;
        queue.write(&tables, 0, vec![0; sizes.tables])?;
        kernel.set(3, Argument::Buffer(&memory))?;
        kernel.set(4, Argument::Buffer(&tables))?;
        Ok(Self {
            kernel,
            queue,
            call,
            log,
            lines,
            tables,
            events,
            toe0,
            toe1,
            report,
            rooms,
            sizes,
            shape,
            limit,
        })
    }

    /// One launch over what is held of both.
    fn launch(&self, log: &Input, image: &Input, flags: u32) -> Result<Report, Error> {
        let (words, lines) = (log.held(), image.held());
        let (log_words, line_count) = (words.len() / LogWord::BYTES, lines.len() / LoadLine::BYTES);
        let flush = if log.is_whole() { FLUSH } else { 0 };
        let call = self.shape.call(log_words, line_count, flags | flush);
        self.queue.write(&self.call, 0, call)?;
        self.queue.write(&self.log, 0, words)?;
        self.queue.write(&self.lines, 0, lines)?;
        self.queue.start(&self.kernel)?.wait(self.limit)?;
        Report::parse(&self.queue.read(&self.report, 0, REPORT_BYTES)?, log_words, line_count)
    }

    /// What a launch gave.
    fn out(&self, buffer: &Buffer, entries: usize, entry_bytes: usize) -> Result<Vec<u8>, Error> {
        self.queue.read(buffer, 0, entries * entry_bytes)
    }

    /// Writes the tables to the folder.
    fn tables(&self, folder: &Path) -> Result<(), Error> {
        let Rooms { rows, requests } = self.rooms;
        let read = |at, entries, bytes| self.queue.read(&self.tables, at, entries * bytes);
        files::save(folder, files::ROWS, &read(self.sizes.rows, rows, QuoteRow::BYTES)?)?;
        files::save(folder, files::DEPTH, &read(self.sizes.depths, rows, DEPTH_BYTES)?)?;
        let table = read(self.sizes.requests, requests, RequestFields::BYTES)?;
        let (table, _) = table.as_chunks::<{ RequestFields::BYTES }>();
        // A row in use has a state.
        let used = table.iter().take_while(|row| RequestFields::parse(row).state != 0).count();
        files::save(folder, files::REQUESTS, table[..used].as_flattened())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const ROOMS: Rooms = Rooms { rows: 2, requests: 3 };

    fn report(numbers: &[(usize, u64)]) -> Vec<u8> {
        let mut bytes = vec![0; REPORT_BYTES];
        let mut put =
            |at: usize, value: u64| bytes[8 * at..][..8].copy_from_slice(&value.to_le_bytes());
        for (at, value) in [(7, KERNEL_ID), (8, PROTOCOL_ID)].iter().chain(numbers) {
            put(*at, *value);
        }
        bytes
    }

    /// The kernel's own sizes, from the text that is given to a driver.
    #[test]
    fn the_state_has_room_in_what_is_reckoned() {
        let place = tempfile::tempdir().unwrap();
        let (source, binary) = (place.path().join("sizes.c"), place.path().join("sizes"));
        let (rows, requests) = (MAX_SECURITIES_CARD, MAX_REQUESTS_CARD);
        let text = format!(
            "#define __kernel static\n#define __global\n#define reqd_work_group_size(x, y, z)\n{}\n\
             #include <stdio.h>\nint main(void) {{\n\
             const tg_fused_sizes sizes = tg_fused_sizes_of({rows}u, {requests}u);\n\
             printf(\"%llu\", (unsigned long long)(sizes.memory + sizes.tables));\nreturn 0; }}\n",
            sources::flat(FILE)
        );
        std::fs::write(&source, text).unwrap();
        let build = ["-std=c99", "-w", "-o"];
        let built = Command::new("cc").args(build).args([&binary, &source]).status();
        if !built.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "cc must build the kernels in CI");
            eprintln!("skipped: cc does not build the kernels");
            return;
        }
        let said = Command::new(&binary).output().unwrap().stdout;
        let found: usize = String::from_utf8(said).unwrap().parse().unwrap();
        // And not far more than is so.
        assert!((STATE_BYTES / 2..=STATE_BYTES).contains(&found), "{found} of {STATE_BYTES}");
    }

    /// Shows A2.
    #[test]
    fn kernels_of_other_layouts_are_refused_by_name() {
        for (at, what, wanted) in [(7, "KERNEL_ID", KERNEL_ID), (8, "PROTOCOL_ID", PROTOCOL_ID)] {
            let bytes = report(&[(at, 5)]);
            let error = Error::OtherKernel { what, wanted, found: 5 };
            assert_eq!(Report::parse(&bytes, 0, 0).err(), Some(error.clone()));
            assert_eq!(Sizes::parse(&bytes, ROOMS).err(), Some(error));
        }
    }

    #[test]
    fn what_a_launch_says_is_bounded_by_what_it_was_given() {
        let parse = |numbers: &[(usize, u64)]| Report::parse(&report(numbers), 10, 20);
        let said = parse(&[(0, 10), (1, 20), (2, EVENTS as u64), (5, 7), (6, 1)]).unwrap();
        assert_eq!((said.log_words, said.lines, said.events), (10, 20, EVENTS));
        assert_eq!((said.turns, said.status), (7, Status::Room));
        for (at, most) in [(0, 10), (1, 20), (2, EVENTS as u64), (3, 1 << 16), (4, 1 << 16), (6, 3)]
        {
            assert!(parse(&[(at, most)]).is_ok(), "{at}");
            assert!(matches!(parse(&[(at, most + 1)]), Err(Error::Invalid { .. })), "{at}");
            assert!(parse(&[(at, u64::MAX)]).is_err(), "{at}");
        }
    }

    #[test]
    fn tables_stand_within_their_buffer() {
        let tables = 2 * (QuoteRow::BYTES + DEPTH_BYTES) as u64 + 3 * 96;
        let places = [(9, 1), (10, tables), (11, 0), (12, 2 * 208), (13, tables - 3 * 96)];
        assert!(Sizes::parse(&report(&places), ROOMS).is_ok());
        for at in 2..5 {
            for value in [places[at].1 + tables, u64::MAX] {
                let mut places = places;
                places[at].1 = value;
                assert!(Sizes::parse(&report(&places), ROOMS).is_err(), "{at}");
            }
        }
        assert!(Sizes::parse(&report(&places), Rooms { rows: 3, ..ROOMS }).is_err());
    }

    #[test]
    fn an_image_begins_with_a_setup_within_the_limits() {
        let line = |table: u8, rows, requests| {
            let words = [rows, 0, 0, 0, 0, 0, requests];
            let mut bytes = [0; LoadLine::BYTES];
            LoadLine { table: table.into(), index: 0, words }.emit(&mut bytes);
            bytes
        };
        let rooms = Rooms::of(&line(load_table::SETUP, 5, 6)).unwrap();
        assert_eq!((rooms.rows, rooms.requests), (5, 6));
        let refused = |image: &[u8]| Rooms::of(image).unwrap_err().to_string();
        assert_eq!(refused(&[]), "the first line of image.bin: wanted SETUP, found an empty file");
        assert!(refused(&line(load_table::ROW, 5, 6)).ends_with("found table 2"));
        let (rows, requests) = (MAX_SECURITIES_CARD as u64, MAX_REQUESTS_CARD as u64);
        assert!(Rooms::of(&line(load_table::SETUP, rows, requests)).is_ok());
        assert!(refused(&line(load_table::SETUP, rows + 1, 0)).contains("at most"));
        assert!(refused(&line(load_table::SETUP, 0, u64::MAX)).contains("at most"));
    }

    #[test]
    fn a_run_that_moves_nothing_is_counted() {
        let mut state = Progress { flags: START, ..Progress::default() };
        let said = |numbers: &[(usize, u64)]| Report::parse(&report(numbers), 10, 10).unwrap();
        state.count(&said(&[(5, 100), (6, 2)]));
        state.count(&said(&[(5, 50), (6, 2)]));
        assert_eq!((state.idle_turns, state.flags), (150, 0));
        for at in 0..5 {
            state.count(&said(&[(at, 1), (5, 100), (6, 2)]));
            assert_eq!(state.idle_turns, 0, "{at}");
            state.count(&said(&[(5, 9), (6, 2)]));
        }
        assert_eq!((state.log_words, state.lines), (1, 1));
    }
}
