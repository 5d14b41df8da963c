//! The Wireshark dissector under stock `tshark`, over packets made by hand.

mod vectors;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use tidegate_protocol::schema::Type;
use tidegate_protocol::{Encoder, Item, Value, frame, msg_type};
use vectors::bytes;

const TCP: u8 = 6;
const UDP: u8 = 17;

/// A capture file being written: little-endian pcap, Ethernet.
struct Capture(Vec<u8>);

impl Capture {
    fn new() -> Self {
        let mut file = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1] {
            file.extend(word.to_le_bytes());
        }
        Self(file)
    }

    /// One packet, of which `lost` bytes at the end were not captured.
    fn packet(&mut self, protocol: u8, transport: &[u8], lost: usize) {
        let mut packet = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        let length = u16::try_from(20 + transport.len()).unwrap().to_be_bytes();
        packet.extend([0x45, 0, length[0], length[1], 0, 0, 0x40, 0, 64, protocol, 0, 0]);
        packet.extend([10, 0, 0, 1, 10, 0, 0, 2]);
        packet.extend(transport);
        let whole = packet.len();
        packet.truncate(whole - lost);
        for word in [1_700_000_000, 0, packet.len() as u32, whole as u32] {
            self.0.extend(word.to_le_bytes());
        }
        self.0.extend(packet);
    }

    fn tcp(&mut self, port: u16, sequence: u32, payload: &[u8], lost: usize) {
        let mut segment = Vec::new();
        segment.extend(port.to_be_bytes());
        segment.extend(50_000_u16.to_be_bytes());
        segment.extend(sequence.to_be_bytes());
        segment.extend([0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        segment.extend(payload);
        self.packet(TCP, &segment, lost);
    }

    fn udp(&mut self, port: u16, payload: &[u8]) {
        let mut datagram = Vec::new();
        datagram.extend(50_001_u16.to_be_bytes());
        datagram.extend(port.to_be_bytes());
        datagram.extend(u16::try_from(8 + payload.len()).unwrap().to_be_bytes());
        datagram.extend([0, 0]);
        datagram.extend(payload);
        self.packet(UDP, &datagram, 0);
    }
}

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tidegate-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is lost when a temporary file stays.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// True when the test must be left out: there is no tshark here, and this is not CI.
fn is_left_out() -> bool {
    match Command::new("tshark").arg("--version").output() {
        Ok(_) => false,
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "tshark is needed here: {error}");
            // Not `eprintln!`: the test runner keeps that back.
            let _ = writeln!(std::io::stderr(), "skipped: tshark does not run: {error}");
            true
        }
    }
}

/// What tshark prints about a capture.
fn tshark(capture: &Capture, name: &str, arguments: &[&str]) -> String {
    let folder = Folder::new(name);
    let file = folder.0.join("feed.pcap");
    std::fs::write(&file, &capture.0).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tidegate.lua");
    let output = Command::new("tshark")
        .arg("-X")
        .arg(format!("lua_script:{}", script.display()))
        .args(["-n", "-r"])
        .arg(&file)
        .args(arguments)
        // The user's own settings and plugins stay out of it.
        .env("HOME", &folder.0)
        .env("XDG_CONFIG_HOME", &folder.0)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    for words in [&*errors, &*text] {
        assert!(!words.contains("Lua") && !words.contains("lua"), "{words}");
    }
    text
}

/// The values of fields, all packets together, in order.
fn fields(capture: &Capture, name: &str, extra: &[&str], wanted: &[&str]) -> Vec<Vec<String>> {
    let mut arguments = extra.to_vec();
    arguments.extend(["-T", "fields", "-E", "separator=/t", "-E", "aggregator=|"]);
    arguments.extend(wanted.iter().flat_map(|field| ["-e", field]));
    let text = tshark(capture, name, &arguments);
    let mut columns = vec![Vec::new(); wanted.len()];
    for line in text.lines() {
        for (column, cell) in columns.iter_mut().zip(line.split('\t')) {
            if !cell.is_empty() {
                column.extend(cell.split('|').map(str::to_string));
            }
        }
    }
    columns
}

/// The examples of market data as one stream.
fn feed() -> Vec<u8> {
    [
        vectors::LOGON,
        vectors::ORDER_300175,
        vectors::CANCEL_300175,
        vectors::TRADE_300175,
        vectors::HEARTBEAT,
        vectors::SNAPSHOT_300319,
        vectors::INDEX_399001,
        vectors::BLOCK_000001,
        vectors::CHANNEL_HEARTBEAT,
        vectors::RESEND,
    ]
    .iter()
    .flat_map(|hex| bytes(hex))
    .collect()
}

const FEED_TYPES: [&str; 10] =
    ["1", "300192", "300191", "300191", "3", "300111", "309011", "300611", "390095", "390094"];

/// The stream cut into segments of these lengths, again and again.
fn segmented(stream: &[u8], cuts: &[usize]) -> Capture {
    let mut capture = Capture::new();
    let mut at = 0;
    for cut in cuts.iter().cycle() {
        let end = stream.len().min(at + cut);
        capture.tcp(40_123, 1_000 + at as u32, &stream[at..end], 0);
        at = end;
        if at == stream.len() {
            return capture;
        }
    }
    unreachable!("the cuts go round")
}

/// Shows C11.
#[test]
fn messages_over_segments_are_decoded() {
    if is_left_out() {
        return;
    }
    // The first cut leaves the logon whole, the others go through headers, fields and trailers.
    let capture = segmented(&feed(), &[110, 1, 5, 63, 7, 240]);
    let names = [
        "szse.msg_type",
        "szse.security_id",
        "szse.last_px",
        "szse.price",
        "szse.last_qty",
        "szse.transact_time",
        "szse.md_entry_type",
        "szse.md_entry_px",
        "szse.order_qty",
        "szse.exec_type",
        "szse.prev_close_px",
        "szse.appl_last_seq_num",
        "_ws.expert.message",
    ];
    let found = fields(&capture, "segments", &[], &names);
    let wanted: [&[&str]; 13] = [
        &FEED_TYPES,
        &["300175", "300175", "300175", "300319", "399001", "000001"],
        &["0", "9.1"],
        &["9.1"],
        &["2000", "30000"],
        &["20190311091502950", "20190311091500810", "20190311092500000"],
        &[
            "0", "0", "1", "1", "2", "4", "7", "8", "x1", "x2", "x3", "x4", "x5", "xe", "xf", "3",
            "xa", "xb", "xc", "xd", "0", "1",
        ],
        &[
            "8.72",
            "8.71",
            "8.73",
            "8.74",
            "8.72",
            "8.74",
            "8.79",
            "8.68",
            "-0.03",
            "0",
            "8.51",
            "9.63",
            "37.81",
            "10.5",
            "7",
            "9450.1234",
            "9400",
            "9410.5",
            "9460.25",
            "9390.75",
            "15.03",
            "15.03",
        ],
        &["300", "3700"],
        &["4", "F"],
        &["8.75", "9400", "14.7"],
        &["35374403"],
        &[],
    ];
    for ((name, found), wanted) in names.iter().zip(found).zip(wanted) {
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn the_tree_shows_decimals_codes_and_groups() {
    if is_left_out() {
        return;
    }
    let text = tshark(&segmented(&feed(), &[400]), "tree", &["-V", "-O", "szse"]);
    for line in [
        "SZSE Binary, AuctionTrade (300191)",
        "MsgType: 300191 (Auction tick trade or cancel)",
        "LastPx: 9.1000",
        "LastQty: 30000.00",
        "ExecType: F (trade)",
        "ExecType: 4 (cancelled)",
        "Side: 1 (buy)",
        "OrdType: 2 (limit)",
        "TransactTime: 20190311092500000 (2019-03-11 09:25:00.000)",
        "TradingPhaseCode: T0 (continuous trading)",
        "MDEntries: 15",
        "MDEntries[8]: x1",
        "MDEntryPx: -0.030000",
        "OrderQtys: 1",
        "MDEntryType: xa (index: previous close)",
    ] {
        assert!(text.lines().any(|l| l.trim() == line), "{line:?} is missing in:\n{text}");
    }
}

#[test]
fn order_entry_and_datagrams_are_decoded() {
    if is_left_out() {
        return;
    }
    let mut capture = Capture::new();
    let orders = [
        vectors::NEW_ORDER,
        vectors::ORDER_ACCEPTED,
        vectors::FILL,
        vectors::ORDER_CANCEL_REQUEST,
        vectors::REPORT_SYNCHRONIZATION,
    ];
    capture.tcp(40_123, 1, &orders.iter().flat_map(|hex| bytes(hex)).collect::<Vec<_>>(), 0);
    capture.udp(40_200, &[bytes(vectors::TRADE_000001), bytes(vectors::CANCEL_000001)].concat());
    let names =
        ["szse.msg_type", "szse.price", "szse.last_px", "szse.cl_ord_id", "szse.partition_no"];
    let found = fields(&capture, "orders", &[], &names);
    assert_eq!(
        found[0],
        ["100101", "200102", "200115", "190007", "5", "300191", "300191"],
        "messages"
    );
    assert_eq!(found[1], ["12.34", "12.34"]);
    assert_eq!(found[2], ["12.33", "15.03", "0"]);
    assert_eq!(found[3], ["A000000001", "A000000001", "A000000001", "A000000002"]);
    assert_eq!(found[4], ["1", "1", "1", "2"]);
}

#[test]
fn chinese_text_is_decoded() {
    if is_left_out() {
        return;
    }
    // The headline in GBK, and bytes that are no GBK in the text of a logout.
    let headline: &[u8] =
        b"\xc9\xee\xdb\xda\xd6\xa4\xc8\xaf\xbd\xbb\xd2\xd7\xcb\xf9\xb9\xab\xb8\xe6";
    let mut frame_of_news = [0; 400];
    let mut news = Encoder::new(msg_type::ANNOUNCEMENT, &mut frame_of_news).unwrap();
    for (name, value) in [
        ("OrigTime", Value::Signed(20240102094136000)),
        ("ChannelNo", Value::Unsigned(1)),
        ("NewsID", Value::Text(b"00000007")),
        ("Headline", Value::Text(headline)),
        ("RawDataFormat", Value::Text(b"txt")),
        ("RawDataLength", Value::Unsigned(4)),
    ] {
        news.field(name, value).unwrap();
    }
    news.item(Item::Data { name: "RawData", bytes: b"text" }).unwrap();
    let news_bytes = news.finish().unwrap();
    let mut frame_of_logout = [0; 300];
    let mut logout = Encoder::new(msg_type::LOGOUT, &mut frame_of_logout).unwrap();
    logout.field("SessionStatus", Value::Signed(-4)).unwrap();
    logout.field("Text", Value::Text(b"bye \xff\x80")).unwrap();
    let logout_bytes = logout.finish().unwrap();
    let mut capture = Capture::new();
    capture.udp(40_200, &frame_of_news[..news_bytes]);
    capture.udp(40_200, &frame_of_logout[..logout_bytes]);
    let names =
        ["szse.headline", "szse.news_id", "szse.data", "szse.session_status", "szse.checksum"];
    let found = fields(&capture, "chinese", &[], &names);
    assert_eq!(found[0], ["深圳证券交易所公告"]);
    assert_eq!(found[1], ["00000007"]);
    assert_eq!(found[2], ["74657874"]);
    assert_eq!(found[3], ["-4"]);
    assert_eq!(found[4].len(), 2);
    assert!(fields(&capture, "bye", &[], &["szse.text"])[0][0].starts_with("bye "));
}

#[test]
fn text_of_order_entry_is_utf8_or_gbk() {
    if is_left_out() {
        return;
    }
    let mut capture = Capture::new();
    for text in [&b"\xe6\x92\xa4\xe5\x8d\x95 ok"[..], b"\xb3\xb7\xb5\xa5 ok", b"late"] {
        let mut frame = [0; 200];
        let mut reject = Encoder::new(msg_type::CANCEL_REJECT, &mut frame).unwrap();
        let message = tidegate_protocol::find(msg_type::CANCEL_REJECT).unwrap();
        for field in message.parts[0].fields {
            let value = match field.ty {
                ty if ty.is_text() && field.name == "RejectText" => Value::Text(text),
                ty if ty.is_text() => Value::Text(b""),
                Type::U16 => Value::Unsigned(0),
                _ => Value::Signed(0),
            };
            reject.field(field.name, value).unwrap();
        }
        let length = reject.finish().unwrap();
        capture.udp(40_200, &frame[..length]);
    }
    let forced = ["-d", "udp.port==40200,szse"];
    let found = fields(&capture, "order-entry", &forced, &["szse.reject_text"]);
    assert_eq!(found[0], ["撤单 ok", "撤单 ok", "late"]);
}

#[test]
fn damage_is_shown_and_never_an_error_of_the_script() {
    if is_left_out() {
        return;
    }
    let forced = ["-d", "tcp.port==40123,szse", "-d", "udp.port==40200,szse"];
    let mut wrong_sum = bytes(vectors::TRADE_000001);
    wrong_sum[60] ^= 1;
    let mut unknown = bytes(vectors::CHANNEL_HEARTBEAT);
    unknown[..4].copy_from_slice(&399_999_u32.to_be_bytes());
    frame::seal(&mut unknown);
    // Entries that the body cannot hold.
    let mut greedy = bytes(vectors::SNAPSHOT_300319);
    greedy[8 + 65..8 + 69].copy_from_slice(&u32::MAX.to_be_bytes());
    frame::seal(&mut greedy);
    let mut surplus = bytes(vectors::TRADE_000001);
    surplus.splice(8 + 66..8 + 66, [1, 2, 3]);
    frame::seal(&mut surplus);
    let mut capture = Capture::new();
    let stream = [wrong_sum, unknown, greedy, surplus].concat();
    capture.tcp(40_123, 1, &stream, 0);
    let next = 1 + stream.len() as u32;
    // Cut off by the capture, then a length that cannot be.
    let snapshot = bytes(vectors::SNAPSHOT_300319);
    capture.tcp(40_123, next, &snapshot, 300);
    capture.tcp(40_123, next + snapshot.len() as u32, &[0xff; 40], 0);
    // Every prefix of a message, as a datagram.
    for end in 1..snapshot.len() {
        capture.udp(40_200, &snapshot[..end]);
    }
    // Noise, the same on every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for length in 1..200 {
        let mut noise = Vec::new();
        for _ in 0..length {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            noise.push((state >> 32) as u8);
        }
        // A known type and a possible length, that the noise goes into fields and groups.
        if length >= 12 && length % 2 == 0 {
            noise[..8].copy_from_slice(&bytes("0004944f00000060"));
        }
        capture.udp(40_200, &noise);
    }
    let found = fields(
        &capture,
        "damage",
        &[&forced[..], &["-Y", "frame.number <= 3"]].concat(),
        &["szse.msg_type", "_ws.expert.message", "szse.surplus", "szse.md_entry_px", "szse.body"],
    );
    assert_eq!(
        found[0],
        ["300191", "399999", "300111", "300191", "300111", "4294967295"],
        "messages"
    );
    assert_eq!(
        found[1],
        [
            "The checksum is wrong",
            "Unknown message type",
            "The body is shorter than its type or its groups need",
            "The message is cut off",
            "BodyLength is over the limit"
        ]
    );
    assert_eq!(found[2], ["010203"]);
    assert!(found[3].len() > 15, "entries before the cut are shown");
    assert_eq!(found[4].len(), 1);
    let text = tshark(&capture, "noise", &[&forced[..], &["-V", "-O", "szse"]].concat());
    assert!(text.contains("The message is cut off"));
}
