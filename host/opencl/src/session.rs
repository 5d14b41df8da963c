//! An opened device: programs, kernels, buffers, and waits that end.

use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{BUILD_LOG_BYTES, bounded};
use crate::ffi::{self, Access, Handle, Transfer, Value};
use crate::image::CheckedImage;
use crate::life::{Life, millis};
use crate::lock::CardLock;
use crate::pipe::{FromDevice, ToDevice};
use crate::{Device, Error, Target, wait};

/// How long calls may take that are not about a running kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Making the context.
    pub open: Duration,
    /// Building a program, or writing an image to a card.
    pub build: Duration,
    /// A copy between host and device.
    pub transfer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(20),
            build: Duration::from_secs(120),
            transfer: Duration::from_secs(20),
        }
    }
}

/// What is loaded into a device.
#[derive(Debug, Clone, Copy)]
pub enum Code<'a> {
    /// OpenCL C, built with options.
    Source {
        /// The text.
        text: &'a str,
        /// The compiler's options.
        options: &'a str,
    },
    /// What [`Program::binary`] gave, on the same runtime.
    Binary(&'a [u8]),
    /// An image for a card.
    Image(&'a CheckedImage),
}

/// A device that this process has opened.
///
/// Whatever it made keeps it open. After a hang or a loss everything answers with [`Error::Refused`].
#[derive(Debug)]
pub struct Session {
    context: Arc<Handle>,
    device: Device,
    limits: Limits,
    life: Arc<Life>,
    /// The card has one host pipe in each direction.
    pipes: [AtomicBool; 2],
    // Dropped last: the card is ours until the context is released.
    lock: Option<CardLock>,
}

impl Session {
    /// Opens a device; a card is locked first ([`CardLock`]).
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::DeviceLost`] when the driver says that it cannot be used,
    /// [`Error::Late`], [`Error::Call`].
    pub fn open(device: Device, limits: Limits) -> Result<Self, Error> {
        let is_card = device.info().target.is_some_and(|target| target.is_card());
        let lock = is_card.then(|| CardLock::take(&device.info().name)).transpose()?;
        let life = Arc::new(Life::default());
        if !device.info().available {
            return Err(life.failed("clGetDeviceInfo", None, -2));
        }
        let (id, made_with) = (device.id, life.clone());
        // Oclgrind keeps what is initialised by thread: the one that opens it must be the one that uses it.
        let context = match device.info().target {
            Some(Target::Oclgrind) => Some(ffi::create_context(id, &made_with)),
            _ => wait::within(limits.open, move || ffi::create_context(id, &made_with)),
        };
        let context = context
            .ok_or_else(|| life.late("clCreateContext", limits.open))?
            .map_err(|code| life.failed("clCreateContext", None, code))?;
        Ok(Self {
            context: Arc::new(context),
            device,
            limits,
            life,
            pipes: Default::default(),
            lock,
        })
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The lock file's path, for a card.
    pub fn lock(&self) -> Option<&CardLock> {
        self.lock.as_ref()
    }

    /// Builds a program. `name` is for messages. A card takes images alone.
    ///
    /// # Errors
    /// [`Error::Build`] with the compiler's log, [`Error::Late`] after [`Limits::build`],
    /// [`Error::Invalid`] for options with a zero byte.
    pub fn program(&self, name: &str, code: Code<'_>) -> Result<Program, Error> {
        self.life.check()?;
        let is_card = self.device.info().target.is_some_and(|target| target.is_card());
        if is_card && !matches!(code, Code::Image(_)) {
            return Err(Error::Invalid {
                what: "a program for a card",
                wanted: "an image whose manifest was checked".into(),
                found: format!("another program, {name}"),
            });
        }
        let failed = |call| move |code| self.life.failed(call, None, code);
        let of_binary = |bytes| {
            let program = ffi::create_program_of_binary(&self.context, self.device.id, bytes);
            program.map(|program| (program, "")).map_err(failed("clCreateProgramWithBinary"))
        };
        let (program, options) = match code {
            Code::Source { text, options } => {
                let program = ffi::create_program(&self.context, text);
                (program.map_err(failed("clCreateProgramWithSource"))?, options)
            }
            Code::Binary(bytes) => of_binary(bytes)?,
            Code::Image(image) => of_binary(image.bytes())?,
        };
        let c_options = c_string("build options", options)?;
        let program = Arc::new(program);
        let (id, built) = (self.device.id, program.clone());
        let result = wait::within(self.limits.build, move || ffi::build(&built, id, &c_options))
            .ok_or_else(|| self.life.late("clBuildProgram", self.limits.build))?;
        match result {
            Ok(()) => {
                Ok(Program { handle: program, name: name.to_owned(), life: self.life.clone() })
            }
            Err(code) => match self.life.failed("clBuildProgram", None, code) {
                lost @ Error::DeviceLost { .. } => Err(lost),
                _ => {
                    let log = ffi::build_log(&program, id).unwrap_or_default();
                    let log = bounded(log.trim(), BUILD_LOG_BYTES);
                    let (program, options) = (name.to_owned(), options.to_owned());
                    Err(Error::Build { program, options, code, log })
                }
            },
        }
    }

    /// A queue of its own. Commands of one queue run one after another; kernels that are to run at the
    /// same time, and copies while a kernel runs, need a queue each.
    ///
    /// # Errors
    /// [`Error::Call`], [`Error::DeviceLost`].
    pub fn queue(&self) -> Result<Queue, Error> {
        self.life.check()?;
        let handle = ffi::create_queue(&self.context, self.device.id)
            .map_err(|code| self.life.failed("clCreateCommandQueue", None, code))?;
        Ok(Queue { handle, limits: self.limits, life: self.life.clone() })
    }

    /// A buffer in the device's memory, of `bytes` (more than 0). What it holds at first is not defined.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is larger than the device allows, [`Error::Call`].
    pub fn buffer(&self, access: Access, bytes: usize) -> Result<Buffer, Error> {
        self.life.check()?;
        let most = self.device.info().largest_buffer_bytes;
        if bytes == 0 || bytes as u64 > most {
            return Err(Error::Invalid {
                what: "the size of a buffer",
                wanted: format!("1 to {most} bytes"),
                found: format!("{bytes} bytes"),
            });
        }
        let handle = ffi::create_buffer(&self.context, access, bytes)
            .map_err(|code| self.life.failed("clCreateBuffer", None, code))?;
        Ok(Buffer { handle: Arc::new(handle), bytes })
    }

    /// The host pipe into the device. A card has one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a second one, a depth that is not 1 to
    /// [`MOST_PIPE_PACKETS`](crate::MOST_PIPE_PACKETS), and without the extension; [`Error::Call`].
    pub fn pipe_to_device(&self, depth_packets: u32) -> Result<ToDevice, Error> {
        self.life.check()?;
        ToDevice::create(&self.context, self.device.id, &self.life, &self.pipes[0], depth_packets)
    }

    /// The host pipe out of the device. A card has one.
    ///
    /// # Errors
    /// As for [`Session::pipe_to_device`].
    pub fn pipe_from_device(&self, depth_packets: u32) -> Result<FromDevice, Error> {
        self.life.check()?;
        FromDevice::create(&self.context, self.device.id, &self.life, &self.pipes[1], depth_packets)
    }

    /// Ends the session and says whether everything that was dropped so far could be released. What is
    /// still held keeps the context open; nothing is released after a hang.
    ///
    /// # Errors
    /// [`Error::Call`] with the first release that failed.
    pub fn close(self) -> Result<(), Error> {
        let life = self.life.clone();
        drop(self);
        life.releases()
    }
}

fn c_string(what: &'static str, text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error::Invalid {
        what,
        wanted: "no zero byte".into(),
        found: format!("{:?}", bounded(text, 80)),
    })
}

/// A program that is built.
#[derive(Debug)]
pub struct Program {
    handle: Arc<Handle>,
    name: String,
    life: Arc<Life>,
}

impl Program {
    /// One of its kernels.
    ///
    /// # Errors
    /// [`Error::Call`] with the kernel's name.
    pub fn kernel(&self, name: &str) -> Result<Kernel, Error> {
        self.life.check()?;
        let c_name = c_string("the name of a kernel", name)?;
        let failed = |call| move |code| self.life.failed(call, Some(name), code);
        let handle = ffi::create_kernel(&self.handle, &c_name).map_err(failed("clCreateKernel"))?;
        let arguments = ffi::argument_count(&handle).map_err(failed("clGetKernelInfo"))?;
        let (set, held) = (vec![false; arguments as usize], vec![None; arguments as usize]);
        Ok(Kernel { handle, name: name.to_owned(), set, held, life: self.life.clone() })
    }

    /// The name given to it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the compiler made of it, to be loaded again on the same runtime.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub fn binary(&self) -> Result<Vec<u8>, Error> {
        self.life.check()?;
        ffi::binary(&self.handle).map_err(|code| self.life.failed("clGetProgramInfo", None, code))
    }
}

/// A value for an argument of a kernel.
pub enum Argument<'a> {
    /// A 32-bit number.
    U32(u32),
    /// A 64-bit number.
    U64(u64),
    /// A buffer.
    Buffer(&'a Buffer),
    /// The host pipe into the device.
    ToDevice(&'a mut ToDevice),
    /// The host pipe out of the device.
    FromDevice(&'a mut FromDevice),
}

/// A kernel, to be run as a single work-item.
#[derive(Debug)]
pub struct Kernel {
    handle: Handle,
    name: String,
    set: Vec<bool>,
    /// What its arguments refer to: OpenCL does not keep an argument alive until the kernel is started.
    held: Vec<Option<Arc<Handle>>>,
    life: Arc<Life>,
}

impl Kernel {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets an argument. A pipe may be used from here on.
    ///
    /// # Errors
    /// [`Error::Call`] with the kernel's name, e.g. for an argument of another size.
    pub fn set(&mut self, index: u32, argument: Argument<'_>) -> Result<(), Error> {
        self.life.check()?;
        let memory = match &argument {
            Argument::U32(_) | Argument::U64(_) => None,
            Argument::Buffer(buffer) => Some(buffer.handle.clone()),
            Argument::ToDevice(pipe) => Some(pipe.handle().clone()),
            Argument::FromDevice(pipe) => Some(pipe.handle().clone()),
        };
        let value = match (&argument, &memory) {
            (_, Some(memory)) => Value::Memory(memory),
            (Argument::U64(value), _) => Value::U64(*value),
            (Argument::U32(value), _) => Value::U32(*value),
            _ => unreachable!("every other argument has a memory object"),
        };
        let result = ffi::set_argument(&mut self.handle, index, &value);
        result.map_err(|code| self.life.failed("clSetKernelArg", Some(&self.name), code))?;
        match argument {
            Argument::ToDevice(pipe) => pipe.bind(&self.name),
            Argument::FromDevice(pipe) => pipe.bind(&self.name),
            _ => {}
        }
        let place = index as usize;
        if let (Some(set), Some(held)) = (self.set.get_mut(place), self.held.get_mut(place)) {
            (*set, *held) = (true, memory);
        }
        Ok(())
    }

    /// Sets every argument, in order.
    ///
    /// # Errors
    /// As for [`Kernel::set`]; [`Error::Invalid`] when the kernel has another number of them.
    pub fn set_all<'a>(
        &mut self,
        arguments: impl IntoIterator<Item = Argument<'a>>,
    ) -> Result<(), Error> {
        let mut count = 0;
        for argument in arguments {
            self.set(count, argument)?;
            count += 1;
        }
        if count as usize == self.set.len() { Ok(()) } else { Err(self.incomplete(count as usize)) }
    }

    fn incomplete(&self, found: usize) -> Error {
        Error::Invalid {
            what: "the arguments of a kernel",
            wanted: format!("{} for {}", self.set.len(), self.name),
            found: found.to_string(),
        }
    }
}

/// A buffer in the device's memory.
#[derive(Debug)]
pub struct Buffer {
    handle: Arc<Handle>,
    bytes: usize,
}

impl Buffer {
    /// Its size, in bytes.
    pub fn size_bytes(&self) -> usize {
        self.bytes
    }
}

/// What tells a kernel that a block in the device's memory is new.
pub enum Flag<'a> {
    /// A packet through the host pipe.
    Pipe(&'a mut ToDevice, &'a crate::Packet),
    /// A word in the device's memory, little-endian, which the kernel reads as `volatile`.
    Memory {
        /// Where the word is.
        buffer: &'a Buffer,
        /// At which byte of it.
        offset_bytes: usize,
        /// Its new value.
        value: u32,
    },
}

/// A queue of commands, run in order.
#[derive(Debug)]
pub struct Queue {
    handle: Handle,
    limits: Limits,
    life: Arc<Life>,
}

impl Queue {
    /// Starts a kernel as a single work-item, without waiting.
    ///
    /// # Errors
    /// [`Error::Invalid`] when an argument is not set; [`Error::Call`] or [`Error::DeviceLost`] with the
    /// kernel's name.
    pub fn start(&self, kernel: &Kernel) -> Result<Running, Error> {
        self.life.check()?;
        if kernel.set.contains(&false) {
            return Err(kernel.incomplete(kernel.set.iter().filter(|set| **set).count()));
        }
        let failed = |call| move |code| self.life.failed(call, Some(&kernel.name), code);
        let event =
            ffi::enqueue_task(&self.handle, &kernel.handle).map_err(failed("clEnqueueTask"))?;
        let running = Running {
            event,
            kernel: kernel.name.clone(),
            since: Instant::now(),
            life: self.life.clone(),
        };
        ffi::flush(&self.handle).map_err(failed("clFlush"))?;
        Ok(running)
    }

    /// Copies into a buffer and waits until the device has the bytes.
    ///
    /// It is the event of the copy that is waited for: a blocking write of OpenCL returns when the
    /// host's memory may be used again, which is before a running kernel sees the bytes.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a range outside the buffer, [`Error::Late`], [`Error::Call`].
    pub fn write(
        &self,
        buffer: &Buffer,
        offset_bytes: usize,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let bytes = bytes.into();
        self.life.check()?;
        inside(buffer, offset_bytes, bytes.len())?;
        if bytes.is_empty() {
            return Ok(());
        }
        let transfer = Transfer::write(&self.handle, &buffer.handle, offset_bytes, bytes)
            .map_err(|code| self.life.failed("clEnqueueWriteBuffer", None, code))?;
        self.finish("clEnqueueWriteBuffer", transfer).map(drop)
    }

    /// Copies out of a buffer.
    ///
    /// # Errors
    /// As for [`Queue::write`].
    pub fn read(
        &self,
        buffer: &Buffer,
        offset_bytes: usize,
        length_bytes: usize,
    ) -> Result<Vec<u8>, Error> {
        self.life.check()?;
        inside(buffer, offset_bytes, length_bytes)?;
        if length_bytes == 0 {
            return Ok(Vec::new());
        }
        let transfer = Transfer::read(&self.handle, &buffer.handle, offset_bytes, length_bytes)
            .map_err(|code| self.life.failed("clEnqueueReadBuffer", None, code))?;
        self.finish("clEnqueueReadBuffer", transfer)
    }

    /// Writes a block for a kernel that runs, and then raises the flag: the device has the whole block
    /// before the kernel can know of it.
    ///
    /// # Errors
    /// As for [`Queue::write`], and [`Error::Hung`] when the pipe stays full for [`Limits::transfer`].
    pub fn write_then_raise(
        &self,
        block: &Buffer,
        offset_bytes: usize,
        bytes: impl Into<Vec<u8>>,
        flag: Flag<'_>,
    ) -> Result<(), Error> {
        self.write(block, offset_bytes, bytes)?;
        match flag {
            Flag::Pipe(pipe, packet) => pipe.write(packet, self.limits.transfer),
            Flag::Memory { buffer, offset_bytes, value } => {
                self.write(buffer, offset_bytes, value.to_le_bytes())
            }
        }
    }

    fn finish(&self, call: &'static str, transfer: Transfer) -> Result<Vec<u8>, Error> {
        ffi::flush(&self.handle).map_err(|code| self.life.failed("clFlush", None, code))?;
        let limit = self.limits.transfer;
        wait::until(limit, || ffi::is_complete(transfer.event()).map(|done| done.then_some(())))
            .map_err(|code| self.life.failed(call, None, code))?
            .ok_or_else(|| self.life.late(call, limit))?;
        transfer.finish().ok_or_else(|| self.life.failed("clWaitForEvents", None, -14))
    }
}

fn inside(buffer: &Buffer, offset_bytes: usize, length_bytes: usize) -> Result<(), Error> {
    if offset_bytes.checked_add(length_bytes).is_some_and(|end| end <= buffer.bytes) {
        return Ok(());
    }
    Err(Error::Invalid {
        what: "a range of a buffer",
        wanted: format!("within {} bytes", buffer.bytes),
        found: format!("{length_bytes} bytes from {offset_bytes}"),
    })
}

/// A kernel that was started. Dropping it while it runs ends the session as a hang does: to release
/// anything might wait for it without an end.
#[derive(Debug)]
pub struct Running {
    event: Handle,
    kernel: String,
    since: Instant,
    life: Arc<Life>,
}

impl Running {
    /// The kernel's name.
    pub fn kernel(&self) -> &str {
        &self.kernel
    }

    /// Whether it has ended.
    ///
    /// # Errors
    /// [`Error::Call`] or [`Error::DeviceLost`] when it ended badly.
    pub fn has_ended(&self) -> Result<bool, Error> {
        self.life.check()?;
        ffi::is_complete(&self.event).map_err(|code| self.failed(code))
    }

    /// Waits until it has ended; what it wrote is visible then.
    ///
    /// # Errors
    /// [`Error::Hung`] after `limit`; as for [`Running::has_ended`].
    pub fn wait(self, limit: Duration) -> Result<Ended, Error> {
        self.life.check()?;
        wait::until(limit, || ffi::is_complete(&self.event).map(|done| done.then_some(())))
            .map_err(|code| self.failed(code))?
            .ok_or_else(|| self.life.hung(&self.kernel, limit))?;
        ffi::settle(&self.event).map_err(|code| self.failed(code))?;
        Ok(Ended { kernel: self.kernel.clone(), took_ms: millis(self.since.elapsed()) })
    }

    /// The error of this kernel when nothing has come of it for so long.
    pub(crate) fn hung(&self, waited: Duration) -> Error {
        self.life.hung(&self.kernel, waited)
    }

    fn failed(&self, code: ffi::Code) -> Error {
        self.life.failed("clGetEventInfo", Some(&self.kernel), code)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if ffi::is_complete(&self.event) == Ok(false) {
            self.life.left_running(&self.kernel);
        }
    }
}

/// A kernel that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its name.
    pub kernel: String,
    /// From start to the end of the wait, in milliseconds.
    pub took_ms: u64,
}

/// Waits for several kernels within one limit.
///
/// # Errors
/// That of the first one that fails; [`Error::Hung`] names the first one that did not end.
pub fn wait_all(
    running: impl IntoIterator<Item = Running>,
    limit: Duration,
) -> Result<Vec<Ended>, Error> {
    let start = Instant::now();
    running.into_iter().map(|one| one.wait(limit.saturating_sub(start.elapsed()))).collect()
}

/// Marks one of a card's pipes as taken.
pub(crate) fn take_once(taken: &AtomicBool) -> bool {
    !taken.swap(true, Ordering::AcqRel)
}
