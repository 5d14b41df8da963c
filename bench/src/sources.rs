//! What the systems behind this project report, and the rows of ours that wait: `sources.toml`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The file that comes with the harness.
pub const BUNDLED: &str = include_str!("../sources.toml");

/// A sources file that cannot be used.
#[derive(Debug, Error)]
pub enum SourcesError {
    /// No TOML, or other keys.
    #[error("not a sources file")]
    Parse(#[from] toml::de::Error),
    /// A system without a figure.
    #[error("{name}: wanted mean_us and max_us, or a range; found neither")]
    NoFigure {
        /// Which.
        name: String,
    },
}

/// The table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// What others report.
    #[serde(rename = "system")]
    pub systems: Vec<System>,
    /// What of ours waits.
    #[serde(rename = "place")]
    pub places: Vec<Place>,
}

/// What a system is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An FPGA card.
    Card,
    /// A processor.
    Software,
}

/// A system, as its own source reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// What it is.
    pub name: String,
    /// What it is made of.
    pub kind: Kind,
    /// Mean, in microseconds.
    pub mean_us: Option<f64>,
    /// Maximum, in microseconds.
    pub max_us: Option<f64>,
    /// Standard deviation, whose unit the source does not give.
    pub std_dev: Option<f64>,
    /// Latency in words, where there is no figure.
    pub range: Option<String>,
    /// Where its clock starts.
    pub from: String,
    /// Where it stops.
    pub to: String,
    /// What the bytes go through.
    pub path: String,
    /// The statements it rests on.
    pub source: Vec<String>,
    /// What a reader must know.
    pub caveats: Vec<String>,
}

/// A row of ours that nobody has measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// What it is.
    pub name: String,
    /// The engine whose measured row takes this place.
    pub engine: String,
    /// Where the clock will start.
    pub from: String,
    /// Where it will stop.
    pub to: String,
    /// What the bytes will go through.
    pub path: String,
    /// What it waits for.
    pub why: String,
    /// The statements behind it.
    pub source: Vec<String>,
}

/// Reads a sources file.
///
/// # Errors
/// It is no such file, or a system in it has no figure.
pub fn parse(text: &str) -> Result<Sources, SourcesError> {
    let sources: Sources = toml::from_str(text)?;
    let bare = |system: &&System| {
        (system.mean_us.is_none() || system.max_us.is_none()) && system.range.is_none()
    };
    match sources.systems.iter().find(bare) {
        Some(system) => Err(SourcesError::NoFigure { name: system.name.clone() }),
        None => Ok(sources),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shows H36.
    #[test]
    fn the_bundled_table_is_the_sources_own() {
        let sources = parse(BUNDLED).expect("the bundled file");
        let figures: Vec<_> = sources
            .systems
            .iter()
            .filter_map(|s| Some((s.mean_us?, s.max_us?, s.std_dev?)))
            .collect();
        assert_eq!(figures, [(1.7, 1.7, 3.68), (14.0, 53.0, 5082.0)]);
        assert_eq!(sources.systems.iter().filter(|system| system.range.is_some()).count(), 3);
        for system in &sources.systems {
            assert!(!system.source.is_empty() && !system.caveats.is_empty(), "{}", system.name);
        }
        let engines: Vec<&str> = sources.places.iter().map(|place| place.engine.as_str()).collect();
        assert_eq!(engines, ["opencl:arria10", "central-tcp", "sw-multicast", "loopback-echo"]);
    }

    #[test]
    fn a_system_without_a_figure_is_refused() {
        let text = BUNDLED.replacen("mean_us = 1.7", "", 1);
        assert!(matches!(parse(&text), Err(SourcesError::NoFigure { .. })));
        assert!(matches!(parse("system = 1"), Err(SourcesError::Parse(_))));
    }
}
