//! The JSON of messages, byte by byte: worked examples of the protocol notes.

mod common;

use common::{Dir, frame, run, run_with, unhex};

const ORDER: &str = "000494a00000003307db0000000000015adb30313133303031373520203130322000000000000163780000000000007530310047bafb20837f6632000000a0";
const CANCEL: &str = "0004949f0000004207db000000000000781930313100000000000067b3000000000000000033303031373520203130322000000000000000000000000000030d40340047bafb2083770a0000005f";
const SNAPSHOT: &str = "0004944f0000022d0047e843ff89e2c003f3303130333030333139202031303220543020202020202000000000000155cc0000000000000966000000000974f5a0000000204314f3800000000f30200000000000850e80000000000005a5500001000000000000000100000001000000000005a5503020000000000084e77000000000000aae600002000000000000000e0000000031200000000000853590000000000005a550000100000000000000080000000031200000000000855ca00000000000192d50000200000000000000060000000032200000000000850e800000000000000000000000000000000000000000000034200000000000855ca00000000000000000000000000000000000000000000037200000000000861ff00000000000000000000000000000000000000000000038200000000000847240000000000000000000000000000000000000000000007831ffffffffffff8ad00000000000000000000000000000000000000000000078320000000000000000000000000000000000000000000000000000000000007833000000000081da300000000002b200a000000000000000000000000000007834000000000092f13000000000049a96c000000000000000000000000000007835000000000240ef500000000000000000000000000000000000000000000078650000000000a037a000000000000000000000000000000000000000000000786600000000006acfc00000000000000000000000000000000000000000000000000088";
const INDEX: &str = "0004b713000000770047e843ff89e2c003e9393030333939303031202031303220543020202020202000000000059a538000000000000000000000001cbe991a08000462d53c8aad40000000053320000000023345708878610000000230489e0078620000000230e8d5a078630000000233dff5907864000000022fbb7930000000d1";
const BLOCK: &str = "00049643000000690047e84402f53c9803eb30363030303030303120203130322041302020202020200000000000023e380000000000000000000000000000000000000000000000000000000230200000000000e556f000000000000186a031200000000000e556f0000000000003d09000000048";
const CHANNEL_HEARTBEAT: &str = "0005f3cf0000000c07dd00000000021bc5430000000000dc";
const RESEND: &str = "0005f3ce0000002c0107dd00000000000007350000000000000a6e202020202020202000202020202020202020202020202020200000008b";
const LOGON: &str = "000000010000005c565353202020202020202020202020202020202056535320202020202020202020202020202020200000000a56535320202020202020202020202020312e3032202020202020202020202020202020202020202020202020202020200000007c";

fn one(hex: &str) -> String {
    let ran = run_with(&["decode", "-"], &unhex(hex));
    assert_eq!(ran.lines().len(), 1);
    assert_eq!(ran.stderr, "tidegate: 1 message\n");
    ran.lines()[0].to_owned()
}

/// Shows G19.
#[test]
fn ticks() {
    assert_eq!(
        one(ORDER),
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":300192,"ChannelNo":2011,"ApplSeqNum":88795,"MDStreamID":"011","SecurityID":"300175","SecurityIDSource":"102","Price":"9.1000","OrderQty":"300.00","Side":"1","TransactTime":20190311091502950,"OrdType":"2"}"#
    );
    assert_eq!(
        one(CANCEL),
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":300191,"ChannelNo":2011,"ApplSeqNum":30745,"MDStreamID":"011","BidApplSeqNum":26547,"OfferApplSeqNum":0,"SecurityID":"300175","SecurityIDSource":"102","LastPx":"0.0000","LastQty":"2000.00","ExecType":"4","TransactTime":20190311091500810}"#
    );
}

/// Shows G18.
#[test]
fn a_snapshot_with_its_queue() {
    let line = one(SNAPSHOT);
    assert!(line.starts_with(
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":300111,"OrigTime":20240102094136000,"ChannelNo":1011,"MDStreamID":"010","SecurityID":"300319","SecurityIDSource":"102","TradingPhaseCode":"T0","PrevClosePx":"8.7500","NumTrades":2406,"TotalVolumeTrade":"1586600.00","TotalValueTrade":"13856440.0000","NoMDEntries":15,"MDEntries":[{"MDEntryType":"0","MDEntryPx":"8.720000","MDEntrySize":"3700.00","MDPriceLevel":1,"NumberOfOrders":1,"NoOrders":1,"OrderQtys":["3700.00"]},{"MDEntryType":"0","MDEntryPx":"8.710000","MDEntrySize":"7000.00","MDPriceLevel":2,"NumberOfOrders":14,"NoOrders":0,"OrderQtys":[]},"#
    ), "{line}");
    assert!(line.contains(r#"{"MDEntryType":"x1","MDEntryPx":"-0.030000","MDEntrySize":"0.00","#));
    assert!(line.ends_with(r#"{"MDEntryType":"xf","MDEntryPx":"7.000000","MDEntrySize":"0.00","MDPriceLevel":0,"NumberOfOrders":0,"NoOrders":0,"OrderQtys":[]}]}"#));
}

/// Shows G19.
#[test]
fn an_index_and_an_after_hours_snapshot() {
    assert!(one(INDEX).ends_with(
        r#""NoMDEntries":5,"MDEntries":[{"MDEntryType":"3","MDEntryPx":"9450.123400"},{"MDEntryType":"xa","MDEntryPx":"9400.000000"},{"MDEntryType":"xb","MDEntryPx":"9410.500000"},{"MDEntryType":"xc","MDEntryPx":"9460.250000"},{"MDEntryType":"xd","MDEntryPx":"9390.750000"}]}"#
    ));
    assert!(one(BLOCK).ends_with(
        r#""NoMDEntries":2,"MDEntries":[{"MDEntryType":"0","MDEntryPx":"15.030000","MDEntrySize":"1000.00"},{"MDEntryType":"1","MDEntryPx":"15.030000","MDEntrySize":"2500.00"}]}"#
    ));
}

#[test]
fn session_messages() {
    assert_eq!(one("000000030000000000000003"), r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":3}"#);
    assert_eq!(
        one(LOGON),
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":1,"SenderCompID":"VSS","TargetCompID":"VSS","HeartBtInt":10,"Password":"VSS","DefaultApplVerID":"1.02"}"#
    );
    assert_eq!(
        one(CHANNEL_HEARTBEAT),
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":390095,"ChannelNo":2013,"ApplLastSeqNum":35374403,"EndOfChannel":0}"#
    );
    assert_eq!(
        one(RESEND),
        r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":390094,"ResendType":1,"ChannelNo":2013,"ApplBegSeqNum":1845,"ApplEndSeqNum":2670,"NewsID":"","ResendStatus":0,"RejectText":""}"#
    );
}

#[test]
fn groups_of_one_field_are_arrays_of_values() {
    let body = [&[0, 1][..], &2u32.to_be_bytes(), &7u32.to_be_bytes(), &(-1i32).to_be_bytes()];
    let ran = run_with(&["decode", "-"], &frame(9, &body.concat()));
    assert!(ran.lines()[0].ends_with(r#""PlatformID":1,"NoPartitions":2,"Partitions":[7,-1]}"#));
    let ran = run_with(&["decode", "-"], &frame(9, &[0; 6]));
    assert!(ran.lines()[0].ends_with(r#""NoPartitions":0,"Partitions":[]}"#));
}

#[test]
fn text_that_is_no_text_is_hex() {
    let announcement = |headline: &[u8], data: &[u8]| {
        let mut body = [&[0; 10][..], b"N1\0\0\0\0\0\0", headline].concat();
        body.resize(146, b' ');
        body.extend_from_slice(b"txt     ");
        body.extend_from_slice(&(data.len() as u32).to_be_bytes());
        body.extend_from_slice(data);
        frame(390_012, &body)
    };
    let gbk = [0xc6, 0xbd, 0xb0, 0xb2];
    let line = run_with(&["decode", "-"], &announcement(&gbk, b"\x00\xff")).lines()[0].to_owned();
    assert!(line.ends_with(r#""NewsID":"N1","Headline":"平安","RawDataFormat":"txt","RawDataLength":2,"RawDataHex":"00ff"}"#), "{line}");
    let line = run_with(&["decode", "-"], &announcement(&[0xff], b"")).lines()[0].to_owned();
    let hex = format!(r#""NewsID":"N1","HeadlineHex":"ff{}","RawDataFormat""#, "20".repeat(127));
    assert!(line.contains(&hex), "{line}");
    assert!(line.ends_with(r#""RawDataLength":0,"RawDataHex":""}"#), "{line}");
    // GBK is no ASCII, and a whole megabyte is shown.
    let mut order = unhex(ORDER);
    order[21..25].copy_from_slice(&gbk);
    tidegate_protocol::frame::seal(&mut order);
    let line = run_with(&["decode", "-"], &order).lines()[0].to_owned();
    assert!(line.contains(r#""SecurityIDHex":"c6bdb0b237352020","SecurityIDSource""#), "{line}");
    let line = run_with(&["decode", "-"], &announcement(b"big", &[7; (1 << 20) - 158]));
    assert!(line.lines()[0].ends_with("0707\"}"));
}

/// Shows G20.
#[test]
fn unknown_types_are_shown_as_bytes() {
    assert_eq!(
        run_with(&["decode", "-"], &frame(302_111, &[1, 0xab])).lines(),
        [r#"{"Stream":0,"Msg":0,"Offset":0,"MsgType":302111,"BodyLength":2,"BodyHex":"01ab"}"#]
    );
}

/// The published sample, printed: one header word, then 69 bytes and garbage.
const SAMPLE: &str = concat!(
    "55555555555555555555555555110045",
    "640500000004c2944f000005650047c2",
    "bb56c2a2595a7803c3b4303130303032",
    "33323120203130322054302020202020",
    "2000000000000109c2a0000000000000",
    "01020304050000008dea9c5fb8000000",
);

/// Shows G18, G34.
#[test]
fn the_published_sample() {
    let dir = Dir::new();
    let sample = dir.file("sample.beats", &unhex(SAMPLE));
    // As it was published its bytes were mangled on the way: no message can be framed.
    let ran = run(&["decode", &sample, "--prefix-bytes", "4"]);
    assert_eq!(
        ran.lines(),
        [r#"{"Stream":17,"Offset":0,"Fault":"frame.length","Length":1325400081}"#]
    );
    // With the other byte order of the length it is over the limit.
    let ran = run(&["decode", &sample, "--toe-layout", "text"]);
    assert_eq!(ran.lines(), [r#"{"Stream":17,"Offset":0,"Fault":"toe.length","Length":17664}"#]);
    // The bytes as they were: the message is cut off, and what came is shown; NumTrades runs into
    // the mark 01 02 03 04 05 at the end.
    let descriptor = tidegate_pipeline::toe::Descriptor::default();
    let text = std::str::from_utf8(&unhex(SAMPLE)[16..85]).expect("UTF-8").to_owned();
    let repaired: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let mut words = Vec::new();
    descriptor.packet_words(17, &repaired, 0, &mut words);
    let repaired = dir.file("repaired.beats", &words);
    let ran = run(&["decode", &repaired, "--prefix-bytes", "4"]);
    assert_eq!(
        ran.lines(),
        [
            r#"{"Stream":17,"Offset":0,"Fault":"frame.truncated","Length":60,"Captured":{"Type":300111,"OrigTime":20190704111803000,"ChannelNo":1012,"MDStreamID":"010","SecurityID":"002321","SecurityIDSource":"102","TradingPhaseCode":"T0","PrevClosePx":"6.8000","NumTrades":258}}"#
        ]
    );
    assert_eq!(ran.stderr, "tidegate: 0 messages, 1 fault\n");
}
