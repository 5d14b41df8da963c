//! On-chip memory, counted in M20K blocks, and what stands in the card's DDR instead.
//!
//! Bytes do not say whether memories fit: a block serves one depth and width, and a memory with more
//! ports than a block has is there more than once.

use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::manifest::{FileError, read_toml};

/// M20K blocks of the Arria 10 1150 die.
pub const DIE_BLOCKS: u64 = 2_713;
/// Blocks that BSP and TOEs are taken to use until a build says better: a fifth of the die.
pub const BSP_BLOCKS: u64 = 543;
/// Depth and width of an M20K block, in the shapes that are considered.
pub const SHAPES: [(u64, u64); 3] = [(512, 40), (1_024, 20), (2_048, 10)];

/// One memory of the kernels. Within the bounds of its fields, no figure of it overflows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Its name.
    pub name: String,
    /// Words, 1 to 2^32.
    pub depth: u64,
    /// Bits of a word, 1 to 2^20.
    pub width_bits: u64,
    /// How often it is there: banks or stages, and copies for further ports; 1 to 1,024.
    pub copies: u64,
    /// Where the wiring keeps it.
    pub place: Place,
    /// What it holds, who reads it, and what follows from its place.
    pub why: String,
}

/// Where a memory stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// On the die: the data path reads it.
    Die,
    /// In the card's DDR: the data path never reads it.
    Ddr,
}

impl Memory {
    /// M20K blocks that it takes: those of the shape that needs fewest, times the copies.
    pub fn blocks(&self) -> u64 {
        let of = |(depth, width)| self.depth.div_ceil(depth) * self.width_bits.div_ceil(width);
        SHAPES.map(of).into_iter().min().unwrap_or(0) * self.copies
    }

    /// Bits that it holds, all copies together.
    pub fn bits(&self) -> u64 {
        self.depth * self.width_bits * self.copies
    }

    fn wrong(&self) -> Option<String> {
        let Self { name, depth, width_bits, copies, why, .. } = self;
        let bounds = [("depth", depth, 1 << 32), ("width_bits", width_bits, 1 << 20)];
        let all = [bounds[0], bounds[1], ("copies", copies, 1_024)];
        if name.trim().is_empty() || why.trim().is_empty() {
            return Some(format!("memory {name:?}: wanted a name and a reason, found none"));
        }
        all.iter().find(|(_, found, most)| !(1..=*most).contains(*found)).map(
            |(field, found, most)| {
                format!("memory {name:?}: {field}: wanted 1 to {most}, found {found}")
            },
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    memory: Vec<Memory>,
}

/// Reads a list of memories.
pub fn read_memories(path: &Path) -> Result<Vec<Memory>, FileError> {
    let memories = read_toml::<List>(path)?.memory;
    let twice = memories.iter().enumerate().find_map(|(at, memory)| {
        let name = &memory.name;
        let again = memories[..at].iter().any(|other| other.name == *name);
        again.then(|| format!("memory {name:?}: wanted once, found twice"))
    });
    let wrong = memories.iter().find_map(Memory::wrong).or(twice);
    wrong.map_or(Ok(memories), |reason| Err(FileError::Invalid { path: path.to_owned(), reason }))
}

/// Memories that do not fit on the die.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BudgetError {
    /// What stands on the die does not fit there.
    #[error(
        "memories on the die: wanted at most {wanted} M20K blocks, found {found}; the first that \
         does not fit is {memory:?}"
    )]
    DoesNotFit {
        /// Blocks that the BSP leaves.
        wanted: u64,
        /// Blocks of the memories on the die.
        found: u64,
        /// The first of them, in the list's order, that does not fit.
        memory: String,
    },
    /// The BSP takes more than the die has.
    #[error("BSP: wanted at most the {wanted} M20K blocks of the die, found {found}")]
    Bsp {
        /// Blocks of the die.
        wanted: u64,
        /// Blocks of the BSP.
        found: u64,
    },
}

/// Where each memory goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget<'a> {
    /// Blocks of the die.
    pub die_blocks: u64,
    /// Blocks of the BSP.
    pub bsp_blocks: u64,
    /// On the die, in the list's order.
    pub on_die: Vec<&'a Memory>,
    /// In DDR, in the list's order.
    pub in_ddr: Vec<&'a Memory>,
}

impl Budget<'_> {
    /// Blocks of the memories on the die.
    pub fn used(&self) -> u64 {
        self.on_die.iter().map(|memory| memory.blocks()).sum()
    }

    /// Blocks that are left.
    pub fn free(&self) -> u64 {
        self.die_blocks - self.bsp_blocks - self.used()
    }
}

/// Counts the memories against the die.
///
/// # Errors
/// [`BudgetError`] when what stands on the die does not fit.
pub fn place(
    memories: &[Memory],
    die_blocks: u64,
    bsp_blocks: u64,
) -> Result<Budget<'_>, BudgetError> {
    let Some(room) = die_blocks.checked_sub(bsp_blocks) else {
        return Err(BudgetError::Bsp { wanted: die_blocks, found: bsp_blocks });
    };
    let (on_die, in_ddr): (Vec<&Memory>, Vec<&Memory>) =
        memories.iter().partition(|memory| memory.place == Place::Die);
    let budget = Budget { die_blocks, bsp_blocks, on_die, in_ddr };
    let found = budget.used();
    if found <= room {
        return Ok(budget);
    }
    let mut sum = 0;
    let first = budget.on_die.iter().find(|memory| {
        sum += memory.blocks();
        sum > room
    });
    let memory = first.map_or(String::new(), |memory| memory.name.clone());
    Err(BudgetError::DoesNotFit { wanted: room, found, memory })
}

/// The budget as a table of text.
pub fn table(budget: &Budget<'_>) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    let die = budget.die_blocks;
    let mut row = |name: &str, shape: &str, blocks: u64, place: &str| {
        let share = blocks as f64 * 100.0 / die as f64;
        // Writing to a String does not fail.
        let _ = writeln!(out, "{name:<28} {shape:>22} {blocks:>7} {share:>6.1} % {place}");
    };
    let shape =
        |memory: &Memory| format!("{} x {} x {}", memory.copies, memory.depth, memory.width_bits);
    row("BSP and TOEs (assumed)", "", budget.bsp_blocks, "die");
    for memory in &budget.on_die {
        row(&memory.name, &shape(memory), memory.blocks(), "die");
    }
    row("free", "", budget.free(), "");
    row("die", "", die, "");
    for memory in &budget.in_ddr {
        let mib = memory.bits() as f64 / 8.0 / f64::from(1 << 20);
        row(&memory.name, &shape(memory), memory.blocks(), &format!("DDR, {mib:.1} MiB"));
    }
    let head = format!(
        "{:<28} {:>22} {:>7} {:>8} place\n",
        "memory", "copies x depth x bits", "M20K", "share"
    );
    let why = budget.in_ddr.iter().map(|memory| format!("\n{}: {}\n", memory.name, memory.why));
    head + &out + &why.collect::<String>()
}
