//! A fixture for every failure that the doctor knows, and the report as a person reads it.
//! `BLESS=1` renews the text.

use std::path::PathBuf;

use tidegate_opencl::doctor::{Facts, Identity, ImageFacts, Report, Status, doctor};
use tidegate_opencl::drive::device_bytes;
use tidegate_opencl::{DeviceInfo, LockState, Target};

const OURS: Identity = Identity { protocol_id: 0x1111_2222_3333_4444, kernel_id: 7 };

fn healthy(target: Target) -> Facts {
    let card = target.is_card();
    let extensions: &[&str] = match target {
        Target::Pocl | Target::Oclgrind => &["cl_khr_byte_addressable_store", "cl_khr_fp64"],
        _ => &["cl_intel_channels", "cl_intel_fpga_host_pipe"],
    };
    Facts {
        target,
        loader: Ok("/usr/lib/libOpenCL.so.1.0.0".into()),
        driver_file: (!card).then(|| Ok("/etc/OpenCL/vendors/driver.icd".into())),
        platforms: Ok(vec!["Other".into(), format!("{} 1.2", target.platform_name())]),
        device: Some(DeviceInfo {
            target: Some(target),
            platform: target.platform_name().into(),
            platform_version: "OpenCL 1.2".into(),
            name: "pac_a10 : Programmable card (pac_ee00000)".into(),
            driver: "20.3".into(),
            extensions: extensions.iter().map(|name| name.to_string()).collect(),
            global_memory_bytes: 8 << 30,
            largest_buffer_bytes: 2 << 30,
            available: true,
        }),
        lock: card.then_some(Ok(LockState::Free)),
        image: card.then(|| {
            Ok(ImageFacts {
                manifest: PathBuf::from("arria10/image.toml"),
                board: "pac_a10".into(),
                bsp: "opencl_bsp 1.2.1".into(),
                identity: OURS,
                bytes: Ok(()),
            })
        }),
        ours: OURS,
    }
}

type Break = fn(&mut Facts);

fn device(facts: &mut Facts) -> &mut DeviceInfo {
    facts.device.as_mut().unwrap()
}

fn image(facts: &mut Facts) -> &mut ImageFacts {
    facts.image.as_mut().unwrap().as_mut().unwrap()
}

/// What is broken, where, the check that must see it, and how hard it is.
const CASES: &[(&str, Target, &str, Status, Break)] = {
    use Status::{Fail, Warn};
    use Target::{Arria10, IntelEmu, Oclgrind, Pocl};
    &[
        ("no loader", Pocl, "loader", Fail, |f| {
            f.loader = Err("libOpenCL.so.1: cannot open shared object file".into());
            f.platforms = Err("no OpenCL loader".into());
            f.device = None;
        }),
        ("the emulator is not installed", IntelEmu, "driver file", Fail, |f| {
            f.driver_file = Some(Err("looked for /opt/emulator.icd".into()));
            f.platforms = Ok(vec![]);
            f.device = None;
        }),
        ("oclgrind is not installed", Oclgrind, "driver file", Fail, |f| {
            f.driver_file = Some(Err("looked for /usr/lib/oclgrind".into()));
            f.platforms = Ok(vec![]);
            f.device = None;
        }),
        ("no platform at all", Pocl, "platform", Fail, |f| {
            f.platforms = Ok(vec![]);
            f.device = None;
        }),
        ("only other platforms", Arria10, "platform", Fail, |f| {
            f.platforms = Ok(vec!["Portable Computing Language".into()]);
            f.device = None;
        }),
        ("a driver that does not answer", Arria10, "platform", Fail, |f| {
            f.platforms = Err("clGetPlatformIDs did not return within 20000 ms".into());
            f.device = None;
        }),
        ("a platform without a card", Arria10, "device", Fail, |f| f.device = None),
        ("a card that is not available", Arria10, "device", Fail, |f| device(f).available = false),
        ("no channels", IntelEmu, "extension", Fail, |f| {
            device(f).extensions.retain(|name| name != "cl_intel_channels");
        }),
        ("a card without host pipes", Arria10, "extension", Warn, |f| {
            device(f).extensions.retain(|name| name != "cl_intel_fpga_host_pipe");
        }),
        ("an emulator without host pipes", IntelEmu, "extension", Fail, |f| {
            device(f).extensions.retain(|name| name != "cl_intel_fpga_host_pipe");
        }),
        ("too little memory", Pocl, "memory", Fail, |f| {
            device(f).global_memory_bytes = device_bytes(Pocl) - 1;
        }),
        ("too little memory for the emulator", IntelEmu, "memory", Fail, |f| {
            device(f).global_memory_bytes = device_bytes(IntelEmu) - 1;
        }),
        ("another process has the card", Arria10, "lock", Warn, |f| {
            f.lock = Some(Ok(LockState::Held(Some(4711))));
        }),
        ("a holder that did not sign", Arria10, "lock", Warn, |f| {
            f.lock = Some(Ok(LockState::Held(None)));
        }),
        ("a lock file that cannot be opened", Arria10, "lock", Fail, |f| {
            f.lock = Some(Err("the lock file /run/lock/x: Permission denied".into()));
        }),
        ("no image", Arria10, "image", Fail, |f| {
            f.image = Some(Err("manifest arria10/image.toml: not found".into()));
        }),
        ("an image that is not the manifest's", Arria10, "image", Fail, |f| {
            image(f).bytes = Err("tampered image: image.sha256: wanted 00, found ff".into());
        }),
        ("an image for another board", Arria10, "board", Fail, |f| {
            image(f).board = "a10_ref".into();
        }),
        ("an image of another protocol", Arria10, "protocol id", Fail, |f| {
            image(f).identity.protocol_id = 5;
        }),
        ("an image of another kernel interface", Arria10, "kernel id", Fail, |f| {
            image(f).identity.kernel_id = 6;
        }),
    ]
};

fn broken(case: &(&str, Target, &str, Status, Break)) -> Report {
    let mut facts = healthy(case.1);
    case.4(&mut facts);
    doctor(&facts)
}

/// Shows H8.
#[test]
fn a_healthy_machine_has_no_complaint() {
    for target in Target::ALL {
        let report = doctor(&healthy(target));
        assert!(report.checks.iter().all(|check| check.status == Status::Ok), "{report}");
        assert_eq!((report.status(), report.exit_code()), (Status::Ok, 0));
        assert!(report.checks.iter().all(|check| check.remedy.is_empty()));
    }
}

/// Oclgrind's device has 128 MiB, less than a number for all targets would ask for.
/// Shows H8.
#[test]
fn just_enough_memory_is_enough() {
    for target in Target::ALL {
        let mut facts = healthy(target);
        device(&mut facts).global_memory_bytes = device_bytes(target);
        assert_eq!(doctor(&facts).status(), Status::Ok, "{target}");
        assert!(device_bytes(target) < 64 << 20, "{target}: {}", device_bytes(target));
    }
}

/// Shows H8, V1.
#[test]
fn every_failure_is_seen_by_its_own_check_alone() {
    for case in CASES {
        let &(name, _, check, status, _) = case;
        let report = broken(case);
        let bad = report.checks.iter().filter(|check| check.status != Status::Ok);
        let seen: Vec<_> = bad.map(|check| (check.name, check.status)).collect();
        assert_eq!(seen, [(check, status)], "{name}:\n{report}");
        assert_eq!(report.exit_code(), u8::from(status == Status::Fail), "{name}");
        for check in report.checks.iter().filter(|check| check.status != Status::Ok) {
            let said = !check.found.is_empty() && !check.wanted.is_empty();
            assert!(said && !check.remedy.is_empty(), "{name}: {check:?}");
        }
    }
}

/// Shows H8.
#[test]
fn every_check_has_a_fixture() {
    for target in Target::ALL {
        for check in doctor(&healthy(target)).checks {
            // It cannot fail: it is shown for the reader.
            let shown_only = check.name == "board package";
            let has_case = CASES.iter().any(|case| case.2 == check.name);
            assert!(has_case || shown_only, "{}", check.name);
        }
    }
}

/// Shows H8.
#[test]
fn the_report_reads_as_committed() {
    let mut text = String::new();
    for target in Target::ALL {
        text.push_str(&format!("# healthy\n{}\n", doctor(&healthy(target))));
    }
    for case in CASES {
        text.push_str(&format!("# {}\n{}\n", case.0, broken(case)));
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/doctor.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(text, committed, "renew it with BLESS=1");
}
