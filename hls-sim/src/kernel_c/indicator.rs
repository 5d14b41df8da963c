//! The stage `indicator`: items of both lines in; events, and requests that leave, out.

use tidegate_protocol::kernel::{
    DepthLevel, Event, Intent, Item, KernelCounters, LoadLine, QuoteRow, RequestFields, load_table,
};
use tidegate_protocol::limits::{BOOK_LEVELS, MAX_REQUESTS, MAX_SECURITIES, QUEUE_ITEMS};

use super::State;

#[allow(missing_docs)]
mod c {
    use std::ffi::c_void;

    unsafe extern "C" {
        pub(super) fn tidegate_indicator_bytes(rows: u32, requests: u32) -> usize;
        pub(super) fn tidegate_indicator_start(memory: *mut c_void, rows: u32, requests: u32);
        pub(super) fn tidegate_indicator_load(
            memory: *mut c_void,
            rows: u32,
            requests: u32,
            line: *const u8,
        ) -> u32;
        pub(super) fn tidegate_indicator_step(
            memory: *mut c_void,
            rows: u32,
            requests: u32,
            item: *const u8,
            event: *mut u8,
            intent: *mut u8,
        ) -> u32;
        pub(super) fn tidegate_indicator_counts(memory: *const c_void, counts: *mut u64);
        pub(super) fn tidegate_indicator_counters(memory: *const c_void, counters: *mut u8);
        pub(super) fn tidegate_indicator_row(
            memory: *const c_void,
            rows: u32,
            requests: u32,
            at: u32,
            row: *mut u8,
            depth: *mut u8,
        );
        pub(super) fn tidegate_indicator_request(
            memory: *const c_void,
            rows: u32,
            requests: u32,
            at: u32,
            request: *mut u8,
        );
    }
}

/// Levels of both sides, bids before offers.
pub const LEVELS: usize = 2 * BOOK_LEVELS;

/// Bytes of the depth of a row: its levels, then its queue quantities.
pub const DEPTH_BYTES: usize = LEVELS * DepthLevel::BYTES + QUEUE_ITEMS * 8;

/// What one step gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndicatorStep {
    /// The item was taken; one that was not is to be offered again.
    pub took: bool,
    /// What is told. Its first 96 bytes are the numbered record, where it has one.
    pub event: Option<Event>,
    /// A request that leaves.
    pub intent: Option<Intent>,
}

/// The depth of a row, of the latest snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthRow {
    /// Bids, then offers. `reserved` of the first: queue quantities in use.
    pub levels: [DepthLevel; LEVELS],
    /// The queues, one behind the other, in 1e-2 shares.
    pub queue: [i64; QUEUE_ITEMS],
}

/// The stage and its tables.
#[derive(Clone, Debug)]
pub struct IndicatorC {
    memory: State,
    rows: u32,
    requests: u32,
    /// Rows in use.
    securities: usize,
}

impl IndicatorC {
    /// A stage with room for what the setup line among `lines` asks for. The lines themselves are
    /// still to be loaded: [`IndicatorC::load`], one before each step.
    pub fn new(lines: &[LoadLine]) -> Self {
        let setup = lines.iter().find(|line| line.table == u32::from(load_table::SETUP));
        let words = setup.map_or([0; 7], |line| line.words);
        let room = |wanted: u64, most: usize| wanted.clamp(1, most as u64) as u32;
        Self::with_room(
            room(words[0], MAX_SECURITIES),
            room(words[6], MAX_REQUESTS),
            words[0].min(MAX_SECURITIES as u64) as usize,
        )
    }

    fn with_room(rows: u32, requests: u32, securities: usize) -> Self {
        // SAFETY: it takes two numbers, each at least 1, and gives one.
        let mut memory = State::new(unsafe { c::tidegate_indicator_bytes(rows, requests) });
        // SAFETY: the state has as many bytes as the stage said for these numbers, all of them 0.
        unsafe { c::tidegate_indicator_start(memory.as_mut(), rows, requests) };
        Self { memory, rows, requests, securities }
    }

    /// Takes a load line, or not yet: then it is to be offered again before the next step.
    pub fn load(&mut self, line: &LoadLine) -> bool {
        let mut bytes = [0; LoadLine::BYTES];
        line.emit(&mut bytes);
        // SAFETY: state as above; the line has the bytes of its layout.
        let took = unsafe {
            let memory = self.memory.as_mut();
            c::tidegate_indicator_load(memory, self.rows, self.requests, bytes.as_ptr())
        };
        took != 0
    }

    /// One step.
    pub fn step(&mut self, item: Option<&Item>) -> IndicatorStep {
        let mut bytes = [0; Item::BYTES];
        let pointer = item.map_or(std::ptr::null(), |item| {
            item.emit(&mut bytes);
            bytes.as_ptr()
        });
        let (mut event, mut intent) = ([0; Event::BYTES], [0; Intent::BYTES]);
        // SAFETY: state as above; the item is null or has the bytes of its layout, and so has the
        // room for what comes out.
        let did = unsafe {
            c::tidegate_indicator_step(
                self.memory.as_mut(),
                self.rows,
                self.requests,
                pointer,
                event.as_mut_ptr(),
                intent.as_mut_ptr(),
            )
        };
        IndicatorStep {
            took: did & 1 != 0,
            event: (did & 2 != 0).then(|| Event::parse(&event)),
            intent: (did & 4 != 0).then(|| Intent::parse(&intent)),
        }
    }

    fn counts(&self) -> [u64; 4] {
        let mut counts = [0; 4];
        // SAFETY: state as above, only read; room for four numbers.
        unsafe { c::tidegate_indicator_counts(self.memory.as_ref(), counts.as_mut_ptr()) };
        counts
    }

    /// Whether a step without an item would do nothing.
    pub fn is_idle(&self) -> bool {
        self.counts()[1] != 0
    }

    /// Whether orders are refused because of the market.
    pub fn is_guarded(&self) -> bool {
        self.counts()[2] != 0
    }

    /// Orders that may still trade.
    pub fn outstanding(&self) -> u32 {
        self.counts()[3] as u32
    }

    /// What was counted so far; what decode counts is 0.
    pub fn counters(&self) -> KernelCounters {
        let mut bytes = [0; KernelCounters::BYTES];
        // SAFETY: state as above, only read; room for the bytes of the layout.
        unsafe { c::tidegate_indicator_counters(self.memory.as_ref(), bytes.as_mut_ptr()) };
        KernelCounters::parse(&bytes)
    }

    /// Rows of the quote table.
    pub fn securities(&self) -> usize {
        self.securities
    }

    /// The bytes of a row and of its depth.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row_bytes(&self, row: usize) -> ([u8; QuoteRow::BYTES], [u8; DEPTH_BYTES]) {
        assert!(row < self.securities, "row {row} of {}", self.securities);
        let (mut hot, mut depth) = ([0; QuoteRow::BYTES], [0; DEPTH_BYTES]);
        // SAFETY: state as above, only read; the row is one of those there is room for, and the
        // buffers have the bytes of a row and of a depth.
        unsafe {
            let (hot, depth) = (hot.as_mut_ptr(), depth.as_mut_ptr());
            let memory = self.memory.as_ref();
            c::tidegate_indicator_row(memory, self.rows, self.requests, row as u32, hot, depth);
        }
        (hot, depth)
    }

    /// The hot part of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn quote_row(&self, row: usize) -> QuoteRow {
        QuoteRow::parse(&self.row_bytes(row).0)
    }

    /// The levels and queues of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn depth(&self, row: usize) -> DepthRow {
        let (_, bytes) = self.row_bytes(row);
        let (levels, queue) = bytes.split_at(LEVELS * DepthLevel::BYTES);
        let (levels, _) = levels.as_chunks::<{ DepthLevel::BYTES }>();
        let (queue, _) = queue.as_chunks::<8>();
        DepthRow {
            levels: std::array::from_fn(|at| DepthLevel::parse(&levels[at])),
            queue: std::array::from_fn(|at| i64::from_le_bytes(queue[at])),
        }
    }

    /// Rows of the record table in use.
    pub fn requests(&self) -> usize {
        self.counts()[0] as usize
    }

    /// A row of the record table.
    ///
    /// # Panics
    /// When it is not in use.
    pub fn request(&self, row: usize) -> RequestFields {
        assert!(row < self.requests(), "request {row} of {}", self.requests());
        let mut bytes = [0; RequestFields::BYTES];
        // SAFETY: state as above, only read; the row is in use, so there is room for it, and the
        // buffer has the bytes of a row.
        unsafe {
            let memory = self.memory.as_ref();
            let (rows, requests) = (self.rows, self.requests);
            c::tidegate_indicator_request(memory, rows, requests, row as u32, bytes.as_mut_ptr());
        }
        RequestFields::parse(&bytes)
    }
}
