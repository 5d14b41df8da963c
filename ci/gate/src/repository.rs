//! What a record says of this repository and of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;
use serde::Deserialize;
use tidegate_gate::ledger::{Context, Hashed};
use tidegate_gate::policy::sha256_hex;

use crate::Failed;

/// The folder of the workspace.
pub fn root() -> Result<PathBuf, Failed> {
    let here = std::env::current_dir()?;
    let root = here.ancestors().find(|folder| folder.join("ci/gate-policy.toml").is_file());
    Ok(root.ok_or("no ci/gate-policy.toml here or above: run it in the repository")?.to_owned())
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let out = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// A file as the history has it, by commit: none without a history.
pub fn versions(root: &Path, file: &str) -> Vec<(String, String)> {
    let commits = git(root, &["log", "--format=%H", "--", file]).unwrap_or_default();
    let text = |commit: &str| git(root, &["show", &format!("{commit}:{file}")]);
    commits.lines().filter_map(|commit| Some((commit.to_owned(), text(commit)?))).collect()
}

/// What is known of the run; `raw` holds the versions of the tools.
pub fn context(root: &Path, raw: &Path) -> Result<Context, Failed> {
    let requirements = fs::read(root.join("ci/requirements.toml"))?;
    Ok(Context {
        utc: format!("{:.0}", Timestamp::now()),
        commit: git(root, &["rev-parse", "HEAD"]).unwrap_or_default().trim().to_owned(),
        dirty: git(root, &["status", "--porcelain"]).is_none_or(|changes| !changes.is_empty()),
        policy_sha256: String::new(),
        requirements_sha256: sha256_hex(&requirements),
        tools: tidegate_gate::collect::tools(raw),
        host: host(),
        hardware: None,
        artifacts: Vec::new(),
        feeds: feeds(root)?,
    })
}

/// Processor, cores and system, without a name of the machine.
fn host() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

/// What was built and is there: the command.
pub fn artifacts(root: &Path) -> Vec<Hashed> {
    let path = "target/release/tidegate";
    let bytes = fs::read(root.join(path));
    let hashed = |bytes: Vec<u8>| Hashed { path: path.to_owned(), sha256: sha256_hex(&bytes) };
    bytes.into_iter().map(hashed).collect()
}

/// The feeds as their manifest names them; that it is right is what V01 says.
fn feeds(root: &Path) -> Result<Vec<Hashed>, Failed> {
    #[derive(Deserialize)]
    struct Manifest {
        feed: Vec<Feed>,
    }
    #[derive(Deserialize)]
    struct Feed {
        file: String,
        sha256: String,
    }
    let text = fs::read_to_string(root.join("golden-feeds/MANIFEST.toml"))?;
    let manifest: Manifest = toml::from_str(&text)?;
    let hashed =
        |feed: Feed| Hashed { path: format!("golden-feeds/{}", feed.file), sha256: feed.sha256 };
    Ok(manifest.feed.into_iter().map(hashed).collect())
}
