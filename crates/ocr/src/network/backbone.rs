//! What both networks begin with: a stem that halves the image twice, then blocks of a convolution
//! within channels and a mixing of channels.

use super::convolution::{Convolution, Depthwise};
use super::layers::{Gate, Mixer};
use super::map::{Map, beside};
use super::vectors::raise;
use super::weights::{Weights, require};
use crate::error::OcrError;
use yinju_kernels::rowwise::{Activation, activate};

/// Convolutions until an eighth of the image's pixels are left; the second of two branches takes the
/// greatest of four pixels.
struct Stem {
    first: Convolution,
    branch: [Convolution; 2],
    joined: Convolution,
    wide: Convolution,
}

struct Block {
    within: Depthwise,
    gate: Option<Gate>,
    mixer: Mixer,
}

/// The common part.
pub(super) struct Backbone {
    stem: Stem,
    blocks: Vec<Block>,
}

impl Backbone {
    pub(super) fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let stem = Stem {
            first: Convolution::on_grey(&weights.convolution()?),
            branch: [
                Convolution::new(&weights.convolution()?),
                Convolution::new(&weights.convolution()?),
            ],
            joined: Convolution::new(&weights.convolution()?),
            wide: Convolution::new(&weights.convolution()?),
        };
        require(stem.fits(), "a stem")?;
        let mut backbone = Self { stem, blocks: Vec::new() };
        while weights.depthwise_is_next() && backbone.blocks.len() < 64 {
            let block = Block::read(weights)?;
            require(block.takes(backbone.outputs()), "a block")?;
            backbone.blocks.push(block);
        }
        Ok(backbone)
    }

    /// By how much the stem makes a map smaller, then each block that does.
    pub(super) fn strides(&self) -> Vec<[usize; 2]> {
        let Stem { first, joined, wide, .. } = &self.stem;
        let all = [first.strides(), joined.strides(), wide.strides()];
        let stem = [0, 1].map(|way| all.iter().fold(1, |a: usize, b| a.saturating_mul(b[way])));
        let blocks = self.blocks.iter().map(|block| block.within.strides());
        std::iter::once(stem).chain(blocks.filter(|strides| *strides != [1, 1])).collect()
    }

    /// Channels of what [`Backbone::on`] gives.
    pub(super) fn stages(&self) -> Vec<usize> {
        let smaller = self.blocks.iter().filter(|block| block.within.strides() != [1, 1]);
        smaller.map(|block| block.within.channels()).chain([self.outputs()]).collect()
    }

    /// What stands before each block that makes the map smaller, and at the end.
    pub(super) fn on(&self, grey: &Map) -> Vec<Map> {
        let mut map = self.stem.on(grey);
        let mut stages = Vec::new();
        for block in &self.blocks {
            let smaller = block.within.on(&map);
            let before = std::mem::replace(&mut map, smaller);
            if block.within.strides() != [1, 1] {
                stages.push(before);
            }
            if let Some(gate) = &block.gate {
                gate.on(&mut map);
            }
            map = block.mixer.on(map);
        }
        stages.push(map);
        stages
    }

    /// Channels at the end.
    pub(super) fn outputs(&self) -> usize {
        self.blocks.last().map_or(self.stem.wide.outputs(), |block| block.mixer.outputs())
    }
}

impl Block {
    fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let within = Depthwise::new(&weights.convolution()?)?;
        let gated = weights.next_outputs().is_some_and(|outputs| outputs < within.channels());
        let gate = if gated { Some(Gate::read(weights)?) } else { None };
        Ok(Self { within, gate, mixer: Mixer::read(weights)? })
    }

    /// Whether it takes maps of so many channels.
    fn takes(&self, channels: usize) -> bool {
        let gated = self.gate.as_ref().is_none_or(|gate| gate.channels() == channels);
        gated && self.within.channels() == channels && self.mixer.inputs() == channels
    }
}

impl Stem {
    /// Whether each part takes what the one before it gives.
    fn fits(&self) -> bool {
        let Self { first, branch: [narrow, back], joined, wide } = self;
        narrow.inputs() == first.outputs()
            && back.inputs() == narrow.outputs()
            && joined.inputs() == first.outputs() + back.outputs()
            && wide.inputs() == joined.outputs()
            && [narrow, back].iter().all(|part| part.strides() == [1, 1])
    }

    fn on(&self, grey: &Map) -> Map {
        let first = bent(self.first.on(grey));
        let branch = bent(self.branch[1].on(&bent(self.branch[0].on(&first))));
        let greatest = greatest_of_four(&first);
        drop(first);
        bent(self.wide.on(&bent(self.joined.on(&beside(&[&greatest, &branch])))))
    }
}

/// Without what is below zero.
pub(super) fn bent(mut map: Map) -> Map {
    activate(&mut map.numbers, Activation::Relu);
    map
}

/// The greatest of a pixel and those right of it, below it, and both. Nothing is below zero.
fn greatest_of_four(map: &Map) -> Map {
    let framed = map.framed([0, 0, 1, 1]);
    let mut out = map.copy();
    let (length, stride) = (map.row_length(), framed.row_length());
    for (y, row) in out.numbers.chunks_exact_mut(length.max(1)).enumerate() {
        for first in [y * stride + map.channels, (y + 1) * stride, (y + 1) * stride + map.channels]
        {
            raise(row, &framed.numbers[first..][..length]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_of_four_is_taken() {
        let map = Map { height: 2, width: 2, channels: 1, numbers: vec![1.0, 2.0, 3.0, 0.0] };
        assert_eq!(greatest_of_four(&map).numbers, [3.0, 2.0, 3.0, 0.0]);
    }
}
