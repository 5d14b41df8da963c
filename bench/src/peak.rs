//! The peak of a capture: its busiest windows, for whoever must say what a system has to keep up with.

use std::path::Path;

use tidegate_pipeline::Setup;

use crate::feed::{self, FeedError};

/// The windows that are looked for, in nanoseconds.
pub const WINDOWS_NS: [u64; 2] = [100_000_000, 1_000_000_000];

/// When a message was captured, and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Nanoseconds since 1970.
    pub at_ns: u64,
    /// Bytes of the message.
    pub bytes: u64,
}

/// The busiest window of a length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Busiest {
    /// Its length.
    pub window_ns: u64,
    /// Most messages in such a window.
    pub messages: u64,
    /// Its first message.
    pub messages_from_ns: u64,
    /// Most bytes in such a window, which may be another one.
    pub bytes: u64,
    /// Its first message.
    pub bytes_from_ns: u64,
}

impl Busiest {
    /// As a rate.
    pub fn messages_per_s(&self) -> f64 {
        self.messages as f64 * 1e9 / self.window_ns as f64
    }

    /// As a rate.
    pub fn bytes_per_s(&self) -> f64 {
        self.bytes as f64 * 1e9 / self.window_ns as f64
    }
}

/// The busiest window, wherever it begins; it ends before its first message is so old.
pub fn busiest(captured: &[Captured], window_ns: u64) -> Busiest {
    let mut sorted = captured.to_vec();
    sorted.sort_by_key(|one| one.at_ns);
    let mut found = Busiest { window_ns, ..Busiest::default() };
    let (mut first, mut bytes) = (0, 0);
    for (at, one) in sorted.iter().enumerate() {
        bytes += one.bytes;
        while one.at_ns - sorted[first].at_ns >= window_ns {
            bytes -= sorted[first].bytes;
            first += 1;
        }
        let messages = (at + 1 - first) as u64;
        if messages > found.messages {
            (found.messages, found.messages_from_ns) = (messages, sorted[first].at_ns);
        }
        if bytes > found.bytes {
            (found.bytes, found.bytes_from_ns) = (bytes, sorted[first].at_ns);
        }
    }
    found
}

/// The messages of a capture; those of an input without times are left out.
///
/// # Errors
/// When it cannot be read.
pub fn captured(path: &Path) -> Result<Vec<Captured>, FeedError> {
    let (feed, times) = feed::load_timed(path, Setup { detect_words: true, ..Setup::default() })?;
    let both = feed.messages.iter().zip(times);
    Ok(both
        .filter_map(|(message, at_ns)| Some(Captured { at_ns: at_ns?, bytes: message.len as u64 }))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    /// Shows P4.
    #[test]
    fn the_busiest_window_is_that_of_a_count_by_hand() {
        let mut random = Random(3);
        let captured: Vec<Captured> = (0..400)
            .map(|_| Captured { at_ns: random.below(5_000), bytes: 1 + random.below(90) })
            .collect();
        for window_ns in [1, 10, 700, 10_000] {
            // Every window that begins at a message.
            let within = |from: u64| {
                let inside = captured
                    .iter()
                    .filter(move |one| (from..from.saturating_add(window_ns)).contains(&one.at_ns));
                (inside.clone().count() as u64, inside.map(|one| one.bytes).sum::<u64>())
            };
            let of_all = captured.iter().map(|one| within(one.at_ns));
            let found = busiest(&captured, window_ns);
            assert_eq!(Some(found.messages), of_all.clone().map(|of| of.0).max());
            assert_eq!(Some(found.bytes), of_all.map(|of| of.1).max());
            assert_eq!(within(found.messages_from_ns).0, found.messages);
            assert_eq!(within(found.bytes_from_ns).1, found.bytes);
        }
        assert_eq!(busiest(&[], 5).messages, 0);
    }

    #[test]
    fn a_window_is_a_rate() {
        let at = |ms: u64| Captured { at_ns: ms * 1_000_000, bytes: 100 };
        // 99 ms lie between the first and the last, then 100.
        let found = busiest(&[at(0), at(50), at(99), at(150)], 100_000_000);
        assert_eq!((found.messages, found.messages_per_s(), found.bytes_per_s()), (3, 30.0, 3e3));
        assert_eq!(busiest(&[at(0), at(100)], 100_000_000).messages, 1);
    }
}
