//! One row (or one object of a group) as the items of a message.

use std::fmt;

use serde_json::{Map, Value as Json};
use tidegate_protocol::schema::{Field, Group, Message, Part, Then, Type};
use tidegate_protocol::units::{DecimalError, parse_decimal};
use tidegate_protocol::{EncodeError, Encoder, Item, Value};

use crate::json::only_field;
use crate::text;

/// What is wrong with a row: where, what was wanted and what was found.
#[derive(Debug)]
pub(crate) struct Bad {
    place: String,
    wanted: String,
    found: String,
}

impl Bad {
    pub(crate) fn new(place: &str, wanted: impl fmt::Display, found: impl fmt::Display) -> Self {
        Self { place: place.to_owned(), wanted: wanted.to_string(), found: found.to_string() }
    }

    /// The same inside of an entry.
    fn inside(self, group: &str, entry: usize) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        Self { place: format!("{group}[{entry}]{dot}{}", self.place), ..self }
    }
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "column {}: ", self.place)?;
        }
        write!(f, "wanted {}, found {}", self.wanted, self.found)
    }
}

/// A value as it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given<'a> {
    /// A cell of the file.
    Cell(&'a str),
    /// A value inside of a group.
    Json(&'a Json),
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Given::Cell("") => return f.write_str("an empty cell"),
            Given::Cell(cell) => format!("{cell:?}"),
            Given::Json(value) => value.to_string(),
        };
        // A whole snapshot is no help in a line.
        match text.char_indices().nth(60) {
            Some((at, _)) => write!(f, "{}...", &text[..at]),
            None => f.write_str(&text),
        }
    }
}

/// A number of bytes in words.
pub(crate) fn bytes_of(number: usize) -> String {
    if number == 1 { "1 byte".to_owned() } else { format!("{number} bytes") }
}

/// Values by name.
pub(crate) trait Lookup {
    fn get(&self, name: &str) -> Option<Given<'_>>;
}

impl Lookup for Map<String, Json> {
    fn get(&self, name: &str) -> Option<Given<'_>> {
        Map::get(self, name).map(Given::Json)
    }
}

/// A message that is being written.
pub(crate) struct Row<'b> {
    encoder: Encoder<'b>,
}

impl<'b> Row<'b> {
    /// Writes one frame; returns its length.
    pub(crate) fn write(
        message: &'static Message,
        given: &impl Lookup,
        buffer: &'b mut [u8],
    ) -> Result<usize, Bad> {
        let encoder = Encoder::new(message.msg_type, buffer).map_err(|e| encode_error("", e))?;
        let mut row = Self { encoder };
        row.parts(message.parts, given)?;
        row.encoder.finish().map_err(|error| encode_error("", error))
    }

    fn item(&mut self, place: &str, item: Item<'_>) -> Result<(), Bad> {
        self.encoder.item(item).map_err(|error| encode_error(place, error))
    }

    fn parts(&mut self, parts: &'static [Part], given: &impl Lookup) -> Result<(), Bad> {
        for part in parts {
            let counted = !matches!(part.then, Then::Nothing);
            let fields = &part.fields[..part.fields.len() - usize::from(counted)];
            for field in fields {
                self.named_field(field, given)?;
            }
            let Some(count) = part.fields.last().filter(|_| counted) else { continue };
            match &part.then {
                Then::Nothing => {}
                Then::Group(group) => self.group(count, group, given)?,
                Then::Data { name } => self.data(count, name, given)?,
            }
        }
        Ok(())
    }

    fn named_field(&mut self, field: &'static Field, given: &impl Lookup) -> Result<(), Bad> {
        let name = field.name;
        if !field.ty.is_text() {
            let value = given.get(name).ok_or_else(|| Bad::new(name, "a value", "none"))?;
            return self.number(field, value);
        }
        let text = given.get(name).map(|value| string(name, value)).transpose()?;
        let hex_name = format!("{name}Hex");
        let hex = given.get(&hex_name).map(|value| string(&hex_name, value)).transpose()?;
        let Some(hex) = hex.filter(|digits| !digits.is_empty()) else {
            let text = text.ok_or_else(|| Bad::new(name, "a text", "none"))?;
            let bytes = text::write(field.ty, text).ok_or_else(|| {
                let wanted = if field.ty == Type::Gbk { "characters of GBK" } else { "ASCII" };
                Bad::new(name, wanted, format!("{text:?}"))
            })?;
            return self.text(name, field, &bytes, text);
        };
        let bytes = text::unhex(hex).ok_or_else(|| {
            Bad::new(&hex_name, "pairs of hexadecimal digits", format!("{hex:?}"))
        })?;
        // Whoever changes the text must see that the bytes beside it rule.
        let shown = text::read(field.ty, &bytes).unwrap_or_default();
        if let Some(text) = text.filter(|text| !text.is_empty() && *text != shown) {
            let wanted = format!("{shown:?}, the text of {hex_name}");
            return Err(Bad::new(name, wanted, format!("{text:?}")));
        }
        self.text(&hex_name, field, &bytes, hex)
    }

    /// Writes a text, which was given as `given`.
    fn text(
        &mut self,
        place: &str,
        field: &'static Field,
        text: &[u8],
        given: &str,
    ) -> Result<(), Bad> {
        self.encoder.item(Item::Field(field, Value::Text(text))).map_err(|error| match error {
            EncodeError::Range { len, .. } => {
                let found = format!("{} ({})", Given::Cell(given), bytes_of(text.len()));
                Bad::new(place, format!("at most {}", bytes_of(usize::from(len))), found)
            }
            error => encode_error(place, error),
        })
    }

    fn number(&mut self, field: &'static Field, given: Given<'_>) -> Result<(), Bad> {
        let bad = |wanted: String| Bad::new(field.name, wanted, given);
        let text = match given {
            Given::Cell(cell) => cell.trim().to_owned(),
            Given::Json(Json::String(text)) => text.clone(),
            // As it was written: nothing is rounded on the way.
            Given::Json(Json::Number(number)) => number.to_string(),
            Given::Json(_) => String::new(),
        };
        let scale = field.ty.scale();
        let signed = scale.is_some()
            || matches!(field.ty, Type::I32 | Type::I64 | Type::Time | Type::SeqNum);
        let value = if signed {
            Value::Signed(parse_decimal(&text, scale.unwrap_or(0)).map_err(|error| {
                bad(match (error, scale) {
                    (DecimalError::OutOfRange, _) => "a number of 64 bits".to_owned(),
                    (_, None) => "a whole number".to_owned(),
                    (_, Some(scale)) => {
                        format!("a decimal with at most {scale} digits after the point")
                    }
                })
            })?)
        } else {
            let number = text.parse().map_err(|_| bad("a whole number of 0 or more".to_owned()))?;
            Value::Unsigned(number)
        };
        self.encoder.item(Item::Field(field, value)).map_err(|error| match error {
            EncodeError::Range { len, .. } => {
                bad(format!("a number that fits {}", bytes_of(usize::from(len))))
            }
            error => encode_error(field.name, error),
        })
    }

    /// Writes a count that was found; one that was given must agree.
    fn count(
        &mut self,
        field: &'static Field,
        found: usize,
        of: &str,
        given: &impl Lookup,
    ) -> Result<u32, Bad> {
        let agrees = match given.get(field.name) {
            None | Some(Given::Cell("")) => true,
            Some(Given::Cell(cell)) => cell.trim().parse() == Ok(found),
            Some(Given::Json(value)) => value.as_u64() == Some(found as u64),
        };
        if !agrees {
            let found = given.get(field.name).map_or(String::new(), |given| given.to_string());
            return Err(Bad::new(field.name, format!("the number of {of}"), found));
        }
        let number = u32::try_from(found).map_err(|_| Bad::new(of, "at most 2^32 - 1", found))?;
        self.item(field.name, Item::Field(field, Value::Unsigned(u64::from(number))))?;
        Ok(number)
    }

    fn group(
        &mut self,
        count: &'static Field,
        group: &'static Group,
        given: &impl Lookup,
    ) -> Result<(), Bad> {
        let name = group.name;
        let parsed;
        let value = match given.get(name) {
            Some(Given::Json(value)) => value,
            // In an entry it may be left out; a table without the column was refused before.
            None | Some(Given::Cell("")) => &Json::Array(Vec::new()),
            Some(value @ Given::Cell(cell)) => {
                parsed = serde_json::from_str(cell)
                    .map_err(|error| Bad::new(name, format!("a JSON array ({error})"), value))?;
                &parsed
            }
        };
        let Json::Array(entries) = value else {
            return Err(Bad::new(name, "a JSON array", Given::Json(value)));
        };
        let number = self.count(count, entries.len(), name, given)?;
        self.item(name, Item::GroupBegin { group, count: number })?;
        for (index, entry) in (0..number).zip(entries) {
            self.item(name, Item::EntryBegin { index })?;
            self.entry(group, entry).map_err(|bad| bad.inside(name, index as usize))?;
            self.item(name, Item::EntryEnd)?;
        }
        self.item(name, Item::GroupEnd)
    }

    fn entry(&mut self, group: &'static Group, entry: &Json) -> Result<(), Bad> {
        match (only_field(group), entry) {
            (Some(field), Json::String(_) | Json::Number(_)) => self
                .number(field, Given::Json(entry))
                .map_err(|bad| Bad { place: String::new(), ..bad }),
            (_, Json::Object(object)) => {
                if let Some(key) = object.keys().find(|key| !is_member(group.entry, key)) {
                    return Err(Bad::new(
                        "",
                        format!("a member of {}", group.name),
                        format!("{key:?}"),
                    ));
                }
                self.parts(group.entry, object)
            }
            (Some(_), _) => Err(Bad::new("", "a value", Given::Json(entry))),
            (None, _) => Err(Bad::new("", "an object", Given::Json(entry))),
        }
    }

    fn data(
        &mut self,
        count: &'static Field,
        name: &'static str,
        given: &impl Lookup,
    ) -> Result<(), Bad> {
        let hex_name = format!("{name}Hex");
        let value = given.get(&hex_name).ok_or_else(|| Bad::new(&hex_name, "bytes", "none"))?;
        let bytes = text::unhex(string(&hex_name, value)?)
            .ok_or_else(|| Bad::new(&hex_name, "pairs of hexadecimal digits", value))?;
        self.count(count, bytes.len(), &format!("bytes in {hex_name}"), given)?;
        self.item(&hex_name, Item::Data { name, bytes: &bytes })
    }
}

fn string<'a>(name: &str, given: Given<'a>) -> Result<&'a str, Bad> {
    match given {
        Given::Cell(cell) => Ok(cell),
        Given::Json(Json::String(text)) => Ok(text),
        Given::Json(_) => Err(Bad::new(name, "a string", given)),
    }
}

/// Whether an entry has a member of this name.
fn is_member(parts: &[Part], key: &str) -> bool {
    parts.iter().any(|part| {
        let field = part.fields.iter().any(|field| {
            field.name == key || field.ty.is_text() && key.strip_suffix("Hex") == Some(field.name)
        });
        field || matches!(part.then, Then::Group(group) if group.name == key)
    })
}

/// An error of the encoder as one of the row.
pub(crate) fn encode_error(place: &str, error: EncodeError) -> Bad {
    match error {
        EncodeError::Long { limit, found } => {
            Bad::new(place, format!("a body of at most {limit} bytes"), found)
        }
        EncodeError::Room { needed, .. } => {
            Bad::new(place, format!("a body of at most {} bytes", 1 << 20), needed)
        }
        error => Bad::new(place, "what the message type has there", error),
    }
}
