//! Q17: descriptions of public items.

use std::path::Path;

use super::{Read, Shares, jsons, or_none, percent, place, raw, shape, tool, worst};
use crate::measurement::{Finding, Measurement};

const ID: &str = "Q17";
const WANTED: &str = "files of each crate with total and with_docs, from rustdoc --show-coverage";

/// Q17.
pub fn read(raw: &Path, _root: &Path) -> Measurement {
    or_none(ID, measure(raw))
}

fn measure(raw: &Path) -> Read {
    let path = raw.join(raw::DOCUMENTS);
    let wrong = |what: String| shape(&path, &format!("{what}; wanted {WANTED}"));
    let mut shares = Shares::default();
    let mut findings = Vec::new();
    let (mut described, mut all) = (0, 0);
    for of_crate in jsons(&path, WANTED)? {
        let files = of_crate.as_object().ok_or_else(|| wrong(format!("{of_crate} is no crate")))?;
        let before = all;
        for (file, counted) in files {
            let count = |key: &str| {
                let count = counted.get(key).and_then(serde_json::Value::as_u64);
                count.ok_or_else(|| wrong(format!("{file} has no {key}")))
            };
            let (total, with) = (count("total")?, count("with_docs")?);
            if with > total {
                return Err(wrong(format!("{file}: {with} of {total}")).into());
            }
            described += with;
            all += total;
            let place = place(file);
            shares.add(&place[..place.len().min(2)], with, total);
            if with < total {
                let what = format!("{} of {total} items without a description", total - with);
                findings.push(((total - with) as f64, Finding { at: file.clone(), what }));
            }
        }
        if all == before {
            return Err(wrong("a crate without a public item".to_owned()).into());
        }
    }
    let tool = format!("rustdoc of {}", tool(raw, "rustc"));
    let mut measurement = Measurement::new(ID, percent(described, all), raw::DOCUMENTS, &tool)
        .figure("items", all as f64)
        .figure("described", described as f64);
    measurement.findings = worst(findings);
    measurement.parts = shares.parts();
    Ok(measurement)
}
