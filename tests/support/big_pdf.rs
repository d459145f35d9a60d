//! PDFs of any size, written page by page. Plain bytes: what is wanted is many pages or large
//! ones, not any feature of the format.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Pixels along each side of a picture.
const SIDE: usize = 1_024;

/// A PDF to be written.
#[derive(Clone, Copy, Debug)]
pub struct BigPdf {
    /// How many pages.
    pub pages: usize,
    /// Whether each has a small picture of noise, a megabyte of it.
    pub pictures: bool,
}

impl BigPdf {
    /// Writes it. Page 7 says `marker7`, and a few sentences around it.
    pub fn write(self, path: &Path) -> io::Result<()> {
        let mut out = Objects::begin(path)?;
        let kids = (0..self.pages).fold(String::new(), |mut kids, page| {
            let _ = write!(kids, "{} 0 R ", self.object_of(page));
            kids
        });
        out.object(b"<< /Type /Catalog /Pages 2 0 R >>")?;
        let pages = format!("<< /Type /Pages /Count {} /Kids [ {kids}] >>", self.pages);
        out.object(pages.as_bytes())?;
        out.object(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")?;
        for page in 0..self.pages {
            self.page(page, &mut out)?;
        }
        out.end()
    }

    fn objects_a_page(self) -> usize {
        if self.pictures { 3 } else { 2 }
    }

    fn object_of(self, page: usize) -> usize {
        4 + page * self.objects_a_page()
    }

    fn page(self, page: usize, out: &mut Objects) -> io::Result<()> {
        let at = self.object_of(page);
        let picture =
            if self.pictures { format!("/XObject << /P {} 0 R >>", at + 2) } else { String::new() };
        let object = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R
               /Resources << /Font << /F 3 0 R >> {picture} >> >>",
            at + 1
        );
        out.object(object.as_bytes())?;
        let text = text(page + 1);
        let picture = if self.pictures { "q 72 0 0 72 460 60 cm /P Do Q" } else { "" };
        out.stream("", format!("{text}{picture}").as_bytes())?;
        if self.pictures {
            let form = format!(
                "/Type /XObject /Subtype /Image /Width {SIDE} /Height {SIDE}
                 /ColorSpace /DeviceGray /BitsPerComponent 8"
            );
            out.stream(&form, &noise(page as u64))?;
        }
        Ok(())
    }
}

fn text(page: usize) -> String {
    let lines = [
        format!("The marker{page} stands on page {page} and on no other page."),
        "The bridge was fitted with sensors, each of which measures strain.".to_owned(),
        format!("What they measured in week {page} is told below."),
    ];
    let mut text = "BT /F 12 Tf 14 TL 72 760 Td\n".to_owned();
    for line in lines {
        let _ = writeln!(text, "({line}) Tj T*");
    }
    text + "ET\n"
}

/// Bytes that no filter makes smaller, the same every time (xorshift).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(SIDE * SIDE);
    while bytes.len() < SIDE * SIDE {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes
}

/// A file of numbered objects, and where each begins.
struct Objects {
    out: BufWriter<File>,
    at: usize,
    begins: Vec<usize>,
}

impl Objects {
    fn begin(path: &Path) -> io::Result<Self> {
        let out = BufWriter::new(File::create(path)?);
        let mut objects = Self { out, at: 0, begins: Vec::new() };
        objects.put(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")?;
        Ok(objects)
    }

    fn object(&mut self, body: &[u8]) -> io::Result<()> {
        self.begins.push(self.at);
        let head = format!("{} 0 obj\n", self.begins.len());
        self.put(head.as_bytes())?;
        self.put(body)?;
        self.put(b"\nendobj\n")
    }

    fn stream(&mut self, entries: &str, bytes: &[u8]) -> io::Result<()> {
        let head = format!("<< {entries} /Length {} >>\nstream\n", bytes.len());
        self.object(&[head.as_bytes(), bytes, b"\nendstream"].concat())
    }

    fn end(mut self) -> io::Result<()> {
        let (table, size) = (self.at, self.begins.len() + 1);
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for begin in &self.begins {
            let _ = writeln!(end, "{begin:010} 00000 n ");
        }
        let _ = write!(end, "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        self.put(end.as_bytes())?;
        self.out.flush()
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len();
        self.out.write_all(bytes)
    }
}
