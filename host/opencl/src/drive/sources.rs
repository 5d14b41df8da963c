//! The text of the kernels, in the program itself: an installed program has no checkout.

use std::collections::BTreeSet;
use std::fmt::Write;

use tidegate_bitstreams::manifest::{Hash, hash_of_sources};

/// Path below `kernels/`, text.
pub(super) type Source = (&'static str, &'static str);

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../kernels/", $path)))),*]
    };
}

/// Every file that a kernel of the pipeline includes, and the kernels.
pub(super) const SOURCES: &[Source] = embedded![
    "compat.h",
    "gen/layout.h",
    "gen/protocol.h",
    "pipeline_channels.cl",
    "pipeline_fused.cl",
    "room/decode.h",
    "room/feedback.h",
    "room/frame.h",
    "room/index.h",
    "room/order.h",
    "room/publish.h",
    "room/quote.h",
    "room/time.h",
    "room/toe.h",
    "room/trigger.h",
    "room/word.h",
    "stage/decode.h",
    "stage/fused.h",
    "stage/indicator.h",
    "stage/indicator/decision.h",
    "stage/indicator/epoch.h",
    "stage/indicator/event.h",
    "stage/indicator/feedback.h",
    "stage/indicator/index.h",
    "stage/indicator/load.h",
    "stage/indicator/quote.h",
    "stage/indicator/state.h",
    "stage/indicator/trigger.h",
    "stage/line.h",
    "stage/loader.h",
    "stage/publish.h",
    "stage/send.h",
    "stage/wire.h",
];

/// One text of a kernel file and all that it includes: each file once, where it is first included, so
/// that no compiler must find files. `#line` keeps the places in a compiler's messages.
///
/// # Panics
/// When a file is not among the sources, which a test rules out.
pub(super) fn flat(path: &str) -> String {
    let mut out = String::new();
    append(path, &mut BTreeSet::new(), &mut out);
    out
}

fn append(path: &str, seen: &mut BTreeSet<String>, out: &mut String) {
    if !seen.insert(path.to_owned()) {
        return;
    }
    let found = SOURCES.iter().find(|(name, _)| *name == path);
    let (_, text) = found.unwrap_or_else(|| panic!("{path} is not among the kernels' sources"));
    let place = |out: &mut String, line: usize| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "#line {line} \"{path}\"");
    };
    place(out, 1);
    for (number, line) in text.lines().enumerate() {
        match included(line) {
            Some(name) => {
                append(&beside(path, name), seen, out);
                place(out, number + 2);
            }
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
}

/// The hash of a kernel file and all that it includes, as a manifest has it.
pub(super) fn hash(path: &str) -> Hash {
    let mut seen = BTreeSet::new();
    append(path, &mut seen, &mut String::new());
    let text = |name: &str| SOURCES.iter().find(|(known, _)| *known == name);
    let found = seen.iter().filter_map(|name| text(name));
    hash_of_sources(found.map(|(name, text)| (*name, text.as_bytes())))
}

/// The file that a line includes; `<..>` is the compiler's own.
fn included(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("include")?;
    rest.trim_start().strip_prefix('"')?.split('"').next()
}

/// A name as it is meant in a file: from that file's folder.
fn beside(path: &str, name: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    /// In `kernels/`, and of no pipeline.
    const OTHERS: [&str; 2] = ["example_distribute.cl", "stage/distribute.h"];

    #[test]
    fn every_file_of_the_kernels_is_embedded() {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernels");
        let mut found = BTreeSet::new();
        for folder in ["", "gen", "room", "stage", "stage/indicator"] {
            for entry in fs::read_dir(base.join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                let kind = path.extension().and_then(|extension| extension.to_str());
                if matches!(kind, Some("h" | "cl")) {
                    let name = path.strip_prefix(&base).expect("below it");
                    found.insert(name.to_str().expect("UTF-8").to_owned());
                }
            }
        }
        for other in OTHERS {
            assert!(found.remove(other), "{other}");
        }
        let embedded: BTreeSet<_> = SOURCES.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(embedded, found);
        assert_eq!(embedded.len(), SOURCES.len());
        for (path, text) in SOURCES {
            assert_eq!(*text, fs::read_to_string(base.join(path)).expect("text"), "{path}");
        }
    }

    /// Shows H40.
    #[test]
    fn the_hash_is_that_of_the_files() {
        let kernels = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernels");
        for path in ["pipeline_channels.cl", "pipeline_fused.cl"] {
            let of_files = tidegate_bitstreams::manifest::source_hash(&kernels, path);
            assert_eq!(hash(path), of_files.expect("sources"), "{path}");
        }
    }

    #[test]
    fn a_flat_text_has_every_file_once() {
        for (path, _) in SOURCES.iter().filter(|(path, _)| path.ends_with(".cl")) {
            let text = flat(path);
            assert!(!text.lines().any(|line| included(line).is_some()), "{path}");
            for guard in ["#define TIDEGATE_COMPAT_H", "#define TIDEGATE_STAGE_DECODE_H"] {
                assert_eq!(text.matches(guard).count(), 1, "{path}: {guard}");
            }
        }
        assert_eq!(beside("stage/fused.h", "../room/toe.h"), "room/toe.h");
        assert_eq!(beside("compat.h", "./gen/layout.h"), "gen/layout.h");
        assert_eq!(included("#  include \"a.h\" /* b */"), Some("a.h"));
        assert_eq!(included("#include <stdint.h>"), None);
    }
}
