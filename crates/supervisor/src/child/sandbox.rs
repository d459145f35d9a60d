//! What the kernel refuses a process that opens foreign files, should a file take it over: other
//! files, the network, other programs and processes. Landlock rules files, a seccomp filter rules
//! system calls; both are inherited and neither can be taken back. A kernel that lacks one goes
//! without it, as old ones must be able to read too.
//!
//! Landlock: <https://docs.kernel.org/userspace-api/landlock.html>; seccomp: seccomp(2).

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
#[cfg(target_arch = "x86_64")]
use seccompiler::sock_filter;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The newest rules asked for; a kernel that knows fewer keeps those it knows.
const RULES: ABI = ABI::V6;

/// Where PDFium looks for a font that a file names and does not hold.
const FONTS: [&str; 3] = ["/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts"];

/// From now on files can be read and nothing else; for the whole process, so it must still have
/// one thread.
pub(super) fn read_only() {
    note("files", restrict(vec![PathBuf::from("/")]));
    note("system calls", refuse_calls());
}

/// From now on the calling thread opens one file, a folder of Yinju's own, and fonts.
pub(super) fn only(file: &Path, own: Option<&Path>) {
    let fonts = FONTS.iter().map(Path::new);
    let readable = fonts.chain([file]).chain(own).map(PathBuf::from);
    note("one file", restrict(readable.collect()));
}

/// From now on the calling thread opens nothing.
pub(super) fn nothing() {
    note("no file", restrict(Vec::new()));
}

fn note(what: &str, outcome: Result<RulesetStatus, Box<dyn std::error::Error>>) {
    match outcome {
        Ok(RulesetStatus::FullyEnforced) => {}
        Ok(status) => tracing::debug!(what, ?status, "the kernel confines in part"),
        Err(error) => eprintln!("worker: not confined to {what}: {error}"),
    }
}

fn restrict(readable: Vec<PathBuf>) -> Result<RulesetStatus, Box<dyn std::error::Error>> {
    let rules = || -> Result<RulesetStatus, RulesetError> {
        let read = AccessFs::from_read(RULES) & !BitFlags::from(AccessFs::Execute);
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(RULES))?
            .handle_access(AccessNet::from_all(RULES))?
            .scope(Scope::from_all(RULES))?
            .create()?
            .add_rules(path_beneath_rules(readable, read))?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    Ok(rules()?)
}

fn refuse_calls() -> Result<RulesetStatus, Box<dyn std::error::Error>> {
    let mut refused: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    refused.insert(libc::SYS_clone, vec![no_thread()?]);
    // A process may signal and limit itself, as `abort` does, and no other of the same person.
    let own = u64::from(std::process::id());
    refused.insert(libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Ne, own)?]);
    refused.insert(libc::SYS_prlimit64, vec![when(0, SeccompCmpOp::Ne, 0)?]);
    // Typing into the terminal that Yinju was started from.
    let typing = [libc::TIOCSTI, TIOCLINUX].map(|request| when(1, SeccompCmpOp::Eq, request));
    refused.insert(libc::SYS_ioctl, typing.into_iter().collect::<Result<_, _>>()?);
    #[cfg(target_arch = "x86_64")]
    refused.extend([libc::SYS_fork, libc::SYS_vfork].map(|call| (call, Vec::new())));
    answer(refused, libc::EPERM)?;
    // Its arguments cannot be looked at; libc goes back to `clone` when it is told it is not there.
    answer(BTreeMap::from([(libc::SYS_clone3, Vec::new())]), libc::ENOSYS)?;
    #[cfg(target_arch = "x86_64")]
    apply_filter(&no_second_numbers())?;
    Ok(RulesetStatus::FullyEnforced)
}

/// TIOCLINUX(2const): among others, pastes into a console.
const TIOCLINUX: u64 = 0x541C;

/// Refused where an argument compares so; only its lower half counts, as in the calls themselves.
fn when(
    argument: u8,
    compares: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, seccompiler::BackendError> {
    let lower = SeccompCmpArgLen::Dword;
    SeccompRule::new(vec![SeccompCondition::new(argument, lower, compares, value)?])
}

/// Kernels with the x32 ABI know every call by a second number, which the rules above do not.
/// Instructions as in seccomp(2): load the number, jump if it is over the first, answer.
#[cfg(target_arch = "x86_64")]
fn no_second_numbers() -> seccompiler::BpfProgram {
    const FIRST: u32 = 0x4000_0000;
    let instruction = |code: u32, jt, k| sock_filter { code: code as u16, jt, jf: 0, k };
    vec![
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 1, FIRST),
        instruction(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
        instruction(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32),
    ]
}

/// A new process rather than a thread.
fn no_thread() -> Result<SeccompRule, seccompiler::BackendError> {
    let thread = SeccompCmpOp::MaskedEq(libc::CLONE_THREAD as u64);
    SeccompRule::new(vec![SeccompCondition::new(0, SeccompCmpArgLen::Qword, thread, 0)?])
}

fn answer(
    calls: BTreeMap<i64, Vec<SeccompRule>>,
    error: i32,
) -> Result<(), Box<dyn std::error::Error>> {
    let error = SeccompAction::Errno(error as u32);
    let here = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(calls, SeccompAction::Allow, error, here)?;
    let program: seccompiler::BpfProgram = filter.try_into()?;
    Ok(apply_filter(&program)?)
}

/// Network, other programs and processes, the system itself, and calls that have often been ways
/// out of a sandbox. None of them belongs to reading a file.
const REFUSED: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
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
];
