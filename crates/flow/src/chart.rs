//! Charts of Office documents (DrawingML, ECMA-376 Part 1, 21.2): what they show, as a table with a row a
//! category and a column a series. Only what the chart keeps itself is read, not the workbook inside it.

use crate::flow::Piece;
use crate::sheets;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;
use yinju_core::{BlockKind, Table};

/// Points and series beyond these are left out.
const MOST_POINTS: usize = 2_000;
const MOST_SERIES: usize = 100;

/// The title of a chart and its values; of a damaged one what stands before the damage.
pub(crate) fn pieces(bytes: &[u8]) -> Vec<Piece> {
    let mut chart = Chart::default();
    let _ = xml::walk(bytes, &mut chart);
    let title = sheets::cell(&chart.title);
    let title = (!title.is_empty()).then(|| Piece::new(BlockKind::Caption, None, title));
    title.into_iter().chain(chart.table().map(Piece::table)).collect()
}

/// The words of a diagram (SmartArt), a block a shape.
pub(crate) fn words(bytes: &[u8]) -> Vec<Piece> {
    let mut words = Words::default();
    let _ = xml::walk(bytes, &mut words);
    let texts = words.texts.iter().map(|text| sheets::cell(text)).filter(|text| !text.is_empty());
    texts.map(|text| Piece::new(BlockKind::Paragraph, None, text)).collect()
}

#[derive(Default)]
struct Chart {
    title: String,
    series: Vec<Series>,
    part: Part,
    format: String,
    point: usize,
    text: String,
    in_text: bool,
}

/// The part of a chart whose points are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Other,
    Title,
    Name,
    Categories,
    Values,
}

#[derive(Default)]
struct Series {
    name: String,
    categories: BTreeMap<usize, String>,
    values: BTreeMap<usize, String>,
}

impl Chart {
    fn table(&self) -> Option<Table> {
        let points: Vec<usize> =
            self.series.iter().flat_map(|s| s.values.keys().copied()).collect();
        let last = points.iter().copied().max()?;
        let first = points.into_iter().min()?;
        let names = self.series.iter().map(|series| sheets::cell(&series.name));
        let header: Vec<String> = [String::new()].into_iter().chain(names).collect();
        let row = |point: usize| -> Vec<String> {
            let category = self.series.iter().find_map(|series| series.categories.get(&point));
            let category = category.cloned().unwrap_or_else(|| (point + 1).to_string());
            let value = |series: &Series| series.values.get(&point).cloned().unwrap_or_default();
            [sheets::cell(&category)].into_iter().chain(self.series.iter().map(value)).collect()
        };
        let rows = [header].into_iter().chain((first..=last).map(row)).collect();
        Some(Table { rows, header_rows: 1, ..Table::default() })
    }
}

impl Visitor for Chart {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "title" if self.series.is_empty() => self.part = Part::Title,
            "plotArea" => self.part = Part::Other,
            "ser" if self.series.len() < MOST_SERIES => self.series.push(Series::default()),
            "tx" if self.part == Part::Other => self.part = Part::Name,
            "cat" | "xVal" | "val" | "yVal" => {
                let is_value = matches!(name, "val" | "yVal");
                self.part = if is_value { Part::Values } else { Part::Categories };
                self.format.clear();
            }
            "pt" => {
                let index = attribute(element, "idx").and_then(|index| index.parse().ok());
                self.point = index.unwrap_or(usize::MAX);
            }
            "v" | "t" | "formatCode" => {
                self.text.clear();
                self.in_text = true;
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "title" | "tx" if matches!(self.part, Part::Name) || name == "title" => {
                self.part = Part::Other;
            }
            "cat" | "xVal" | "val" | "yVal" => self.part = Part::Other,
            "formatCode" => {
                self.format = std::mem::take(&mut self.text);
                self.in_text = false;
            }
            "v" | "t" => {
                let text = std::mem::take(&mut self.text);
                self.in_text = false;
                match (self.part, self.series.last_mut()) {
                    (Part::Title, _) => self.title.push_str(&text),
                    (Part::Name, Some(series)) => series.name.push_str(&text),
                    (Part::Categories, Some(series)) if self.point < MOST_POINTS => {
                        series.categories.insert(self.point, shown(text, &self.format));
                    }
                    (Part::Values, Some(series)) if self.point < MOST_POINTS => {
                        series.values.insert(self.point, shown(text, &self.format));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.text.push_str(text);
        }
    }
}

/// A value as the chart's labels show it.
fn shown(text: String, format: &str) -> String {
    let number = text.trim().parse().ok();
    sheets::cell(&number.map_or(text, |number| sheets::number(number, format)))
}

#[derive(Default)]
struct Words {
    texts: Vec<String>,
    in_text: bool,
}

impl Visitor for Words {
    fn open(&mut self, name: &str, _: &BytesStart<'_>) {
        match name {
            "pt" => self.texts.push(String::new()),
            "t" => self.in_text = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            // Paragraphs of a shape.
            "p" => self.texts.iter_mut().next_back().into_iter().for_each(|text| text.push(' ')),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let (true, Some(last)) = (self.in_text, self.texts.last_mut()) {
            last.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_read_as_its_values() {
        let points = |of: &str, values: &[&str]| {
            let point = |(at, value): (usize, &&str)| {
                format!("<c:pt idx=\"{at}\"><c:v>{value}</c:v></c:pt>")
            };
            let all: String = values.iter().enumerate().map(point).collect();
            format!(
                "<c:{of}><c:numRef><c:numCache><c:formatCode>0.0%</c:formatCode>{all}</c:numCache></c:numRef></c:{of}>"
            )
        };
        let series = |name: &str, values: &[&str]| {
            let name = format!(
                "<c:tx><c:strRef><c:strCache><c:pt idx=\"0\"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
            );
            format!(
                "<c:ser>{name}{}{}</c:ser>",
                points("cat", &["North", "South"]),
                points("val", values)
            )
        };
        let chart = format!(
            "<c:chartSpace><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Shares</a:t></a:r></a:p></c:rich></c:tx></c:title>\
            <c:plotArea><c:barChart>{}{}</c:barChart></c:plotArea></c:chart></c:chartSpace>",
            series("2022", &["0.125", "0.5"]),
            series("2023", &["0.25"]),
        );
        let texts: Vec<String> =
            pieces(chart.as_bytes()).into_iter().map(|piece| piece.text).collect();
        assert_eq!(texts, ["Shares", "\t2022\t2023\nNorth\t12.5%\t25.0%\nSouth\t50.0%\t"]);
        assert!(pieces(b"<c:chart>").is_empty());
    }

    #[test]
    fn a_diagram_is_read_as_its_words() {
        let diagram = "<dgm:pt><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt/>\
            <dgm:pt><dgm:t><a:p><a:r><a:t>Do </a:t></a:r><a:r><a:t>it</a:t></a:r></a:p></dgm:t></dgm:pt>";
        let texts: Vec<String> =
            words(format!("<d>{diagram}</d>").as_bytes()).into_iter().map(|p| p.text).collect();
        assert_eq!(texts, ["Plan", "Do it"]);
    }
}
