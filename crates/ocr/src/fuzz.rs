//! The door that a model's file comes through, for the fuzz target in `fuzz/`: takes any bytes, as a file or as
//! a short description of one, and whatever is loaded has to compute. Compiled for it and for a test alone.

use crate::characters::Alphabet;
use crate::network::{Detector, Map, Reader, Weights, described};

/// An image small enough to try every network on.
const HEIGHT: usize = 32;
const WIDTH: usize = 64;

/// Reads a model's file as either network, and has it look at an image.
pub fn model(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let file = if kind & 2 == 0 { rest.to_vec() } else { described(rest) };
    let Ok(mut weights) = Weights::read(&file) else { return };
    let grey = Map::new(HEIGHT, WIDTH, 1);
    if kind & 1 == 0 {
        let Ok(detector) = Detector::read(&mut weights) else { return };
        let text = detector.on(&grey);
        assert_eq!([text.height, text.width, text.channels], [HEIGHT, WIDTH, 1]);
    } else {
        let Ok(reader) = Reader::read(&mut weights) else { return };
        let alphabet = Alphabet::new(weights.metadata("character").unwrap_or_default());
        assert!(alphabet.len() > 1 && reader.characters() > 0);
        let characters = reader.characters();
        assert!(reader.on(&grey).iter().all(|step| step.character < characters));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A small network of either kind, as `described` takes it; also what the fuzz target starts from.
    const DETECTOR: &[u8] = include_bytes!("../../../fuzz/corpus/ocr_model/detector");
    const READER: &[u8] = include_bytes!("../../../fuzz/corpus/ocr_model/reader");

    #[test]
    fn small_networks_are_read_and_compute() {
        let [mut detector, mut reader] =
            [DETECTOR, READER].map(|bytes| Weights::read(&described(&bytes[1..])).unwrap());
        Detector::read(&mut detector).unwrap();
        Reader::read(&mut reader).unwrap();
        model(DETECTOR);
        model(READER);
    }

    proptest! {
        /// A file whose parts do not fit together is refused: it neither ends a process nor is computed with.
        #[test]
        fn networks_with_other_numbers_are_refused_or_compute(
            is_reader: bool, at in 1_usize..400, byte: u8, cut in 0_usize..400,
        ) {
            let mut bytes = if is_reader { READER.to_vec() } else { DETECTOR.to_vec() };
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(length - cut % 3 * (cut % length) / 3);
            model(&bytes);
        }

        #[test]
        fn the_door_takes_anything(bytes in any::<Vec<u8>>()) {
            model(&bytes);
        }
    }
}
