//! Where a message or a fault stands, as it is shown.

use tidegate_pipeline::frame::Frame;
use tidegate_protocol::FaultCode;
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::view::items_within;

use crate::json::{self, Style};

/// How a stream is named in the output: a number or a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Label {
    /// As in a CSV cell.
    pub(crate) text: String,
    json: Vec<u8>,
}

impl Label {
    pub(crate) fn number(number: u16) -> Self {
        Self { text: number.to_string(), json: number.to_string().into_bytes() }
    }

    pub(crate) fn name(name: &str) -> Self {
        let mut json = Vec::new();
        json::string(&mut json, name);
        Self { text: name.to_owned(), json }
    }

    /// As in JSON.
    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }
}

/// Where a message stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// Its stream.
    pub(crate) stream: &'a Label,
    /// Its number over the whole input.
    pub(crate) msg: u64,
    /// Its first byte in the stream.
    pub(crate) offset: u64,
    /// MsgType.
    pub(crate) msg_type: u32,
}

impl<'a> Place<'a> {
    pub(crate) fn of(frame: &Frame<'_>, stream: &'a Label) -> Self {
        Self { stream, msg: frame.msg, offset: frame.offset, msg_type: frame.msg_type }
    }
}

/// A fault as it is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FaultLine<'a> {
    /// What.
    pub(crate) code: FaultCode,
    /// Where it begins.
    pub(crate) offset: u64,
    /// Bytes concerned.
    pub(crate) length: u64,
    /// Number of the message, where it was framed.
    pub(crate) msg: Option<u64>,
    /// What came of a message that was cut off.
    pub(crate) cut: Option<&'a [u8]>,
}

impl FaultLine<'_> {
    /// Appends an object with the fields that had wholly arrived; nothing if no message was cut.
    pub(crate) fn captured(&self, out: &mut Vec<u8>, style: Style) {
        let Some(bytes) = self.cut else { return };
        out.push(b'{');
        if let Some(msg_type) = bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes)) {
            json::key(out, "Type");
            json::unsigned(out, u64::from(msg_type));
            if let (Some(body), Some(items)) = (
                bytes.get(HEADER_BYTES..),
                items_within(msg_type, &bytes[HEADER_BYTES.min(bytes.len())..]),
            ) && !body.is_empty()
            {
                json::members(out, items, style);
            }
        }
        out.push(b'}');
    }
}
