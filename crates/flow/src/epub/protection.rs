//! Books a shop has locked. Fonts are often disguised, which keeps nobody from reading.

use crate::FlowError;
use crate::archive::Archive;
use crate::xml::{self, Visitor, attribute};
use quick_xml::events::BytesStart;

/// What the two ways to disguise fonts are called (OCF 3.3, 4.4; Adobe's own).
const FONT_DISGUISES: [&str; 2] =
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Fails for a book whose text is encrypted.
pub(super) fn refuse_encrypted(archive: &mut Archive) -> Result<(), FlowError> {
    let listed = archive.optional("META-INF/encryption.xml")?.unwrap_or_default();
    let mut found = Encryption::default();
    // A list that is damaged is believed as far as it goes.
    let _ = xml::walk(&listed, &mut found);
    if !found.locks_text {
        return Ok(());
    }
    let scheme = "it is locked by digital rights management";
    Err(FlowError::Encrypted { path: archive.path().to_owned(), scheme })
}

#[derive(Default)]
struct Encryption {
    /// Within the data of one part, not within its key.
    in_data: bool,
    in_key: bool,
    locks_text: bool,
}

impl Visitor for Encryption {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "EncryptedData" => self.in_data = true,
            "KeyInfo" | "EncryptedKey" => self.in_key = true,
            "EncryptionMethod" if self.in_data && !self.in_key => {
                let algorithm = attribute(element, "Algorithm").unwrap_or_default();
                self.locks_text |= !FONT_DISGUISES.contains(&algorithm.as_str());
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "EncryptedData" => self.in_data = false,
            "KeyInfo" | "EncryptedKey" => self.in_key = false,
            _ => {}
        }
    }

    fn text(&mut self, _: &str) {}
}
