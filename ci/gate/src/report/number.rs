//! Numbers as they are shown.

/// At most two decimals, none where they are zero; thousands apart.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let text = format!("{:.2}", value.abs());
    let (whole, decimals) = text.split_once('.').expect("two decimals");
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let decimals = decimals.trim_end_matches('0');
    if !decimals.is_empty() {
        out.push('.');
        out.push_str(decimals);
    }
    // What rounds to nothing has no sign.
    if value < 0.0 && out != "0" { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short_and_grouped() {
        let cases = [
            (0.0, "0"),
            (-0.001, "0"),
            (100.0, "100"),
            (99.99, "99.99"),
            (99.999, "100"),
            (0.2, "0.2"),
            (1234567.5, "1,234,567.5"),
            (-1000.25, "-1,000.25"),
            (f64::INFINITY, "inf"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
    }
}
