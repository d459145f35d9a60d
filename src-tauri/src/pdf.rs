//! `pdf://localhost/<document id>`: the bytes of a document for the reader, by ranges. The window
//! names an id; which file that is, only the engine knows.

use crate::shell::Shell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use tauri::UriSchemeResponder;
use tauri::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use yinju_core::{DocumentId, Problem, ProblemCode};

/// The scheme.
pub const SCHEME: &str = "pdf";

/// Answers a request, off the window's thread.
pub fn serve(shell: &Arc<Shell>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let shell = Arc::clone(shell);
    tauri::async_runtime::spawn_blocking(move || {
        let origin = request.headers().get(header::ORIGIN).cloned();
        responder.respond(with_cors(answer(&shell, &request), origin));
    });
}

fn answer(shell: &Shell, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    if request.method() == Method::OPTIONS {
        return status(StatusCode::NO_CONTENT);
    }
    let Ok(document) = request.uri().path().trim_matches('/').parse::<DocumentId>() else {
        return status(StatusCode::BAD_REQUEST);
    };
    let file = shell
        .engine()
        .and_then(|engine| engine.document_file(document))
        .and_then(|path| File::open(path).map_err(|e| Problem::new(ProblemCode::FileNotFound, e)));
    match file {
        Ok(file) => part(file, range_of(request)).unwrap_or_else(|error| {
            tracing::warn!(%document, "{error}");
            status(StatusCode::INTERNAL_SERVER_ERROR)
        }),
        Err(_) => status(StatusCode::NOT_FOUND),
    }
}

/// First and last byte asked for; the last may be left open.
fn range_of(request: &Request<Vec<u8>>) -> Option<(u64, Option<u64>)> {
    let value = request.headers().get(header::RANGE)?.to_str().ok()?;
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()))
}

fn part(mut file: File, range: Option<(u64, Option<u64>)>) -> io::Result<Response<Vec<u8>>> {
    let length = file.metadata()?.len();
    let (first, last) = range.unwrap_or((0, None));
    let end = last.map_or(length, |last| last.saturating_add(1).min(length));
    if first >= end {
        let mut response = status(StatusCode::RANGE_NOT_SATISFIABLE);
        set(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
        return Ok(response);
    }
    file.seek(SeekFrom::Start(first))?;
    let mut bytes = Vec::new();
    file.take(end - first).read_to_end(&mut bytes)?;
    let code = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut response = status(code);
    set(&mut response, header::CONTENT_TYPE, "application/pdf");
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    if range.is_some() {
        set(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{}/{length}", end - 1));
    }
    *response.body_mut() = bytes;
    Ok(response)
}

fn status(code: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = code;
    response
}

/// The app's page has another origin than this scheme.
fn with_cors(mut response: Response<Vec<u8>>, origin: Option<HeaderValue>) -> Response<Vec<u8>> {
    if let Some(origin) = origin {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    set(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, "Range");
    set(&mut response, header::ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Range, Content-Length");
    set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

fn set(response: &mut Response<Vec<u8>>, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn check(range: Option<(u64, Option<u64>)>, code: u16, body: &[u8], content_range: &str) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"%PDF-1.7").unwrap();
        let response = part(file, range).unwrap();
        assert_eq!(response.status().as_u16(), code);
        assert_eq!(response.body(), body);
        let found = response.headers().get(header::CONTENT_RANGE);
        assert_eq!(found.map_or("", |v| v.to_str().unwrap()), content_range);
    }

    #[test]
    fn ranges_are_cut_to_the_file() {
        check(None, 200, b"%PDF-1.7", "");
        check(Some((0, Some(3))), 206, b"%PDF", "bytes 0-3/8");
        check(Some((5, Some(99))), 206, b"1.7", "bytes 5-7/8");
        check(Some((5, None)), 206, b"1.7", "bytes 5-7/8");
        check(Some((8, None)), 416, b"", "bytes */8");
        check(Some((5, Some(2))), 416, b"", "bytes */8");
    }

    #[test]
    fn ranges_are_read_from_the_header() {
        let request =
            |value: &str| Request::builder().header(header::RANGE, value).body(Vec::new()).unwrap();
        assert_eq!(range_of(&request("bytes=2-9")), Some((2, Some(9))));
        assert_eq!(range_of(&request("bytes=2-")), Some((2, None)));
        assert_eq!(range_of(&request("lines=2-9")), None);
    }
}
