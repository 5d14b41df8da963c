//! The first pass: which flows carry the protocol, where they start, and where they resume.

use super::engine::{Datagram, Pass};
use super::packet::Key;
use super::tcp::{Chunk, Counts};
use super::udp;
use crate::Stats;
use crate::plan::Plan;
use crate::sync::Scanner;
use std::cmp::Reverse;

/// Memory of all searches together.
const MAX_SEARCH_BYTES: usize = 128 << 20;
/// What is left of it when it was too much, so that cutting searches short stays rare.
const RELIEVED_BYTES: usize = MAX_SEARCH_BYTES / 4 * 3;

/// A stream that carries the protocol.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) instance: u64,
    pub(crate) key: Key,
    pub(crate) plan: Plan,
}

/// What is known of a flow while it is open.
pub(crate) enum Proof {
    /// The number of its search.
    Tcp {
        search: u32,
        syn: bool,
    },
    Udp {
        frames: udp::Run,
        bytes: u64,
        broken: u64,
    },
}

/// The searches of all open flows, in bounded memory.
#[derive(Default)]
struct Searches {
    scanners: Vec<Option<Box<Scanner>>>,
    free: Vec<u32>,
    memory: usize,
}

impl Searches {
    fn add(&mut self, scanner: Scanner) -> u32 {
        let scanner = Some(Box::new(scanner));
        if let Some(search) = self.free.pop() {
            self.scanners[search as usize] = scanner;
            return search;
        }
        self.scanners.push(scanner);
        (self.scanners.len() - 1) as u32
    }

    fn take(&mut self, search: u32) -> Scanner {
        self.free.push(search);
        let scanner = self.scanners[search as usize].take();
        let scanner = *scanner.expect("a search is taken once");
        self.memory -= scanner.memory();
        scanner
    }

    fn with(&mut self, search: u32, act: impl FnOnce(&mut Scanner)) {
        let scanner = self.scanners[search as usize].as_mut().expect("an open search");
        self.memory -= scanner.memory();
        act(scanner);
        self.memory += scanner.memory();
    }

    /// Makes room when too much is held. Returns how many searches were cut short.
    ///
    /// Flows that may not be ours come first, and of them the heaviest; of about the same weight
    /// those without SYN. Far lighter ones are safe even without: ours wait for little, as a rule,
    /// and a flow with SYN loses no message when it is proven later.
    fn relieve(&mut self) -> u64 {
        let mut cuts = 0;
        let mut before = usize::MAX;
        // A cut frees half of what a search holds. The rest stays only if nothing more is to be had.
        while self.memory > RELIEVED_BYTES && self.memory < before {
            before = self.memory;
            let mut order: Vec<_> = (0..)
                .zip(&self.scanners)
                .filter_map(|(search, scanner)| {
                    let scanner = scanner.as_ref()?;
                    let memory = scanner.memory();
                    let class = Reverse(memory.checked_ilog2()?);
                    let known = scanner.start_is_known();
                    Some(((scanner.believed(), class, known, Reverse(memory)), search))
                })
                .collect();
            order.sort_unstable();
            for (_, search) in order {
                if self.memory <= RELIEVED_BYTES {
                    break;
                }
                self.with(search, Scanner::cut_short);
                cuts += 1;
            }
        }
        cuts
    }
}

/// Collects the plans.
pub(crate) struct Survey {
    pub(crate) resync: bool,
    pub(crate) streams: Vec<Stream>,
    pub(crate) stats: Stats,
    searches: Searches,
}

impl Survey {
    pub(crate) fn new(resync: bool) -> Survey {
        Survey {
            resync,
            streams: Vec::new(),
            stats: Stats::default(),
            searches: Searches::default(),
        }
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
        Proof::Tcp { search: self.searches.add(Scanner::new(self.resync, syn)), syn }
    }

    fn begins(&mut self, flow: &mut Proof) {
        if let Proof::Tcp { search, syn } = flow {
            *syn = true;
            let resync = self.resync;
            self.searches.with(*search, |scanner| *scanner = Scanner::new(resync, true));
        }
    }

    fn bytes(&mut self, flow: &mut Proof, packet: &[u8], chunk: Chunk) {
        let Proof::Tcp { search, .. } = flow else {
            return;
        };
        let bytes = chunk.data.bytes(packet);
        self.searches.with(*search, |scanner| scanner.bytes(chunk.offset, bytes));
        if self.searches.memory > MAX_SEARCH_BYTES {
            self.stats.searches_cut_short += self.searches.relieve();
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
            Proof::Tcp { search, syn } => {
                let verdict = self.searches.take(search).finish(length);
                if !verdict.believed {
                    return self.foreign(verdict.bytes);
                }
                let stats = &mut self.stats;
                if !syn {
                    stats.bytes_before_sync += verdict.plan.start;
                }
                stats.lost_bytes +=
                    verdict.plan.losses.iter().map(|&(from, to)| to - from).sum::<u64>();
                stats.streams_cut_short += u64::from(verdict.cut_short);
                stats.bytes_before_start += counts.before_start;
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
