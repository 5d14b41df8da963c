//! Counts instructions a message and compares them with `bench/counts.toml`; `ci/counts.sh` starts it.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;

use tidegate_bench::counts::{CountsError, FILE, committed, compare, count, file, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["run", case, feed] => run(case, Path::new(feed)).map(|messages| println!("{messages}")),
        ["check"] => check(),
        _ => {
            eprintln!("usage: tidegate-counts check | run CASE FEED");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tidegate-counts: {error}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<(), CountsError> {
    let found = count()?;
    print!("{}", file(&found));
    if std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        return std::fs::write(FILE, file(&found))
            .map_err(|source| CountsError::File { path: FILE.into(), source });
    }
    compare(&committed()?, &found)
}
