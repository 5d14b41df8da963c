//! Capture formats and link layers.

mod common;

use common::*;
use etherparse::PacketBuilder;
use tidegate_gateway::{Format, Options, SourceError};

/// An IPv4 packet of the flow from A to B.
fn ip4(seq: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv4(A.ip().octets(), B.ip().octets(), 64)
        .tcp(A.port(), B.port(), seq, 100)
        .write(&mut packet, payload)
        .unwrap();
    packet
}

fn ip6(seq: u32, payload: &[u8]) -> Vec<u8> {
    let mut source = [0; 16];
    source[15] = 1;
    let mut packet = Vec::new();
    PacketBuilder::ipv6(source, [0xfd; 16], 64)
        .tcp(A.port(), B.port(), seq, 100)
        .write(&mut packet, payload)
        .unwrap();
    packet
}

fn ether(tags: &[u16], ether_type: u16, ip: &[u8]) -> Vec<u8> {
    let mut packet = vec![2; 12];
    for tag in tags {
        packet.extend(tag.to_be_bytes());
        packet.extend([0, 7]);
    }
    packet.extend(ether_type.to_be_bytes());
    packet.extend(ip);
    packet
}

fn u16e(big: bool, value: u16) -> [u8; 2] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn u32e(big: bool, value: u32) -> [u8; 4] {
    if big { value.to_be_bytes() } else { value.to_le_bytes() }
}

/// A classic capture; `wire` is how much longer each packet was.
fn pcap(magic: u32, big: bool, link: u32, packets: &[Vec<u8>], wire: u32) -> Vec<u8> {
    let mut file = u32e(big, magic).to_vec();
    file.extend([u16e(big, 2), u16e(big, 4)].concat());
    for word in [0, 0, 65_535, link] {
        file.extend(u32e(big, word));
    }
    for (time, packet) in packets.iter().enumerate() {
        let length = packet.len() as u32;
        for word in [1_700_000_000, time as u32, length, length + wire] {
            file.extend(u32e(big, word));
        }
        if magic == 0xa1b2_cd34 {
            file.extend([0; 8]);
        }
        file.extend(packet);
    }
    file
}

fn halves(feed: &[u8], make: impl Fn(u32, &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let (one, two) = feed.split_at(feed.len() / 2);
    vec![make(1, one), make(1 + one.len() as u32, two)]
}

fn times(file: &[u8]) -> Vec<Option<u64>> {
    events(&mut source(file, &Options::default()))
        .into_iter()
        .filter_map(|event| match event {
            Event::Bytes(.., time_ns) => Some(time_ns),
            _ => None,
        })
        .collect()
}

/// Shows C7, C11.
#[test]
fn classic_captures_of_every_kind() {
    let feed = feed(10, 1);
    let packets = halves(&feed, |seq, payload| ether(&[], 0x0800, &ip4(seq, payload)));
    for big in [false, true] {
        for (magic, unit) in [(0xa1b2_c3d4, 1000), (0xa1b2_3c4d, 1), (0xa1b2_cd34, 1000)] {
            let file = pcap(magic, big, 1, &packets, 0);
            assert_eq!(source(&file, &Options::default()).format(), Format::Pcap);
            assert_eq!(single(&file).bytes, feed, "{magic:#x} {big}");
            let time = 1_700_000_000_000_000_000;
            assert_eq!(times(&file), [Some(time), Some(time + unit)]);
        }
    }
}

/// Shows G9, H44, C7.
#[test]
fn link_layers() {
    let feed = feed(10, 2);
    let prefix = |prefix: &[u8], ip: &[u8]| [prefix, ip].concat();
    let mut sll = [0u8; 16];
    sll[14] = 8;
    let mut sll2 = [0u8; 20];
    sll2[0] = 8;
    let vlan = |tags: &'static [u16]| move |ip: &[u8]| ether(tags, 0x0800, ip);
    type Wrap<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;
    let cases: Vec<(u32, Wrap<'_>)> = vec![
        (1, Box::new(vlan(&[]))),
        (1, Box::new(vlan(&[0x8100]))),
        (1, Box::new(vlan(&[0x88a8, 0x8100]))),
        (1, Box::new(|ip| [ether(&[], 0x0800, ip), vec![0xaa; 9]].concat())),
        (113, Box::new(move |ip| prefix(&sll, ip))),
        (276, Box::new(move |ip| prefix(&sll2, ip))),
        (101, Box::new(|ip| ip.to_vec())),
        (228, Box::new(|ip| ip.to_vec())),
        (0, Box::new(|ip| prefix(&[2, 0, 0, 0], ip))),
        (0, Box::new(|ip| prefix(&[0, 0, 0, 2], ip))),
        (108, Box::new(|ip| prefix(&[0, 0, 0, 2], ip))),
    ];
    for (case, (link, wrap)) in cases.iter().enumerate() {
        let packets = halves(&feed, |seq, payload| wrap(&ip4(seq, payload)));
        let stream = single(&pcap(0xa1b2_c3d4, false, *link, &packets, 0));
        assert_eq!(stream.bytes, feed, "case {case}, link {link}");
        assert_eq!(stream.name, NAME);
    }
    for (link, tags) in [(229, None), (101, None), (1, Some(0x86dd))] {
        let packets = halves(&feed, |seq, payload| match tags {
            Some(ether_type) => ether(&[0x8100], ether_type, &ip6(seq, payload)),
            None => ip6(seq, payload),
        });
        let stream = single(&pcap(0xa1b2_c3d4, false, link, &packets, 0));
        assert_eq!(stream.bytes, feed);
        let address = "fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd:fdfd";
        assert_eq!(stream.name, format!("tcp:[::1]:5016>[{address}]:40001"));
    }
}

#[test]
fn an_unknown_link_type_is_an_error() {
    let file = pcap(0xa1b2_c3d4, false, 147, &[], 0);
    let error = tidegate_gateway::Source::from_reader(&file[..], "x.pcap", &Options::default());
    let error = error.unwrap_err();
    assert!(matches!(error, SourceError::LinkType { found: 147, .. }));
    assert!(error.to_string().contains("x.pcap has link type 147; wanted 0"), "{error}");
}

/// Shows H44, C7.
#[test]
fn other_packets_are_counted() {
    let feed = feed(10, 3);
    let mut packets = halves(&feed, |seq, payload| ether(&[], 0x0800, &ip4(seq, payload)));
    let mut icmp = ip4(1, b"");
    icmp[9] = 1;
    packets.push(ether(&[], 0x0800, &icmp));
    packets.push(ether(&[], 0x0806, &[0; 28]));
    packets.push(ether(&[], 0x0800, &[0x45; 10]));
    packets.push(vec![1, 2, 3]);
    let mut fragment = ip4(9, b"0123456789abcdef");
    fragment[6] = 0x20;
    packets.push(ether(&[], 0x0800, &fragment));
    let file = pcap(0xa1b2_c3d4, false, 1, &packets, 0);
    assert_eq!(single(&file).bytes, feed);
    let source = source(&file, &Options::default());
    let stats = source.stats();
    assert_eq!((stats.packets, stats.packets_not_tcp_udp, stats.fragments), (7, 1, 1));
    assert_eq!((stats.packets_not_ip, stats.packets_bad), (2, 1));
}

fn block(big: bool, kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = body.len().next_multiple_of(4) - body.len();
    let length = u32e(big, (12 + body.len() + padding) as u32);
    [&u32e(big, kind)[..], &length, body, &vec![0; padding], &length].concat()
}

fn section(big: bool) -> Vec<u8> {
    let body = [&u32e(big, 0x1a2b_3c4d)[..], &u16e(big, 1), &u16e(big, 0), &[0xff; 8]].concat();
    block(big, 0x0a0d_0d0a, &body)
}

fn interface(big: bool, link: u16, snaplen: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
    let mut body = [&u16e(big, link)[..], &[0, 0], &u32e(big, snaplen)].concat();
    for (code, value) in options {
        body.extend([u16e(big, *code), u16e(big, value.len() as u16)].concat());
        body.extend(*value);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    block(big, 1, &body)
}

fn enhanced(big: bool, interface: u32, time: u64, packet: &[u8]) -> Vec<u8> {
    let length = packet.len() as u32;
    let mut body = Vec::new();
    for word in [interface, (time >> 32) as u32, time as u32, length, length] {
        body.extend(u32e(big, word));
    }
    body.extend(packet);
    block(big, 6, &body)
}

/// Shows C7, C11.
#[test]
fn captures_in_blocks() {
    let feed = feed(40, 4);
    let parts: Vec<&[u8]> = feed.chunks(feed.len().div_ceil(8)).collect();
    let size = parts[0].len() as u32;
    for big in [false, true] {
        let ip = |index: usize| ip4(1 + index as u32 * size, parts[index]);
        let frame = |index: usize| ether(&[], 0x0800, &ip(index));
        let seconds = if big { 10i64.to_be_bytes() } else { 10i64.to_le_bytes() };
        let mut file = section(big);
        file.extend(interface(big, 1, 0, &[]));
        file.extend(interface(big, 101, 65_535, &[(9, &[9]), (14, &seconds)]));
        file.extend(interface(big, 228, 65_535, &[(9, &[0x80 | 10])]));
        file.extend(enhanced(big, 0, 5, &frame(0)));
        file.extend(block(big, 0x0bad, b"some block of some tool"));
        file.extend(enhanced(big, 1, 7, &ip(1)));
        file.extend(enhanced(big, 2, 3 << 9, &ip(2)));
        let simple = frame(3);
        file.extend(block(big, 3, &[&u32e(big, simple.len() as u32)[..], &simple].concat()));
        let old = frame(4);
        let mut body = [u16e(big, 0), u16e(big, 0)].concat();
        for word in [0, 11, old.len() as u32, old.len() as u32] {
            body.extend(u32e(big, word));
        }
        body.extend(&old);
        file.extend(block(big, 2, &body));
        file.extend(enhanced(big, 99, 0, b"no such interface"));
        // A second section in the other byte order, with its own interfaces.
        file.extend(section(!big));
        file.extend(interface(!big, 101, 0, &[]));
        for index in 5..8 {
            file.extend(enhanced(!big, 0, 20, &ip(index)));
        }
        assert_eq!(source(&file, &Options::default()).format(), Format::PcapNg);
        assert_eq!(single(&file).bytes, feed);
        let micro = Some(20_000);
        let wanted = [Some(5000), Some(10_000_000_007), Some(1_500_000_000), None, Some(11_000)];
        assert_eq!(times(&file), [&wanted[..], &[micro; 3]].concat());
        assert_eq!(source(&file, &Options::default()).stats().packets_other_link, 1);
        // Cut anywhere, the blocks before the cut are delivered.
        for cut in (28..file.len()).step_by(7) {
            let (streams, damage, _) = receive(&mut source(&file[..cut], &Options::default()));
            if let Some(stream) = streams.first() {
                assert!(feed.starts_with(&stream.bytes));
            }
            assert!(damage.iter().all(|&(at, _)| (at as usize) < cut));
        }
    }
}

#[test]
fn blocks_of_unknown_link_types_only_are_an_error() {
    let open = |file: &[u8]| {
        tidegate_gateway::Source::from_reader(file, "x.pcapng", &Options::default()).map(|_| ())
    };
    let unknown = [section(false), interface(false, 105, 0, &[])].concat();
    open(&unknown).expect("no packet, no error");
    let packets = [unknown.clone(), enhanced(false, 0, 0, &[0; 60])].concat();
    let error = open(&packets).unwrap_err();
    assert!(matches!(error, SourceError::LinkType { found: 105, .. }));
    assert!(error.to_string().contains("x.pcapng has link type 105; wanted 0"), "{error}");
    // With one packet that is known, the others are counted.
    let known = [interface(false, 101, 0, &[]), enhanced(false, 1, 0, &ip4(1, b"x"))].concat();
    let file = [packets, known].concat();
    assert_eq!(source(&file, &Options::default()).stats().packets_other_link, 1);
    // An interface that was not described has no link type.
    let file = [section(false), enhanced(false, 0, 0, &[0; 60])].concat();
    assert_eq!(source(&file, &Options::default()).stats().packets_other_link, 1);
}

#[test]
fn the_snap_length_of_an_interface_cuts_simple_packets() {
    let feed = feed(10, 5);
    let packet = ip4(1, &feed);
    let mut file = section(false);
    file.extend(interface(false, 101, 40 + 500, &[]));
    let body = [&u32e(false, packet.len() as u32)[..], &packet[..540], &[0; 8]].concat();
    file.extend(block(false, 3, &body));
    let stream = single(&file);
    assert_eq!(stream.bytes, feed[..500]);
    assert_eq!(stream.end, feed.len() as u64);
}

#[test]
fn a_cut_file_is_delivered_up_to_the_cut() {
    let feed = feed(10, 6);
    let packets = halves(&feed, |seq, payload| ether(&[], 0x0800, &ip4(seq, payload)));
    let file = pcap(0xa1b2_c3d4, false, 1, &packets, 0);
    let second = file.len() - packets[1].len() - 16;
    for cut in [file.len() - 1, second + 17, second + 3] {
        let (streams, damage, _) = receive(&mut source(&file[..cut], &Options::default()));
        assert_eq!(streams[0].bytes, feed[..feed.len() / 2]);
        assert_eq!(damage, [(second as u64, 0)]);
    }
    assert_eq!(receive(&mut source(&file[..second], &Options::default())).1, []);
    // A length beyond reason.
    let mut broken = file.clone();
    broken[second + 11] = 0x7f;
    let (streams, damage, _) = receive(&mut source(&broken, &Options::default()));
    assert_eq!((streams.len(), damage), (1, vec![(second as u64, 0)]));
    // Not even a whole header.
    assert_eq!(receive(&mut source(&file[..20], &Options::default())).1, [(0, 0)]);
}
