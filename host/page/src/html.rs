//! Text on its way into the page. Everything that comes from a result or a sources file goes through [`escape`].

use std::fmt::Write;

/// Text as HTML or SVG shows it, in an element or in a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            // Controls, and marks that turn the direction of what follows, would change what others say.
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

/// A number with three digits that count, or grouped whole digits.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if size < 0.01 {
        format!("{value:.1e}")
    } else if size < 1.0 {
        format!("{value:.3}")
    } else if size < 10.0 {
        format!("{value:.2}")
    } else if size < 100.0 {
        format!("{value:.1}")
    } else if size < 1e15 {
        grouped(value)
    } else {
        format!("{value:.2e}")
    }
}

/// A count, whole.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn grouped(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", count(value.abs().round() as u64))
}

/// A time in the unit that fits it.
pub fn time(ns: f64) -> String {
    let mut out = String::new();
    let (value, unit) = if ns < 1e3 {
        (ns, "ns")
    } else if ns < 1e6 {
        (ns / 1e3, "µs")
    } else if ns < 1e9 {
        (ns / 1e6, "ms")
    } else {
        (ns / 1e9, "s")
    };
    let text = if value.fract() == 0.0 { format!("{value}") } else { number(value) };
    let _ = write!(out, "{text} {unit}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let hostile = "<script>'\"&\u{0}\u{202e}</script>";
        let safe = escape(hostile);
        assert_eq!(safe, "&lt;script&gt;&#39;&quot;&amp;\u{fffd}\u{fffd}&lt;/script&gt;");
        assert_eq!(escape("平 a\nb"), "平 a\nb");
    }

    #[test]
    fn numbers_keep_the_digits_that_count() {
        for (value, text) in [
            (0.0, "0"),
            (0.001_5, "1.5e-3"),
            (0.034_56, "0.035"),
            (3.456, "3.46"),
            (34.56, "34.6"),
            (345.6, "346"),
            (1_234_567.0, "1,234,567"),
            (-1_234.0, "-1,234"),
            (1e300, "1.00e300"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!([time(999.0), time(1_500.0), time(2e6)], ["999 ns", "1.50 µs", "2 ms"]);
    }
}
