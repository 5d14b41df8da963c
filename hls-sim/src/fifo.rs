//! A FIFO of hardware depth between two kernels.

use std::collections::VecDeque;

/// What was seen of a FIFO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FifoStats {
    /// Entries that went through.
    pub taken: u64,
    /// Most entries at once.
    pub high_water: usize,
    /// Cycles in which it was full and its writer had to wait.
    pub stall_cycles: u64,
}

/// A bounded FIFO. It never grows: a writer asks for room first, or is told that there is none.
#[derive(Clone, Debug)]
pub struct Fifo<T> {
    entries: VecDeque<T>,
    depth: usize,
    stats: FifoStats,
}

impl<T> Fifo<T> {
    /// An empty FIFO of this depth.
    pub fn new(depth: usize) -> Self {
        Self { entries: VecDeque::with_capacity(depth), depth, stats: FifoStats::default() }
    }

    /// Most entries.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Entries in it.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a blocking write would wait.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.entries.len() == self.depth
    }

    /// A writer waits for room: one cycle of stall.
    #[inline]
    pub fn stall(&mut self) {
        self.stats.stall_cycles += 1;
    }

    /// Non-blocking write: gives the entry back where there is no room.
    ///
    /// # Errors
    /// The entry, where the FIFO is full.
    #[inline]
    pub fn try_write(&mut self, entry: T) -> Result<(), T> {
        if self.is_full() {
            return Err(entry);
        }
        self.entries.push_back(entry);
        self.stats.high_water = self.stats.high_water.max(self.entries.len());
        Ok(())
    }

    /// Blocking write, of a writer that saw room before.
    ///
    /// # Panics
    /// When there is none: the wiring calls a stage only when its outputs have room.
    #[inline]
    pub fn write(&mut self, entry: T) {
        assert!(self.try_write(entry).is_ok(), "a writer is called only when there is room");
    }

    /// The next entry, left where it is.
    #[inline]
    pub fn front(&self) -> Option<&T> {
        self.entries.front()
    }

    /// Non-blocking read: the next entry, if there is one.
    #[inline]
    pub fn try_read(&mut self) -> Option<T> {
        let entry = self.entries.pop_front();
        self.stats.taken += u64::from(entry.is_some());
        entry
    }

    /// Takes off the entry that [`Fifo::front`] showed.
    #[inline]
    pub fn drop_front(&mut self) {
        self.stats.taken += u64::from(self.entries.pop_front().is_some());
    }

    /// What was seen.
    pub fn stats(&self) -> FifoStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_fifo_gives_back_and_an_empty_one_gives_nothing() {
        let mut fifo = Fifo::new(2);
        assert_eq!(fifo.try_read(), None::<u8>);
        assert_eq!((fifo.try_write(1), fifo.try_write(2)), (Ok(()), Ok(())));
        assert!(fifo.is_full());
        assert_eq!(fifo.try_write(3), Err(3));
        assert_eq!(fifo.front(), Some(&1));
        assert_eq!(fifo.try_read(), Some(1));
        assert_eq!(fifo.try_write(3), Ok(()));
        assert_eq!((fifo.try_read(), fifo.try_read(), fifo.try_read()), (Some(2), Some(3), None));
        let stats = FifoStats { taken: 3, high_water: 2, stall_cycles: 0 };
        assert_eq!(fifo.stats(), stats);
    }

    #[test]
    #[should_panic(expected = "only when there is room")]
    fn a_blocking_write_into_a_full_fifo_is_a_mistake_of_the_wiring() {
        let mut fifo = Fifo::new(1);
        fifo.write(1);
        fifo.write(2);
    }
}
