//! The files that are generated from the table: compares those in the tree with what the table
//! gives, and writes them when asked to.

mod header;
mod kernel;
mod lua;
mod markdown;
mod message;
mod names;
mod publish;
mod record;

use std::io::Write;
use std::path::{Path, PathBuf};

const RENEW: &str = "BLESS=1 cargo test -p tidegate-protocol --test generated";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn check(path: &str, fresh: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("create the folder");
        std::fs::write(&file, fresh).expect("write the generated file");
        return;
    }
    let stale = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    if stale == fresh {
        return;
    }
    let line = stale.lines().zip(fresh.lines()).take_while(|(a, b)| a == b).count();
    panic!(
        "{path} is stale from line {}:\n  in the tree: {:?}\n  generated:   {:?}\nrenew it with: {RENEW}",
        line + 1,
        stale.lines().nth(line),
        fresh.lines().nth(line),
    );
}

/// Shows Q17, A1.
#[test]
fn typed_parts_are_fresh() {
    check("host/protocol/src/gen/message.rs", &message::generate());
}

/// Shows Q17, A1.
#[test]
fn kernel_header_is_fresh() {
    check("kernels/gen/protocol.h", &header::generate());
}

/// Shows G19, Q17, A1.
#[test]
fn document_is_fresh() {
    check("host/protocol/PROTOCOL.md", &markdown::generate());
}

/// Shows Q17, A1.
#[test]
fn dissector_is_fresh() {
    check("host/protocol/tidegate.lua", &lua::generate());
}

/// Shows C15, A1.
#[test]
fn records_are_fresh() {
    check("host/protocol/src/gen/record.rs", &record::generate());
}

/// Shows A1.
#[test]
fn kernel_layouts_are_fresh() {
    check("host/protocol/src/gen/kernel.rs", &kernel::rust());
    check("kernels/gen/layout.h", &kernel::header());
}

/// Shows C15, A1.
#[test]
fn published_layout_is_fresh() {
    check("host/protocol/PUBLISH.md", &publish::generate());
}

#[test]
fn parts_of_one_name_are_one_part() {
    let all = names::all_parts();
    for (i, (_, part)) in all.iter().enumerate() {
        for (_, other) in all[..i].iter().filter(|(_, other)| other.name == part.name) {
            let row = |f: &tidegate_protocol::schema::Field| (f.name, f.offset, f.len, f.ty);
            assert!(
                part.fields.iter().map(row).eq(other.fields.iter().map(row)),
                "two parts called {} differ",
                part.name
            );
        }
        for (k, field) in part.fields.iter().enumerate() {
            assert!(
                part.fields[..k].iter().all(|other| other.name != field.name),
                "{}.{} stands twice",
                part.name,
                field.name
            );
        }
    }
}

#[test]
fn the_kernel_header_is_c99() {
    let dir = std::env::temp_dir().join(format!("tidegate-header-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("temp dir");
    let unit = dir.join("unit.c");
    // Every macro is used, so that each must be an expression.
    let header = header::generate();
    let mut text = String::from("#include \"protocol.h\"\n");
    let names: Vec<&str> = header
        .lines()
        .filter_map(|l| l.strip_prefix("#define ")?.split_once(' '))
        .map(|p| p.0)
        .collect();
    for (i, name) in names.iter().enumerate() {
        assert!(!names[..i].contains(name), "{name} is defined twice");
        text +=
            &format!("static const unsigned long long use_{i} = (unsigned long long)({name});\n");
    }
    text += "int main(void) { return (int)(0";
    for i in 0..names.len() {
        text += &format!(" + use_{i}");
    }
    text += "); }\n";
    std::fs::write(dir.join("protocol.h"), &header).expect("write the header");
    std::fs::write(&unit, text).expect("write the unit");
    let output = std::process::Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"])
        .arg(&unit)
        .output();
    std::fs::remove_dir_all(&dir).expect("remove the temp dir");
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        Err(error) if std::env::var_os("CI").is_none() => {
            // Not `eprintln!`: the test runner keeps that back.
            let _ = writeln!(std::io::stderr(), "skipped: no cc: {error}");
        }
        Err(error) => panic!("cc: {error}"),
    }
}
