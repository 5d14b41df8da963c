//! `tidegate decode`: numbers, faults, filters, tables and the ways in.

mod common;

use common::{Dir, Trade, command, frame, read, run, run_with, trade};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::Stdio;

/// A heartbeat, a trade, an unknown type, a trade with a wrong checksum, a trade.
fn mixed() -> Vec<u8> {
    let mut bad = trade(2);
    *bad.last_mut().expect("a trailer") ^= 1;
    [frame(3, &[]), trade(1), frame(77, &[1]), bad, trade(3)].concat()
}

#[test]
fn every_framed_message_has_a_number() {
    let lines = run_with(&["decode", "-"], &mixed()).json();
    let told: Vec<_> =
        lines.iter().map(|line| (line["Msg"].as_u64(), line["Offset"].as_u64())).collect();
    let at = |msg, offset| (Some(msg), Some(offset));
    assert_eq!(told, [at(0, 0), at(1, 12), at(2, 90), at(3, 103), at(4, 181)]);
    assert_eq!(
        lines[3],
        json!({"Stream": 0, "Offset": 103, "Fault": "frame.checksum", "Msg": 3, "Length": 78})
    );
}

/// Shows G15.
#[test]
fn checksum_policies() {
    let ran = run_with(&["decode", "-", "--checksum", "flag"], &mixed());
    let lines = ran.json();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[3]["Fault"], "frame.checksum");
    assert_eq!(lines[4]["Msg"], 3);
    assert_eq!(lines[4]["ApplSeqNum"], 2);
    assert_eq!(lines[4]["ChecksumBad"], true);
    assert_eq!(lines[5].get("ChecksumBad"), None);
    assert_eq!(ran.stderr, "tidegate: 5 messages, 1 fault\n");
    let ran = run_with(&["decode", "-", "--checksum", "disconnect"], &mixed());
    assert_eq!(ran.json().len(), 4);
    assert_eq!(ran.stderr, "tidegate: 4 messages, 3 shown, 1 fault, 78 swallowed bytes\n");
}

#[test]
fn short_bodies_and_groups_that_do_not_fit() {
    let mut body = vec![0; 69];
    body[65..].copy_from_slice(&2u32.to_be_bytes());
    let input = [frame(300_191, &[0; 65]), frame(300_111, &body), trade(1)].concat();
    let lines = run_with(&["decode", "-"], &input).json();
    assert_eq!(
        lines[0],
        json!({"Stream": 0, "Offset": 0, "Fault": "decode.short", "Msg": 0, "Length": 77})
    );
    assert_eq!(
        lines[1],
        json!({"Stream": 0, "Offset": 77, "Fault": "decode.group", "Msg": 1, "Length": 81})
    );
    assert_eq!(lines[2]["Msg"], 2);
}

#[test]
fn a_damaged_file_is_decoded_as_far_as_it_goes() {
    let mut input = [trade(1), trade(2)].concat();
    input.truncate(78 + 30);
    let ran = run_with(&["decode", "-"], &input);
    let fault = &ran.json()[1];
    assert_eq!(fault["Fault"], "frame.truncated");
    assert_eq!(fault["Length"], 30);
    let captured = json!({"Type": 300191, "ChannelNo": 2013, "ApplSeqNum": 2, "MDStreamID": "011",
        "BidApplSeqNum": 0});
    assert_eq!(fault["Captured"], captured);
    assert_eq!(fault.get("MsgType"), None);
    assert_eq!(ran.stderr, "tidegate: 1 message, 1 fault\n");
    // Not even the type has come.
    let ran = run_with(&["decode", "-"], &[trade(1), vec![0; 3]].concat());
    assert_eq!(ran.json()[1]["Captured"], json!({}));
    // Too long: the rest is swallowed.
    let ran = run_with(&["decode", "-"], &[trade(1), vec![9; 20]].concat());
    assert_eq!(ran.json()[1]["Fault"], "frame.length");
    assert_eq!(ran.stderr, "tidegate: 1 message, 1 fault, 20 swallowed bytes\n");
}

#[test]
fn resync_goes_on_behind_a_broken_place() {
    let dir = Dir::new();
    let input = [trade(1), trade(2), vec![0xff; 33], trade(3), trade(4)].concat();
    let file = dir.file("broken.bin", &input);
    let lines = run(&["decode", &file, "--resync"]).json();
    let told: Vec<_> = lines.iter().filter_map(|line| line["ApplSeqNum"].as_u64()).collect();
    assert_eq!(told, [1, 2, 3, 4]);
    assert_eq!(lines[2]["Fault"], "capture.lost");
    assert_eq!(lines[2]["Offset"], 156);
    assert_eq!(lines[2]["Length"], 33);
    assert_eq!(lines[3]["Msg"], 2);
    assert_eq!(lines[3]["Offset"], 189);
}

fn day() -> Vec<u8> {
    let at = |seq, security: &[u8; 8], time| {
        Trade { seq, security: *security, time, ..Trade::default() }.frame()
    };
    let mut statistics = vec![0; 14];
    statistics[..8].copy_from_slice(&20_230_201_093_100_000i64.to_be_bytes());
    statistics[8..10].copy_from_slice(&1011u16.to_be_bytes());
    [
        at(1, b"000001  ", 20_230_201_092_500_000),
        frame(3, &[]),
        at(2, b"000002\0\0", 20_230_201_093_000_010),
        frame(390_090, &statistics),
        at(3, b"000001  ", 20_230_202_093_000_999),
        frame(77, &[]),
    ]
    .concat()
}

/// Shows C10.
#[test]
fn filters_keep_the_numbers() {
    let shown = |args: &[&str]| -> Vec<u64> {
        let args = [&["decode", "-"], args].concat();
        let lines = run_with(&args, &day()).json();
        lines.iter().map(|line| line["Msg"].as_u64().expect("a number")).collect()
    };
    assert_eq!(shown(&[]), [0, 1, 2, 3, 4, 5]);
    assert_eq!(shown(&["--type", "300191"]), [0, 2, 4]);
    assert_eq!(shown(&["--type", "3,77", "--type", "390090"]), [1, 3, 5]);
    assert_eq!(shown(&["--security", "000001"]), [0, 4]);
    assert_eq!(shown(&["--security", "000001,000002"]), [0, 2, 4]);
    assert_eq!(shown(&["--channel", "1011"]), [3]);
    assert_eq!(shown(&["--channel", "1011,2013", "--type", "300191"]), [0, 2, 4]);
    assert_eq!(shown(&["--from", "20230201093000"]), [2, 3, 4]);
    assert_eq!(shown(&["--from", "20230201 0930", "--to", "20230201"]), [2, 3]);
    assert_eq!(shown(&["--from", "20230202"]), [4]);
    assert_eq!(shown(&["--to", "20230201092500000"]), [0]);
    assert_eq!(shown(&["--from", "09:30", "--to", "09:30:00.999"]), [2, 4]);
    assert_eq!(shown(&["--from", "09:30:00.011"]), [3, 4]);
    assert_eq!(shown(&["--limit", "2"]), [0, 1]);
    assert_eq!(shown(&["--head", "1", "--security", "000002"]), [2]);
}

#[test]
fn faults_can_be_left_out() {
    let args = ["decode", "-", "--type", "300191"];
    assert_eq!(run_with(&args, &mixed()).lines().len(), 3);
    let ran = run_with(&[&args[..], &["--no-faults"]].concat(), &mixed());
    assert_eq!(ran.lines().len(), 2);
    assert_eq!(ran.stderr, "tidegate: 5 messages, 2 shown, 1 fault\n");
}

#[test]
fn tables_have_constant_columns() {
    let dir = Dir::new();
    let mut body = vec![b' '; 69 + 32 + 8];
    body[65..69].copy_from_slice(&1u32.to_be_bytes());
    body[69 + 28..69 + 32].copy_from_slice(&1u32.to_be_bytes());
    body[..65].fill(0);
    let input = [mixed(), frame(300_111, &body), vec![0, 4]].concat();
    let ran = run(&["decode", &dir.file("mixed.bin", &input), "--csv", &dir.name("tables")]);
    assert_eq!(ran.text(), "");
    assert_eq!(ran.stderr, "tidegate: 6 messages, 5 shown, 2 faults\n");
    let table = |name: &str| read(dir.path("tables").join(name));
    assert_eq!(
        table("300191.csv"),
        "Stream,Msg,Offset,MsgType,ChannelNo,ApplSeqNum,MDStreamID,BidApplSeqNum,OfferApplSeqNum,\
         SecurityID,SecurityIDSource,LastPx,LastQty,ExecType,TransactTime\n\
         0,1,12,300191,2013,1,011,0,0,000001,102,15.0300,100.00,F,20230201093000000\n\
         0,4,181,300191,2013,3,011,0,0,000001,102,15.0300,100.00,F,20230201093000000\n"
    );
    assert_eq!(table("3.csv"), "Stream,Msg,Offset,MsgType\n0,0,0,3\n");
    assert_eq!(table("77.csv"), "Stream,Msg,Offset,MsgType,BodyLength,BodyHex\n0,2,90,77,1,01\n");
    assert_eq!(
        table("faults.csv"),
        "Stream,Offset,Fault,Msg,Length,Captured\n0,103,frame.checksum,3,78,\n\
         0,380,frame.truncated,,2,{}\n"
    );
    let snapshots = table("300111.csv");
    let (header, row) = snapshots.split_once('\n').expect("two lines");
    assert!(header.contains(",TotalValueTrade,NoMDEntries,MDEntries,MDStreamIDHex,"), "{header}");
    assert!(row.contains(r#",1,"[{""MDEntryType"":"""",""MDEntryPx"":"#), "{row}");
    assert!(row.contains(r#"""OrderQtys"":[""23148855308184535.36""]"#), "{row}");
}

#[test]
fn words_have_sessions() {
    let dir = Dir::new();
    let descriptor = tidegate_pipeline::toe::Descriptor::default();
    let (one, two) = (trade(1), trade(2));
    let mut words = Vec::new();
    for (cid, bytes) in [(5, &one[..40]), (127, &two[..]), (5, &one[40..]), (200, &two)] {
        descriptor.packet_words(cid, bytes, 0xee, &mut words);
    }
    let lines = run(&["decode", &dir.file("two.beats", &words)]).json();
    assert_eq!((&lines[0]["Stream"], &lines[0]["ApplSeqNum"]), (&json!(127), &json!(2)));
    assert_eq!((&lines[1]["Stream"], &lines[1]["Msg"]), (&json!(5), &json!(1)));
    let fault = json!({"Stream": null, "Offset": 16 * 14, "Fault": "toe.session", "Length": 78});
    assert_eq!(lines[2], fault);
}

/// Shows C4, C10.
#[test]
fn captures_have_named_streams() {
    use tidegate_gateway::write::{PcapWriter, TcpFlags};
    let dir = Dir::new();
    let address = |text: &str| text.parse().expect("an address");
    let server = address("10.0.0.1:5016");
    let clients = [address("10.0.0.2:40001"), address("10.0.0.2:40002")];
    let mut writer = PcapWriter::new(Vec::new()).expect("a capture");
    let bytes = [[trade(1), trade(2)].concat(), [trade(3), trade(4)].concat()];
    for client in clients {
        writer.tcp(server, client, 0, TcpFlags::SYN, &[], 0).expect("a packet");
    }
    for (from, to) in [(0, 100), (100, 156)] {
        for (client, bytes) in clients.iter().zip(&bytes) {
            let seq = 1 + from as u32;
            writer
                .tcp(server, *client, seq, TcpFlags::DATA, &bytes[from..to], 0)
                .expect("a packet");
        }
    }
    let file = dir.file("two.pcap", &writer.finish().expect("a capture"));
    let lines = run(&["decode", &file]).json();
    let told: Vec<_> = lines.iter().map(|line| line["ApplSeqNum"].as_u64()).collect();
    assert_eq!(told, [Some(1), Some(3), Some(2), Some(4)]);
    assert_eq!(lines[2]["Msg"], 2);
    assert_eq!(lines[2]["Offset"], 78);
    assert_eq!(lines[2]["Stream"], "tcp:10.0.0.1:5016>10.0.0.2:40001");
    // A filter chooses what is shown: numbers and offsets stay.
    for (args, wanted) in [
        (["--port", "40002"], [1, 3]),
        (["--flow", "10.0.0.2:40001"], [0, 2]),
        (["--flow", "tcp:10.0.0.1:5016>10.0.0.2:40002"], [1, 3]),
    ] {
        let ran = run(&[&["decode", &file][..], &args].concat());
        let chosen: Vec<Value> = wanted.iter().map(|at: &usize| lines[*at].clone()).collect();
        assert_eq!(ran.json(), chosen, "{args:?}");
        assert!(ran.stderr.contains("2 shown, 1 stream not asked for"), "{}", ran.stderr);
    }
    assert_eq!(run(&["decode", &file, "--port", "5016"]).lines().len(), 4);
    assert_eq!(run(&["decode", &file, "--flow", "10.0.0.3"]).lines().len(), 0);
    for option in [["--port", "5016"], ["--flow", "x"]] {
        run(&[&["replay", &file][..], &option].concat()).error(2);
    }
}

/// Shows C4.
#[test]
fn streams_without_names_are_chosen_by_number() {
    let dir = Dir::new();
    let mut words = Vec::new();
    let descriptor = tidegate_pipeline::toe::Descriptor::default();
    for (seq, cid) in [(1, 1), (2, 17), (3, 1)] {
        descriptor.packet_words(cid, &trade(seq), 0, &mut words);
    }
    let beats = dir.file("day.beats", &words);
    let shown = |args: &[&str]| -> Vec<Value> {
        let lines = run(&[&["decode"], args].concat()).json();
        lines.iter().map(|line| line["Msg"].clone()).collect()
    };
    assert_eq!(shown(&[&beats, "--flow", "1"]), [0, 2]);
    assert_eq!(shown(&[&beats, "--flow", "17"]), [1]);
    let bin = dir.file("day.bin", &trade(1));
    assert_eq!(shown(&[&bin, "--flow", "0"]), [0]);
    assert_eq!(shown(&[&bin, "--flow", "1"]), [0; 0]);
    for file in [&beats, &bin] {
        let ran = run(&["decode", file, "--port", "5016"]);
        assert!(ran.error(2).contains("without ports"), "{}", ran.stderr);
    }
}

/// Shows G32.
#[test]
fn words_without_the_usual_filler_are_words_where_one_says_so() {
    let dir = Dir::new();
    let descriptor = tidegate_pipeline::toe::Descriptor::default();
    let mut words = Vec::new();
    let bytes = [trade(1), trade(2)].concat();
    descriptor.packet_words(9, &bytes, 0, &mut words);
    words[3..16].fill(0xaa);
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).expect("memory");
        gzip.finish().expect("memory")
    };
    let told = |ran: common::Ran| -> Vec<Value> {
        ran.json().iter().map(|line| line["ApplSeqNum"].clone()).collect()
    };
    let lenient = ["--filler", "lenient"];
    for (name, content) in [("words", words.clone()), ("words.gz", gzip(&words))] {
        let file = dir.file(name, &content);
        assert_eq!(told(run(&["decode", &file, lenient[0], lenient[1]])), [1, 2], "{name}");
        let piped = run_with(&["decode", "-", lenient[0], lenient[1]], &content);
        assert_eq!(told(piped), [1, 2], "{name}");
    }
    let named = dir.file("words.beats.gz", &gzip(&words));
    assert_eq!(run(&["decode", &named]).json()[0]["Fault"], "toe.filler");
    // A message, or a capture, is what it is, whatever is said of it.
    let bin = dir.file("bin.beats", &bytes);
    assert_eq!(told(run(&["decode", &bin, "--prefix-bytes", "4"])), [1, 2]);
    assert_eq!(told(run_with(&["decode", "-", "--prefix-bytes", "4"], &gzip(&bytes))), [1, 2]);
    assert!(run(&["decode", "/no/such.beats"]).error(1).contains("/no/such.beats"));
    let setup = dir.file("s.toml", b"[toe]\nwords = \"channel\"\nfiller = \"lenient\"\n");
    let ran = run(&["replay", &dir.name("words"), "--setup", &setup]);
    assert!(ran.text().contains("beats, 156 bytes"), "{}", ran.text());
}

#[test]
fn tables_of_an_earlier_run_do_not_stay() {
    let dir = Dir::new();
    let (tables, own) = (dir.name("tables"), |name: &str| dir.path("tables").join(name).exists());
    let both = dir.file("both.bin", &[trade(1), frame(3, &[]), frame(4_711, &[1])].concat());
    run(&["decode", &both, "--csv", &tables]).text();
    for name in ["notes.csv", "123.csv"] {
        std::fs::write(dir.path("tables").join(name), "mine").expect("a file");
    }
    let again = run(&["decode", &both, "--csv", &tables]);
    assert_eq!(again.stderr, "tidegate: 3 messages\n");
    let one = dir.file("one.bin", &trade(1));
    let ran = run(&["decode", &one, "--csv", &tables, "--no-faults"]);
    assert_eq!(ran.stderr, "tidegate: 1 message, 3 tables of an earlier run removed\n");
    assert!(own("300191.csv") && own("notes.csv") && own("123.csv"));
    assert!(!own("3.csv") && !own("4711.csv") && !own("faults.csv"));
}

#[test]
fn compressed_files_and_the_standard_input() {
    let dir = Dir::new();
    let plain = run_with(&["decode", "-"], &mixed());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&mixed()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let ran = run(&["decode", &dir.file("day.bin.gz", &gzip)]);
    assert_eq!(ran.text(), plain.text());
    assert_eq!(run_with(&["decode", "-"], &gzip).text(), plain.text());
    // Cut inside of the compressed data: what was there is shown.
    let ran = run(&["decode", &dir.file("cut.bin.gz", &gzip[..gzip.len() - 12])]);
    assert!(ran.text().contains("\"Fault\":\"capture.damaged\""), "{}", ran.text());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let input: Vec<u8> = (1..20_000).flat_map(trade).collect();
    let dir = Dir::new();
    let file = dir.file("many.bin", &input);
    let mut child = command(&["decode", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut some = [0; 100];
    child.stdout.take().expect("a pipe").read_exact(&mut some).expect("some bytes");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Shows Q5.
#[test]
fn errors_say_what_and_which() {
    assert!(run(&["decode", "/no/such.bin"]).error(1).contains("/no/such.bin"));
    assert!(run(&["decode"]).error(2).contains("FILE"));
    assert!(run(&["decode", "-", "--checksum", "x"]).error(2).contains("flag"));
    assert!(run(&["decode", "-", "--from", "930"]).error(2).contains("YYYYMMDDHHMMSSsss"));
    let ran = run(&["decode", "-", "--type", "abc"]);
    assert!(ran.error(2).contains("a message type such as 300191"), "{}", ran.stderr);
    assert!(ran.stderr.contains("'abc'"), "{}", ran.stderr);
    assert!(run(&["decode", "-", "--tpye", "3"]).error(2).contains("'--type'"));
    let missing = run(&["encode"]);
    assert_eq!(
        missing.error(2),
        "tidegate: error: the following required arguments were not provided: --out <FILE>, <CSV>\n"
    );
    let version = run(&["--version"]);
    let id = format!("{:016x}", tidegate_protocol::PROTOCOL_ID);
    assert!(version.text().contains(env!("CARGO_PKG_VERSION")) && version.text().contains(&id));
    for name in ["decode", "encode", "replay", "setup"] {
        assert!(run(&[name, "--help"]).text().contains("Examples:"));
    }
}
