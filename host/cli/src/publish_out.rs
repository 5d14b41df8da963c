//! `replay --publish`: the decoded data as the datagrams that a subscriber gets.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tidegate_gateway::write::PcapWriter;
use tidegate_pipeline::publish::Publisher;
use tidegate_pipeline::toe::Descriptor;
use tidegate_pipeline::{Record, Setup};
use tidegate_protocol::units::Timestamp;

use crate::Unusable;
use crate::frames_out::nanos;

/// Where the datagrams of a capture come from.
const PUBLISHER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2), 30_000);

enum Form {
    Pcap(PcapWriter<BufWriter<File>>),
    Beats(BufWriter<File>),
}

/// Where datagrams go.
struct To {
    form: Form,
    group: SocketAddrV4,
    cid: u8,
    descriptor: Descriptor,
    /// Time of the latest record, in nanoseconds since 1970.
    time_ns: u64,
    result: io::Result<()>,
}

impl To {
    fn datagram(&mut self, bytes: &[u8]) {
        let result = match &mut self.form {
            Form::Pcap(out) => out.udp(PUBLISHER, self.group, bytes, self.time_ns),
            Form::Beats(out) => {
                self.descriptor.words(self.cid, bytes, 0).try_for_each(|word| out.write_all(&word))
            }
        };
        if self.result.is_ok() {
            self.result = result;
        }
    }
}

/// The publisher and its file.
pub(crate) struct PublishOut {
    publisher: Publisher,
    to: To,
    path: PathBuf,
}

impl PublishOut {
    /// Creates the file; its name tells the form.
    pub(crate) fn create(path: &Path, setup: &Setup) -> Result<Self> {
        let failed = || format!("cannot create {}", path.display());
        let create = || File::create(path).map(|file| BufWriter::with_capacity(1 << 16, file));
        let form = match path.extension().and_then(|extension| extension.to_str()) {
            Some("pcap") => {
                Form::Pcap(PcapWriter::new(create().with_context(failed)?).with_context(failed)?)
            }
            Some("beats") => Form::Beats(create().with_context(failed)?),
            _ => {
                let text = "wanted .pcap (UDP datagrams) or .beats (words of TOE0)";
                return Err(Unusable(format!("--publish {}: {text}", path.display())).into());
            }
        };
        let publish = &setup.publish;
        Ok(Self {
            publisher: Publisher::new(publish.run, publish.batch_messages),
            to: To {
                form,
                group: publish.group,
                cid: publish.session,
                descriptor: setup.toe,
                time_ns: 0,
                result: Ok(()),
            },
            path: path.to_owned(),
        })
    }

    /// The next record.
    pub(crate) fn record(&mut self, record: &Record<'_>) {
        let time = match record {
            Record::Tick(tick) => tick.time,
            Record::Head(head) => head.time,
            _ => Timestamp(0),
        };
        self.to.time_ns = self.to.time_ns.max(nanos(time).unwrap_or(0));
        let Self { publisher, to, .. } = self;
        publisher.record(record, &mut |bytes| to.datagram(bytes));
    }

    /// All records of a message are there.
    pub(crate) fn end_of_message(&mut self) {
        let Self { publisher, to, .. } = self;
        publisher.end_of_message(&mut |bytes| to.datagram(bytes));
    }

    /// Sends what waits and closes the file; returns the datagrams sent.
    pub(crate) fn finish(mut self) -> Result<u64> {
        let Self { publisher, to, .. } = &mut self;
        publisher.flush(&mut |bytes| to.datagram(bytes));
        let result = self.to.result.and_then(|()| match self.to.form {
            Form::Pcap(out) => out.finish()?.flush(),
            Form::Beats(mut out) => out.flush(),
        });
        result.with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(self.publisher.sequence())
    }
}
