//! The two networks of PP-OCRv6 small: where text is on a page, and what a line of it says. Their
//! weights come out of ONNX files; what is computed with them is written here, on top of the
//! products of `yinju-kernels`. Not here: images, boxes, characters.
//!
//! The networks are those of `PaddleOCR` 3 (<https://github.com/PaddlePaddle/PaddleOCR>), as its
//! exported graphs show them. Numbers lie pixel by pixel, all channels of a pixel together.

mod backbone;
mod convolution;
#[cfg(any(test, feature = "fuzzing"))]
mod described;
mod detector;
mod layers;
mod map;
#[cfg(test)]
mod parity;
mod reader;
mod vectors;
mod weights;

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use described::described;
pub(crate) use detector::{DETECTOR_STEP, Detector};
pub(crate) use map::{Map, release};
pub(crate) use reader::{CLOSER_HEIGHT, LINE_HEIGHT, Reader, STEP_WIDTH, Step};
pub(crate) use weights::Weights;
