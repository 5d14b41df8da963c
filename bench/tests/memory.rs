//! Alone in its program: memory is counted of the whole process.
#![allow(missing_docs, reason = "a test")]

use std::hint::black_box;

use tidegate_bench::clock::Used;

/// Shows P5.
#[test]
fn memory_is_that_of_the_row_and_not_of_what_went_before() {
    let before = Used::now();
    let large = black_box(vec![1u8; 64 << 20]);
    let most = Used::since(before).expect("Linux tells").max_resident_kib;
    assert!(most >= 64 << 10, "{most}");
    drop(large);
    let before = Used::now();
    let later = Used::since(before).expect("Linux tells").max_resident_kib;
    assert!(later + (48 << 10) < most, "{later} of {most}");
}
