//! What a machine lacks to run a target: a pure function from facts to a report.
//!
//! [`facts`] asks the machine, [`doctor`] judges. Every check says what was found, what is wanted and
//! what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use tidegate_bitstreams::check::check_file;
use tidegate_bitstreams::manifest::Manifest;
use tidegate_protocol::PROTOCOL_ID;

use crate::drive::device_bytes;
use crate::image::described_by;
use crate::target::{EMULATOR_REMEDY, OCLGRIND_REMEDY, POCL_REMEDY};
use crate::{CardLock, DeviceInfo, Error, Listing, LockState, Target};

/// Extensions of OpenCL that a target's kernels cannot do without, and those that are an option.
const fn extensions(target: Target) -> (&'static [&'static str], &'static [&'static str]) {
    match target {
        Target::Pocl | Target::Oclgrind => (&["cl_khr_byte_addressable_store"], &[]),
        Target::IntelEmu => (&["cl_intel_channels", "cl_intel_fpga_host_pipe"], &[]),
        Target::Arria10 => (&["cl_intel_channels"], &["cl_intel_fpga_host_pipe"]),
    }
}

/// What is so on a machine, as far as one target is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The target.
    pub target: Target,
    /// The loader's file, or what the dynamic linker said.
    pub loader: Result<PathBuf, String>,
    /// The file that names the target's driver, or why there is none. `None`: not named by us.
    pub driver_file: Option<Result<PathBuf, String>>,
    /// The platforms' names, or why they could not be listed.
    pub platforms: Result<Vec<String>, String>,
    /// The target's first device.
    pub device: Option<DeviceInfo>,
    /// The lock of that device; `None` when it is not a card.
    pub lock: Option<Result<LockState, String>>,
    /// The image that would be loaded, for a card.
    pub image: Option<Result<ImageFacts, String>>,
    /// What this program was built with.
    pub ours: Identity,
}

/// What host and kernels must agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Hash of the message table.
    pub protocol_id: u64,
    /// Identity of the interface between host and kernels.
    pub kernel_id: u64,
}

/// What the manifest of an image says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// The manifest's file.
    pub manifest: PathBuf,
    /// The board that it is for.
    pub board: String,
    /// The board package that it was built with.
    pub bsp: String,
    /// What its kernels were made with.
    pub identity: Identity,
    /// Whether the image's bytes are those that the manifest describes, or the refusal.
    pub bytes: Result<(), String>,
}

impl ImageFacts {
    /// Reads a manifest, and whether the image beside it is the one it describes.
    ///
    /// # Errors
    /// Why the manifest cannot be read, as text.
    pub fn read(manifest_path: &Path) -> Result<Self, String> {
        let manifest = Manifest::read(manifest_path).map_err(|error| error.to_string())?;
        let kernels = &manifest.kernels;
        let identity =
            Identity { protocol_id: kernels.protocol_id.0, kernel_id: kernels.kernel_id.0 };
        // What the host expects is judged check by check: here the manifest is taken at its word.
        let itself = described_by(&manifest);
        let bytes = check_file(manifest_path, &itself).map(drop).map_err(|error| error.to_string());
        let bsp = format!("{} {}", manifest.bsp.name, manifest.bsp.version);
        Ok(Self { manifest: manifest_path.to_owned(), board: manifest.board, bsp, identity, bytes })
    }
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// As wanted.
    Ok,
    /// It works, with less.
    Warn,
    /// The target cannot be used.
    Fail,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it went.
    pub status: Status,
    /// What was found.
    pub found: String,
    /// What is wanted.
    pub wanted: String,
    /// What to do; empty when nothing.
    pub remedy: String,
}

/// The checks of a target, in the order in which one needs the other. What comes after a failure that
/// makes it moot is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The target.
    pub target: Target,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// The worst of the checks.
    pub fn status(&self) -> Status {
        self.checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok)
    }

    /// The exit status of a command: 1 when a check failed, else 0.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.status() == Status::Fail)
    }
}

/// Judges the facts.
pub fn doctor(facts: &Facts) -> Report {
    Report { target: facts.target, checks: checks(facts) }
}

/// In the order of need; returns at the first one that makes the rest moot.
fn checks(facts: &Facts) -> Vec<Check> {
    let target = facts.target;
    let mut checks = Vec::new();
    let mut add = |name, status, found: String, wanted: &str, remedy: &str| {
        let remedy = if status == Status::Ok { "" } else { remedy };
        checks.push(Check { name, status, found, wanted: wanted.into(), remedy: remedy.into() });
        status != Status::Fail
    };
    let of = |good| if good { Status::Ok } else { Status::Fail };

    let (found, good) = path_or_reason(&facts.loader);
    if !add("loader", of(good), found, "libOpenCL.so.1", "install ocl-icd-libopencl1") {
        return checks;
    }
    if let Some(file) = &facts.driver_file {
        let (found, good) = path_or_reason(file);
        if !add("driver file", of(good), found, "a file that names the driver", remedy(target)) {
            return checks;
        }
    }
    let wanted = target.platform_name();
    let (found, good) = match &facts.platforms {
        Ok(names) if names.is_empty() => ("none".into(), false),
        Ok(names) => (names.join(", "), names.iter().any(|name| name.starts_with(wanted))),
        Err(reason) => (reason.clone(), false),
    };
    if !add("platform", of(good), found, wanted, remedy(target)) {
        return checks;
    }
    let Some(device) = &facts.device else {
        let help = match target.is_card() {
            true => {
                "check that the card is seated, its kernel module loaded, and `aocl diagnose` passes"
            }
            false => remedy(target),
        };
        add("device", Status::Fail, "none".into(), "a device of the platform", help);
        return checks;
    };
    let available = if device.available { "available" } else { "not available" };
    let found = format!("{}, driver {}, {available}", device.name, device.driver);
    let help = "run `aocl diagnose`, and see who else uses the card";
    if !add("device", of(device.available), found, "an available device", help) {
        return checks;
    }
    let (needed, optional) = extensions(target);
    for name in needed {
        let found = if device.has(name) { "present" } else { "missing" };
        let help = "the kernels cannot be built without it: use the driver's version of ci/opencl.sh, or \
                    the card's board package";
        add("extension", of(device.has(name)), format!("{name} {found}"), name, help);
    }
    for name in optional {
        let (status, found) = match device.has(name) {
            true => (Status::Ok, "present"),
            false => (Status::Warn, "missing"),
        };
        let help = "parameters are reloaded through the flag in memory instead";
        add("extension", status, format!("{name} {found}"), name, help);
    }
    let wanted_bytes = device_bytes(target);
    let enough = device.global_memory_bytes >= wanted_bytes;
    let wanted = format!("{} MiB or more", wanted_bytes.div_ceil(1 << 20));
    let found = mebibytes(device.global_memory_bytes);
    add("memory", of(enough), found, &wanted, "free memory, or use a larger card");

    if let Some(lock) = &facts.lock {
        let (status, found) = match lock {
            Ok(LockState::Free) => (Status::Ok, "free".into()),
            Ok(LockState::Held(Some(pid))) => (Status::Warn, format!("held by process {pid}")),
            Ok(LockState::Held(None)) => (Status::Warn, "held by an unnamed process".into()),
            Err(reason) => (Status::Fail, reason.clone()),
        };
        let help = match lock {
            Err(_) => {
                "make the folder of the lock files writable, or name one in TIDEGATE_RUNTIME_DIR"
            }
            Ok(_) => "end that process before opening the card",
        };
        add("lock", status, found, "free", help);
    }
    if let Some(image) = &facts.image {
        image_checks(image, device, facts.ours, &mut add);
    }
    checks
}

fn image_checks(
    image: &Result<ImageFacts, String>,
    device: &DeviceInfo,
    ours: Identity,
    add: &mut impl FnMut(&'static str, Status, String, &str, &str) -> bool,
) {
    let of = |good| if good { Status::Ok } else { Status::Fail };
    let rebuild = "build the image again from these kernels: bitstreams/README.md";
    let image = match image {
        Ok(image) => image,
        Err(reason) => {
            let help = "build an image or name its manifest: bitstreams/README.md";
            add("image", Status::Fail, reason.clone(), "a manifest with its image", help);
            return;
        }
    };
    let found = match &image.bytes {
        Ok(()) => image.manifest.display().to_string(),
        Err(refusal) => refusal.clone(),
    };
    let help = "copy the image again from where it was built, with its manifest";
    add("image", of(image.bytes.is_ok()), found, "the bytes that its manifest describes", help);
    let found = format!("image for {}, device {}", image.board, device.board());
    let help = "use the image of this board, or the board of this image";
    add("board", of(image.board == device.board()), found, "the image's board", help);
    add("board package", Status::Ok, image.bsp.clone(), "that of the card's shell", "");
    for (name, wanted, found) in [
        ("protocol id", ours.protocol_id, image.identity.protocol_id),
        ("kernel id", ours.kernel_id, image.identity.kernel_id),
    ] {
        let wanted_text = format!("{wanted:#018x}");
        add(name, of(wanted == found), format!("{found:#018x}"), &wanted_text, rebuild);
    }
}

fn path_or_reason(file: &Result<PathBuf, String>) -> (String, bool) {
    match file {
        Ok(path) => (path.display().to_string(), true),
        Err(reason) => (reason.clone(), false),
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}

fn remedy(target: Target) -> &'static str {
    match target {
        Target::Pocl => POCL_REMEDY,
        Target::Oclgrind => OCLGRIND_REMEDY,
        Target::IntelEmu => EMULATOR_REMEDY,
        Target::Arria10 => "install Intel's FPGA runtime for OpenCL and the card's board package",
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "opencl:{}", self.target)?;
        for check in &self.checks {
            writeln!(f, "  {:<4}  {:<13}  {}", check.status, check.name, check.found)?;
            if check.status != Status::Ok {
                writeln!(f, "  {:19}  wanted: {}", "", check.wanted)?;
                writeln!(f, "  {:19}  to do:  {}", "", check.remedy)?;
            }
        }
        let count = |status| self.checks.iter().filter(|check| check.status == status).count();
        let (ok, warn, fail) = (count(Status::Ok), count(Status::Warn), count(Status::Fail));
        writeln!(f, "  {ok} ok, {warn} to look at, {fail} failed")
    }
}

/// Asks the machine about a target. The loader must not have been loaded yet with another environment:
/// run it in a child with [`Target::environment`], or accept what this process' environment leads to.
///
/// `kernel_id` is that of this build; `image` are the facts of the image that would be loaded.
pub fn facts(target: Target, kernel_id: u64, image: Option<Result<ImageFacts, String>>) -> Facts {
    let loader = match cl3::load_library() {
        Ok(_) => Ok(loaded_library().unwrap_or_else(|| "libOpenCL.so.1".into())),
        Err(error) => Err(error.to_string()),
    };
    let driver_file = match target {
        Target::Arria10 => None,
        _ => match target.environment() {
            Ok(set) => set.first().map(|(_, file)| Ok(PathBuf::from(file))),
            Err(error) => Some(Err(error.to_string())),
        },
    };
    let (platforms, device) = match Listing::read() {
        Ok(listing) => {
            let device = listing.find(target, None).ok().map(|device| device.info().clone());
            (Ok(listing.platforms), device)
        }
        Err(error) => (Err(error.to_string()), None),
    };
    let lock = device.as_ref().filter(|_| target.is_card()).map(|device| {
        CardLock::state_in(&CardLock::folder(), &device.name)
            .map_err(|error: Error| error.to_string())
    });
    let image = if target.is_card() { image } else { None };
    let ours = Identity { protocol_id: PROTOCOL_ID, kernel_id };
    Facts { target, loader, driver_file, platforms, device, lock, image, ours }
}

/// The loader's file with its version, as the system has mapped it.
fn loaded_library() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let files = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).map(Path::new);
    let is_loader = |file: &&Path| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libOpenCL"))
    };
    files.into_iter().find(is_loader).map(Path::to_owned)
}

/// The devices as a table, one a line.
pub fn device_table(devices: &[DeviceInfo]) -> String {
    let mut table =
        format!("{:<10} {:<44} {:<50} {:>10}\n", "target", "platform", "device", "memory");
    for device in devices {
        let target = device.target.map_or("-", Target::name);
        let memory = mebibytes(device.global_memory_bytes);
        let line =
            format!("{target:<10} {:<44} {:<50} {memory:>10}\n", device.platform, device.name);
        table.push_str(&line);
    }
    if devices.is_empty() {
        table.push_str("no device\n");
    }
    table
}
