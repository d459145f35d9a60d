//! What Linux can take from a process that opens foreign files. Done by the worker itself before it
//! hears of any file: what is given up cannot be taken back (hard limits), and the window starts
//! processes without running code between `fork` and `exec`.

use crate::child::{exit, exit_now, sandbox};
use crate::launch::Launch;
use crate::protocol::WorkerRole;
use std::io;

pub(super) fn confine(launch: &Launch) -> io::Result<()> {
    close_inherited_files();
    die_with_parent()?;
    limit(libc::RLIMIT_CORE, 0)?;
    if launch.role == WorkerRole::Read {
        limit(libc::RLIMIT_FSIZE, 0)?;
        forbid_new_privileges()?;
        sandbox::read_only();
    }
    if let Some(seconds) = launch.cpu_limit {
        limit_processor_time(seconds)?;
    }
    if let Some(bytes) = launch.memory_limit {
        limit(libc::RLIMIT_DATA, bytes)?;
        report_failed_allocations();
    }
    be_nice(launch.nice);
    Ok(())
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
