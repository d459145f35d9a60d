//! What leaves the program: every format, from the command line, and the proof that it still holds.

#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use yinju_tests::{Home, root};

/// A home that has answered from a copy of a sample, and the copy.
fn answered() -> (Home, PathBuf, String) {
    let home = Home::new();
    let copy = home.path().join("年报 “2024” 😀.pdf");
    fs::copy(root().join("assets/samples/annual-report-zh.pdf"), &copy).unwrap();
    home.yinju(&["import", copy.to_str().unwrap()]).done();
    let run = home.yinju(&["ask", "公司的实际控制人是谁？", "--mode", "quotes"]).done();
    let answer = run.last();
    assert!(!answer["citations"].as_array().unwrap().is_empty(), "{answer}");
    let chat = answer["chat"].as_str().unwrap().to_owned();
    (home, copy, chat)
}

fn export(home: &Home, chat: &str, format: &str) -> Vec<u8> {
    let file = home.path().join(format!("out.{format}"));
    home.yinju(&["export", chat, "--format", format, "-o", file.to_str().unwrap()]).done();
    fs::read(file).unwrap()
}

#[test]
fn every_format_is_written() {
    let (home, _, chat) = answered();
    for (format, begins) in [
        ("md", "#"),
        ("html", "<!"),
        ("docx", "PK"),
        ("pdf", "%PDF"),
        ("json", "{"),
        ("bib", "@"),
        ("ris", "TY"),
        ("csl", "["),
        ("gbt7714", "[1]"),
    ] {
        let bytes = export(&home, &chat, format);
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(8)]).into_owned();
        assert!(start.starts_with(begins), "{format}: {start:?}");
    }
    let file = home.path().join("one.md");
    let words = ["export", &chat, "--turn", "1", "--format", "md", "-o", file.to_str().unwrap()];
    home.yinju(&words).done();
    let none = home.yinju(&["export", &chat, "--turn", "9", "--format", "md", "-o", "x.md"]);
    assert_eq!(none.code(), "nothing_to_export");
    let nowhere = home.path().join("no such folder/x.md");
    let words = ["export", &chat, "--format", "md", "-o", nowhere.to_str().unwrap()];
    assert_eq!(home.yinju(&words).status, 3);
}

#[test]
fn a_pdf_export_is_read_again_by_the_program_itself() {
    let (home, _, chat) = answered();
    export(&home, &chat, "pdf");
    let pages =
        home.yinju(&["parse", home.path().join("out.pdf").to_str().unwrap()]).done().objects;
    let text: String = pages.iter().map(|page| page["text"].as_str().unwrap()).collect();
    let text = yinju_tests::fold(&text);
    assert!(text.contains("公司的实际控制人是谁") && text.contains("实际控制人"), "{text}");
}

/// What became of the first quotation.
fn finding(home: &Home, export: &Path) -> (i32, Value) {
    let run = home.yinju(&["verify", export.to_str().unwrap()]);
    (run.status, run.last()["findings"][0]["finding"].clone())
}

#[test]
fn an_export_proves_itself_until_the_file_changes() {
    let (home, copy, chat) = answered();
    export(&home, &chat, "json");
    let exported = home.path().join("out.json");
    assert_eq!(finding(&home, &exported), (0, "stands".into()));
    let forged = fs::read_to_string(&exported).unwrap();
    let quote = serde_json::from_str::<Value>(&forged).unwrap();
    let quote = quote["turns"][0]["citations"][0]["quote"].as_str().unwrap().to_owned();
    let written = serde_json::to_string(&quote).unwrap();
    let altered = serde_json::to_string(&format!("{quote}，绝对如此")).unwrap();
    let file = home.path().join("forged.json");
    fs::write(&file, forged.replace(&written, &altered)).unwrap();
    assert_eq!(finding(&home, &file), (1, "not_on_page".into()));
    let mut bytes = fs::read(&copy).unwrap();
    bytes.push(b'\n');
    fs::write(&copy, bytes).unwrap();
    assert_eq!(finding(&home, &exported), (1, "file_changed".into()));
    fs::remove_file(&copy).unwrap();
    assert_eq!(finding(&home, &exported), (1, "file_missing".into()));
    fs::write(&file, "no json").unwrap();
    assert_eq!(home.yinju(&["verify", file.to_str().unwrap()]).code(), "unsupported_file");
}

#[test]
fn a_reference_is_corrected_and_cited_so() {
    let (home, copy, chat) = answered();
    let path = copy.to_str().unwrap();
    let set =
        ["--set", "kind=report", "--set", "authors=张三；Knuth, Donald", "--set", "date=2024"];
    home.yinju(&[&["reference", path], &set[..]].concat()).done();
    let list = String::from_utf8(export(&home, &chat, "gbt7714")).unwrap();
    assert!(list.contains("张三") && list.contains("2024") && list.contains("[R"), "{list}");
    let wrong = home.yinju(&["reference", path, "--set", "colour=red"]);
    assert_eq!(wrong.code(), "bad_usage");
}

#[test]
fn a_library_has_its_own_words() {
    let (home, _, _) = answered();
    let found = |home: &Home| {
        let run = home.yinju(&["search", "幕后老板", "--mode", "lexical", "--top", "1"]).done();
        run.last()["hits"][0]["text"].as_str().unwrap_or_default().to_owned()
    };
    assert!(!found(&home).contains("实际控制人"));
    let libraries = home.yinju(&["libraries"]).done();
    let library = libraries.last()["libraries"][0]["name"].as_str().unwrap().to_owned();
    let line = "幕后老板 = 实际控制人";
    home.yinju(&["words", "--library", &library, "--add", line]).done();
    assert!(yinju_tests::fold(&found(&home)).contains("实际控制人"));
}

#[test]
fn quotations_are_highlighted_in_copies_and_pictured_in_exports() {
    let (home, copy, chat) = answered();
    let original = fs::read(&copy).unwrap();
    let folder = home.path().join("copies");
    fs::create_dir(&folder).unwrap();
    let words = ["highlight", &chat, "-o", folder.to_str().unwrap()];
    let file = |run: yinju_tests::Run| PathBuf::from(run.done().last()["file"].as_str().unwrap());
    let (first, second) = (file(home.yinju(&words)), file(home.yinju(&words)));
    assert_ne!(first, second, "nothing is replaced");
    let has_highlight = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(10).any(|window| window == b"/Highlight")
    };
    assert!(has_highlight(&first) && has_highlight(&second));
    let text = |path: &Path| -> Vec<String> {
        let pages = home.yinju(&["parse", path.to_str().unwrap()]).done().objects;
        pages.iter().map(|page| page["text"].as_str().unwrap().to_owned()).collect()
    };
    // The question is read too, behind the page's own words.
    assert!(text(&first).iter().zip(text(&copy)).all(|(now, before)| now.starts_with(&before)));
    assert_eq!(fs::read(&copy).unwrap(), original);

    let html = home.path().join("out.html");
    let html_name = html.to_str().unwrap();
    home.yinju(&["export", &chat, "--format", "html", "--pictures", "-o", html_name]).done();
    assert!(fs::read_to_string(&html).unwrap().contains("data:image/png;base64,iVBOR"));
    let odd = home.yinju(&["export", &chat, "--format", "md", "--pictures", "-o", html_name]);
    assert_eq!(odd.code(), "bad_usage");

    fs::write(&copy, [original.as_slice(), b"\n% changed"].concat()).unwrap();
    let changed = home.yinju(&words);
    assert_eq!(changed.status, 1);
    assert_eq!(changed.last()["problem"]["code"], "file_changed");
}

#[test]
fn an_export_leaves_what_it_cannot_replace() {
    let (home, _, chat) = answered();
    let kept = home.path().join("kept.md");
    fs::write(&kept, "kept").unwrap();
    let mut permissions = fs::metadata(&kept).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&kept, permissions).unwrap();
    let run = home.yinju(&["export", &chat, "--format", "md", "-o", kept.to_str().unwrap()]);
    assert_eq!(run.code(), "file_unreadable");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
    if cfg!(target_os = "linux") {
        let full = home.yinju(&["export", &chat, "--format", "md", "-o", "/dev/full"]);
        assert_eq!(full.code(), "disk_full");
    }
}
