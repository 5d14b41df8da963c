//! `kernel-lint [PATH...]`: judges kernels. Exit code 0 when clean, 1 with findings, 2 when it
//! could not judge.

use kernel_lint::{Error, collect, lint, list};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: kernel-lint [PATH...]

Judges the .h and .cl files of each folder or file (default: kernels) together.
Prints a line a finding, `file:line: rule: what; better: form`, the waivers and a summary.
Exit code: 0 clean, 1 findings, 2 it could not judge.";

fn main() -> ExitCode {
    let mut paths = Vec::new();
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("-h" | "--help") => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            Some(option) if option.starts_with('-') => {
                eprintln!("kernel-lint: no option {option}\n{USAGE}");
                return ExitCode::from(2);
            }
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    if paths.is_empty() {
        paths.push("kernels".into());
    }
    match run(&paths) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kernel-lint: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(paths: &[PathBuf]) -> Result<ExitCode, Error> {
    let report = lint(&collect(paths)?)?;
    print!("{report}");
    if !report.findings.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    if report.functions == 0 {
        return Err(Error::Nothing { what: "function", places: list(paths) });
    }
    Ok(ExitCode::SUCCESS)
}
