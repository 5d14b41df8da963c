//! `tidegate devices`, `tidegate doctor`, and the child processes that they and the engines need: a driver
//! is loaded once a process, and a kernel that hangs cannot be cancelled.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};
use tidegate_bench::clock;
use tidegate_opencl::child::{self, Child, Spec};
use tidegate_opencl::doctor::{Check, ImageFacts, Report, Status, doctor, facts};
use tidegate_opencl::{DeviceInfo, Target, device_table, devices, drive};
use tidegate_pipeline::Setup;
use tidegate_pipeline::frame::ChecksumPolicy;
use tidegate_pipeline::toe::{Descriptor, Layout, WordOrder};
use tidegate_protocol::kernel::KERNEL_ID;

use crate::engines::Program;

/// The name of the hidden command.
const COMMAND: &str = "opencl-child";
/// How long a machine may take to list its devices.
const LISTING: Duration = Duration::from_secs(40);

/// The hidden command.
#[derive(Args, Debug)]
pub(crate) struct InChild {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The devices of a target, as JSON
    Devices {
        #[arg(value_parser = target)]
        target: Target,
    },
    /// The report about a target, as JSON
    Doctor {
        #[arg(value_parser = target)]
        target: Target,
        #[arg(long)]
        image: Option<PathBuf>,
    },
    /// Run the run folder in the working directory
    Run(Run),
}

/// How a run folder is run.
#[derive(Args, Debug)]
struct Run {
    #[arg(value_parser = target)]
    target: Target,
    #[arg(long)]
    policy: String,
    #[arg(long)]
    text: bool,
    #[arg(long)]
    printed: bool,
    #[arg(long)]
    lenient: bool,
    #[arg(long)]
    prefix_bytes: u16,
    #[arg(long)]
    image: Option<PathBuf>,
}

impl Run {
    fn options(&self) -> Result<drive::Options> {
        let checksum = match self.policy.as_str() {
            "drop" => ChecksumPolicy::Drop,
            "flag" => ChecksumPolicy::Flag,
            "disconnect" => ChecksumPolicy::Disconnect,
            other => bail!("policy {other}, wanted drop, flag or disconnect"),
        };
        let toe = Descriptor {
            layout: if self.text { Layout::Text } else { Layout::Sample },
            words: if self.printed { WordOrder::Printed } else { WordOrder::Channel },
            strict_filler: !self.lenient,
            prefix_bytes: self.prefix_bytes,
        };
        Ok(drive::Options { toe, checksum, image: self.image.clone() })
    }
}

/// List the OpenCL devices that the kernels can run on.
#[derive(Args, Debug)]
pub(crate) struct Devices {}

/// Say what this machine lacks to run the kernels, and what to do about it.
#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Which: opencl:pocl, opencl:oclgrind, opencl:intel-emu, opencl:arria10 [default: all]
    #[arg(value_name = "NAME", value_parser = target)]
    targets: Vec<Target>,
    /// Of opencl:arria10: the manifest of the image that would be loaded
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

fn target(text: &str) -> Result<Target, String> {
    let name = text.strip_prefix("opencl:").unwrap_or(text);
    Target::from_name(name).ok_or_else(|| {
        let names = Target::ALL.map(|target| format!("opencl:{target}")).join(", ");
        format!("wanted one of {names}")
    })
}

/// Runs the hidden command in a child with the environment of a target; gives what it wrote.
fn ask(what: &str, target: Target, more: &[OsString]) -> Result<Json> {
    // Where the driver is not, the doctor says it best.
    let environment = match (target.environment(), what) {
        (Err(_), "doctor") => Vec::new(),
        (environment, _) => environment?,
    };
    let arguments = [COMMAND, what, target.name()].map(OsString::from);
    let arguments = arguments.into_iter().chain(more.iter().cloned());
    let spec = Spec::this_program(arguments, environment, LISTING)?;
    let mut child = Child::start(&spec, |_| Ok(()))?;
    let mut text = String::new();
    if let Some(mut data) = child.data() {
        // An error here is the end of the data.
        let _ = data.read_to_string(&mut text);
    }
    child.finish()?;
    serde_json::from_str(&text).with_context(|| format!("the child said {text:?}"))
}

fn device_json(device: &DeviceInfo) -> Json {
    json!({
        "target": device.target.map(Target::name),
        "platform": device.platform,
        "name": device.name,
        "memory": device.global_memory_bytes,
    })
}

fn device_of(json: &Json) -> DeviceInfo {
    let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    DeviceInfo {
        target: json["target"].as_str().and_then(Target::from_name),
        platform: text("platform"),
        name: text("name"),
        global_memory_bytes: json["memory"].as_u64().unwrap_or_default(),
        ..DeviceInfo::default()
    }
}

/// The devices of a target; with those of the card also what is on no platform of ours.
fn listed(target: Target) -> Result<Vec<DeviceInfo>> {
    let json = ask("devices", target, &[])?;
    let devices = json.as_array().into_iter().flatten().map(device_of);
    let is_shown = |device: &DeviceInfo| match device.target {
        None => target.is_card(),
        ours => ours == Some(target),
    };
    Ok(devices.filter(is_shown).collect())
}

/// The child that runs a run folder, its working directory, on a target.
pub(crate) fn program(target: Target, setup: &Setup, image: Option<&Path>) -> Result<Program> {
    let toe = &setup.toe;
    let policy = match setup.checksum {
        ChecksumPolicy::Drop => "drop",
        ChecksumPolicy::Flag => "flag",
        ChecksumPolicy::Disconnect => "disconnect",
    };
    let mut arguments: Vec<OsString> =
        [COMMAND, "run", target.name(), "--policy", policy].map(OsString::from).to_vec();
    for (option, is_given) in [
        ("--text", toe.layout == Layout::Text),
        ("--printed", toe.words == WordOrder::Printed),
        ("--lenient", !toe.strict_filler),
    ] {
        arguments.extend(is_given.then(|| option.into()));
    }
    arguments.extend(["--prefix-bytes".into(), toe.prefix_bytes.to_string().into()]);
    if let Some(image) = image {
        let image = std::path::absolute(image).context("finding the image")?;
        arguments.extend(["--image".into(), image.into()]);
    }
    let path = std::env::current_exe().context("finding this program")?;
    Ok(Program { path, arguments, environment: target.environment()? })
}

/// Why no engine of a target can start on this machine; nothing if one can.
///
/// # Errors
/// The reason.
pub(crate) fn has_device(target: Target) -> Result<()> {
    match listed(target)?.is_empty() {
        true => Err(anyhow!("no device: `tidegate doctor opencl:{target}` says what to do")),
        false => Ok(()),
    }
}

/// Runs `tidegate devices`.
pub(crate) fn list() -> Result<()> {
    let (mut found, mut missing) = (Vec::new(), String::new());
    for target in Target::ALL {
        match listed(target) {
            Ok(devices) if devices.is_empty() => {
                let _ = writeln!(missing, "opencl:{target}: no device");
            }
            Ok(devices) => found.extend(devices),
            Err(error) => {
                let _ = writeln!(missing, "opencl:{target}: {error:#}");
            }
        }
    }
    crate::print(&(device_table(&found) + &missing))
}

/// The report of a child that gave none.
fn no_answer(target: Target, error: &anyhow::Error) -> String {
    let check = Check {
        name: "answer",
        status: Status::Fail,
        found: format!("{error:#}"),
        wanted: "a driver that lists its devices".to_owned(),
        remedy: "install the driver again".to_owned(),
    };
    Report { target, checks: vec![check] }.to_string()
}

/// Runs `tidegate doctor`.
pub(crate) fn examine(args: &Doctor) -> Result<ExitCode> {
    let targets = match &args.targets[..] {
        [] => &Target::ALL[..],
        some => some,
    };
    let image = args.image.iter().flat_map(|path| ["--image".into(), path.clone().into()]);
    let image: Vec<OsString> = image.collect();
    let mut failed = false;
    let mut texts = Vec::new();
    for &target in targets {
        match ask("doctor", target, &image) {
            Ok(answer) => {
                failed |= answer["failed"].as_bool().unwrap_or(true);
                texts.push(answer["text"].as_str().unwrap_or_default().to_owned());
            }
            Err(error) => {
                failed = true;
                texts.push(no_answer(target, &error));
            }
        }
    }
    crate::print(&texts.join("\n"))?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Runs the hidden command.
pub(crate) fn in_child(args: &InChild) -> Result<()> {
    let mut data = child::enter()?;
    let answer = match &args.what {
        What::Devices { .. } => devices()?.iter().map(device_json).collect(),
        What::Doctor { target, image } => {
            let image = match image {
                Some(path) => ImageFacts::read(path),
                None => Err("none was named: --image FILE".to_owned()),
            };
            let report = doctor(&facts(*target, KERNEL_ID, Some(image)));
            json!({"failed": report.exit_code() != 0, "text": report.to_string()})
        }
        What::Run(run) => {
            drive::run(run.target, Path::new("."), &run.options()?)?;
            json!({"done": true, "usage": clock::process_usage()})
        }
    };
    data.write_all(answer.to_string().as_bytes()).context("cannot write the answer")
}
