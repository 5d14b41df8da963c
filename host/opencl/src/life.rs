//! What a session has gone through: usable, lost or hung.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::Error;
use crate::ffi::Code;

// The device went away: CL_DEVICE_NOT_AVAILABLE, CL_CONTEXT_TERMINATED_KHR.
const LOST: [Code; 2] = [-2, -1121];

/// Shared by everything that a session made.
#[derive(Debug, Default)]
pub(crate) struct Life(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The first error after which nothing further is accepted.
    ended: Option<Error>,
    /// Whether a call may never return, so that nothing may be released any more.
    hangs: bool,
    /// The first release that failed.
    release: Option<(&'static str, Code)>,
}

impl Life {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether work is accepted.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.state().ended {
            None => Ok(()),
            Some(error) => Err(Error::Refused { because: error.to_string() }),
        }
    }

    /// Whether handles must not be released.
    pub(crate) fn leaks(&self) -> bool {
        self.state().hangs
    }

    /// The error of a failed call.
    pub(crate) fn failed(&self, call: &'static str, kernel: Option<&str>, code: Code) -> Error {
        let kernel = kernel.map(str::to_owned);
        if !LOST.contains(&code) {
            return Error::Call { call, kernel, code };
        }
        let error = Error::DeviceLost { call, kernel, code };
        self.state().ended.get_or_insert(error.clone());
        error
    }

    /// The error of a kernel that did not answer.
    pub(crate) fn hung(&self, kernel: &str, waited: Duration) -> Error {
        self.hang(Error::Hung { kernel: kernel.to_owned(), waited_ms: millis(waited) })
    }

    /// The error of a call that did not return.
    pub(crate) fn late(&self, call: &'static str, waited: Duration) -> Error {
        self.hang(Error::Late { call, waited_ms: millis(waited) })
    }

    /// A kernel that nobody waits for any more.
    pub(crate) fn left_running(&self, kernel: &str) {
        self.hang(Error::LeftRunning { kernel: kernel.to_owned() });
    }

    fn hang(&self, error: Error) -> Error {
        let mut state = self.state();
        state.hangs = true;
        state.ended.get_or_insert(error.clone());
        error
    }

    pub(crate) fn release_failed(&self, call: &'static str, code: Code) {
        self.state().release.get_or_insert((call, code));
    }

    /// The first release that failed, as an error.
    pub(crate) fn releases(&self) -> Result<(), Error> {
        match self.state().release {
            None => Ok(()),
            Some((call, code)) => Err(Error::Call { call, kernel: None, code }),
        }
    }
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
