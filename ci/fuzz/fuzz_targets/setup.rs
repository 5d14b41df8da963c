//! Any text as a setup and as the files that it names: `TOML NUL constituents NUL securities`.
#![no_main]

use std::collections::HashSet;
use std::io;

use libfuzzer_sys::fuzz_target;
use tidegate_pipeline::index::Divisor;
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::setup::SetupError;
use tidegate_pipeline::{NativeEngine, Setup};
use tidegate_protocol::limits::{MAX_CONSTITUENTS, MAX_SECURITIES, MAX_SHARES};
use tidegate_protocol::units::IndexE4;

fuzz_target!(|data: &[u8]| {
    divisor(data);
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let [toml, first, second] = std::array::from_fn(|_| parts.next());
    let read = |path: &std::path::Path| {
        // Constituents have a name that begins so in every seed; all others get the last part.
        let wants_first = path.to_string_lossy().starts_with('c');
        let file = if wants_first { first } else { second.or(first) };
        file.map(str::to_owned).ok_or_else(|| SetupError::Read {
            path: path.to_owned(),
            source: io::ErrorKind::NotFound.into(),
        })
    };
    let setup = match Setup::parse(toml.unwrap_or(""), read) {
        Ok(setup) => setup,
        Err(error) => {
            assert!(!error.to_string().is_empty(), "an error says what is wrong");
            return;
        }
    };
    assert_eq!(Setup::parse(toml.unwrap_or(""), read).expect("the same"), setup);

    if let Some(index) = &setup.index {
        assert!(index.base_sum > 0 && index.prev_close.0 > 0);
        assert_eq!(index.divisor.value(index.base_sum), Some(index.prev_close));
        assert!((1..=MAX_CONSTITUENTS).contains(&index.constituents.len()));
        let mut names = HashSet::new();
        let mut sum = 0i128;
        for constituent in &index.constituents {
            assert!((1..=MAX_SHARES).contains(&constituent.shares));
            assert!(constituent.prev_close.0 > 0 && names.insert(constituent.security));
            sum += i128::from(constituent.shares) * i128::from(constituent.prev_close.0);
        }
        assert_eq!(sum, i128::from(index.base_sum));
    }
    assert!(setup.securities.as_ref().is_none_or(|list| list.len() <= MAX_SECURITIES));

    // Constituents are the first rows, each row has a name of its own and is found by it.
    let names = setup.row_names(&[]);
    if let Some(index) = &setup.index {
        for (row, constituent) in index.constituents.iter().enumerate() {
            assert_eq!(names[row], constituent.security);
        }
    }
    let table = QuoteTable::new(names.iter().copied()).expect("rows for every name");
    assert_eq!(table.rows.len(), names.len());
    for (row, name) in names.iter().enumerate() {
        assert!(name[0].is_ascii_graphic() && name.is_ascii());
        assert_eq!(table.find(*name), Some(row));
    }
    // Dear, so only where there is something to start with.
    if let Some(index) = &setup.index {
        let engine = NativeEngine::new(&setup, &[]).expect("an engine");
        let start = engine.index().expect("an index");
        assert_eq!((start.sum, start.divisor), (index.base_sum, index.divisor));
    }
});

/// The constant gives the previous close for the base sum, whatever the two are, and never goes
/// down as the sum goes up.
fn divisor(data: &[u8]) {
    let Some((numbers, _)) = data.split_first_chunk::<24>() else { return };
    let [close, base, sum] = [0, 8, 16].map(|at| {
        let word: [u8; 8] = numbers[at..at + 8].try_into().expect("8 bytes");
        // Small numbers are as likely as large ones.
        u64::from_le_bytes(word) >> (1 + word[7] % 63)
    });
    // The bound of the setup.
    let close = 1 + (close % 10_000_000_000_000) as i64;
    let base = 1.max(base as i64);
    let divisor = Divisor::new(IndexE4(close), base).expect("a divisor within the bounds");
    assert_eq!(divisor.value(base), Some(IndexE4(close)));
    // By its definition: close x 2^shift / base to nearest, half up, with 63 significant bits. The
    // products stay below 2^127; rounding up never makes a 64th bit.
    let Divisor { constant, shift } = divisor;
    let (found, wanted) = (u128::from(constant) * base as u128, (close as u128) << shift);
    let (twice, clipped) = (2 * found.abs_diff(wanted), constant == (1 << 63) - 1);
    assert!(clipped || twice < base as u128 || (twice == base as u128 && found > wanted));
    assert!(constant >= 1 << 62 || shift == 126);
    let sum = sum as i64;
    match (divisor.value(sum), divisor.value(sum.saturating_sub(1).max(0))) {
        (Some(value), Some(before)) => {
            assert!(value >= before);
            // |value - exact| <= 1/2 + value x 2^-62: less than one unit from the exact quotient.
            let exact = i128::from(sum) * i128::from(close) / i128::from(base);
            assert!((i128::from(value.0) - exact).abs() <= 2 + (exact >> 62), "{value:?} {exact}");
        }
        (None, _) => {
            assert!(i128::from(sum) * i128::from(close) / i128::from(base) >= (1 << 63) - 4)
        }
        (Some(_), None) => panic!("a value beyond the limit"),
    }
}
