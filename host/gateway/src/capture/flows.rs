//! The flows that are open, in bounded number and memory.

use super::packet::Key;
use super::tcp::{Tcp, Youth};
use std::collections::{BTreeSet, HashMap};

/// Most flows tracked at once.
pub(crate) const MAX_FLOWS: usize = 65_536;
const NONE: u32 = u32::MAX;

/// How the payload of a flow becomes a stream.
pub(crate) enum Kind {
    Tcp(Tcp),
    /// Payload bytes so far.
    Udp(u64),
}

/// One direction between two endpoints; `T` is what the current pass knows about it.
pub(crate) struct Flow<T> {
    pub(crate) key: Key,
    /// Counts the flows in the order in which they appeared; the same in every pass.
    pub(crate) instance: u64,
    pub(crate) kind: Kind,
    /// `None` once it is known where the stream begins.
    pub(crate) youth: Option<Box<Youth>>,
    /// `None` once it is closed.
    pub(crate) state: Option<T>,
    /// Memory as it was last entered in the order of memory.
    weight: usize,
    older: u32,
    newer: u32,
}

/// All flows, found by their key, in the order of their last use, and by the memory they hold.
pub(crate) struct Flows<T> {
    slots: Vec<Flow<T>>,
    index: HashMap<Key, u32>,
    oldest: u32,
    newest: u32,
    by_weight: BTreeSet<(usize, u32)>,
    weight: usize,
}

impl<T> Flows<T> {
    pub(crate) fn new() -> Flows<T> {
        Flows {
            slots: Vec::new(),
            index: HashMap::new(),
            oldest: NONE,
            newest: NONE,
            by_weight: BTreeSet::new(),
            weight: 0,
        }
    }

    pub(crate) fn find(&self, key: &Key) -> Option<u32> {
        self.index.get(key).copied()
    }

    pub(crate) fn get(&mut self, slot: u32) -> &mut Flow<T> {
        &mut self.slots[slot as usize]
    }

    /// The flow that has to go before another can be added.
    pub(crate) fn surplus(&self) -> Option<u32> {
        (self.slots.len() == MAX_FLOWS).then_some(self.oldest)
    }

    /// Adds a flow, in the place of the surplus one if there is one.
    pub(crate) fn add(&mut self, key: Key, instance: u64, kind: Kind, state: T) -> u32 {
        let flow = Flow {
            key,
            instance,
            kind,
            youth: None,
            state: Some(state),
            weight: 0,
            older: NONE,
            newer: NONE,
        };
        let slot = match self.surplus() {
            Some(slot) => {
                self.unlink(slot);
                self.weigh(slot, 0);
                self.index.remove(&self.slots[slot as usize].key);
                self.slots[slot as usize] = flow;
                slot
            }
            None => {
                self.slots.push(flow);
                (self.slots.len() - 1) as u32
            }
        };
        self.index.insert(key, slot);
        self.link(slot);
        slot
    }

    /// Begins another flow between the same endpoints.
    pub(crate) fn replace(&mut self, slot: u32, instance: u64, kind: Kind, state: T) {
        self.weigh(slot, 0);
        let flow = self.get(slot);
        (flow.instance, flow.kind, flow.state) = (instance, kind, Some(state));
    }

    /// Notes that the flow was used.
    pub(crate) fn touch(&mut self, slot: u32) {
        if self.newest != slot {
            self.unlink(slot);
            self.link(slot);
        }
    }

    /// Enters the memory that the flow holds.
    pub(crate) fn weigh(&mut self, slot: u32, weight: usize) {
        let old = std::mem::replace(&mut self.slots[slot as usize].weight, weight);
        if old == weight {
            return;
        }
        self.weight = self.weight - old + weight;
        if old > 0 {
            self.by_weight.remove(&(old, slot));
        }
        if weight > 0 {
            self.by_weight.insert((weight, slot));
        }
    }

    /// The flow that holds most, while all together hold more than `budget`.
    pub(crate) fn heaviest(&self, budget: usize) -> Option<u32> {
        if self.weight <= budget {
            return None;
        }
        self.by_weight.last().map(|&(_, slot)| slot)
    }

    /// Every flow, in the order in which they appeared.
    pub(crate) fn in_order(&self) -> Vec<u32> {
        let mut slots: Vec<u32> = (0..self.slots.len() as u32).collect();
        slots.sort_unstable_by_key(|&slot| self.slots[slot as usize].instance);
        slots
    }

    fn unlink(&mut self, slot: u32) {
        let (older, newer) = (self.slots[slot as usize].older, self.slots[slot as usize].newer);
        match older {
            NONE => self.oldest = newer,
            older => self.slots[older as usize].newer = newer,
        }
        match newer {
            NONE => self.newest = older,
            newer => self.slots[newer as usize].older = older,
        }
    }

    fn link(&mut self, slot: u32) {
        let newest = std::mem::replace(&mut self.newest, slot);
        let flow = &mut self.slots[slot as usize];
        (flow.older, flow.newer) = (newest, NONE);
        match newest {
            NONE => self.oldest = slot,
            newest => self.slots[newest as usize].newer = slot,
        }
    }
}
