//! Ctrl-C, and a system that ends: work that can be stopped is, so that all is closed in order; anything
//! else ends at once.

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use yinju_core::CancelToken;

/// As a shell tells of what was interrupted.
const INTERRUPTED: i32 = 130;

/// What stops the work, once there is any.
static WORK: OnceLock<CancelToken> = OnceLock::new();
static WAS_ASKED: AtomicBool = AtomicBool::new(false);

/// From now on an interrupt stops what listens. A second one does not wait for it.
pub fn listen() {
    let handled = ctrlc::set_handler(|| match WORK.get() {
        Some(work) if !WAS_ASKED.swap(true, Ordering::Relaxed) => work.cancel(),
        _ => process::exit(INTERRUPTED),
    });
    // Where the system takes no handler, an interrupt ends the program at once, as without one.
    drop(handled);
}

/// Set when a person interrupts this command, which has to look at it from now on.
pub fn token() -> CancelToken {
    WORK.get_or_init(CancelToken::new).clone()
}
