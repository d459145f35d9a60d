//! The worker's end of the pipes: how a process becomes a worker, hears calls and answers them.
//! What it does about a call is the worker's own business.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod confine;
#[cfg(target_os = "linux")]
mod files;
mod inbox;
mod pipes;

pub use inbox::{Inbox, Job};
pub use pipes::{Outbox, Pipes};

use crate::launch::Launch;

/// Exit statuses of a worker, as the supervisor reads them.
pub mod exit {
    /// Standard input ended, and with it the process's purpose.
    pub const DONE: i32 = 0;
    /// The command line was not understood.
    pub const USAGE: i32 = 2;
    /// The worker panicked; the message is on standard error.
    pub const PANICKED: i32 = 70;
    /// The supervisor is of another build.
    pub const MISMATCH: i32 = 71;
    /// A pipe broke or carried something unintelligible.
    pub const PIPE: i32 = 72;
    /// An allocation failed.
    pub const OUT_OF_MEMORY: i32 = 73;
}

/// What a build of the worker drives besides the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    /// Nothing.
    None,
    /// A graphics processor: its driver opens devices and makes calls that are not known here, so it
    /// is left more.
    Graphics,
}

/// Gives up what the role has no need of: memory beyond its limit, priority, core dumps, inherited
/// files, life beyond its parent's, writing, the network, other programs and processes. To be called
/// first of all, with one thread running. On other systems than Linux only the end of standard input
/// ends the process with its parent.
pub fn confine(launch: &Launch, devices: Devices) -> std::io::Result<()> {
    leave_interrupts_to_parent();
    #[cfg(target_os = "linux")]
    return confine::confine(launch, devices);
    #[cfg(not(target_os = "linux"))]
    {
        tracing::debug!(?launch, ?devices, "no limits on this system");
        Ok(())
    }
}

/// Ctrl-C and a terminal that closes go to every process of the terminal. The parent ends its work in
/// order, for which it needs this process; that ends with it.
fn leave_interrupts_to_parent() {
    #[cfg(unix)]
    for signal in [libc::SIGINT, libc::SIGHUP] {
        // SAFETY: a plain number, and no handler of ours.
        unsafe { libc::signal(signal, libc::SIG_IGN) };
    }
}

/// From now on the calling thread can open this file, a folder of Yinju's own files (models), fonts,
/// and no other file; for ever, so a process reads one file. Nor can any thread load more code: what
/// the process needs besides must be open or loaded. Linux only.
pub fn confine_to(file: &std::path::Path, own: Option<&std::path::Path>) {
    #[cfg(target_os = "linux")]
    confine::confine_to(file, own);
    #[cfg(not(target_os = "linux"))]
    let _ = (file, own);
}

/// From now on the calling thread, and those it starts, can open this model's file, or what is in
/// its folder, and no other file; for ever, so a process holds one model. Linux only; a build that
/// drives devices opens what its driver opens.
pub fn confine_to_model(files: &std::path::Path, devices: Devices) {
    #[cfg(target_os = "linux")]
    if devices == Devices::None {
        files::model(files);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (files, devices);
}

/// Ends the process at once, whatever its other threads hold: no destructor of a library that is
/// at work in another thread may run.
pub fn exit_now(status: i32) -> ! {
    #[cfg(unix)]
    // SAFETY: `_exit` takes any status and does not return.
    unsafe {
        libc::_exit(status)
    }
    #[cfg(not(unix))]
    std::process::exit(status)
}
