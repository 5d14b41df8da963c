//! Host pipes: a running kernel and the host exchange packets of 32 bytes.
//!
//! The extension is Intel's `cl_intel_fpga_host_pipe`. Its emulator takes packets of any width, any
//! number of pipes and pipes that no kernel has; a card takes none of that. So what a card demands is
//! checked here: one pipe in and one out, 32 bytes, bound to a kernel before its first packet.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::ffi::{self, Code, DeviceId, Handle, Packet, PipeCalls};
use crate::life::Life;
use crate::session::take_once;
use crate::{Error, wait};

/// The deepest pipe that this backend asks for, in packets. A board package may allow less, and says so.
pub const MOST_PIPE_PACKETS: u32 = 65_536;

// The extension's own codes.
const PIPE_FULL: Code = -1111;
const PIPE_EMPTY: Code = -1112;

#[derive(Debug)]
struct HostPipe {
    handle: Arc<Handle>,
    calls: PipeCalls,
    /// The kernel that has it.
    kernel: Option<String>,
    life: Arc<Life>,
}

impl HostPipe {
    fn create(
        context: &Handle,
        device: DeviceId,
        life: &Arc<Life>,
        taken: &AtomicBool,
        host_writes: bool,
        depth_packets: u32,
    ) -> Result<Self, Error> {
        let invalid = |what, wanted: String, found: String| Error::Invalid { what, wanted, found };
        if !(1..=MOST_PIPE_PACKETS).contains(&depth_packets) {
            let wanted = format!("1 to {MOST_PIPE_PACKETS} packets");
            return Err(invalid("the depth of a host pipe", wanted, depth_packets.to_string()));
        }
        let calls = PipeCalls::of(device)
            .map_err(|code| life.failed("clGetExtensionFunctionAddressForPlatform", None, code))?;
        let calls = calls.ok_or_else(|| {
            invalid(
                "the platform's extensions",
                "cl_intel_fpga_host_pipe".into(),
                "no clReadPipeIntelFPGA".into(),
            )
        })?;
        if !take_once(taken) {
            let direction = if host_writes { "into" } else { "out of" };
            let what = "the number of host pipes";
            return Err(invalid(what, format!("one {direction} the device"), "a second".into()));
        }
        let handle = ffi::create_pipe(context, host_writes, depth_packets)
            .map_err(|code| life.failed("clCreatePipe", None, code))?;
        Ok(Self { handle: Arc::new(handle), calls, kernel: None, life: life.clone() })
    }

    /// The kernel's name, once work is accepted and the pipe is bound.
    fn ready(&self) -> Result<&str, Error> {
        self.life.check()?;
        self.kernel.as_deref().ok_or_else(|| Error::Invalid {
            what: "a host pipe",
            wanted: "an argument of a kernel before its first packet".into(),
            found: "no kernel".into(),
        })
    }

    fn failed(&self, call: &'static str, code: Code) -> Error {
        self.life.failed(call, self.kernel.as_deref(), code)
    }

    fn hung(&self, limit: Duration) -> Error {
        self.life.hung(self.kernel.as_deref().unwrap_or_default(), limit)
    }
}

/// The host pipe into the device.
#[derive(Debug)]
pub struct ToDevice(HostPipe);

impl ToDevice {
    pub(crate) fn create(
        context: &Handle,
        device: DeviceId,
        life: &Arc<Life>,
        taken: &AtomicBool,
        depth_packets: u32,
    ) -> Result<Self, Error> {
        HostPipe::create(context, device, life, taken, true, depth_packets).map(Self)
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.0.handle
    }

    pub(crate) fn bind(&mut self, kernel: &str) {
        self.0.kernel = Some(kernel.to_owned());
    }

    /// Puts a packet in; `false` when the pipe is full.
    ///
    /// # Errors
    /// [`Error::Invalid`] before it is an argument of a kernel, [`Error::Call`] with the kernel's name.
    pub fn try_write(&mut self, packet: &Packet) -> Result<bool, Error> {
        self.0.ready()?;
        match self.0.calls.write(&self.0.handle, packet) {
            Ok(()) => Ok(true),
            Err(PIPE_FULL) => Ok(false),
            Err(code) => Err(self.0.failed("clWritePipeIntelFPGA", code)),
        }
    }

    /// Puts a packet in as soon as there is room.
    ///
    /// # Errors
    /// [`Error::Hung`] when the kernel makes none for `limit`; those of [`ToDevice::try_write`].
    pub fn write(&mut self, packet: &Packet, limit: Duration) -> Result<(), Error> {
        wait::until(limit, || self.try_write(packet).map(|done| done.then_some(())))?
            .ok_or_else(|| self.0.hung(limit))
    }
}

/// The host pipe out of the device.
#[derive(Debug)]
pub struct FromDevice(HostPipe);

impl FromDevice {
    pub(crate) fn create(
        context: &Handle,
        device: DeviceId,
        life: &Arc<Life>,
        taken: &AtomicBool,
        depth_packets: u32,
    ) -> Result<Self, Error> {
        HostPipe::create(context, device, life, taken, false, depth_packets).map(Self)
    }

    pub(crate) fn handle(&self) -> &Arc<Handle> {
        &self.0.handle
    }

    pub(crate) fn bind(&mut self, kernel: &str) {
        self.0.kernel = Some(kernel.to_owned());
    }

    /// Takes a packet out; `None` when the pipe is empty.
    ///
    /// # Errors
    /// As for [`ToDevice::try_write`].
    pub fn try_read(&mut self) -> Result<Option<Packet>, Error> {
        self.0.ready()?;
        match self.0.calls.read(&self.0.handle) {
            Ok(packet) => Ok(Some(packet)),
            Err(PIPE_EMPTY) => Ok(None),
            Err(code) => Err(self.0.failed("clReadPipeIntelFPGA", code)),
        }
    }

    /// Takes a packet out as soon as there is one.
    ///
    /// # Errors
    /// [`Error::Hung`] when the kernel sends none for `limit`; those of [`FromDevice::try_read`].
    pub fn read(&mut self, limit: Duration) -> Result<Packet, Error> {
        wait::until(limit, || self.try_read())?.ok_or_else(|| self.0.hung(limit))
    }
}
