//! Files that programs of others make: LibreOffice writes the office documents, where it is installed.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use support::read;
use tempfile::TempDir;
use yinju_core::{BlockKind, Page, WarningCode};

/// A page with a heading, a list, a note mark, a table with merged cells, and one with numbers.
const PAGE: &str = "<html><head><meta charset=utf-8><title>Year</title></head><body>\
    <h1>Report of the year</h1><p>Shipped 18,500<sup>4</sup> units. 交货日期为五月一日。</p>\
    <ol><li>First point</li><li>Second point</li></ol>\
    <table border=1><tr><th>Region</th><th>2023</th><th>2022</th></tr>\
    <tr><td>North</td><td>1,200</td><td>980</td></tr>\
    <tr><td rowspan=2>South</td><td>640</td><td>(12.5)</td></tr><tr><td>7</td><td>8%</td></tr></table>\
    <p>The end.</p></body></html>";

/// Two slides: points with figures, and a table.
const SLIDES: &str = "<?xml version='1.0' encoding='UTF-8'?><office:document \
    xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' \
    xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' \
    xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' \
    xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' \
    xmlns:svg='urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0' office:version='1.2' \
    office:mimetype='application/vnd.oasis.opendocument.presentation'><office:body><office:presentation>\
    <draw:page draw:name='p1' draw:master-page-name='Default'>\
    <draw:frame svg:x='1cm' svg:y='1cm' svg:width='20cm' svg:height='2cm'><draw:text-box><text:p>年度总结\
    </text:p><text:p>Net profit rose 12.5%</text:p></draw:text-box></draw:frame></draw:page>\
    <draw:page draw:name='p2' draw:master-page-name='Default'>\
    <draw:frame svg:x='1cm' svg:y='4cm' svg:width='20cm' svg:height='8cm'><table:table><table:table-column/>\
    <table:table-column/><table:table-row><table:table-cell><text:p>Region</text:p></table:table-cell>\
    <table:table-cell><text:p>2023</text:p></table:table-cell></table:table-row><table:table-row>\
    <table:table-cell><text:p>North</text:p></table:table-cell><table:table-cell><text:p>77</text:p>\
    </table:table-cell></table:table-row></table:table></draw:frame></draw:page>\
    </office:presentation></office:body></office:document>";

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
    // How numbers look is not kept of old Word: none are better than wrong ones.
    let is_old = to == "doc";
    assert_eq!(
        text.contains("1. First point") && text.contains("2. Second point"),
        !is_old,
        "{to}"
    );
    let told = pages[0].warnings.iter().any(|warning| warning.code == WarningCode::Incomplete);
    assert_eq!(told, is_old, "{to}");
    for row in ["Region\t2023\t2022", "North\t1,200\t980", "South\t640\t(12.5)"] {
        assert!(text.contains(row), "{to} lacks {row}: {text}");
    }
    let table = pages.iter().flat_map(|page| &page.blocks).find_map(|block| block.table.as_ref());
    if to != "rtf" {
        assert_eq!(table.unwrap().filled()[3], ["South", "7", "8%"], "{to}");
    }
}

#[test]
fn text_documents_by_libreoffice() {
    for to in ["odt", "docx", "rtf", "doc"] {
        check_page(to);
    }
}

#[test]
fn slides_by_libreoffice() {
    for to in ["ppt", "pptx", "odp"] {
        let Some((path, _folder)) = converted("slides.fodp", SLIDES, to, None) else { return };
        let pages = pages(&path);
        assert_eq!(pages.len(), 2, "{to}");
        for words in ["年度总结", "Net profit rose 12.5%"] {
            assert!(pages[0].text.contains(words), "{to} lacks {words}: {}", pages[0].text);
        }
        assert_eq!(pages[1].text.trim(), "Region\t2023\nNorth\t77", "{to}");
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
