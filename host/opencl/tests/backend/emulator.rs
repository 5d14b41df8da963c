//! Intel's FPGA emulator: channels, host pipes, parameters in mid-stream.

use std::time::Duration;

use tidegate_opencl::{
    Access, Argument, Code, Error, Flag, PACKET_BYTES, Packet, Program, Session, Target, wait_all,
};

use crate::{held, open, under};

const RELOAD: &str = include_str!("../kernels/reload.cl");
const ECHO: &str = include_str!("../kernels/echo.cl");
const LIMIT: Duration = Duration::from_secs(240);

const MESSAGES: u64 = 20_000;
const EPOCHS: u64 = 100;
const EVERY: u64 = MESSAGES / (EPOCHS + 1);
const WORDS: usize = 16;

fn packet(words: [u64; 4]) -> Packet {
    let mut packet = [0; PACKET_BYTES];
    for (bytes, word) in packet.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    packet
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
}

fn block(epoch: u64) -> Vec<u8> {
    [epoch; WORDS].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The messages and the word that ends them, as the file that the I/O channel reads.
fn write_messages() {
    let bytes: Vec<u8> = (0..MESSAGES).chain([u64::MAX]).flat_map(u64::to_le_bytes).collect();
    std::fs::write("toe_in", bytes).unwrap();
}

/// What came out of the I/O channel: every message once and in order, with whole and fresh parameters.
fn check_results() {
    let results = words(&std::fs::read("toe_out").unwrap());
    let (mut wrong_number, mut mixed, mut stale, mut covered) = (0, 0, 0, 0);
    let mut last_epoch = 0;
    assert_eq!(results.len() as u64, 4 * MESSAGES, "lost or doubled messages");
    for (expected, result) in (0..).zip(results.chunks_exact(4)) {
        let &[number, epoch, least, greatest] = result else { unreachable!() };
        wrong_number += u64::from(number != expected);
        mixed += u64::from(least != greatest);
        stale += u64::from(least != epoch || greatest != epoch);
        assert!(epoch >= last_epoch, "message {expected} has epoch {epoch} after {last_epoch}");
        covered += u64::from(epoch != last_epoch);
        last_epoch = epoch;
    }
    eprintln!("{covered} of {EPOCHS} epochs begin within the {MESSAGES} messages");
    assert_eq!((wrong_number, mixed, stale), (0, 0, 0), "(out of order, mixed, stale)");
    assert_eq!(last_epoch.max(covered), covered, "an epoch was skipped");
    assert!(covered > 0, "no epoch began within the stream");
}

fn program(session: &Session, options: &str) -> Program {
    session.program("reload", Code::Source { text: RELOAD, options }).unwrap()
}

/// Shows H31.
#[test]
fn parameters_reload_in_mid_stream_through_the_host_pipe() {
    under(
        Target::IntelEmu,
        "emulator::parameters_reload_in_mid_stream_through_the_host_pipe",
        || {
            write_messages();
            let session = open(Target::IntelEmu);
            let program = program(&session, "-DDEPTH=64 -DHOST_PIPE");
            let memory = session.buffer(Access::Read, 8 * WORDS).unwrap();
            let mut to = session.pipe_to_device(16).unwrap();
            let mut from = session.pipe_from_device(16).unwrap();
            let copies = session.queue().unwrap();
            let mut running = Vec::new();
            for name in ["params_pipe", "stage", "send", "receive"] {
                let mut kernel = program.kernel(name).unwrap();
                if name == "params_pipe" {
                    let arguments = [
                        Argument::ToDevice(&mut to),
                        Argument::FromDevice(&mut from),
                        Argument::Buffer(&memory),
                    ];
                    kernel.set_all(arguments).unwrap();
                }
                running.push(session.queue().unwrap().start(&kernel).unwrap());
            }
            for epoch in 1..=EPOCHS {
                let head = packet([epoch, epoch * EVERY, 0, 0]);
                copies
                    .write_then_raise(&memory, 0, block(epoch), Flag::Pipe(&mut to, &head))
                    .unwrap();
                let swap = words(&from.read(LIMIT).unwrap());
                assert_eq!(swap[0], epoch);
                assert!(swap[1] >= (epoch * EVERY).min(MESSAGES), "{swap:?}");
            }
            to.write(&packet([u64::MAX, 0, 0, 0]), LIMIT).unwrap();
            wait_all(running, LIMIT).unwrap();
            check_results();
        },
    );
}

/// Shows H31.
#[test]
fn parameters_reload_in_mid_stream_through_a_flag_in_memory() {
    under(
        Target::IntelEmu,
        "emulator::parameters_reload_in_mid_stream_through_a_flag_in_memory",
        || {
            write_messages();
            let session = open(Target::IntelEmu);
            let program = program(&session, "-DDEPTH=64");
            let memory = session.buffer(Access::Read, 8 * WORDS).unwrap();
            let flag = session.buffer(Access::Read, 4).unwrap();
            let done = session.buffer(Access::Write, 4).unwrap();
            let copies = session.queue().unwrap();
            copies.write(&flag, 0, [0; 4]).unwrap();
            copies.write(&done, 0, [0; 4]).unwrap();
            let mut running = Vec::new();
            for name in ["params_flag", "stage", "send", "receive"] {
                let mut kernel = program.kernel(name).unwrap();
                if name == "params_flag" {
                    let arguments = [
                        Argument::Buffer(&flag),
                        Argument::Buffer(&done),
                        Argument::Buffer(&memory),
                        Argument::U32(EVERY as u32),
                    ];
                    kernel.set_all(arguments).unwrap();
                }
                running.push(session.queue().unwrap().start(&kernel).unwrap());
            }
            let raise = |value| Flag::Memory { buffer: &flag, offset_bytes: 0, value };
            for epoch in 1..=EPOCHS as u32 {
                copies.write_then_raise(&memory, 0, block(epoch.into()), raise(epoch)).unwrap();
                let start = std::time::Instant::now();
                while copies.read(&done, 0, 4).unwrap() != epoch.to_le_bytes() {
                    assert!(start.elapsed() < LIMIT, "epoch {epoch} was not taken");
                    std::thread::sleep(Duration::from_micros(200));
                }
            }
            copies.write(&flag, 0, [0xff; 4]).unwrap();
            wait_all(running, LIMIT).unwrap();
            check_results();
        },
    );
}

/// Shows H30.
#[test]
fn host_pipes_carry_packets_in_order_also_from_a_binary() {
    under(
        Target::IntelEmu,
        "emulator::host_pipes_carry_packets_in_order_also_from_a_binary",
        || {
            let session = open(Target::IntelEmu);
            let built = session
                .program("echo", Code::Source { text: ECHO, options: "" })
                .expect("it builds");
            let binary = built.binary().unwrap();
            assert!(!binary.is_empty());
            drop(built);
            let program = session.program("echo", Code::Binary(&binary)).unwrap();
            let mut kernel = program.kernel("echo").unwrap();
            let mut to = session.pipe_to_device(2).unwrap();
            let mut from = session.pipe_from_device(2).unwrap();

            // A card would answer CL_INVALID_KERNEL, the emulator takes it.
            let unbound = "a host pipe: wanted an argument of a kernel before its first packet, \
                           found no kernel";
            assert_eq!(to.try_write(&packet([0; 4])).unwrap_err().to_string(), unbound);
            assert_eq!(from.try_read().unwrap_err().to_string(), unbound);
            // A card has one pipe in each direction, the emulator any number.
            assert!(matches!(session.pipe_to_device(2), Err(Error::Invalid { .. })));
            assert!(matches!(session.pipe_from_device(2), Err(Error::Invalid { .. })));

            let arguments = [Argument::ToDevice(&mut to), Argument::FromDevice(&mut from)];
            kernel.set_all(arguments).unwrap();
            assert_eq!(from.try_read(), Ok(None), "an empty pipe is no error");
            let filled = (0..100).take_while(|&i| to.try_write(&packet([i; 4])).unwrap()).count();
            assert!((2..100).contains(&filled), "a full pipe says so; {filled} packets went in");

            let queue = session.queue().unwrap();
            let running = queue.start(&kernel).unwrap();
            for i in 0..filled as u64 {
                assert_eq!(from.read(LIMIT).unwrap(), packet([i; 4]));
            }
            for i in 0..10_000 {
                to.write(&packet([i, 1, 2, 3]), LIMIT).unwrap();
                assert_eq!(from.read(LIMIT).unwrap(), packet([i, 1, 2, 3]));
            }
            assert!(!running.has_ended().unwrap());
            to.write(&packet([u64::MAX; 4]), LIMIT).unwrap();
            assert_eq!(from.read(LIMIT).unwrap(), packet([u64::MAX; 4]));
            assert_eq!(running.wait(LIMIT).unwrap().kernel, "echo");
        },
    );
}

/// Shows H30.
#[test]
fn a_pipe_that_nobody_reads_is_a_hang_of_its_kernel() {
    under(Target::IntelEmu, "emulator::a_pipe_that_nobody_reads_is_a_hang_of_its_kernel", || {
        let session = open(Target::IntelEmu);
        let program = session.program("echo", Code::Source { text: ECHO, options: "" }).unwrap();
        let mut kernel = program.kernel("echo").unwrap();
        let mut to = session.pipe_to_device(2).unwrap();
        let mut from = session.pipe_from_device(2).unwrap();
        kernel.set_all([Argument::ToDevice(&mut to), Argument::FromDevice(&mut from)]).unwrap();
        // The kernel is not started.
        let limit = Duration::from_millis(20);
        let hung = Err(Error::Hung { kernel: "echo".into(), waited_ms: 20 });
        assert_eq!(from.read(limit).map(drop), hung);
        let refused = to.write(&packet([0; 4]), limit).unwrap_err();
        assert!(matches!(refused, Error::Refused { .. }), "{refused}");
    });
}

/// Shows G37, V3.
#[test]
fn opens_and_closes_a_hundred_times() {
    under(Target::IntelEmu, "emulator::opens_and_closes_a_hundred_times", || {
        let round = || {
            let session = open(Target::IntelEmu);
            let program =
                session.program("echo", Code::Source { text: ECHO, options: "" }).unwrap();
            let mut kernel = program.kernel("echo").unwrap();
            let mut to = session.pipe_to_device(2).unwrap();
            let mut from = session.pipe_from_device(2).unwrap();
            kernel.set_all([Argument::ToDevice(&mut to), Argument::FromDevice(&mut from)]).unwrap();
            let queue = session.queue().unwrap();
            let running = queue.start(&kernel).unwrap();
            to.write(&packet([u64::MAX; 4]), LIMIT).unwrap();
            from.read(LIMIT).unwrap();
            running.wait(LIMIT).unwrap();
            drop((queue, kernel, program, to, from));
            session.close().unwrap();
        };
        crate::stays_bounded(round, held);
    });
}
