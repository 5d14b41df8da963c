//! The stage `indicator` of the kernels as an engine: the rooms before it and behind it are the
//! native ones.

use std::collections::VecDeque;

use tidegate_hls_sim::kernel_c::indicator::IndicatorC;
use tidegate_hls_sim::kernel_engine::{Tee, depth_of, row_of};
use tidegate_pipeline::account::Account;
use tidegate_pipeline::decode::{self, RecordSink};
use tidegate_pipeline::engine::Book;
use tidegate_pipeline::events::{self, Delivery};
use tidegate_pipeline::feedback::{Report, Request};
use tidegate_pipeline::frame::{Frame, FrameSink, Framer, Verdict};
use tidegate_pipeline::image::{self, Room};
use tidegate_pipeline::order::{Fields, Templates};
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::record::{End, Entry, Head, Queue, RECORD_BYTES, Tick, flag};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::toe::{Out, Toe};
use tidegate_pipeline::{
    Control, Counters, Engine, Evidence, Fault, Identity, Input, Line, Record, Setup, Sink,
};
use tidegate_protocol::kernel::{
    Event, Intent, Item, LoadLine, ReportFields, event_kind, event_mark, item_kind, item_mark,
};
use tidegate_protocol::limits::{MAX_REQUESTS, MAX_SECURITIES, MAX_SESSIONS};
use tidegate_protocol::{FaultCode, PROTOCOL_ID};

const NONE: u16 = u16::MAX;
/// No item waits for more steps: a search of the whole record table, or a scan of it with two steps
/// for each row, sixteen times in a message.
const PATIENCE: usize = 40 * MAX_REQUESTS;

/// Frames and records on their way to items.
#[derive(Default)]
struct Collect {
    items: Vec<Item>,
    line: u8,
    beat: u64,
    checksum: Option<Fault>,
}

fn words<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut out = [0; N];
    for (word, bytes) in out.iter_mut().zip(bytes.chunks(8)) {
        let mut whole = [0; 8];
        whole[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_le_bytes(whole);
    }
    out
}

impl Collect {
    fn item(&self, kind: u8) -> Item {
        let (line, beat) = (self.line, self.beat);
        Item { session: NONE, kind, beat, line, ..Item::default() }
    }

    fn fault(&mut self, fault: &Fault, marks: u8) {
        let session = fault.session.unwrap_or(NONE);
        let (offset, length, fault_a) = (fault.offset, fault.length, fault.code as u8);
        let bare = self.item(item_kind::BARE);
        self.items.push(Item { session, offset, length, fault_a, marks, ..bare });
    }

    fn line_fault(&mut self, code: FaultCode, session: Option<u16>, offset: u64, length: u64) {
        let fault = Fault { code, session, offset, length, msg: None, line: None };
        self.fault(&fault, item_mark::LINK);
    }

    fn framed(&self, kind: u8, frame: &Frame<'_>) -> Item {
        let (session, offset, msg_type) = (frame.session, frame.offset, frame.msg_type);
        Item { session, offset, msg_type, ..self.item(kind) }
    }

    fn record(&mut self, record: Record<'_>) {
        let (tag, bytes) = (record.tag(), record.to_bytes());
        self.items.push(Item {
            session: tag.session,
            offset: tag.offset,
            msg_type: tag.msg_type,
            flags: tag.flags,
            payload: words(&bytes[24..RECORD_BYTES]),
            ..self.item(tag.kind as u8)
        });
    }
}

impl RecordSink for Collect {
    fn tick(&mut self, tick: &mut Tick) {
        self.record(Record::Tick(tick));
    }
    fn head(&mut self, head: &mut Head) {
        self.record(Record::Head(head));
    }
    fn entry(&mut self, entry: &mut Entry) {
        self.record(Record::Entry(entry));
    }
    fn queue(&mut self, queue: &mut Queue) {
        self.record(Record::Queue(queue));
    }
    fn end(&mut self, end: &mut End) {
        self.record(Record::End(end));
    }
}

impl FrameSink for Collect {
    fn frame(&mut self, frame: Frame<'_>) {
        let first = self.items.len();
        let checksum = self.checksum.take();
        let flags = match frame.verdict {
            Verdict::Intact | Verdict::Skipped => Some(0),
            Verdict::Flagged => Some(flag::BAD_CHECKSUM),
            Verdict::Dropped => None,
        };
        let (mut surplus, mut fault_b) = (0, 0);
        if let Some(flags) = flags {
            match decode::decode(&frame, flags, self) {
                Ok(known) => {
                    surplus = frame.body().len().saturating_sub(known.0) as u32;
                    if flags == 0
                        && let Some(report) = Report::parse(frame.msg_type, frame.body())
                    {
                        let mut bytes = [0; ReportFields::BYTES];
                        events::report_fields(&report).emit(&mut bytes);
                        let payload = words(&bytes[24..]);
                        let item = self.framed(item_kind::REPORT, &frame);
                        self.items.push(Item { payload, ..item });
                    }
                }
                Err(code) => fault_b = code as u8,
            }
        }
        if self.items.len() == first {
            self.items.push(self.framed(item_kind::BARE, &frame));
        }
        let item = &mut self.items[first];
        item.marks |= item_mark::BEGINS;
        item.fault_a = checksum.map_or(0, |fault| fault.code as u8);
        item.fault_b = fault_b;
        item.length = match checksum {
            Some(fault) => fault.length,
            None if fault_b != 0 => frame.bytes.len() as u64,
            None => 0,
        };
        let last = self.items.last_mut().expect("at least one");
        last.marks |= item_mark::ENDS;
        last.surplus = surplus;
    }

    fn fault(&mut self, fault: Fault, _bytes: &[u8]) {
        if fault.msg.is_some() {
            self.checksum = Some(fault);
        } else {
            Collect::fault(self, &fault, 0);
        }
    }
}

/// The stage, and the native rooms around it.
pub struct Bench {
    toe: [Toe; 2],
    framer: Framer,
    items: Collect,
    lines: VecDeque<LoadLine>,
    stage: IndicatorC,
    delivery: Delivery,
    account: Account,
    quotes: QuoteTable,
    trading: Option<TradingSetup>,
    templates: Option<Templates>,
    parameters: Option<Parameters>,
    epochs: usize,
    /// One load line a step, not as many as are taken.
    pub slow_lines: bool,
}

impl Bench {
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Self {
        let room = Room { securities: MAX_SECURITIES, requests: MAX_REQUESTS };
        let lines = image::lines(setup, collected, room).expect("an image");
        let sessions = MAX_SESSIONS as u16;
        Self {
            toe: std::array::from_fn(|_| Toe::new(setup.toe, sessions)),
            framer: Framer::new(2 * sessions, setup.checksum),
            items: Collect::default(),
            stage: IndicatorC::new(&lines),
            lines: lines.into(),
            delivery: Delivery::default(),
            account: Account::default(),
            quotes: QuoteTable::new(setup.row_names(collected)).expect("rows"),
            templates: setup.trading.as_ref().map(|t| Templates::new(&t.template)),
            parameters: setup.trading.as_ref().map(|t| t.parameters),
            trading: setup.trading.clone(),
            epochs: 0,
            slow_lines: false,
        }
    }

    /// Offers load lines as long as they are taken.
    fn load(&mut self) {
        while let Some(line) = self.lines.front()
            && self.stage.load(line)
        {
            self.lines.pop_front();
            if self.slow_lines {
                break;
            }
        }
    }

    fn step(&mut self, item: Option<&Item>, sink: &mut dyn Sink) -> bool {
        self.load();
        let out = self.stage.step(item);
        let mut tap = Tee { account: &mut self.account, sink, epochs: &mut self.epochs };
        if let Some(event) = &out.event {
            assert!(event.has & event_mark::RECORD == 0 || event.kind <= 6, "kind of a record");
            self.delivery.event(event, &mut tap).expect("an event");
        }
        if let Some(intent) = &out.intent {
            let request = request(intent, self.trading.as_ref(), self.templates.as_mut());
            self.delivery.event(&request, &mut tap).expect("a request");
        }
        out.took
    }

    fn take(&mut self, item: &Item, sink: &mut dyn Sink) {
        for _ in 0..PATIENCE {
            if self.step(Some(item), sink) {
                return;
            }
        }
        panic!("an item is not taken: {item:?}");
    }

    /// Everything that follows from what was taken is out.
    fn drain(&mut self, sink: &mut dyn Sink) {
        for _ in 0..PATIENCE {
            if self.stage.is_idle() {
                return;
            }
            self.step(None, sink);
        }
        panic!("the stage does not come to rest, {} lines left", self.lines.len());
    }

    fn packet(&mut self, line: Line, session: u16, bytes: &[u8]) {
        let length = bytes.len() as u64;
        if usize::from(session) >= MAX_SESSIONS {
            self.items.line_fault(FaultCode::ToeSession, None, 0, length);
            return;
        }
        let session = line.session(session);
        match self.toe[line as usize].strip_prefix(bytes) {
            Some(bytes) => self.framer.push(session, bytes, &mut self.items),
            None => self.items.line_fault(FaultCode::ToePrefix, Some(session), 0, length),
        }
    }

    fn words(&mut self, line: Line, words: &[u8]) {
        let Self { toe, framer, items, .. } = self;
        toe[line as usize].push(words, |out| match out {
            Out::Bytes { session, bytes } => framer.push(line.session(session), bytes, items),
            Out::Fault { code, session, offset, length } => {
                items.line_fault(code, session.map(|s| line.session(s)), offset, length);
            }
        });
    }

    fn stop(&mut self) {
        let Self { toe, framer, items, .. } = self;
        for (line, toe) in [Line::Market, Line::Orders].into_iter().zip(toe) {
            items.line = line as u8;
            toe.stop(|out| {
                if let Out::Fault { code, session, offset, length } = out {
                    items.line_fault(code, session.map(|s| line.session(s)), offset, length);
                }
            });
            framer.stop(line.session(0)..line.session(MAX_SESSIONS as u16), items);
            let stopped = items.item(item_kind::STOPPED);
            items.items.push(stopped);
        }
    }

    /// What the host does with parameters of a live run.
    fn parameters(&mut self, new: &Parameters) {
        let kind = item_kind::PARAMETERS;
        let epochs = self.trading.as_ref().map_or(0, |trading| trading.epochs.len());
        let fits = self.trading.as_ref().is_some_and(|trading| {
            let before = match self.epochs {
                0 => self.parameters,
                _ => self
                    .parameters
                    .filter(|_| epochs == 0)
                    .or_else(|| trading.epochs.last().map(|epoch| epoch.parameters)),
            };
            self.epochs >= epochs
                && before.is_some_and(|before| trading.bounds.check_change(&before, new).is_ok())
        });
        let item = Item { operand: u64::from(!fits), ..self.items.item(kind) };
        if fits {
            self.parameters = Some(*new);
            if let Some(trading) = &mut self.trading {
                // From here on only the hand changes them.
                trading.epochs.clear();
            }
            self.lines.extend(image::live(new, &self.quotes));
        }
        self.items.items.push(item);
    }

    /// Reads the tables back.
    fn close(&mut self) {
        for at in 0..self.stage.securities() {
            let depth = self.stage.depth(at);
            let reserved = depth.levels[1..].iter().position(|level| level.reserved != 0);
            assert_eq!(reserved, None, "Reserved of a level behind the first");
            self.quotes.rows[at] = row_of(&self.stage.quote_row(at));
            self.quotes.depths[at] = depth_of(&depth);
        }
        let requests: Vec<Request> = (0..self.stage.requests())
            .map(|at| events::request(&self.stage.request(at)).expect("a row"))
            .collect();
        let mut counters = self.stage.counters();
        let dead_links = self.toe.iter().map(Toe::swallowed_bytes).sum::<u64>();
        counters.bytes[0] = self.framer.bytes();
        counters.swallowed[0] = self.framer.swallowed_bytes() + dead_links;
        self.account.close(&counters, requests).expect("nothing is lost");
        self.delivery.finish().expect("nothing is left");
        assert_eq!(self.stage.is_guarded(), self.account.book().guarded, "guard");
        assert_eq!(self.stage.outstanding(), self.account.book().outstanding, "outstanding");
    }
}

/// What `send` makes of an intent.
fn request(
    intent: &Intent,
    trading: Option<&TradingSetup>,
    templates: Option<&mut Templates>,
) -> Event {
    let ids = trading.expect("orders need triggers").cl_ord_ids;
    let templates = templates.expect("orders need templates");
    let fields = Fields {
        cl_ord_id: ids.id(intent.row),
        security: intent.security,
        side: intent.side,
        quantity: intent.quantity,
        time: intent.time,
    };
    let frame: Vec<u8> = match intent.of {
        u32::MAX => {
            assert_eq!(intent.order_id, [b' '; 16], "OrderID of an order");
            templates.order(&fields, intent.price).to_vec()
        }
        of => templates.cancel(&fields, ids.id(of), intent.order_id).to_vec(),
    };
    Event {
        kind: event_kind::REQUEST,
        msg: intent.decision,
        msg_type: intent.row,
        session: frame.len() as u16,
        body: words(&frame),
        ..Event::default()
    }
}

impl Engine for Bench {
    fn identity(&self) -> Identity {
        Identity { name: "indicator", protocol_id: PROTOCOL_ID, evidence: Evidence::Emulated }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        self.items.beat += 1;
        let line = match input {
            Input::Packet { line, .. } | Input::Words { line, .. } => line,
            Input::Control(Control::Reset { line, .. }) => line,
            _ => Line::Market,
        };
        self.items.line = line as u8;
        match input {
            Input::Packet { line, session, bytes } => self.packet(line, session, bytes),
            Input::Words { line, bytes } => self.words(line, bytes),
            Input::Control(Control::Reset { line, session, resume }) => {
                if usize::from(session) >= MAX_SESSIONS {
                    self.items.line_fault(FaultCode::ToeSession, None, 0, 0);
                } else {
                    self.toe[line as usize].reset(session);
                    self.framer.reset(line.session(session), resume, &mut self.items);
                }
            }
            Input::Control(Control::Kill { on }) => {
                let item = self.items.item(item_kind::KILL);
                self.items.items.push(Item { operand: u64::from(on), ..item });
            }
            Input::Control(Control::Stop) => self.stop(),
            Input::Parameters(new) => self.parameters(new),
        }
        for item in std::mem::take(&mut self.items.items) {
            self.take(&item, sink);
        }
        self.drain(sink);
        if matches!(input, Input::Control(Control::Stop)) {
            self.close();
        }
    }

    fn counters(&self) -> &Counters {
        self.account.counters()
    }

    fn quotes(&self) -> &QuoteTable {
        &self.quotes
    }

    fn book(&self) -> Option<Book<'_>> {
        self.trading.as_ref().map(|_| self.account.book())
    }
}
