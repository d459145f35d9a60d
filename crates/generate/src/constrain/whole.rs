//! One of some texts, whole.

/// What was written, and the texts it may become.
#[derive(Clone)]
pub(crate) struct Whole {
    texts: Vec<String>,
    written: Vec<u8>,
}

impl Whole {
    /// Nothing written yet.
    pub(super) fn new(texts: &[String]) -> Self {
        let texts = texts.iter().filter(|text| !text.is_empty()).cloned().collect();
        Self { texts, written: Vec::new() }
    }

    /// Whether a text goes on so.
    pub(super) fn permits(&self, bytes: &[u8]) -> bool {
        self.texts.iter().any(|text| {
            let rest = text.as_bytes().strip_prefix(&self.written[..]);
            rest.is_some_and(|rest| rest.starts_with(bytes))
        })
    }

    /// Whether a text ends here.
    pub(super) fn may_end(&self) -> bool {
        self.texts.iter().any(|text| text.as_bytes() == self.written)
    }

    /// Goes on; where no text does, none ever will again.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.written.extend_from_slice(bytes);
        self.texts.retain(|text| text.as_bytes().starts_with(&self.written));
    }
}
