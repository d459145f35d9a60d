//! Which system calls a worker may make. The filter names what is allowed, with arguments where they
//! decide; whatever else is called is told that it is not there (`ENOSYS`), so that a C library of
//! another version goes back to what is. A 32-bit call ends the process; calls by their x32 numbers
//! are not named, so they are not there. Found by tracing all samples and test files through every
//! reader and model (`docs/security.md`), and what glibc 2.31 to 2.41 calls instead. Not here: which
//! files can be opened (`files`).
//!
//! seccomp(2): <https://man7.org/linux/man-pages/man2/seccomp.2.html>.

use libc::{c_int, c_long};
use seccompiler::SeccompCmpOp::{Eq, MaskedEq};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, apply_filter, apply_filter_all_threads,
};
use std::collections::BTreeMap;

type Outcome = Result<(), Box<dyn std::error::Error>>;
/// Calls, and for each the arguments it may have; none means any.
type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// From now on the process, which must still have one thread, makes no call but these.
pub(super) fn allow_the_named() -> Outcome {
    let allowed = allowed()?;
    let otherwise = SeccompAction::Errno(libc::ENOSYS as u32);
    Ok(apply_filter(&program(allowed, otherwise, SeccompAction::Allow)?)?)
}

/// From now on no thread of the process maps memory to be executed: every library is loaded.
pub(super) fn load_no_more_code() -> Outcome {
    let code = || rule(&[(2, MaskedEq(libc::PROT_EXEC as u64), libc::PROT_EXEC as u64)]);
    let refused = Rules::from([
        (libc::SYS_mmap, vec![code()?]),
        (libc::SYS_mprotect, vec![code()?]),
        (libc::SYS_seccomp, Vec::new()),
    ]);
    let refusal = SeccompAction::Errno(libc::EPERM as u32);
    Ok(apply_filter_all_threads(&program(refused, SeccompAction::Allow, refusal)?)?)
}

/// For builds that compute on a graphics processor: what its driver calls is the driver's business,
/// so the filter names what is refused. Other machines, programs and processes, and the system.
pub(super) fn refuse_the_worst() -> Outcome {
    let mut refused: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let families = [libc::AF_INET, libc::AF_INET6, libc::AF_PACKET];
    let network = families.map(|family| rule(&[(0, Eq, family as u64)]));
    refused.insert(libc::SYS_socket, network.into_iter().collect::<Result<_, _>>()?);
    let death_signal = rule(&[(0, Eq, libc::PR_SET_PDEATHSIG as u64)])?;
    refused.insert(libc::SYS_prctl, vec![death_signal]);
    let refusal = SeccompAction::Errno(libc::EPERM as u32);
    Ok(apply_filter(&program(refused, SeccompAction::Allow, refusal)?)?)
}

fn program(
    rules: Rules,
    otherwise: SeccompAction,
    named: SeccompAction,
) -> Result<BpfProgram, Box<dyn std::error::Error>> {
    let here = std::env::consts::ARCH.try_into()?;
    Ok(SeccompFilter::new(rules, otherwise, named, here)?.try_into()?)
}

/// Where all of these arguments, by their places, compare so. Their lower halves are what the calls
/// look at; pointers are compared by [`nowhere`].
fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, seccompiler::BackendError> {
    let lower = SeccompCmpArgLen::Dword;
    let condition = |(place, compares, value): &(u8, SeccompCmpOp, u64)| {
        SeccompCondition::new(*place, lower.clone(), compares.clone(), *value)
    };
    SeccompRule::new(conditions.iter().map(condition).collect::<Result<_, _>>()?)
}

/// A pointer that points nowhere.
fn nowhere(place: u8) -> Result<SeccompCondition, seccompiler::BackendError> {
    SeccompCondition::new(place, SeccompCmpArgLen::Qword, Eq, 0)
}

fn any_of(place: u8, values: &[u64]) -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    values.iter().map(|value| rule(&[(place, Eq, *value)])).collect()
}

fn allowed() -> Result<Rules, seccompiler::BackendError> {
    let mut allowed: Rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    allowed.insert(libc::SYS_openat, vec![for_reading(2)?]);
    #[cfg(target_arch = "x86_64")]
    {
        allowed.extend(ALLOWED_BY_OLD_NAMES.iter().map(|call| (*call, Vec::new())));
        allowed.insert(libc::SYS_open, vec![for_reading(1)?]);
    }
    allowed.insert(libc::SYS_mmap, mappings()?);
    allowed.insert(libc::SYS_clone, vec![a_thread()?]);
    // A process may signal itself, as `abort` does, and no other of the same person.
    let own = u64::from(std::process::id());
    allowed.insert(libc::SYS_tgkill, any_of(0, &[own])?);
    let own_limits = SeccompCondition::new(0, SeccompCmpArgLen::Dword, Eq, 0)?;
    allowed.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![own_limits, nowhere(2)?])?]);
    allowed.insert(libc::SYS_prctl, any_of(0, &PROCESS_OPTIONS.map(|option| option as u64))?);
    allowed.insert(libc::SYS_fcntl, any_of(1, &FILE_OPTIONS.map(|option| option as u64))?);
    // Whether a file is a terminal.
    allowed.insert(libc::SYS_ioctl, any_of(1, &[libc::TCGETS])?);
    allowed.insert(libc::SYS_seccomp, any_of(0, &[u64::from(libc::SECCOMP_SET_MODE_FILTER)])?);
    Ok(allowed)
}

/// Opening for reading what is there: flags that write, cut or make are not set.
fn for_reading(flags: u8) -> Result<SeccompRule, seccompiler::BackendError> {
    let writing = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC;
    rule(&[(flags, MaskedEq(writing as u64), libc::O_RDONLY as u64)])
}

/// Memory of its own, and files as they are. What is shared and no file's, and stacks that grow by
/// themselves, would not count towards `RLIMIT_DATA`.
fn mappings() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let (prot, flags) = (2, 3);
    let outside = libc::MAP_GROWSDOWN | libc::MAP_HUGETLB;
    let own =
        rule(&[(flags, MaskedEq((libc::MAP_TYPE | outside) as u64), libc::MAP_PRIVATE as u64)])?;
    let of_a_file = libc::MAP_TYPE | libc::MAP_ANONYMOUS | outside;
    let changing = libc::PROT_WRITE | libc::PROT_EXEC;
    let file = rule(&[
        (flags, MaskedEq(of_a_file as u64), libc::MAP_SHARED as u64),
        (prot, MaskedEq(changing as u64), 0),
    ])?;
    Ok(vec![own, file])
}

/// A thread of this process, in its own view of the system. `clone3` hides its arguments and is not
/// there; libc goes back to `clone`.
fn a_thread() -> Result<SeccompRule, seccompiler::BackendError> {
    let views = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;
    let thread = libc::CLONE_THREAD | libc::CLONE_VM | libc::CLONE_SIGHAND;
    rule(&[(0, MaskedEq((views | thread) as u64), thread as u64)])
}

/// A thread's name, and what comes before giving up more.
const PROCESS_OPTIONS: [c_int; 3] =
    [libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_NO_NEW_PRIVS];

/// None of which sends signals, locks or enlarges.
const FILE_OPTIONS: [c_int; 4] =
    [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_DUPFD_CLOEXEC];

/// Calls that may have any arguments: they concern this process's own memory, threads and open files,
/// the clock, and the names and sizes of files.
const ALLOWED: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_readv,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_readlinkat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_fadvise64,
    libc::SYS_ppoll,
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_set_tid_address,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getcpu,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_getrandom,
    // Giving up more.
    libc::SYS_landlock_create_ruleset,
    libc::SYS_landlock_add_rule,
    libc::SYS_landlock_restrict_self,
];

/// The same by the names older libraries use; newer systems have one name for each.
#[cfg(target_arch = "x86_64")]
const ALLOWED_BY_OLD_NAMES: &[c_long] = &[
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_getdents,
    libc::SYS_getrlimit,
    libc::SYS_time,
];

/// What no driver has to do with.
const REFUSED: &[c_long] = &[
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
    libc::SYS_userfaultfd,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_open_by_handle_at,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chmod,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_chown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lchown,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utime,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_utimes,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_futimesat,
];
