//! The charts of a report. Each is drawn twice, for a wide page and for a phone; the page shows one.

use super::content::{
    BoundBar, Course, LatencyLine, LatencyPanel, LoadChart, LoadPoint, Report, SegmentChart,
    StageChart,
};
use super::html::{number, time};
use super::svg::{Anchor, Axis, Drawing, apart, fill, stroke, width_of};
use crate::result::{Due, Label};
use crate::row::{BOUND, PEER, due_word, label_word};
use crate::stale;

/// Width of a chart on a wide page.
pub const WIDE: f64 = 860.0;
/// Width of half of one.
pub const HALF: f64 = 400.0;
/// Width of a chart on a phone.
pub const NARROW: f64 = 350.0;
/// Space to the right of a plot on a phone.
const NARROW_EDGE: f64 = 14.0;
/// Percentiles at which the axis has a mark.
const MARKS: [(f64, &str); 6] = [
    (0.5, "50 %"),
    (0.9, "90 %"),
    (0.99, "99 %"),
    (0.999, "99.9 %"),
    (0.999_9, "99.99 %"),
    (0.999_99, "99.999 %"),
];

/// Engines and runs in a fixed order: a series keeps its colour on the whole page.
#[derive(Clone, Debug, Default)]
pub struct Series {
    names: Vec<(String, String)>,
    is_one_run: bool,
}

impl Series {
    /// The series of a report.
    pub fn of(report: &Report) -> Self {
        let mut series = Self { names: Vec::new(), is_one_run: report.runs.len() == 1 };
        for run in &report.runs {
            for row in &run.results.rows {
                let name = (row.engine.clone(), run.name.clone());
                if !row.engine.contains(':') && !series.names.contains(&name) {
                    series.names.push(name);
                }
            }
        }
        // Peers and OpenCL engines come behind, so that ours have the first hues.
        for run in &report.runs {
            for row in &run.results.rows {
                let name = (row.engine.clone(), run.name.clone());
                if !series.names.contains(&name) {
                    series.names.push(name);
                }
            }
        }
        series
    }

    fn at(&self, engine: &str, run: &str) -> usize {
        self.names.iter().position(|(e, r)| e == engine && r == run).unwrap_or(0)
    }

    /// The engine; with its run where there are several.
    fn name(&self, engine: &str, run: &str) -> String {
        if self.is_one_run { engine.to_owned() } else { format!("{engine} ({run})") }
    }
}

/// A line that is ready to be drawn.
struct Curve {
    name: String,
    class: String,
    dot: String,
    points: Vec<(f64, f64)>,
}

/// Space around a plot.
struct Edges {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// Names of curves at their right ends, or under the plot where there is no room.
fn name_curves(drawing: &mut Drawing, curves: &[Curve], edges: &Edges, is_narrow: bool) {
    if is_narrow {
        for (at, curve) in curves.iter().enumerate() {
            let y = edges.bottom + 56.0 + 17.0 * at as f64;
            let x = edges.left;
            drawing.line((x, y - 4.0), (x + 22.0, y - 4.0), &curve.class);
            drawing.text(x + 28.0, y, Anchor::Start, "name", &curve.name);
        }
        return;
    }
    let ends: Vec<(f64, f64)> =
        curves.iter().map(|curve| curve.points.last().copied().unwrap_or_default()).collect();
    let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    let places = apart(&wanted, edges.top, edges.bottom);
    for ((curve, (x, y)), place) in curves.iter().zip(ends).zip(places) {
        let label = edges.right + 16.0;
        drawing.line((x + 2.0, y), (label - 3.0, place), "leader");
        drawing.dot(label + 3.0, place, 3.5, &curve.dot, &curve.name);
        drawing.text(label + 11.0, place + 4.0, Anchor::Start, "name", &curve.name);
    }
}

fn names_width(names: &[String]) -> f64 {
    names.iter().map(|name| width_of(name)).fold(0.0, f64::max).min(300.0) + 34.0
}

/// What panels of one chart share, so that they can be read across: the latency axis, and room for names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shared {
    low_ns: f64,
    high_ns: f64,
    names: f64,
}

impl Shared {
    /// Of these panels.
    pub fn of(panels: &[LatencyPanel], series: &Series) -> Self {
        let lines = || panels.iter().flat_map(|panel| &panel.lines);
        let all = || lines().flat_map(|line| &line.points).map(|point| point.ns.max(1));
        let names: Vec<String> = lines().map(|line| latency_name(line, series)).collect();
        Self {
            low_ns: all().min().unwrap_or(1) as f64,
            high_ns: all().max().unwrap_or(10) as f64,
            names: names_width(&names),
        }
    }
}

fn latency_name(line: &LatencyLine, series: &Series) -> String {
    format!("{}, {}", series.name(&line.engine, &line.run), due_word(line.due))
}

/// Percentile curves of one label.
pub fn latency(panel: &LatencyPanel, shared: &Shared, series: &Series, width: f64) -> String {
    let is_narrow = width == NARROW;
    let names: Vec<String> = panel.lines.iter().map(|line| latency_name(line, series)).collect();
    let keys = if is_narrow { 17.0 * names.len() as f64 + 18.0 } else { 0.0 };
    let height = if is_narrow { 270.0 } else { 320.0 };
    let edges = Edges {
        left: 56.0,
        top: 22.0,
        right: width - if is_narrow { NARROW_EDGE } else { shared.names },
        bottom: height - 42.0,
    };
    let title = format!("{} latency by percentile", label_word(panel.label));
    let mut drawing = Drawing::new(width, height + keys, &title);
    let tail = |quantile: f64| -(1.0 - quantile).log10();
    let x = Axis::linear(tail(0.5), tail(0.999_99), edges.left, edges.right);
    let y = Axis::log(shared.low_ns, shared.high_ns, edges.bottom, edges.top);
    grid_y(&mut drawing, &y, &edges, 0, time);
    for (at, (quantile, text)) in MARKS.into_iter().enumerate() {
        let place = x.at(tail(quantile));
        drawing.line((place, edges.top), (place, edges.bottom), "grid");
        // On a phone the marks would touch: every other one.
        if !is_narrow || at % 2 == 1 {
            drawing.text(place, edges.bottom + 17.0, Anchor::Middle, "tick", text);
        }
    }
    drawing.text(edges.left, 12.0, Anchor::Start, "axis", "latency, log scale");
    drawing.text(edges.right, edges.bottom + 34.0, Anchor::End, "axis", "messages at or below");
    let mut curves = Vec::new();
    for (line, name) in panel.lines.iter().zip(names) {
        let at = series.at(&line.engine, &line.run);
        let place = |point: &super::content::Percentile| {
            (x.at(tail(point.quantile)), y.at(point.ns.max(1) as f64))
        };
        let points: Vec<(f64, f64)> = line.points.iter().map(place).collect();
        let class = stroke(at, line.due == Due::Service);
        drawing.path(&points, &class);
        for (quantile, text) in MARKS {
            let near = line.points.iter().min_by(|a, b| {
                (a.quantile - quantile).abs().total_cmp(&(b.quantile - quantile).abs())
            });
            if let Some(point) = near
                && tail(point.quantile) >= tail(quantile) - 0.03
            {
                let (px, py) = place(point);
                let says = format!("{name}: {text} at or below {}", time(point.ns as f64));
                drawing.dot(px, py, 3.0, &fill(at), &says);
            }
        }
        curves.push(Curve { name, class, dot: fill(at), points });
    }
    name_curves(&mut drawing, &curves, &edges, is_narrow);
    drawing.done()
}

fn grid_y(drawing: &mut Drawing, y: &Axis, edges: &Edges, wanted: u32, text: fn(f64) -> String) {
    for tick in y.ticks(wanted) {
        let place = y.at(tick);
        drawing.line((edges.left, place), (edges.right, place), "grid");
        drawing.text(edges.left - 6.0, place + 4.0, Anchor::End, "tick", &text(tick));
    }
}

/// What is drawn over the offered rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// What came through.
    Achieved,
    /// How late 99 of 100 were.
    P99,
}

/// Throughput or latency against what was offered.
pub fn load(chart: &LoadChart, what: Against, series: &Series, width: f64) -> String {
    let is_narrow = width == NARROW;
    let name = |line: &super::content::LoadLine| {
        let due = line.due.filter(|_| what == Against::P99);
        let due = due.map_or(String::new(), |due| format!(", {}", due_word(due)));
        format!("{}{due}", series.name(&line.engine, &line.run))
    };
    let names: Vec<String> = chart.lines.iter().map(name).collect();
    let keys = if is_narrow { 17.0 * names.len() as f64 + 18.0 } else { 0.0 };
    let height = 270.0;
    let edges = Edges {
        left: 56.0,
        top: 22.0,
        right: width - if is_narrow { NARROW_EDGE } else { names_width(&names) },
        bottom: height - 42.0,
    };
    let points = || chart.lines.iter().flat_map(|line| &line.points);
    let most = points().map(|point| point.offered_per_s / 1e6).fold(0.0, f64::max);
    let x = Axis::linear(0.0, most, edges.left, edges.right);
    let (title, axis) = match what {
        Against::Achieved => ("Achieved against offered rate", "achieved, 10^6 msg/s"),
        Against::P99 => ("p99 against offered rate", "p99, log scale"),
    };
    let mut drawing = Drawing::new(width, height + keys, title);
    let y = match what {
        Against::Achieved => Axis::linear(0.0, most, edges.bottom, edges.top),
        Against::P99 => {
            let of = |point: &LoadPoint| point.p99_ns.map(|ns| ns as f64);
            let low = points().filter_map(of).fold(f64::INFINITY, f64::min);
            let high = points().filter_map(of).fold(1.0, f64::max);
            Axis::log(low.min(high), high, edges.bottom, edges.top)
        }
    };
    grid_y(&mut drawing, &y, &edges, 5, if what == Against::P99 { time } else { round });
    for tick in x.ticks(if is_narrow { 4 } else { 5 }) {
        let place = x.at(tick);
        drawing.line((place, edges.bottom), (place, edges.bottom + 4.0), "mark");
        drawing.text(place, edges.bottom + 17.0, Anchor::Middle, "tick", &round(tick));
    }
    if what == Against::Achieved {
        drawing.line((x.at(0.0), y.at(0.0)), (x.at(most), y.at(most)), "ideal");
        drawing.text(
            x.at(most * 0.45) - 8.0,
            y.at(most * 0.45) - 8.0,
            Anchor::End,
            "tick",
            "all that is offered",
        );
    }
    drawing.text(edges.left, 12.0, Anchor::Start, "axis", axis);
    drawing.text(edges.right, edges.bottom + 34.0, Anchor::End, "axis", "offered, 10^6 msg/s");
    let mut curves = Vec::new();
    for (line, name) in chart.lines.iter().zip(names) {
        let at = series.at(&line.engine, &line.run);
        let mut places = Vec::new();
        for point in &line.points {
            let value = match what {
                Against::Achieved => point.achieved_per_s / 1e6,
                Against::P99 => match point.p99_ns {
                    Some(ns) => ns as f64,
                    None => continue,
                },
            };
            places.push((x.at(point.offered_per_s / 1e6), y.at(value), point));
        }
        let points: Vec<(f64, f64)> = places.iter().map(|(x, y, _)| (*x, *y)).collect();
        let class = stroke(at, line.due == Some(Due::Service) && what == Against::P99);
        drawing.path(&points, &class);
        for (px, py, point) in places {
            let p99 = point.p99_ns.map_or(String::new(), |ns| format!(", p99 {}", time(ns as f64)));
            let (offered, achieved) = (point.offered_per_s / 1e6, point.achieved_per_s / 1e6);
            let says = format!(
                "{name}: {} of {} million messages a second{p99}",
                number(achieved),
                number(offered)
            );
            drawing.dot(px, py, 3.5, &fill(at), &says);
        }
        curves.push(Curve { name, class, dot: fill(at), points });
    }
    name_curves(&mut drawing, &curves, &edges, is_narrow);
    drawing.done()
}

/// A tick of a linear axis, as short as it can be.
fn round(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Nanoseconds a message by stage.
pub fn stages(chart: &StageChart, series: &Series, width: f64) -> String {
    const STEP: f64 = 30.0;
    let left =
        14.0 + chart.bars.iter().map(|bar| width_of(&bar.stage)).fold(40.0, f64::max).min(140.0);
    let right = width - 150.0;
    let height = STEP * chart.bars.len() as f64 + 34.0;
    let title = format!("ns a message by stage, {}", chart.engine);
    let mut drawing = Drawing::new(width, height, &title);
    let most = chart.bars.iter().map(|bar| bar.speed.worst_ns).fold(0.0, f64::max);
    let x = Axis::linear(0.0, most, left, right);
    let foot = height - 24.0;
    for tick in x.ticks(4) {
        drawing.line((x.at(tick), 4.0), (x.at(tick), foot), "grid");
        drawing.text(x.at(tick), foot + 16.0, Anchor::Middle, "tick", &round(tick));
    }
    drawing.text(width - 4.0, foot + 16.0, Anchor::End, "axis", "ns/msg");
    let class = fill(series.at(&chart.engine, &chart.run));
    for (at, bar) in chart.bars.iter().enumerate() {
        let y = 6.0 + STEP * at as f64;
        let middle = y + 9.0;
        drawing.text(left - 8.0, middle + 4.0, Anchor::End, "name", &bar.stage);
        let (best, worst) = (number(bar.speed.best_ns), number(bar.speed.worst_ns));
        let says =
            format!("{}: {} ns/msg ({best}..{worst})", bar.stage, number(bar.speed.median_ns));
        drawing.bar(left, y, x.at(bar.speed.median_ns) - left, 18.0, &class, &says);
        drawing.line(
            (x.at(bar.speed.best_ns), middle),
            (x.at(bar.speed.worst_ns), middle),
            "whisker",
        );
        let text = match bar.observation.map(|of| of.percent()) {
            Some(percent) => format!("{}  probes {percent:+.1} %", number(bar.speed.median_ns)),
            None => number(bar.speed.median_ns),
        };
        drawing.text(x.at(bar.speed.worst_ns) + 8.0, middle + 4.0, Anchor::Start, "value", &text);
    }
    drawing.done()
}

/// The densities of all rooms, one under the other over one log axis that `all` share.
pub fn densities(chart: &SegmentChart, all: &[&SegmentChart], width: f64) -> String {
    const STEP: f64 = 40.0;
    let is_narrow = width == NARROW;
    let (left, right) = (72.0, width - if is_narrow { NARROW_EDGE } else { 150.0 });
    let height = STEP * chart.lines.len() as f64 + 58.0;
    let title = format!("Probability density of the time in each room, {}", chart.key);
    let mut drawing = Drawing::new(width, height, &title);
    let bins = || all.iter().flat_map(|chart| &chart.lines).flat_map(|line| &line.density);
    let low = bins().map(|bin| bin.from_ns).fold(f64::INFINITY, f64::min);
    let high = bins().map(|bin| bin.from_ns).fold(1.0, f64::max) * 1.16;
    let x = Axis::log(low.min(high), high, left, right);
    let foot = height - 40.0;
    for (at, tick) in x.ticks(0).into_iter().enumerate() {
        drawing.line((x.at(tick), 4.0), (x.at(tick), foot), "grid");
        if !is_narrow || at % 2 == 0 {
            drawing.text(x.at(tick), foot + 16.0, Anchor::Middle, "tick", &time(tick));
        }
    }
    drawing.text(right, foot + 33.0, Anchor::End, "axis", "time in the room, log scale");
    for (at, line) in chart.lines.iter().enumerate() {
        let base = STEP * (at + 1) as f64;
        let most = line.density.iter().map(|bin| bin.share).fold(1e-12, f64::max);
        let mut area = Vec::new();
        for bin in &line.density {
            let top = base - (STEP - 10.0) * bin.share / most;
            // A bin is as wide as its step.
            let next = bin.from_ns * 10f64.powf(1.0 / 16.0);
            area.extend([(x.at(bin.from_ns), top), (x.at(next), top)]);
        }
        if let (Some(first), Some(last)) = (area.first().copied(), area.last().copied()) {
            area.insert(0, (first.0, base));
            area.push((last.0, base));
        }
        drawing.area(&area, if line.room == "sum" { "ridge whole" } else { "ridge" });
        drawing.line((left, base), (right, base), "grid");
        drawing.text(left - 8.0, base - 4.0, Anchor::End, "name", &line.room);
        let latency = &line.latency;
        let says = format!(
            "{}: p50 {}, p99 {}, greatest {}",
            line.room,
            time(latency.p50_ns as f64),
            time(latency.p99_ns as f64),
            time(latency.max_ns as f64)
        );
        drawing.dot(x.at(latency.p50_ns as f64), base, 3.0, "f1", &says);
        drawing.dot(x.at(latency.p99_ns as f64), base, 3.0, "f2", &says);
        if !is_narrow {
            let (p50, p99) = (time(latency.p50_ns as f64), time(latency.p99_ns as f64));
            let text = format!("{p50} / {p99}");
            drawing.text(right + 10.0, base - 4.0, Anchor::Start, "value", &text);
        }
    }
    if !is_narrow {
        drawing.text(right + 10.0, foot + 33.0, Anchor::Start, "axis", "p50 / p99");
    }
    drawing.done()
}

/// Whose a bar is, in one word.
fn side(engine: &str) -> (&'static str, &str) {
    match (engine.strip_prefix(PEER), engine.strip_prefix(BOUND)) {
        (Some(name), _) => ("peer", name),
        (_, Some(name)) => ("bound", name),
        _ => ("ours", engine),
    }
}

/// Ours, peers and bounds as bars of one figure.
pub fn bounds(bars: &[BoundBar], title: &str, value: fn(&BoundBar) -> f64, width: f64) -> String {
    const STEP: f64 = 42.0;
    let right = width - 66.0;
    let height = STEP * bars.len() as f64 + 36.0;
    let mut drawing = Drawing::new(width, height, title);
    drawing.text(0.0, 12.0, Anchor::Start, "axis", title);
    let most = bars.iter().map(value).fold(0.0, f64::max);
    let x = Axis::linear(0.0, most, 1.0, right);
    for (at, bar) in bars.iter().enumerate() {
        let y = 26.0 + STEP * at as f64;
        let (kind, name) = side(&bar.engine);
        let text = format!("{name} ({kind}), {}", bar.what);
        drawing.text(1.0, y + 10.0, Anchor::Start, "name", &text);
        let of = value(bar);
        let says = format!("{}: {} {title}", bar.engine, number(of));
        drawing.bar(1.0, y + 16.0, x.at(of) - 1.0, 12.0, &format!("side-{kind}"), &says);
        drawing.text(x.at(of) + 7.0, y + 26.0, Anchor::Start, "value", &number(of));
    }
    drawing.done()
}

/// A figure over the runs, with its noise band.
pub fn course(course: &Course) -> String {
    const WIDTH: f64 = 320.0;
    const HEIGHT: f64 = 92.0;
    let title = format!("{}: {}", course.name(), course.figure);
    let mut drawing = Drawing::new(WIDTH, HEIGHT, &title);
    let most = course.points.iter().map(|point| point.ns.high_ns).fold(0.0, f64::max);
    let (left, right, top, bottom) = (8.0, WIDTH - 66.0, 10.0, HEIGHT - 22.0);
    let y = Axis::linear(0.0, most, bottom, top);
    let last = course.points.len().saturating_sub(1).max(1) as f64;
    let x = |at: usize| left + (right - left) * at as f64 / last;
    drawing.line((left, bottom), (right, bottom), "grid");
    let place = |pick: fn(&super::content::CoursePoint) -> f64| {
        move |(at, point): (usize, &super::content::CoursePoint)| (x(at), y.at(pick(point)))
    };
    let mut band: Vec<(f64, f64)> =
        course.points.iter().enumerate().map(place(|point| point.ns.high_ns)).collect();
    let low: Vec<(f64, f64)> =
        course.points.iter().enumerate().map(place(|point| point.ns.low_ns)).collect();
    band.extend(low.into_iter().rev());
    drawing.area(&band, "band");
    let line: Vec<(f64, f64)> =
        course.points.iter().enumerate().map(place(|point| point.ns.ns)).collect();
    drawing.path(&line, "stroke h0");
    for ((px, py), point) in line.iter().zip(&course.points) {
        let ns = point.ns;
        let says = format!(
            "{} {}: {} ({}..{}) ns",
            point.started,
            short(&point.commit),
            number(ns.ns),
            number(ns.low_ns),
            number(ns.high_ns)
        );
        let (class, says) = match point.stale.as_slice() {
            [] => ("f0", says),
            pieces => ("stale", format!("{says}; stale: {}", stale::words(pieces))),
        };
        drawing.dot(*px, *py, 2.5, class, &says);
    }
    if let (Some(first), Some(end), Some((_, py))) =
        (course.points.first(), course.points.last(), line.last())
    {
        drawing.text(right + 8.0, py + 4.0, Anchor::Start, "value", &number(end.ns.ns));
        drawing.text(left, HEIGHT - 6.0, Anchor::Start, "tick", day(&first.started));
        drawing.text(right, HEIGHT - 6.0, Anchor::End, "tick", day(&end.started));
    }
    drawing.done()
}

/// The day of a time in UTC.
fn day(started: &str) -> &str {
    started.split('T').next().unwrap_or(started)
}

/// The first digits of a commit.
pub fn short(commit: &str) -> String {
    commit.chars().take(10).collect()
}

/// The label of a chart as its heading says it.
pub fn heading(label: Label) -> String {
    match label {
        Label::Measured => "Measured on this machine".to_owned(),
        Label::Emulated => "Emulated: kernels on a processor, no figure of a card".to_owned(),
        Label::Modelled => "Modelled: simulator cycles at an assumed clock".to_owned(),
        Label::NotMeasured => "Not measured".to_owned(),
    }
}
