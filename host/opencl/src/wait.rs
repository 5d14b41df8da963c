//! Waiting, never without an end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Asks `ready` until it answers or `limit` has passed (`None`). Spins at first, since most answers
/// come within microseconds, and sleeps up to a millisecond later, since the machine may have few cores.
pub(crate) fn until<T, E>(
    limit: Duration,
    mut ready: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    const SPINS: u32 = 256;
    let start = Instant::now();
    let mut pause = Duration::from_micros(10);
    for round in 0u32.. {
        if let Some(answer) = ready()? {
            return Ok(Some(answer));
        }
        if start.elapsed() >= limit {
            break;
        }
        if round < SPINS {
            thread::yield_now();
        } else {
            thread::sleep(pause.min(limit.saturating_sub(start.elapsed())));
            pause = (pause * 2).min(Duration::from_millis(1));
        }
    }
    // One more time: the process may have slept through the whole limit.
    ready()
}

/// Runs a call that may never return in a thread of its own, and gives it up at the limit (`None`).
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    call: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, receive) = mpsc::sync_channel(1);
    thread::spawn(move || {
        // Nobody may be listening any more.
        let _ = send.send(catch_unwind(AssertUnwindSafe(call)));
    });
    match receive.recv_timeout(limit) {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_with_the_answer_or_the_limit() {
        let mut asked = 0;
        let answer = until(Duration::from_secs(60), || {
            asked += 1;
            Ok::<_, ()>((asked == 1000).then_some(asked))
        });
        assert_eq!(answer, Ok(Some(1000)));
        assert_eq!(until(Duration::from_millis(1), || Ok::<Option<()>, ()>(None)), Ok(None));
        assert_eq!(until(Duration::ZERO, || Err::<Option<()>, _>(5)), Err(5));
    }

    #[test]
    fn a_call_that_does_not_return_is_given_up() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let (hold, held) = mpsc::channel::<()>();
        assert_eq!(within(Duration::from_millis(1), move || held.recv().is_ok()), None);
        drop(hold);
    }
}
