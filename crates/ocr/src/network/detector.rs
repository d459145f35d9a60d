//! Where text is: for each pixel of a page, how likely it belongs to a line (Liao et al. 2020,
//! "Real-time Scene Text Detection with Differentiable Binarization"; neck and head of PP-OCRv6).

use super::backbone::{Backbone, bent};
use super::convolution::{Convolution, Depthwise};
use super::layers::{Gate, Product};
use super::map::{Map, beside};
use super::weights::{Filter, Weights, require};
use crate::error::OcrError;

/// Width and height of an image must be multiples of this.
pub(crate) const DETECTOR_STEP: usize = 32;
/// Sizes at which the backbone is tapped: a quarter to a thirty-second of the image.
const SCALES: usize = 4;

/// A product with a gate behind it.
struct Gated {
    product: Product,
    gate: Gate,
}

struct Smoothed {
    within: Depthwise,
    gated: Gated,
}

/// Four pixels out of one.
struct Quadruple {
    product: Product,
}

/// The network.
pub(crate) struct Detector {
    backbone: Backbone,
    /// From the smallest scale to the largest, as everything below.
    lateral: Vec<Gated>,
    smoothed: Vec<Smoothed>,
    joined: Convolution,
    doubled: [Quadruple; 2],
}

impl Detector {
    pub(crate) fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let backbone = Backbone::read(weights)?;
        let lateral = (0..SCALES).map(|_| Gated::read(weights)).collect::<Result<_, _>>()?;
        let smoothed = (0..SCALES)
            .map(|_| {
                let within = Depthwise::new(&weights.convolution()?)?;
                Ok(Smoothed { within, gated: Gated::read(weights)? })
            })
            .collect::<Result<_, OcrError>>()?;
        let joined = Convolution::new(&weights.convolution()?);
        let doubled =
            [Quadruple::new(&weights.transposed()?)?, Quadruple::new(&weights.transposed()?)?];
        let detector = Self { backbone, lateral, smoothed, joined, doubled };
        require(detector.fits(), "a neck")?;
        Ok(detector)
    }

    /// Whether each part takes what the one before it gives: maps of a quarter of the image, then of
    /// half of the one before, all brought to as many channels and in the end to one.
    fn fits(&self) -> bool {
        let strides = self.backbone.strides();
        let halves = strides.first() == Some(&[4, 4]) && strides[1..] == [[2, 2]; SCALES - 1];
        let stages = self.backbone.stages().into_iter().rev();
        let width = self.lateral[0].product.outputs();
        let lateral = self.lateral.iter().zip(stages).all(|(gated, stage)| {
            gated.fits() && gated.product.inputs() == stage && gated.product.outputs() == width
        });
        let smoothed = self.smoothed.iter().all(|Smoothed { within, gated }| {
            let keeps = within.channels() == width && within.strides() == [1, 1];
            keeps && gated.fits() && gated.product.inputs() == width
        });
        let together: usize = self.smoothed.iter().map(|s| s.gated.product.outputs()).sum();
        let [half, whole] = &self.doubled;
        let joined = self.joined.inputs() == together && self.joined.strides() == [1, 1];
        let doubled = half.product.inputs() == self.joined.outputs()
            && whole.product.inputs() == half.product.outputs() / 4
            && whole.product.outputs() == 4;
        halves && lateral && smoothed && joined && doubled
    }

    /// How likely each pixel is text, 0 to 1.
    pub(crate) fn on(&self, grey: &Map) -> Map {
        let stages = self.backbone.on(grey);
        let mut maps: Vec<Map> = Vec::with_capacity(SCALES);
        for (gated, stage) in self.lateral.iter().zip(stages.iter().rev()) {
            let mut map = gated.on(stage);
            if let Some(smaller) = maps.last() {
                map.add(&smaller.enlarged(2));
            }
            maps.push(map);
        }
        drop(stages);
        let mut parts = Vec::with_capacity(SCALES);
        for (scale, (smoothed, map)) in self.smoothed.iter().zip(&maps).enumerate() {
            let part = smoothed.gated.on(&smoothed.within.on(map));
            let times = 1 << (SCALES - 1 - scale);
            parts.push(if times > 1 { part.enlarged(times) } else { part });
        }
        drop(maps);
        let together = beside(&parts.iter().collect::<Vec<_>>());
        drop(parts);
        let quarter = bent(self.joined.on(&together));
        let half = bent(self.doubled[0].on(&quarter));
        let mut whole = self.doubled[1].on(&half);
        whole.numbers.iter_mut().for_each(|x| *x = 1.0 / (1.0 + (-*x).exp()));
        whole
    }
}

impl Gated {
    fn read(weights: &mut Weights) -> Result<Self, OcrError> {
        let product = Product::pointwise(&weights.convolution()?)?;
        Ok(Self { product, gate: Gate::read_adding(weights)? })
    }

    fn fits(&self) -> bool {
        self.gate.channels() == self.product.outputs()
    }

    fn on(&self, map: &Map) -> Map {
        let mut out = self.product.on(map);
        self.gate.on(&mut out);
        out
    }
}

impl Quadruple {
    /// Out of weights that lie `[inputs, outputs, 2, 2]`.
    fn new(filter: &Filter) -> Result<Self, OcrError> {
        require(filter.kernel == [2, 2], "a doubling")?;
        let (inputs, outputs) = (filter.inputs, filter.outputs);
        let mut weights = vec![0.0; filter.weights.len()];
        for (at, weight) in filter.weights.iter().enumerate() {
            let (input, output, place) = (at / 4 / outputs, at / 4 % outputs, at % 4);
            weights[(place * outputs + output) * inputs + input] = *weight;
        }
        Ok(Self { product: Product::new(&weights, inputs, &filter.bias.repeat(4)) })
    }

    fn on(&self, map: &Map) -> Map {
        let four = self.product.on(map);
        let channels = self.product.outputs() / 4;
        let mut out = Map::anything(2 * map.height, 2 * map.width, channels);
        let stride = out.row_length();
        for (at, pixel) in four.numbers.chunks_exact(4 * channels).enumerate() {
            let first = at / map.width * 2 * stride + at % map.width * 2 * channels;
            let (above, below) = pixel.split_at(2 * channels);
            out.numbers[first..][..2 * channels].copy_from_slice(above);
            out.numbers[first + stride..][..2 * channels].copy_from_slice(below);
        }
        out
    }
}
