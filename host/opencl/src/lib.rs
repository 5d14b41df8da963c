//! One host backend for OpenCL: PoCL, Oclgrind, Intel's FPGA emulator, an Arria 10.
//!
//! The OpenCL library is loaded when it is first used, so building needs none, and a machine without
//! it gets [`Error::NoLoader`]. A runtime is chosen by its platform's name ([`Target`]).
//!
//! * [`Session`] opens a [`Device`] and makes programs, kernels, buffers, queues and host pipes. Every
//!   wait has a limit. A hang, a lost device and a failed build are typed errors that name the kernel
//!   or carry the compiler's log; after the first two everything else is refused.
//! * [`child`] runs an engine in a process of its own, because a kernel that hangs cannot be cancelled.
//! * [`RunFolder`] is a temporary folder that the next start removes when its owner was killed.
//! * [`drive`] runs the kernels of the pipeline over a run folder.
//! * [`doctor`] says what a machine lacks, from [`Facts`](doctor::Facts) that are plain data.
//!
//! Unsafe code stands in `ffi.rs` alone.

#![deny(unsafe_code)]

pub mod child;
mod device;
pub mod doctor;
pub mod drive;
mod error;
#[allow(unsafe_code)]
mod ffi;
mod folder;
mod image;
mod life;
mod lock;
mod pipe;
mod session;
mod target;
mod wait;

pub use device::{Device, DeviceInfo, LISTING_LIMIT, Listing, devices};
pub use doctor::device_table;
pub use error::{BUILD_LOG_BYTES, Error};
pub use ffi::{Access, PACKET_BYTES, Packet};
pub use folder::RunFolder;
pub use image::{CheckedImage, described_by};
pub use lock::{CardLock, LockState};
pub use pipe::{FromDevice, MOST_PIPE_PACKETS, ToDevice};
pub use session::{
    Argument, Buffer, Code, Ended, Flag, Kernel, Limits, Program, Queue, Running, Session, wait_all,
};
pub use target::Target;
