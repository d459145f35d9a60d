//! Workbooks (XLSX, XLSM, XLSB, XLS): every sheet with its values as the sheet shows them. Formulas give
//! the values that were saved with them; pictures and charts are not read.

use crate::FlowError;
use crate::flow::{Flow, Piece, tidy};
use crate::source::Source;
use calamine::{Data, Reader, Sheets, StyleRange};
use ssfmt::{DateSystem, FormatOptions};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use yinju_core::BlockKind;
use yinju_core::document::DocumentInfo;

pub(crate) mod csv;
mod regions;

pub(crate) use regions::{Merged, cell, pieces};

type Workbook = Sheets<Cursor<Arc<[u8]>>>;

/// Sheets reach so far that a single cell in their last corner would ask for 16 billion places.
const MOST_PLACES: u64 = 20_000_000;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let bytes = Cursor::new(Arc::from(source.bytes()?));
    // calamine 0.38 panics on some damaged files of old Excel.
    catch_unwind(AssertUnwindSafe(|| workbook(source.path, bytes))).unwrap_or_else(|_| {
        let reason = "its records cannot be made out".to_owned();
        Err(FlowError::Damaged { path: source.path.to_owned(), reason })
    })
}

fn workbook(path: &Path, bytes: Cursor<Arc<[u8]>>) -> Result<Flow, FlowError> {
    let path = || path.to_owned();
    let opened = calamine::open_workbook_auto_from_rs(bytes);
    let mut workbook = opened.map_err(|error| match error {
        calamine::Error::Xlsx(calamine::XlsxError::Password)
        | calamine::Error::Xls(calamine::XlsError::Password)
        | calamine::Error::Xlsb(calamine::XlsbError::Password) => {
            FlowError::Encrypted { path: path(), scheme: "it has a password" }
        }
        other => FlowError::Damaged { path: path(), reason: other.to_string() },
    })?;
    let mut flow = Flow::single(info(&mut workbook), Vec::new());
    for name in workbook.sheet_names() {
        match sheet(&mut workbook, &name) {
            Ok(mut pieces) => {
                let name = regions::cell(&name);
                if !name.is_empty() {
                    pieces.insert(0, Piece::new(BlockKind::Heading, Some(1), name));
                }
                flow.chapters[0].pieces.append(&mut pieces);
            }
            Err(reason) => flow.damaged(format!("{name}: {reason}")),
        }
        let unsaved = unsaved(&mut workbook, &name);
        if unsaved > 0 {
            flow.incomplete(format!("{name}: {unsaved} formulas were saved without their values"));
        }
    }
    // Every sheet begins a page.
    flow.headings_break = true;
    Ok(flow)
}

fn info(workbook: &mut Workbook) -> DocumentInfo {
    let properties = workbook.workbook_properties().unwrap_or_default();
    DocumentInfo {
        title: properties.title.as_deref().and_then(tidy),
        authors: properties.creator.as_deref().and_then(tidy).into_iter().collect(),
        ..DocumentInfo::default()
    }
}

fn sheet(workbook: &mut Workbook, name: &str) -> Result<Vec<Piece>, String> {
    let range = workbook.worksheet_range(name).map_err(|error| error.to_string())?;
    let Some((top, left)) = range.start() else { return Ok(Vec::new()) };
    if range.width() as u64 * range.height() as u64 > MOST_PLACES {
        return Err("it is larger than anybody reads".to_owned());
    }
    let styles = workbook.worksheet_style(name).ok();
    let rows = range.rows().enumerate().map(|(row, cells)| {
        let cells = cells.iter().take(regions::MOST_COLUMNS).enumerate();
        let text = |(column, value): (usize, &Data)| {
            let place = (top + row as u32, left + column as u32);
            regions::cell(&shown(value, styles.as_ref().and_then(|styles| format(styles, place))))
        };
        cells.map(text).collect::<Vec<_>>()
    });
    let rows = rows.collect();
    let merged = merged(workbook, name).into_iter().filter_map(|area| {
        let ((row, column), (last_row, last_column)) = (area.start, area.end);
        Some(Merged {
            row: row.checked_sub(top)? as usize,
            column: column.checked_sub(left)? as usize,
            rows: (last_row.checked_sub(row)? + 1) as usize,
            columns: (last_column.checked_sub(column)? + 1) as usize,
        })
    });
    Ok(regions::pieces(rows, &merged.collect::<Vec<_>>()))
}

/// How many formulas have no value in the file, as programs leave them that do not compute.
fn unsaved(workbook: &mut Workbook, name: &str) -> usize {
    let (Ok(formulas), Ok(values)) =
        (workbook.worksheet_formula(name), workbook.worksheet_range(name))
    else {
        return 0;
    };
    let (top, left) = formulas.start().unwrap_or_default();
    let written = formulas.used_cells().filter(|(.., formula)| !formula.is_empty());
    let has_none = |(row, column): (usize, usize)| {
        let place = (top + row as u32, left + column as u32);
        matches!(values.get_value(place), None | Some(Data::Empty))
    };
    written.filter(|(row, column, _)| has_none((*row, *column))).count()
}

fn merged(workbook: &mut Workbook, name: &str) -> Vec<calamine::Dimensions> {
    match workbook {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The code of a cell's number format, as in ECMA-376 Part 1, 18.8.30.
fn format(styles: &StyleRange, place: (u32, u32)) -> Option<&str> {
    let format = styles.get(place)?.number_format.as_ref()?;
    (format.format_code != "General").then_some(format.format_code.as_str())
}

/// A value as its cell shows it.
fn shown(value: &Data, format: Option<&str>) -> String {
    match value {
        Data::Int(number) => {
            formatted(*number as f64, format).unwrap_or_else(|| number.to_string())
        }
        Data::Float(number) => formatted(*number, format).unwrap_or_else(|| general(*number)),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(date) => {
            // Formats that follow the machine's region (14 and its like) say a day and a month in an
            // order that cannot be known.
            let own = format.filter(|code| !follows_region(code));
            own.and_then(|code| dated(date, code)).unwrap_or_else(|| iso(date))
        }
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

/// A number as a format shows it.
pub(crate) fn number(number: f64, format: &str) -> String {
    let own = Some(format).filter(|code| !code.is_empty() && *code != "General");
    formatted(number, own).unwrap_or_else(|| general(number))
}

fn formatted(number: f64, format: Option<&str>) -> Option<String> {
    let options = FormatOptions { date_system: DateSystem::Date1900, ..FormatOptions::default() };
    let text = ssfmt::format(number, format?, &options).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

/// A date as a format shows it. `calamine` knows whether the workbook counts its days from 1904 and does not
/// say so; the way of counting that gives its date is the one.
fn dated(date: &calamine::ExcelDateTime, code: &str) -> Option<String> {
    let day = iso(date);
    [DateSystem::Date1900, DateSystem::Date1904].into_iter().find_map(|date_system| {
        let options = FormatOptions { date_system, ..FormatOptions::default() };
        let counted = ssfmt::format(date.as_f64(), "yyyy-mm-dd", &options).ok()?;
        let agrees = date.is_duration() || date.as_f64() < 1.0 || day.starts_with(&counted);
        let text = agrees.then(|| ssfmt::format(date.as_f64(), code, &options).ok())??;
        (!text.trim().is_empty()).then_some(text)
    })
}

fn follows_region(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    // Where the year comes first, the order is known.
    (code.contains("m/d") && !code.contains("y/m"))
        || code.contains("d/m")
        || code.contains("mm-dd-yy")
        || code == "general"
}

/// As Excel writes a number without a format: up to eleven digits.
fn general(number: f64) -> String {
    ssfmt::format_default(number, "General").unwrap_or_else(|_| number.to_string())
}

fn iso(date: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let time = if (hour, minute, second) == (0, 0, 0) {
        String::new()
    } else {
        format!(" {hour:02}:{minute:02}:{second:02}")
    };
    if date.is_duration() || date.as_f64() < 1.0 {
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    format!("{year:04}-{month:02}-{day:02}{time}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_their_cells_show() {
        let check =
            |value: Data, format, expected: &str| assert_eq!(shown(&value, format), expected);
        check(Data::Float(0.125), Some("0.0%"), "12.5%");
        check(Data::Float(1_234_567.891), Some("#,##0.00"), "1,234,567.89");
        check(Data::Float(-0.3), Some("0.0_);(0.0)"), "(0.3)");
        check(Data::Float(0.1 + 0.2), None, "0.3");
        check(Data::Int(2023), None, "2023");
        check(Data::String("甲".into()), Some("0%"), "甲");
        let date = |since_1904, serial| {
            let kind = calamine::ExcelDateTimeType::DateTime;
            Data::DateTime(calamine::ExcelDateTime::new(serial, kind, since_1904))
        };
        check(date(false, 45_050.0), Some("yyyy/m/d"), "2023/5/4");
        check(date(true, 43_588.0), Some("yyyy/m/d"), "2023/5/4");
        check(date(true, 43_588.0), Some("m/d/yy"), "2023-05-04");
    }
}
