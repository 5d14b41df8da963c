//! What a source hands on.

use tidegate_protocol::FaultCode;

/// One byte stream: a direction of one TCP connection or UDP flow, or the whole of a `.bin` file.
///
/// Numbers count up from 0 and are never reused within one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u32);

/// One step of the input, in the order in which the pipeline gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// A stream that carries this protocol begins.
    Open {
        /// The stream.
        stream: StreamId,
    },
    /// The next bytes of a stream.
    Bytes {
        /// The stream.
        stream: StreamId,
        /// Offset of the first byte in its stream. A jump without [`Delivery::Resume`] was already
        /// accounted for by a [`Delivery::Fault`], or skipped before the first message.
        offset: u64,
        /// The bytes, never empty.
        bytes: &'a [u8],
        /// Time of the packet that completed them, in nanoseconds since 1970, from a capture.
        time_ns: Option<u64>,
    },
    /// Bytes were lost. The stream goes on with a message that starts at `offset`; the range from
    /// the start of the unfinished message (or the next byte) up to `offset` has no message.
    /// The receiver raises [`FaultCode::CaptureLost`] for it.
    Resume {
        /// The stream.
        stream: StreamId,
        /// Where the next message starts.
        offset: u64,
    },
    /// The stream ended (FIN, RST, port reuse, end of input). An unfinished message is cut off.
    Close {
        /// The stream.
        stream: StreamId,
    },
    /// Whole 16-byte words of an IO channel, as in the file.
    Words {
        /// A multiple of 16 bytes.
        bytes: &'a [u8],
    },
    /// Something about the input that no room can see.
    Fault {
        /// The stream, or `None` for the file itself.
        stream: Option<StreamId>,
        /// What.
        code: FaultCode,
        /// Where it begins: in the stream, or in the file.
        offset: u64,
        /// Bytes concerned, 0 if not known.
        length: u64,
    },
}
