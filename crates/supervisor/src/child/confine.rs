//! What Linux can take from a process that opens foreign files or models. Done by the worker itself
//! before it hears of any: what is given up cannot be taken back (hard limits), and the window starts
//! processes without running code between `fork` and `exec`.

use crate::child::{Devices, calls, exit, exit_now, files};
use crate::launch::Launch;
use crate::protocol::WorkerRole;
use std::io;

/// Open files at once; a PDF, a font and the pipes need a dozen.
const OPEN_FILES: u64 = 256;
/// Addresses beyond twice what may be written to: the file or the model, mapped as it is. Each
/// takes a five-hundredth of it in tables of the kernel's own, which no other limit counts.
const ADDRESSES: u64 = 64 << 30;

pub(super) fn confine(launch: &Launch, devices: Devices) -> io::Result<()> {
    // Only models are computed on devices.
    let reads = launch.role == WorkerRole::Read;
    let devices = if reads { Devices::None } else { devices };
    close_inherited_files();
    die_with_parent()?;
    limit(libc::RLIMIT_CORE, 0)?;
    be_nice(launch.nice);
    if let Some(seconds) = launch.cpu_limit {
        limit_processor_time(seconds)?;
    }
    if let Some(bytes) = launch.memory_limit {
        limit(libc::RLIMIT_DATA, bytes)?;
        limit(libc::RLIMIT_AS, bytes.saturating_mul(2).saturating_add(ADDRESSES))?;
        report_failed_allocations();
    }
    forbid_new_privileges()?;
    match devices {
        Devices::None => {
            limit(libc::RLIMIT_FSIZE, 0)?;
            limit(libc::RLIMIT_NOFILE, OPEN_FILES)?;
            files::read_only();
            note(calls::allow_the_named());
        }
        Devices::Graphics => {
            files::read_and_drive_devices();
            note(calls::refuse_the_worst());
        }
    }
    if !reads && devices == Devices::None {
        note(calls::load_no_more_code());
    }
    Ok(())
}

/// What it needs of code is loaded, and what it opens from now on is a foreign file.
pub(super) fn confine_to(file: &std::path::Path, own: Option<&std::path::Path>) {
    files::document(file, own);
    note(calls::load_no_more_code());
}

/// A kernel without seccomp goes without.
fn note(outcome: Result<(), Box<dyn std::error::Error>>) {
    if let Err(error) = outcome {
        eprintln!("worker: not confined in what it calls: {error}");
    }
}

/// Files above standard error are the parent's; a kernel before 5.9 leaves them open.
fn close_inherited_files() {
    // SAFETY: nothing in this process has opened a file yet.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
}

/// The parent may have died before this call; then standard input is at its end.
fn die_with_parent() -> io::Result<()> {
    // SAFETY: plain integers.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) })
}

fn forbid_new_privileges() -> io::Result<()> {
    // SAFETY: plain integers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })
}

/// The kernel says so first, with a signal that names the reason, and insists a little later.
fn limit_processor_time(seconds: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: seconds, rlim_max: seconds + 5 };
    // SAFETY: `limit` lives through the call.
    check(unsafe { libc::setrlimit(libc::RLIMIT_CPU, &raw const limit) })
}

fn limit(resource: libc::__rlimit_resource_t, most: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
    // SAFETY: `limit` lives through the call.
    check(unsafe { libc::setrlimit(resource, &raw const limit) })
}

/// A refusal is not worth ending for.
fn be_nice(niceness: i32) {
    // SAFETY: plain integers; threads started later inherit the value.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, niceness) };
}

/// PDFium and Rust abort when they get no memory. The failed call has left `ENOMEM` behind, so the
/// supervisor can be told memory from other crashes.
fn report_failed_allocations() {
    let handler: extern "C" fn(libc::c_int) = on_abort;
    for signal in [libc::SIGABRT, libc::SIGILL, libc::SIGTRAP] {
        // SAFETY: the handler calls nothing but `_exit`, `signal` and `raise`, which are safe in
        // signal handlers.
        unsafe { libc::signal(signal, handler as libc::sighandler_t) };
    }
}

extern "C" fn on_abort(signal: libc::c_int) {
    if io::Error::last_os_error().raw_os_error() == Some(libc::ENOMEM) {
        exit_now(exit::OUT_OF_MEMORY);
    }
    // SAFETY: both are safe in signal handlers; the signal ends the process after the return.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
