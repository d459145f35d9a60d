//! A manuscript as a PDF, set by Typst. The template reads the manuscript as JSON, so foreign text is data
//! to it and never markup; it opens no file and fetches no package. Not here: what stands in it.

mod fonts;
mod world;

use crate::ExportError;
use crate::manuscript::Manuscript;
use typst::diag::SourceDiagnostic;
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;
use world::Press;

/// The whole file. The same manuscript gives the same bytes on a machine with the same fonts.
pub(crate) fn write(manuscript: &Manuscript) -> Result<Vec<u8>, ExportError> {
    let data = serde_json::to_string(manuscript)?;
    let fonts = fonts::installed();
    let missing = fonts::missing(fonts.book(), &data);
    if !missing.is_empty() {
        return Err(ExportError::NoFont(missing));
    }
    let mut press = Press::new(fonts, data);
    for plate in &manuscript.plates {
        press.add_plate(plate.number, plate.picture.png.clone());
    }
    set(&press)
}

fn set(press: &Press) -> Result<Vec<u8>, ExportError> {
    let pages = typst::compile::<PagedDocument>(press).output;
    let options =
        PdfOptions { creator: Smart::Custom(Some("Yinju".into())), ..PdfOptions::default() };
    let file = pages.and_then(|pages| typst_pdf::pdf(&pages, &options));
    // What Typst remembers for the next compilation of the same document is of no use here.
    typst::comemo::evict(0);
    file.map_err(|errors| ExportError::Typesetting(reasons(&errors)))
}

fn reasons(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, data: &str) -> Result<Vec<u8>, ExportError> {
        set(&Press::with_template(fonts::installed(), template, data.to_owned()))
    }

    #[test]
    fn a_template_reaches_no_file_and_no_package() {
        assert!(check("#json(\"manuscript.json\").a", "{\"a\":\"b\"}").is_ok());
        for reach in [
            "#read(\"/etc/passwd\")",
            "#image(\"logo.png\")",
            "#import \"@preview/cetz:0.3.0\": *",
            "#import \"other.typ\": *",
        ] {
            assert!(matches!(check(reach, "{}"), Err(ExportError::Typesetting(_))), "{reach}");
        }
    }
}
