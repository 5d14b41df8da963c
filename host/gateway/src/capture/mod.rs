//! Captures: packets in, streams out.
//!
//! A capture is read twice. The survey finds which flows carry the protocol, where each starts and
//! where it resumes after a loss; the delivery then hands on every byte at the packet that completes
//! it. Proving a flow takes two whole messages, and in one pass its first bytes would come too late.

mod deliver;
mod engine;
mod flows;
mod packet;
mod records;
mod survey;
mod tcp;
mod udp;

use crate::flat::damage;
use crate::input::Input;
use crate::{Delivery, Options, SourceError, Stats, StreamId};
use deliver::{Deliver, Step};
use engine::{Engine, Starts};
use records::Records;
use std::collections::HashMap;
use std::sync::Arc;
use survey::{Stream, Survey};
use tcp::Data;

/// A capture file.
pub(crate) struct Capture {
    ng: bool,
    plans: Arc<[Stream]>,
    starts: Arc<Starts>,
    /// Names of the plans.
    names: Vec<String>,
    records: Records,
    engine: Engine<Deliver>,
    /// Plans of the streams by number; outlives a rewind.
    opened: Vec<usize>,
    /// Held bytes on loan to the last delivery.
    lent: Vec<u8>,
    ended: bool,
    damage: Option<u64>,
}

impl Capture {
    /// Reads the whole file once, and gets ready to deliver it.
    pub(crate) fn survey(
        input: &mut Input,
        ng: bool,
        options: &Options,
        stats: &mut Stats,
    ) -> Result<Capture, SourceError> {
        let mut records = Records::new(ng);
        let mut engine = Engine::new(Survey::new(options.resync), None);
        while let Some(record) = records.next(input)? {
            engine.packet(&records.buf, &record);
        }
        engine.finish();
        if let Some(found) = engine.other_link
            && engine.stats.packets_other_link == engine.stats.packets
        {
            return Err(SourceError::LinkType { name: input.name().to_owned(), found });
        }
        let starts = Arc::new(engine.found);
        let mut streams = engine.pass.streams;
        streams.sort_unstable_by_key(|stream| stream.instance);
        let names = name(&streams);
        *stats = engine.stats.with(&engine.pass.stats);
        let plans: Arc<[Stream]> = streams.into();
        Ok(Capture {
            ng,
            names,
            records: Records::new(ng),
            engine: deliver(&plans, &starts),
            plans,
            starts,
            opened: Vec::new(),
            lent: Vec::new(),
            ended: false,
            damage: None,
        })
    }

    pub(crate) fn rewind(&mut self) {
        self.records = Records::new(self.ng);
        self.engine = deliver(&self.plans, &self.starts);
        self.lent = Vec::new();
        self.ended = false;
        self.damage = None;
    }

    pub(crate) fn stream_name(&self, stream: StreamId) -> &str {
        self.opened.get(stream.0 as usize).map_or("", |&plan| &self.names[plan])
    }

    pub(crate) fn next(&mut self, input: &mut Input) -> Result<Option<Delivery<'_>>, SourceError> {
        while self.engine.pass.steps.is_empty() && !self.ended {
            match self.records.next(input)? {
                Some(record) => {
                    self.engine.pass.time_ns = record.time_ns;
                    self.engine.packet(&self.records.buf, &record);
                }
                None => {
                    self.engine.finish();
                    self.ended = true;
                    self.damage = self.records.damage();
                }
            }
        }
        let opened = &self.engine.pass.opened;
        if opened.len() > self.opened.len() {
            self.opened.extend_from_slice(&opened[self.opened.len()..]);
        }
        let Some(step) = self.engine.pass.steps.pop_front() else {
            return Ok(self.damage.take().map(|offset| damage(offset, 0)));
        };
        Ok(Some(match step {
            Step::Open { stream } => Delivery::Open { stream },
            Step::Bytes { stream, offset, data, time_ns } => {
                let bytes = match data {
                    Data::Packet(range) => &self.records.buf[range],
                    Data::Held(bytes) => {
                        self.lent = bytes;
                        &self.lent
                    }
                };
                Delivery::Bytes { stream, offset, bytes, time_ns }
            }
            Step::Resume { stream, offset } => Delivery::Resume { stream, offset },
            Step::Close { stream } => Delivery::Close { stream },
            Step::Fault { stream, code, offset, length } => {
                Delivery::Fault { stream, code, offset, length }
            }
        }))
    }
}

fn deliver(plans: &Arc<[Stream]>, starts: &Arc<Starts>) -> Engine<Deliver> {
    Engine::new(Deliver::new(Arc::clone(plans)), Some(Arc::clone(starts)))
}

/// Names the streams; those of a pair of ports that was used again are numbered from the second on.
fn name(streams: &[Stream]) -> Vec<String> {
    let mut used = HashMap::new();
    streams
        .iter()
        .map(|stream| {
            let count = used.entry(stream.key).or_insert(0u64);
            *count += 1;
            match *count {
                1 => stream.key.to_string(),
                count => format!("{}#{count}", stream.key),
            }
        })
        .collect()
}
