//! The reference program in C and the native engine, written apart, say the same of the bundled day.

use std::path::Path;

use tidegate_bench::reference::{SOURCE, compare, compare_source};

#[test]
fn the_reference_agrees_with_the_native_engine() {
    let compared = compare(1, 1).expect("both run");
    if let [left_out] = &compared.left_out[..] {
        assert!(std::env::var_os("CI").is_none(), "{}: {}", left_out.what, left_out.why);
        println!("skipped: {}: {}", left_out.what, left_out.why);
        return;
    }
    let [c, native] = &compared.rows[..] else { panic!("{:?}", compared.rows) };
    let check = c.digest.as_ref().expect("a digest");
    assert_eq!(check.found, check.wanted);
    assert_eq!((c.messages, c.accepted, c.rejected), (native.messages, native.accepted, 0));
    assert!(c.note.contains("16 orders") && native.note.contains("16 orders"), "{}", c.note);
    assert!(c.throughput.is_some() && native.throughput.is_some());
    for (engine, each_ns) in &compared.each_ns {
        assert_eq!(each_ns.len() as u64, c.messages, "{engine}");
    }
}

#[test]
fn a_reference_that_rounds_another_way_has_no_figure() {
    let text = std::fs::read_to_string(SOURCE).expect("the source");
    let half = "((u128)1 << (setup->shift - 1))";
    assert!(text.contains(half));
    let folder = tempfile::tempdir().expect("a folder");
    let changed = folder.path().join("changed.c");
    std::fs::write(&changed, text.replace(half, "0")).expect("written");
    let compared = compare_source(Path::new(&changed), 1, 1).expect("both run");
    if compared.left_out.is_empty() {
        assert!(compared.rows.iter().all(|row| row.throughput.is_none()));
        assert!(compared.rows.iter().all(|row| !row.digest.as_ref().expect("a digest").holds()));
        assert!(compared.each_ns.is_empty());
    }
}
