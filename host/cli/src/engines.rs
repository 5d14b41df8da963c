//! Every engine that the command knows, in one place.

mod opencl;

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Result;
#[cfg(not(feature = "kernel-c"))]
use anyhow::bail;
use tidegate_bench::result::Usage;
#[cfg(feature = "kernel-c")]
use tidegate_hls_sim::KernelCEngine;
use tidegate_hls_sim::SimEngine;
use tidegate_hls_sim::shell::Cycles;
use tidegate_hls_sim::stamp::{Latency, OrderStamp};
use tidegate_opencl::Target;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{Engine, Evidence, Input, NativeEngine, Setup, Sink};

use self::opencl::OutOfProcess;
pub(crate) use self::opencl::Program;
use crate::{Unusable, opencl_child};

/// An engine by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// The CPU path.
    Native,
    /// The simulator around the rooms in Rust.
    Sim,
    /// The simulator around the kernels' own C.
    KernelC,
    /// The kernels under an OpenCL runtime.
    OpenCl(Target),
}

impl Name {
    /// Whether it is a model that counts cycles.
    pub(crate) const fn is_model(self) -> bool {
        matches!(self, Self::Sim | Self::KernelC)
    }

    /// Every engine.
    pub(crate) const ALL: [Self; 7] = [
        Self::Native,
        Self::Sim,
        Self::KernelC,
        Self::OpenCl(Target::Pocl),
        Self::OpenCl(Target::Oclgrind),
        Self::OpenCl(Target::IntelEmu),
        Self::OpenCl(Target::Arria10),
    ];

    /// As on the command line.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Sim => "sim",
            Self::KernelC => "kernel-c",
            Self::OpenCl(Target::Pocl) => "opencl:pocl",
            Self::OpenCl(Target::Oclgrind) => "opencl:oclgrind",
            Self::OpenCl(Target::IntelEmu) => "opencl:intel-emu",
            Self::OpenCl(Target::Arria10) => "opencl:arria10",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|name| name.text() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::text).join(", ");
            format!("wanted one of {names}")
        })
    }
}

/// What the figures of an engine are worth, as it is said beside each of them.
pub(crate) const fn label(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Measured => "Measured",
        Evidence::Emulated => "Emulated",
        Evidence::Modelled => "Modelled",
    }
}

/// How long an OpenCL engine may take, in seconds, where nobody says it.
pub(crate) const DEADLINE_S: u64 = 900;

/// What an engine is started with, beside the setup.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// How long an engine in another process may take, in seconds.
    pub(crate) deadline_s: u64,
    /// Cycles of a model that are written down.
    pub(crate) trace: Option<Range<u64>>,
    /// The card of a model publishes.
    pub(crate) publishes: bool,
    /// Manifest of an image, and the target that is loaded with it.
    pub(crate) image: Option<(Target, PathBuf)>,
    /// Where an engine in another process says what it used.
    pub(crate) usage: ChildUsage,
}

/// What the last child said that it used.
pub(crate) type ChildUsage = Arc<Mutex<Option<Usage>>>;

impl Default for Options {
    fn default() -> Self {
        Self {
            deadline_s: DEADLINE_S,
            trace: None,
            publishes: false,
            image: None,
            usage: ChildUsage::default(),
        }
    }
}

/// What takes inputs: an engine, by its own type where its calls are to be compiled in.
pub(crate) trait Feed {
    /// Takes the next entry of the input log.
    fn feed<S: Sink>(&mut self, input: Input<'_>, sink: &mut S);

    /// Whether outputs may come later than the input that decides them.
    fn is_late(&self) -> bool {
        false
    }

    /// Whether it cannot go on.
    fn failed(&self) -> bool {
        false
    }
}

impl Feed for NativeEngine {
    fn feed<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        NativeEngine::feed(self, input, sink);
    }
}

/// An engine that was started. The native one stays known by its type, so that what watches it is
/// compiled into its path.
pub(crate) enum Machine {
    Native(Box<NativeEngine>),
    Sim(Box<SimEngine>),
    #[cfg(feature = "kernel-c")]
    KernelC(Box<KernelCEngine>),
    OpenCl(Box<dyn Engine>),
}

impl Machine {
    /// The engine.
    pub(crate) fn engine(&self) -> &dyn Engine {
        match self {
            Self::Native(engine) => &**engine,
            Self::Sim(engine) => &**engine,
            #[cfg(feature = "kernel-c")]
            Self::KernelC(engine) => &**engine,
            Self::OpenCl(engine) => &**engine,
        }
    }

    /// What a model wrote down, where it was asked.
    pub(crate) fn trace(&self) -> Option<&str> {
        match self {
            Self::Sim(engine) => Some(engine.card().trace()?.text()),
            #[cfg(feature = "kernel-c")]
            Self::KernelC(engine) => Some(engine.card().trace()?.text()),
            Self::Native(_) | Self::OpenCl(_) => None,
        }
    }

    /// What a model counted of its cycles, the requests that it sent, and how it is built.
    pub(crate) fn cycles(&self) -> Option<(Cycles, &[OrderStamp], &tidegate_hls_sim::Options)> {
        match self {
            Self::Sim(engine) => {
                let card = engine.card();
                Some((card.cycles(), card.orders(), card.options()))
            }
            #[cfg(feature = "kernel-c")]
            Self::KernelC(engine) => {
                let card = engine.card();
                Some((card.cycles(), card.orders(), card.options()))
            }
            Self::Native(_) | Self::OpenCl(_) => None,
        }
    }

    /// What a model says of the latency of the triggers. `None` where it is none, or no order left.
    pub(crate) fn latency(&self) -> Option<Latency> {
        let (_, orders, options) = self.cycles()?;
        Latency::of(orders, options)
    }
}

impl Feed for Machine {
    fn feed<S: Sink>(&mut self, input: Input<'_>, sink: &mut S) {
        match self {
            Self::Native(engine) => engine.feed(input, sink),
            Self::Sim(engine) => engine.feed(input, sink),
            #[cfg(feature = "kernel-c")]
            Self::KernelC(engine) => engine.feed(input, sink),
            Self::OpenCl(engine) => engine.feed(input, sink),
        }
    }

    fn is_late(&self) -> bool {
        // The simulator drains at a control word; only there is it asked.
        matches!(self, Self::OpenCl(_))
    }

    fn failed(&self) -> bool {
        match self {
            Self::Native(_) => false,
            other => other.engine().failure().is_some(),
        }
    }
}

/// The engine among those of a command that `--image` is for: the card, else the emulator.
///
/// # Errors
/// When none of them takes an image.
pub(crate) fn image_of(
    image: Option<&Path>,
    engines: &[Name],
) -> Result<Option<(Target, PathBuf)>, Unusable> {
    let Some(image) = image else { return Ok(None) };
    let takes = |target: &Target| engines.contains(&Name::OpenCl(*target));
    match [Target::Arria10, Target::IntelEmu].into_iter().find(takes) {
        Some(target) => Ok(Some((target, image.to_owned()))),
        None => {
            let image = image.display();
            let text = format!("--image {image}: opencl:arria10 and opencl:intel-emu take one");
            Err(Unusable(text))
        }
    }
}

/// Cycles, as FROM..TO.
pub(crate) fn cycles(text: &str) -> Result<Range<u64>, String> {
    let parse = || {
        let (from, to) = text.split_once("..")?;
        let range = from.parse().ok()?..to.parse().ok()?;
        (!range.is_empty()).then_some(range)
    };
    parse().ok_or_else(|| "wanted two cycles, as in 100..200".to_owned())
}

/// The card that a model stands for.
fn card(options: &Options) -> tidegate_hls_sim::Options {
    tidegate_hls_sim::Options {
        trace: options.trace.clone(),
        publishes: options.publishes,
        ..tidegate_hls_sim::Options::default()
    }
}

/// Starts an engine for a setup and the collected securities.
///
/// # Errors
/// When it cannot start: why, in words for the user.
pub(crate) fn start(
    name: Name,
    setup: &Setup,
    collected: &[SecurityId],
    options: &Options,
) -> Result<Machine> {
    match name {
        Name::Native => Ok(Machine::Native(Box::new(NativeEngine::new(setup, collected)?))),
        Name::Sim => {
            let card = card(options);
            Ok(Machine::Sim(Box::new(SimEngine::with(setup, collected, card)?)))
        }
        #[cfg(feature = "kernel-c")]
        Name::KernelC => {
            let card = card(options);
            Ok(Machine::KernelC(Box::new(KernelCEngine::with(setup, collected, card)?)))
        }
        #[cfg(not(feature = "kernel-c"))]
        Name::KernelC => bail!(
            "this command was built without it: cargo install --path host/cli --features kernel-c"
        ),
        Name::OpenCl(target) => {
            opencl_child::has_device(target)?;
            let image = options.image.as_ref().filter(|(of, _)| *of == target);
            let image = image.map(|(_, path)| path.as_path());
            let program = opencl_child::program(target, setup, image)?;
            let deadline = Duration::from_secs(options.deadline_s);
            let evidence = opencl::evidence(target);
            let about = (setup, collected);
            let engine = OutOfProcess::new(name.text(), evidence, program, deadline, about)?;
            let engine = engine.telling(options.usage.clone());
            Ok(Machine::OpenCl(Box::new(engine)))
        }
    }
}
