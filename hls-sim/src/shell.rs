//! The shell around the stages: FIFOs, cycles, arbitration, stamps.
//!
//! ```text
//!      ┌▶ rx0 ─▶ decode   ─▶ items0 ─▶ ┐           ┌▶ intents ─▶ send    ─▶ tx1 ─▶ TOE1
//!  log ┴▶ rx1 ─▶ feedback ─▶ items1 ─▶ ┘ indicator └▶ records ─▶ publish ─▶ tx0 ─▶ TOE0
//! ```
//!
//! One cycle calls every stage once, the last one first: what a stage writes is read by the next
//! one in the cycle after. So each hop costs one cycle, and nothing runs through two stages at
//! once. A stage is called only when each of its outputs has room.

use tidegate_pipeline::Sink;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::kernel::{Event, Item, LoadLine, LogWord, item_kind, item_mark, log_op};
use tidegate_protocol::limits::{BEAT_BYTES, MAX_PACKET_BYTES};

use crate::card::Card;
use crate::error::{CardError, Wait, Waits};
use crate::fifo::{Fifo, FifoStats};
use crate::inject::{Injection, Script, Stage};
use crate::memory::{Accessor, HostPipe, Memory, packet};
use crate::room::writer::Word;
use crate::stage::{BackStages, DecodeStage, Given};
use crate::stamp::{MessageStamp, OrderStamp, Path, Stamps};
use crate::trace::Trace;

/// How a card is built and what is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What is assumed of it.
    pub card: Card,
    /// Bytes of a beat before decode: 16, or 8 or 1 for a narrower channel. Of the engine `sim`.
    pub width: u32,
    /// Cycles between two steps of a stage.
    pub ii: u64,
    /// A packet is handed to decode when it is whole: for comparison only.
    pub store_and_forward: bool,
    /// The decoded data are published.
    pub publishes: bool,
    /// Events and rows are mirrored to the host.
    pub mirrors: bool,
    /// The board has a host pipe; else a flag in DDR takes its place.
    pub host_pipe: bool,
    /// The words that leave are kept.
    pub keeps_words: bool,
    /// Each message is stamped. (Requests always are.)
    pub stamps: bool,
    /// These cycles are traced.
    pub trace: Option<std::ops::Range<u64>>,
    /// Faults of the card.
    pub script: Script,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            card: Card::default(),
            width: 16,
            ii: 1,
            store_and_forward: false,
            publishes: false,
            mirrors: false,
            host_pipe: true,
            keeps_words: false,
            stamps: false,
            trace: None,
            script: Script::default(),
        }
    }
}

/// What is seen of a TOE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToeStats {
    /// It is down.
    pub down: bool,
    /// Words received.
    pub received: u64,
    /// Words that came while it was down.
    pub received_lost: u64,
    /// Words sent.
    pub sent: u64,
    /// Words that could not be sent because it was down.
    pub sent_lost: u64,
}

/// What was counted of the cycles of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycles {
    /// All of them.
    pub total: u64,
    /// Words of both lines that were taken by decode and feedback.
    pub beats: u64,
    /// Cycles in which the input waited for the other line, or for a control word's turn.
    pub arbitration: u64,
    /// Of each FIFO: name, depth, and what was seen.
    pub fifos: Vec<(&'static str, usize, FifoStats)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    item: Item,
    path: Path,
}

/// The card does not go on; why is kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Halt;

/// Items of an open message, and stamps of words that were taken.
const TAKEN: usize = 4_096;

/// One card.
#[derive(Clone, Debug)]
pub struct Shell<D, B: BackStages> {
    options: Options,
    descriptor: Descriptor,
    decode: [D; 2],
    back: B,
    rx: [Fifo<LogWord>; 2],
    items: [Fifo<Held>; 2],
    intents: Fifo<(B::Intent, u64, Path)>,
    records: Fifo<B::Record>,
    lines: Fifo<LoadLine>,
    tx: [Fifo<(Word, Option<u32>)>; 2],
    /// The line whose words are taken.
    line: usize,
    cycle: u64,
    /// Cycles in which something moved last.
    moved: u64,
    /// Number of the word and the cycle in which it was taken, of each line.
    taken: [Box<[(u64, u64)]>; 2],
    words_in: [u64; 2],
    words_taken: [u64; 2],
    arbitration: u64,
    /// Of a packet under way (store and forward): words still to come, words that may be taken.
    packet: [Packet; 2],
    /// Path of the message under way at the indicator.
    path: Path,
    next_msg: u64,
    toes: [ToeStats; 2],
    /// Words that left, where they are kept.
    sent: [Vec<Word>; 2],
    stamps: Stamps,
    trace: Option<Trace>,
    memory: Memory,
    pipe: Option<HostPipe>,
    /// Lines of new parameters in the card's DDR, not yet read by `params`.
    block: std::collections::VecDeque<LoadLine>,
    /// Number of the next parameter block, and whether `params` saw its flag.
    blocks: u64,
    flag: bool,
    reading: bool,
    faults: Faults,
    /// The cycle in which the first bit turned over.
    flipped: Option<u64>,
    error: Option<CardError>,
    /// The card's counter as the host saw it last, and when it changed.
    seen: (u64, u64),
}

#[derive(Clone, Copy, Debug, Default)]
struct Packet {
    /// Words of the packet that are to come; 0: a header is next.
    to_come: u32,
    /// Words in rx that belong to a packet not yet whole.
    open: usize,
}

/// A script, sorted out.
#[derive(Clone, Debug, Default)]
struct Faults {
    any: bool,
    flips: Vec<(usize, u64, u32)>,
    stalls: Vec<(Stage, u64, Option<u64>)>,
    frozen_at: Option<u64>,
    down: Vec<(usize, u64)>,
    dma: Vec<u64>,
}

impl Faults {
    fn of(script: &Script) -> Self {
        let mut faults = Self { any: !script.0.is_empty(), ..Self::default() };
        for fault in &script.0 {
            match fault {
                Injection::CardAbsent | Injection::LoadFailure(_) => {}
                Injection::DmaTimeout(number) => faults.dma.push(*number),
                Injection::BitFlip { toe, word, bit } => faults.flips.push((*toe, *word, *bit)),
                Injection::Stall { stage, at, cycles } => {
                    faults.stalls.push((*stage, *at, *cycles));
                }
                Injection::CounterFrozen { at } => {
                    faults.frozen_at = Some(faults.frozen_at.map_or(*at, |old| old.min(*at)));
                }
                Injection::ToeDown { toe, at } => faults.down.push((*toe, *at)),
            }
        }
        faults
    }

    #[cold]
    fn stalls(&self, stage: Stage, cycle: u64) -> bool {
        self.stalls.iter().any(|(which, at, cycles)| {
            let ends = cycles.map_or(u64::MAX, |cycles| at.saturating_add(cycles));
            *which == stage && (*at..ends).contains(&cycle)
        })
    }

    /// A stage that stands still for ever.
    fn forever(&self, cycle: u64) -> Option<Stage> {
        let held = |(_, at, cycles): &&(Stage, u64, Option<u64>)| cycles.is_none() && *at <= cycle;
        self.stalls.iter().find(held).map(|(stage, ..)| *stage)
    }

    /// Whether a stall is under way that ends.
    fn waits(&self, cycle: u64) -> bool {
        self.stalls.iter().any(|(_, at, cycles)| {
            cycles.is_some_and(|cycles| (*at..at.saturating_add(cycles)).contains(&cycle))
        })
    }
}

/// Refuses what a script refuses before a card runs.
///
/// # Errors
/// As the script says.
pub fn open(script: &Script) -> Result<(), CardError> {
    for fault in &script.0 {
        match fault {
            Injection::CardAbsent => return Err(CardError::Absent),
            Injection::LoadFailure(reason) => {
                return Err(CardError::Load { reason: reason.clone() });
            }
            _ => {}
        }
    }
    Ok(())
}

impl<D: DecodeStage, B: BackStages> Shell<D, B> {
    /// A card with these stages.
    ///
    /// # Errors
    /// Where the script lets it be absent, or not load.
    pub fn new(
        options: Options,
        descriptor: Descriptor,
        decode: [D; 2],
        back: B,
    ) -> Result<Self, CardError> {
        open(&options.script)?;
        let mut depths = options.card.fifo_depths;
        if options.store_and_forward {
            // A whole packet must have its place.
            depths.rx = depths.rx.max(1 + MAX_PACKET_BYTES / BEAT_BYTES);
        }
        let taken = || vec![(u64::MAX, 0); TAKEN].into_boxed_slice();
        Ok(Self {
            faults: Faults::of(&options.script),
            stamps: Stamps::new(options.stamps),
            trace: options.trace.clone().map(Trace::new),
            pipe: options.host_pipe.then(HostPipe::new),
            descriptor,
            decode,
            back,
            rx: [Fifo::new(depths.rx), Fifo::new(depths.rx)],
            items: [Fifo::new(depths.items), Fifo::new(depths.items)],
            intents: Fifo::new(depths.intents),
            records: Fifo::new(depths.records),
            lines: Fifo::new(depths.lines),
            tx: [Fifo::new(depths.tx), Fifo::new(depths.tx)],
            line: 0,
            cycle: 0,
            moved: 0,
            taken: [taken(), taken()],
            words_in: [0; 2],
            words_taken: [0; 2],
            arbitration: 0,
            packet: [Packet::default(); 2],
            path: Path::default(),
            next_msg: 0,
            toes: [ToeStats::default(); 2],
            sent: [Vec::new(), Vec::new()],
            memory: Memory::default(),
            block: std::collections::VecDeque::new(),
            blocks: 0,
            flag: false,
            reading: false,
            flipped: None,
            error: None,
            seen: (0, 0),
            options,
        })
    }

    /// The stages behind decode.
    pub fn back(&self) -> &B {
        &self.back
    }

    /// How the card is built.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The cycle.
    pub fn cycle(&self) -> u64 {
        self.cycle
    }

    /// What was counted of the cycles.
    pub fn cycles(&self) -> Cycles {
        fn of<T>(name: &'static str, fifo: &Fifo<T>) -> (&'static str, usize, FifoStats) {
            (name, fifo.depth(), fifo.stats())
        }
        Cycles {
            total: self.cycle,
            beats: self.words_taken.iter().sum(),
            arbitration: self.arbitration,
            fifos: vec![
                of("rx0", &self.rx[0]),
                of("rx1", &self.rx[1]),
                of("items0", &self.items[0]),
                of("items1", &self.items[1]),
                of("intents", &self.intents),
                of("records", &self.records),
                of("lines", &self.lines),
                of("tx0", &self.tx[0]),
                of("tx1", &self.tx[1]),
            ],
        }
    }

    /// What is seen of a TOE: 0 or 1.
    pub fn toe(&self, toe: usize) -> ToeStats {
        self.toes[toe]
    }

    /// Words that a TOE sent, where they are kept.
    pub fn sent(&self, toe: usize) -> &[Word] {
        &self.sent[toe]
    }

    /// Accesses outside the chip.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// The host's ends of the host pipe, where the board has one.
    pub fn pipe(&mut self) -> Option<&mut HostPipe> {
        self.pipe.as_mut()
    }

    /// What was stamped.
    pub fn stamps(&self) -> &Stamps {
        &self.stamps
    }

    /// What was traced.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// The cycle in which the script turned over its first bit; `None` where no such word came.
    pub fn flipped(&self) -> Option<u64> {
        self.flipped
    }

    /// Why the card does not go on, if it does not.
    pub fn error(&self) -> Option<&CardError> {
        self.error.as_ref()
    }

    /// The next word of the log.
    ///
    /// # Errors
    /// When the card does not go on; from then on, always.
    pub fn word<S: Sink + ?Sized>(
        &mut self,
        word: &LogWord,
        sink: &mut S,
    ) -> Result<(), CardError> {
        let done = self.push(word, sink);
        self.why(done)
    }

    /// The error behind a halt.
    pub(crate) fn why(&self, done: Result<(), Halt>) -> Result<(), CardError> {
        match (done, &self.error) {
            (Err(Halt), Some(error)) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// As [`Shell::word`], with nothing to copy in the common case.
    #[inline]
    pub(crate) fn push<S: Sink + ?Sized>(
        &mut self,
        word: &LogWord,
        sink: &mut S,
    ) -> Result<(), Halt> {
        if self.error.is_some() {
            return Err(Halt);
        }
        let line = usize::from(word.line & 1);
        let is_word = word.op == log_op::WORD;
        let mut changed;
        let mut word = word;
        if self.faults.any {
            changed = *word;
            if !self.received(line, &mut changed) {
                return self.step(sink);
            }
            word = &changed;
        }
        self.toes[line].received += u64::from(is_word);
        if line != self.line || self.rx[line].is_full() {
            self.make_way(line, sink)?;
        }
        if self.options.store_and_forward {
            self.gather(line, word);
        }
        self.words_in[line] += u64::from(is_word);
        let slot = self.rx[line].slot();
        if is_word {
            // A word of the channel has nothing but its bytes; the rest is not read back.
            *slot = LogWord { line: word.line, word: word.word, ..LogWord::default() };
        } else {
            *slot = *word;
        }
        self.rx[line].commit();
        self.moved = self.cycle;
        self.step(sink)
    }

    /// Runs until a word of this line can be taken.
    #[cold]
    fn make_way<S: Sink + ?Sized>(&mut self, line: usize, sink: &mut S) -> Result<(), Halt> {
        loop {
            // A word of the other line waits until all of this one is through, and a packet that
            // is not whole waits no longer.
            if line != self.line {
                self.packet[self.line].open = 0;
            }
            if line != self.line && self.line_is_through() {
                self.line = line;
            }
            if line == self.line && !self.rx[line].is_full() {
                return Ok(());
            }
            if line != self.line {
                self.arbitration += 1;
            } else {
                self.rx[line].stall();
            }
            self.step(sink)?;
        }
    }

    /// Whether nothing of the line under way is on its way to the indicator.
    fn line_is_through(&self) -> bool {
        let line = self.line;
        self.rx[line].is_empty() && self.decode[line].is_idle() && self.items[line].is_empty()
    }

    /// What becomes of a word on its way in; `false` where it is lost.
    #[cold]
    fn received(&mut self, line: usize, word: &mut LogWord) -> bool {
        if word.op != log_op::WORD {
            return true;
        }
        for &(toe, number, bit) in &self.faults.flips {
            if toe == line && number == self.words_in[line] {
                word.word[(bit / 8) as usize] ^= 1 << (bit % 8);
                self.flipped.get_or_insert(self.cycle);
            }
        }
        self.toes[line].down = self.is_down(line);
        if self.toes[line].down {
            self.toes[line].received_lost += 1;
            self.words_in[line] += 1;
            return false;
        }
        true
    }

    fn is_down(&self, toe: usize) -> bool {
        self.faults.down.iter().any(|(which, at)| *which == toe && *at <= self.cycle)
    }

    /// Store and forward: a packet's words may be taken when the last one is there.
    fn gather(&mut self, line: usize, word: &LogWord) {
        let packet = &mut self.packet[line];
        if word.op != log_op::WORD {
            // A packet that a control word meets is handed on as far as it is there.
            packet.open = 0;
            if word.op == log_op::STOP {
                packet.to_come = 0;
            }
            return;
        }
        if packet.to_come == 0 {
            let header = self.descriptor.header(&word.word);
            let length = usize::from(header.length);
            // Where a link is dead there is nothing to wait for.
            if length <= MAX_PACKET_BYTES {
                packet.to_come = length.div_ceil(BEAT_BYTES) as u32;
            }
        } else {
            packet.to_come -= 1;
        }
        packet.open = if packet.to_come == 0 { 0 } else { packet.open + 1 };
    }

    /// New parameters come from the host: block and flag. The word that says from when they rule
    /// follows in the log. Whether the host lets them pass.
    ///
    /// # Errors
    /// When the transfer does not end, or the card does not go on.
    pub fn parameters<S: Sink + ?Sized>(
        &mut self,
        parameters: &Parameters,
        sink: &mut S,
    ) -> Result<bool, CardError> {
        // They are judged by what rules when everything before them is done.
        self.drain(sink)?;
        let number = self.blocks;
        self.blocks += 1;
        if self.faults.dma.contains(&number) {
            let waited_cycles = self.options.card.watchdog.cycles;
            self.cycle += waited_cycles;
            let halt = self.fail(CardError::DmaTimeout { number, waited_cycles });
            self.why(halt)?;
        }
        let Some(lines) = self.back.reload(parameters) else { return Ok(false) };
        self.memory.pcie(Accessor::Host, lines.len() as u64);
        self.memory.write(Accessor::Host, lines.len() as u64);
        self.block.extend(lines);
        match &mut self.pipe {
            // A pipe that is full would make the host wait: it never has more than one flag in it.
            Some(pipe) => pipe.to_card.write(packet(number)),
            None => {
                self.memory.pcie(Accessor::Host, 1);
                self.memory.write(Accessor::Host, 1);
                self.flag = true;
            }
        }
        Ok(true)
    }

    #[cold]
    fn fail(&mut self, error: CardError) -> Result<(), Halt> {
        self.error = Some(error);
        Err(Halt)
    }

    /// Runs until nothing is on its way.
    ///
    /// # Errors
    /// When the card does not go on.
    pub fn drain<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), CardError> {
        self.why(if self.error.is_some() { Err(Halt) } else { Ok(()) })?;
        self.packet.iter_mut().for_each(|packet| packet.open = 0);
        while !self.is_drained() {
            let done = self.step(sink);
            self.why(done)?;
        }
        Ok(())
    }

    /// As [`Shell::drain`], with what waits for its datagram; then tables and counters are those of
    /// all that came.
    ///
    /// # Errors
    /// When the card does not go on.
    pub fn finish<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), CardError> {
        self.drain(sink)?;
        self.back.flush();
        self.drain(sink)?;
        self.settle()
    }

    /// Counters as the host sees them.
    ///
    /// # Errors
    /// When an output is missing.
    pub fn settle(&mut self) -> Result<(), CardError> {
        let [a, b] = [self.decode[0].counts(), self.decode[1].counts()];
        match self.back.settle(a[1] + b[1], a[2] + b[2]) {
            Ok(()) => Ok(()),
            Err(error) => {
                let halt = self.fail(error);
                self.why(halt)
            }
        }
    }

    /// Whether nothing is on its way: every FIFO empty, every stage idle.
    pub fn is_drained(&self) -> bool {
        let line = |at: usize| {
            self.rx[at].is_empty()
                && self.items[at].is_empty()
                && self.tx[at].is_empty()
                && self.decode[at].is_idle()
        };
        line(0)
            && line(1)
            && self.intents.is_empty()
            && self.records.is_empty()
            && self.lines.is_empty()
            && self.block.is_empty()
            && self.back.indicator_is_idle()
            && self.back.send_is_idle()
            && self.back.publish_is_idle()
    }

    /// One cycle; and what ends a run that does not go on.
    #[inline]
    fn step<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), Halt> {
        self.cycle += 1;
        // What is pipelined with II = n takes an input every n cycles.
        if self.options.ii == 1 || self.cycle.is_multiple_of(self.options.ii) {
            self.stages(sink)?;
        }
        if self.trace.is_some() {
            self.trace_levels();
        }
        if self.cycle - self.moved > self.patience() {
            return self.stuck();
        }
        if self.faults.any {
            return self.watchdog();
        }
        Ok(())
    }

    fn patience(&self) -> u64 {
        64 + 4 * self.options.ii
    }

    #[cold]
    fn stuck(&mut self) -> Result<(), Halt> {
        if self.is_drained() || self.faults.waits(self.cycle) {
            self.moved = self.cycle;
            return Ok(());
        }
        let (cycle, waits) = (self.cycle, self.waits());
        let held = self.faults.forever(cycle);
        self.fail(CardError::Deadlock { cycle, waits, held })
    }

    /// Who waits for whom.
    fn waits(&self) -> Waits {
        let mut waits = Vec::new();
        let mut wait = |is: bool, who, what, of| {
            if is {
                waits.push(Wait { who, what, of });
            }
        };
        let names = [["decode", "items0", "rx0"], ["feedback", "items1", "rx1"]];
        for (at, [stage, items, rx]) in names.into_iter().enumerate() {
            wait(self.rx[at].is_full(), "the arbiter", "room in the FIFO", rx);
            wait(!self.rx[at].is_empty() && !self.items[at].is_full(), rx, "a step", stage);
            wait(self.items[at].is_full(), stage, "room in the FIFO", items);
            wait(!self.items[at].is_empty(), items, "a step", "indicator");
        }
        wait(self.intents.is_full(), "indicator", "room in the FIFO", "intents");
        wait(self.records.is_full(), "indicator", "room in the FIFO", "records");
        let reload = self.reading || !self.block.is_empty() || !self.lines.is_empty();
        wait(reload, "indicator", "a parameter block", "params");
        let front = |at: usize| self.items[at].front().map(|held| held.item.kind);
        let parameters = [front(0), front(1)].contains(&Some(item_kind::PARAMETERS));
        wait(parameters && !reload, "indicator", "a parameter block", "host");
        wait(!self.intents.is_empty(), "intents", "a step", "send");
        wait(!self.records.is_empty(), "records", "a step", "publish");
        wait(self.tx[1].is_full(), "send", "room in the FIFO", "tx1");
        wait(self.tx[0].is_full(), "publish", "room in the FIFO", "tx0");
        wait(!self.tx[1].is_empty(), "tx1", "a step", "TOE1");
        wait(!self.tx[0].is_empty(), "tx0", "a step", "TOE0");
        Waits(waits)
    }

    /// The host looks whether the card's counter goes on.
    #[cold]
    fn watchdog(&mut self) -> Result<(), Halt> {
        let counter = self.faults.frozen_at.map_or(self.cycle, |at| at.min(self.cycle));
        if counter != self.seen.0 {
            self.seen = (counter, self.cycle);
            return Ok(());
        }
        let waited_cycles = self.cycle - self.seen.1;
        if waited_cycles < self.options.card.watchdog.cycles {
            return Ok(());
        }
        self.fail(CardError::CounterFrozen { counter, waited_cycles })
    }

    #[inline]
    fn runs(&self, stage: Stage) -> bool {
        !self.faults.any || !self.faults.stalls(stage, self.cycle)
    }

    /// Every stage once, the last one first.
    #[inline]
    fn stages<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), Halt> {
        self.transmit();
        if !self.records.is_empty() || !self.back.publish_is_idle() {
            self.publish();
        }
        if !self.intents.is_empty() || !self.back.send_is_idle() {
            self.send(sink)?;
        }
        let line = self.line;
        if !self.items[0].is_empty()
            || !self.items[1].is_empty()
            || !self.lines.is_empty()
            || !self.back.indicator_is_idle()
        {
            self.indicator(sink)?;
        }
        if !self.block.is_empty() {
            self.params();
        }
        // Only one of the two lines has words at a time: the other one is through.
        if !self.rx[line].is_empty() || !self.decode[line].is_idle() {
            self.decode(line);
        }
        Ok(())
    }

    /// Each TOE takes a word.
    #[inline]
    fn transmit(&mut self) {
        for toe in 0..2 {
            if self.tx[toe].is_empty() {
                continue;
            }
            let stage = if toe == 0 { Stage::Toe0 } else { Stage::Toe1 };
            if !self.runs(stage) {
                continue;
            }
            let Some((word, first)) = self.tx[toe].try_read() else { continue };
            self.moved = self.cycle;
            if self.faults.any {
                self.toes[toe].down = self.is_down(toe);
            }
            if self.toes[toe].down {
                self.toes[toe].sent_lost += 1;
                continue;
            }
            self.toes[toe].sent += 1;
            if let Some(order) = first {
                self.stamps.order_at_toe(order, self.cycle);
            }
            if self.options.keeps_words {
                self.sent[toe].push(word);
            }
            if let Some(trace) = &mut self.trace {
                trace.sends(self.cycle, toe, &word);
            }
        }
    }

    fn publish(&mut self) {
        if self.tx[0].is_full() {
            self.tx[0].stall();
            return;
        }
        if !self.runs(Stage::Publish) {
            return;
        }
        let written = self.back.publish(self.records.front());
        if written.took {
            self.records.drop_front();
        }
        if let Some(word) = written.word {
            self.tx[0].write((word, None));
        }
        if written.took || written.word.is_some() {
            self.moved = self.cycle;
        }
    }

    fn send<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), Halt> {
        if self.tx[1].is_full() {
            self.tx[1].stall();
            return Ok(());
        }
        if !self.runs(Stage::Send) {
            return Ok(());
        }
        let intent = self.intents.front().map(|(intent, ..)| intent);
        let written = match self.back.send(intent, sink) {
            Ok(written) => written,
            Err(error) => return self.fail(error),
        };
        let mut first = None;
        if written.took
            && let Some((_, msg, path)) = self.intents.try_read()
        {
            first = Some(self.stamps.order_taken(msg, path, self.cycle));
        }
        if let Some(word) = written.word {
            self.tx[1].write((word, first));
        }
        if written.took || written.word.is_some() {
            self.moved = self.cycle;
        }
        Ok(())
    }

    #[inline]
    fn indicator<S: Sink + ?Sized>(&mut self, sink: &mut S) -> Result<(), Halt> {
        if self.intents.is_full() {
            self.intents.stall();
            return Ok(());
        }
        if self.records.is_full() {
            self.records.stall();
            return Ok(());
        }
        if !self.runs(Stage::Indicator) {
            return Ok(());
        }
        let from = usize::from(self.items[self.line].is_empty()) ^ self.line;
        let held = self.items[from].front();
        let mut out = Given::default();
        let item = held.map(|held| &held.item);
        if let Err(error) = self.back.indicator(item, self.lines.front(), &mut out, sink) {
            return self.fail(error);
        }
        let moved = out.took || out.took_line || out.busy;
        // What an epoch asks for leaves before its message is taken.
        let ahead = match held {
            Some(Held { item, path }) if out.intent.is_some() && !out.took => {
                let begins = item.marks & item_mark::BEGINS != 0;
                begins.then_some(Path { items: 1, judged: path.released + 1, ..*path })
            }
            _ => None,
        };
        if out.took
            && let Some(Held { item, path }) = held
        {
            let (begins, ends) =
                (item.marks & item_mark::BEGINS != 0, item.marks & item_mark::ENDS != 0);
            if begins {
                self.path = *path;
                self.path.items = 0;
            }
            self.path.items += 1;
            self.path.released = path.released;
            self.path.judged = self.cycle;
            if ends {
                self.stamps.message(MessageStamp {
                    msg: self.next_msg,
                    msg_type: item.msg_type,
                    line: item.line,
                    path: self.path,
                });
                self.next_msg += 1;
            }
            self.items[from].drop_front();
        }
        if out.took_line {
            self.lines.drop_front();
        }
        if let Some(record) = out.record {
            self.records.write(record);
        }
        if let Some((intent, msg)) = out.intent {
            let path = match ahead {
                Some(path) if msg == self.next_msg => path,
                _ => self.path,
            };
            self.intents.write((intent, msg, Path { decided: self.cycle, ..path }));
        }
        if out.events > 0 && self.options.mirrors {
            let words = u64::from(out.events) * (Event::BYTES as u64).div_ceil(64);
            self.memory.write(Accessor::Mirror, words);
            self.memory.pcie(Accessor::Mirror, u64::from(out.events));
        }
        if moved {
            self.moved = self.cycle;
        }
        Ok(())
    }

    /// The kernel `params`: looks for a flag, then reads a line a step.
    fn params(&mut self) {
        if !self.runs(Stage::Params) {
            return;
        }
        if !self.reading {
            self.reading = match &mut self.pipe {
                Some(pipe) => pipe.to_card.try_read().is_some(),
                None => {
                    self.memory.read(Accessor::Params, 1);
                    std::mem::take(&mut self.flag)
                }
            };
            self.moved = self.cycle;
            return;
        }
        if self.lines.is_full() {
            self.lines.stall();
            return;
        }
        if let Some(line) = self.block.pop_front() {
            self.memory.read(Accessor::Params, 1);
            self.lines.write(line);
            self.moved = self.cycle;
        }
        if self.block.is_empty() {
            self.reading = false;
            if let Some(pipe) = &mut self.pipe {
                // The host may leave its end unread: then it learns less, and nothing waits for it.
                let _ = pipe.to_host.try_write(packet(self.blocks - 1));
            }
        }
    }

    #[inline]
    fn decode(&mut self, line: usize) {
        if self.items[line].is_full() {
            self.items[line].stall();
            return;
        }
        let stage = if line == 0 { Stage::Decode } else { Stage::Feedback };
        if !self.runs(stage) {
            return;
        }
        let whole = self.rx[line].len() > self.packet[line].open;
        let input = self.rx[line].front().filter(|_| whole);
        let slot = self.items[line].slot();
        let stepped = self.decode[line].step(input, &mut slot.item);
        if let Some(trace) = &mut self.trace {
            let word = input.filter(|_| stepped.took);
            trace.decodes(self.cycle, line, word, stepped.gave.then_some(&slot.item));
        }
        let narrow = self.options.width < 16 && input.is_some();
        let is_word = input.is_some_and(|input| input.op == log_op::WORD);
        if stepped.took {
            if is_word {
                let number = self.words_taken[line];
                self.taken[line][number as usize % TAKEN] = (number, self.cycle);
                self.words_taken[line] += 1;
            }
            self.rx[line].drop_front();
        }
        if stepped.gave {
            let slot = self.items[line].slot();
            let (number, taken) = self.taken[line][slot.item.beat as usize % TAKEN];
            let taken = if number == slot.item.beat { taken } else { self.cycle };
            slot.path = Path { taken, released: self.cycle, ..Path::default() };
            self.items[line].commit();
        }
        // Closing a line takes a step a session, and gives nothing for most; a narrow channel takes
        // several steps a word.
        if stepped.took || stepped.gave || narrow || !self.decode[line].is_idle() {
            self.moved = self.cycle;
        }
    }

    #[cold]
    fn trace_levels(&mut self) {
        let levels = [
            ("rx0", self.rx[0].len()),
            ("rx1", self.rx[1].len()),
            ("items0", self.items[0].len()),
            ("items1", self.items[1].len()),
            ("intents", self.intents.len()),
            ("records", self.records.len()),
            ("tx0", self.tx[0].len()),
            ("tx1", self.tx[1].len()),
        ];
        if let Some(trace) = &mut self.trace {
            trace.levels(self.cycle, &levels);
        }
    }
}

impl<D, B: BackStages> Shell<D, B> {
    /// Requests that left, with their stamps.
    pub fn orders(&self) -> &[OrderStamp] {
        self.stamps.orders()
    }
}
