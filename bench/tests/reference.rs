//! The reference program in C and the native engine, written apart, say the same of the bundled day, and of one full of
//! what should not be.

use std::path::{Path, PathBuf};

use tidegate_bench::Random;
use tidegate_bench::reference::{Compared, FEED, SETUP, SOURCE, compare, compare_on, messages_of};
use tidegate_pipeline::Setup;
use tidegate_protocol::frame;
use tidegate_protocol::limits::{HEADER_BYTES, TRAILER_BYTES};
use tidegate_protocol::message::{AuctionOrder, AuctionTrade, SnapshotHead};
use tidegate_protocol::msg_type;
use tidegate_protocol::units::Timestamp;

/// A file of the folder `bench`.
fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Whether the reference ran; without a compiler it says so, and in CI it fails.
fn ran(compared: &Compared) -> bool {
    for left_out in &compared.left_out {
        assert!(std::env::var_os("CI").is_none(), "{}: {}", left_out.what, left_out.why);
        println!("skipped: {}: {}", left_out.what, left_out.why);
    }
    compared.left_out.is_empty()
}

/// Whether both made the same of it; figures stand only where they did.
fn agree(compared: &Compared) -> bool {
    let holds = compared.rows[0].digest.as_ref().is_some_and(|check| check.holds());
    assert!(compared.rows.iter().all(|row| row.throughput.is_some() == holds));
    assert_eq!(compared.each_ns.is_empty(), !holds);
    holds
}

fn compare_bytes(source: &Path, feed: &[u8]) -> Compared {
    let setup = Setup::load(&file(SETUP)).expect("the setup");
    compare_on(source, feed, &setup, 1, 1).expect("both run")
}

/// Shows H34.
#[test]
fn the_reference_agrees_with_the_native_engine() {
    let compared = compare(&file(""), 1, 1).expect("both run");
    if !ran(&compared) {
        return;
    }
    let [c, native] = &compared.rows[..] else { panic!("{:?}", compared.rows) };
    assert!(agree(&compared), "{:?}", c.digest);
    assert_eq!((c.messages, c.accepted, c.rejected), (native.messages, native.accepted, 0));
    assert!(c.note.contains("16 orders") && native.note.contains("16 orders"), "{}", c.note);
    // What each is given, and from which files.
    assert!(native.from.contains("packets of up to 1448 bytes"), "{}", native.from);
    assert!(c.from.contains("one buffer") && c.note.contains("a message at a time"));
    for row in [c, native] {
        assert!(row.note.contains("SHA-256 of reference.c "), "{}", row.note);
        assert!(row.note.contains("setup.toml ") && row.note.contains("market-day.pcap.gz "));
    }
    for (engine, each_ns) in &compared.each_ns {
        assert_eq!(each_ns.len() as u64, c.messages, "{engine}");
    }
}

/// A folder of definitions has a reference of its own, or none: never that of where this was built.
#[test]
fn the_reference_is_that_of_the_folder() {
    let place = tempfile::tempdir().expect("a folder");
    let error = compare(place.path(), 1, 1).expect_err("no reference").to_string();
    let wanted = place.path().join(SOURCE).display().to_string();
    assert!(error.contains(&wanted), "{error}");
}

/// The bundled day, where one message of ten comes again, is changed, or is damaged; every body is whole.
fn rough_day() -> Vec<u8> {
    let day = messages_of(&file(FEED)).expect("the feed");
    let mut random = Random(5);
    let mut rough = Vec::new();
    let mut rest = &day[..];
    while let Some(length) = frame::holds(rest) {
        let (message, behind) = rest.split_at(length);
        rest = behind;
        let mut message = message.to_vec();
        let kind = u32::from_be_bytes(message[..4].try_into().expect("a type"));
        let body = HEADER_BYTES..length - TRAILER_BYTES;
        let time_at = match kind {
            msg_type::AUCTION_TRADE => AuctionTrade::TRANSACT_TIME_AT,
            msg_type::AUCTION_ORDER => AuctionOrder::TRANSACT_TIME_AT,
            msg_type::AUCTION_SNAPSHOT | msg_type::INDEX_SNAPSHOT => SnapshotHead::ORIG_TIME_AT,
            _ => usize::MAX,
        };
        let is_trade = kind == msg_type::AUCTION_TRADE;
        let fields = &mut message[body];
        match random.below(100) {
            // Again, at another price: its number is known.
            0 => rough.extend_from_slice(&changed(fields, kind, |fields| {
                if is_trade {
                    fields[AuctionTrade::LAST_PX_AT + 7] ^= 0x15;
                }
            })),
            1 if is_trade => fields[AuctionTrade::LAST_PX_AT..][..8].fill(0),
            2 if is_trade => fields[AuctionTrade::LAST_PX_AT] = 0x80,
            3 if is_trade => fields[AuctionTrade::LAST_QTY_AT] = 0x80,
            4 if is_trade => fields[AuctionTrade::EXEC_TYPE_AT] = b'4',
            5 if is_trade => fields[AuctionTrade::SECURITY_ID_SOURCE_AT + 2] = b'3',
            6 if is_trade => fields[AuctionTrade::SECURITY_ID_SOURCE_AT + 3] = 0,
            7 if is_trade => fields[AuctionTrade::SECURITY_ID_AT + 6..][..2].fill(0),
            8 if is_trade => fields[AuctionTrade::SECURITY_ID_AT] = b'9',
            // Some milliseconds ahead of everything else.
            9..=14 if time_at != usize::MAX => {
                let field = &mut fields[time_at..][..8];
                let time = i64::from_be_bytes(field.try_into().expect("8 bytes"));
                let ahead = Timestamp(time + 1 + random.below(9) as i64);
                if ahead.is_possible() {
                    field.copy_from_slice(&ahead.0.to_be_bytes());
                }
            }
            _ => {}
        }
        frame::seal(&mut message);
        if random.below(100) == 0 {
            let at = HEADER_BYTES + random.below((length - HEADER_BYTES) as u64) as usize;
            message[at] ^= 1 << random.below(8);
        }
        rough.extend_from_slice(&message);
    }
    rough
}

/// A message whose body is a changed copy.
fn changed(body: &[u8], kind: u32, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut message = kind.to_be_bytes().to_vec();
    message.extend_from_slice(&(body.len() as u32).to_be_bytes());
    message.extend_from_slice(body);
    message.extend_from_slice(&[0; TRAILER_BYTES]);
    change(&mut message[HEADER_BYTES..HEADER_BYTES + body.len()]);
    frame::seal(&mut message);
    message
}

/// Shows H34.
#[test]
fn they_agree_where_much_is_wrong() {
    let compared = compare_bytes(&file(SOURCE), &rough_day());
    if ran(&compared) {
        assert!(agree(&compared), "{:?}", compared.rows);
        assert!(compared.rows.iter().all(|row| row.rejected > 500), "{:?}", compared.rows);
    }
}

/// Shows H34.
#[test]
fn a_reference_that_errs_has_no_figure() {
    let text = std::fs::read_to_string(file(SOURCE)).expect("the source");
    let folder = tempfile::tempdir().expect("a folder");
    let days = [messages_of(&file(FEED)).expect("the feed"), rough_day()];
    for (right, wrong) in [
        ("((u128)1 << (setup->shift - 1))", "0"),
        ("quotient >> 62 == 0", "quotient >> 30 == 0"),
        ("see_time(state, be64(body + SNAPSHOT_TIME));", ""),
        ("see_time(state, be64(body + ORDER_TIME));", ""),
        ("if (seq <= *last)", "if (seq < *last)"),
        ("price_e4 > 0 && ", ""),
        ("&& qty_e2 >= 0", "&& qty_e2 != 0"),
        ("source[3] == ' ' ||", ""),
        ("|| source[3] == 0", ""),
        ("(at[i] == 0 ? ' ' : at[i])", "at[i]"),
        ("!= 'F'", "== 0"),
        ("above && !state->above", "above"),
        ("state->sent < setup->limit", "state->sent <= setup->limit"),
    ] {
        assert!(text.contains(right), "{right}");
        let changed = folder.path().join("changed.c");
        std::fs::write(&changed, text.replace(right, wrong)).expect("written");
        let compared = days.each_ref().map(|day| compare_bytes(&changed, day));
        if !ran(&compared[0]) {
            return;
        }
        assert!(!compared.iter().all(agree), "{right} became {wrong}");
    }
}
