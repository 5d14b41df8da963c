//! A stage between indicator and send, put in without touching either: a risk check that lets no
//! order above its limit pass.

#[path = "../../host/pipeline/tests/trading/wire.rs"]
mod wire;

use tidegate_hls_sim::room::decode::Decode;
use tidegate_hls_sim::room::writer::Frame;
use tidegate_hls_sim::stage::{BackStages, Given, RustBack, Written};
use tidegate_hls_sim::{CardError, Options, Shell};
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::parameters::Parameters;
use tidegate_pipeline::{Control, Input, Line, Setup, Sink};
use tidegate_protocol::kernel::{Item, LoadLine};
use tidegate_protocol::limits::HEADER_BYTES;
use tidegate_protocol::message::NewOrder;

struct RiskCheck {
    inner: RustBack,
    most_e2: i64,
    blocked: u64,
}

impl BackStages for RiskCheck {
    type Intent = Frame;
    type Record = <RustBack as BackStages>::Record;

    fn indicator<S: Sink + ?Sized>(
        &mut self,
        item: Option<&Item>,
        line: Option<&LoadLine>,
        out: &mut Given<Self>,
        sink: &mut S,
    ) -> Result<(), CardError> {
        let mut given = Given::<RustBack>::default();
        self.inner.indicator(item, line, &mut given, sink)?;
        let quantity = |frame: &Frame| {
            let at = HEADER_BYTES + NewOrder::ORDER_QTY_AT;
            i64::from_be_bytes(frame.bytes[at..at + 8].try_into().expect("8 bytes"))
        };
        out.intent = given.intent.filter(|(frame, _)| {
            let passes = quantity(frame) <= self.most_e2;
            self.blocked += u64::from(!passes);
            passes
        });
        (out.took, out.took_line, out.busy) = (given.took, given.took_line, given.busy);
        (out.record, out.events) = (given.record, given.events);
        Ok(())
    }
    fn indicator_is_idle(&self) -> bool {
        self.inner.indicator_is_idle()
    }
    fn send<S: Sink + ?Sized>(
        &mut self,
        intent: Option<&Frame>,
        sink: &mut S,
    ) -> Result<Written, CardError> {
        self.inner.send(intent, sink)
    }
    fn send_is_idle(&self) -> bool {
        self.inner.send_is_idle()
    }
    fn publish(&mut self, record: Option<&Self::Record>) -> Written {
        self.inner.publish(record)
    }
    fn publish_is_idle(&self) -> bool {
        self.inner.publish_is_idle()
    }
    fn flush(&mut self) {
        self.inner.flush();
    }
    fn reload(&mut self, parameters: &Parameters) -> Option<Vec<LoadLine>> {
        self.inner.reload(parameters)
    }
    fn settle(&mut self, bytes: u64, swallowed: u64) -> Result<(), CardError> {
        self.inner.settle(bytes, swallowed)
    }
}

const TOML: &str = r#"
[index]
id = "399001"
prev_close = 10
constituents = "c.csv"

[[trigger]]
name = "small"
index_at_least = "10.1"
order = { security = "000001", side = "buy", quantity = 100, price = 10 }

[[trigger]]
name = "large"
index_at_least = "10.2"
order = { security = "000001", side = "buy", quantity = 5000, price = 10 }
"#;

/// Shows G52, H5.
#[test]
fn a_stage_before_send_blocks_an_order() {
    let csv = "security,shares,prev_close\n000001,1000,10.0000\n";
    let setup = Setup::parse(TOML, |_| Ok(csv.to_owned())).expect("a setup");
    let decode = [0, 1].map(|line| Decode::new(line, setup.toe, setup.checksum, 16));
    let inner = RustBack::new(&setup, &[], false).expect("rows");
    let back = RiskCheck { inner, most_e2: 100_000, blocked: 0 };
    let options = Options { keeps_words: true, ..Options::default() };
    let mut card = Shell::new(options, setup.toe, decode, back).expect("a card");
    let mut log = LogWriter::new(setup.toe);
    let time = wire::stamp(20_240_102, 34_200_000);
    let bytes = wire::trade(1, "000001", 103_000, time);
    for input in [
        Input::Packet { line: Line::Market, session: 0, bytes: &bytes },
        Input::Control(Control::Stop),
    ] {
        log.push(input, |word| card.word(&word, &mut ()).expect("the card goes on"));
    }
    card.finish(&mut ()).expect("drained");
    assert_eq!(card.back().blocked, 1);
    assert_eq!(card.orders().len(), 1);
    assert_eq!(card.sent(1).len(), 1 + 121usize.div_ceil(16));
}
