//! What is read and written outside the chip: the card's DDR, and the host's PCIe bus. And the host
//! pipe, the one way to the host that passes neither.

use crate::fifo::Fifo;

/// Who reaches outside the chip. The kernels of the data path cannot: nothing hands them a
/// [`Memory`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Accessor {
    /// The host: writes parameter blocks and flags.
    Host = 0,
    /// The kernel `params`: reads them.
    Params = 1,
    /// The kernel `mirror`: writes events and rows for the host.
    Mirror = 2,
}

/// Accesses of one kind of party, in words of 64 bytes (DDR) and transfers (PCIe).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accesses {
    /// Reads of the card's DDR.
    pub ddr_reads: u64,
    /// Writes to it.
    pub ddr_writes: u64,
    /// Transfers over PCIe.
    pub pcie: u64,
}

impl Accesses {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.ddr_reads + self.ddr_writes + self.pcie
    }
}

/// Counters of all accesses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    counts: [Accesses; 3],
}

impl Memory {
    /// Who did what.
    pub fn of(&self, who: Accessor) -> Accesses {
        self.counts[who as usize]
    }

    /// All accesses of all.
    pub fn total(&self) -> u64 {
        self.counts.iter().map(Accesses::total).sum()
    }

    pub(crate) fn read(&mut self, who: Accessor, words: u64) {
        self.counts[who as usize].ddr_reads += words;
    }

    pub(crate) fn write(&mut self, who: Accessor, words: u64) {
        self.counts[who as usize].ddr_writes += words;
    }

    pub(crate) fn pcie(&mut self, who: Accessor, transfers: u64) {
        self.counts[who as usize].pcie += transfers;
    }
}

/// Length of a packet of the host pipe, in bytes.
pub const PIPE_BYTES: usize = 32;

/// A packet of the host pipe: the number of the parameters, then zeros.
pub type Packet = [u8; PIPE_BYTES];

/// The host pipe: one way in, one way out, 32 bytes a packet. Not every board has one; without it a
/// flag in DDR takes its place.
#[derive(Clone, Debug)]
pub struct HostPipe {
    /// From the host.
    pub to_card: Fifo<Packet>,
    /// To the host.
    pub to_host: Fifo<Packet>,
}

impl HostPipe {
    /// Packets that a way holds.
    const DEPTH: usize = 32;

    /// The two ways, empty.
    pub fn new() -> Self {
        Self { to_card: Fifo::new(Self::DEPTH), to_host: Fifo::new(Self::DEPTH) }
    }
}

impl Default for HostPipe {
    fn default() -> Self {
        Self::new()
    }
}

/// The packet that carries a number.
pub(crate) fn packet(number: u64) -> Packet {
    let mut packet = [0; PIPE_BYTES];
    packet[..8].copy_from_slice(&number.to_le_bytes());
    packet
}
