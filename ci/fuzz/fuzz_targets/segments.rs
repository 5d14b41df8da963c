//! Captures of flows that are known: cut, reordered, repeated, lost. What is delivered stands in
//! the original stream at its offset, and without a loss everything is delivered.
#![no_main]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use tidegate_fuzz::{Step, delivered, receive_twice};
use tidegate_gateway::write::{PcapWriter, TcpFlags};
use tidegate_gateway::{Options, Source};
use tidegate_protocol::{FaultCode, frame};

#[derive(Arbitrary, Debug)]
struct Case {
    resync: bool,
    /// Cuts every packet to 54 bytes of headers and so many.
    snap: Option<u16>,
    flows: [Flow; 3],
    /// Flow and length of each piece, until all streams are cut.
    cuts: Vec<(u8, u16)>,
    edits: Vec<Edit>,
}

#[derive(Arbitrary, Debug)]
struct Flow {
    udp: bool,
    syn: bool,
    fin: bool,
    isn: u32,
    messages: Vec<(u8, u8)>,
}

#[derive(Arbitrary, Debug)]
enum Edit {
    Swap(u8, u8),
    Repeat { flow: u8, at: u16, length: u16, place: u8 },
    Drop(u8),
    Fin { flow: u8, at: u16, place: u8 },
    Rst { flow: u8, at: u16, place: u8 },
    Syn { flow: u8, place: u8 },
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    flow: usize,
    at: usize,
    length: usize,
    flags: TcpFlags,
}

/// The stream of a flow, and where its messages end.
fn stream(number: usize, flow: &Flow) -> (Vec<u8>, Vec<usize>) {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    // Numbers mark every body, so that bytes at a wrong offset show.
    let mut mark = number as u32 * 0x0101_0101;
    for &(kind, more) in flow.messages.iter().take(40) {
        let (msg_type, length): (u32, usize) = match kind % 8 {
            0 => (3, 0),
            1 => (390_095, 12),
            2 => (300_111, 69 + 32 * usize::from(more % 24)),
            3 => (300_111, 69 + usize::from(more)),
            4 => (390_012, 158 + 40 * usize::from(more)),
            5 | 6 => (300_191, 66),
            _ => (300_192, 51),
        };
        let at = bytes.len();
        bytes.extend(msg_type.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend((0..length).map(|_| {
            mark = mark.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (mark >> 24) as u8
        }));
        bytes.extend([0; 4]);
        frame::seal(&mut bytes[at..]);
        ends.push(bytes.len());
    }
    (bytes, ends)
}

/// Everything in order, the flows interleaved. Datagrams hold whole messages.
fn pieces(case: &Case, streams: &[(Vec<u8>, Vec<usize>)]) -> Vec<Piece> {
    let mut at = [0; 3];
    let mut pieces = Vec::new();
    let mut cuts = case.cuts.iter().copied().chain(std::iter::repeat((0, 1_400)));
    while let Some(first) = (0..3).find(|&flow| at[flow] < streams[flow].0.len()) {
        let (wanted, size) = cuts.next().expect("without end");
        let wanted = usize::from(wanted % 3);
        let flow = if at[wanted] < streams[wanted].0.len() { wanted } else { first };
        let (bytes, ends) = &streams[flow];
        let mut end = (at[flow] + 1 + usize::from(size % 3_000)).min(bytes.len());
        if case.flows[flow].udp {
            end = ends[ends.partition_point(|&bound| bound < end)];
        }
        let last = case.flows[flow].fin && end == bytes.len();
        let flags = if last { TcpFlags::FIN } else { TcpFlags::DATA };
        pieces.push(Piece { flow, at: at[flow], length: end - at[flow], flags });
        at[flow] = end;
    }
    pieces
}

/// Returns whether bytes may be missing.
fn edit(case: &Case, streams: &[(Vec<u8>, Vec<usize>)], pieces: &mut Vec<Piece>) -> bool {
    let mut lossy = false;
    for edit in case.edits.iter().take(60) {
        let count = pieces.len();
        if count == 0 {
            break;
        }
        let tcp = |flow: u8| {
            let flow = usize::from(flow % 3);
            (!case.flows[flow].udp && !streams[flow].0.is_empty()).then_some(flow)
        };
        match *edit {
            Edit::Swap(one, two) => {
                pieces.swap(usize::from(one) % count, usize::from(two) % count);
            }
            Edit::Repeat { flow, at, length, place } => {
                let Some(flow) = tcp(flow) else { continue };
                let whole = streams[flow].0.len();
                let at = usize::from(at) % whole;
                let length = (usize::from(length) % 3_000).min(whole - at);
                let piece = Piece { flow, at, length, flags: TcpFlags::DATA };
                pieces.insert(usize::from(place) % count, piece);
            }
            Edit::Drop(place) => {
                pieces.remove(usize::from(place) % count);
                lossy = true;
            }
            Edit::Fin { flow, at, place } | Edit::Rst { flow, at, place } => {
                let Some(flow) = tcp(flow) else { continue };
                let at = usize::from(at) % streams[flow].0.len();
                let fin = matches!(edit, Edit::Fin { .. });
                let flags = if fin { TcpFlags::FIN } else { TcpFlags::RST };
                pieces.insert(usize::from(place) % count, Piece { flow, at, length: 0, flags });
                lossy = true;
            }
            Edit::Syn { flow, place } => {
                let Some(flow) = tcp(flow) else { continue };
                // Sent again, as if its acknowledgement had been lost. A SYN that only follows data is
                // another connection's.
                if !case.flows[flow].syn {
                    continue;
                }
                let piece = Piece { flow, at: 0, length: 0, flags: TcpFlags::SYN };
                pieces.insert(usize::from(place) % count, piece);
            }
        }
    }
    lossy
}

fuzz_target!(|case: Case| {
    let streams: Vec<_> = case.flows.iter().enumerate().map(|(n, flow)| stream(n, flow)).collect();
    let mut pieces = pieces(&case, &streams);
    let lossy = edit(&case, &streams, &mut pieces) || case.snap.is_some();

    let snaplen = case.snap.map_or(262_144, |snap| 54 + u32::from(snap));
    let mut writer = PcapWriter::with_snaplen(Vec::new(), snaplen).expect("memory");
    let server = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 1), 5016);
    let client = |flow: usize| SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), flow as u16);
    // Where a flow may begin: at its SYN; without one, at its first segment or at an earlier one
    // that comes behind it.
    let mut bases: [Vec<usize>; 3] = Default::default();
    // Behind a FIN or a reset, what does not belong to the old stream begins a new one anywhere.
    let ended: [bool; 3] = std::array::from_fn(|flow| {
        let ends = |piece: &Piece| piece.flow == flow && (piece.flags.fin || piece.flags.rst);
        pieces.iter().any(ends)
    });
    let mut datagrams = [const { Vec::new() }; 3];
    for (number, flow) in case.flows.iter().enumerate() {
        if flow.syn && !flow.udp {
            let seq = flow.isn.wrapping_sub(1);
            writer.tcp(server, client(number), seq, TcpFlags::SYN, b"", 0).expect("memory");
            bases[number] = vec![0];
        }
    }
    for (time, piece) in pieces.iter().enumerate() {
        let (flow, to, time) = (&case.flows[piece.flow], client(piece.flow), time as u64);
        let payload = &streams[piece.flow].0[piece.at..piece.at + piece.length];
        if flow.udp {
            writer.udp(server, to, payload, time).expect("memory");
            datagrams[piece.flow].extend_from_slice(payload);
            continue;
        }
        let seq = flow.isn.wrapping_add(piece.at as u32);
        let seq = if piece.flags.syn { seq.wrapping_sub(1) } else { seq };
        writer.tcp(server, to, seq, piece.flags, payload, time).expect("memory");
        // A flow begins with its first SYN or data; a bare FIN or reset opens none.
        let bases = &mut bases[piece.flow];
        let earlier = bases.first().is_none_or(|first| piece.at < *first);
        let begins = earlier && !flow.syn || ended[piece.flow];
        if (piece.flags.syn || piece.length > 0) && begins {
            bases.push(piece.at);
        }
    }
    let file = writer.finish().expect("memory");

    let options = Options { resync: case.resync, ..Options::default() };
    let mut source = Source::from_reader(&file[..], "fuzz", &options).expect("a capture");
    let steps = receive_twice(&mut source);
    assert!(delivered(&steps) <= file.len());

    let mut got: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    // The second stream of a pair of ports ends in `#2`.
    let flow_of = |name: &str| -> usize {
        let port = name.rsplit(':').next().expect("a port");
        port.split('#').next().expect("a port").parse().expect("a port")
    };
    let mut bases_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for step in &steps {
        match step {
            Step::Open(stream) => {
                let name = source.stream_name(*stream);
                let flow = flow_of(name);
                let again = got.insert(flow, Vec::new()).is_some();
                assert!(!again || ended[flow], "one stream a flow: {name}");
                bases_of.insert(*stream, bases[flow].clone());
            }
            Step::Bytes(stream, offset, bytes, time) => {
                let name = source.stream_name(*stream);
                let flow = flow_of(name);
                let range = *offset as usize..*offset as usize + bytes.len();
                if case.flows[flow].udp {
                    let truth = datagrams[flow].get(range);
                    assert!(truth == Some(bytes), "flow {flow}: other bytes at {offset}");
                } else {
                    let fits = |base: &usize| {
                        streams[flow].0[*base..].get(range.clone()) == Some(&bytes[..])
                    };
                    let bases = bases_of.get_mut(stream).expect("open");
                    bases.retain(fits);
                    assert!(!bases.is_empty(), "flow {flow}: other bytes at {offset}");
                }
                assert!(time.is_some(), "captures have times");
                got.get_mut(&flow).expect("open").extend_from_slice(bytes);
            }
            Step::Fault(stream, code, ..) => {
                assert!(stream.is_some(), "the file is not damaged");
                assert_eq!(*code, FaultCode::CaptureTruncatedPacket as u8);
                assert!(case.snap.is_some(), "only cut packets are truncated");
            }
            Step::Resume(..) => assert!(lossy || case.flows.iter().any(|flow| !flow.syn)),
            Step::Close(_) => {}
            Step::Words(_) => panic!("a capture has no words"),
        }
    }
    if !lossy {
        for (number, flow) in case.flows.iter().enumerate() {
            let whole = if flow.udp { &datagrams[number] } else { &streams[number].0 };
            if flow.messages.len() >= 2 && (flow.udp || flow.syn) {
                assert!(got.get(&number) == Some(whole), "flow {number}: not everything came");
            }
        }
    }
});
