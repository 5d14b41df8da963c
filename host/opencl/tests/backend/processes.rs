//! Child processes and the lock of a card: what is left when somebody is killed.

use std::ffi::OsString;
use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tidegate_opencl::child::{self, Child, STDERR_BYTES, Spec};
use tidegate_opencl::{CardLock, Error, LockState, RunFolder};

use crate::DEADLINE;

const ROLE: &str = "TIDEGATE_TEST_ROLE";
const FOLDER: &str = "TIDEGATE_TEST_FOLDER";

/// The test binary in one of the roles below.
fn role(name: &str, folder: &Path, deadline: Duration) -> Spec {
    let environment = vec![(ROLE.into(), name.into()), (FOLDER.into(), folder.into())];
    let arguments = ["--exact", "processes::plays_a_role", "--nocapture", "--test-threads=1"];
    Spec::this_program(arguments, environment, deadline).unwrap()
}

/// What the processes of these tests do; nothing when it is run as a test.
#[test]
fn plays_a_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let folder = std::env::var_os(FOLDER).map(std::path::PathBuf::from).unwrap();
    match role.as_str() {
        // Says its id through the data pipe, and stays.
        "stays" => {
            let mut data = child::enter().unwrap();
            println!("what a driver says is not data");
            writeln!(data, "\n{}", std::process::id()).unwrap();
            drop(data);
            forever()
        }
        // Has a child that stays, and stays.
        "parent" => {
            let mut child =
                Child::start(&self::role("stays", &folder, DEADLINE), |_| Ok(())).unwrap();
            println!("\n{}", first_number(child.data().unwrap()));
            forever()
        }
        // Takes the lock, says so, and stays.
        "locks" => {
            let _lock = CardLock::take_in(&folder, "card : one").unwrap();
            println!("\n{}", std::process::id());
            forever()
        }
        // Has a folder, and stays.
        "has a folder" => {
            let run = RunFolder::make().unwrap();
            std::fs::create_dir(run.path().join("inner")).unwrap();
            std::fs::write(run.path().join("inner/log.bin"), "data").unwrap();
            println!("\n{}", std::process::id());
            forever()
        }
        // Has a child that does not remove its folder, and stays.
        "has a child's folder" => {
            let _child = Child::start(&shell("cat > /dev/null", DEADLINE), |_| Ok(())).unwrap();
            println!("\n{}", std::process::id());
            forever()
        }
        other => panic!("no role {other}"),
    }
}

fn forever() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// The first line that is a number; the test harness says other things.
fn first_number(data: impl Read) -> u32 {
    let lines = BufReader::new(data).lines().map(Result::unwrap);
    lines.filter_map(|line| line.trim().parse().ok()).next().expect("a number")
}

/// Whether a process is there and has not ended.
fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < DEADLINE, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn shell(script: &str, deadline: Duration) -> Spec {
    let arguments = vec![OsString::from("-c"), script.into()];
    Spec { program: "/bin/sh".into(), arguments, environment: vec![], deadline }
}

#[test]
fn a_child_has_its_own_folder_environment_and_data() {
    let mut spec = shell("cat input; printf %s \"$WORD\"; echo said >&2; touch left", DEADLINE);
    spec.environment.push(("WORD".into(), "word".into()));
    let prepare = |folder: &Path| {
        std::fs::write(folder.join("input"), "in, ").unwrap();
        Ok(())
    };
    let mut child = Child::start(&spec, prepare).unwrap();
    let folder = child.directory().to_owned();
    let mut data = String::new();
    child.data().unwrap().read_to_string(&mut data).unwrap();
    assert_eq!(data, "in, word");
    assert!(child.data().is_none(), "once");
    assert_eq!(child.finish().unwrap().stderr, "said\n");
    assert!(!folder.exists());
}

#[test]
fn a_failed_child_says_why_within_bounds() {
    let failed = Child::start(&shell("echo reason >&2; exit 3", DEADLINE), |_| Ok(())).unwrap();
    let Err(Error::ChildFailed { status, stderr, .. }) = failed.finish() else {
        panic!("it ended well")
    };
    assert_eq!((&*status, &*stderr), ("exit status: 3", "reason\n"));

    // Data that nobody takes, and far more said than is kept.
    let script =
        "head -c 300000 /dev/zero | tr '\\0' x | tee /dev/stderr; echo end >&2; kill -9 $$";
    let failed = Child::start(&shell(script, DEADLINE), |_| Ok(())).unwrap();
    let Err(Error::ChildFailed { status, stderr, .. }) = failed.finish() else {
        panic!("it ended well")
    };
    assert!(status.contains("signal: 9"), "{status}");
    assert!(stderr.ends_with("xend\n") && stderr.len() < STDERR_BYTES + 64, "{}", stderr.len());
    assert!(stderr.starts_with("[... 234"), "{}", &stderr[..40]);

    let missing = Spec { program: "/no/such/program".into(), ..shell("", DEADLINE) };
    let error = Child::start(&missing, |_| Ok(())).unwrap_err().to_string();
    assert!(error.starts_with("starting /no/such/program: "), "{error}");
}

#[test]
fn at_the_deadline_the_whole_group_is_killed() {
    // The shell waits for a grandchild that also holds the data pipe.
    let script = "sleep 1000 & echo $!; wait";
    let mut child = Child::start(&shell(script, Duration::from_millis(300)), |_| Ok(())).unwrap();
    let grandchild = first_number(child.data().unwrap());
    let Err(Error::ChildLate { deadline_ms, .. }) = child.finish() else { panic!("not late") };
    assert_eq!(deadline_ms, 300);
    soon("the grandchild is gone", || !is_running(grandchild));
}

#[test]
fn what_a_child_leaves_behind_is_killed_when_it_ends() {
    let mut child = Child::start(&shell("sleep 1000 & echo $!", DEADLINE), |_| Ok(())).unwrap();
    let grandchild = first_number(child.data().unwrap());
    child.finish().unwrap();
    soon("the grandchild is gone", || !is_running(grandchild));
}

#[test]
fn a_dropped_child_is_killed_and_reaped() {
    let child = Child::start(&shell("sleep 1000; true", DEADLINE), |_| Ok(())).unwrap();
    let (pid, folder) = (child.id(), child.directory().to_owned());
    assert!(is_running(pid));
    drop(child);
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "reaped, not a zombie");
    assert!(!folder.exists());
}

/// Shows V3.
#[test]
fn a_killed_parent_leaves_no_child() {
    let folder = tempfile::tempdir().unwrap();
    let spec = role("parent", folder.path(), DEADLINE);
    let mut parent = Command::new(&spec.program)
        .args(&spec.arguments)
        .envs(spec.environment)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let child = first_number(parent.stdout.take().unwrap());
    assert!(is_running(child));
    let folder = std::fs::read_link(format!("/proc/{child}/cwd")).unwrap();
    assert!(folder.is_dir());
    // SIGKILL: nothing of the parent runs any more.
    parent.kill().unwrap();
    parent.wait().unwrap();
    soon("the child is gone", || !is_running(child));
    assert!(!folder.exists(), "its folder is gone too");
}

#[test]
fn only_data_is_in_the_data_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Child::start(&role("stays", folder.path(), DEADLINE), |_| Ok(())).unwrap();
    let pid = child.id();
    let mut said = String::new();
    // Ends because the child has dropped its end, while it runs on.
    child.data().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.ends_with(&format!("{pid}\n")) && !said.contains("driver"), "{said}");
    assert!(is_running(pid));
}

/// Shows V2, V3.
#[test]
fn a_card_has_one_holder_and_a_killed_one_leaves_it_free() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, device) = (folder.path(), "card : one");
    assert_eq!(CardLock::state_in(folder, device), Ok(LockState::Free));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "asking makes no file");

    let mut holder = Child::start(&role("locks", folder, DEADLINE), |_| Ok(())).unwrap();
    let mut lines = BufReader::new(holder.data().unwrap());
    let pid = first_number(&mut lines);
    assert_eq!(CardLock::state_in(folder, device), Ok(LockState::Held(Some(pid))));
    let error = CardLock::take_in(folder, device).unwrap_err();
    assert!(
        matches!(error, Error::Locked { holder: Some(found), .. } if found == pid),
        "{error:?}"
    );
    assert!(error.to_string().starts_with(&format!("card : one is held by process {pid} (")));
    // Another card is another lock.
    CardLock::take_in(folder, "card : two").unwrap();

    drop(holder);
    let lock = CardLock::take_in(folder, device).unwrap();
    let held = LockState::Held(Some(std::process::id()));
    assert_eq!(CardLock::state_in(folder, device), Ok(held));
    assert!(CardLock::take_in(folder, device).is_err(), "also not twice in one process");
    std::fs::write(lock.path(), "nonsense").unwrap();
    assert_eq!(CardLock::state_in(folder, device), Ok(LockState::Held(None)));
    drop(lock);
    // Between fork and exec, a process that another test starts has the file too.
    soon("the card is free", || CardLock::state_in(folder, device) == Ok(LockState::Free));
    let nowhere = Path::new("/proc/no/such/folder");
    assert!(matches!(CardLock::take_in(nowhere, device), Err(Error::Io { .. })));
}

/// The lock file's mode, links followed.
fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Shows V2.
#[test]
fn every_user_of_the_machine_can_take_a_card() {
    let folder = tempfile::tempdir().unwrap();
    // As /run/lock is.
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o1777)).unwrap();
    // A holder whose umask leaves nothing to others.
    let locks = role("locks", folder.path(), DEADLINE);
    let mut narrow = shell("umask 077; exec \"$0\" \"$@\"", DEADLINE);
    narrow.arguments.push(locks.program.clone().into());
    narrow.arguments.extend(locks.arguments.clone());
    narrow.environment = locks.environment.clone();
    let mut holder = Child::start(&narrow, |_| Ok(())).unwrap();
    first_number(holder.data().unwrap());
    let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    assert_eq!(mode(&path), 0o666);
    drop(holder);

    // Whoever comes second changes nothing of it.
    std::fs::set_permissions(&path, Permissions::from_mode(0o646)).unwrap();
    drop(CardLock::take_in(folder.path(), "card : one").unwrap());
    assert_eq!(mode(&path), 0o646);
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();

    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can be two users");
        return;
    }
    const NOBODY: u32 = 65_534;
    // This user takes a file of another's,
    std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
    drop(CardLock::take_in(folder.path(), "card : one").unwrap());
    // and another one takes this user's: a copy of this program, since its folder may be closed to others.
    std::os::unix::fs::chown(&path, Some(0), Some(0)).unwrap();
    let program = folder.path().join("program");
    std::fs::copy(&locks.program, &program).unwrap();
    let mut other = Command::new(&program)
        .args(&locks.arguments)
        .envs(locks.environment)
        .current_dir(folder.path())
        .uid(NOBODY)
        .gid(NOBODY)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = first_number(other.stdout.take().unwrap());
    assert_eq!((pid, mode(&path)), (other.id(), 0o666));
    let error = CardLock::take_in(folder.path(), "card : one").unwrap_err();
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(
        matches!(error, Error::Locked { holder: Some(found), .. } if found == pid),
        "{error:?}"
    );
}

/// Shows V2.
#[test]
fn what_others_put_in_the_lock_files_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (folder, device) = (folder.path(), "card");
    let lock = CardLock::take_in(folder, device).unwrap();
    let path = lock.path().to_owned();
    drop(lock);
    let victim = folder.join("victim");
    let refused = |wanted: &str| {
        let found = [
            CardLock::take_in(folder, device).map(drop).unwrap_err(),
            CardLock::state_in(folder, device).map(drop).unwrap_err(),
        ];
        for error in found {
            assert!(
                matches!(&error, Error::LockFile { found, .. } if *found == wanted),
                "{error:?}"
            );
        }
        std::fs::remove_file(&path).unwrap();
    };
    std::fs::remove_file(&path).unwrap();
    // A link to nothing would make that file.
    std::os::unix::fs::symlink(&victim, &path).unwrap();
    refused("a symbolic link");
    assert!(!victim.exists());
    std::fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink(&victim, &path).unwrap();
    refused("a symbolic link");
    std::fs::hard_link(&victim, &path).unwrap();
    refused("a file of several names");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    refused("no file");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    CardLock::take_in(folder, device).unwrap();
}

/// Starts a process in a role whose temporary files are in `folder`, and gives the folder that it makes.
fn makes_a_folder(name: &str, folder: &Path) -> (Child, PathBuf) {
    let known: Vec<_> = paths(folder);
    let mut spec = role(name, folder, DEADLINE);
    spec.environment.push(("TMPDIR".into(), folder.into()));
    let mut child = Child::start(&spec, |_| Ok(())).unwrap();
    first_number(child.data().unwrap());
    let mut new = paths(folder);
    new.retain(|path| !known.contains(path));
    assert_eq!(new.len(), 1, "{new:?}");
    (child, new.remove(0))
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Shows V3.
#[test]
fn what_a_killed_process_left_is_removed_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let temporary = temporary.path();
    // None of ours: without a lock file, under another name, a link, a file.
    let foreign = ["tidegate-notes", "other-1", "tidegate-file"].map(|name| temporary.join(name));
    for folder in &foreign[..2] {
        std::fs::create_dir(folder).unwrap();
    }
    std::fs::write(foreign[1].join("owner.lock"), "").unwrap();
    std::fs::write(&foreign[2], "").unwrap();
    let link = temporary.join("tidegate-link");
    std::os::unix::fs::symlink(&foreign[1], &link).unwrap();
    let foreign = [&foreign[..], &[link]].concat();
    let stays = || foreign.iter().all(|path| path.symlink_metadata().is_ok());

    let (alive, living) = makes_a_folder("has a folder", temporary);
    for role in ["has a folder", "has a child's folder"] {
        let (killed, left) = makes_a_folder(role, temporary);
        // SIGKILL: nothing of the process runs any more.
        drop(killed);
        assert!(left.is_dir(), "{role}");
        // The next one, whichever of the two ways it makes one. Between fork and exec, a process that another
        // test starts may have the lock too.
        soon("the folder that was left is gone", || {
            drop(makes_a_folder("has a folder", temporary));
            !left.exists()
        });
        assert!(living.join("inner/log.bin").is_file() && stays(), "{:?}", paths(temporary));
    }
    // The living one's goes as soon as it is killed as well.
    drop(alive);
    let (_next, next) = makes_a_folder("has a child's folder", temporary);
    assert!(!living.exists() && next.is_dir() && stays(), "{:?}", paths(temporary));
}

#[test]
fn many_that_start_at_once_remove_what_was_left_and_nothing_else() {
    let temporary = tempfile::tempdir().unwrap();
    let temporary = temporary.path();
    for at in 0..40 {
        let left = temporary.join(format!("tidegate-left-{at}"));
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("owner.lock"), "").unwrap();
        std::fs::write(left.join("log.bin"), "data").unwrap();
    }
    let start = || {
        let mut spec = role("has a folder", temporary, DEADLINE);
        spec.environment.push(("TMPDIR".into(), temporary.into()));
        Child::start(&spec, |_| Ok(())).unwrap()
    };
    let mut starters: Vec<_> = (0..8).map(|_| start()).collect();
    for starter in &mut starters {
        first_number(starter.data().unwrap());
    }
    let there = paths(temporary);
    assert_eq!(there.len(), starters.len(), "{there:?}");
    assert!(there.iter().all(|path| path.join("inner/log.bin").is_file()), "{there:?}");
}
