//! Calls in, replies out, one after the other. What a call means is the role's.

use yinju_core::{Problem, ProblemCode};
use yinju_supervisor::child::{Inbox, Job, Outbox, exit, exit_now};
use yinju_supervisor::protocol::{FrameError, Reply};

/// What a worker can do.
pub trait Role {
    /// Does it. Parts of the answer go through `say`; the last part is returned.
    fn answer(
        &mut self,
        job: Job,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<Reply, Problem>;
}

/// Answers calls until none can come any more.
pub fn serve(inbox: Inbox, outbox: &Outbox, role: &mut dyn Role) {
    for job in inbox {
        let id = job.id;
        let mut say = |reply| send(outbox, id, reply);
        let last = role.answer(job, &mut say).unwrap_or_else(Reply::Failed);
        if let Err(problem) = say(last) {
            // A problem's own message is short, so this one can be sent.
            let _ = say(Reply::Failed(problem));
        }
    }
}

/// Ends the process where nobody listens any more.
fn send(outbox: &Outbox, id: u64, reply: Reply) -> Result<(), Problem> {
    match outbox.reply(id, reply) {
        Ok(()) => Ok(()),
        Err(FrameError::Io(_)) => exit_now(exit::PIPE),
        Err(error) => Err(too_much(&error)),
    }
}

fn too_much(error: &FrameError) -> Problem {
    Problem::new(
        ProblemCode::UnsupportedFile,
        format!("there is more than can be handed over: {error}"),
    )
    .hint("split the file into smaller ones and import those")
}

/// A call that belongs to the other role, or comes before its model is loaded.
pub fn out_of_place() -> Problem {
    Problem::internal("the worker was asked for something it is not there for")
}
