//! Inputs on their way into an engine, and the names of the streams that they come from.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tidegate_gateway::{Format, Source};
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::{
    Control, Decision, Fault, IndexPoint, Input, Line, Outgoing, Record, Resume, Setup, Sink,
};
use tidegate_protocol::FaultCode;

use crate::engines::Feed;
use crate::feedback;
use crate::framing::{Framing, Place};
use crate::place::Label;

/// A sink that also learns where its input comes from.
pub(crate) trait Watch: Sink {
    /// The session (from 128 on one of the second file) now carries the stream of this name.
    fn named(&mut self, session: u16, label: Label);
    /// Something that a source found, and the name of its stream if that has no session.
    fn source_fault(&mut self, fault: &Fault, stream: Option<Label>);
    /// Whether a message was cut off since this was last asked.
    fn was_cut(&mut self) -> bool;
    /// The engine takes the next input at this time of our own clock.
    fn begins(&mut self, _now: Instant) {}
    /// Whether there is any use in going on.
    fn goes_on(&self) -> bool {
        true
    }
}

/// What a watcher hears beside the outputs.
enum Heard {
    Named(u16, Label),
    SourceFault(Fault, Option<Label>),
}

/// What is beside an engine whose outputs may come later than the input that decides them.
struct Late {
    framing: Framing,
    /// What is still to be heard, and where in the outputs.
    heard: VecDeque<(Place, Heard)>,
    /// Where the outputs stand.
    at: Place,
}

impl Late {
    fn hear(&mut self, heard: Heard) {
        self.heard.push_back((self.framing.place(), heard));
    }
}

/// The outputs of such an engine, and between them what its watcher is to hear there.
struct InTurn<'a, W> {
    late: &'a mut Late,
    watch: &'a mut W,
}

impl<W: Watch> InTurn<'_, W> {
    /// Tells what stands before the next output.
    fn tell(&mut self) {
        while let Some((place, _)) = self.late.heard.front()
            && *place <= self.late.at
            && let Some((_, heard)) = self.late.heard.pop_front()
        {
            match heard {
                Heard::Named(session, label) => self.watch.named(session, label),
                Heard::SourceFault(fault, stream) => self.watch.source_fault(&fault, stream),
            }
        }
    }
}

impl<W: Watch> Sink for InTurn<'_, W> {
    fn record(&mut self, record: Record<'_>) {
        self.tell();
        self.watch.record(record);
    }

    fn fault(&mut self, fault: &Fault) {
        self.tell();
        self.watch.fault(fault);
        self.late.at.1 += u64::from(fault.msg.is_none());
    }

    fn index(&mut self, point: &IndexPoint) {
        self.watch.index(point);
    }

    fn report(&mut self, report: &Reported) {
        self.tell();
        self.watch.report(report);
    }

    fn decision(&mut self, decision: &Decision) {
        self.tell();
        self.watch.decision(decision);
    }

    fn order(&mut self, order: &Outgoing<'_>) {
        self.watch.order(order);
    }

    fn message(&mut self, msg: u64, msg_type: u32) {
        self.tell();
        self.watch.message(msg, msg_type);
        self.late.at.0 += 1;
    }
}

/// An engine and what watches it.
pub(crate) struct Drive<'a, E, W> {
    pub(crate) engine: &'a mut E,
    pub(crate) watch: W,
    late: Option<Late>,
    /// Time spent in the engine.
    pub(crate) busy: Duration,
    /// The first file's streams have numbers, not names.
    numbered: bool,
    /// Of each line the prefix that its packets lack, and room for the packet behind it.
    prefix: [Option<Vec<u8>>; 2],
    prefix_bytes: usize,
}

impl<'a, E: Feed, W: Watch> Drive<'a, E, W> {
    /// Feeds `engine` from these files.
    pub(crate) fn new(
        engine: &'a mut E,
        watch: W,
        setup: &Setup,
        files: [Option<&Source>; 2],
    ) -> Self {
        let prefix_bytes = usize::from(setup.toe.prefix_bytes);
        // Only words come in the packets of a TOE, which may carry a prefix.
        let lacks = |file: Option<&Source>| {
            let packets = file.is_some_and(|file| file.format() != Format::Beats);
            (packets && prefix_bytes > 0).then(Vec::new)
        };
        let numbered =
            files[0].is_some_and(|file| matches!(file.format(), Format::Bin | Format::Beats));
        let prefix = files.map(lacks);
        let late = engine.is_late().then(|| Late {
            framing: Framing::new(setup),
            heard: VecDeque::new(),
            at: (0, 0),
        });
        Self { engine, watch, late, busy: Duration::ZERO, numbered, prefix, prefix_bytes }
    }

    fn feed(&mut self, input: Input<'_>) {
        let start = Instant::now();
        self.watch.begins(start);
        match &mut self.late {
            None => self.engine.feed(input, &mut self.watch),
            Some(late) => {
                late.framing.feed(input);
                self.engine.feed(input, &mut InTurn { late, watch: &mut self.watch });
            }
        }
        self.busy += start.elapsed();
    }

    pub(crate) fn goes_on(&self) -> bool {
        self.watch.goes_on() && !self.engine.failed()
    }

    pub(crate) fn named(&mut self, line: Line, session: u16, stream: &str) {
        let label = match line {
            Line::Market if self.numbered => Label::number(session),
            Line::Market => Label::name(stream),
            Line::Orders => Label::name(&feedback::label(stream)),
        };
        let session = line.session(session);
        match &mut self.late {
            None => self.watch.named(session, label),
            Some(late) => late.hear(Heard::Named(session, label)),
        }
    }

    pub(crate) fn reset(&mut self, line: Line, session: u16, resume: Resume) -> bool {
        self.watch.was_cut();
        self.feed(Input::Control(Control::Reset { line, session, resume }));
        let cut = self.watch.was_cut();
        self.late.as_ref().map_or(cut, |late| late.framing.was_cut())
    }

    pub(crate) fn bytes(&mut self, line: Line, session: u16, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match self.prefix[line as usize].take() {
            None => self.feed(Input::Packet { line, session, bytes }),
            Some(mut packet) => {
                packet.clear();
                packet.resize(self.prefix_bytes, 0);
                packet.extend_from_slice(bytes);
                self.feed(Input::Packet { line, session, bytes: &packet });
                self.prefix[line as usize] = Some(packet);
            }
        }
    }

    pub(crate) fn words(&mut self, line: Line, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.feed(Input::Words { line, bytes });
        }
    }

    pub(crate) fn fault(
        &mut self,
        line: Line,
        session: Option<u16>,
        stream: &str,
        code: FaultCode,
        (offset, length): (u64, u64),
    ) {
        let named = match line {
            Line::Market => (!stream.is_empty()).then(|| Label::name(stream)),
            Line::Orders => Some(Label::name(&feedback::label(stream))),
        };
        let named = if session.is_none() { named } else { None };
        let session = session.map(|session| line.session(session));
        let fault = Fault { code, session, offset, length, msg: None, line: None };
        match &mut self.late {
            None => self.watch.source_fault(&fault, named),
            Some(late) => late.hear(Heard::SourceFault(fault, named)),
        }
    }

    pub(crate) fn stop(&mut self) {
        self.feed(Input::Control(Control::Stop));
        if let Some(late) = &mut self.late {
            // What stands behind the last output.
            late.at = (u64::MAX, u64::MAX);
            InTurn { late, watch: &mut self.watch }.tell();
        }
    }
}
