//! Rooms and fault codes: one list, from which the names in JSON and the kernel header come.

/// A stage of the data path. The order is the order of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Room {
    /// The host's file and capture sources, before the first room.
    Capture = 0,
    /// TOE header words and packets.
    Toe = 1,
    /// Frames in a byte stream.
    Frame = 2,
    /// Fields and records.
    Decode = 3,
    /// The quote table.
    Quote = 4,
    /// The index.
    Index = 5,
    /// Conditions and limits.
    Trigger = 6,
    /// The order template.
    Order = 7,
    /// Reports that come back.
    Feedback = 8,
    /// Decoded data going out.
    Publish = 9,
}

impl Room {
    /// Every room, in the order of the data.
    pub const ALL: &'static [Room] = &[
        Room::Capture,
        Room::Toe,
        Room::Frame,
        Room::Decode,
        Room::Quote,
        Room::Index,
        Room::Trigger,
        Room::Order,
        Room::Feedback,
        Room::Publish,
    ];

    /// Name in lower case, as in `frame.checksum`.
    pub const fn name(self) -> &'static str {
        match self {
            Room::Capture => "capture",
            Room::Toe => "toe",
            Room::Frame => "frame",
            Room::Decode => "decode",
            Room::Quote => "quote",
            Room::Index => "index",
            Room::Trigger => "trigger",
            Room::Order => "order",
            Room::Feedback => "feedback",
            Room::Publish => "publish",
        }
    }
}

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $room:ident, $text:literal, $about:literal;)*) => {
        /// What was wrong with the input. The number is the same on every engine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum FaultCode {
            $(#[doc = $about] $name = $value,)*
        }

        impl FaultCode {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$name),*];

            /// The room that raises it.
            pub const fn room(self) -> Room {
                match self { $(FaultCode::$name => Room::$room,)* }
            }

            /// `room.code`, as it stands in JSON.
            pub const fn name(self) -> &'static str {
                match self { $(FaultCode::$name => $text,)* }
            }

            /// What it means and what is done about it.
            pub const fn about(self) -> &'static str {
                match self { $(FaultCode::$name => $about,)* }
            }
        }
    };
}

fault_codes! {
    CaptureDamaged = 1, Capture, "capture.damaged", "The file is damaged from here on; what came before is kept.";
    CaptureTruncatedPacket = 2, Capture, "capture.truncated", "A datagram does not hold whole messages to its end: it was cut by the snap length, is an IP fragment, or has a length that cannot be; the rest of it is lost.";
    CaptureLost = 3, Capture, "capture.lost", "Bytes of the stream were never captured; the range runs from the first byte without a message to the place where messages hold again.";
    ToeFiller = 16, Toe, "toe.filler", "The filler of a TOE header is not 0x55; the packet is skipped by its length.";
    ToeLength = 17, Toe, "toe.length", "A TOE header announces more bytes than the limit; the link is dead until the end.";
    ToeSession = 18, Toe, "toe.session", "A TOE header names a session above 127; the packet is skipped by its length.";
    ToeTruncated = 19, Toe, "toe.truncated", "The words end inside a packet.";
    ToePrefix = 20, Toe, "toe.prefix", "A packet is shorter than the prefix that each packet must carry.";
    FrameChecksum = 32, Frame, "frame.checksum", "The trailer is not the sum of header and body.";
    FrameLength = 33, Frame, "frame.length", "BodyLength is over the limit; the session is dead until it is reset.";
    FrameTruncated = 34, Frame, "frame.truncated", "The stream ends, or is reset, inside a message.";
    DecodeShort = 48, Decode, "decode.short", "The body is shorter than its type's minimum; skipped by length.";
    DecodeGroup = 49, Decode, "decode.group", "A group does not fit the body; skipped by length.";
    DecodeHold = 50, Decode, "decode.hold", "The known part of the body is longer than the hold; skipped by length.";
    DecodeTime = 51, Decode, "decode.time", "The time stamp does not exist; the pipeline's time stays.";
    QuotePrice = 64, Quote, "quote.price", "A trade with a price of 0 or less; not applied.";
    QuoteOverflow = 65, Quote, "quote.overflow", "A running total of the row would leave 64 bits; the message is not applied.";
    QuoteQueue = 66, Quote, "quote.queue", "A snapshot discloses more queue quantities than a row holds; the rest is left out.";
    QuoteQuantity = 67, Quote, "quote.quantity", "A trade with a quantity below 0; not applied.";
    IndexOverflow = 80, Index, "index.overflow", "The sum of the index would leave 63 bits; the price is not applied.";
    IndexPrice = 81, Index, "index.price", "A snapshot's last price has digits finer than 1e-4; not applied to the index.";
    IndexDivisor = 82, Index, "index.divisor", "New share counts give a sum of 0 or above 63 bits, or the index stands at 0; the counts stay as they were.";
    TriggerParameters = 96, Trigger, "trigger.parameters", "New parameters break their bounds or do not fit the triggers; the old ones stay.";
    FeedbackContradiction = 112, Feedback, "feedback.contradiction", "A report contradicts the record table; not applied.";
    FeedbackPartition = 113, Feedback, "feedback.partition", "A report of more partitions than are followed; judged without its ReportIndex.";
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn rooms_are_in_order() {
        for (i, room) in Room::ALL.iter().enumerate() {
            assert_eq!(*room as usize, i);
        }
    }

    /// Shows Q17.
    #[test]
    fn every_code_is_named_after_its_room() {
        for pair in FaultCode::ALL.windows(2) {
            assert!((pair[0] as u8) < pair[1] as u8);
        }
        for code in FaultCode::ALL {
            let (room, _) = code.name().split_once('.').expect("room.code");
            assert_eq!(room, code.room().name());
        }
    }
}
