//! How well a passage's tokens answer to a question's.

use crate::tokens::{Rows, unpacked};
use yinju_core::ports::TokenVectors;
use yinju_kernels::dense::{Instructions, Onto, Panels};

/// A question, laid out to be compared with many passages.
pub struct LateInteraction {
    question: Panels,
    width: usize,
    /// Products of one passage, a row a token of the passage.
    products: Vec<f32>,
}

impl LateInteraction {
    /// For a question's token vectors; `None` where there are none.
    pub fn new(question: &TokenVectors) -> Option<Self> {
        let Rows { width, values } = unpacked(question)?;
        let tokens = values.len() / width;
        if tokens == 0 {
            return None;
        }
        let mut panels = Panels::empty(Instructions::for_outputs(tokens));
        panels.reshape(width, tokens);
        for (token, row) in values.chunks_exact(width).enumerate() {
            panels.set_output(token, row, 0.0);
        }
        Some(Self { question: panels, width, products: Vec::new() })
    }

    /// The mean, over the question's tokens, of the cosine with the nearest token of the passage
    /// (`MaxSim` of `ColBERT`, divided by the question's length): −1 to 1. `None` where the passage
    /// has no tokens, or they are of another encoder.
    pub fn similarity(&mut self, passage: &TokenVectors) -> Option<f32> {
        let Rows { width, values } = unpacked(passage)?;
        if width != self.width || values.is_empty() {
            return None;
        }
        let tokens = self.question.outputs();
        self.products.resize(values.len() / width * tokens, 0.0);
        self.question.apply_dense(&values, &mut self.products, Onto::Nothing);
        let mut nearest = vec![f32::NEG_INFINITY; tokens];
        for row in self.products.chunks_exact(tokens) {
            nearest.iter_mut().zip(row).for_each(|(best, x)| *best = best.max(*x));
        }
        Some(nearest.iter().sum::<f32>() / tokens as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::{exact, packed};

    /// One row a token: all numbers 0 but one.
    fn tokens(places: &[usize]) -> Vec<f32> {
        let mut rows = vec![0.0; places.len() * 64];
        for (row, place) in rows.chunks_mut(64).zip(places) {
            row[*place] = 1.0;
        }
        rows
    }

    #[test]
    fn every_token_of_the_question_is_met_by_the_nearest_of_the_passage() {
        let mut question = LateInteraction::new(&exact(&tokens(&[3, 9]), 64)).unwrap();
        let mut check = |places: &[usize], expected: f32| {
            let found = question.similarity(&exact(&tokens(places), 64)).unwrap();
            assert!((found - expected).abs() < 1e-5, "{places:?}: {found}");
        };
        check(&[9, 3, 20], 1.0);
        check(&[3, 20], 0.5);
        check(&[20], 0.0);
    }

    #[test]
    fn packing_keeps_the_order_of_passages() {
        let mut question = LateInteraction::new(&exact(&tokens(&[3, 9, 11]), 64)).unwrap();
        let mut of = |places: &[usize]| question.similarity(&packed(&tokens(places), 64)).unwrap();
        assert!(of(&[3, 9, 11, 40]) > of(&[3, 9, 41, 40]));
        assert!(of(&[3, 9, 41, 40]) > of(&[3, 42, 41, 40]));
    }

    #[test]
    fn nothing_to_compare_gives_nothing() {
        assert!(LateInteraction::new(&exact(&[], 64)).is_none());
        let mut question = LateInteraction::new(&exact(&tokens(&[3]), 64)).unwrap();
        assert_eq!(question.similarity(&packed(&[], 64)), None);
        assert_eq!(question.similarity(&packed(&[1.0; 8], 8)), None);
        assert_eq!(question.similarity(&TokenVectors(vec![7])), None);
    }
}
