//! What several tests need: the installed model and images.

use std::io::Cursor;
use std::path::PathBuf;

/// The installed model, or a line that says that a test was left out.
pub(crate) fn installed() -> Option<PathBuf> {
    yinju_tests::model("pp-ocrv6-small")
}

/// Width, height and bytes of a grey PNG.
pub(crate) fn pixels(png: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    (frame.width as usize, frame.height as usize, pixels)
}
