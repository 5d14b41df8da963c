//! Streams of two sessions, with resets and stops among them: the same outputs however the bytes
//! are cut, and the same frames as a slow reading from each message's start.
#![no_main]

use std::sync::OnceLock;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::{Event, Log, same};
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::{Control, Engine, Input, Line, NativeEngine, Resume, Setup};
use tidegate_protocol::{FaultCode, frame};

const SESSIONS: [u16; 2] = [3, 100];
const POLICIES: [ChecksumPolicy; 3] =
    [ChecksumPolicy::Drop, ChecksumPolicy::Flag, ChecksumPolicy::Disconnect];
/// Longer inputs say nothing new and slow the byte-by-byte feeding.
const MAX_STREAM: usize = 24 << 10;

/// One step of the input, the same for every engine.
#[derive(Clone, Debug)]
enum Step {
    Bytes(usize, std::ops::Range<usize>),
    Reset(usize, Resume),
    Stop,
}

/// 32 bytes of control, then a stream that both sessions deliver, each at its own pace.
#[derive(Debug)]
struct Case {
    policy: usize,
    stream: Vec<u8>,
    steps: Vec<Step>,
    /// Bytes at once, over and over.
    cuts: [u8; 4],
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let [flags, spare, _, _]: [u8; 4] = u.arbitrary()?;
        let cuts = u.arbitrary()?;
        let plan: [u8; 24] = u.arbitrary()?;
        let rest = u.bytes(u.len())?;
        let mut stream = rest[..rest.len().min(MAX_STREAM)].to_vec();
        let bounds = repair(&mut stream, flags & 4 != 0, spare);
        let steps = steps(&plan, &stream, &bounds);
        Ok(Self { policy: usize::from(flags % 4).min(2), stream, steps, cuts })
    }
}

/// Where messages begin. Random bytes never have a right trailer, so most frames get one; with
/// `spare`, every so-manieth keeps its own.
fn repair(stream: &mut [u8], repair: bool, spare: u8) -> Vec<usize> {
    let (mut at, mut bounds) = (0, vec![0]);
    while let Some(head) = stream[at..].first_chunk() {
        let (msg_type, body) = frame::header(head);
        let end = at + 12 + body as usize;
        if body > frame::max_body_bytes(msg_type) || end > stream.len() {
            break;
        }
        if repair && (spare == 0 || bounds.len() % usize::from(spare) != 0) {
            frame::seal(&mut stream[at..end]);
        }
        at = end;
        bounds.push(at);
    }
    bounds
}

fn steps(plan: &[u8], stream: &[u8], bounds: &[usize]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut cursors = [0; 2];
    // Offsets as the engine counts them.
    let mut offsets = [0u64; 2];
    for turn in 0.. {
        let byte = plan[turn % plan.len()];
        let amount = u64::from(plan[(turn + 1) % plan.len()]);
        let mut session = usize::from(byte >> 3 & 1);
        if cursors[session] == stream.len() {
            session = 1 - session;
        }
        if cursors[session] == stream.len() {
            break;
        }
        let resume = match byte >> 4 {
            12 => Some(Resume::New),
            13 => Some(Resume::At((offsets[session] + amount).saturating_sub(64))),
            14 => Some(Resume::Lost((offsets[session] + amount).saturating_sub(64))),
            15 => {
                steps.push(Step::Stop);
                None
            }
            _ => None,
        };
        if let Some(resume) = resume {
            steps.push(Step::Reset(session, resume));
            offsets[session] = match resume {
                Resume::New => 0,
                Resume::At(offset) | Resume::Lost(offset) => offset,
            };
        }
        if byte >> 4 >= 12 && amount % 4 != 0 {
            // Mostly go on where a message begins.
            let next = bounds.partition_point(|&bound| bound < cursors[session]);
            if let Some(&bound) = bounds.get(next).filter(|&&bound| bound < stream.len()) {
                cursors[session] = bound;
            }
        }
        let length = [1, 3, 7, 16, 40, 77, 300, 4_096][usize::from(byte & 7)];
        let end = (cursors[session] + length).min(stream.len());
        steps.push(Step::Bytes(session, cursors[session]..end));
        offsets[session] += (end - cursors[session]) as u64;
        cursors[session] = end;
    }
    steps.push(Step::Stop);
    steps
}

/// Neighbouring bytes of a session become one step, so that long runs lie in one buffer.
fn joined(steps: &[Step]) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    for step in steps {
        match (out.last_mut(), step) {
            (Some(Step::Bytes(last, all)), Step::Bytes(session, range))
                if last == session && all.end == range.start =>
            {
                all.end = range.end;
            }
            _ => out.push(step.clone()),
        }
    }
    out
}

/// An engine is costly to make and cheap to copy.
fn engine(policy: usize) -> NativeEngine {
    static ENGINES: OnceLock<[NativeEngine; 3]> = OnceLock::new();
    let toml = "[index]\nid = \"399001\"\nprev_close = \"9450.1234\"\nconstituents = \"c\"\n";
    let csv = "security,shares,prev_close\n300175,1000,4.51\n000001,19405918198,13.76\n";
    ENGINES.get_or_init(|| {
        POLICIES.map(|checksum| {
            let setup = Setup::parse(toml, |_| Ok(csv.to_owned())).expect("a setup");
            let setup = Setup { checksum, ..setup };
            NativeEngine::new(&setup, &[*b"002813  ", *b"399001  ", *b"300319  "]).expect("rows")
        })
    })[policy]
        .clone()
}

/// Feeds the steps, `cut()` bytes of them at a time, as packets or as words.
fn run(
    case: &Case,
    steps: &[Step],
    words: bool,
    mut cut: impl FnMut() -> usize,
) -> (Log, NativeEngine) {
    let mut engine = engine(case.policy);
    let mut log = Log::default();
    let line = Line::Market;
    for step in steps {
        match step {
            Step::Bytes(session, range) => {
                let session = SESSIONS[*session];
                let mut bytes = &case.stream[range.clone()];
                while !bytes.is_empty() {
                    let (now, later) = bytes.split_at(cut().min(bytes.len()));
                    if words {
                        let mut words = Vec::new();
                        let descriptor = Setup::default().toe;
                        descriptor.packet_words(session as u8, now, 0xab, &mut words);
                        engine.feed(Input::Words { line, bytes: &words }, &mut log);
                    } else {
                        engine.feed(Input::Packet { line, session, bytes: now }, &mut log);
                    }
                    bytes = later;
                }
            }
            Step::Reset(session, resume) => {
                let (session, resume) = (SESSIONS[*session], *resume);
                let reset = Control::Reset { line, session, resume };
                engine.feed(Input::Control(reset), &mut log);
            }
            Step::Stop => engine.feed(Input::Control(Control::Stop), &mut log),
        }
    }
    (log, engine)
}

/// What the slow reading says of framing; of a fault: code, session, offset, length and message.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Framed {
    Message(u64, u32),
    Fault(FaultCode, Option<u16>, u64, u64, Option<u64>),
}

/// One session as the slow reading sees it.
#[derive(Default)]
struct Slow {
    /// Offset of the first byte of `bytes`.
    base: u64,
    /// What came since the last message ended.
    bytes: Vec<u8>,
    dead: bool,
}

impl Slow {
    fn at(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    fn drop_front(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.base += count as u64;
    }

    /// The messages and faults that bytes bring about.
    fn take(&mut self, id: u16, policy: ChecksumPolicy, msgs: &mut u64, out: &mut Vec<Framed>) {
        while !self.dead && self.bytes.len() >= 8 {
            let word = |at: usize| {
                self.bytes[at..at + 4].iter().fold(0u64, |word, &byte| word << 8 | u64::from(byte))
            };
            let (msg_type, body) = (word(0) as u32, word(4));
            let (session, offset, length) = (Some(id), self.base, body + 12);
            if body > if msg_type == 390_012 { 1 << 20 } else { 8_192 } {
                let code = FaultCode::FrameLength;
                out.push(Framed::Fault(code, session, offset, length, None));
                self.dead = true;
                return;
            }
            if (self.bytes.len() as u64) < length {
                return;
            }
            let end = length as usize;
            let sum = self.bytes[..end - 4].iter().map(|&byte| u64::from(byte)).sum::<u64>() % 256;
            let msg = *msgs;
            *msgs += 1;
            if word(end - 4) != sum {
                let code = FaultCode::FrameChecksum;
                out.push(Framed::Fault(code, session, offset, length, Some(msg)));
                self.dead = policy == ChecksumPolicy::Disconnect;
            }
            out.push(Framed::Message(msg, msg_type));
            self.drop_front(end);
        }
    }

    fn truncated(&mut self, id: u16, out: &mut Vec<Framed>) {
        if !self.dead && !self.bytes.is_empty() {
            let (session, offset, length) = (Some(id), self.base, self.bytes.len() as u64);
            let code = FaultCode::FrameTruncated;
            out.push(Framed::Fault(code, session, offset, length, None));
        }
    }
}

fn slow(case: &Case) -> Vec<Framed> {
    let mut sessions: [Slow; 2] = Default::default();
    let (mut msgs, mut out) = (0, Vec::new());
    for step in &case.steps {
        match step {
            Step::Bytes(session, range) => {
                let slow = &mut sessions[*session];
                slow.bytes.extend_from_slice(&case.stream[range.clone()]);
                slow.take(SESSIONS[*session], POLICIES[case.policy], &mut msgs, &mut out);
            }
            Step::Reset(session, resume) => {
                let (slow, id) = (&mut sessions[*session], SESSIONS[*session]);
                let base = match *resume {
                    Resume::New => 0,
                    Resume::At(offset) | Resume::Lost(offset) => offset,
                };
                let offset = if slow.dead { slow.at() } else { slow.base };
                if matches!(resume, Resume::Lost(_)) && base > offset {
                    let (code, session, length) = (FaultCode::CaptureLost, Some(id), base - offset);
                    out.push(Framed::Fault(code, session, offset, length, None));
                } else {
                    slow.truncated(id, &mut out);
                }
                *slow = Slow { base, ..Slow::default() };
            }
            Step::Stop => {
                for (slow, id) in sessions.iter_mut().zip(SESSIONS) {
                    slow.truncated(id, &mut out);
                    slow.drop_front(slow.bytes.len());
                }
            }
        }
    }
    out
}

fuzz_target!(|case: Case| {
    let (log, engine) = run(&case, &case.steps, false, || usize::MAX);
    let counters = engine.counters();
    let messages = log.0.iter().filter(|event| matches!(event, Event::Message(..))).count() as u64;
    assert_eq!(counters.messages, messages, "counted and said");
    let faults = log.0.iter().filter(|event| matches!(event, Event::Fault(_))).count() as u64;
    assert_eq!(counters.faults_total(), faults, "counted and said");
    let fed = |step: &Step| if let Step::Bytes(_, range) = step { range.len() as u64 } else { 0 };
    assert_eq!(counters.bytes, case.steps.iter().map(fed).sum::<u64>(), "every byte counted");

    let framed = |event: &Event| match event {
        Event::Message(msg, msg_type) => Some(Framed::Message(*msg, *msg_type)),
        Event::Fault(fault) => matches!(
            fault.code,
            FaultCode::FrameLength
                | FaultCode::FrameChecksum
                | FaultCode::FrameTruncated
                | FaultCode::CaptureLost
        )
        .then_some(Framed::Fault(
            fault.code,
            fault.session,
            fault.offset,
            fault.length,
            fault.msg,
        )),
        Event::Record(_) | Event::Index(_) => None,
    };
    let framed: Vec<Framed> = log.0.iter().filter_map(framed).collect();
    same("slow reading", &framed, &slow(&case));

    let whole = joined(&case.steps);
    let mut turn = 0;
    let cut = || {
        turn += 1;
        1 + usize::from(case.cuts[turn % case.cuts.len()])
    };
    for (what, (other, its_engine)) in [
        ("joined", run(&case, &whole, false, || usize::MAX)),
        ("single bytes", run(&case, &case.steps, false, || 1)),
        ("cut", run(&case, &whole, false, cut)),
        // A TOE's packet is no longer than that.
        ("words", run(&case, &whole, true, || 16_000)),
    ] {
        same(what, &other.0, &log.0);
        assert!(its_engine.counters() == counters, "{what}: counters differ");
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        engine.quotes().for_each_row_bytes(|row| rows.extend_from_slice(row));
        its_engine.quotes().for_each_row_bytes(|row| others.extend_from_slice(row));
        assert!(rows == others, "{what}: tables differ");
    }
});
