//! The engine `kernel-c`: the same shell around the stages of the kernels, compiled natively.

use std::collections::VecDeque;

use tidegate_pipeline::account::Account;
use tidegate_pipeline::decision::Outcome;
use tidegate_pipeline::engine::{Book, EngineFailure};
use tidegate_pipeline::events::{self, Delivery, EventError};
use tidegate_pipeline::feedback::Reported;
use tidegate_pipeline::image::{self, Room};
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::quote::{Depth, Level, QuoteTable, Row, Totals};
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::setup::TradingSetup;
use tidegate_pipeline::{
    Counters, Decision, Engine, Evidence, Fault, Identity, IndexPoint, Input, Line, Outgoing,
    Record, Setup, Sink,
};
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::{Event, Intent, Item, LoadLine, LogWord, QuoteRow};
use tidegate_protocol::limits::{BOOK_LEVELS, MAX_REQUESTS, MAX_SECURITIES};
use tidegate_protocol::units::{PxE6, QtyE2};

use crate::engine::{failed, feed};
use crate::error::CardError;
use crate::kernel_c::decode::DecodeC;
use crate::kernel_c::indicator::{DepthRow, IndicatorC};
use crate::kernel_c::publish::{Publish, Published};
use crate::kernel_c::send::Send;
use crate::room::decode::Stepped;
use crate::shell::{Options, Shell};
use crate::stage::{BackStages, DecodeStage, Given, Written};

/// Its name on the command line.
const NAME: &str = "kernel-c";

impl DecodeStage for DecodeC {
    fn step(&mut self, input: Option<&LogWord>, out: &mut Item) -> Stepped {
        let (took, item) = DecodeC::step(self, input);
        if let Some(item) = item {
            *out = item;
        }
        Stepped { took, gave: item.is_some() }
    }

    fn is_idle(&self) -> bool {
        DecodeC::is_idle(self)
    }

    fn counts(&self) -> [u64; 3] {
        let counters = self.counters();
        [counters.words, counters.bytes, counters.swallowed]
    }
}

/// What comes out goes to the sink, and is counted.
pub struct Tee<'a, S: ?Sized> {
    /// Counts it.
    pub account: &'a mut Account,
    /// Epochs that took effect.
    pub epochs: &'a mut usize,
    /// Where it goes.
    pub sink: &'a mut S,
}

impl<S: Sink + ?Sized> Sink for Tee<'_, S> {
    fn record(&mut self, record: Record<'_>) {
        self.account.record(record);
        self.sink.record(record);
    }
    fn fault(&mut self, fault: &Fault) {
        self.account.fault(fault);
        self.sink.fault(fault);
    }
    fn index(&mut self, point: &IndexPoint) {
        self.account.index(point);
        self.sink.index(point);
    }
    fn report(&mut self, report: &Reported) {
        self.account.report(report);
        self.sink.report(report);
    }
    fn decision(&mut self, decision: &Decision) {
        *self.epochs += usize::from(decision.outcome == Outcome::Epoch);
        self.account.decision(decision);
        self.sink.decision(decision);
    }
    fn order(&mut self, order: &Outgoing<'_>) {
        self.account.order(order);
        self.sink.order(order);
    }
    fn message(&mut self, msg: u64, msg_type: u32) {
        self.account.message(msg, msg_type);
        self.sink.message(msg, msg_type);
    }
}

/// The stages of the kernels behind decode, and what the host keeps of them.
#[derive(Clone, Debug)]
pub struct KernelBack {
    indicator: IndicatorC,
    send: Send,
    publish: Publish,
    publishes: bool,
    /// Lines of later epochs, which `params` hands on one a step.
    lines: VecDeque<LoadLine>,
    delivery: Delivery,
    account: Account,
    /// Epochs that took effect, those of a live run included.
    epochs: usize,
    quotes: QuoteTable,
    trading: Option<TradingSetup>,
    /// Parameters of a live run that were accepted last.
    live: Option<Parameters>,
    flush: bool,
}

impl KernelBack {
    /// The stages, loaded with a setup.
    ///
    /// # Errors
    /// When the securities have no map, or there are too many.
    pub fn new(
        setup: &Setup,
        collected: &[SecurityId],
        publishes: bool,
    ) -> Result<Self, CardError> {
        let room = Room { securities: MAX_SECURITIES, requests: MAX_REQUESTS };
        let mut lines: VecDeque<LoadLine> = image::lines(setup, collected, room)?.into();
        let mut back = Self {
            indicator: IndicatorC::new(lines.make_contiguous()),
            send: Send::new(setup.toe),
            publish: Publish::new(setup.toe),
            publishes,
            lines: VecDeque::new(),
            delivery: Delivery::default(),
            account: Account::default(),
            epochs: 0,
            quotes: QuoteTable::new(setup.row_names(collected))?,
            trading: setup.trading.clone(),
            live: None,
            flush: false,
        };
        for line in &lines {
            back.send.load(line);
            back.publish.load(line);
        }
        while let Some(line) = lines.front()
            && back.indicator.load(line)
        {
            lines.pop_front();
        }
        back.lines = lines;
        back.read_rows();
        Ok(back)
    }

    /// Whether parameters of a live run may follow those of now.
    fn permits(&self, new: &Parameters) -> bool {
        let Some(trading) = &self.trading else { return false };
        let now = match (self.live.as_ref(), self.epochs.checked_sub(1)) {
            (Some(live), _) => live,
            (None, Some(last)) => &trading.epochs[last].parameters,
            (None, None) => &trading.parameters,
        };
        // An epoch that is still to come would undo them.
        let whole = self.live.is_some() || self.epochs == trading.epochs.len();
        whole && trading.bounds.check_change(now, new).is_ok()
    }

    /// The host's copy of the rows.
    fn read_rows(&mut self) {
        for at in 0..self.indicator.securities() {
            self.quotes.rows[at] = row_of(&self.indicator.quote_row(at));
            self.quotes.depths[at] = depth_of(&self.indicator.depth(at));
        }
    }
}

/// A row of the quote table, as the kernels lay it out.
pub fn row_of(row: &QuoteRow) -> Row {
    Row {
        security: row.security,
        phase: row.phase,
        time: row.time,
        trade_time: row.trade_time,
        snapshot_time: row.snapshot_time,
        prev_close: row.prev_close,
        limit_up: row.limit_up,
        limit_down: row.limit_down,
        ticks: Totals {
            last: row.ticks_last,
            open: row.ticks_open,
            high: row.ticks_high,
            low: row.ticks_low,
            volume: row.ticks_volume,
            value_e6: row.ticks_value,
            num_trades: row.ticks_num_trades,
        },
        snapshot: Totals {
            last: row.snapshot_last,
            open: row.snapshot_open,
            high: row.snapshot_high,
            low: row.snapshot_low,
            volume: row.snapshot_volume,
            value_e6: row.snapshot_value,
            num_trades: row.snapshot_num_trades,
        },
        orders: row.orders,
        trades: row.trades,
        cancels: row.cancels,
        snapshots: row.snapshots,
    }
}

/// Its levels and queues.
pub fn depth_of(depth: &DepthRow) -> Depth {
    let level = |at: usize| {
        let level = &depth.levels[at];
        Level {
            price: PxE6(level.price.0),
            quantity: level.quantity,
            orders: level.orders,
            queue_at: level.queue_at,
            queue_len: level.queue_len,
        }
    };
    Depth {
        levels: std::array::from_fn(|side| {
            std::array::from_fn(|at| level(side * BOOK_LEVELS + at))
        }),
        queue: depth.queue.map(QtyE2),
        queue_len: depth.levels[0].reserved as u16,
    }
}

impl BackStages for KernelBack {
    type Intent = Intent;
    type Record = Event;

    fn indicator<S: Sink + ?Sized>(
        &mut self,
        item: Option<&Item>,
        line: Option<&LoadLine>,
        out: &mut Given<Self>,
        sink: &mut S,
    ) -> Result<(), CardError> {
        if let Some(line) = line {
            out.took_line = self.indicator.load(line);
        } else if let Some(line) = self.lines.front()
            && self.indicator.load(line)
        {
            self.lines.pop_front();
            out.busy = true;
        }
        out.busy |= !self.indicator.is_idle();
        let step = self.indicator.step(item);
        out.took = step.took;
        if let Some(event) = step.event {
            out.events = 1;
            out.busy = true;
            let Self { delivery, account, epochs, .. } = self;
            delivery.event(&event, &mut Tee { account, epochs, sink })?;
            out.record = self.publishes.then_some(event);
        }
        out.intent = step.intent.map(|intent| (intent, intent.msg));
        Ok(())
    }

    fn indicator_is_idle(&self) -> bool {
        self.indicator.is_idle()
    }

    fn send<S: Sink + ?Sized>(
        &mut self,
        intent: Option<&Intent>,
        sink: &mut S,
    ) -> Result<Written, CardError> {
        let step = self.send.step(intent, None);
        if let Some(event) = step.event {
            let Self { delivery, account, epochs, .. } = self;
            delivery.event(&event, &mut Tee { account, epochs, sink })?;
        }
        Ok(Written { took: step.took_intent, word: step.word })
    }

    fn send_is_idle(&self) -> bool {
        self.send.is_idle()
    }

    fn publish(&mut self, record: Option<&Event>) -> Written {
        let input = if record.is_none() && self.flush {
            Some(Published::Flush)
        } else {
            record.map(Published::Event)
        };
        let step = self.publish.step(input);
        if step.took && record.is_none() {
            self.flush = false;
        }
        Written { took: step.took && record.is_some(), word: step.word }
    }

    fn publish_is_idle(&self) -> bool {
        self.publish.is_idle() && !self.flush
    }

    fn flush(&mut self) {
        self.flush = self.publishes;
    }

    fn reload(&mut self, parameters: &Parameters) -> Option<Vec<LoadLine>> {
        if !self.permits(parameters) {
            return None;
        }
        self.live = Some(*parameters);
        Some(image::live(parameters, &self.quotes))
    }

    fn settle(&mut self, bytes: u64, swallowed: u64) -> Result<(), CardError> {
        self.delivery.finish()?;
        let mut counters = self.indicator.counters();
        counters.bytes = [bytes, 0];
        counters.swallowed = [swallowed, 0];
        let rows = (0..self.indicator.requests()).map(|row| self.indicator.request(row));
        let requests: Result<Vec<_>, EventError> = rows.map(|row| events::request(&row)).collect();
        self.account.close(&counters, requests?)?;
        self.read_rows();
        Ok(())
    }
}

/// The card with the stages of the kernels.
#[derive(Debug)]
pub struct KernelCEngine {
    log: LogWriter,
    failure: Option<EngineFailure>,
    shell: Shell<DecodeC, KernelBack>,
}

impl KernelCEngine {
    /// A card of the usual build, whose rows are [`Setup::row_names`] of the setup and of the
    /// collected securities.
    ///
    /// # Errors
    /// When the securities have no map, or there are too many.
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Result<Self, CardError> {
        Self::with(setup, collected, Options::default())
    }

    /// A card that is built so. Its channels are 16 bytes wide.
    ///
    /// # Errors
    /// When the securities have no map, or the script lets the card be absent or not load.
    pub fn with(
        setup: &Setup,
        collected: &[SecurityId],
        options: Options,
    ) -> Result<Self, CardError> {
        crate::shell::open(&options.script)?;
        let options = Options { width: 16, ..options };
        let decode =
            [Line::Market, Line::Orders].map(|line| DecodeC::new(line, setup.toe, setup.checksum));
        let back = KernelBack::new(setup, collected, options.publishes)?;
        let shell = Shell::new(options, setup.toe, decode, back)?;
        Ok(Self { log: LogWriter::new(setup.toe), failure: None, shell })
    }

    /// The card: cycles, stamps, FIFOs, what left.
    pub fn card(&self) -> &Shell<DecodeC, KernelBack> {
        &self.shell
    }

    /// Takes the next entry of the input log. Outputs may leave with a later one; a control word
    /// drains. Tables and counters are whole after [`Control::Stop`].
    ///
    /// [`Control::Stop`]: tidegate_pipeline::Control::Stop
    ///
    /// # Errors
    /// When the card does not go on; from then on, always.
    pub fn try_feed<S: Sink + ?Sized>(
        &mut self,
        input: Input<'_>,
        sink: &mut S,
    ) -> Result<(), CardError> {
        let Self { log, shell, failure } = self;
        feed(log, shell, input, sink).inspect_err(|error| {
            failure.get_or_insert_with(|| failed(NAME, error));
        })
    }
}

impl Engine for KernelCEngine {
    fn identity(&self) -> Identity {
        Identity { name: NAME, protocol_id: PROTOCOL_ID, evidence: Evidence::Modelled }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        // Kept as the engine's failure.
        let _ = self.try_feed(input, sink);
    }

    fn counters(&self) -> &Counters {
        self.shell.back().account.counters()
    }

    fn quotes(&self) -> &QuoteTable {
        &self.shell.back().quotes
    }

    fn book(&self) -> Option<Book<'_>> {
        let back = self.shell.back();
        back.trading.as_ref().map(|_| back.account.book())
    }

    fn failure(&self) -> Option<&EngineFailure> {
        self.failure.as_ref()
    }
}
