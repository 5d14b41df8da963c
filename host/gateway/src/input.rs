//! The bytes of a file: opening, spooling, decompression, recognition.

use crate::{Format, SourceError};
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;
use tempfile::SpooledTempFile;

/// Bytes asked of a gzip decoder at once: what it wrote before an error in one call is lost.
const GZIP_STEP: usize = 8 << 10;
/// Input that cannot be read twice is kept in memory up to this size, then on disk.
const SPOOL_MEMORY: usize = 16 << 20;
/// A compressed file inside a compressed file is as deep as it goes.
const MAX_LAYERS: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Codec {
    Gzip,
    Zstd,
}

enum Store {
    File(File),
    Spool(SpooledTempFile),
}

/// The file itself.
struct Raw {
    store: Store,
    read: u64,
    total: u64,
    /// Kept aside because decoders wrap or replace the errors of their source.
    error: Option<io::Error>,
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let result = match &mut self.store {
            Store::File(file) => file.read(buf),
            Store::Spool(spool) => spool.read(buf),
        };
        match result {
            Ok(count) => {
                self.read += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.error = Some(error);
                Err(kind.into())
            }
        }
    }
}

struct Zstd {
    source: BufReader<Box<Layer>>,
    decoder: FrameDecoder,
    in_frame: bool,
    failed: bool,
}

impl Zstd {
    fn failed(&mut self) -> io::Error {
        self.failed = true;
        io::ErrorKind::InvalidData.into()
    }

    /// Starts the next frame. `false` at the end of the input.
    fn start(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.source).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(self.failed());
                    }
                }
                Err(_) => return Err(self.failed()),
            }
        }
    }
}

impl Read for Zstd {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buf);
            }
            if self.failed {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.in_frame && self.decoder.is_finished() {
                self.in_frame = false;
                let stored = self.decoder.get_checksum_from_data();
                if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
                    return Err(self.failed());
                }
            }
            if !self.in_frame && !self.start()? {
                return Ok(0);
            }
            let step = BlockDecodingStrategy::UptoBlocks(1);
            if self.decoder.decode_blocks(&mut self.source, step).is_err() {
                self.failed = true;
                // The decoder keeps back a window of good bytes until its frame ends: an empty
                // last block (and a checksum that nobody reads) ends it.
                let end = [1u8, 0, 0, 0, 0, 0, 0];
                let _ = self.decoder.decode_blocks(&end[..], BlockDecodingStrategy::All);
            }
        }
    }
}

enum Layer {
    Plain(Raw),
    Gzip(MultiGzDecoder<BufReader<Box<Layer>>>),
    Zstd(Box<Zstd>),
}

impl Layer {
    fn wrap(self, codec: Codec) -> Layer {
        let source = BufReader::with_capacity(64 << 10, Box::new(self));
        match codec {
            Codec::Gzip => Layer::Gzip(MultiGzDecoder::new(source)),
            Codec::Zstd => {
                let decoder = FrameDecoder::new();
                Layer::Zstd(Box::new(Zstd { source, decoder, in_frame: false, failed: false }))
            }
        }
    }

    fn raw(&mut self) -> &mut Raw {
        match self {
            Layer::Plain(raw) => raw,
            Layer::Gzip(gzip) => gzip.get_mut().get_mut().raw(),
            Layer::Zstd(zstd) => zstd.source.get_mut().raw(),
        }
    }

    fn into_raw(self) -> Raw {
        match self {
            Layer::Plain(raw) => raw,
            Layer::Gzip(gzip) => gzip.into_inner().into_inner().into_raw(),
            Layer::Zstd(zstd) => zstd.source.into_inner().into_raw(),
        }
    }
}

impl Read for Layer {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Layer::Plain(raw) => raw.read(buf),
            Layer::Gzip(gzip) => {
                let step = buf.len().min(GZIP_STEP);
                gzip.read(&mut buf[..step])
            }
            Layer::Zstd(zstd) => zstd.read(buf),
        }
    }
}

/// A file that can be read again and again, decompressed.
pub(crate) struct Input {
    name: String,
    codecs: Vec<Codec>,
    /// Taken out only while the layers are built anew.
    layer: Option<Layer>,
    damaged: bool,
}

impl Input {
    /// Opens a file; `-` is the standard input.
    pub(crate) fn open(path: &Path) -> Result<Input, SourceError> {
        let name = path.display().to_string();
        if path.as_os_str() == "-" {
            return Input::spool(io::stdin().lock(), "standard input".to_owned());
        }
        let fail = |cause| SourceError::Open { name: name.clone(), cause };
        let file = File::open(path).map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        if metadata.is_dir() {
            return Err(fail(io::ErrorKind::IsADirectory.into()));
        }
        if metadata.is_file() {
            Input::recognise(Store::File(file), metadata.len(), name)
        } else {
            Input::spool(file, name)
        }
    }

    /// Copies an input that cannot be read twice.
    pub(crate) fn spool(mut reader: impl Read, name: String) -> Result<Input, SourceError> {
        let mut spool = SpooledTempFile::new(SPOOL_MEMORY);
        match io::copy(&mut reader, &mut spool) {
            Ok(total) => Input::recognise(Store::Spool(spool), total, name),
            Err(cause) => Err(SourceError::Spool { name, cause }),
        }
    }

    fn recognise(store: Store, total: u64, name: String) -> Result<Input, SourceError> {
        let raw = Raw { store, read: 0, total, error: None };
        let layer = Some(Layer::Plain(raw));
        let mut input = Input { name, codecs: Vec::new(), layer, damaged: false };
        input.rewind()?;
        while input.codecs.len() < MAX_LAYERS {
            let codec = match *input.head()? {
                [0x1f, 0x8b, 8, ..] => Codec::Gzip,
                [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Codec::Zstd,
                _ => break,
            };
            input.codecs.push(codec);
            input.rewind()?;
        }
        Ok(input)
    }

    /// Goes back to the first byte.
    pub(crate) fn rewind(&mut self) -> Result<(), SourceError> {
        let mut raw = self.layer.take().expect("the layers are put back").into_raw();
        let result = match &mut raw.store {
            Store::File(file) => file.rewind(),
            Store::Spool(spool) => spool.rewind(),
        };
        raw.read = 0;
        raw.error = None;
        self.layer = Some(self.codecs.iter().fold(Layer::Plain(raw), |l, &codec| l.wrap(codec)));
        self.damaged = false;
        result.map_err(|cause| SourceError::Read { name: self.name.clone(), cause })
    }

    /// Reads into `buf`. 0 is the end, or the place where the compressed data is damaged.
    pub(crate) fn read(&mut self, buf: &mut [u8]) -> Result<usize, SourceError> {
        let layer = self.layer.as_mut().expect("the layers are put back");
        while !self.damaged {
            match layer.read(buf) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let name = self.name.clone();
                    if let Some(cause) = layer.raw().error.take() {
                        return Err(SourceError::Read { name, cause });
                    }
                    if self.codecs.is_empty() {
                        return Err(SourceError::Read { name, cause: error });
                    }
                    self.damaged = true;
                }
            }
        }
        Ok(0)
    }

    /// Reads until `buf` is full or the input ends.
    pub(crate) fn fill(&mut self, buf: &mut [u8]) -> Result<usize, SourceError> {
        let mut filled = 0;
        while filled < buf.len() {
            match self.read(&mut buf[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// Whether the compressed data ended before its end.
    pub(crate) fn damaged(&self) -> bool {
        self.damaged
    }

    /// The file, as given.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes read of the file as it is, and its size.
    pub(crate) fn progress(&self) -> (u64, u64) {
        // Only the innermost layer knows, and looking takes no more than a walk over the layers.
        let mut layer = self.layer.as_ref().expect("the layers are put back");
        loop {
            layer = match layer {
                Layer::Plain(raw) => return (raw.read, raw.total),
                Layer::Gzip(gzip) => gzip.get_ref().get_ref(),
                Layer::Zstd(zstd) => zstd.source.get_ref(),
            };
        }
    }

    /// The first bytes, fewer at the end; the input stands at its start again.
    fn head(&mut self) -> Result<Vec<u8>, SourceError> {
        let mut head = vec![0; 32];
        let filled = self.fill(&mut head)?;
        head.truncate(filled);
        self.rewind()?;
        Ok(head)
    }

    /// Tells the format by its content; the name helps only where the content is silent.
    pub(crate) fn format(&mut self) -> Result<Format, SourceError> {
        let head = self.head()?;
        let magic = head.first_chunk().map(|head| u32::from_be_bytes(*head));
        Ok(match magic {
            Some(0xa1b2_c3d4 | 0xd4c3_b2a1 | 0xa1b2_3c4d | 0x4d3c_b2a1) => Format::Pcap,
            Some(0xa1b2_cd34 | 0x34cd_b2a1) => Format::Pcap,
            Some(0x0a0d_0d0a) => Format::PcapNg,
            _ if is_beats(&head) => Format::Beats,
            // Too short for the filler to show, yet not a whole message either.
            _ if head.len() < 12 && named_beats(&self.name) => Format::Beats,
            _ => Format::Bin,
        })
    }
}

/// A TOE header word: 13 bytes of filler behind or before length and session.
fn is_beats(head: &[u8]) -> bool {
    let filler = |bytes: &[u8]| bytes.iter().all(|&byte| byte == 0x55);
    head.len() >= 16 && (filler(&head[3..16]) || filler(&head[..13]))
}

fn named_beats(name: &str) -> bool {
    let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(name);
    name.ends_with(".beats")
}
