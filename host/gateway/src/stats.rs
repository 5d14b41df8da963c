//! Counts of everything in the input that is not a delivery.

/// What a source saw. Captures are counted in full when they are opened; the other formats count
/// as they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Packets in the capture.
    pub packets: u64,
    /// Packets on an interface whose link type is not known.
    pub packets_other_link: u64,
    /// Packets that are neither IPv4 nor IPv6.
    pub packets_not_ip: u64,
    /// IP packets that are neither TCP nor UDP.
    pub packets_not_tcp_udp: u64,
    /// Packets whose headers are cut off or contradict each other.
    pub packets_bad: u64,
    /// Packets whose last bytes the capture cut off.
    pub packets_cut: u64,
    /// IP fragments; none is put together.
    pub fragments: u64,
    /// Streams that carry the protocol.
    pub streams: u64,
    /// Flows with data that never framed two messages in a row.
    pub foreign_flows: u64,
    /// Payload bytes of these flows.
    pub foreign_bytes: u64,
    /// Flows closed because more than the limit were open; the longest unused goes first.
    pub evictions: u64,
    /// Flows that were cut in two because their pair of ports was used again.
    pub ports_reused: u64,
    /// Bytes before the first message of streams whose start was not captured.
    pub bytes_before_sync: u64,
    /// Bytes of our streams that came more than once; the first copy counts.
    pub repeated_bytes: u64,
    /// Bytes of our streams that came before their first byte, too late to be put in front.
    pub bytes_before_start: u64,
    /// TCP segments without a new byte.
    pub repeated_segments: u64,
    /// TCP segments that arrived before an earlier part of their stream.
    pub out_of_order_segments: u64,
    /// TCP keep-alives.
    pub keep_alives: u64,
    /// TCP segments with data behind the end of their stream, or after it.
    pub segments_after_close: u64,
    /// Bytes behind the end of their stream, or after it.
    pub bytes_after_close: u64,
    /// Resets whose sequence number is not of their stream.
    pub resets_ignored: u64,
    /// Holes in our streams that were never filled.
    pub holes: u64,
    /// Bytes that were never captured.
    pub hole_bytes: u64,
    /// Holes given up because too much was held behind them.
    pub holes_given_up_early: u64,
    /// Bytes of our streams that no message was found in: holes, and what is skipped behind them.
    pub lost_bytes: u64,
    /// Times that a flow gave up places where a message may begin, because all searches together
    /// held too much.
    pub searches_cut_short: u64,
    /// Streams of ours among these; messages of theirs may be left out.
    pub streams_cut_short: u64,
    /// UDP datagrams with data.
    pub datagrams: u64,
    /// UDP datagrams of our streams whose messages do not reach their end.
    pub datagrams_broken: u64,
}

impl Stats {
    /// Both together, field by field.
    pub(crate) fn with(&self, other: &Stats) -> Stats {
        Stats {
            packets: self.packets + other.packets,
            packets_other_link: self.packets_other_link + other.packets_other_link,
            packets_not_ip: self.packets_not_ip + other.packets_not_ip,
            packets_not_tcp_udp: self.packets_not_tcp_udp + other.packets_not_tcp_udp,
            packets_bad: self.packets_bad + other.packets_bad,
            packets_cut: self.packets_cut + other.packets_cut,
            fragments: self.fragments + other.fragments,
            streams: self.streams + other.streams,
            foreign_flows: self.foreign_flows + other.foreign_flows,
            foreign_bytes: self.foreign_bytes + other.foreign_bytes,
            evictions: self.evictions + other.evictions,
            ports_reused: self.ports_reused + other.ports_reused,
            bytes_before_sync: self.bytes_before_sync + other.bytes_before_sync,
            repeated_bytes: self.repeated_bytes + other.repeated_bytes,
            bytes_before_start: self.bytes_before_start + other.bytes_before_start,
            repeated_segments: self.repeated_segments + other.repeated_segments,
            out_of_order_segments: self.out_of_order_segments + other.out_of_order_segments,
            keep_alives: self.keep_alives + other.keep_alives,
            segments_after_close: self.segments_after_close + other.segments_after_close,
            bytes_after_close: self.bytes_after_close + other.bytes_after_close,
            resets_ignored: self.resets_ignored + other.resets_ignored,
            holes: self.holes + other.holes,
            hole_bytes: self.hole_bytes + other.hole_bytes,
            holes_given_up_early: self.holes_given_up_early + other.holes_given_up_early,
            lost_bytes: self.lost_bytes + other.lost_bytes,
            searches_cut_short: self.searches_cut_short + other.searches_cut_short,
            streams_cut_short: self.streams_cut_short + other.streams_cut_short,
            datagrams: self.datagrams + other.datagrams,
            datagrams_broken: self.datagrams_broken + other.datagrams_broken,
        }
    }
}
