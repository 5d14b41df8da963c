//! Where encoded frames go: one behind the other, as words of an IO channel, or as a capture.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_pipeline::toe::Descriptor;
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::units::Timestamp;
use tidegate_protocol::{View, frame};

use crate::Unusable;

/// Payload of a full packet on Ethernet.
const PACKET_BYTES: usize = 1460;
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5016);
const CLIENT: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 40_001);

/// What is written, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The option that names the file.
    pub(crate) option: &'static str,
    /// Session in the TOE headers of a .beats file.
    pub(crate) cid: u8,
    /// Layout of the words of a .beats file.
    pub(crate) descriptor: Descriptor,
    /// The frames go to the exchange: each leaves at once, in a packet of its own.
    pub(crate) to_exchange: bool,
}

impl Shape {
    /// Where the packets of a capture come from and go to.
    fn ends(&self) -> (SocketAddrV4, SocketAddrV4) {
        if self.to_exchange { (CLIENT, SERVER) } else { (SERVER, CLIENT) }
    }
}

enum Form {
    Bin(Out),
    Beats { out: Out, words: Vec<u8> },
    Pcap { out: PcapWriter<Out>, seq: u32, time_ns: u64 },
}

/// Where the bytes go.
enum Out {
    Plain(BufWriter<File>),
    Gzip(GzEncoder<BufWriter<File>>),
    Stdout(BufWriter<Stdout>),
}

impl Out {
    fn finish(self) -> io::Result<()> {
        match self {
            Out::Plain(mut out) => out.flush(),
            Out::Gzip(out) => out.finish()?.flush(),
            Out::Stdout(mut out) => out.flush(),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Plain(out) => out.write(bytes),
            Out::Gzip(out) => out.write(bytes),
            Out::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Plain(out) => out.flush(),
            Out::Gzip(out) => out.flush(),
            Out::Stdout(out) => out.flush(),
        }
    }
}

/// A file (or the standard output) that takes frames. It stands under its name when it is whole:
/// until [`FramesOut::finish`] it is written beside, and what was there before stays.
pub(crate) struct FramesOut {
    form: Form,
    shape: Shape,
    /// Stream bytes that do not fill a packet yet.
    pending: Vec<u8>,
    messages: u64,
    bytes: u64,
    name: String,
    partial: Partial,
}

/// The file under the name that it has as long as it is not whole, and its own name.
struct Partial(Option<(PathBuf, PathBuf)>);

impl Partial {
    /// Opens the file beside `path`, or `path` itself where that is a device or a pipe.
    fn open(path: &Path) -> io::Result<(File, Self)> {
        let there = fs::metadata(path).ok();
        let Some(there) = there else { return Self::beside(path) };
        if !there.is_file() {
            return Ok((File::create(path)?, Self(None)));
        }
        // A file that may not be written is not replaced either, and a link stays one.
        File::options().write(true).open(path)?;
        let (file, partial) = Self::beside(&fs::canonicalize(path)?)?;
        file.set_permissions(there.permissions())?;
        Ok((file, partial))
    }

    fn beside(path: &Path) -> io::Result<(File, Self)> {
        let mut name = OsString::from(".");
        name.push(path.file_name().ok_or(io::ErrorKind::InvalidFilename)?);
        name.push(format!(".{}.part", std::process::id()));
        let part = path.with_file_name(name);
        let file = File::create(&part)?;
        Ok((file, Self(Some((part, path.to_owned())))))
    }

    fn keep(mut self) -> io::Result<()> {
        if let Some((part, path)) = &self.0 {
            fs::rename(part, path)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl FramesOut {
    /// Creates the file; its name tells the form.
    pub(crate) fn create(path: &Path, shape: Shape) -> Result<Self> {
        if path == Path::new("-") {
            let out = Out::Stdout(BufWriter::with_capacity(1 << 16, stdout()));
            let name = "the standard output".to_owned();
            return Ok(Self::new(Form::Bin(out), shape, name, Partial(None)));
        }
        let extension = |path: &Path| Some(path.extension()?.to_str()?.to_owned());
        let (gzip, form) = match extension(path).as_deref() {
            Some("gz") => (true, extension(&path.with_extension(""))),
            _ => (false, extension(path)),
        };
        if let Some(form @ ("zst" | "pcapng")) = form.as_deref() {
            let text = "wanted .beats, .pcap or any other name for plain frames, also with .gz";
            let name = path.display();
            let option = shape.option;
            return Err(Unusable(format!("{option} {name}: {text}; .{form} is not written")).into());
        }
        let failed = || format!("cannot create {}", path.display());
        let (file, partial) = Partial::open(path).with_context(failed)?;
        let file = BufWriter::with_capacity(1 << 16, file);
        let out = if gzip {
            Out::Gzip(GzEncoder::new(file, Compression::default()))
        } else {
            Out::Plain(file)
        };
        let form = match form.as_deref() {
            Some("beats") => Form::Beats { out, words: Vec::new() },
            Some("pcap") => {
                let mut out = PcapWriter::new(out).with_context(failed)?;
                let (from, to) = shape.ends();
                out.tcp(from, to, 0, TcpFlags::SYN, &[], 0).with_context(failed)?;
                Form::Pcap { out, seq: 1, time_ns: 0 }
            }
            _ => Form::Bin(out),
        };
        Ok(Self::new(form, shape, path.display().to_string(), partial))
    }

    fn new(form: Form, shape: Shape, name: String, partial: Partial) -> Self {
        Self { form, shape, pending: Vec::new(), messages: 0, bytes: 0, name, partial }
    }

    fn failed(&self) -> String {
        format!("cannot write {}", self.name)
    }

    /// Whether a reader finds the messages: in a capture a flow of one is taken for foreign.
    pub(crate) fn is_recognised(&self) -> bool {
        self.messages != 1 || !matches!(self.form, Form::Pcap { .. })
    }

    /// Takes one frame.
    pub(crate) fn frame(&mut self, frame: &[u8]) -> Result<()> {
        self.messages += 1;
        self.bytes += frame.len() as u64;
        let result = match &mut self.form {
            Form::Bin(out) => out.write_all(frame),
            Form::Beats { .. } => self.packets(frame),
            Form::Pcap { time_ns, .. } => {
                *time_ns = time_of(frame).unwrap_or(*time_ns).max(*time_ns);
                self.packets(frame)
            }
        };
        result.with_context(|| self.failed())
    }

    /// Full packets as far as there are bytes.
    fn packets(&mut self, frame: &[u8]) -> io::Result<()> {
        if self.shape.to_exchange {
            return self.form.packet(frame, &self.shape);
        }
        self.pending.extend_from_slice(frame);
        let full = self.pending.len() / PACKET_BYTES * PACKET_BYTES;
        for packet in self.pending[..full].chunks(PACKET_BYTES) {
            self.form.packet(packet, &self.shape)?;
        }
        self.pending.drain(..full);
        Ok(())
    }

    /// Writes out what is left; gives the number of messages and of their bytes.
    pub(crate) fn finish(mut self) -> Result<(u64, u64)> {
        let failed = self.failed();
        let last = || {
            if !self.pending.is_empty() {
                self.form.packet(&self.pending, &self.shape)?;
            }
            match self.form {
                Form::Bin(out) | Form::Beats { out, .. } => out.finish(),
                Form::Pcap { mut out, seq, time_ns } => {
                    let (from, to) = self.shape.ends();
                    out.tcp(from, to, seq, TcpFlags::FIN, &[], time_ns)?;
                    out.finish()?.finish()
                }
            }
        };
        last().and_then(|()| self.partial.keep()).context(failed)?;
        Ok((self.messages, self.bytes))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some((path, _)) = &self.0 {
            // The reason is on its way to the user; a file that stays is no second one.
            let _ = fs::remove_file(path);
        }
    }
}

impl Form {
    fn packet(&mut self, packet: &[u8], shape: &Shape) -> io::Result<()> {
        match self {
            Form::Bin(out) => out.write_all(packet),
            Form::Beats { out, words } => {
                words.clear();
                shape.descriptor.packet_words(shape.cid, packet, 0, words);
                out.write_all(words)
            }
            Form::Pcap { out, seq, time_ns } => {
                let (from, to) = shape.ends();
                out.tcp(from, to, *seq, TcpFlags::DATA, packet, *time_ns)?;
                *seq = seq.wrapping_add(packet.len() as u32);
                Ok(())
            }
        }
    }
}

/// The message's own time (UTC+8) in nanoseconds since 1970, if a capture can say it.
fn time_of(bytes: &[u8]) -> Option<u64> {
    let (msg_type, _) = frame::header(bytes[..HEADER_BYTES].first_chunk()?);
    let view = View::new(msg_type, frame::body(bytes)).ok()?;
    let value = view.field("TransactTime").or_else(|| view.field("OrigTime"))?;
    nanos(Timestamp(value.number()?))
}

/// A time in Shenzhen in nanoseconds since 1970, as far as a capture can say it.
pub(crate) fn nanos(stamp: Timestamp) -> Option<u64> {
    if !stamp.is_possible() {
        return None;
    }
    let (year, month, day) = (stamp.date() / 10_000, stamp.date() / 100 % 100, stamp.date() % 100);
    // Days since 1970-01-01, with the year beginning in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    let ms = days * 86_400_000 + stamp.ms_of_day() - 8 * 3_600_000;
    let ns = u64::try_from(ms).ok()? * 1_000_000;
    (ns / 1_000_000_000 <= u64::from(u32::MAX)).then_some(ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_message_is_that_of_the_capture() {
        // A trade of 2023-02-01 09:25:00.000 in Shenzhen.
        let mut frame = vec![0; 78];
        frame[..4].copy_from_slice(&300_191u32.to_be_bytes());
        frame[66..74].copy_from_slice(&20_230_201_092_500_000i64.to_be_bytes());
        frame::seal(&mut frame);
        assert_eq!(time_of(&frame), Some(1_675_214_700_000_000_000));
        frame[66..74].copy_from_slice(&20_231_301_092_500_000i64.to_be_bytes());
        assert_eq!(time_of(&frame), None);
    }
}
