//! A fake OpenCL library with an Arria 10 in it: the exact calls of a run, and every call that fails.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use tidegate_bitstreams::manifest::{Manifest, hash_of};
use tidegate_opencl::doctor::{ImageFacts, doctor, facts};
use tidegate_opencl::{
    Access, Argument, CheckedImage, Code, Device, Error, Flag, Limits, Session, Target,
    described_by,
};

use crate::alone;

const LIMIT: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(20);

/// The library, compiled once.
fn library() -> Option<&'static PathBuf> {
    static LIBRARY: OnceLock<Option<PathBuf>> = OnceLock::new();
    let compile = || {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake/opencl.c");
        let library = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("libfake_opencl.so");
        let arguments = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"];
        match Command::new("cc").args(arguments).arg(&library).arg(source).status() {
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "no C compiler: {error}");
                None
            }
            Ok(status) => {
                assert!(status.success(), "the fake library does not compile");
                Some(library)
            }
        }
    };
    LIBRARY.get_or_init(compile).as_ref()
}

/// Runs the body of a test in a process that has the fake library and an empty folder.
fn with_fake(name: &str, body: impl FnOnce()) {
    let environment = match std::env::var_os(crate::ALONE) {
        Some(_) => Vec::new(),
        None => match library() {
            None => return eprintln!("skipped: {name}: no C compiler"),
            Some(library) => vec![
                ("OPENCL_DYLIB_PATH".into(), library.into()),
                ("TIDEGATE_RUNTIME_DIR".into(), "locks".into()),
            ],
        },
    };
    alone(name, environment, body);
}

/// How the library behaves from here on.
fn set(lines: &str) {
    std::fs::write("fake.set", lines).unwrap();
}

/// What was called since the last time.
fn called() -> Vec<String> {
    let log = std::fs::read_to_string("fake.log").unwrap_or_default();
    std::fs::write("fake.log", "").unwrap();
    log.lines().map(str::to_owned).collect()
}

/// An image that fits this host, in the working directory.
fn image() -> CheckedImage {
    let bytes = b"the bits of the card";
    std::fs::write("image.aocx", bytes).unwrap();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bitstreams/fixtures/example.toml");
    let mut manifest = Manifest::read(example.as_ref()).unwrap();
    manifest.image.file = "image.aocx".into();
    manifest.image.bytes = bytes.len() as u64;
    manifest.image.sha256 = hash_of(&bytes[..]).unwrap().0;
    std::fs::write("image.toml", manifest.to_toml().unwrap()).unwrap();
    CheckedImage::load("image.toml".as_ref(), &described_by(&manifest)).unwrap()
}

/// A whole run: open, load, bind, start, reload, read, wait, close. Gives up at the first error.
fn run(image: &CheckedImage) -> Result<(), Error> {
    let device = Device::find(Target::Arria10)?;
    let limits = Limits { open: LIMIT, build: LIMIT, transfer: SHORT };
    let session = Session::open(device, limits)?;
    let result = work(&session, image);
    let closed = session.close();
    result.and(closed)
}

fn work(session: &Session, image: &CheckedImage) -> Result<(), Error> {
    let program = session.program("card", Code::Image(image))?;
    let copies = session.queue()?;
    let block = session.buffer(Access::Read, 512)?;
    let mut to = session.pipe_to_device(16)?;
    let mut from = session.pipe_from_device(16)?;
    let mut params = program.kernel("params")?;
    params.set_all([
        Argument::ToDevice(&mut to),
        Argument::FromDevice(&mut from),
        Argument::Buffer(&block),
    ])?;
    let mut send = program.kernel("send")?;
    send.set(0, Argument::U32(1))?;
    let queues = (session.queue()?, session.queue()?);
    let running = (queues.0.start(&params)?, queues.1.start(&send)?);
    copies.write_then_raise(&block, 0, vec![1; 512], Flag::Pipe(&mut to, &[9; 32]))?;
    assert_eq!(from.read(SHORT)?, [7; 32]);
    copies.read(&block, 8, 16)?;
    running.0.wait(SHORT)?;
    running.1.wait(SHORT)?;
    Ok(())
}

const SEQUENCE: &str = "\
clCreateContext
clCreateProgramWithBinary the bits of the card
clBuildProgram []
clCreateCommandQueue
clCreateBuffer 512 bytes
clCreatePipe written by the host, 32 bytes, 16 deep
clCreatePipe read by the host, 32 bytes, 16 deep
clCreateKernel params
clSetKernelArg params 0: 8 bytes
clSetKernelArg params 1: 8 bytes
clSetKernelArg params 2: 8 bytes
clCreateKernel send
clSetKernelArg send 0: 4 bytes
clCreateCommandQueue
clCreateCommandQueue
clEnqueueTask params
clFlush
clEnqueueTask send
clFlush
clEnqueueWriteBuffer with event 512 bytes at 0
clFlush
clWaitForEvents write
clReleaseEvent event write
clWritePipeIntelFPGA
clReadPipeIntelFPGA
clEnqueueReadBuffer with event 16 bytes at 8
clFlush
clWaitForEvents read
clReleaseEvent event read
clWaitForEvents task
clReleaseEvent event task
clWaitForEvents task
clReleaseEvent event task
clReleaseCommandQueue queue
clReleaseCommandQueue queue
clReleaseKernel kernel send
clReleaseKernel kernel params
clReleaseMemObject pipe
clReleaseMemObject pipe
clReleaseMemObject buffer
clReleaseCommandQueue queue
clReleaseProgram program
clReleaseContext context";

/// Shows G6.
#[test]
fn a_run_makes_exactly_these_calls() {
    with_fake("fake::a_run_makes_exactly_these_calls", || {
        run(&image()).unwrap();
        assert_eq!(called().join("\n"), SEQUENCE);
        // And again, in the same process: the lock and everything else was given back.
        run(&image()).unwrap();
        assert_eq!(called().join("\n"), SEQUENCE);
    });
}

/// Shows G8.
#[test]
fn every_call_that_fails_is_named_with_its_code_and_kernel() {
    with_fake("fake::every_call_that_fails_is_named_with_its_code_and_kernel", || {
        let image = image();
        let cases = [
            ("clGetPlatformIDs", None),
            ("clGetDeviceIDs", None),
            ("clCreateContext", None),
            ("clCreateProgramWithBinary", None),
            ("clCreateCommandQueue", None),
            ("clCreateBuffer", None),
            ("clCreatePipe", None),
            ("clCreateKernel", Some("params")),
            ("clGetKernelInfo", Some("params")),
            ("clSetKernelArg", Some("params")),
            ("clEnqueueTask", Some("params")),
            ("clEnqueueWriteBuffer", None),
            ("clFlush", Some("params")),
            ("clWritePipeIntelFPGA", Some("params")),
            ("clReadPipeIntelFPGA", Some("params")),
            ("clEnqueueReadBuffer", None),
        ];
        for (call, kernel) in cases {
            called();
            set(&format!("{call} -37\n"));
            let kernel = kernel.map(str::to_owned);
            let error = run(&image).unwrap_err();
            assert_eq!(error, Error::Call { call, kernel, code: -37 });
            assert!(error.to_string().contains("CL_INVALID_HOST_PTR (-37)"), "{error}");
            assert_all_released(&called(), call);
        }
        set("clBuildProgram -11\n");
        let Error::Build { program, log, code, .. } = run(&image).unwrap_err() else { panic!() };
        assert_eq!((&*program, &*log, code), ("card", "the fake compiler's log", -11));
        set("BINARY -42\n");
        let call = "clCreateProgramWithBinary";
        assert_eq!(run(&image), Err(Error::Call { call, kernel: None, code: -42 }));
        // A kernel that ends badly, and one whose end cannot be waited for.
        set("STATUS -5\n");
        let call = "clEnqueueWriteBuffer";
        assert_eq!(run(&image), Err(Error::Call { call, kernel: None, code: -5 }));
        set("NOPIPES 1\n");
        assert!(matches!(run(&image), Err(Error::Invalid { .. })));
        set("");
        run(&image).unwrap();
    });
}

/// What was made was given back, but for one object that a failing release was about.
fn assert_all_released(calls: &[String], failing: &str) {
    let count = |starts: &str| {
        calls.iter().filter(|call| call.starts_with(starts) && !call.starts_with(failing)).count()
    };
    for (make, release) in [
        ("clCreateContext", "clReleaseContext"),
        ("clCreateCommandQueue", "clReleaseCommandQueue"),
        ("clCreateProgram", "clReleaseProgram"),
        ("clCreateKernel", "clReleaseKernel"),
        ("clEnqueue", "clReleaseEvent"),
    ] {
        assert_eq!(count(make), count(release), "{make} when {failing} fails:\n{calls:#?}");
    }
    let memory = count("clCreateBuffer") + count("clCreatePipe");
    assert_eq!(memory, count("clReleaseMemObject"), "{failing}");
}

#[test]
fn a_device_that_goes_away_is_lost_and_nothing_more_is_accepted() {
    with_fake("fake::a_device_that_goes_away_is_lost_and_nothing_more_is_accepted", || {
        let image = image();
        for (call, kernel) in [
            ("clCreateContext", None),
            ("clBuildProgram", None),
            ("clEnqueueTask", Some("params")),
            ("clWritePipeIntelFPGA", Some("params")),
            ("clEnqueueReadBuffer", None),
        ] {
            set(&format!("{call} -2\n"));
            let kernel = kernel.map(str::to_owned);
            assert_eq!(run(&image), Err(Error::DeviceLost { call, kernel, code: -2 }));
        }
        set("AVAILABLE 0\n");
        assert!(matches!(run(&image), Err(Error::DeviceLost { .. })));

        // In the middle of a run: the kernel's status says so, and every release fails too.
        set("");
        let device = Device::find(Target::Arria10).unwrap();
        let session = Session::open(device, Limits::default()).unwrap();
        let program = session.program("card", Code::Image(&image)).unwrap();
        let mut kernel = program.kernel("send").unwrap();
        kernel.set(0, Argument::U64(1)).unwrap();
        let queue = session.queue().unwrap();
        let running = queue.start(&kernel).unwrap();
        set("STATUS -2\nclReleaseEvent -2\nclReleaseCommandQueue -36\nclReleaseContext -34\n");
        let call = "clGetEventInfo";
        let lost = Error::DeviceLost { call, kernel: Some("send".into()), code: -2 };
        assert_eq!(running.wait(LIMIT), Err(lost.clone()));
        let refused = Some(Error::Refused { because: lost.to_string() });
        assert_eq!(queue.start(&kernel).err(), refused);
        assert_eq!(session.queue().err(), refused);
        assert_eq!(session.buffer(Access::Read, 4).err(), refused);
        assert_eq!(session.pipe_to_device(4).err(), refused);
        assert_eq!(program.binary().err(), refused);
        drop((queue, kernel, program));
        // No panic in any drop; the first failed release is told.
        let first = Error::Call { call: "clReleaseEvent", kernel: None, code: -2 };
        assert_eq!(session.close(), Err(first));
    });
}

/// Shows G8.
#[test]
fn what_never_answers_is_given_up_and_nothing_is_released() {
    with_fake("fake::what_never_answers_is_given_up_and_nothing_is_released", || {
        let image = image();
        let hung = |error: Error, expected: Error| {
            assert_eq!(error, expected);
            let calls = called();
            let released = calls.iter().filter(|call| call.starts_with("clReleaseContext"));
            assert_eq!(released.count(), 0, "{calls:#?}");
        };
        // Kernels that run for ever: the copy ends, the kernel does not.
        set("PIPE -1112\n");
        // The code of an empty pipe is no answer to a write.
        let call = "clWritePipeIntelFPGA";
        let kernel = Some("params".to_owned());
        assert_eq!(run(&image), Err(Error::Call { call, kernel: kernel.clone(), code: -1112 }));
        called();
        set("PIPE -1111\n");
        hung(run(&image).unwrap_err(), Error::Hung { kernel: "params".into(), waited_ms: 20 });
        set("STATUS 1\n");
        let late = |call| Error::Late { call, waited_ms: 20 };
        hung(run(&image).unwrap_err(), late("clEnqueueWriteBuffer"));
        // Calls that do not return.
        set("SLEEP clCreateContext\n");
        let device = Device::find(Target::Arria10).unwrap();
        let limits = Limits { open: SHORT, build: SHORT, transfer: SHORT };
        let error = Session::open(device.clone(), limits).unwrap_err();
        hung(error, late("clCreateContext"));
        set("SLEEP clBuildProgram\n");
        let session = Session::open(device, limits).unwrap();
        let error = session.program("card", Code::Image(&image)).unwrap_err();
        hung(error, late("clBuildProgram"));
        assert!(matches!(session.queue(), Err(Error::Refused { .. })));
    });
}

/// Shows G6, E5, V2.
#[test]
fn a_card_takes_a_checked_image_alone_and_one_session() {
    with_fake("fake::a_card_takes_a_checked_image_alone_and_one_session", || {
        let image = image();
        let device = Device::find(Target::Arria10).unwrap();
        assert_eq!(device.info().board(), "fake_board");
        let session = Session::open(device.clone(), Limits::default()).unwrap();
        let lock = session.lock().unwrap().path().to_owned();
        assert_eq!(
            lock,
            PathBuf::from("locks/tidegate-fake-board---a-card-that-is-not-there.lock")
        );
        let Error::Locked { holder, .. } =
            Session::open(device.clone(), Limits::default()).unwrap_err()
        else {
            panic!("opened twice")
        };
        assert_eq!(holder, Some(std::process::id()));
        called();
        for code in [Code::Source { text: "", options: "" }, Code::Binary(b"x")] {
            let refused = session.program("other", code);
            assert!(matches!(refused, Err(Error::Invalid { .. })));
        }
        assert_eq!(called(), Vec::<String>::new(), "nothing reached the card");
        session.program("card", Code::Image(&image)).unwrap();
        session.close().unwrap();
        Session::open(device, Limits::default()).unwrap();

        // Another image, another host: refused before anything is opened.
        let mut other = described_by(image.manifest());
        other.board = "another".into();
        let refused = CheckedImage::load("image.toml".as_ref(), &other).unwrap_err().to_string();
        assert!(refused.contains("board") && refused.contains("another"), "{refused}");
        std::fs::write("image.aocx", b"the bits of the cars").unwrap();
        let same = described_by(image.manifest());
        let refused = CheckedImage::load("image.toml".as_ref(), &same).unwrap_err().to_string();
        assert!(refused.contains("tampered"), "{refused}");
    });
}

/// Shows H8.
#[test]
fn the_doctor_sees_the_card_its_lock_and_its_image() {
    with_fake("fake::the_doctor_sees_the_card_its_lock_and_its_image", || {
        let image = image();
        let kernels = &image.manifest().kernels;
        let look = || {
            let mut seen = facts(
                Target::Arria10,
                kernels.kernel_id.0,
                Some(ImageFacts::read("image.toml".as_ref())),
            );
            seen.ours.protocol_id = kernels.protocol_id.0;
            let report = doctor(&seen);
            let bad = |check: &tidegate_opencl::doctor::Check| !check.remedy.is_empty();
            report
                .checks
                .iter()
                .filter(|check| bad(check))
                .map(|check| check.name)
                .collect::<Vec<_>>()
        };
        // The example's board is not the fake one.
        assert_eq!(look(), ["board"]);
        let session =
            Session::open(Device::find(Target::Arria10).unwrap(), Limits::default()).unwrap();
        assert_eq!(look(), ["lock", "board"]);
        session.close().unwrap();
        std::fs::write("image.aocx", b"the bits of the cars").unwrap();
        assert_eq!(look(), ["image", "board"]);
        std::fs::remove_file("image.toml").unwrap();
        assert_eq!(look(), ["image"]);
        set("AVAILABLE 0\n");
        assert_eq!(look(), ["device"]);
        set("PLATFORM Some_Other_Platform\n");
        assert_eq!(look(), ["platform"]);
    });
}

/// Shows G6.
#[test]
fn other_platforms_are_named() {
    with_fake("fake::other_platforms_are_named", || {
        set("PLATFORM Some_Other_Platform\n");
        let found = vec!["Some Other Platform".to_owned()];
        let wanted = Target::Pocl.platform_name();
        assert_eq!(Device::find(Target::Pocl), Err(Error::NoPlatform { wanted, found }));
        set("clGetPlatformIDs -1001\n");
        assert_eq!(Device::find(Target::Pocl), Err(Error::NoPlatform { wanted, found: vec![] }));
        set("clGetDeviceIDs -1\n");
        let Err(Error::NoDevice { found, .. }) = Device::find(Target::Arria10) else { panic!() };
        assert!(found.is_empty());
    });
}

/// Shows G6, E6.
#[test]
fn a_machine_without_the_library_is_told_so() {
    // The dynamic linker finds this file first, and it is no library.
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-loader");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("libOpenCL.so.1"), "").unwrap();
    let environment = vec![("LD_LIBRARY_PATH".into(), folder.into())];
    alone("fake::a_machine_without_the_library_is_told_so", environment, || {
        let error = Device::find(Target::Pocl).unwrap_err();
        assert!(matches!(error, Error::NoLoader { .. }), "{error:?}");
        assert!(error.to_string().contains("libOpenCL.so.1"), "{error}");
        for target in Target::ALL {
            let facts = facts(target, 0, None);
            assert!(facts.loader.is_err() && facts.device.is_none());
            let report = doctor(&facts);
            assert_eq!((report.checks.len(), report.exit_code()), (1, 1), "{report}");
        }
    });
}
