//! Files that programs of others make: LibreOffice writes the office documents, where it is installed.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::read;
use tempfile::TempDir;
use yinju_core::{BlockKind, Page};

/// A page with a heading, a list, a note mark, a table with merged cells, and one with numbers.
const PAGE: &str = "<html><head><meta charset=utf-8><title>Year</title></head><body>\
    <h1>Report of the year</h1><p>Shipped 18,500<sup>4</sup> units. 交货日期为五月一日。</p>\
    <ol><li>First point</li><li>Second point</li></ol>\
    <table border=1><tr><th>Region</th><th>2023</th><th>2022</th></tr>\
    <tr><td>North</td><td>1,200</td><td>980</td></tr>\
    <tr><td rowspan=2>South</td><td>640</td><td>(12.5)</td></tr><tr><td>7</td><td>8%</td></tr></table>\
    <p>The end.</p></body></html>";

const SHEET: &str = "Sales of the year\nRegion,Q1,Q2\nNorth,\"1,200\",980\n南区,640,12.5%\n";

/// The file LibreOffice makes of a text; nothing where it is not here.
fn converted(name: &str, text: &str, to: &str, filter: Option<&str>) -> Option<(PathBuf, TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join(name);
    std::fs::write(&source, text).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut command = Command::new("soffice");
    command.args([profile.as_str(), "--headless"]).args(filter);
    let outcome =
        command.args(["--convert-to", to, "--outdir"]).args([folder.path(), &source]).output();
    let made = source.with_extension(to.split(':').next().unwrap());
    (outcome.is_ok() && made.is_file()).then_some((made, folder))
}

fn pages(path: &Path) -> Vec<Page> {
    let name = path.file_name().unwrap().to_str().unwrap();
    read(name, &std::fs::read(path).unwrap()).unwrap().pages
}

fn check_page(to: &str) {
    let filter = Some("--infilter=HTML (StarWriter)");
    let Some((path, _folder)) = converted("year.html", PAGE, to, filter) else { return };
    let pages = pages(&path);
    let text: String = pages.iter().map(|page| page.text.as_str()).collect();
    for words in
        ["Report of the year", "18,500[4]", "交货日期为五月一日", "Second point", "The end."]
    {
        assert!(text.contains(words), "{to} lacks {words}: {text}");
    }
    for row in [
        "1. First point",
        "2. Second point",
        "Region\t2023\t2022",
        "North\t1,200\t980",
        "South\t640\t(12.5)",
    ] {
        assert!(text.contains(row), "{to} lacks {row}: {text}");
    }
    let table = pages.iter().flat_map(|page| &page.blocks).find_map(|block| block.table.as_ref());
    if to != "rtf" {
        assert_eq!(table.unwrap().filled()[3], ["South", "7", "8%"], "{to}");
    }
}

#[test]
fn text_documents_by_libreoffice() {
    for to in ["odt", "docx", "rtf"] {
        check_page(to);
    }
}

#[test]
fn sheets_by_libreoffice() {
    for to in ["xlsx", "xls", "ods"] {
        let Some((path, _folder)) =
            converted("sales.csv", SHEET, to, Some("--infilter=CSV:44,34,76,1"))
        else {
            return;
        };
        let pages = pages(&path);
        let text: String = pages.iter().map(|page| page.text.as_str()).collect();
        for words in
            ["sales", "Sales of the year", "Region\tQ1\tQ2", "North\t1200\t980", "南区\t640"]
        {
            assert!(text.contains(words), "{to} lacks {words}: {text}");
        }
        // Of old Excel files the formats of numbers are not read.
        assert!(to == "xls" || text.contains("12.5"), "{text}");
        let table = pages[0].blocks.iter().find(|block| block.kind == BlockKind::Table);
        assert_eq!(table.unwrap().table.as_ref().unwrap().header_rows, 1, "{to}");
    }
}
