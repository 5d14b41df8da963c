//! Which machine this is, how it is set up, and when.

use std::collections::BTreeMap;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use tidegate_pipeline::ticks;
use tidegate_protocol::PROTOCOL_ID;
use tidegate_protocol::kernel::KERNEL_ID;

use crate::clock;
use crate::result::Machine;

fn line(path: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The first value of a key in lines of `key : value`.
fn value(text: &str, key: &str) -> Option<String> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_owned())
}

/// Letters, digits and single hyphens of a name.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<String>>().join("-")
}

/// The caches of the first core, as `L1d 32K, L2 1024K`.
fn caches() -> Option<String> {
    let mut all = Vec::new();
    for index in 0..8 {
        let of =
            |key: &str| line(&format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{key}"));
        let (Some(level), Some(kind), Some(size)) = (of("level"), of("type"), of("size")) else {
            break;
        };
        let kind = match kind.as_str() {
            "Data" => "d",
            "Instruction" => "i",
            _ => "",
        };
        all.push(format!("L{level}{kind} {size}"));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

/// The fingerprint of this machine, now: the load is that before the run.
pub fn fingerprint() -> Machine {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let number = |text: String| text.split_whitespace().next()?.parse::<u64>().ok();
    let memory_mib = value(&meminfo, "MemTotal").and_then(number).unwrap_or(0) / 1024;
    let name = value(&cpuinfo, "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let of = |key| value(&cpuinfo, key).unwrap_or_default();
    let flags = of("flags");
    let has = |flag: &str| flags.split_whitespace().any(|found| found == flag);
    let (family, model) = (of("cpu family"), of("model"));
    let cores = clock::cores().len() as u32;
    let known = |value: Option<String>| value.unwrap_or_else(|| "not readable".to_owned());
    let mut facts = BTreeMap::new();
    let mut put = |key: &str, value: Option<String>| {
        facts.insert(key.to_owned(), known(value));
    };
    put("caches", caches());
    put("cpu_family_model", Some(format!("{family}/{model}")));
    put("clock_source", line("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
    put("governor", line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    put(
        "isolated_cores",
        line("/sys/devices/system/cpu/isolated").or_else(|| Some("none".to_owned())),
    );
    put("protocol_id", Some(format!("{PROTOCOL_ID:016x}")));
    put("kernel_id", Some(format!("{KERNEL_ID:016x}")));
    let path = if ticks::uses_avx512() { "AVX-512 VBMI" } else { "portable" };
    put("ticks_path", Some(path.to_owned()));
    let load =
        line("/proc/loadavg").map(|text| text.split(' ').take(3).collect::<Vec<_>>().join(" "));
    let moment = [
        ("clock_reading_ns", Some(format!("{:.1}", clock::cost_ns()))),
        ("cpu_mhz", value(&cpuinfo, "cpu MHz")),
        ("load_before", load),
    ];
    let moment = moment.map(|(key, value)| (key.to_owned(), known(value)));
    let memory_gib = memory_mib.div_ceil(1024);
    Machine {
        id: slug(&format!("{name} {family} {model} {cores}c {memory_gib}g")),
        cpu: name,
        cores,
        memory_mib,
        os: format!(
            "{} {}",
            line("/proc/sys/kernel/ostype").unwrap_or_else(|| std::env::consts::OS.to_owned()),
            line("/proc/sys/kernel/osrelease").unwrap_or_default()
        ),
        is_virtual: has("hypervisor"),
        facts,
        moment: moment.into(),
    }
}

/// This moment in UTC, as `2026-03-02T09:30:00Z`.
pub fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    utc(since)
}

/// Seconds since 1970 as date and time.
pub fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Years from March on, in eras of 400: a leap day is the last of its year.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(utc(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(utc(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(utc(4_107_542_400), "2100-03-01T00:00:00Z");
        assert_eq!(utc(1_772_443_800), "2026-03-02T09:30:00Z");
    }

    #[test]
    fn an_id_is_a_name_of_a_folder() {
        assert_eq!(slug("AMD EPYC(tm) 9R14 / 2c"), "amd-epyc-tm-9r14-2c");
        let machine = fingerprint();
        assert!(
            machine.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            "{}",
            machine.id
        );
        assert!(machine.cores > 0);
        // What is otherwise each time is no fact of the machine.
        for key in ["clock_reading_ns", "cpu_mhz", "load_before"] {
            assert!(machine.moment.contains_key(key) && !machine.facts.contains_key(key), "{key}");
        }
    }
}
