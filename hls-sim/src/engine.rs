//! The engine `sim`: the shell around the beat rooms in Rust and the record rooms of `pipeline`.

use tidegate_pipeline::engine::{Book, EngineFailure};
use tidegate_pipeline::index::Index;
use tidegate_pipeline::log::LogWriter;
use tidegate_pipeline::quote::QuoteTable;
use tidegate_pipeline::securities::SecurityId;
use tidegate_pipeline::{
    Control, Counters, Engine, Evidence, Identity, Input, Setup, Sink, Trading,
};
use tidegate_protocol::PROTOCOL_ID;

use crate::error::CardError;
use crate::room::decode::Decode;
use crate::shell::{Options, Shell};
use crate::stage::RustBack;

/// Its name on the command line.
const NAME: &str = "sim";

/// The simulated card.
#[derive(Debug)]
pub struct SimEngine {
    log: LogWriter,
    failure: Option<EngineFailure>,
    shell: Shell<Decode, RustBack>,
}

impl SimEngine {
    /// A card of the usual build, whose rows are [`Setup::row_names`] of the setup and of the
    /// collected securities.
    ///
    /// # Errors
    /// When the securities have no map.
    pub fn new(setup: &Setup, collected: &[SecurityId]) -> Result<Self, CardError> {
        Self::with(setup, collected, Options::default())
    }

    /// A card that is built so.
    ///
    /// # Errors
    /// When the securities have no map, or the script lets the card be absent or not load.
    pub fn with(
        setup: &Setup,
        collected: &[SecurityId],
        options: Options,
    ) -> Result<Self, CardError> {
        crate::shell::open(&options.script)?;
        let decode = [0, 1].map(|line| Decode::new(line, setup.toe, setup.checksum, options.width));
        let back = RustBack::new(setup, collected, options.publishes)?;
        let shell = Shell::new(options, setup.toe, decode, back)?;
        Ok(Self { log: LogWriter::new(setup.toe), failure: None, shell })
    }

    /// The card: cycles, stamps, FIFOs, what left.
    pub fn card(&self) -> &Shell<Decode, RustBack> {
        &self.shell
    }

    /// The card, for what the host does with it.
    pub fn card_mut(&mut self) -> &mut Shell<Decode, RustBack> {
        &mut self.shell
    }

    /// The rooms behind the index, if the setup has triggers.
    pub fn trading(&self) -> Option<&Trading> {
        self.shell.back().core.trading()
    }

    /// The index as it stands, with the sum behind it.
    pub fn index(&self) -> Option<&Index> {
        self.shell.back().core.index()
    }

    /// Takes the next entry of the input log. Outputs may leave with a later one: packets and words
    /// leave theirs on the way, a control word drains.
    ///
    /// # Errors
    /// When the card does not go on; from then on, always.
    pub fn try_feed<S: Sink + ?Sized>(
        &mut self,
        input: Input<'_>,
        sink: &mut S,
    ) -> Result<(), CardError> {
        let Self { log, shell, failure } = self;
        feed(log, shell, input, sink).inspect_err(|error| {
            failure.get_or_insert_with(|| failed(NAME, error));
        })
    }
}

/// The failure of an engine, as it is told to its user.
pub(crate) fn failed(engine: &'static str, error: &CardError) -> EngineFailure {
    EngineFailure { engine, source: Box::new(error.clone()) }
}

/// The same for both engines that have the shell.
pub(crate) fn feed<D, B, S>(
    log: &mut LogWriter,
    shell: &mut Shell<D, B>,
    input: Input<'_>,
    sink: &mut S,
) -> Result<(), CardError>
where
    D: crate::stage::DecodeStage,
    B: crate::stage::BackStages,
    S: Sink + ?Sized,
{
    let refused = match input {
        Input::Parameters(parameters) => !shell.parameters(parameters, sink)?,
        _ => false,
    };
    let mut result = Ok(());
    log.push(input, |mut word| {
        // Of parameters that the host refuses, the card only learns that.
        if refused {
            word.how = 1;
        }
        if result.is_ok() {
            result = shell.push(&word, sink);
        }
    });
    shell.why(result)?;
    match input {
        Input::Packet { .. } | Input::Words { .. } => Ok(()),
        Input::Control(Control::Stop) => shell.finish(sink),
        Input::Control(_) | Input::Parameters(_) => shell.drain(sink),
    }
}

impl Engine for SimEngine {
    fn identity(&self) -> Identity {
        Identity { name: NAME, protocol_id: PROTOCOL_ID, evidence: Evidence::Modelled }
    }

    fn feed(&mut self, input: Input<'_>, sink: &mut dyn Sink) {
        // Kept as the engine's failure.
        let _ = self.try_feed(input, sink);
    }

    fn counters(&self) -> &Counters {
        self.shell.back().core.counters()
    }

    fn quotes(&self) -> &QuoteTable {
        self.shell.back().core.quotes()
    }

    fn book(&self) -> Option<Book<'_>> {
        self.trading().map(Trading::book)
    }

    fn failure(&self) -> Option<&EngineFailure> {
        self.failure.as_ref()
    }
}
