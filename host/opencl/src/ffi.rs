//! The calls to OpenCL: the only unsafe code of this crate.
//!
//! Handles are our own, over `cl3`, because those of `opencl3` panic when a release fails, and on a
//! lost card every release does. A handle of a process with a hanging kernel is not released at all,
//! since the call might never return.

use std::ffi::{CStr, c_int, c_void};
use std::mem::{forget, transmute};
use std::ptr::{null, null_mut};
use std::sync::Arc;

use cl3::error_codes::{DLOPEN_FUNCTION_NOT_AVAILABLE, DLOPEN_RUNTIME_LOAD_FAILED};
use cl3::{OpenClRuntime, command_queue, context, event, kernel, memory, program};

use crate::life::Life;

/// A code of OpenCL; 0 is success and never in an `Err`.
pub(crate) type Code = c_int;
type Raw = *mut c_void;

/// A device's id, valid as long as the library is loaded, which is until the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeviceId {
    device: Raw,
    platform: Raw,
}

// SAFETY: a device's id is a name that every thread may give to OpenCL; devices are never released.
unsafe impl Send for DeviceId {}
// SAFETY: as for `Send`.
unsafe impl Sync for DeviceId {}

impl DeviceId {
    /// The id of a device that `opencl3` has listed, and of its platform.
    pub(crate) fn of(
        device: &opencl3::device::Device,
        platform: &opencl3::platform::Platform,
    ) -> Self {
        Self { device: device.id(), platform: platform.id() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Context,
    Queue,
    Program,
    Kernel,
    Memory,
    Event,
}

/// One reference to an OpenCL object, given back when dropped.
#[derive(Debug)]
pub(crate) struct Handle {
    raw: Raw,
    kind: Kind,
    life: Arc<Life>,
}

// SAFETY: OpenCL 1.2, appendix A.2: every call is safe from any thread except clSetKernelArg on one
// kernel at the same time, and `set_argument` takes its kernel exclusively.
unsafe impl Send for Handle {}
// SAFETY: as for `Send`.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.life.leaks() {
            return;
        }
        // SAFETY: the handle owns one reference to an object of this kind, and gives it up here.
        let (call, result) = unsafe {
            match self.kind {
                Kind::Context => ("clReleaseContext", context::release_context(self.raw)),
                Kind::Queue => {
                    ("clReleaseCommandQueue", command_queue::release_command_queue(self.raw))
                }
                Kind::Program => ("clReleaseProgram", program::release_program(self.raw)),
                Kind::Kernel => ("clReleaseKernel", kernel::release_kernel(self.raw)),
                Kind::Memory => ("clReleaseMemObject", memory::release_mem_object(self.raw)),
                Kind::Event => ("clReleaseEvent", event::release_event(self.raw)),
            }
        };
        if let Err(code) = result {
            self.life.release_failed(call, code);
        }
    }
}

fn own(kind: Kind, life: &Arc<Life>) -> impl FnOnce(Raw) -> Handle {
    let life = life.clone();
    move |raw| Handle { raw, kind, life }
}

fn library() -> Result<&'static OpenClRuntime, Code> {
    cl3::load_library().as_ref().map_err(|_| DLOPEN_RUNTIME_LOAD_FAILED)
}

pub(crate) fn create_context(device: DeviceId, life: &Arc<Life>) -> Result<Handle, Code> {
    context::create_context(&[device.device], null(), None, null_mut())
        .map(own(Kind::Context, life))
}

/// An in-order queue.
#[expect(deprecated, reason = "the call of OpenCL 1.2, which is what a card's runtime has")]
pub(crate) fn create_queue(context: &Handle, device: DeviceId) -> Result<Handle, Code> {
    // SAFETY: both are valid, and the context was made for this device.
    unsafe { command_queue::create_command_queue(context.raw, device.device, 0) }
        .map(own(Kind::Queue, &context.life))
}

pub(crate) fn create_program(context: &Handle, source: &str) -> Result<Handle, Code> {
    program::create_program_with_source(context.raw, &[source])
        .map(own(Kind::Program, &context.life))
}

pub(crate) fn create_program_of_binary(
    context: &Handle,
    device: DeviceId,
    bytes: &[u8],
) -> Result<Handle, Code> {
    let (mut of_binary, mut code) = (0, 0);
    let (length, start) = (bytes.len(), bytes.as_ptr());
    // cl3's own wrapper passes a slice of slices for the array of pointers, so the loaded function is
    // called. It counts as safe there; what makes it so: one device, one length and one pointer are
    // given, and `bytes` is readable for `length` and copied by the call.
    let raw = library()?.clCreateProgramWithBinary(
        context.raw,
        1,
        &raw const device.device,
        &raw const length,
        &raw const start,
        &raw mut of_binary,
        &raw mut code,
    );
    let raw = raw.ok_or(DLOPEN_FUNCTION_NOT_AVAILABLE)?;
    if code != 0 {
        return Err(code);
    }
    let program = own(Kind::Program, &context.life)(raw);
    if of_binary == 0 { Ok(program) } else { Err(of_binary) }
}

pub(crate) fn build(program: &Handle, device: DeviceId, options: &CStr) -> Result<(), Code> {
    program::build_program(program.raw, &[device.device], options, None, null_mut())
}

pub(crate) fn build_log(program: &Handle, device: DeviceId) -> Result<String, Code> {
    program::get_program_build_info(program.raw, device.device, program::CL_PROGRAM_BUILD_LOG)
        .map(String::from)
}

/// The binary of a program that was built for one device.
pub(crate) fn binary(program: &Handle) -> Result<Vec<u8>, Code> {
    let sizes = program::get_program_info(program.raw, program::CL_PROGRAM_BINARY_SIZES)?;
    let &[size] = sizes.to_vec_size().as_slice() else { return Ok(Vec::new()) };
    let mut bytes = vec![0u8; size];
    let mut start = bytes.as_mut_ptr();
    // As above: one pointer is given, to as many writable bytes as the program said its one binary has.
    let code = library()?.clGetProgramInfo(
        program.raw,
        program::CL_PROGRAM_BINARIES,
        size_of::<*mut u8>(),
        (&raw mut start).cast(),
        null_mut(),
    );
    match code.ok_or(DLOPEN_FUNCTION_NOT_AVAILABLE)? {
        0 => Ok(bytes),
        code => Err(code),
    }
}

pub(crate) fn create_kernel(program: &Handle, name: &CStr) -> Result<Handle, Code> {
    kernel::create_kernel(program.raw, name).map(own(Kind::Kernel, &program.life))
}

pub(crate) fn argument_count(kernel: &Handle) -> Result<u32, Code> {
    kernel::get_kernel_info(kernel.raw, kernel::CL_KERNEL_NUM_ARGS).map(u32::from)
}

/// The value of a kernel's argument.
pub(crate) enum Value<'a> {
    U32(u32),
    U64(u64),
    Memory(&'a Handle),
}

pub(crate) fn set_argument(kernel: &mut Handle, index: u32, value: &Value<'_>) -> Result<(), Code> {
    let (size, at): (usize, *const c_void) = match value {
        Value::U32(value) => (size_of::<u32>(), (&raw const *value).cast()),
        Value::U64(value) => (size_of::<u64>(), (&raw const *value).cast()),
        Value::Memory(handle) => (size_of::<Raw>(), (&raw const handle.raw).cast()),
    };
    // SAFETY: `at` is readable for `size`, copied by the call; a size that is not the argument's is
    // an error code of the runtime. The kernel is borrowed exclusively.
    unsafe { kernel::set_kernel_arg(kernel.raw, index, size, at) }
}

/// Who may write a buffer, as the kernels see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Kernels only read it.
    Read,
    /// Kernels only write it.
    Write,
    /// Kernels read and write it.
    ReadWrite,
}

pub(crate) fn create_buffer(
    context: &Handle,
    access: Access,
    bytes: usize,
) -> Result<Handle, Code> {
    let flags = match access {
        Access::Read => memory::CL_MEM_READ_ONLY,
        Access::Write => memory::CL_MEM_WRITE_ONLY,
        Access::ReadWrite => memory::CL_MEM_READ_WRITE,
    };
    // SAFETY: the context is valid, and no memory of the host is lent to the buffer.
    unsafe { memory::create_buffer(context.raw, flags, bytes, null_mut()) }
        .map(own(Kind::Memory, &context.life))
}

#[expect(deprecated, reason = "the call of OpenCL 1.2, which is what a card's runtime has")]
pub(crate) fn enqueue_task(queue: &Handle, kernel: &Handle) -> Result<Handle, Code> {
    // SAFETY: both are valid. OpenCL keeps kernel and buffers until the task has ended, and no buffer
    // uses host memory. What the kernel itself touches is not checked by anybody at this point:
    // programs are the project's own text or a checked image, run under Oclgrind and sanitizers in CI.
    unsafe { command_queue::enqueue_task(queue.raw, kernel.raw, 0, null()) }
        .map(own(Kind::Event, &queue.life))
}

pub(crate) fn flush(queue: &Handle) -> Result<(), Code> {
    command_queue::flush(queue.raw)
}

/// The state of a command: `Ok(true)` when it has ended well. Not a synchronisation point: see [`settle`].
pub(crate) fn is_complete(event: &Handle) -> Result<bool, Code> {
    let status = event::get_event_info(event.raw, event::CL_EVENT_COMMAND_EXECUTION_STATUS)?;
    match i32::from(status) {
        event::CL_COMPLETE => Ok(true),
        code if code < 0 => Err(code),
        _ => Ok(false),
    }
}

/// Waits for a command that [`is_complete`]: OpenCL promises that its writes are visible only after
/// clWaitForEvents, not after its status was read.
pub(crate) fn settle(event: &Handle) -> Result<(), Code> {
    event::wait_for_events(&[event.raw])
}

/// A copy between host and device under way. It owns the host's bytes, and leaks them when it is
/// dropped before the copy has ended.
pub(crate) struct Transfer {
    event: Handle,
    bytes: Option<Vec<u8>>,
}

impl Transfer {
    /// From host to device.
    pub(crate) fn write(
        queue: &Handle,
        buffer: &Handle,
        offset_bytes: usize,
        bytes: Vec<u8>,
    ) -> Result<Self, Code> {
        // SAFETY: the bytes are on the heap and stay there unchanged until the copy has ended. The
        // runtime refuses a range that is not in the buffer.
        unsafe {
            command_queue::enqueue_write_buffer(
                queue.raw,
                buffer.raw,
                0,
                offset_bytes,
                bytes.len(),
                bytes.as_ptr().cast(),
                0,
                null(),
            )
        }
        .map(own(Kind::Event, &queue.life))
        .map(|event| Self { event, bytes: Some(bytes) })
    }

    /// From device to host.
    pub(crate) fn read(
        queue: &Handle,
        buffer: &Handle,
        offset_bytes: usize,
        length_bytes: usize,
    ) -> Result<Self, Code> {
        let mut bytes = vec![0u8; length_bytes];
        // SAFETY: as for `write`; nobody looks at the bytes before `finish`.
        unsafe {
            command_queue::enqueue_read_buffer(
                queue.raw,
                buffer.raw,
                0,
                offset_bytes,
                length_bytes,
                bytes.as_mut_ptr().cast(),
                0,
                null(),
            )
        }
        .map(own(Kind::Event, &queue.life))
        .map(|event| Self { event, bytes: Some(bytes) })
    }

    pub(crate) fn event(&self) -> &Handle {
        &self.event
    }

    /// The bytes of a copy that has ended; `None` when it has not, and then they are leaked.
    pub(crate) fn finish(mut self) -> Option<Vec<u8>> {
        if is_complete(&self.event) == Ok(true) && settle(&self.event).is_ok() {
            self.bytes.take()
        } else {
            None
        }
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        if let Some(bytes) = self.bytes.take() {
            forget(bytes);
        }
    }
}

/// A packet of a host pipe. Its width is the card's only one.
pub type Packet = [u8; PACKET_BYTES];
/// The width of a host pipe, in bytes.
pub const PACKET_BYTES: usize = 32;

/// Memory as a kernel's `ulong4` is laid out.
#[repr(C, align(32))]
struct Aligned(Packet);

type PipeCall = unsafe extern "C" fn(pipe: Raw, packet: *mut c_void) -> Code;

/// The two functions of `cl_intel_fpga_host_pipe`, which no loader exports.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PipeCalls {
    read: PipeCall,
    write: PipeCall,
}

impl PipeCalls {
    /// `None` when the platform does not have the extension.
    pub(crate) fn of(device: DeviceId) -> Result<Option<Self>, Code> {
        let find = |name: &CStr| -> Result<Raw, Code> {
            // The platform is valid and the name ends with a zero byte.
            library()?
                .clGetExtensionFunctionAddressForPlatform(device.platform, name.as_ptr())
                .ok_or(DLOPEN_FUNCTION_NOT_AVAILABLE)
        };
        let (read, write) = (find(c"clReadPipeIntelFPGA")?, find(c"clWritePipeIntelFPGA")?);
        if read.is_null() || write.is_null() {
            return Ok(None);
        }
        // SAFETY: the extension gives both functions this signature, and neither pointer is null. The
        // library stays loaded.
        let calls =
            unsafe { (transmute::<Raw, PipeCall>(read), transmute::<Raw, PipeCall>(write)) };
        Ok(Some(Self { read: calls.0, write: calls.1 }))
    }

    /// Takes a packet from a pipe that was made by [`create_pipe`] to be read.
    pub(crate) fn read(self, pipe: &Handle) -> Result<Packet, Code> {
        let mut packet = Aligned([0; PACKET_BYTES]);
        // SAFETY: the pipe is valid, its packets are of this size, and the memory is writable. Its one end
        // at the host calls this, exclusively borrowed.
        match unsafe { (self.read)(pipe.raw, (&raw mut packet).cast()) } {
            0 => Ok(packet.0),
            code => Err(code),
        }
    }

    /// Puts a packet into a pipe that was made by [`create_pipe`] to be written.
    pub(crate) fn write(self, pipe: &Handle, packet: &Packet) -> Result<(), Code> {
        let mut packet = Aligned(*packet);
        // SAFETY: as for `read`; the call copies the packet.
        match unsafe { (self.write)(pipe.raw, (&raw mut packet).cast()) } {
            0 => Ok(()),
            code => Err(code),
        }
    }
}

/// A host pipe of 32-byte packets.
pub(crate) fn create_pipe(
    context: &Handle,
    host_writes: bool,
    depth_packets: u32,
) -> Result<Handle, Code> {
    // The extension's flags: the values of CL_MEM_HOST_WRITE_ONLY and CL_MEM_HOST_READ_ONLY.
    let flags =
        if host_writes { memory::CL_MEM_HOST_WRITE_ONLY } else { memory::CL_MEM_HOST_READ_ONLY };
    // SAFETY: the context is valid; the other arguments are numbers that the runtime checks.
    unsafe { memory::create_pipe(context.raw, flags, PACKET_BYTES as u32, depth_packets) }
        .map(own(Kind::Memory, &context.life))
}
