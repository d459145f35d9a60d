//! What a file or a model that took the process over would try next, and what the system says to it.

use libc::{c_int, c_long, c_void};
use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io::{Error, Result};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

/// More than any worker of the tests may have.
const MUCH: usize = 3 << 30;

/// `done`, `refused`, or the error that came instead.
pub fn try_to(attempt: &str, file: &Path) -> String {
    match outcome(attempt, file) {
        Ok(()) => "done".to_owned(),
        Err(error) => match error.raw_os_error() {
            Some(libc::ENOSYS | libc::EPERM | libc::EACCES) => "refused".to_owned(),
            _ => format!("{error:?}"),
        },
    }
}

fn outcome(attempt: &str, file: &Path) -> Result<()> {
    match attempt {
        "its file" => std::fs::read(file).map(drop),
        "another file" => std::fs::read("/etc/hostname").map(drop),
        "its folder" => std::fs::read_dir(file.parent().expect("absolute")).map(drop),
        "a thread" => std::thread::Builder::new().spawn(|| ())?.join().map_err(|_| lost()),
        "its own signal" => call(libc::SYS_tgkill, [own(), own(), 0]),
        "much memory" => map(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, libc::PROT_WRITE),
        other => change_files(other, file)
            .or_else(|| reach_out(other))
            .or_else(|| escape(other))
            .unwrap_or_else(|| panic!("{other}?")),
    }
}

/// Attempts that would leave something changed in a folder.
fn change_files(attempt: &str, file: &Path) -> Option<Result<()>> {
    let text = |path: &Path| CString::new(path.as_os_str().as_encoded_bytes()).expect("no zero");
    let (path, beside) = (text(file), text(&file.with_extension("beside")));
    let (path, beside) = (path.as_ptr(), beside.as_ptr());
    let name = c"user.yinju".as_ptr();
    // SAFETY: the texts end with zero and live through the calls; a null time means now.
    let done = unsafe {
        match attempt {
            "writing" => return Some(std::fs::write(file, "changed")),
            "opening to write" => {
                return Some(OpenOptions::new().write(true).open(file).map(drop));
            }
            "making a file" => return Some(File::create(file.with_extension("beside")).map(drop)),
            "chmod" => libc::chmod(path, 0o777),
            "chown" => libc::chown(path, 12_345, 12_345),
            "utimes" => libc::utimensat(libc::AT_FDCWD, path, std::ptr::null(), 0),
            "an attribute" => libc::setxattr(path, name, path.cast::<c_void>(), 1, 0),
            "no attribute" => libc::removexattr(path, name),
            "truncating" => libc::truncate(path, 0),
            "removing" => libc::unlink(path),
            "renaming" => libc::rename(path, beside),
            "a folder" => libc::mkdir(beside, 0o700),
            "a link" => libc::link(path, beside),
            "a symbolic link" => libc::symlink(path, beside),
            "a fifo" => libc::mkfifo(beside, 0o600),
            _ => return None,
        }
    };
    Some(checked(done.into()))
}

/// Attempts on the network and on other programs and processes.
fn reach_out(attempt: &str) -> Option<Result<()>> {
    Some(match attempt {
        "a connection" => TcpStream::connect("127.0.0.1:9").map(drop),
        "a datagram" => UdpSocket::bind("127.0.0.1:0").map(drop),
        "a socket" => UnixStream::pair().map(drop),
        "a program" => Command::new("/bin/true").status().map(drop),
        "a fork" => call(libc::SYS_clone, [libc::SIGCHLD.into(), 0, 0]),
        "a view of its own" => call(libc::SYS_unshare, [libc::CLONE_NEWUSER.into(), 0, 0]),
        "a signal" => call(libc::SYS_tgkill, [parent(), parent(), 0]),
        "a kill" => call(libc::SYS_kill, [parent(), 0, 0]),
        "limiting another" => call(libc::SYS_prlimit64, [parent(), 7, 0]),
        "tracing" => call(libc::SYS_ptrace, [0, 0, 0]),
        "reading another" => call(libc::SYS_process_vm_readv, [parent(), 0, 0]),
        "hurrying" => call(libc::SYS_setpriority, [0, parent(), 0]),
        "a terminal" => call(libc::SYS_ioctl, [0, libc::TIOCSTI as c_long, 0]),
        "signals by a pipe" => call(libc::SYS_fcntl, [0, libc::F_SETOWN.into(), parent()]),
        _ => return None,
    })
}

/// Attempts to undo its limits, or to have what they do not count.
fn escape(attempt: &str) -> Option<Result<()>> {
    let (write, exec) = (libc::PROT_WRITE, libc::PROT_EXEC);
    let memory = libc::MAP_ANONYMOUS | libc::MAP_PRIVATE;
    Some(match attempt {
        "outliving its parent" => call(libc::SYS_prctl, [libc::PR_SET_PDEATHSIG.into(), 0, 0]),
        "its limits" => {
            let none = libc::rlimit { rlim_cur: 1 << 40, rlim_max: 1 << 40 };
            // SAFETY: `none` lives through the call.
            checked(unsafe { libc::setrlimit(libc::RLIMIT_DATA, &raw const none) }.into())
        }
        "shared memory" => map(libc::MAP_ANONYMOUS | libc::MAP_SHARED, write),
        "a growing stack" => map(memory | libc::MAP_GROWSDOWN, write),
        "a nameless file" => call(libc::SYS_memfd_create, [c"x".as_ptr() as c_long, 0, 0]),
        "a segment" => call(libc::SYS_shmget, [0, 4096, 0o1600]),
        "new code" => map(memory, exec),
        "data as code" => {
            let page = std::ptr::from_ref(&MUCH).addr() & !4095;
            call(libc::SYS_mprotect, [page as c_long, 4096, (libc::PROT_READ | exec).into()])
        }
        "a filter" => call(libc::SYS_seccomp, [1, 0, 0]),
        "a ring" => call(libc::SYS_io_uring_setup, [1, 0, 0]),
        "keys" => call(libc::SYS_keyctl, [0, 0, 0]),
        "a program in the kernel" => call(libc::SYS_bpf, [0, 0, 0]),
        "a mount" => call(libc::SYS_mount, [0, 0, 0]),
        #[cfg(target_arch = "x86_64")]
        "a second number" => call(0x4000_0000 + libc::SYS_getpid, [0; 3]),
        _ => return None,
    })
}

fn map(flags: c_int, protection: c_int) -> Result<()> {
    // SAFETY: asks for new memory and touches none.
    let got = unsafe { libc::mmap(std::ptr::null_mut(), MUCH, protection, flags, -1, 0) };
    if got == libc::MAP_FAILED { Err(Error::last_os_error()) } else { Ok(()) }
}

fn lost() -> Error {
    Error::other("the thread panicked")
}

fn own() -> c_long {
    std::process::id().into()
}

fn parent() -> c_long {
    std::os::unix::process::parent_id().into()
}

fn call(number: c_long, arguments: [c_long; 3]) -> Result<()> {
    let [a, b, c] = arguments;
    // SAFETY: none of the calls tried here writes to memory: what would point is null or a text.
    checked(unsafe { libc::syscall(number, a, b, c, 0, 0) })
}

fn checked(answer: c_long) -> Result<()> {
    if answer < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
