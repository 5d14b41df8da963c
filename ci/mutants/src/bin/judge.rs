//! `mutants-judge native|sim ROOT`: every golden feed of ROOT through an engine, the shortest
//! first, against `golden-feeds/DIGESTS.toml`. Prints the name of each feed before it runs, and
//! ends with exit code 3 at the first that differs.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use mutants::digest::{self, Digests};
use mutants::feeds;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [engine, root] = arguments.as_slice() else { return Err("wanted: native|sim ROOT".into()) };
    let root = Path::new(root);
    let expected: BTreeMap<String, Digests> =
        toml::from_str(&std::fs::read_to_string(root.join(digest::FILE))?)?;
    for feed in feeds::all(root)? {
        println!("{}", feed.name);
        std::io::stdout().flush()?;
        let run = feed.load(root)?;
        let found = match engine.as_str() {
            "native" => digest::native(&run)?,
            #[cfg(feature = "sim")]
            "sim" => digest::sim(&run)?,
            other => return Err(format!("no engine {other}").into()),
        };
        let wanted =
            expected.get(&feed.name).ok_or_else(|| format!("{}: no digests", feed.name))?;
        let differs: Vec<&str> = wanted
            .iter()
            .filter(|(name, digest)| found.get(*name) != Some(*digest))
            .map(|(name, _)| name.as_str())
            .collect();
        if !differs.is_empty() {
            println!("differs: {}", differs.join(", "));
            return Ok(ExitCode::from(3));
        }
    }
    println!("the same");
    Ok(ExitCode::SUCCESS)
}
