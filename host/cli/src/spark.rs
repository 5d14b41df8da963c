//! The course of a value as one line of blocks.

/// Values kept at the most; a power of two.
const KEPT: usize = 256;
/// Blocks in the line.
const COLUMNS: usize = 64;

/// A series of any length, thinned evenly as it grows.
#[derive(Clone, Debug)]
pub(crate) struct Spark {
    kept: Vec<i64>,
    /// Every so many-th value is kept.
    stride: u64,
    seen: u64,
}

impl Default for Spark {
    fn default() -> Self {
        Self { kept: Vec::with_capacity(KEPT), stride: 1, seen: 0 }
    }
}

impl Spark {
    pub(crate) fn push(&mut self, value: i64) {
        if self.seen.is_multiple_of(self.stride) {
            if self.kept.len() == KEPT {
                let mut at = 0;
                self.kept.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.stride *= 2;
            }
            self.kept.push(value);
        }
        self.seen += 1;
    }

    /// From lowest to highest block; nothing for a value that never moved.
    pub(crate) fn line(&self) -> String {
        const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let (Some(low), Some(high)) = (self.kept.iter().min(), self.kept.iter().max()) else {
            return String::new();
        };
        let span = i128::from(*high) - i128::from(*low);
        if span == 0 {
            return String::new();
        }
        let columns = self.kept.len().min(COLUMNS);
        let block = |column: usize| {
            let value = self.kept[column * self.kept.len() / columns];
            let height = (i128::from(value) - i128::from(*low)) * 7 / span;
            BLOCKS[height as usize]
        };
        (0..columns).map(block).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_shape() {
        let mut spark = Spark::default();
        assert_eq!(spark.line(), "");
        for value in 0..100_000 {
            spark.push(value);
            assert!(spark.kept.len() <= KEPT);
        }
        let line: Vec<char> = spark.line().chars().collect();
        assert_eq!(line.len(), COLUMNS);
        assert!(line.is_sorted() && line[0] == '▁' && line[COLUMNS - 1] >= '▇');
    }

    #[test]
    fn extremes_do_not_overflow() {
        let mut spark = Spark::default();
        spark.push(i64::MIN);
        spark.push(i64::MAX);
        assert_eq!(spark.line(), "▁█");
    }
}
