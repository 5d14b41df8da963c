//! PoCL and Oclgrind: what a host does with every runtime, and what goes wrong.

use std::time::Duration;

use tidegate_opencl::{Access, Argument, Code, Device, Error, Listing, Target};

use crate::{held, open, under};

const PLAIN: &str = include_str!("../kernels/plain.cl");
const LIMIT: Duration = Duration::from_secs(240);

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

fn add_once(target: Target) {
    let session = open(target);
    let code = Code::Source { text: PLAIN, options: "-cl-std=CL1.2" };
    let program = session.program("plain", code).unwrap();
    let mut kernel = program.kernel("add").unwrap();
    let input = session.buffer(Access::Read, 4000).unwrap();
    let output = session.buffer(Access::Write, 4000).unwrap();
    let queue = session.queue().unwrap();
    queue.write(&input, 0, (0u32..1000).flat_map(u32::to_le_bytes).collect::<Vec<_>>()).unwrap();
    let arguments = [
        Argument::Buffer(&input),
        Argument::Buffer(&output),
        Argument::U32(1000),
        Argument::U64(1),
    ];
    kernel.set_all(arguments).unwrap();
    queue.start(&kernel).unwrap().wait(LIMIT).unwrap();
    // A kernel can be started again, with another argument.
    kernel.set(3, Argument::U64(7)).unwrap();
    queue.start(&kernel).unwrap().wait(LIMIT).unwrap();
    assert_eq!(numbers(&queue.read(&output, 0, 4000).unwrap()), (7..1007).collect::<Vec<_>>());
    assert_eq!(numbers(&queue.read(&output, 3996, 4).unwrap()), [1006]);
    drop((queue, input, output, kernel, program));
    session.close().unwrap();
}

/// Shows G8.
#[test]
fn runs_a_kernel_over_buffers() {
    under(Target::Pocl, "pocl::runs_a_kernel_over_buffers", || add_once(Target::Pocl));
}

#[test]
fn runs_a_kernel_under_oclgrind() {
    under(Target::Oclgrind, "pocl::runs_a_kernel_under_oclgrind", || add_once(Target::Oclgrind));
}

/// Shows G8.
#[test]
fn a_kernel_that_is_dropped_while_it_runs_ends_the_session() {
    under(Target::Pocl, "pocl::a_kernel_that_is_dropped_while_it_runs_ends_the_session", || {
        let session = open(Target::Pocl);
        let program = session.program("plain", Code::Source { text: PLAIN, options: "" }).unwrap();
        let mut kernel = program.kernel("spin").unwrap();
        let flag = session.buffer(Access::Read, 4).unwrap();
        let queue = session.queue().unwrap();
        queue.write(&flag, 0, [0; 4]).unwrap();
        kernel.set(0, Argument::Buffer(&flag)).unwrap();
        drop(queue.start(&kernel).unwrap());
        let because = "kernel spin was left running".to_owned();
        assert_eq!(session.queue().err(), Some(Error::Refused { because }));
        // Would wait for the kernel, if anything were released.
        drop((queue, kernel, program, flag));
        session.close().unwrap();
    });
}

/// Shows G37, V3.
#[test]
fn opens_and_closes_a_hundred_times() {
    under(Target::Pocl, "pocl::opens_and_closes_a_hundred_times", || {
        crate::stays_bounded(|| add_once(Target::Pocl), held);
    });
}

/// Shows G8.
#[test]
fn a_kernel_that_hangs_is_named_and_nothing_more_is_accepted() {
    under(Target::Pocl, "pocl::a_kernel_that_hangs_is_named_and_nothing_more_is_accepted", || {
        let session = open(Target::Pocl);
        let program = session.program("plain", Code::Source { text: PLAIN, options: "" }).unwrap();
        let mut kernel = program.kernel("spin").unwrap();
        let flag = session.buffer(Access::Read, 4).unwrap();
        let queue = session.queue().unwrap();
        queue.write(&flag, 0, [0; 4]).unwrap();
        kernel.set(0, Argument::Buffer(&flag)).unwrap();
        let running = queue.start(&kernel).unwrap();
        let limit = Duration::from_millis(50);
        let hung = Error::Hung { kernel: "spin".into(), waited_ms: 50 };
        assert_eq!(running.wait(limit), Err(hung.clone()));
        let refused = Some(Error::Refused { because: hung.to_string() });
        assert_eq!(queue.start(&kernel).err(), refused);
        assert_eq!(queue.read(&flag, 0, 4).err(), refused);
        assert_eq!(session.buffer(Access::Read, 4).err(), refused);
        assert_eq!(session.queue().err(), refused);
        assert_eq!(program.kernel("add").err(), refused);
        // The process ends with the kernel still running.
    });
}

#[test]
fn a_program_that_does_not_build_shows_the_log() {
    under(Target::Pocl, "pocl::a_program_that_does_not_build_shows_the_log", || {
        let session = open(Target::Pocl);
        let text = "__kernel void f(__global int *x) { *x = no_such_name; }";
        let code = Code::Source { text, options: "-DA=1" };
        let Err(Error::Build { program, options, log, .. }) = session.program("bad", code) else {
            panic!("it builds")
        };
        assert_eq!((&*program, &*options), ("bad", "-DA=1"));
        assert!(log.contains("no_such_name"), "{log}");
        // The session goes on.
        session.program("plain", Code::Source { text: PLAIN, options: "" }).unwrap();
        let zero = session.program("zero", Code::Source { text: PLAIN, options: "-D\0" });
        assert!(matches!(zero, Err(Error::Invalid { .. })));
        assert!(session.program("junk", Code::Binary(b"\x7fELF but not really")).is_err());
        assert!(session.program("empty", Code::Binary(b"")).is_err());
    });
}

/// Shows H30.
#[test]
fn wrong_use_is_refused_by_name() {
    under(Target::Pocl, "pocl::wrong_use_is_refused_by_name", || {
        let session = open(Target::Pocl);
        let program = session.program("plain", Code::Source { text: PLAIN, options: "" }).unwrap();
        let missing = program.kernel("no_such_kernel").unwrap_err().to_string();
        assert_eq!(
            missing,
            "clCreateKernel of kernel no_such_kernel: CL_INVALID_KERNEL_NAME (-46)"
        );
        let mut kernel = program.kernel("add").unwrap();
        let queue = session.queue().unwrap();
        let unset = "the arguments of a kernel: wanted 4 for add, found 0";
        assert_eq!(queue.start(&kernel).unwrap_err().to_string(), unset);
        let of_add = |error: Error| assert!(error.to_string().contains("of kernel add"), "{error}");
        of_add(kernel.set(9, Argument::U32(0)).unwrap_err());
        of_add(kernel.set(2, Argument::U64(0)).unwrap_err());
        let buffer = session.buffer(Access::ReadWrite, 8).unwrap();
        assert_eq!(buffer.size_bytes(), 8);
        for (offset, length) in [(0, 9), (8, 1), (usize::MAX, 2)] {
            let outside = queue.read(&buffer, offset, length);
            assert!(matches!(outside, Err(Error::Invalid { .. })), "{offset} {length}");
            if length < 100 {
                assert!(queue.write(&buffer, offset, vec![0; length]).is_err());
            }
        }
        assert_eq!(queue.read(&buffer, 8, 0), Ok(vec![]));
        for bytes in [0, usize::MAX] {
            assert!(matches!(session.buffer(Access::Read, bytes), Err(Error::Invalid { .. })));
        }
        let no_extension = session.pipe_to_device(16).unwrap_err().to_string();
        assert!(no_extension.contains("cl_intel_fpga_host_pipe"), "{no_extension}");
        assert!(session.pipe_from_device(0).is_err());
    });
}

/// Shows G6.
#[test]
fn a_platform_that_is_not_there_is_named_with_those_that_are() {
    under(Target::Pocl, "pocl::a_platform_that_is_not_there_is_named_with_those_that_are", || {
        let found = vec!["Portable Computing Language".to_owned()];
        let wanted = Target::Arria10.platform_name();
        assert_eq!(Device::find(Target::Arria10), Err(Error::NoPlatform { wanted, found }));
        let listing = Listing::read().unwrap();
        let Err(Error::NoDevice { platform, wanted, found }) =
            listing.find(Target::Pocl, Some("pac_a10"))
        else {
            panic!("found")
        };
        assert_eq!((&*platform, &*wanted), (Target::Pocl.platform_name(), "\"pac_a10\""));
        assert_eq!(found.len(), listing.devices.len());
    });
}
