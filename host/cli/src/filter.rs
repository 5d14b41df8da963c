//! Which messages are shown. A filter never changes a number.

use clap::Args;
use tidegate_protocol::View;
use tidegate_protocol::units::trim_padding;

use crate::args::number;

/// What of the messages is wanted.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Filters (message numbers stay)")]
pub(crate) struct Filter {
    /// Only these message types, such as 300191
    #[arg(long = "type", value_name = "MSGTYPE", value_delimiter = ',',
        value_parser = number::<u32>("a message type such as 300191"))]
    types: Vec<u32>,
    /// Only these securities, such as 000001
    #[arg(long = "security", value_name = "ID", value_delimiter = ',')]
    securities: Vec<String>,
    /// Only these channels
    #[arg(long = "channel", value_name = "CHANNELNO", value_delimiter = ',',
        value_parser = number::<u16>("a channel such as 2011"))]
    channels: Vec<u16>,
    /// Only messages at or after this time: YYYYMMDDHHMMSSsss or the first digits of it, or
    /// YYYY-MM-DD [HH:MM[:SS[.sss]]], or HH:MM[:SS[.sss]] on any day
    #[arg(long, value_name = "TIME", value_parser = bound)]
    from: Option<Bound>,
    /// Only messages up to this time, all that begin with it included
    #[arg(long, value_name = "TIME", value_parser = bound)]
    to: Option<Bound>,
    /// Only streams whose name this is or stands in, such as 10.0.0.2:40001; of .beats only the
    /// session of this number
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,
    /// Only streams from or to this port (captures)
    #[arg(long, value_name = "PORT", value_parser = number::<u16>("a port such as 5016"))]
    pub(crate) port: Option<u16>,
}

/// The ports of a stream such as `tcp:10.0.0.1:5016>[::1]:40001#2`; none for a number.
fn ports(name: &str) -> Option<[u16; 2]> {
    let (from, to) = name.split_once('>')?;
    let to = to.split_once('#').map_or(to, |(to, _)| to);
    let port = |end: &str| end.rsplit_once(':')?.1.parse().ok();
    Some([port(from)?, port(to)?])
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

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of HH:MM[:SS[.sss]].
fn clock(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = whole.split(':').collect();
    let fits = parts.len() == 2 && whole == text
        || parts.len() == 3 && fraction.len() <= 3 && (whole == text || is_number(fraction));
    let mut digits = String::new();
    for (part, limit) in parts.iter().zip([24u8, 60, 60]) {
        // Only the hour may have one digit.
        let long = part.len() == 2 || part.len() == 1 && digits.is_empty();
        let number: u8 = part.parse().ok()?;
        if !long || !is_number(part) || number >= limit {
            return None;
        }
        digits += &format!("{number:02}");
    }
    fits.then(|| digits + fraction)
}

/// The digits of YYYY-MM-DD or YYYYMMDD.
fn date(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    (matches!(lengths[..], [8] | [4, 2, 2]) && parts.iter().all(|part| is_number(part)))
        .then(|| parts.concat())
}

fn bound(text: &str) -> Result<Bound, String> {
    let wanted = "wanted YYYYMMDDHHMMSSsss or its first digits, YYYY-MM-DD [HH:MM[:SS[.sss]]], or \
                  HH:MM[:SS[.sss]]";
    let read = || {
        let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
        if time.is_empty() && day == text && text.contains(':') {
            return widened(&clock(text)?, 9, true);
        }
        let digits = match (text.contains('-'), time.contains(':')) {
            (false, false) => day.to_owned() + time,
            (true, false) if day == text => date(day)?,
            (_, true) => date(day)? + &clock(time)?,
            (true, false) => return None,
        };
        let whole = matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14..=17);
        let fits = whole && is_number(&digits) && !digits.starts_with('0');
        if fits { widened(&digits, 17, false) } else { None }
    };
    read().ok_or_else(|| wanted.to_owned())
}

impl Filter {
    /// Whether the messages of a stream may be shown at all, by its name or number.
    pub(crate) fn takes_stream(&self, name: &str) -> bool {
        let named = self.flow.as_deref().is_none_or(|flow| {
            // What is a whole name is not meant as part of another.
            let whole = flow.starts_with("tcp:") || flow.starts_with("udp:");
            let exact = ports(name).is_none() || whole && ports(flow).is_some();
            if exact { name == flow } else { name.contains(flow) }
        });
        let at_port =
            self.port.is_none_or(|port| ports(name).is_some_and(|ends| ends.contains(&port)));
        named && at_port
    }

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

    /// Shows C10.
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
        for (text, same) in [
            ("2023-02-01", "20230201"),
            ("2023-02-01 09:30", "202302010930"),
            ("20230201 09:30", "202302010930"),
            ("2023-02-01 09:30:00", "20230201093000"),
            ("2023-02-01T09:30:00.000", "20230201093000000"),
            ("9:30", "09:30"),
        ] {
            assert_eq!(bound(text), bound(same), "{text}");
        }
        let minute = bound("09:30").expect("a minute of any day");
        assert_eq!((minute.first, minute.last), (93000000, 93099999));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "0930",
            "25:00",
            "09:60",
            "9:3",
            "09:30.5",
            "09:30:00.",
            "09:30:00.1234",
            "2023020",
            "x",
            "2023-2-1",
            "2023-02-01 ",
            "2023-02-01 25:00",
            "2023-02-01 0930",
            "20230201-0930",
        ] {
            assert!(bound(bad).is_err(), "{bad}");
        }
    }
    /// Shows C4, C10.
    #[test]
    fn streams_are_taken_by_name_and_port() {
        let name = "tcp:10.0.0.1:5016>[::1]:40001";
        let flow = |flow: &str| Filter { flow: Some(flow.to_owned()), ..Filter::default() };
        for part in ["10.0.0.1", "[::1]:40001", "tcp:", name, "tcp:10.0.0.1:5016"] {
            assert!(flow(part).takes_stream(name), "{part}");
        }
        assert!(!flow("40002").takes_stream(name));
        assert!(!flow(name).takes_stream(&format!("{name}#2")));
        assert!(!flow(&name[..name.len() - 1]).takes_stream(name));
        assert!(flow("17").takes_stream("17") && !flow("1").takes_stream("17"));
        let port = |port| Filter { port: Some(port), ..Filter::default() };
        for (number, yes) in [(5016, true), (40001, true), (4000, false), (1, false)] {
            assert_eq!(port(number).takes_stream(name), yes);
            assert_eq!(port(number).takes_stream(&format!("{name}#2")), yes);
        }
    }
}
