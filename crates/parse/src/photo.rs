//! Pictures as files (PNG, JPEG, TIFF, WebP, GIF, BMP, HEIC): each is set on a page of a PDF in memory, which
//! goes the way of all scans. Here no more than is needed to set one is written (PDF 1.7, 8.9.5). A scanned
//! book (`DjVu`) becomes such a PDF with the text it carries.

use crate::error::ParseError;
use crate::scan::{self, Picture, Recognise};
use crate::source::Bytes;
use djvu_rs::pdf::{PdfOptions, djvu_to_pdf_with_options};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use yinju_core::Problem;

/// Longest side of the page a picture is set on, in points: that of A4, so that what was photographed
/// sheet by sheet has letters of the usual sizes.
const LONGEST_SIDE: f32 = 842.0;
/// Pictures with a longer side, in pixels, are made smaller: recognising reads no finer ones.
const MOST_PIXELS: u32 = 4_000;
/// A picture with a shorter side, in pixels, is a bullet or a rule.
const LEAST_PIXELS: u32 = 24;
/// Memory a picture may ask for. Fuzzing looks for hangs and not for pictures that are merely large.
const MOST_MEMORY: u64 = if cfg!(feature = "fuzzing") { 1 << 26 } else { 1 << 30 };
/// A fax of more pages than this is no picture.
const MOST_PAGES: usize = 2_000;

const READ: [ImageFormat; 6] = [
    ImageFormat::Png,
    ImageFormat::Jpeg,
    ImageFormat::Tiff,
    ImageFormat::WebP,
    ImageFormat::Gif,
    ImageFormat::Bmp,
];

/// Brands of HEIF files whose pictures are coded by HEVC (ISO/IEC 23008-12, annex B).
const HEIC: [&[u8]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];
/// How `DjVu` files begin, and the ends of their names.
const DJVU: &[u8] = b"AT&TFORM";
const DJVU_NAMES: [&str; 2] = ["djvu", "djv"];
/// Resolution of the pages of a `DjVu` file, in dots an inch: recognising reads no finer ones.
const DJVU_DPI: u32 = 300;

/// A file that holds pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Photo {
    Image(ImageFormat),
    Heic,
    Djvu,
}

/// Whether the ending of a file's name says that it holds pictures which are read.
pub fn is_picture_named(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| Photo::is_named(extension))
}

impl Photo {
    /// What a file is that begins with these bytes.
    pub(crate) fn seen(head: &[u8]) -> Option<Self> {
        if head.starts_with(DJVU) {
            return Some(Self::Djvu);
        }
        if head.get(4..8) == Some(b"ftyp") {
            return head.get(8..12).filter(|brand| HEIC.contains(brand)).map(|_| Self::Heic);
        }
        let format = image::guess_format(head).ok()?;
        READ.contains(&format).then_some(Self::Image(format))
    }

    /// Whether the ending of a name says that the file holds pictures which are read.
    pub(crate) fn is_named(extension: &str) -> bool {
        let extension = extension.to_ascii_lowercase();
        let format = ImageFormat::from_extension(&extension);
        format.is_some_and(|format| READ.contains(&format))
            || extension == "heic"
            || extension == "heif"
            || DJVU_NAMES.contains(&extension.as_str())
    }

    /// A PDF with the pictures of a file, a page each.
    ///
    /// # Errors
    /// [`ParseError::FileUnreadable`] and [`ParseError::DamagedPicture`].
    pub(crate) fn as_pdf(
        self,
        path: &Path,
        file: &impl Bytes,
    ) -> Result<Cursor<Arc<[u8]>>, ParseError> {
        let damaged = |reason: String| ParseError::DamagedPicture { path: path.to_owned(), reason };
        let mut file = BufReader::new(file.clone());
        let pages = match self {
            Self::Djvu => book(&mut file).map_err(damaged)?,
            Self::Image(ImageFormat::Tiff) => {
                pdf(&sheets(&mut file).map_err(|error| damaged(error.to_string()))?)
            }
            _ => pdf(&[self.one(&mut file).map_err(damaged)?]),
        };
        Ok(Cursor::new(pages.into()))
    }

    /// The first or only picture.
    fn one(self, file: &mut (impl Read + Seek)) -> Result<DynamicImage, String> {
        match self {
            Self::Image(format) => one(file, format).map_err(|error| error.to_string()),
            Self::Heic => heic(&whole(file)?),
            Self::Djvu => Err("it is a book".to_owned()),
        }
    }
}

/// What is written in a picture, given the bytes of its file: lines from top to bottom with how sure they are,
/// in hundredths. Nothing where it is no picture of a known kind, or a damaged one.
///
/// # Errors
/// Whatever `recognise` returns.
pub fn read_picture(
    bytes: &[u8],
    recognise: &mut Recognise<'_>,
) -> Result<Vec<(String, u8)>, Problem> {
    let photo = Photo::seen(bytes);
    let Some(picture) = photo.and_then(|photo| photo.one(&mut Cursor::new(bytes)).ok()) else {
        return Ok(Vec::new());
    };
    let (width, height) = (picture.width(), picture.height());
    if width.min(height) < LEAST_PIXELS {
        return Ok(Vec::new());
    }
    scan::read_picture(&Picture { width, height, pixels: on_white(&picture) }, recognise)
}

fn whole(file: &mut (impl Read + Seek)) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| error.to_string())
}

/// A photograph as telephones keep it; its turns are applied as it is decoded.
fn heic(bytes: &[u8]) -> Result<DynamicImage, String> {
    let size = heic_decoder::probe(bytes).map_err(|error| error.to_string())?;
    // Decoding takes some 16 bytes a pixel.
    if (size.coded_width as u64).saturating_mul(size.coded_height as u64) > MOST_MEMORY / 16 {
        return Err("it is too large".to_owned());
    }
    let decoded = heic_decoder::decode(bytes).and_then(|picture| picture.to_rgb8());
    let decoded = decoded.map_err(|error| error.to_string())?;
    let (width, height) = (decoded.width as u32, decoded.height as u32);
    let picture = image::RgbImage::from_raw(width, height, decoded.data);
    picture.map(|picture| fitting(picture.into())).ok_or_else(|| "it has no pixels".to_owned())
}

/// The pages of a `DjVu` file as a PDF, with the words it carries.
fn book(file: &mut (impl Read + Seek)) -> Result<Vec<u8>, String> {
    let book = djvu_rs::DjVuDocument::parse(&whole(file)?).map_err(|error| error.to_string())?;
    let options = PdfOptions { output_dpi: DJVU_DPI, ..PdfOptions::default() };
    djvu_to_pdf_with_options(&book, &options).map_err(|error| error.to_string())
}

fn one(file: &mut (impl Read + Seek), format: ImageFormat) -> image::ImageResult<DynamicImage> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = ImageReader::with_format(BufReader::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    // A decoder keeps to the limits with what it needs itself; the pixels are for its caller to count.
    limits.reserve(decoder.total_bytes())?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(fitting(picture))
}

/// Every picture of a TIFF, of which `image` reads the first alone: directories are chained (TIFF 6.0,
/// section 2), and a header that names another one first makes a file of it.
fn sheets(file: &mut (impl Read + Seek)) -> image::ImageResult<Vec<DynamicImage>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let mut pictures = Vec::new();
    let mut next = directory_at(&bytes, 4);
    while let Some(at) = next.filter(|at| *at != 0 && pictures.len() < MOST_PAGES) {
        let little = bytes.starts_with(b"II");
        let place = if little { at.to_le_bytes() } else { at.to_be_bytes() };
        bytes[4..8].copy_from_slice(&place);
        match one(&mut Cursor::new(&bytes), ImageFormat::Tiff) {
            Ok(picture) => pictures.push(picture),
            Err(error) if pictures.is_empty() => return Err(error),
            // What was read before the damage stands.
            Err(_) => break,
        }
        next = after_directory(&bytes, at);
    }
    Ok(pictures)
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u32> {
    let mut number = [0; 4];
    let part: [u8; N] = bytes.get(at..at + N)?.try_into().ok()?;
    let little = bytes.starts_with(b"II");
    if little {
        number[..N].copy_from_slice(&part);
        return Some(u32::from_le_bytes(number));
    }
    number[4 - N..].copy_from_slice(&part);
    Some(u32::from_be_bytes(number))
}

fn directory_at(bytes: &[u8], at: usize) -> Option<u32> {
    number::<4>(bytes, at)
}

/// Where the directory after the one at `at` is; only one further on, so that a ring ends.
fn after_directory(bytes: &[u8], at: u32) -> Option<u32> {
    let entries = number::<2>(bytes, at as usize)? as usize;
    let next = number::<4>(bytes, at as usize + 2 + entries * 12)?;
    (next > at).then_some(next)
}

fn fitting(picture: DynamicImage) -> DynamicImage {
    let longest = picture.width().max(picture.height());
    if longest <= MOST_PIXELS {
        return picture;
    }
    picture.resize(MOST_PIXELS, MOST_PIXELS, image::imageops::FilterType::Triangle)
}

/// A page a picture, each as large as its longest side allows.
fn pdf(pictures: &[DynamicImage]) -> Vec<u8> {
    let mut file = Writer::default();
    let pages: Vec<usize> = (0..pictures.len()).map(|at| 3 + at * 3).collect();
    let kids: Vec<String> = pages.iter().map(|page| format!("{page} 0 R")).collect();
    file.object(1, "<</Type/Catalog/Pages 2 0 R>>", &[]);
    let count = pictures.len();
    file.object(2, &format!("<</Type/Pages/Count {count}/Kids[{}]>>", kids.join(" ")), &[]);
    for (picture, page) in pictures.iter().zip(pages) {
        let (wide, high) = (picture.width(), picture.height());
        let scale = (LONGEST_SIDE / wide.max(high) as f32).min(1.0);
        let (width, height) = (wide as f32 * scale, high as f32 * scale);
        let (content, drawn) = (page + 1, page + 2);
        file.object(
            page,
            &format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents {content} 0 R\
                /Resources<</XObject<</P {drawn} 0 R>>>>>>"
            ),
            &[],
        );
        file.object(content, "<<", format!("q {width} 0 0 {height} 0 0 cm /P Do Q").as_bytes());
        // On white, where it lets through what is behind it.
        let grey = on_white(picture);
        file.object(
            drawn,
            &format!(
                "<</Type/XObject/Subtype/Image/Width {wide}/Height {high}/ColorSpace/DeviceGray\
                /BitsPerComponent 8"
            ),
            &grey,
        );
    }
    file.finish()
}

/// In shades of grey, as recognising sees it.
fn on_white(picture: &DynamicImage) -> Vec<u8> {
    let pixels = picture.to_luma_alpha8();
    let blend = |[grey, alpha]: [u8; 2]| {
        let (grey, alpha) = (u32::from(grey), u32::from(alpha));
        ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    pixels.pixels().map(|pixel| blend(pixel.0)).collect()
}

/// Objects one after the other, and where each begins.
#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl Writer {
    /// An object, or with bytes a stream whose dictionary is left open.
    fn object(&mut self, number: usize, head: &str, stream: &[u8]) {
        if self.bytes.is_empty() {
            self.bytes.extend(b"%PDF-1.7\n");
        }
        self.places.push(self.bytes.len());
        let begin = format!("{number} 0 obj\n{head}");
        self.bytes.extend(begin.as_bytes());
        if !stream.is_empty() {
            self.bytes.extend(format!("/Length {}>>\nstream\n", stream.len()).as_bytes());
            self.bytes.extend(stream);
            self.bytes.extend(b"\nendstream");
        }
        self.bytes.extend(b"\nendobj\n");
    }

    fn finish(mut self) -> Vec<u8> {
        let (table, count) = (self.bytes.len(), self.places.len() + 1);
        // Writing into memory does not fail.
        let _ = writeln!(self.bytes, "xref\n0 {count}\n0000000000 65535 f ");
        for place in &self.places {
            let _ = writeln!(self.bytes, "{place:010} 00000 n ");
        }
        let _ =
            write!(self.bytes, "trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(40, 20, image::Rgb([200, 10, 10]));
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn check(bytes: &[u8], pages: usize) {
        let photo = Photo::seen(bytes).unwrap();
        let file = Cursor::new(Arc::<[u8]>::from(bytes));
        let pdf = photo.as_pdf(Path::new("a"), &file).unwrap().into_inner();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-1.7") && text.contains("/Width 40/Height 20"));
        assert!(text.contains(&format!("/Count {pages}")) && text.ends_with("%%EOF\n"));
    }

    #[test]
    fn pictures_of_every_kind_are_set_on_a_page() {
        use ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
        for format in [Png, Jpeg, Tiff, WebP, Gif, Bmp] {
            check(&encoded(format), 1);
        }
        assert_eq!(Photo::seen(b"%PDF-1.7"), None);
    }

    #[test]
    fn a_picture_that_claims_more_pixels_than_memory_holds_is_refused() {
        let mut bytes = encoded(ImageFormat::Gif);
        bytes[6..10].fill(0xFF);
        let file = Cursor::new(Arc::<[u8]>::from(bytes));
        let refused = Photo::Image(ImageFormat::Gif).as_pdf(Path::new("a"), &file);
        assert!(matches!(refused, Err(ParseError::DamagedPicture { .. })));
    }

    #[test]
    fn every_sheet_of_a_fax_is_a_page() {
        // A second directory like the first, behind it: same places, no next one.
        let mut bytes = encoded(ImageFormat::Tiff);
        let at = directory_at(&bytes, 4).unwrap();
        let entries = number::<2>(&bytes, at as usize).unwrap() as usize;
        let length = 2 + entries * 12;
        let directory = bytes[at as usize..at as usize + length].to_vec();
        let second = bytes.len() as u32;
        bytes.extend(directory);
        bytes.extend(0_u32.to_le_bytes());
        bytes[at as usize + length..at as usize + length + 4]
            .copy_from_slice(&second.to_le_bytes());
        check(&bytes, 2);
    }
}
