//! The first pass: which flows carry the protocol, where they start, and where they resume.

use super::engine::{Datagram, Pass};
use super::packet::Key;
use super::tcp::{Chunk, Counts};
use super::udp;
use crate::Stats;
use crate::plan::Plan;
use crate::sync::Scanner;

/// Memory of all searches together.
const MAX_SEARCH_BYTES: usize = 128 << 20;

/// A stream that carries the protocol.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) instance: u64,
    pub(crate) key: Key,
    pub(crate) plan: Plan,
}

/// What is known of a flow while it is open.
pub(crate) enum Proof {
    Tcp { scanner: Box<Scanner>, syn: bool },
    Udp { frames: udp::Run, bytes: u64, broken: u64 },
}

/// Collects the plans.
pub(crate) struct Survey {
    pub(crate) resync: bool,
    pub(crate) streams: Vec<Stream>,
    pub(crate) stats: Stats,
    search_bytes: usize,
}

impl Survey {
    pub(crate) fn new(resync: bool) -> Survey {
        Survey { resync, streams: Vec::new(), stats: Stats::default(), search_bytes: 0 }
    }

    fn foreign(&mut self, bytes: u64) {
        self.stats.foreign_flows += u64::from(bytes > 0);
        self.stats.foreign_bytes += bytes;
    }
}

impl Pass for Survey {
    type Flow = Proof;

    fn open(&mut self, key: &Key, _: u64, syn: bool) -> Proof {
        if key.udp {
            return Proof::Udp { frames: udp::Run::default(), bytes: 0, broken: 0 };
        }
        Proof::Tcp { scanner: Box::new(Scanner::new(self.resync, syn)), syn }
    }

    fn bytes(&mut self, flow: &mut Proof, packet: &[u8], chunk: Chunk) {
        let Proof::Tcp { scanner, .. } = flow else {
            return;
        };
        let before = scanner.memory();
        scanner.bytes(chunk.offset, chunk.data.bytes(packet));
        self.search_bytes = self.search_bytes + scanner.memory() - before;
        if self.search_bytes > MAX_SEARCH_BYTES {
            let before = scanner.memory();
            scanner.cut_short();
            self.search_bytes = self.search_bytes + scanner.memory() - before;
            self.stats.searches_cut_short += 1;
        }
    }

    fn datagram(&mut self, flow: &mut Proof, datagram: &Datagram<'_>) {
        if let Proof::Udp { frames, bytes, broken } = flow {
            let captured = &datagram.packet[datagram.range.clone()];
            let whole = udp::leading_frames(captured, |frame| frames.frame(frame));
            if whole < datagram.total {
                frames.broken();
                *broken += 1;
            }
            *bytes += datagram.total as u64;
        }
    }

    fn close(&mut self, flow: Proof, key: &Key, instance: u64, length: u64, counts: &Counts) {
        let (plan, key) = match flow {
            Proof::Tcp { scanner, syn } => {
                self.search_bytes -= scanner.memory();
                let verdict = scanner.finish(length);
                if !verdict.believed {
                    return self.foreign(verdict.bytes);
                }
                let stats = &mut self.stats;
                if !syn {
                    stats.bytes_before_sync += verdict.plan.start;
                }
                stats.lost_bytes +=
                    verdict.plan.losses.iter().map(|&(from, to)| to - from).sum::<u64>();
                stats.repeated_bytes += counts.repeated_bytes;
                stats.repeated_segments += counts.repeated_segments;
                stats.out_of_order_segments += counts.out_of_order;
                stats.keep_alives += counts.keep_alives;
                stats.resets_ignored += counts.resets_ignored;
                stats.holes += counts.holes;
                stats.hole_bytes += counts.hole_bytes;
                stats.holes_given_up_early += counts.given_up_early;
                (verdict.plan, *key)
            }
            Proof::Udp { frames, bytes, broken } => {
                if !frames.believed() {
                    return self.foreign(bytes);
                }
                self.stats.datagrams_broken += broken;
                (Plan::default(), *key)
            }
        };
        self.stats.streams += 1;
        self.streams.push(Stream { instance, key, plan });
    }
}
