//! Bytes that begin on a cache line.

/// Bytes of a cache line, which are those of the widest vector there is.
const LINE: usize = 64;

/// So many bytes, somewhere in a longer buffer.
pub(super) struct Aligned {
    buffer: Vec<u8>,
    start: usize,
    length: usize,
}

impl Aligned {
    pub(super) fn zeros(length: usize) -> Self {
        let buffer = vec![0; length + LINE - 1];
        // Only speed depends on it: where it cannot be told, any place will do.
        let start = buffer.as_ptr().align_offset(LINE).min(LINE - 1);
        Self { buffer, start, length }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..][..self.length]
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..][..self.length]
    }
}
