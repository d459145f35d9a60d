//! What comes over the pipes between window and worker: greetings and frames, both ways. What is
//! read can be sent again and means the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use yinju_supervisor::protocol::{
    FrameError, FromWorker, Hello, Side, ToWorker, WorkerRole, encode, read_message,
};

/// Messages, one after the other, as long as the bytes make some.
fn frames<T: Message>(mut bytes: &[u8]) {
    while let Ok(Some(message)) = read_message::<T>(&mut bytes) {
        check(&message);
    }
}

/// A body as the whole of a frame, so that no byte has to be spent on its length.
fn body<T: Message>(bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("inputs are short").to_le_bytes();
    let frame = [&length, bytes].concat();
    match read_message::<T>(&mut frame.as_slice()) {
        Ok(Some(message)) => check(&message),
        Ok(None) => unreachable!("a frame has a length"),
        Err(error) => assert!(!matches!(error, FrameError::Io(_)), "{error}"),
    }
}

/// Compared as bytes, as not every number equals itself.
fn check<T: Message>(message: &T) {
    let sent = encode(message).expect("what was short enough to come is short enough to go");
    let again = read_message::<T>(&mut sent.as_slice()).expect("what is sent can be read");
    let again = again.expect("it is not empty");
    assert_eq!(encode(&again).expect("as before"), sent);
}

/// A message of either side.
trait Message: Serialize + DeserializeOwned {}
impl<T: Serialize + DeserializeOwned> Message for T {}

fn hello(bytes: &[u8], side: Side) {
    let Ok(hello) = Hello::read(side, &mut &*bytes) else { return };
    let _ = hello.check(WorkerRole::Read).map_err(|error| error.to_string());
    let again = Hello::read(side, &mut hello.to_bytes(side).as_slice());
    // A build's name that is no text, or too long once it is, does not come back the same.
    assert_eq!(again.expect("a greeting can be read").role, hello.role);
}

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    match kind % 6 {
        0 => body::<FromWorker>(bytes),
        1 => body::<ToWorker>(bytes),
        2 => frames::<FromWorker>(bytes),
        3 => frames::<ToWorker>(bytes),
        4 => hello(bytes, Side::Worker),
        _ => hello(bytes, Side::Supervisor),
    }
});
