//! The one window: its size, where its web data lies, and that it shows nothing but the app.

use crate::options::Options;
use tauri::{App, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Width and height in logical pixels at the first start.
const SIZE: (f64, f64) = (1280.0, 800.0);
/// Below this the panes no longer fit.
const SMALLEST: (f64, f64) = (560.0, 420.0);

/// Opens the window.
pub fn open(app: &mut App, options: &Options) -> tauri::Result<WebviewWindow> {
    let builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page().into()))
        .title("Yinju")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .on_navigation(is_the_app);
    let builder = match options.places() {
        Ok(places) => builder.data_directory(places.home.join("window")),
        Err(_) => builder,
    };
    builder.build()
}

/// The app's page, told the system's language: a web view names only languages whose locale is
/// installed, and a Linux desktop in Chinese may well lack that.
fn page() -> String {
    let language = sys_locale::get_locale().unwrap_or_default();
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    format!("index.html?language={}", language.chars().filter(plain).collect::<String>())
}

/// Links in documents and answers never replace the app's own page.
fn is_the_app(url: &Url) -> bool {
    let dev_server = cfg!(dev) && url.host_str() == Some("localhost");
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost") || dev_server
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_is_shown() {
        let allowed = |text: &str| is_the_app(&text.parse().unwrap());
        assert!(allowed("tauri://localhost/index.html"));
        assert!(allowed("http://tauri.localhost/"));
        assert!(!allowed("https://example.org/"));
        assert!(!allowed("file:///etc/passwd"));
    }
}
