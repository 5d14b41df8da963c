//! V02 and V06: images of the card, and the clocks that their compiler reached. Both files have a part for each image:
//! `image NAME`, what is said of it, and `ended with CODE`.

use std::path::Path;

use super::{Missing, Read, or_none, raw, shape, text, tool};
use crate::measurement::Measurement;

const VALID: &str = "V02";
const TIMING: &str = "V06";
const WANTED: &str =
    "of each image `image NAME`, what tidegate-bitstreams check says, `ended with CODE`";
const WANTED_CLOCKS: &str = "of each image `image NAME`, acl_quartus_report.txt, `ended with CODE`";
const NONE: &str = "no image of a card is known here (TIDEGATE_IMAGES names a folder of them)";

/// V02.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(VALID, valid(raw))
}

/// V06.
pub fn read_timing(raw: &Path, _root: &Path) -> Measurement {
    or_none(TIMING, timing(raw))
}

/// What is said of an image.
struct Part {
    image: String,
    lines: Vec<String>,
    code: u8,
}

fn parts(path: &Path, wanted: &str) -> Result<Vec<Part>, Missing> {
    let text = text(path, wanted).map_err(|missing| match missing {
        Missing::Unknown(why) => Missing::Unknown(format!("{NONE}; {why}")),
        broken => broken,
    })?;
    let wrong = |what: &str| shape(path, &format!("{what}; wanted {wanted}"));
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("image "), line.strip_prefix("ended with ")) {
            (None, Some(image), _) => open = Some((image.to_owned(), Vec::new())),
            (Some(_), _, Some(code)) => {
                let code = code.parse().map_err(|_| wrong(line))?;
                parts.extend(open.take().map(|(image, lines)| Part { image, lines, code }));
            }
            (Some((_, lines)), None, _) => lines.push(line.to_owned()),
            _ => return Err(wrong(line).into()),
        }
    }
    if open.is_some() || parts.is_empty() {
        return Err(wrong("it was cut short").into());
    }
    Ok(parts)
}

fn valid(raw: &Path) -> Read {
    let path = raw.join(raw::IMAGES);
    let tool = tool(raw, "tidegate-bitstreams");
    let mut measurement = Measurement::new(VALID, 0.0, raw::IMAGES, &tool);
    let mut refused = 0;
    for part in parts(&path, WANTED)? {
        match part.code {
            0 => {}
            1 => {
                refused += 1;
                measurement = measurement.finding(part.image, part.lines.join("; "));
            }
            code => {
                let what = format!("the check of {} ended with {code}", part.image);
                return Err(shape(&path, &what).into());
            }
        }
    }
    measurement.value = f64::from(refused).into();
    Ok(measurement)
}

fn timing(raw: &Path) -> Read {
    let path = raw.join(raw::TIMING);
    let mut measurement = Measurement::new(TIMING, 0.0, raw::TIMING, &tool(raw, "aoc"));
    let mut missed = 0;
    for part in parts(&path, WANTED_CLOCKS)? {
        let wrong = |what: &str| shape(&path, &format!("{}: {what}", part.image));
        let mhz = |key: &str| -> Result<f64, String> {
            let mut values =
                part.lines.iter().filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            let (Some(value), None) = (values.next(), values.next()) else {
                return Err(wrong(&format!("not one `{key}`")));
            };
            let value = value.parse().ok().filter(|mhz: &f64| mhz.is_finite() && *mhz > 0.0);
            value.ok_or_else(|| wrong(&format!("`{key}` is no clock")))
        };
        let (clock, reached) = (mhz("Actual clock freq")?, mhz("Kernel fmax")?);
        if part.code != 0 {
            return Err(wrong(&format!("its report ended with {}", part.code)).into());
        }
        if clock > reached {
            missed += 1;
            let what = format!("runs at {clock} MHz, timing allows {reached} MHz");
            measurement = measurement.finding(part.image, what);
        }
    }
    measurement.value = f64::from(missed).into();
    Ok(measurement)
}
