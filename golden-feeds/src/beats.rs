//! The words of an IO channel, as a TOE gives them: written here without the code that reads them.

/// Bytes of a word.
pub const WORD_BYTES: usize = 16;
/// What stands in a header word beside session and length.
const FILLER: u8 = 0x55;

/// How packets become words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The high byte of the length comes first, as a text says it; the published sample has the low
    /// byte first.
    pub high_first: bool,
    /// Words stand as in a dump; an IO channel carries them reversed.
    pub printed: bool,
    /// What stands behind the end of a packet.
    pub padding: u8,
}

impl Layout {
    /// A header word.
    pub fn header(&self, length: u16, cid: u8) -> [u8; WORD_BYTES] {
        let mut word = [FILLER; WORD_BYTES];
        let bytes = if self.high_first { length.to_be_bytes() } else { length.to_le_bytes() };
        word[..2].copy_from_slice(&bytes);
        word[2] = cid;
        if self.printed {
            word.reverse();
        }
        word
    }

    /// Appends a packet.
    ///
    /// # Panics
    ///
    /// When the payload is longer than 65 535 bytes.
    pub fn packet(&self, cid: u8, payload: &[u8], to: &mut Vec<u8>) {
        let length = u16::try_from(payload.len()).expect("a packet of at most 65 535 bytes");
        to.extend_from_slice(&self.header(length, cid));
        for chunk in payload.chunks(WORD_BYTES) {
            let mut word = [self.padding; WORD_BYTES];
            word[..chunk.len()].copy_from_slice(chunk);
            if !self.printed {
                word.reverse();
            }
            to.extend_from_slice(&word);
        }
    }
}
