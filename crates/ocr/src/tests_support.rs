//! What several tests need: the installed model and images.

use std::io::Cursor;
use std::path::PathBuf;

/// The installed model, or a line that says that a test was left out.
pub(crate) fn installed() -> Option<PathBuf> {
    let given = std::env::var_os("YINJU_MODELS").filter(|path| !path.is_empty()).map(PathBuf::from);
    let models = given.or_else(|| {
        Some(directories::BaseDirs::new()?.data_local_dir().join("yinju").join("models"))
    })?;
    let folder = models.join("pp-ocrv6-small");
    if folder.join("recognition.onnx").is_file() {
        return Some(folder);
    }
    eprintln!("left out: no pp-ocrv6-small in {}", models.display());
    None
}

/// Width, height and bytes of a grey PNG.
pub(crate) fn pixels(png: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.color_type, png::ColorType::Grayscale);
    (frame.width as usize, frame.height as usize, pixels)
}
