//! Charts, drawn as SVG text: axes, lines and bars. Colours are classes, so that the page's ground decides them.

use std::fmt::Write;

use super::html::escape;
use super::palette;

/// Width of a letter of a label, in units of the drawing.
const LETTER: f64 = 6.7;
/// Least distance of two labels' base lines.
const LABEL_STEP: f64 = 15.0;

/// A value's place on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    /// Where `low` is drawn.
    start: f64,
    /// Where `high` is drawn.
    end: f64,
    is_log: bool,
}

impl Axis {
    /// Equal steps for equal differences.
    pub fn linear(low: f64, high: f64, start: f64, end: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, start, end, is_log: false }
    }

    /// Equal steps for equal ratios, over whole decades.
    pub fn log(low: f64, high: f64, start: f64, end: f64) -> Self {
        let low = low.max(1e-3).log10().floor();
        let high = high.max(1e-3).log10().ceil().max(low + 1.0);
        Self { low, high, start, end, is_log: true }
    }

    /// The place of a value; those outside stand at the end.
    pub fn at(&self, value: f64) -> f64 {
        let value = if self.is_log { value.max(1e-300).log10() } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// Round values along the axis.
    pub fn ticks(&self, wanted: u32) -> Vec<f64> {
        if self.is_log {
            return (self.low as i32..=self.high as i32).map(|power| 10f64.powi(power)).collect();
        }
        let rough = (self.high - self.low) / f64::from(wanted.max(1));
        let unit = 10f64.powf(rough.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].into_iter().find(|of| of * unit >= rough).unwrap_or(10.0) * unit;
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last.min(first + 50)).map(|at| at as f64 * step).collect()
    }
}

/// A drawing under way.
#[derive(Clone, Debug)]
pub struct Drawing {
    out: String,
}

/// How text stands to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It has its middle there.
    Middle,
    /// It ends there.
    End,
}

impl Drawing {
    /// An empty drawing of this size; `title` says what it shows.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let mut out = String::new();
        let _ = write!(
            out,
            "<svg viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\"><title>{}</title>",
            escape(title)
        );
        Self { out }
    }

    /// The text of the drawing.
    pub fn done(mut self) -> String {
        self.out += "</svg>";
        self.out
    }

    /// Text of a class.
    pub fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.out,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{}</text>",
            escape(text)
        );
    }

    /// A straight line of a class.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = write!(
            self.out,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" class=\"{class}\"/>"
        );
    }

    /// A line through points.
    pub fn path(&mut self, points: &[(f64, f64)], class: &str) {
        self.out += "<polyline points=\"";
        for (x, y) in points {
            let _ = write!(self.out, "{x:.1},{y:.1} ");
        }
        let _ = write!(self.out, "\" class=\"{class}\"/>");
    }

    /// An area between its points.
    pub fn area(&mut self, points: &[(f64, f64)], class: &str) {
        self.out += "<polygon points=\"";
        for (x, y) in points {
            let _ = write!(self.out, "{x:.1},{y:.1} ");
        }
        let _ = write!(self.out, "\" class=\"{class}\"/>");
    }

    /// A dot that says something when it is pointed at.
    pub fn dot(&mut self, x: f64, y: f64, radius: f64, class: &str, says: &str) {
        let _ = write!(
            self.out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" class=\"{class}\"><title>{}</title></circle>",
            escape(says)
        );
    }

    /// A bar from the left, with round ends away from its foot.
    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str, says: &str) {
        let width = width.max(1.0);
        let round = 3f64.min(width / 2.0).min(height / 2.0);
        let (straight, upright) = (width - round, height - 2.0 * round);
        let _ = write!(
            self.out,
            "<path d=\"M{x:.1},{y:.1}h{straight:.1}q{round:.1},0 {round:.1},{round:.1}v{upright:.1}q0,{round:.1} -{round:.1},{round:.1}h-{straight:.1}z\" class=\"{class}\"><title>{}</title></path>",
            escape(says)
        );
    }
}

/// The classes of a series' line.
pub fn stroke(series: usize, is_dashed: bool) -> String {
    let (hue, round) = palette::hue(series);
    let dash = match (is_dashed, round) {
        (true, _) => " dashed",
        (false, 0) => "",
        (false, _) => " dotted",
    };
    format!("stroke h{hue}{dash}")
}

/// The class of a series' bars and dots.
pub fn fill(series: usize) -> String {
    format!("f{}", palette::hue(series).0)
}

/// Base lines for labels that want to stand at `wanted`, in order, without touching, between `top` and `bottom`.
pub fn apart(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = vec![0.0; wanted.len()];
    let mut least = top;
    for at in &order {
        places[*at] = wanted[*at].max(least);
        least = places[*at] + LABEL_STEP;
    }
    // What ran over the bottom moves up again.
    let mut most = bottom;
    for at in order.iter().rev() {
        places[*at] = places[*at].min(most);
        most = places[*at] - LABEL_STEP;
    }
    places
}

/// About the width of a text.
pub fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * LETTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_place_values() {
        let axis = Axis::log(20.0, 4_000.0, 100.0, 0.0);
        assert_eq!(axis.ticks(0), [10.0, 100.0, 1_000.0, 10_000.0]);
        assert!((axis.at(10.0) - 100.0).abs() < 1e-9 && axis.at(1e9) == 0.0);
        assert!((axis.at(100.0) - 200.0 / 3.0).abs() < 1e-9);
        let axis = Axis::linear(0.0, 47.0, 0.0, 470.0);
        assert_eq!(axis.ticks(5), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert!((axis.at(23.5) - 235.0).abs() < 1e-9);
        for odd in [Axis::linear(5.0, 5.0, 0.0, 1.0), Axis::log(0.0, 0.0, 0.0, 1.0)] {
            assert!(odd.at(5.0).is_finite() && odd.ticks(5).len() < 60);
        }
    }

    #[test]
    fn labels_keep_apart() {
        let places = apart(&[50.0, 52.0, 51.0, 99.0], 10.0, 100.0);
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_STEP - 1e-9));
        assert!(places[0] < places[2] && places[2] < places[1] && sorted[3] <= 100.0);
    }
}
