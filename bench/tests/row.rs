//! What the figures of a row are worth.

mod common;

use common::row;
use tidegate_bench::result::*;
use tidegate_bench::row::{Worth, worth};

#[test]
fn only_peers_and_bounds_may_come_unchecked() {
    let of = |engine: &str, label: Label, check: Option<bool>| {
        let mut row = row(engine, label, RunType::Batch, "decode");
        row.digest = check.map(|holds| Check {
            wanted: "a".to_owned(),
            found: if holds { "a" } else { "b" }.to_owned(),
        });
        worth(&row)
    };
    use Label::{Measured, NotMeasured};
    for (engine, label, check, wanted) in [
        ("native", Measured, Some(true), Worth::Figure),
        ("native", Measured, Some(false), Worth::OutputDiffers),
        ("native", Measured, None, Worth::NotChecked),
        ("bound:memcpy", Measured, None, Worth::Figure),
        ("peer:dbn", Measured, None, Worth::Figure),
        ("peer:dbn", Measured, Some(false), Worth::OutputDiffers),
        ("native", NotMeasured, Some(true), Worth::NotMeasured),
        ("opencl:arria10", NotMeasured, None, Worth::NotMeasured),
    ] {
        assert_eq!(of(engine, label, check), wanted, "{engine} {label:?} {check:?}");
    }
    assert_eq!(Worth::NotMeasured.refusal(), Some("not measured"));
    assert_eq!(Worth::Figure.refusal(), None);
}
