//! The backend against PoCL, Intel's emulator and a fake OpenCL library.
//!
//! Which driver is loaded is decided by the environment of a process before the library is, so every
//! such test runs alone in a process of its own: the test binary once more, for this one test.

mod channels;
mod distribute;
mod emulator;
mod fake;
mod fused;
#[path = "../../../../hls-sim/examples/kernel_files.rs"]
mod kernel_files;
mod live;
mod pocl;
mod processes;
mod reload;

use std::ffi::OsString;
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tidegate_opencl::child::{self, Child, Spec};
use tidegate_opencl::{Device, Limits, Session, Target};

/// The variable that tells the process of one test that it is.
pub(crate) const ALONE: &str = "TIDEGATE_TEST_ALONE";
static ONE: Mutex<()> = Mutex::new(());
/// Far above what any test takes, since the machine may be busy.
pub(crate) const DEADLINE: Duration = Duration::from_secs(300);
/// For a run whose size was asked for.
const LONG_DEADLINE: Duration = Duration::from_secs(3600);

/// Runs the body of the test `name` in a process with this environment.
pub(crate) fn alone(name: &str, environment: Vec<(OsString, OsString)>, body: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some_and(|alone| alone == *name) {
        child::enter().expect("a child has pipes");
        return body();
    }
    let mut environment = environment;
    environment.push((ALONE.into(), name.into()));
    let arguments = ["--exact", name, "--nocapture", "--test-threads=1"];
    let long = std::env::var_os(reload::MESSAGES_VARIABLE).is_some();
    let deadline = if long { LONG_DEADLINE } else { DEADLINE };
    let spec = Spec::this_program(arguments, environment, deadline).expect("this program");
    let mut child = Child::start(&spec, |_| Ok(())).expect("a child starts");
    let mut said = String::new();
    let mut data = child.data().expect("the data pipe");
    data.read_to_string(&mut said).expect("text");
    match child.finish() {
        Ok(finished) => {
            // A name that fits no test would pass with nothing run.
            assert!(said.contains("running 1 test"), "{said}");
            print!("{}", finished.stderr);
        }
        Err(error) => panic!("{error}"),
    }
}

/// The same under a runtime. Where that is not installed the reason is printed; in CI that is a failure,
/// for the emulator when its terms were accepted.
pub(crate) fn under(target: Target, name: &str, body: impl FnOnce()) {
    under_with(target, &[], name, body);
}

/// The same with more variables.
pub(crate) fn under_with(target: Target, more: &[(&str, &str)], name: &str, body: impl FnOnce()) {
    let demanded = std::env::var_os("CI").is_some()
        && (target != Target::IntelEmu
            || std::env::var_os("TIDEGATE_ACCEPT_INTEL_EULA").is_some_and(|yes| yes == "1"));
    let environment = target.environment();
    match environment {
        Err(reason) if demanded => panic!("{reason}"),
        Err(reason) => eprintln!("skipped: {name}: {reason}"),
        Ok(mut environment) => {
            environment.extend(more.iter().map(|(key, value)| (key.into(), value.into())));
            // Kernels that wait for each other spin: two such tests at once would share the cores.
            let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
            alone(name, environment, body);
        }
    }
}

/// The first device of a runtime that is installed.
pub(crate) fn open(target: Target) -> Session {
    let device = Device::find(target).expect("the runtime is installed");
    Session::open(device, Limits::default()).expect("the device opens")
}

/// Open files and threads of this process.
pub(crate) fn held() -> (usize, usize) {
    let count = |folder: &str| std::fs::read_dir(folder).expect("procfs").count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}

/// Files and threads after a hundred rounds are those after ten, but for a few.
pub(crate) fn stays_bounded(round: impl Fn(), held: impl Fn() -> (usize, usize)) {
    (0..10).for_each(|_| round());
    let early = held();
    (0..90).for_each(|_| round());
    let late = held();
    eprintln!("after 10 rounds {early:?}, after 100 rounds {late:?} (files, threads)");
    assert!(late.0 <= early.0 + 4, "open files grow");
    assert!(late.1 <= early.1 + 4, "threads grow");
}
