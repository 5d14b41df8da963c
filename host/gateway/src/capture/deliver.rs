//! The second pass: the streams of the plan, in capture order.

use super::engine::{Datagram, Pass};
use super::packet::Key;
use super::survey::Stream;
use super::tcp::{Chunk, Counts, Data};
use super::udp;
use crate::StreamId;
use crate::plan::{Cursor, Piece, Plan};
use std::collections::VecDeque;
use std::sync::Arc;
use tidegate_protocol::FaultCode;

/// A delivery whose bytes are not borrowed yet.
pub(crate) enum Step {
    Open { stream: StreamId },
    Bytes { stream: StreamId, offset: u64, data: Data, time_ns: Option<u64> },
    Resume { stream: StreamId, offset: u64 },
    Close { stream: StreamId },
    Fault { stream: Option<StreamId>, code: FaultCode, offset: u64, length: u64 },
}

/// A stream on its way.
pub(crate) struct Way {
    /// Index of its plan, `None` for a foreign flow.
    plan: Option<usize>,
    cursor: Cursor,
    stream: Option<StreamId>,
}

/// Turns chunks into steps along the plans.
pub(crate) struct Deliver {
    /// Ascending by instance.
    plans: Arc<[Stream]>,
    pub(crate) steps: VecDeque<Step>,
    /// Time of the current packet.
    pub(crate) time_ns: Option<u64>,
    /// Plan of each stream, by its number.
    pub(crate) opened: Vec<usize>,
}

impl Deliver {
    pub(crate) fn new(plans: Arc<[Stream]>) -> Deliver {
        Deliver { plans, steps: VecDeque::new(), time_ns: None, opened: Vec::new() }
    }

    fn emit(&mut self, way: &mut Way, plan: usize, chunk: Option<(u64, &mut Data)>, piece: Piece) {
        let stream = *way.stream.get_or_insert_with(|| {
            let stream = StreamId(self.opened.len() as u32);
            self.opened.push(plan);
            self.steps.push_back(Step::Open { stream });
            stream
        });
        match (piece, chunk) {
            (Piece::Bytes { from, to }, Some((first, data))) => {
                let data = data.part((from - first) as usize, (to - first) as usize);
                let time_ns = self.time_ns;
                self.steps.push_back(Step::Bytes { stream, offset: from, data, time_ns });
            }
            (Piece::Bytes { .. }, None) => {}
            (Piece::Resume { offset }, _) => {
                self.steps.push_back(Step::Resume { stream, offset });
            }
        }
    }
}

impl Data {
    fn len(&self) -> usize {
        match self {
            Data::Packet(range) => range.len(),
            Data::Held(bytes) => bytes.len(),
        }
    }

    /// Takes a part out; held bytes are copied only if they are cut.
    fn part(&mut self, from: usize, to: usize) -> Data {
        match self {
            Data::Packet(range) => Data::Packet(range.start + from..range.start + to),
            Data::Held(bytes) if from == 0 && to == bytes.len() => {
                Data::Held(std::mem::take(bytes))
            }
            Data::Held(bytes) => Data::Held(bytes[from..to].to_vec()),
        }
    }
}

impl Pass for Deliver {
    type Flow = Way;

    fn open(&mut self, _: &Key, instance: u64, _: bool) -> Way {
        let plan = self.plans.binary_search_by_key(&instance, |stream| stream.instance).ok();
        Way { plan, cursor: Cursor::default(), stream: None }
    }

    fn bytes(&mut self, way: &mut Way, _: &[u8], mut chunk: Chunk) {
        let Some(plan) = way.plan else {
            return;
        };
        let (from, to) = (chunk.offset, chunk.offset + chunk.data.len() as u64);
        let plans = Arc::clone(&self.plans);
        let mut cursor = std::mem::take(&mut way.cursor);
        cursor.cut(&plans[plan].plan, from, to, |piece| {
            self.emit(way, plan, Some((from, &mut chunk.data)), piece);
        });
        way.cursor = cursor;
    }

    fn datagram(&mut self, way: &mut Way, datagram: &Datagram<'_>) {
        let Some(plan) = way.plan else {
            return;
        };
        let range = datagram.range.clone();
        let whole = udp::leading_frames(&datagram.packet[range.clone()], |_| {});
        let offset = datagram.offset;
        if whole > 0 {
            let mut data = Data::Packet(range);
            let piece = Piece::Bytes { from: offset, to: offset + whole as u64 };
            self.emit(way, plan, Some((offset, &mut data)), piece);
        }
        if whole < datagram.total {
            // A fragment can be the first that is seen of a stream after an empty datagram.
            self.emit(way, plan, None, Piece::Bytes { from: 0, to: 0 });
            self.steps.push_back(Step::Fault {
                stream: way.stream,
                code: FaultCode::CaptureTruncatedPacket,
                offset: offset + whole as u64,
                length: (datagram.total - whole) as u64,
            });
        }
    }

    fn close(&mut self, mut way: Way, _: &Key, _: u64, _: u64, _: &Counts) {
        let Some(plan) = way.plan else {
            return;
        };
        let plans = Arc::clone(&self.plans);
        let mut cursor = std::mem::take(&mut way.cursor);
        let along: &Plan = &plans[plan].plan;
        cursor.finish(along, |piece| self.emit(&mut way, plan, None, piece));
        if let Some(stream) = way.stream {
            self.steps.push_back(Step::Close { stream });
        }
    }
}
