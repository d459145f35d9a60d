//! Fonts, sizes and distances, all in named styles, so that a person changes them in one place.

use super::POINT;
use crate::words::Words;
use docx_rs::{
    AbstractNumbering, AlignmentType, Docx, IndentLevel, Level, LevelJc, LevelText, LineSpacing,
    LineSpacingType, NumberFormat, Numbering, RunFonts, SpecialIndentType, Start, Style, StyleType,
    VertAlignType,
};

/// Levels of a list; blocks nest no deeper.
const LEVELS: usize = 9;

/// How far a level of a list or quotation is indented.
pub(super) const INDENT: i32 = 21 * POINT;

/// An empty document with the styles of ours. Sizes are half points.
pub(super) fn styled(words: &Words) -> Docx {
    let chinese = words.language == "zh";
    let body = if chinese { 21 } else { 22 };
    let spacing = lines(if chinese { 300 } else { 276 }).after(6 * POINT as u32);
    let docx = Docx::new().default_fonts(serif()).default_size(body).default_line_spacing(spacing);
    let docx = paragraphs().into_iter().fold(docx, Docx::add_style);
    characters().into_iter().fold(docx, Docx::add_style)
}

/// Chinese characters in `SimSun`, which Word has; other programs put their own in its place.
fn serif() -> RunFonts {
    let latin = "Times New Roman";
    RunFonts::new().ascii(latin).hi_ansi(latin).cs(latin).east_asia("SimSun")
}

fn sans() -> RunFonts {
    RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial").east_asia("SimHei")
}

fn mono() -> RunFonts {
    let latin = "Consolas";
    RunFonts::new().ascii(latin).hi_ansi(latin).cs(latin).east_asia("SimSun")
}

fn paragraphs() -> Vec<Style> {
    let single = || lines(240).after(0);
    let left = |points: i32| Some(points * POINT);
    vec![
        based("BodyText", "Body Text").align(AlignmentType::Both),
        based("Title", "Title").fonts(sans()).size(36).bold().line_spacing(around(0, 6)),
        based("Byline", "Byline").size(18).color("5B6169").line_spacing(around(0, 18)),
        heading(1, 28).line_spacing(around(20, 8)),
        heading(2, 24).line_spacing(around(12, 6)),
        heading(3, 22).line_spacing(around(10, 4)),
        based("Quote", "Quote").indent(left(21), None, left(21), None).color("404040"),
        based("Code", "Code").fonts(mono()).size(18).align(AlignmentType::Left),
        based("Source", "Source").size(18).color("5B6169").line_spacing(around(6, 2)),
        based("Picture", "Picture").align(AlignmentType::Left).line_spacing(single()),
        based("Bibliography", "Bibliography")
            .indent(left(24), Some(SpecialIndentType::Hanging(24 * POINT)), None, None)
            .align(AlignmentType::Left),
        based("FootnoteText", "footnote text")
            .size(17)
            .line_spacing(single())
            .align(AlignmentType::Left),
        based("Footer", "footer").size(18),
    ]
}

fn characters() -> Vec<Style> {
    let mut reference =
        Style::new("FootnoteReference", StyleType::Character).name("footnote reference");
    reference.run_property = reference.run_property.vert_align(VertAlignType::SuperScript);
    let hash = Style::new("FootnoteHash", StyleType::Character).name("Footnote Hash");
    let code = Style::new("CodeText", StyleType::Character).name("Code Text");
    vec![reference, hash.fonts(mono()).size(14).color("5B6169"), code.fonts(mono())]
}

/// The library writes a style named `Normal` itself.
fn based(id: &str, name: &str) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).based_on("Normal")
}

fn heading(level: usize, size: usize) -> Style {
    let style = based(&format!("Heading{level}"), &format!("heading {level}"));
    style.fonts(sans()).size(size).bold().outline_lvl(level - 1).next("BodyText")
}

/// Distances between lines in 240ths of their height. Without the rule `LibreOffice` takes them for exact
/// ones, and cuts pictures and large letters off.
fn lines(distance: i32) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Auto).line(distance)
}

fn around(before: i32, after: i32) -> LineSpacing {
    LineSpacing::new().before((before * POINT) as u32).after((after * POINT) as u32)
}

/// Registers list `id`: numbers from `ordered_from`, or bullets.
pub(super) fn add_list(docx: Docx, id: usize, ordered_from: Option<u64>) -> Docx {
    let levels = (0..LEVELS).map(|at| level(at, ordered_from));
    let list = levels.fold(AbstractNumbering::new(id), AbstractNumbering::add_level);
    docx.add_abstract_numbering(list).add_numbering(Numbering::new(id, id))
}

fn level(at: usize, ordered_from: Option<u64>) -> Level {
    let (start, format, text) = match ordered_from {
        Some(start) => (start as usize, "decimal", format!("%{}.", at + 1)),
        None => (1, "bullet", ["•", "–", "◦"][at % 3].to_owned()),
    };
    let left = INDENT * (at as i32 + 1);
    let hanging = Some(SpecialIndentType::Hanging(INDENT));
    Level::new(
        at,
        Start::new(start),
        NumberFormat::new(format),
        LevelText::new(text),
        LevelJc::new("left"),
    )
    .indent(Some(left), hanging, None, None)
}

/// Left indent of what belongs to an item of a list without being its first paragraph.
pub(super) fn level_indent(level: usize) -> i32 {
    INDENT * (level as i32 + 1)
}

/// The level as the library wants it.
pub(super) fn indent_level(level: usize) -> IndentLevel {
    IndentLevel::new(level.min(LEVELS - 1))
}
