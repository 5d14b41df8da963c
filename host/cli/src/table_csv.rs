//! Messages as CSV tables, one file a message type.
//!
//! The columns of a type are `Stream,Msg,Offset,MsgType` and its fields; groups stand in one cell
//! as a JSON array. Text that its characters alone would not bring back (bytes that are no text,
//! padding with NULs) is rare: only then the file gets a column `<field>Hex` behind the others,
//! with the bytes of these rows.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tidegate_protocol::schema::{Field, Message, Then};
use tidegate_protocol::view::{Item, View};

use crate::json::{self, Style};
use crate::place::{FaultLine, Label, Place};
use crate::text;

/// The columns before the fields.
pub(crate) const PLACE_COLUMNS: [&str; 4] = ["Stream", "Msg", "Offset", "MsgType"];

const FAULT_COLUMNS: [&str; 6] = ["Stream", "Offset", "Fault", "Msg", "Length", "Captured"];

/// The columns of a message behind [`PLACE_COLUMNS`].
pub(crate) fn columns(message: &Message) -> Vec<String> {
    let mut names = Vec::new();
    for part in message.parts {
        names.extend(part.fields.iter().map(|field| field.name.to_owned()));
        match part.then {
            Then::Nothing => {}
            Then::Group(group) => names.push(group.name.to_owned()),
            Then::Data { name } => names.push(format!("{name}Hex")),
        }
    }
    names
}

struct Table {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    header: Vec<String>,
    /// Fields that have a column `<field>Hex` behind the others.
    hex: Vec<&'static Field>,
}

fn writer(file: File) -> csv::Writer<BufWriter<File>> {
    csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::with_capacity(1 << 16, file))
}

impl Table {
    fn create(path: PathBuf, header: Vec<String>) -> Result<Self> {
        let file =
            File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        let mut writer = writer(file);
        writer.write_record(&header)?;
        Ok(Self { path, writer, header, hex: Vec::new() })
    }

    fn place(&mut self, place: &Place<'_>, cell: &mut Vec<u8>) -> csv::Result<()> {
        self.writer.write_field(&place.stream.text)?;
        for number in [place.msg, place.offset, u64::from(place.msg_type)] {
            cell.clear();
            json::unsigned(cell, number);
            self.writer.write_field(&cell)?;
        }
        Ok(())
    }

    fn message(
        &mut self,
        place: &Place<'_>,
        view: &View<'_>,
        cell: &mut Vec<u8>,
    ) -> csv::Result<()> {
        self.place(place, cell)?;
        let mut arrays = json::Writer::new(Style::Exact);
        let mut hex: Vec<(&'static Field, &[u8])> = Vec::new();
        for item in view.items() {
            if arrays.outside() {
                cell.clear();
                match item {
                    Item::Field(field, value) => {
                        if json::number(cell, field, value).is_some() {
                            self.writer.write_field(&cell)?;
                        } else if let tidegate_protocol::Value::Text(raw) = value {
                            let text = text::read(field.ty, raw);
                            let back = |text: &str| text::comes_back(field.ty, raw, text);
                            if !text.as_deref().is_some_and(back) {
                                hex.push((field, raw));
                            }
                            self.writer.write_field(text.as_deref().unwrap_or("").as_bytes())?;
                        }
                        continue;
                    }
                    Item::Data { bytes, .. } => {
                        json::hex(cell, bytes);
                        self.writer.write_field(&cell)?;
                        continue;
                    }
                    _ => {}
                }
            }
            arrays.item(cell, &item, false);
            if arrays.outside() {
                self.writer.write_field(&cell)?;
            }
        }
        for (field, _) in &hex {
            if !self.hex.iter().any(|known| known.name == field.name) {
                self.hex.push(field);
            }
        }
        for column in &self.hex {
            cell.clear();
            if let Some((_, raw)) = hex.iter().find(|(field, _)| field.name == column.name) {
                json::hex(cell, raw);
            }
            self.writer.write_field(&cell)?;
        }
        self.writer.write_record(None::<&[u8]>)
    }

    /// Writes out what is left; gives every row the columns that were found on the way.
    fn finish(mut self) -> Result<()> {
        let failed = || format!("cannot write {}", self.path.display());
        self.writer.flush().with_context(failed)?;
        if self.hex.is_empty() {
            return Ok(());
        }
        drop(self.writer);
        let whole = self.path.with_extension("csv.tmp");
        let mut header = self.header.clone();
        header.extend(self.hex.iter().map(|field| format!("{}Hex", field.name)));
        let failed = || format!("cannot write {}", whole.display());
        let mut writer = writer(File::create(&whole).with_context(failed)?);
        writer.write_record(&header)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&self.path)?;
        let mut row = csv::ByteRecord::new();
        while reader.read_byte_record(&mut row)? {
            let missing = header.len().saturating_sub(row.len());
            writer.write_record(row.iter().chain(std::iter::repeat_n(&b""[..], missing)))?;
        }
        writer.flush().with_context(failed)?;
        fs::rename(&whole, &self.path).with_context(failed)
    }
}

/// The tables of one run, in one directory.
pub(crate) struct Tables {
    directory: PathBuf,
    known: BTreeMap<u32, Table>,
    unknown: HashSet<u32>,
    faults: Option<Table>,
    /// Tables that an earlier run left there.
    earlier: HashSet<PathBuf>,
    cell: Vec<u8>,
}

/// Tables in a directory that `decode --csv` wrote, by name and header.
fn tables_in(directory: &Path) -> io::Result<HashSet<PathBuf>> {
    let mut found = HashSet::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let Some(stem) = name.strip_suffix(".csv") else { continue };
        let number = !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit());
        let begin = match stem {
            "faults" => FAULT_COLUMNS.join(","),
            _ if number => PLACE_COLUMNS.join(","),
            _ => continue,
        };
        let mut head = Vec::new();
        File::open(&path)?.take(begin.len() as u64).read_to_end(&mut head)?;
        if head == begin.as_bytes() {
            found.insert(path);
        }
    }
    Ok(found)
}

impl Tables {
    /// Creates the directory, and the table of faults if it is wanted.
    pub(crate) fn create(directory: &Path, faults: bool) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        let earlier =
            tables_in(directory).with_context(|| format!("cannot read {}", directory.display()))?;
        let header = FAULT_COLUMNS.map(str::to_owned).to_vec();
        let faults =
            faults.then(|| Table::create(directory.join("faults.csv"), header)).transpose()?;
        Ok(Self {
            directory: directory.to_owned(),
            known: BTreeMap::new(),
            unknown: HashSet::new(),
            faults,
            earlier,
            cell: Vec::new(),
        })
    }

    fn header<'n>(fields: impl Iterator<Item = &'n str>) -> Vec<String> {
        PLACE_COLUMNS.into_iter().chain(fields).map(str::to_owned).collect()
    }

    /// A message of a known type.
    pub(crate) fn message(&mut self, place: &Place<'_>, view: &View<'_>) -> Result<()> {
        let table = match self.known.entry(place.msg_type) {
            std::collections::btree_map::Entry::Occupied(table) => table.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                let names = columns(view.message());
                let path = self.directory.join(format!("{}.csv", place.msg_type));
                free.insert(Table::create(path, Self::header(names.iter().map(String::as_str)))?)
            }
        };
        table
            .message(place, view, &mut self.cell)
            .with_context(|| format!("cannot write {}", table.path.display()))
    }

    /// A message of an unknown type. There may be many types, so no file stays open.
    pub(crate) fn unknown(&mut self, place: &Place<'_>, body: &[u8]) -> Result<()> {
        let path = self.directory.join(format!("{}.csv", place.msg_type));
        let header = Self::header(["BodyLength", "BodyHex"].into_iter());
        let failed = || format!("cannot write {}", path.display());
        let mut table = if self.unknown.insert(place.msg_type) {
            Table::create(path.clone(), header)?
        } else {
            let file = OpenOptions::new().append(true).open(&path).with_context(failed)?;
            Table { path: path.clone(), writer: writer(file), header, hex: Vec::new() }
        };
        table.place(place, &mut self.cell)?;
        self.cell.clear();
        json::unsigned(&mut self.cell, body.len() as u64);
        table.writer.write_field(&self.cell)?;
        self.cell.clear();
        json::hex(&mut self.cell, body);
        table.writer.write_field(&self.cell)?;
        table.writer.write_record(None::<&[u8]>)?;
        table.finish()
    }

    /// A fault.
    pub(crate) fn fault(&mut self, stream: Option<&Label>, fault: &FaultLine<'_>) -> Result<()> {
        let Some(table) = &mut self.faults else { return Ok(()) };
        let (offset, length) = (fault.offset.to_string(), fault.length.to_string());
        let msg = fault.msg.map_or(String::new(), |msg| msg.to_string());
        self.cell.clear();
        fault.captured(&mut self.cell, Style::Exact);
        let stream = stream.map_or("", |label| label.text.as_str());
        let texts = [stream, &offset, fault.code.name(), &msg, &length];
        let cells = texts.map(str::as_bytes).into_iter().chain([self.cell.as_slice()]);
        table
            .writer
            .write_record(cells)
            .with_context(|| format!("cannot write {}", table.path.display()))
    }

    /// Writes out what is left. Takes away the tables of an earlier run that this one did not
    /// write: beside the others they would look like its own. Returns how many there were.
    pub(crate) fn finish(self) -> Result<u64> {
        let Self { directory, known, unknown, faults, mut earlier, .. } = self;
        for msg_type in known.keys().chain(&unknown) {
            earlier.remove(&directory.join(format!("{msg_type}.csv")));
        }
        if faults.is_some() {
            earlier.remove(&directory.join("faults.csv"));
        }
        known.into_values().chain(faults).try_for_each(Table::finish)?;
        for path in &earlier {
            fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(earlier.len() as u64)
    }
}
