//! The thread that starts processes. Linux kills a child with `PR_SET_PDEATHSIG` when the *thread*
//! that started it ends, not the process; threads of an import come and go, this one stays.

use std::io;
use std::process::{Child, Command};

/// Starts a program from a thread that lives as long as this process.
#[cfg(target_os = "linux")]
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    let (answer, born) = std::sync::mpsc::channel();
    let gone = || io::Error::other("the thread that starts workers is gone");
    orders()?.send((command, answer)).map_err(|_| gone())?;
    born.recv().map_err(|_| gone())?
}

/// Starts a program.
#[cfg(not(target_os = "linux"))]
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    command.spawn()
}

#[cfg(target_os = "linux")]
type Order = (Command, std::sync::mpsc::Sender<io::Result<Child>>);

#[cfg(target_os = "linux")]
fn orders() -> io::Result<std::sync::mpsc::Sender<Order>> {
    use std::sync::{Mutex, PoisonError, mpsc};
    static ORDERS: Mutex<Option<mpsc::Sender<Order>>> = Mutex::new(None);
    let mut orders = ORDERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(orders) = orders.as_ref() {
        return Ok(orders.clone());
    }
    let (sender, receiver) = mpsc::channel::<Order>();
    std::thread::Builder::new().name("worker-nursery".into()).spawn(move || {
        for (mut command, answer) in receiver {
            // Whoever asked may have gone meanwhile; the child then ends with its standard input.
            let _ = answer.send(command.spawn());
        }
    })?;
    *orders = Some(sender.clone());
    Ok(sender)
}
