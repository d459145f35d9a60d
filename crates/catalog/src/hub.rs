//! Fetches one file from a hub over HTTP, resuming where an earlier attempt stopped. Not here: which
//! hub, which file, and whether what came is right.

use crate::error::CatalogError;
use crate::hash::is_sha256;
use crate::ledger::{Begun, Ledger};
use crate::progress::{PullStage, Reporter};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;
use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::{Agent, Body};
use yinju_core::CancelToken;

/// Looking a name up longer than this means that the hub cannot be reached from here.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(3);
/// Connecting longer than this means the same.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// A connection that is silent for this long is taken for broken.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// Attempts in a row that may bring nothing before the hub is given up.
const FRUITLESS_ATTEMPTS: u32 = 3;
/// Redirections that are followed; hubs use one or two.
const REDIRECTS: u32 = 5;
/// What is read at once.
const CHUNK: usize = 256 << 10;

/// What a hub says of a file besides its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The SHA-256 of a large file (the hub's `X-Linked-Etag`).
    pub(crate) sha256: Option<String>,
}

/// Why one attempt ended before the file did.
enum Broken {
    /// The connection; `true` if the server had answered before.
    Connection(String, bool),
    /// Anything that another attempt would not mend.
    Final(CatalogError),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Connection(reason, _) => f.write_str(reason),
            Self::Final(error) => error.fmt(f),
        }
    }
}

impl From<CatalogError> for Broken {
    fn from(error: CatalogError) -> Self {
        Self::Final(error)
    }
}

/// Talks to hubs.
pub(crate) struct HubClient {
    agent: Agent,
    pub(crate) ledger: Ledger,
}

impl HubClient {
    /// Writes connections down in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(RESOLVE_TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_per_read(Some(READ_TIMEOUT))
            .user_agent(concat!("yinju/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .build();
        Self { agent: config.new_agent(), ledger: Ledger::in_folder(folder) }
    }

    /// Fetches `url` into `part`, going on after the bytes that are there.
    pub(crate) fn fetch(
        &self,
        url: &str,
        part: &Path,
        item: &str,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<Stated, CatalogError> {
        let mut fruitless = 0;
        loop {
            let before = length(part);
            match self.attempt(url, part, item, cancel, reporter) {
                Ok(stated) => return Ok(stated),
                Err(Broken::Final(error)) => return Err(error),
                Err(Broken::Connection(reason, answered)) => {
                    fruitless = if length(part) > before { 0 } else { fruitless + 1 };
                    if !answered && before == 0 {
                        return Err(CatalogError::Unreachable(reason));
                    }
                    if !answered || fruitless >= FRUITLESS_ATTEMPTS {
                        return Err(CatalogError::Disconnected(reason));
                    }
                    tracing::info!(%url, %reason, "the connection broke, going on");
                }
            }
        }
    }

    fn attempt(
        &self,
        url: &str,
        part: &Path,
        item: &str,
        cancel: &CancelToken,
        reporter: &mut Reporter,
    ) -> Result<Stated, Broken> {
        let offset = length(part);
        reporter.tell(item, PullStage::Connecting, offset, None);
        let (stated, response, begun) = self.open(url, item, offset, cancel)?;
        let before = length(part);
        let ended = take(response, (part, item, offset), cancel, reporter);
        let error = ended.as_ref().err().map(ToString::to_string);
        begun.end(length(part).saturating_sub(before), error);
        ended.map(|()| stated)
    }

    /// Asks for the bytes from `offset` on, following redirections; what each answer states of the
    /// file is kept, since the storage a hub redirects to does not state it.
    fn open(
        &self,
        url: &str,
        item: &str,
        offset: u64,
        cancel: &CancelToken,
    ) -> Result<(Stated, Response<Body>, Begun<'_>), Broken> {
        let mut address = url.to_owned();
        let mut stated = Stated::default();
        for hop in 0..=REDIRECTS {
            if cancel.is_cancelled() {
                return Err(CatalogError::Cancelled.into());
            }
            let mut request = self.agent.get(&address);
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            let begun = self.ledger.begin(&address, item)?;
            let response = match request.call() {
                Ok(response) => response,
                Err(error) => {
                    begun.end(0, Some(error.to_string()));
                    return Err(Broken::Connection(error.to_string(), hop > 0));
                }
            };
            stated.sha256 = stated.sha256.or_else(|| stated_sha256(response.headers()));
            if !response.status().is_redirection() {
                return Ok((stated, response, begun));
            }
            begun.end(0, None);
            address = redirected(&address, response.headers())?;
        }
        Err(CatalogError::Refused("too many redirections".to_owned()).into())
    }
}

/// Takes an answer's bytes into the file.
fn take(
    response: Response<Body>,
    (part, item, offset): (&Path, &str, u64),
    cancel: &CancelToken,
    reporter: &mut Reporter,
) -> Result<(), Broken> {
    let Some(start) = starting_point(&response, offset)? else {
        return Ok(());
    };
    let total = content_length(response.headers()).map(|left| start + left);
    let mut file = open_part(part, start)?;
    copy(response.into_body(), &mut file, part, cancel, &mut |written| {
        reporter.tell(item, PullStage::Downloading, start + written, total);
    })?;
    match total {
        Some(total) if length(part) < total => {
            Err(Broken::Connection("it ended early".to_owned(), true))
        }
        _ => Ok(()),
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn stated_sha256(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get("x-linked-etag")?.to_str().ok()?;
    let hash = etag.trim_start_matches("W/").trim_matches('"').to_ascii_lowercase();
    is_sha256(&hash).then_some(hash)
}

fn redirected(from: &str, headers: &HeaderMap) -> Result<String, CatalogError> {
    let refused = || CatalogError::Refused("a redirection to nowhere".to_owned());
    let to = headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).ok_or_else(refused)?;
    if to.contains("://") {
        return Ok(to.to_owned());
    }
    let host_end = from.find("://").and_then(|at| from[at + 3..].find('/').map(|s| at + 3 + s));
    let root = &from[..host_end.unwrap_or(from.len())];
    if to.starts_with('/') { Ok(format!("{root}{to}")) } else { Err(refused()) }
}

/// Where the answer's bytes belong in the file; `None` if the file is whole already.
fn starting_point(response: &Response<Body>, offset: u64) -> Result<Option<u64>, Broken> {
    match response.status() {
        StatusCode::OK => Ok(Some(0)),
        StatusCode::PARTIAL_CONTENT => {
            let start = range_start(response.headers()).unwrap_or(offset);
            if start > offset {
                let reason = "the server skipped a part".to_owned();
                return Err(CatalogError::Refused(reason).into());
            }
            Ok(Some(start))
        }
        StatusCode::RANGE_NOT_SATISFIABLE if offset > 0 => Ok(None),
        status => Err(CatalogError::Refused(format!("the server answered {status}")).into()),
    }
}

/// `bytes 100-199/200` → 100.
fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

fn open_part(part: &Path, start: u64) -> Result<File, CatalogError> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(part)
        .map_err(|e| CatalogError::io(part, e))?;
    file.set_len(start).map_err(|e| CatalogError::io(part, e))?;
    file.seek(SeekFrom::End(0)).map_err(|e| CatalogError::io(part, e))?;
    Ok(file)
}

fn copy(
    body: Body,
    file: &mut File,
    part: &Path,
    cancel: &CancelToken,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), Broken> {
    let mut reader = body.into_reader();
    let mut chunk = vec![0; CHUNK];
    let mut written = 0;
    loop {
        if cancel.is_cancelled() {
            return Err(CatalogError::Cancelled.into());
        }
        let read = match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(Broken::Connection(e.to_string(), true)),
        };
        file.write_all(&chunk[..read]).map_err(|e| CatalogError::io(part, e))?;
        written += read as u64;
        on_bytes(written);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections_may_be_relative() {
        let check = |to: &str, expected: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::LOCATION, to.parse().unwrap());
            assert_eq!(redirected("http://hub.test/a/b", &headers).unwrap(), expected);
        };
        check("/c/d", "http://hub.test/c/d");
        check("http://store.test/x", "http://store.test/x");
    }

    #[test]
    fn only_a_sha256_counts_as_stated() {
        let check = |etag: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert("x-linked-etag", etag.parse().unwrap());
            assert_eq!(stated_sha256(&headers).is_some(), expected, "{etag}");
        };
        check(&format!("\"{}\"", "a".repeat(64)), true);
        check("\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"", false);
    }
}
