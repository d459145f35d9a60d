//! A hub for tests: an HTTP server on this machine that serves files as told, breaks connections,
//! refuses, redirects, and remembers what it was asked. Not here: what is tested with it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How a path is answered.
#[derive(Clone, Default)]
pub struct Served {
    /// The bytes.
    pub body: Vec<u8>,
    /// `X-Linked-Etag`, if any.
    pub stated_sha256: Option<String>,
    /// Each number breaks one answer after so many bytes, in order.
    pub break_after: Vec<usize>,
    /// Where the path redirects to instead.
    pub redirect: Option<String>,
    /// The server does not know ranges.
    pub no_ranges: bool,
}

/// A request as it came: its path and where its range starts.
pub type Asked = (String, Option<u64>);

/// The server.
pub struct TestHub {
    /// `http://127.0.0.1:port`.
    pub root: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Files = Arc<Mutex<HashMap<String, Served>>>;

impl TestHub {
    /// Starts serving; it ends with the test's process.
    pub fn start(files: &[(&str, Served)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let files: Files = Arc::new(Mutex::new(
            files.iter().map(|(path, served)| ((*path).to_owned(), served.clone())).collect(),
        ));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that hangs up early is what some tests are about.
                let _ = answer(stream, &files, &log);
            }
        });
        Self { root, asked }
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, files: &Files, asked: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut start = None;
    for line in lines {
        let line = line?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse().ok();
        }
    }
    asked.lock().unwrap().push((path.clone(), start));
    let served = {
        let mut files = files.lock().unwrap();
        let Some(served) = files.get_mut(&path) else {
            return write!(
                stream,
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        };
        let once = served.clone();
        if !served.break_after.is_empty() {
            served.break_after.remove(0);
        }
        once
    };
    write_answer(stream, &served, start)
}

fn write_answer(mut stream: TcpStream, served: &Served, start: Option<u64>) -> std::io::Result<()> {
    let etag = served.stated_sha256.as_ref();
    let etag = etag.map(|hash| format!("X-Linked-Etag: \"{hash}\"\r\n")).unwrap_or_default();
    if let Some(to) = &served.redirect {
        return write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\n{etag}Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let total = served.body.len();
    let start = start.filter(|_| !served.no_ranges).map(|s| s as usize);
    if start.is_some_and(|start| start >= total) {
        return write!(
            stream,
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{total}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let body = &served.body[start.unwrap_or(0)..];
    let head = start.map_or("HTTP/1.1 200 OK\r\n".to_owned(), |start| {
        let last = total - 1;
        format!("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{last}/{total}\r\n")
    });
    write!(stream, "{head}{etag}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    let sent = served.break_after.first().copied().unwrap_or(body.len()).min(body.len());
    stream.write_all(&body[..sent])
}
