//! The verdict: the policy over what was measured.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::measurement::{Finding, Label, Measurement, Part, Value};
use crate::policy::{Incomplete, Indicator, Lowered, Minimum, Policy, Stage, Veto, Waiver};

/// How an indicator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// At its floor or better, and no veto.
    Pass,
    /// Worse than its floor, or a veto.
    Fail,
    /// It fails, and a valid waiver bears it.
    Waived,
    /// Nothing is known, which is never a pass.
    NotMeasured,
}

impl State {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Waived => "WAIVED",
            Self::NotMeasured => "NOT_MEASURED",
        }
    }
}

/// How the gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Go on.
    Pass,
    /// Something that must be known is not.
    Incomplete,
    /// Something is wrong.
    Fail,
}

impl Verdict {
    /// As it is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Incomplete => "INCOMPLETE",
            Self::Fail => "FAIL",
        }
    }
}

/// One indicator judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Id of the indicator.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Of value, floor and target.
    pub unit: String,
    /// What was found.
    pub value: Value,
    /// Figures beside it.
    pub figures: BTreeMap<String, f64>,
    /// How the value came about.
    pub label: Label,
    /// The policy's floor.
    pub policy_floor: f64,
    /// The floor that was used: the policy's, or what the last release reached, less the tolerance.
    pub floor: f64,
    /// Scores 100.
    pub target: f64,
    /// Its part of the score.
    pub weight: f64,
    /// Whether this stage demands it.
    pub is_demanded: bool,
    /// What it is worth, 0 to 100; none without a value.
    pub score: Option<f64>,
    /// How it stands.
    pub state: State,
    /// Why, a line each: vetoes, floor, waiver, what kept it from being measured.
    pub reasons: Vec<String>,
    /// Where the standards ask for it.
    pub clause: String,
    /// How it is computed.
    pub formula: String,
    /// Which reading was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Why it is measured.
    pub why: String,
    /// What to do when it is red.
    pub when_red: String,
    /// What it was read from.
    pub source: String,
    /// What made it.
    pub tool: String,
    /// Places that pull it down, worst first.
    pub findings: Vec<Finding>,
    /// Its parts.
    pub parts: Vec<Part>,
}

impl Row {
    /// What the sum loses by it, in points of 100 weights.
    pub fn lost(&self) -> f64 {
        self.weight * (100.0 - self.score.unwrap_or(0.0)) / 100.0
    }
}

/// A judgement of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Which stage.
    pub stage: Stage,
    /// How it stands.
    pub verdict: Verdict,
    /// Weighted mean over what was measured, 0 to 100; none when nothing was.
    pub score: Option<f64>,
    /// The least that the stage demands.
    pub least_score: f64,
    /// Share of the weight that was measured, in percent.
    pub measured: f64,
    /// The least that the stage demands.
    pub least_measured: f64,
    /// What an incomplete gate does here.
    pub incomplete: Incomplete,
    /// Why it is no pass, a line each.
    pub reasons: Vec<String>,
    /// The indicators, as the policy has them.
    pub rows: Vec<Row>,
    /// Waivers that were used, or are still open.
    pub waivers: Vec<Waiver>,
}

impl Judgement {
    /// Exit code: 0 go on, 1 fail, 3 incomplete where that blocks. 2 is kept for a gate that could not judge.
    pub fn exit_code(&self) -> u8 {
        match (self.verdict, self.incomplete) {
            (Verdict::Pass, _) | (Verdict::Incomplete, Incomplete::Warn) => 0,
            (Verdict::Fail, _) => 1,
            (Verdict::Incomplete, Incomplete::Block) => 3,
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Id of the indicator.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What to do, with its worst place.
    pub text: String,
    /// Points of 100 that it is worth.
    pub points: f64,
}

impl Judgement {
    /// The steps that help most: what fails first, then what is demanded and unknown, then what loses most.
    pub fn next_steps(&self, count: usize) -> Vec<Step> {
        let rank = |row: &Row| match row.state {
            State::Fail => 0,
            State::NotMeasured if row.is_demanded => 1,
            State::Waived | State::Pass => 2,
            State::NotMeasured => 3,
        };
        let mut rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| rank(row) < 2 || rank(row) == 2 && row.lost() > 0.05)
            .collect();
        rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.lost().total_cmp(&a.lost())));
        let step = |row: &Row| {
            let what = match (&row.value, row.findings.first()) {
                (Value::NotMeasured(why), _) => format!("measure it ({why})"),
                (Value::Measured(_), Some(finding)) => {
                    format!("{} ({}: {})", row.when_red, finding.at, finding.what)
                }
                (Value::Measured(_), None) => row.when_red.clone(),
            };
            Step { id: row.id.clone(), title: row.title.clone(), text: what, points: row.lost() }
        };
        rows.into_iter().take(count).map(step).collect()
    }
}

/// What was demanded and reached before, as the ledger keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    /// The demands of the last record, by indicator.
    pub demands: BTreeMap<String, Demand>,
    /// The demands of the last record on each stage.
    pub stages: Vec<Minimum>,
    /// Values of the last release that passed, by indicator.
    pub released: BTreeMap<String, f64>,
}

/// What a policy demands of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// Scores 0.
    pub floor: f64,
    /// Scores 100.
    pub target: f64,
    /// Part of the score.
    pub weight: f64,
    /// First stage that demands it.
    pub from: Stage,
    /// Whether only the stage hardware counts it.
    #[serde(default)]
    pub needs_card: bool,
    /// How far it may fall behind the last release.
    #[serde(default)]
    pub ratchet_tolerance: Option<f64>,
    /// What fails the gate.
    #[serde(default)]
    pub veto: Vec<Veto>,
}

impl From<&Indicator> for Demand {
    fn from(indicator: &Indicator) -> Self {
        Self {
            floor: indicator.floor,
            target: indicator.target,
            weight: indicator.weight,
            from: indicator.from,
            needs_card: indicator.needs_card,
            ratchet_tolerance: indicator.ratchet_tolerance,
            veto: indicator.veto.clone(),
        }
    }
}

/// Why measurements cannot be judged.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum JudgeError {
    /// The policy knows no such stage.
    #[error("the policy says nothing of the stage {0}")]
    NoStage(Stage),
    /// Something was measured that the policy does not know.
    #[error("{0} was measured and is no indicator of the policy")]
    Unknown(String),
    /// One indicator has two measurements.
    #[error("{0} was measured twice")]
    Twice(String),
}

/// Ids of what the gate finds by itself, when the policy has them.
pub mod own {
    /// Waivers that are expired, or name no failing indicator's id of the policy.
    pub const WAIVERS: &str = "V03";
    /// The chain of the ledger.
    pub const LEDGER: &str = "V04";
    /// A threshold made easier without a reason.
    pub const LOWERED: &str = "V05";
}

/// How far away the end of a waiver may be: what is borne for longer is a demand that was lowered.
const LONGEST_WAIVER_DAYS: i32 = 180;

/// Judges a stage.
///
/// # Errors
/// When policy and measurements do not fit together.
pub fn judge(
    policy: &Policy,
    stage: Stage,
    measurements: Vec<Measurement>,
    before: &Before,
    today: Date,
) -> Result<Judgement, JudgeError> {
    let minimum = policy.minimum(stage).ok_or(JudgeError::NoStage(stage))?;
    let mut found = BTreeMap::new();
    let own = [waivers(policy, today), lowered(policy, before)];
    let own = own.into_iter().filter(|own| policy.indicator(&own.indicator).is_some());
    for measurement in measurements.into_iter().chain(own) {
        let id = measurement.indicator.clone();
        if policy.indicator(&id).is_none() {
            return Err(JudgeError::Unknown(id));
        }
        if found.insert(id.clone(), measurement).is_some() {
            return Err(JudgeError::Twice(id));
        }
    }
    let rows: Vec<Row> = policy
        .indicator
        .iter()
        .map(|indicator| {
            let measurement = found.remove(&indicator.id).unwrap_or_else(|| {
                Measurement::none(&indicator.id, "nothing measured it in this run")
            });
            row(policy, indicator, stage, measurement, before, today)
        })
        .collect();
    Ok(sum(policy, stage, minimum, rows))
}

fn row(
    policy: &Policy,
    indicator: &Indicator,
    stage: Stage,
    measurement: Measurement,
    before: &Before,
    today: Date,
) -> Row {
    let floor = floor(indicator, before);
    let number = measurement.value.number();
    let mut reasons = Vec::new();
    let mut has_failed = measurement.is_broken;
    match &measurement.value {
        Value::NotMeasured(why) => reasons.push(why.clone()),
        Value::Measured(value) => {
            if indicator.weight > 0.0 && indicator.is_worse(*value, floor) {
                has_failed = true;
                let ratchet =
                    if floor == indicator.floor { "" } else { " that the last release set" };
                reasons.push(format!("{value} is worse than the floor {floor}{ratchet}"));
            }
        }
    }
    for veto in indicator.veto.iter().filter(|veto| stage >= veto.from) {
        let (is_struck, text) = strike(veto, number, &measurement);
        has_failed |= is_struck;
        reasons.extend(text);
    }
    let state = match (has_failed, number) {
        (true, _) => State::Fail,
        (false, Some(_)) => State::Pass,
        (false, None) => State::NotMeasured,
    };
    let waiver = policy.waiver.iter().find(|waiver| {
        waiver.indicator == indicator.id && defects(policy, waiver, today).is_empty()
    });
    let state = match (state, waiver) {
        (State::Fail, Some(waiver)) => {
            reasons.push(format!(
                "waived until {} by {}: {} ({})",
                waiver.expires, waiver.approver, waiver.reason, waiver.id
            ));
            State::Waived
        }
        _ => state,
    };
    Row {
        id: indicator.id.clone(),
        title: indicator.title.clone(),
        unit: indicator.unit.clone(),
        value: measurement.value,
        figures: measurement.figures,
        label: measurement.label,
        policy_floor: indicator.floor,
        floor,
        target: indicator.target,
        weight: indicator.weight,
        is_demanded: is_counted(indicator, stage) && stage >= indicator.from,
        score: number.map(|value| indicator.score(value, floor)),
        state,
        reasons,
        clause: indicator.clause.clone(),
        formula: indicator.formula.clone(),
        definition: indicator.definition.clone(),
        why: indicator.why.clone(),
        when_red: indicator.when_red.clone(),
        source: measurement.source,
        tool: measurement.tool,
        findings: measurement.findings,
        parts: measurement.parts,
    }
}

/// Whether a veto strikes, and the reason. One whose figure is absent beside a value strikes: what was not
/// looked at must not pass.
fn strike(veto: &Veto, number: Option<f64>, measurement: &Measurement) -> (bool, Option<String>) {
    let figure = match &veto.figure {
        None => number,
        Some(name) => measurement.figures.get(name).copied(),
    };
    match (figure, number) {
        (Some(figure), _) if veto.strikes(figure) || figure.is_nan() => {
            (true, Some(format!("veto: {figure}, {}", veto.text())))
        }
        (Some(_), _) | (None, None) => (false, None),
        (None, Some(_)) => (true, Some(format!("veto: no figure to hold against {}", veto.text()))),
    }
}

/// The policy's floor, or what the last release reached less the tolerance, whichever is harder.
fn floor(indicator: &Indicator, before: &Before) -> f64 {
    let (Some(tolerance), Some(reached)) =
        (indicator.ratchet_tolerance, before.released.get(&indicator.id))
    else {
        return indicator.floor;
    };
    let (kept, limit) = if indicator.lower_is_better() {
        (reached + tolerance, f64::max as fn(f64, f64) -> f64)
    } else {
        (reached - tolerance, f64::min as fn(f64, f64) -> f64)
    };
    // Never beyond the target: what is as good as was wished cannot fail.
    let kept = limit(kept, indicator.target);
    if indicator.is_worse(indicator.floor, kept) { kept } else { indicator.floor }
}

/// Whether the weight of an indicator is part of this stage's sum.
fn is_counted(indicator: &Indicator, stage: Stage) -> bool {
    !indicator.needs_card || stage == Stage::Hardware
}

fn sum(policy: &Policy, stage: Stage, minimum: &Minimum, rows: Vec<Row>) -> Judgement {
    let is_counted =
        |row: &Row| policy.indicator(&row.id).is_some_and(|indicator| is_counted(indicator, stage));
    let counted = rows.iter().filter(|row| is_counted(row));
    let (mut all, mut weight, mut points) = (0.0, 0.0, 0.0);
    for row in counted {
        all += row.weight;
        if let Some(score) = row.score {
            weight += row.weight;
            points += row.weight * score;
        }
    }
    let score = (weight > 0.0).then(|| points / weight);
    // A gate of vetoes alone has no weight, and nothing of it is missing.
    let measured = if all > 0.0 { 100.0 * weight / all } else { 100.0 };
    let mut reasons = Vec::new();
    let mut verdict = Verdict::Pass;
    // What is wrong first, then what is unknown.
    for row in rows.iter().filter(|row| row.state == State::Fail) {
        verdict = Verdict::Fail;
        let why = row.reasons.first().map_or("", String::as_str);
        reasons.push(format!("{} {}: {why}", row.id, row.title));
    }
    if let Some(score) = score
        && score < minimum.score
    {
        verdict = Verdict::Fail;
        reasons.push(format!("score {score:.1}, {} is the least at {stage}", minimum.score));
    }
    for row in rows.iter().filter(|row| row.is_demanded && row.state == State::NotMeasured) {
        verdict = verdict.max(Verdict::Incomplete);
        let why = row.reasons.first().map_or("", String::as_str);
        reasons.push(format!("{} was not measured: {why}", row.id));
    }
    if measured < minimum.measured {
        verdict = verdict.max(Verdict::Incomplete);
        reasons.push(format!(
            "{measured:.1} % of the weight was measured, {} % is the least at {stage}",
            minimum.measured
        ));
    }
    Judgement {
        stage,
        verdict,
        score,
        least_score: minimum.score,
        measured,
        least_measured: minimum.measured,
        incomplete: minimum.incomplete,
        reasons,
        rows,
        waivers: policy.waiver.clone(),
    }
}

/// What is wrong with a waiver, a line each.
fn defects(policy: &Policy, waiver: &Waiver, today: Date) -> Vec<String> {
    let mut defects = Vec::new();
    for (name, text) in [
        ("id", &waiver.id),
        ("reason", &waiver.reason),
        ("mitigation", &waiver.mitigation),
        ("owner", &waiver.owner),
        ("approver", &waiver.approver),
    ] {
        if text.trim().is_empty() {
            defects.push(format!("{name} is empty"));
        }
    }
    if policy.indicator(&waiver.indicator).is_none() {
        defects.push(format!("no indicator {}", waiver.indicator));
    }
    if [own::WAIVERS, own::LEDGER, own::LOWERED].contains(&waiver.indicator.as_str()) {
        defects.push("a waiver cannot bear what is wrong with the gate itself".to_owned());
    }
    if waiver.expires < today {
        defects.push(format!("expired on {}", waiver.expires));
    }
    if today.until(waiver.expires).map_or(true, |time| time.get_days() > LONGEST_WAIVER_DAYS) {
        defects.push(format!(
            "expires on {}, more than {LONGEST_WAIVER_DAYS} days from now",
            waiver.expires
        ));
    }
    defects
}

/// V03: waivers that do not count.
fn waivers(policy: &Policy, today: Date) -> Measurement {
    let mut measurement = Measurement::new(own::WAIVERS, 0.0, "the policy's waivers", "gate");
    let mut ids = BTreeSet::new();
    let mut bad = 0.0;
    for waiver in &policy.waiver {
        let mut defects = defects(policy, waiver, today);
        if !ids.insert(&waiver.id) {
            defects.push("its id comes twice".to_owned());
        }
        if !defects.is_empty() {
            bad += 1.0;
            measurement = measurement.finding(format!("waiver {}", waiver.id), defects.join("; "));
        }
    }
    measurement.value = Value::Measured(bad);
    measurement
}

/// V05: what is easier than it was in the last record, without a word.
fn lowered(policy: &Policy, before: &Before) -> Measurement {
    let mut measurement =
        Measurement::new(own::LOWERED, 0.0, "the last record of the ledger", "gate");
    let mut count = 0.0;
    for change in easier(policy, before) {
        if !policy.lowered.iter().any(|lowered| change.is_said_by(lowered)) {
            count += 1.0;
            let what = format!("{} was {} and is {}", change.what, change.was, change.now);
            measurement = measurement.finding(change.of, what);
        }
    }
    measurement.value = Value::Measured(count);
    measurement
}

/// A demand that became easier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Easier {
    /// Indicator or stage.
    pub of: String,
    /// What of it, as [`Lowered::what`] has it.
    pub what: String,
    /// As it was.
    pub was: String,
    /// As it is.
    pub now: String,
}

impl Easier {
    /// Whether this entry of the policy speaks of it.
    pub fn is_said_by(&self, lowered: &Lowered) -> bool {
        (&lowered.of, &lowered.what, &lowered.was, &lowered.now)
            == (&self.of, &self.what, &self.was, &self.now)
    }
}

/// What is easier than it was.
pub fn easier(policy: &Policy, before: &Before) -> Vec<Easier> {
    let mut found = Vec::new();
    for (id, was) in &before.demands {
        let mut add = |what: &str, was: String, now: String| {
            found.push(Easier { of: id.clone(), what: what.to_owned(), was, now });
        };
        let Some(indicator) = policy.indicator(id) else {
            add("removed", format!("weight {}", was.weight), "gone".to_owned());
            continue;
        };
        let now = Demand::from(indicator);
        // The direction is that of the record: turning it round must not hide a lower floor.
        let worse =
            |now: f64, then: f64| if was.target < was.floor { now > then } else { now < then };
        if worse(now.floor, was.floor) {
            add("floor", was.floor.to_string(), now.floor.to_string());
        }
        if worse(now.target, was.target) {
            add("target", was.target.to_string(), now.target.to_string());
        }
        if now.weight < was.weight {
            add("weight", was.weight.to_string(), now.weight.to_string());
        }
        if now.from > was.from {
            add("from", was.from.to_string(), now.from.to_string());
        }
        if now.needs_card && !was.needs_card {
            add("needs_card", "false".to_owned(), "true".to_owned());
        }
        let tolerance = |demand: &Demand| demand.ratchet_tolerance.unwrap_or(f64::INFINITY);
        if tolerance(&now) > tolerance(was) {
            add("ratchet_tolerance", tolerance(was).to_string(), tolerance(&now).to_string());
        }
        for veto in &was.veto {
            let is_kept = now.veto.iter().any(|now| covers(now, veto));
            if !is_kept {
                let with: Vec<String> = now
                    .veto
                    .iter()
                    .map(|veto| format!("{} from {}", veto.text(), veto.from))
                    .collect();
                let now = if with.is_empty() { "none".to_owned() } else { with.join(", ") };
                add("veto", format!("{} from {}", veto.text(), veto.from), now);
            }
        }
    }
    for was in &before.stages {
        let mut add = |what: &str, then: String, now: String| {
            found.push(Easier { of: was.name.to_string(), what: what.to_owned(), was: then, now });
        };
        let Some(now) = policy.minimum(was.name) else {
            add("removed", format!("score {}", was.score), "gone".to_owned());
            continue;
        };
        if now.score < was.score {
            add("score", was.score.to_string(), now.score.to_string());
        }
        if now.measured < was.measured {
            add("measured", was.measured.to_string(), now.measured.to_string());
        }
        if (was.incomplete, now.incomplete) == (Incomplete::Block, Incomplete::Warn) {
            add("incomplete", "block".to_owned(), "warn".to_owned());
        }
    }
    found
}

/// Whether a veto strikes wherever another does.
fn covers(now: &Veto, was: &Veto) -> bool {
    now.figure == was.figure
        && now.from <= was.from
        && match (was.above, was.below) {
            (Some(limit), _) => now.above.is_some_and(|now| now <= limit),
            (None, Some(limit)) => now.below.is_some_and(|now| now >= limit),
            (None, None) => true,
        }
}
