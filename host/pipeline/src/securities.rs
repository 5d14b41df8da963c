//! Which row a security has: a hash of two probes that the host prepares.
//!
//! The same two multiplications and two compares run in the kernels, so a look-up never loops.

use tidegate_protocol::limits::MAX_SECURITIES;

/// A SecurityID as on the wire, padded with spaces.
pub type SecurityId = [u8; 8];

/// Why a set of securities has no map.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecuritiesError {
    /// More names than rows.
    #[error("{found} securities, but the table has {MAX_SECURITIES} rows")]
    TooMany {
        /// Names given.
        found: usize,
    },
    /// No two-probe table was found; does not happen for names that differ.
    #[error("no two-probe table found for {found} securities")]
    NoTable {
        /// Names given.
        found: usize,
    },
}

const EMPTY: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u64,
    row: u32,
}

/// SecurityID to row. Rows are numbered in the order of the names given.
#[derive(Clone, Debug)]
pub struct SecurityMap {
    slots: Box<[Slot]>,
    multipliers: [u64; 2],
    /// 64 less the address bits of one half.
    shift: u32,
    names: Vec<SecurityId>,
}

/// The name as a number, with NUL padding read as spaces: never 0, which an empty slot has.
#[inline]
fn key_of(security: SecurityId) -> u64 {
    let raw = u64::from_le_bytes(security);
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let zero_bytes = !(((raw & LOW) + LOW) | raw | LOW);
    raw | (zero_bytes >> 2)
}

/// Whether two names are the same security, however they are padded.
#[inline]
pub fn same(a: SecurityId, b: SecurityId) -> bool {
    key_of(a) == key_of(b)
}

impl SecurityMap {
    /// Prepares the map. Names that repeat keep their first row.
    pub fn new(names: impl IntoIterator<Item = SecurityId>) -> Result<Self, SecuritiesError> {
        let mut seen = std::collections::HashSet::new();
        let names: Vec<SecurityId> = names
            .into_iter()
            .map(|name| key_of(name).to_le_bytes())
            .filter(|name| seen.insert(*name))
            .collect();
        if names.len() > MAX_SECURITIES {
            return Err(SecuritiesError::TooMany { found: names.len() });
        }
        // Half full at the most, so that few kicks are needed.
        let half_bits = names.len().max(8).next_power_of_two().trailing_zeros();
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..64 {
            let mut next = || {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                seed | 1
            };
            let mut map = Self {
                slots: vec![Slot { key: 0, row: EMPTY }; 2 << half_bits].into(),
                multipliers: [next(), next()],
                shift: 64 - half_bits,
                names: Vec::new(),
            };
            if names.iter().enumerate().all(|(row, name)| map.place(key_of(*name), row as u32)) {
                map.names = names;
                return Ok(map);
            }
        }
        Err(SecuritiesError::NoTable { found: names.len() })
    }

    #[inline]
    fn position(&self, key: u64, half: usize) -> usize {
        let hashed = key.wrapping_mul(self.multipliers[half]) >> self.shift;
        hashed as usize + half * (self.slots.len() / 2)
    }

    /// Cuckoo insertion: a name that finds its place taken moves the one there to its other half.
    fn place(&mut self, key: u64, row: u32) -> bool {
        let mut moving = Slot { key, row };
        let mut half = 0;
        for _ in 0..512 {
            let at = self.position(moving.key, half);
            std::mem::swap(&mut self.slots[at], &mut moving);
            if moving.row == EMPTY {
                return true;
            }
            half = usize::from(at < self.slots.len() / 2);
        }
        false
    }

    /// The row of a security, if it has one.
    #[inline]
    pub fn row(&self, security: SecurityId) -> Option<usize> {
        let key = key_of(security);
        let first = &self.slots[self.position(key, 0)];
        let second = &self.slots[self.position(key, 1)];
        let slot = if first.key == key { first } else { second };
        (slot.key == key).then_some(slot.row as usize)
    }

    /// The two multipliers, and how far their products are shifted.
    pub fn hash(&self) -> ([u64; 2], u32) {
        (self.multipliers, self.shift)
    }

    /// The slots of both halves: name as a number, row; `u32::MAX` for an empty one.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = (u64, u32)> {
        self.slots.iter().map(|slot| (slot.key, slot.row))
    }

    /// The names, by row.
    pub fn names(&self) -> &[SecurityId] {
        &self.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> SecurityId {
        let mut name = *b"        ";
        name[..6].copy_from_slice(format!("{number:06}").as_bytes());
        name
    }

    /// Shows H21.
    #[test]
    fn every_name_is_found_and_no_other() {
        for count in [0, 1, 2, 3, 500, 4_096, 65_536] {
            let map = SecurityMap::new((0..count).map(id)).expect("a table");
            for number in 0..count {
                assert_eq!(map.row(id(number)), Some(number as usize));
            }
            for number in count..count + 1_000 {
                assert_eq!(map.row(id(number)), None);
            }
            assert_eq!(map.row([0; 8]), None);
            assert_eq!(map.row(*b"        "), None);
        }
    }

    #[test]
    fn nul_padding_names_the_same_security() {
        let map = SecurityMap::new([*b"000001\0\0", *b"000001  ", *b"000002  "]).expect("a table");
        assert_eq!(map.names().len(), 2);
        assert_eq!(map.row(*b"000001  "), Some(0));
        assert_eq!(map.row(*b"000001\0\0"), Some(0));
        assert_eq!(map.row(*b"000002\0 "), Some(1));
    }

    #[test]
    fn too_many_names_are_refused() {
        let error = SecurityMap::new((0..65_537).map(id)).expect_err("too many");
        assert_eq!(error, SecuritiesError::TooMany { found: 65_537 });
    }
}
