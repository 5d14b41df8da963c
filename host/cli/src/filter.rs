//! Which messages are shown. A filter never changes a number.

use clap::Args;
use tidegate_protocol::View;
use tidegate_protocol::units::trim_padding;

/// What of the messages is wanted.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters (message numbers stay)")]
pub(crate) struct Filter {
    /// Only these message types, such as 300191
    #[arg(long = "type", value_name = "MSGTYPE", value_delimiter = ',')]
    types: Vec<u32>,
    /// Only these securities, such as 000001
    #[arg(long = "security", value_name = "ID", value_delimiter = ',')]
    securities: Vec<String>,
    /// Only these channels
    #[arg(long = "channel", value_name = "CHANNELNO", value_delimiter = ',')]
    channels: Vec<u16>,
    /// Only messages at or after this time: YYYYMMDDHHMMSSsss or the first digits of it, or
    /// HH:MM[:SS[.sss]] on any day
    #[arg(long, value_name = "TIME", value_parser = bound)]
    from: Option<Bound>,
    /// Only messages up to this time, all that begin with it included
    #[arg(long, value_name = "TIME", value_parser = bound)]
    to: Option<Bound>,
}

/// A time as far as it was written: the first and the last stamp that begin with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    first: i64,
    last: i64,
    /// A time of the day, compared without the date.
    daily: bool,
}

impl Bound {
    fn part(self, time: i64) -> i64 {
        if self.daily { time % 1_000_000_000 } else { time }
    }
}

fn widened(digits: &str, places: usize, daily: bool) -> Option<Bound> {
    let fill = |digit: &str| {
        let missing = places.checked_sub(digits.len())?;
        format!("{digits}{}", digit.repeat(missing)).parse().ok()
    };
    Some(Bound { first: fill("0")?, last: fill("9")?, daily })
}

fn bound(text: &str) -> Result<Bound, String> {
    let wanted = || "wanted YYYYMMDDHHMMSSsss or its first digits, or HH:MM[:SS[.sss]]".to_owned();
    let numeric = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if text.contains(':') {
        let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
        let parts: Vec<&str> = clock.split(':').collect();
        let two = parts.iter().all(|part| part.len() == 2 && numeric(part));
        let limits = parts.iter().zip([24, 60, 60]);
        let possible =
            limits.clone().all(|(part, limit)| part.parse().is_ok_and(|n: u8| n < limit));
        let fits = parts.len() == 2 && fraction.is_empty() && !text.contains('.')
            || parts.len() == 3 && fraction.len() <= 3 && numeric(fraction);
        if !two || !possible || !fits {
            return Err(wanted());
        }
        return widened(&(parts.concat() + fraction), 9, true).ok_or_else(wanted);
    }
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | 'T')).collect();
    let whole = matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14..=17);
    if !whole || !numeric(&digits) || digits.starts_with('0') {
        return Err(wanted());
    }
    widened(&digits, 17, false).ok_or_else(wanted)
}

impl Filter {
    /// Whether a message of this type may be shown at all.
    pub(crate) fn takes_type(&self, msg_type: u32) -> bool {
        self.types.is_empty() || self.types.contains(&msg_type)
    }

    /// Whether anything but the type is asked for.
    pub(crate) fn asks_content(&self) -> bool {
        !self.securities.is_empty()
            || !self.channels.is_empty()
            || self.from.is_some()
            || self.to.is_some()
    }

    /// Whether a message has what is asked for; one without the field has not.
    pub(crate) fn takes(&self, view: &View<'_>) -> bool {
        let number = |name| view.field(name).and_then(|value| value.number());
        if !self.securities.is_empty() {
            let Some(security) = view.field("SecurityID").and_then(|value| value.text()) else {
                return false;
            };
            if !self.securities.iter().any(|id| trim_padding(id.as_bytes()) == security) {
                return false;
            }
        }
        if !self.channels.is_empty() {
            let Some(channel) = number("ChannelNo") else { return false };
            if !self.channels.iter().any(|wanted| i64::from(*wanted) == channel) {
                return false;
            }
        }
        if self.from.is_some() || self.to.is_some() {
            let Some(time) = number("TransactTime").or_else(|| number("OrigTime")) else {
                return false;
            };
            let early = self.from.is_some_and(|from| from.part(time) < from.first);
            let late = self.to.is_some_and(|to| to.part(time) > to.last);
            if early || late {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_stands_for_all_that_begin_with_it() {
        let day = bound("20230201").expect("a day");
        assert_eq!((day.first, day.last), (20230201000000000, 20230201999999999));
        let minute = bound("20230201 0930").expect("a minute");
        assert_eq!((minute.first, minute.last), (20230201093000000, 20230201093099999));
        let second = bound("20230201T093000").expect("a second");
        assert_eq!((second.first, second.last), (20230201093000000, 20230201093000999));
        let daily = bound("09:30:00.5").expect("a time of the day");
        assert_eq!((daily.first, daily.last, daily.daily), (93000500, 93000599, true));
        let minute = bound("09:30").expect("a minute of any day");
        assert_eq!((minute.first, minute.last), (93000000, 93099999));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in
            ["", "9:30", "0930", "25:00", "09:60", "09:30.5", "09:30:00.1234", "2023020", "x"]
        {
            assert!(bound(bad).is_err(), "{bad}");
        }
    }
}
