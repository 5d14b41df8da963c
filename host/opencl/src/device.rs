//! Platforms and devices.

use std::time::Duration;

use cl3::device::CL_DEVICE_TYPE_ALL;
use cl3::error_codes::DLOPEN_RUNTIME_LOAD_FAILED;
use opencl3::device::Device as Listed;
use opencl3::platform::get_platforms;

use crate::ffi::DeviceId;
use crate::life::millis;
use crate::{Error, Target, wait};

/// How long listing the devices, or opening one, may take: drivers are loaded and cards are asked.
pub const LISTING_LIMIT: Duration = Duration::from_secs(20);

// CL_PLATFORM_NOT_FOUND_KHR and CL_DEVICE_NOT_FOUND: an empty list, as an error.
const NO_PLATFORM: i32 = -1001;
const NO_DEVICE: i32 = -1;

/// What a driver says about a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceInfo {
    /// The target whose platform it is on, when it is one of ours.
    pub target: Option<Target>,
    /// The platform's name.
    pub platform: String,
    /// The platform's version.
    pub platform_version: String,
    /// The device's name. Intel's FPGA runtime says `board : text`.
    pub name: String,
    /// The driver's version.
    pub driver: String,
    /// The names of the extensions, in the driver's order.
    pub extensions: Vec<String>,
    /// The size of global memory, in bytes.
    pub global_memory_bytes: u64,
    /// The largest buffer, in bytes.
    pub largest_buffer_bytes: u64,
    /// Whether the driver says that the device can be used.
    pub available: bool,
}

impl DeviceInfo {
    /// The board's name as a board package gives it: what stands before the colon of the device's name.
    pub fn board(&self) -> &str {
        self.name.split(':').next().unwrap_or_default().trim()
    }

    /// Whether it has an extension.
    pub fn has(&self, extension: &str) -> bool {
        self.extensions.iter().any(|name| name == extension)
    }
}

/// A device that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub(crate) id: DeviceId,
    info: DeviceInfo,
}

/// What the loader sees: the platforms' names, also of those without a device, and the devices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The platforms' names.
    pub platforms: Vec<String>,
    /// The devices of all platforms.
    pub devices: Vec<Device>,
}

impl Listing {
    /// Asks the loader and every driver that it knows.
    ///
    /// # Errors
    /// [`Error::NoLoader`]; [`Error::Late`] after [`LISTING_LIMIT`], when a driver does not answer;
    /// [`Error::Call`]. No platform at all is an empty list.
    pub fn read() -> Result<Self, Error> {
        wait::within(LISTING_LIMIT, Self::read_now).unwrap_or_else(|| {
            Err(Error::Late { call: "clGetPlatformIDs", waited_ms: millis(LISTING_LIMIT) })
        })
    }

    fn read_now() -> Result<Self, Error> {
        let failed = |call| {
            move |code: opencl3::error_codes::ClError| match code.0 {
                DLOPEN_RUNTIME_LOAD_FAILED => Error::NoLoader { reason: loader_reason() },
                code => Error::Call { call, kernel: None, code },
            }
        };
        let platforms = match get_platforms() {
            Err(code) if code.0 == NO_PLATFORM => Vec::new(),
            answer => answer.map_err(failed("clGetPlatformIDs"))?,
        };
        let mut listing = Self::default();
        for platform in platforms {
            let name = platform.name().map_err(failed("clGetPlatformInfo"))?;
            let version = platform.version().map_err(failed("clGetPlatformInfo"))?;
            let ids = match platform.get_devices(CL_DEVICE_TYPE_ALL) {
                Err(code) if code.0 == NO_DEVICE => Vec::new(),
                answer => answer.map_err(failed("clGetDeviceIDs"))?,
            };
            for id in ids {
                let device = Listed::new(id);
                let mut info = describe(&device).map_err(failed("clGetDeviceInfo"))?;
                info.target =
                    Target::ALL.into_iter().find(|target| name.starts_with(target.platform_name()));
                info.platform = name.clone();
                info.platform_version = version.clone();
                listing.devices.push(Device { id: DeviceId::of(&device, &platform), info });
            }
            listing.platforms.push(name);
        }
        Ok(listing)
    }

    /// The first device of a target, or the one whose name starts with `name`.
    ///
    /// # Errors
    /// [`Error::NoPlatform`], [`Error::NoDevice`].
    pub fn find(&self, target: Target, name: Option<&str>) -> Result<&Device, Error> {
        let wanted = target.platform_name();
        let Some(platform) = self.platforms.iter().find(|name| name.starts_with(wanted)) else {
            return Err(Error::NoPlatform { wanted, found: self.platforms.clone() });
        };
        let ours = || self.devices.iter().filter(|device| device.info.target == Some(target));
        let fits = |device: &&Device| name.is_none_or(|name| device.info.name.starts_with(name));
        ours().find(fits).ok_or_else(|| Error::NoDevice {
            platform: platform.clone(),
            wanted: name.map_or_else(|| "of any name".into(), |name| format!("\"{name}\"")),
            found: ours().map(|device| device.info.name.clone()).collect(),
        })
    }
}

impl Device {
    /// The first device of a target.
    ///
    /// # Errors
    /// Those of [`Listing::read`] and [`Listing::find`].
    pub fn find(target: Target) -> Result<Self, Error> {
        Listing::read()?.find(target, None).cloned()
    }

    /// What the driver says about it.
    pub fn info(&self) -> &DeviceInfo {
        &self.info
    }
}

/// What the loader sees, as data to print.
///
/// # Errors
/// Those of [`Listing::read`].
pub fn devices() -> Result<Vec<DeviceInfo>, Error> {
    Ok(Listing::read()?.devices.into_iter().map(|device| device.info).collect())
}

fn describe(device: &Listed) -> opencl3::Result<DeviceInfo> {
    Ok(DeviceInfo {
        name: device.name()?,
        driver: device.driver_version()?,
        extensions: device.extensions()?.split_whitespace().map(str::to_owned).collect(),
        global_memory_bytes: device.global_mem_size()?,
        largest_buffer_bytes: device.max_mem_alloc_size()?,
        available: device.available()?,
        ..DeviceInfo::default()
    })
}

pub(crate) fn loader_reason() -> String {
    match cl3::load_library() {
        Ok(_) => "it is loaded".into(),
        Err(error) => error.to_string(),
    }
}
