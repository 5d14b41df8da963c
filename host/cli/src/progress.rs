//! A progress bar on the standard error output, only where a person watches it.

use std::borrow::Cow;
use std::io::{IsTerminal, stderr, stdout};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over the bytes of the input.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar, if the standard error output is a terminal that nothing else is written to.
    pub(crate) fn new(what: impl Into<Cow<'static, str>>, writes_stdout: bool) -> Self {
        if !stderr().is_terminal() || writes_stdout && stdout().is_terminal() {
            return Self { bar: None };
        }
        // Nothing is drawn before the first position is known.
        let mut bar = ProgressBar::no_length().with_message(what);
        let template = "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar = bar.with_style(style.progress_chars("=> "));
        }
        Self { bar: Some(bar) }
    }

    /// No bar, whoever watches.
    pub(crate) fn none() -> Self {
        Self { bar: None }
    }

    /// Bytes read and bytes there are, as a source says it.
    pub(crate) fn at(&self, (read, total): (u64, Option<u64>)) {
        if let Some(bar) = &self.bar {
            // Either of them draws.
            if bar.length().is_none() {
                bar.update(|state| {
                    state.set_pos(read);
                    state.set_len(total.unwrap_or(read));
                });
            } else {
                bar.set_position(read);
            }
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
