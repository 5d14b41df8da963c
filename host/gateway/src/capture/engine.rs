//! What both passes over a capture do alike: packets become chunks of streams.
//!
//! Every decision here depends on the packets alone, never on what a pass makes of them. So the
//! second pass meets the same flows, holes and ends as the first. Only where a flow without SYN
//! begins, if an earlier segment follows its first one, is found by the first and told to the second.

use super::flows::{Flows, Kind};
use super::packet::{Flags, Key, Packet, parse};
use super::records::Record;
use super::tcp::{After, Chunk, Counts, Data, Early, Tcp, Youth};
use crate::Stats;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

/// Memory held behind holes, all flows together.
const MAX_HELD_TOTAL: usize = 256 << 20;
/// Packets of the capture until it is clear where a flow without SYN begins.
const YOUTH_PACKETS: u64 = 256;

/// Where a flow begins, if not at its first segment.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    first: u32,
    syn: bool,
}

/// By instance.
pub(crate) type Starts = HashMap<u64, Start>;

/// A UDP payload.
pub(crate) struct Datagram<'a> {
    /// In the stream.
    pub(crate) offset: u64,
    /// The packet that holds it.
    pub(crate) packet: &'a [u8],
    /// The part of the packet that was captured of it, empty for a fragment.
    pub(crate) range: Range<usize>,
    /// Length as it was sent.
    pub(crate) total: usize,
}

/// One pass over the capture.
pub(crate) trait Pass {
    /// What it knows about an open flow.
    type Flow;

    /// A flow appears; `syn` when its first byte is the first of the connection.
    fn open(&mut self, key: &Key, instance: u64, syn: bool) -> Self::Flow;
    /// A late SYN shows that the first byte is that of the connection; none was handed on yet.
    fn begins(&mut self, _: &mut Self::Flow) {}
    /// The next payload bytes of a TCP flow. A jump of the offset is a hole given up.
    fn bytes(&mut self, flow: &mut Self::Flow, packet: &[u8], chunk: Chunk);
    /// The next datagram of a UDP flow.
    fn datagram(&mut self, flow: &mut Self::Flow, datagram: &Datagram<'_>);
    /// A flow is over; `length` counts its payload bytes, those in holes too.
    fn close(&mut self, flow: Self::Flow, key: &Key, instance: u64, length: u64, counts: &Counts);
}

/// Takes packets apart and puts streams together for a pass.
pub(crate) struct Engine<P: Pass> {
    pub(crate) pass: P,
    pub(crate) stats: Stats,
    flows: Flows<P::Flow>,
    instances: u64,
    chunks: Vec<Chunk>,
    /// What the first pass found, for the second.
    given: Option<Arc<Starts>>,
    pub(crate) found: Starts,
    /// Young flows, from the oldest: packet, slot, instance.
    young: VecDeque<(u64, u32, u64)>,
    /// A link type that is not known.
    pub(crate) other_link: Option<u32>,
}

impl<P: Pass> Engine<P> {
    /// `given`: where flows begin, from the first pass.
    pub(crate) fn new(pass: P, given: Option<Arc<Starts>>) -> Engine<P> {
        Engine {
            pass,
            stats: Stats::default(),
            flows: Flows::new(),
            instances: 0,
            chunks: Vec::new(),
            given,
            found: Starts::new(),
            young: VecDeque::new(),
            other_link: None,
        }
    }

    /// Takes the next packet; `buf[record.data]` are its bytes.
    pub(crate) fn packet(&mut self, buf: &[u8], record: &Record) {
        let start = record.data.start;
        let whole = |range: Range<usize>| start + range.start..start + range.end;
        let stats = &mut self.stats;
        stats.packets += 1;
        stats.packets_cut += u64::from(record.wire > record.data.len());
        let packets = stats.packets;
        while let Some(&(since, slot, instance)) = self.young.front()
            && packets - since > YOUTH_PACKETS
        {
            self.young.pop_front();
            if self.flows.get(slot).instance == instance {
                self.grow_up(slot, false);
            }
        }
        match parse(record.link, &buf[record.data.clone()], record.wire) {
            Packet::Tcp { key, seq, flags, payload, missing } => {
                self.tcp(key, seq, flags, buf, whole(payload), missing);
            }
            Packet::Udp { key, payload, total } => {
                self.stats.datagrams += u64::from(total > 0);
                self.udp(key, buf, whole(payload), total);
            }
            Packet::UdpFragment { key, total } => {
                self.stats.fragments += 1;
                if self.flows.find(&key).is_some() {
                    self.udp(key, buf, 0..0, total);
                }
            }
            Packet::Fragment => self.stats.fragments += 1,
            Packet::NotIp => self.stats.packets_not_ip += 1,
            Packet::NotTcpUdp => self.stats.packets_not_tcp_udp += 1,
            Packet::UnknownLink => {
                self.stats.packets_other_link += 1;
                // An interface that was not described has no type.
                if record.link != u32::MAX {
                    self.other_link = Some(record.link);
                }
            }
            Packet::Bad => self.stats.packets_bad += 1,
        }
    }

    /// The capture ends: so do all flows, in the order in which they appeared.
    pub(crate) fn finish(&mut self) {
        for slot in self.flows.in_order() {
            self.close(slot, &[]);
        }
    }

    fn instance(&mut self) -> u64 {
        self.instances += 1;
        self.instances - 1
    }

    /// Makes room for one more flow, and adds it.
    fn add(&mut self, key: Key, kind: Kind, syn: bool) -> u32 {
        if let Some(slot) = self.flows.surplus()
            && self.flows.get(slot).state.is_some()
        {
            self.stats.evictions += 1;
            self.close(slot, &[]);
        }
        let instance = self.instance();
        let state = self.pass.open(&key, instance, syn);
        self.flows.add(key, instance, kind, state)
    }

    /// The ports were used again: the old flow ends where it stands.
    fn replace(&mut self, slot: u32, first: u32, syn: bool) {
        self.stats.ports_reused += 1;
        self.close(slot, &[]);
        let instance = self.instance();
        let key = self.flows.get(slot).key;
        let state = self.pass.open(&key, instance, syn);
        self.flows.replace(slot, instance, Kind::Tcp(Tcp::new(first, syn)), state);
        self.begin(slot, first, syn);
    }

    /// Without a SYN, where a new flow begins is known only later, or from the first pass.
    fn begin(&mut self, slot: u32, first: u32, syn: bool) {
        let flow = self.flows.get(slot);
        flow.youth = (!syn).then(|| Box::new(Youth::new(first)));
        if syn {
            return;
        }
        self.young.push_back((self.stats.packets, slot, flow.instance));
        if let Some(start) = self.given.as_ref().and_then(|given| given.get(&flow.instance)) {
            flow.kind = Kind::Tcp(Tcp::new(start.first, start.syn));
        }
    }

    /// It is clear now where the flow begins; `syn` when a SYN said so.
    fn grow_up(&mut self, slot: u32, syn: bool) {
        let flow = self.flows.get(slot);
        let (Kind::Tcp(tcp), Some(youth)) = (&mut flow.kind, flow.youth.take()) else {
            return;
        };
        if self.given.is_some() {
            let weight = tcp.memory();
            self.flows.weigh(slot, weight);
            return;
        }
        let first = youth.first;
        if syn || first != tcp.first() {
            *tcp = Tcp::new(first, syn);
            self.found.insert(flow.instance, Start { first, syn });
        }
        if let (true, Some(state)) = (syn, &mut flow.state) {
            self.pass.begins(state);
        }
        for Early { seq, payload, missing } in youth.kept {
            let range = 0..payload.len();
            // Near each other and without flags, these neither end the flow nor replace it.
            self.segment(slot, seq, Flags::default(), &payload, range, missing);
        }
    }

    /// Takes note of a segment of a flow that may be young.
    fn note(&mut self, slot: u32, first: u32, flags: Flags, len: usize) {
        let flow = self.flows.get(slot);
        if let Some(youth) = &mut flow.youth
            && flow.state.is_some()
            && !youth.notes(first, flags, len)
        {
            let syn = flags.syn && !flags.rst && youth.first == first;
            self.grow_up(slot, syn);
        }
    }

    fn tcp(
        &mut self,
        key: Key,
        seq: u32,
        flags: Flags,
        buf: &[u8],
        payload: Range<usize>,
        missing: usize,
    ) {
        let first = seq.wrapping_add(u32::from(flags.syn));
        let len = payload.len();
        let slot = match self.flows.find(&key) {
            Some(slot) => slot,
            // Without SYN or data there is nothing to follow yet.
            None if flags.rst || !flags.syn && payload.is_empty() && missing == 0 => return,
            None => {
                let slot = self.add(key, Kind::Tcp(Tcp::new(first, flags.syn)), flags.syn);
                self.begin(slot, first, flags.syn);
                slot
            }
        };
        self.flows.touch(slot);
        self.note(slot, first, flags, len + missing);
        let flow = self.flows.get(slot);
        let Kind::Tcp(tcp) = &flow.kind else {
            unreachable!("the protocol is a part of the key");
        };
        let closed = flow.state.is_none();
        let another = flags.syn && !tcp.begins_at(first)
            || closed && len + missing > 0 && !tcp.still_owns(first, len + missing);
        if another && !flags.rst {
            self.replace(slot, first, flags.syn);
            self.note(slot, first, flags, len + missing);
        } else if closed {
            self.stats.segments_after_close += u64::from(len > 0);
            self.stats.bytes_after_close += len as u64;
            return;
        }
        let mut after = self.segment(slot, seq, flags, buf, payload.clone(), missing);
        if after == After::Reused {
            self.replace(slot, first, flags.syn);
            self.note(slot, first, flags, len + missing);
            after = self.segment(slot, seq, flags, buf, payload, missing);
        }
        if after == After::Closed {
            self.close(slot, buf);
        }
        while let Some(slot) = self.flows.heaviest(MAX_HELD_TOTAL) {
            if let Kind::Tcp(tcp) = &mut self.flows.get(slot).kind {
                tcp.give_up(&mut self.chunks);
            }
            self.hand_on(slot, buf);
        }
    }

    fn segment(
        &mut self,
        slot: u32,
        seq: u32,
        flags: Flags,
        buf: &[u8],
        payload: Range<usize>,
        missing: usize,
    ) -> After {
        let flow = self.flows.get(slot);
        if let (Some(youth), None) = (&mut flow.youth, &self.given) {
            let payload = buf[payload].to_vec();
            youth.kept.push(Early { seq, payload, missing });
            return After::Open;
        }
        let Kind::Tcp(tcp) = &mut flow.kind else {
            return After::Open;
        };
        let after = tcp.segment(seq, flags, buf, payload, missing, &mut self.chunks);
        self.hand_on(slot, buf);
        after
    }

    /// Hands the chunks of a flow to the pass.
    fn hand_on(&mut self, slot: u32, buf: &[u8]) {
        let flow = self.flows.get(slot);
        if let Some(state) = &mut flow.state {
            for chunk in self.chunks.drain(..) {
                self.pass.bytes(state, buf, chunk);
            }
        }
        if let Kind::Tcp(tcp) = &flow.kind {
            // The two passes hold different parts of a young flow, and must decide alike.
            let weight = if flow.youth.is_some() { 0 } else { tcp.memory() };
            self.flows.weigh(slot, weight);
        }
    }

    fn close(&mut self, slot: u32, buf: &[u8]) {
        self.grow_up(slot, false);
        let mut counts = Counts::default();
        let flow = self.flows.get(slot);
        let length = match &mut flow.kind {
            Kind::Tcp(tcp) if flow.state.is_some() => {
                let length = tcp.finish(&mut self.chunks);
                counts = tcp.counts.clone();
                self.hand_on(slot, buf);
                length
            }
            Kind::Tcp(_) => return,
            Kind::Udp(length) => *length,
        };
        self.stats.segments_after_close += counts.segments_after_close;
        self.stats.bytes_after_close += counts.bytes_after_close;
        let flow = self.flows.get(slot);
        let (key, instance) = (flow.key, flow.instance);
        if let Some(state) = flow.state.take() {
            self.pass.close(state, &key, instance, length, &counts);
        }
    }

    fn udp(&mut self, key: Key, buf: &[u8], range: Range<usize>, total: usize) {
        if total == 0 {
            return;
        }
        let slot = match self.flows.find(&key) {
            Some(slot) => slot,
            None => self.add(key, Kind::Udp(0), false),
        };
        self.flows.touch(slot);
        let flow = self.flows.get(slot);
        let (Kind::Udp(length), Some(state)) = (&mut flow.kind, &mut flow.state) else {
            return;
        };
        let offset = std::mem::replace(length, *length + total as u64);
        self.pass.datagram(state, &Datagram { offset, packet: buf, range, total });
    }
}

impl Data {
    /// The bytes, from the packet or from where they were held.
    pub(crate) fn bytes<'a>(&'a self, packet: &'a [u8]) -> &'a [u8] {
        match self {
            Data::Packet(range) => &packet[range.clone()],
            Data::Held(bytes) => bytes,
        }
    }
}
