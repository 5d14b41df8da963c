//! A FIFO of hardware depth between two kernels.

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
    slots: Box<[Option<T>]>,
    first: usize,
    len: usize,
    stats: FifoStats,
}

impl<T> Fifo<T> {
    /// An empty FIFO of this depth.
    pub fn new(depth: usize) -> Self {
        let slots = (0..depth).map(|_| None).collect();
        Self { slots, first: 0, len: 0, stats: FifoStats::default() }
    }

    /// Most entries.
    pub fn depth(&self) -> usize {
        self.slots.len()
    }

    /// Entries in it.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a blocking write would wait.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.len == self.slots.len()
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
        let place = self.place();
        self.slots[place] = Some(entry);
        self.wrote();
        Ok(())
    }

    /// Where the next entry goes.
    #[inline]
    fn place(&self) -> usize {
        let place = self.first + self.len;
        if place >= self.slots.len() { place - self.slots.len() } else { place }
    }

    #[inline]
    fn wrote(&mut self) {
        self.len += 1;
        self.stats.high_water = self.stats.high_water.max(self.len);
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
        if self.len == 0 { None } else { self.slots[self.first].as_ref() }
    }

    /// Non-blocking read: the next entry, if there is one.
    #[inline]
    pub fn try_read(&mut self) -> Option<T> {
        if self.len == 0 {
            return None;
        }
        let entry = self.slots[self.first].take();
        self.drop_front();
        entry
    }

    /// Takes off the entry that [`Fifo::front`] showed.
    #[inline]
    pub fn drop_front(&mut self) {
        if self.len > 0 {
            self.first = if self.first + 1 == self.slots.len() { 0 } else { self.first + 1 };
            self.len -= 1;
            self.stats.taken += 1;
        }
    }

    /// The place of the next entry, to be filled there; [`Fifo::commit`] writes it. It holds what
    /// an earlier entry left.
    ///
    /// # Panics
    /// When there is no room.
    #[inline]
    pub(crate) fn slot(&mut self) -> &mut T
    where
        T: Default,
    {
        assert!(!self.is_full(), "a writer is called only when there is room");
        let place = self.place();
        self.slots[place].get_or_insert_with(T::default)
    }

    /// Writes what stands in [`Fifo::slot`].
    #[inline]
    pub(crate) fn commit(&mut self) {
        self.wrote();
    }

    /// What was seen.
    pub fn stats(&self) -> FifoStats {
        self.stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows H18, N5.
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

    /// Shows H18.
    #[test]
    #[should_panic(expected = "only when there is room")]
    fn a_blocking_write_into_a_full_fifo_is_a_mistake_of_the_wiring() {
        let mut fifo = Fifo::new(1);
        fifo.write(1);
        fifo.write(2);
    }
}
