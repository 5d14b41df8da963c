//! The golden feeds as input logs.

use std::collections::VecDeque;
use std::error::Error;
use std::fs;
use std::path::Path;

use tidegate_pipeline::feedback::Report;
use tidegate_pipeline::{Line, NativeEngine, Record, Setup, Sink};
use tidegate_protocol::frame;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::units::Timestamp;

use crate::kernel_files::{self, Entry, Run};

/// Session that reports come in on.
const REPORTS: u16 = 3;
/// Longest piece of a packet where reports come in between; shorter than a trade.
const PIECE_BYTES: usize = 64;

/// A golden feed, short ones first.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its file, from the folder of the golden feeds.
    pub name: String,
    setup: Option<String>,
    feedback: Option<String>,
    bytes: u64,
}

/// Every feed of the manifest, the shortest first.
///
/// # Errors
/// When the manifest cannot be read.
pub fn all(root: &Path) -> Result<Vec<Feed>, Box<dyn Error>> {
    let folder = root.join("golden-feeds");
    let manifest: toml::Table = fs::read_to_string(folder.join("MANIFEST.toml"))?.parse()?;
    let mut feeds = Vec::new();
    for feed in manifest["feed"].as_array().ok_or("MANIFEST.toml: no feeds")? {
        let text = |key| feed.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let name = text("file").ok_or("MANIFEST.toml: a feed without a file")?;
        let bytes = fs::metadata(folder.join(&name))?.len();
        feeds.push(Feed { name, setup: text("setup"), feedback: text("feedback"), bytes });
    }
    feeds.sort_by_key(|feed| feed.bytes);
    Ok(feeds)
}

/// The pipeline's time, as records tell it.
#[derive(Default)]
struct Clock(Timestamp);

impl Sink for Clock {
    fn record(&mut self, record: Record<'_>) {
        let time = match record {
            Record::Tick(tick) => tick.time,
            Record::Head(head) => head.time,
            _ => return,
        };
        if time.is_possible() {
            self.0 = self.0.max(time);
        }
    }
}

/// Whole frames of a stream of reports, each with its time.
fn reports(bytes: &[u8]) -> VecDeque<(Timestamp, Vec<u8>)> {
    let (mut rest, mut out, mut now) = (bytes, VecDeque::new(), Timestamp(0));
    while let Some(header) = rest.first_chunk::<HEADER_BYTES>() {
        let (msg_type, body_len) = frame::header(header);
        let length = (body_len as usize + HEADER_BYTES + TRAILER_BYTES).min(rest.len());
        let (one, behind) = rest.split_at(length);
        if let Some(report) = Report::parse(msg_type, frame::body(one))
            && report.time.is_possible()
        {
            now = now.max(report.time);
        }
        out.push_back((now, one.to_vec()));
        rest = behind;
    }
    if !rest.is_empty() {
        out.push_back((now, rest.to_vec()));
    }
    out
}

/// A long packet in short ones, so that a report finds its place between two messages.
fn pieces(entry: Entry) -> Vec<Entry> {
    let Entry::Packet(line, session, bytes) = entry else { return vec![entry] };
    let cut = |piece: &[u8]| Entry::Packet(line, session, piece.to_vec());
    if bytes.is_empty() { vec![cut(&[])] } else { bytes.chunks(PIECE_BYTES).map(cut).collect() }
}

impl Feed {
    /// The feed as an input log. A report comes before the first piece of a packet behind its time.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn load(&self, root: &Path) -> Result<Run, Box<dyn Error>> {
        let folder = root.join("golden-feeds");
        let setup = self.setup.as_ref().map(|setup| folder.join(setup));
        let mut run = kernel_files::run(&folder.join(&self.name), setup.as_deref(), None)?;
        let Some(feedback) = &self.feedback else { return Ok(run) };
        let mut feedback = reports(&fs::read(folder.join(feedback))?);
        let bare = Setup { index: None, trading: None, ..run.setup.clone() };
        let (mut engine, mut clock) = (NativeEngine::new(&bare, &[])?, Clock::default());
        let mut merged = Vec::new();
        let stop = run.entries.pop();
        for entry in run.entries.into_iter().flat_map(pieces) {
            engine.feed(entry.input(), &mut clock);
            merged.push(entry);
            while let Some((_, bytes)) = feedback.pop_front_if(|(time, _)| *time < clock.0) {
                // Cut, so that the lines meet inside of messages too.
                let (one, two) = bytes.split_at(bytes.len() / 2);
                merged.push(Entry::Packet(Line::Orders, REPORTS, one.to_vec()));
                merged.push(Entry::Packet(Line::Orders, REPORTS, two.to_vec()));
            }
        }
        let late = feedback.into_iter();
        merged.extend(late.map(|(_, bytes)| Entry::Packet(Line::Orders, REPORTS, bytes)));
        merged.extend(stop);
        run.entries = merged;
        Ok(run)
    }
}
