//! The input log as the kernels take it, as a file: [`LogWord`]s, and back to inputs.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use tidegate_pipeline::log::{LogWriter, NO_SESSION};
use tidegate_pipeline::toe::Descriptor;
use tidegate_pipeline::{Control, Input, Line, Resume};
use tidegate_protocol::FaultCode;
use tidegate_protocol::kernel::{LogWord, log_op};
use tidegate_protocol::limits::{BEAT_BYTES, MAX_SESSIONS};

use super::store::Store;
use crate::progress::Progress;

/// Most words of one [`Input::Words`].
const WORDS_AT_ONCE: usize = 1_024;
/// Longest input that a fault word may stand for, in bytes: what a packet can have.
const MOST_FAULT_BYTES: u64 = 1 << 24;

/// Writes a log; gives the number of words.
pub(super) fn write(path: &Path, store: &mut Store, descriptor: Descriptor) -> Result<u64> {
    let failed = || format!("cannot write {}", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(failed)?);
    let mut writer = LogWriter::new(descriptor);
    let (mut result, mut count) = (Ok(()), 0);
    store.each(&Progress::none(), |input| {
        writer.push(input, |word| {
            let mut bytes = [0; LogWord::BYTES];
            word.emit(&mut bytes);
            count += 1;
            if result.is_ok() {
                result = file.write_all(&bytes);
            }
        });
        result.is_ok()
    })?;
    result.and_then(|()| file.flush()).with_context(failed)?;
    Ok(count)
}

/// Turns words back into inputs.
pub(super) struct Reader {
    descriptor: Descriptor,
    /// Of each line: the words are packets, one header word and its payload.
    packets: [bool; 2],
    /// Of each line: words that wait, and the bytes of payload that the packet still lacks.
    waiting: [Vec<u8>; 2],
    packet: Option<(Line, u16, usize)>,
}

impl Reader {
    pub(super) fn new(descriptor: Descriptor, packets: [bool; 2]) -> Self {
        Self { descriptor, packets, waiting: Default::default(), packet: None }
    }

    /// Hands on the inputs that are whole with this word.
    ///
    /// # Errors
    /// When it is none that a log has.
    pub(super) fn push(&mut self, word: &LogWord, out: &mut impl FnMut(Input<'_>)) -> Result<()> {
        let line = match word.line {
            0 => Line::Market,
            1 => Line::Orders,
            other => bail!("line {other}, wanted 0 or 1"),
        };
        if word.op == log_op::WORD {
            self.word(line, &word.word, out);
            return Ok(());
        }
        self.flush(out);
        match word.op {
            log_op::RESET => {
                let resume = match word.how {
                    0 => Resume::New,
                    1 => Resume::At(word.offset),
                    2 => Resume::Lost(word.offset),
                    other => bail!("reset {other}, wanted 0 to 2"),
                };
                let session = u16::from(word.cid);
                out(Input::Control(Control::Reset { line, session, resume }));
            }
            log_op::KILL => out(Input::Control(Control::Kill { on: word.how != 0 })),
            log_op::FAULT => fault(line, word, out)?,
            // One for each line.
            log_op::STOP if line == Line::Market => out(Input::Control(Control::Stop)),
            log_op::STOP => {}
            other => bail!("operation {other}, which no log of `tidegate agree` has"),
        }
        Ok(())
    }

    fn word(&mut self, line: Line, word: &[u8; BEAT_BYTES], out: &mut impl FnMut(Input<'_>)) {
        if self.packets[line as usize] {
            self.packet_word(line, word, out);
            return;
        }
        let other = match line {
            Line::Market => Line::Orders,
            Line::Orders => Line::Market,
        };
        self.flush_line(other, out);
        self.waiting[line as usize].extend_from_slice(word);
        if self.waiting[line as usize].len() >= WORDS_AT_ONCE * BEAT_BYTES {
            self.flush_line(line, out);
        }
    }

    fn packet_word(
        &mut self,
        line: Line,
        word: &[u8; BEAT_BYTES],
        out: &mut impl FnMut(Input<'_>),
    ) {
        let Some((of, session, length)) = self.packet.filter(|(of, ..)| *of == line) else {
            self.flush(out);
            let header = self.descriptor.header(word);
            self.packet = Some((line, u16::from(header.cid), usize::from(header.length)));
            return;
        };
        let mut word = *word;
        if self.descriptor.words == tidegate_pipeline::toe::WordOrder::Channel {
            word.reverse();
        }
        let bytes = &mut self.waiting[of as usize];
        let room = length.saturating_sub(bytes.len()).min(BEAT_BYTES);
        bytes.extend_from_slice(&word[..room]);
        if bytes.len() >= length {
            out(Input::Packet { line, session, bytes });
            bytes.clear();
            self.packet = None;
        }
    }

    /// Hands on what waits.
    pub(super) fn flush(&mut self, out: &mut impl FnMut(Input<'_>)) {
        [Line::Market, Line::Orders].into_iter().for_each(|line| self.flush_line(line, out));
    }

    fn flush_line(&mut self, line: Line, out: &mut impl FnMut(Input<'_>)) {
        let bytes = &mut self.waiting[line as usize];
        if !bytes.is_empty() && !self.packets[line as usize] {
            out(Input::Words { line, bytes });
            bytes.clear();
        }
    }
}

/// The input that gives this fault: a fault word stands for what no word of a TOE can be.
fn fault(line: Line, word: &LogWord, out: &mut impl FnMut(Input<'_>)) -> Result<()> {
    let code = FaultCode::ALL.iter().find(|code| **code as u8 == word.how);
    let length = u64::from_le_bytes(word.word[..8].try_into().expect("8 bytes"));
    let bytes = |length: u64| {
        if length <= MOST_FAULT_BYTES {
            Ok(vec![0; length as usize])
        } else {
            bail!("a fault of {length} bytes")
        }
    };
    match code {
        Some(FaultCode::ToeSession) => {
            let session = MAX_SESSIONS as u16;
            out(Input::Packet { line, session, bytes: &bytes(length)? });
        }
        Some(FaultCode::ToePrefix) if word.session != NO_SESSION => {
            let Some(session) = word.session.checked_sub(line.session(0)) else {
                bail!("session {} of the other line", word.session)
            };
            out(Input::Packet { line, session, bytes: &bytes(length)? });
        }
        Some(FaultCode::ToeTruncated) if (1..BEAT_BYTES as u64).contains(&length) => {
            out(Input::Words { line, bytes: &[0; BEAT_BYTES][..BEAT_BYTES - length as usize] });
        }
        _ => bail!("fault {} of {length} bytes, which no log has", word.how),
    }
    Ok(())
}

/// Reads a log from a file.
pub(super) fn read(
    path: &Path,
    descriptor: Descriptor,
    packets: [bool; 2],
    mut out: impl FnMut(Input<'_>),
) -> Result<()> {
    let failed = || format!("cannot read {}", path.display());
    let mut file = BufReader::new(File::open(path).with_context(failed)?);
    let mut reader = Reader::new(descriptor, packets);
    let mut bytes = [0; LogWord::BYTES];
    let mut at = 0;
    loop {
        match file.read(&mut bytes[..1]).with_context(failed)? {
            0 => break,
            _ => file.read_exact(&mut bytes[1..]).with_context(failed)?,
        }
        let word = LogWord::parse(&bytes);
        reader.push(&word, &mut out).with_context(|| format!("{}: word {at}", path.display()))?;
        at += 1;
    }
    reader.flush(&mut out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_pipeline::toe::{Layout, WordOrder};
    use tidegate_pipeline::{Engine, Fault, NativeEngine, Record, Setup, Sink};

    #[derive(Default, PartialEq, Debug)]
    struct Seen(Vec<String>);

    impl Sink for Seen {
        fn record(&mut self, record: Record<'_>) {
            self.0.push(format!("{record:?}"));
        }
        fn fault(&mut self, fault: &Fault) {
            self.0.push(format!("{fault:?}"));
        }
        fn message(&mut self, msg: u64, msg_type: u32) {
            self.0.push(format!("{msg} {msg_type}"));
        }
    }

    /// What the native engine makes of inputs, and of what comes back from the words of them.
    fn both(descriptor: Descriptor, packets: [bool; 2], inputs: &[Input<'_>]) -> [Seen; 2] {
        let setup = Setup { toe: descriptor, ..Setup::default() };
        let engine = || NativeEngine::new(&setup, &[]).expect("an engine");
        let (mut direct, mut back) = (engine(), engine());
        let mut seen = [Seen::default(), Seen::default()];
        let mut writer = LogWriter::new(descriptor);
        let mut reader = Reader::new(descriptor, packets);
        for input in inputs {
            direct.feed(*input, &mut seen[0]);
            writer.push(*input, |word| {
                let feed = &mut |input: Input<'_>| back.feed(input, &mut seen[1]);
                reader.push(&word, feed).expect("a word of a log");
            });
        }
        reader.flush(&mut |input: Input<'_>| back.feed(input, &mut seen[1]));
        assert_eq!(direct.counters(), back.counters());
        seen
    }

    fn heartbeats(count: usize) -> Vec<u8> {
        let mut frame = vec![0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0];
        tidegate_protocol::frame::seal(&mut frame);
        frame.repeat(count)
    }

    #[test]
    fn what_comes_back_from_words_is_what_went_into_them() {
        let bytes = heartbeats(3_000);
        let (one, two) = (&bytes[..100], &bytes[100..]);
        for layout in [Layout::Sample, Layout::Text] {
            for words in [WordOrder::Channel, WordOrder::Printed] {
                for prefix_bytes in [0, 4] {
                    let toe = Descriptor { layout, words, strict_filler: true, prefix_bytes };
                    let prefix = usize::from(prefix_bytes);
                    let packet = |bytes: &[u8]| [&vec![0; prefix], bytes].concat();
                    let (one, two) = (packet(one), packet(two));
                    let line = Line::Market;
                    let reset =
                        |line, resume| Input::Control(Control::Reset { line, session: 5, resume });
                    let inputs = [
                        Input::Packet { line, session: 5, bytes: &one },
                        Input::Packet { line: Line::Orders, session: 5, bytes: &one },
                        // Longer than a TOE can say.
                        Input::Packet { line, session: 5, bytes: &two },
                        // Sessions that do not exist, packets shorter than the prefix.
                        Input::Packet { line, session: 130, bytes: &one },
                        Input::Packet { line: Line::Orders, session: 7, bytes: &one[..prefix / 2] },
                        reset(line, Resume::Lost(70_000)),
                        Input::Packet { line, session: 5, bytes: &one[..prefix + 20] },
                        reset(Line::Orders, Resume::At(12)),
                        Input::Control(Control::Kill { on: true }),
                        Input::Packet { line: Line::Orders, session: 5, bytes: &one },
                        reset(line, Resume::New),
                        Input::Control(Control::Reset { line, session: 200, resume: Resume::New }),
                        Input::Control(Control::Stop),
                    ];
                    let [direct, back] = both(toe, [true; 2], &inputs);
                    assert!(direct.0.len() > 3_000);
                    assert_eq!(direct, back);
                    // The same as words, with a word that is not whole.
                    let mut words = Vec::new();
                    toe.packet_words(9, &one, 0x77, &mut words);
                    toe.packet_words(9, &packet(&bytes[..9_000]), 0x77, &mut words);
                    let inputs = [
                        Input::Words { line, bytes: &words },
                        Input::Packet { line: Line::Orders, session: 1, bytes: &one },
                        Input::Words { line, bytes: &words[..37] },
                        Input::Control(Control::Stop),
                    ];
                    let [direct, back] = both(toe, [false, true], &inputs);
                    assert!(
                        direct.0.iter().any(|line| line.contains("ToeTruncated")),
                        "{:?}",
                        direct.0.last()
                    );
                    assert_eq!(direct, back);
                }
            }
        }
    }

    #[test]
    fn words_that_no_log_has_are_refused() {
        let word = |word: LogWord| {
            Reader::new(Descriptor::default(), [true; 2]).push(&word, &mut |_| {}).is_err()
        };
        let fault = |how, length: u64, session| {
            let mut bytes = [0; BEAT_BYTES];
            bytes[..8].copy_from_slice(&length.to_le_bytes());
            let op = log_op::FAULT;
            LogWord { op, line: 1, how, session, word: bytes, ..LogWord::default() }
        };
        assert!(word(LogWord { op: log_op::TURN, ..LogWord::default() }));
        assert!(word(LogWord { line: 2, ..LogWord::default() }));
        assert!(word(LogWord { op: log_op::RESET, how: 3, ..LogWord::default() }));
        assert!(word(fault(FaultCode::ToeSession as u8, u64::MAX, NO_SESSION)));
        assert!(word(fault(FaultCode::ToePrefix as u8, 1, 5)));
        assert!(word(fault(FaultCode::ToePrefix as u8, 1, NO_SESSION)));
        assert!(word(fault(FaultCode::ToeTruncated as u8, 0, NO_SESSION)));
        assert!(word(fault(FaultCode::FrameChecksum as u8, 1, NO_SESSION)));
        assert!(!word(fault(FaultCode::ToePrefix as u8, 1, 130)));
    }
}
