//! The runtimes, by the name of their platform, and the environment that leads to each.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::Error;

/// A runtime that the kernels run under.
///
/// It is chosen by the platform's name: by device type nothing can be told, since PoCL says CPU and
/// Intel's emulator ACCELERATOR, as a card does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// PoCL on the CPU: the fused kernel over buffers.
    Pocl,
    /// Oclgrind, an interpreter that reports bad memory and uninitialised values: the fused kernel.
    Oclgrind,
    /// Intel's FPGA emulation platform: the channel kernels, compiled for the CPU.
    IntelEmu,
    /// An Arria 10 card under Intel's FPGA runtime: the channel kernels from an image.
    Arria10,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 4] = [Self::Pocl, Self::Oclgrind, Self::IntelEmu, Self::Arria10];

    /// The name on the command line, behind `opencl:`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pocl => "pocl",
            Self::Oclgrind => "oclgrind",
            Self::IntelEmu => "intel-emu",
            Self::Arria10 => "arria10",
        }
    }

    /// The target of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// How the platform's name starts.
    pub const fn platform_name(self) -> &'static str {
        match self {
            Self::Pocl => "Portable Computing Language",
            Self::Oclgrind => "Oclgrind",
            Self::IntelEmu => "Intel(R) FPGA Emulation Platform for OpenCL(TM)",
            Self::Arria10 => "Intel(R) FPGA SDK for OpenCL(TM)",
        }
    }

    /// Whether it is hardware, of which one process at a time may have one.
    pub const fn is_card(self) -> bool {
        matches!(self, Self::Arria10)
    }

    /// What a process needs in its environment before the OpenCL loader is loaded, for a child process.
    ///
    /// All but a card's driver are named one by one, so that no other driver of the machine is loaded;
    /// a card's is set up by whoever installed it, and nothing is changed.
    ///
    /// # Errors
    /// [`Error::NoDriverFile`] when the runtime is not installed.
    pub fn environment(self) -> Result<Vec<(OsString, OsString)>, Error> {
        let (places, remedy) = match self {
            Self::Pocl => (pocl_driver_files(|key| std::env::var_os(key)), POCL_REMEDY),
            Self::Oclgrind => (vec![OCLGRIND_DRIVER.into()], OCLGRIND_REMEDY),
            Self::IntelEmu => (emulator_driver_files(|key| std::env::var_os(key)), EMULATOR_REMEDY),
            Self::Arria10 => return Ok(Vec::new()),
        };
        match places.iter().find(|place| place.exists()) {
            Some(file) => Ok(vec![("OCL_ICD_VENDORS".into(), file.into())]),
            None => Err(Error::NoDriverFile {
                target: self.name(),
                looked_for: places.iter().map(|place| place.display().to_string()).collect(),
                remedy,
            }),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What to do when a runtime is not there.
pub(crate) const POCL_REMEDY: &str = "install pocl-opencl-icd, e.g. with ci/opencl.sh";
pub(crate) const OCLGRIND_REMEDY: &str = "install oclgrind, e.g. with ci/opencl.sh";
pub(crate) const EMULATOR_REMEDY: &str = "install it with ci/opencl.sh, which says whose terms \
     apply, or name its .icd file in TIDEGATE_INTEL_EMU_ICD";

/// Where the emulator's driver file may be, the first choice first: the one that is named, else where
/// `ci/opencl.sh` puts it.
fn emulator_driver_files(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    if let Some(named) = variable("TIDEGATE_INTEL_EMU_ICD") {
        return vec![named.into()];
    }
    let tools = variable("TIDEGATE_TOOLS")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache/tidegate")));
    tools.into_iter().map(|tools| tools.join("intel-emulator/emulator.icd")).collect()
}

/// Where the package puts Oclgrind. It is not among the drivers of the machine.
const OCLGRIND_DRIVER: &str = "/usr/lib/oclgrind/liboclgrind-rt-icd.so";

/// Where PoCL's driver file may be: the one that is named, else where the package puts it.
fn pocl_driver_files(variable: impl Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    let named = variable("TIDEGATE_POCL_ICD").map(PathBuf::from);
    vec![named.unwrap_or_else(|| "/etc/OpenCL/vendors/pocl.icd".into())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for target in Target::ALL {
            assert_eq!(Target::from_name(target.name()), Some(target));
        }
        assert_eq!(Target::from_name("POCL"), None);
    }

    #[test]
    fn drivers_are_looked_for_where_they_are_named_or_installed() {
        let places = |set: &[(&str, &str)]| {
            let set = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect::<Vec<_>>();
            emulator_driver_files(move |key| {
                set.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone().into())
            })
        };
        let file = |path: &str| vec![PathBuf::from(path)];
        assert_eq!(places(&[("TIDEGATE_INTEL_EMU_ICD", "/a.icd"), ("HOME", "/h")]), file("/a.icd"));
        let tools = [("TIDEGATE_TOOLS", "/t"), ("HOME", "/h")];
        assert_eq!(places(&tools), file("/t/intel-emulator/emulator.icd"));
        let home = [("HOME", "/h")];
        assert_eq!(places(&home), file("/h/.cache/tidegate/intel-emulator/emulator.icd"));
        assert!(places(&[]).is_empty());
        let pocl = |named: Option<&str>| pocl_driver_files(|_| named.map(Into::into));
        assert_eq!(pocl(Some("/p.icd")), file("/p.icd"));
        assert_eq!(pocl(None), file("/etc/OpenCL/vendors/pocl.icd"));
    }
}
