//! Convolutions: within each channel, and of all channels, as a product with what lies under the
//! kernel.

use super::layers::Product;
use super::map::Map;
use super::vectors::by_instructions;
use super::weights::{Filter, require};
use crate::error::OcrError;
use yinju_kernels::dense::Onto;

/// Pixels of a row whose sums stay in the first-level cache: 16 of 384 channels are 24 KiB.
const PIXELS: usize = 16;
/// Pixels for which what lies under the kernel is gathered for one product.
const GATHERED: usize = 96;

/// A kernel for each channel.
pub(super) struct Depthwise {
    kernel: [usize; 2],
    strides: [usize; 2],
    channels: usize,
    /// `[kernel, channels]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Depthwise {
    /// One that keeps a map's size but for its strides.
    pub(super) fn new(filter: &Filter) -> Result<Self, OcrError> {
        let centred = filter.kernel.iter().all(|length| length % 2 == 1);
        require(filter.inputs == 1 && centred, "a convolution within channels")?;
        let channels = filter.outputs;
        let taps = filter.kernel[0] * filter.kernel[1];
        let mut weights = vec![0.0; taps * channels];
        for (channel, kernel) in filter.weights.chunks_exact(taps).enumerate() {
            for (tap, weight) in kernel.iter().enumerate() {
                weights[tap * channels + channel] = *weight;
            }
        }
        let bias = filter.bias.clone();
        let (kernel, strides) = (filter.kernel, filter.strides);
        Ok(Self { kernel, strides, channels, weights, bias })
    }

    pub(super) fn strides(&self) -> [usize; 2] {
        self.strides
    }

    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    pub(super) fn on(&self, map: &Map) -> Map {
        let [height, width] = [(map.height, 0), (map.width, 1)].map(|(size, i)| {
            (size + self.kernel[i] / 2 * 2 - self.kernel[i]) / self.strides[i] + 1
        });
        let mut out = Map::anything(height, width, self.channels);
        let stride = out.row_length();
        for (y, out) in out.numbers.chunks_exact_mut(stride.max(1)).enumerate() {
            for (group, out) in out.chunks_mut(PIXELS * self.channels).enumerate() {
                convolve(self, map, [y, group * PIXELS], out);
            }
        }
        out
    }
}

by_instructions! {
    /// A few pixels of a row of output, from this place on.
    fn convolve(layer: &Depthwise, map: &Map, place: [usize; 2], out: &mut [f32]) = convolve_each
}

#[inline(always)]
#[allow(clippy::inline_always, reason = "compiled for an architecture only where inlined")]
fn convolve_each(layer: &Depthwise, map: &Map, place: [usize; 2], out: &mut [f32]) {
    let channels = layer.channels;
    for out in out.chunks_exact_mut(channels) {
        out.copy_from_slice(&layer.bias);
    }
    let step = layer.strides[1];
    let [above, left] = layer.kernel.map(|k| k / 2);
    for (tap, weights) in layer.weights.chunks_exact(channels).enumerate() {
        let (down, across) = (tap / layer.kernel[1], tap % layer.kernel[1]);
        let Some(y) = (place[0] * layer.strides[0] + down).checked_sub(above) else { continue };
        if y >= map.height {
            continue;
        }
        // The first pixels of the output have nothing under this part of the kernel.
        let first = left.saturating_sub(place[1] * step + across).div_ceil(step);
        let from = (place[1] + first) * step + across - left;
        let row = &map.numbers[y * map.row_length()..][..map.row_length()];
        let Some(row) = row.get(from * channels..) else { continue };
        let Some(out) = out.get_mut(first * channels..) else { continue };
        for (out, pixel) in out.chunks_exact_mut(channels).zip(row.chunks(step * channels)) {
            for ((sum, x), weight) in out.iter_mut().zip(pixel).zip(weights) {
                *sum += x * weight;
            }
        }
    }
}

/// A kernel over all channels.
pub(super) struct Convolution {
    product: Product,
    kernel: [usize; 2],
    strides: [usize; 2],
    /// Above, left, below, right.
    frame: [usize; 4],
    /// Channels of the input.
    inputs: usize,
}

impl Convolution {
    /// One whose kernel is centred, or, being even, begins at the pixel.
    pub(super) fn new(filter: &Filter) -> Self {
        let weights = by_pixel(filter);
        let inputs = filter.inputs * filter.kernel[0] * filter.kernel[1];
        Self::with(Product::new(&weights, inputs, &filter.bias), filter, filter.inputs)
    }

    /// The first one of a network, on one channel that stands for all that the filter has, and
    /// without rounding.
    pub(super) fn on_grey(filter: &Filter) -> Self {
        let taps = filter.kernel[0] * filter.kernel[1];
        let mut weights = vec![0.0; filter.outputs * taps];
        for (at, kernel) in filter.weights.chunks_exact(taps).enumerate() {
            let row = &mut weights[at / filter.inputs * taps..][..taps];
            yinju_kernels::rowwise::add(row, kernel);
        }
        Self::with(Product::exact(&weights, taps, &filter.bias), filter, 1)
    }

    fn with(product: Product, filter: &Filter, inputs: usize) -> Self {
        let before = filter.kernel.map(|k| (k - 1) / 2);
        let after = filter.kernel.map(|k| k / 2);
        let frame = [before[0], before[1], after[0], after[1]];
        Self { product, kernel: filter.kernel, strides: filter.strides, frame, inputs }
    }

    pub(super) fn strides(&self) -> [usize; 2] {
        self.strides
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    pub(super) fn outputs(&self) -> usize {
        self.product.outputs()
    }

    pub(super) fn on(&self, map: &Map) -> Map {
        let framed = map.framed(self.frame);
        let rows = (framed.height - self.kernel[0]) / self.strides[0] + 1;
        let columns = (framed.width - self.kernel[1]) / self.strides[1] + 1;
        let mut out = Map::anything(rows, columns, self.product.outputs());
        let inputs = self.product.inputs();
        let mut gathered = Map::anything(1, GATHERED, inputs);
        let mut place = 0;
        for out in out.numbers.chunks_mut(GATHERED * self.product.outputs()) {
            let count = out.len() / self.product.outputs();
            let gathered = &mut gathered.numbers[..count * inputs];
            for under in gathered.chunks_exact_mut(inputs) {
                self.gather(&framed, place / columns, place % columns, under);
                place += 1;
            }
            self.product.apply(gathered, out, Onto::Nothing);
        }
        out
    }

    /// What lies under the kernel.
    fn gather(&self, framed: &Map, y: usize, x: usize, under: &mut [f32]) {
        let across = self.kernel[1] * framed.channels;
        let first =
            y * self.strides[0] * framed.row_length() + x * self.strides[1] * framed.channels;
        for (down, under) in under.chunks_exact_mut(across).enumerate() {
            under.copy_from_slice(&framed.numbers[first + down * framed.row_length()..][..across]);
        }
    }
}

/// Weights as pixels lie: `[outputs, height, width, inputs]`.
fn by_pixel(filter: &Filter) -> Vec<f32> {
    let taps = filter.kernel[0] * filter.kernel[1];
    let mut weights = vec![0.0; filter.weights.len()];
    for (at, kernel) in filter.weights.chunks_exact(taps).enumerate() {
        let (output, input) = (at / filter.inputs, at % filter.inputs);
        for (tap, weight) in kernel.iter().enumerate() {
            weights[(output * taps + tap) * filter.inputs + input] = *weight;
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(outputs: usize, inputs: usize, kernel: [usize; 2], strides: [usize; 2]) -> Filter {
        let count = outputs * inputs * kernel[0] * kernel[1];
        let weights = (0..count).map(|i| ((i * 29 % 31) as f32 - 15.0) / 16.0).collect();
        let bias = (0..outputs).map(|i| i as f32 / 8.0).collect();
        Filter { outputs, inputs, kernel, strides, weights, bias }
    }

    fn map(height: usize, width: usize, channels: usize) -> Map {
        let count = height * width * channels;
        let numbers = (0..count).map(|i| ((i * 17 % 23) as f32 - 11.0) / 8.0).collect();
        Map { height, width, channels, numbers }
    }

    /// One number of the output, by the definition.
    fn defined(filter: &Filter, map: &Map, place: [usize; 3], depthwise: bool) -> f32 {
        let [y, x, output] = place;
        let mut sum = filter.bias[output];
        for down in 0..filter.kernel[0] {
            for across in 0..filter.kernel[1] {
                for input in 0..filter.inputs {
                    let row =
                        (y * filter.strides[0] + down).checked_sub((filter.kernel[0] - 1) / 2);
                    let column =
                        (x * filter.strides[1] + across).checked_sub((filter.kernel[1] - 1) / 2);
                    let (Some(row), Some(column)) = (row, column) else { continue };
                    if row >= map.height || column >= map.width {
                        continue;
                    }
                    let channel = if depthwise { output } else { input };
                    let at = (output * filter.inputs + input) * filter.kernel[0] + down;
                    let weight = filter.weights[at * filter.kernel[1] + across];
                    sum +=
                        weight * map.numbers[(row * map.width + column) * map.channels + channel];
                }
            }
        }
        sum
    }

    fn check(out: &Map, filter: &Filter, map: &Map, depthwise: bool, tolerance: f32) {
        for (at, x) in out.numbers.iter().enumerate() {
            let (pixel, output) = (at / out.channels, at % out.channels);
            let place = [pixel / out.width, pixel % out.width, output];
            let expected = defined(filter, map, place, depthwise);
            assert!((x - expected).abs() < tolerance, "{place:?}: {x} instead of {expected}");
        }
    }

    #[test]
    fn channels_are_convolved_by_themselves() {
        for (channels, kernel, strides) in [
            (16, [3, 3], [1, 1]),
            (48, [3, 3], [2, 1]),
            (32, [7, 7], [1, 1]),
            (24, [1, 7], [1, 1]),
            (16, [3, 3], [2, 2]),
        ] {
            let (filter, map) = (filter(channels, 1, kernel, strides), map(6, 21, channels));
            let out = Depthwise::new(&filter).unwrap().on(&map);
            assert_eq!(out.width, 21_usize.div_ceil(strides[1]));
            check(&out, &filter, &map, true, 1e-4);
        }
    }

    #[test]
    fn channels_are_convolved_together() {
        for (inputs, kernel, strides) in
            [(24, [2, 2], [1, 1]), (8, [3, 3], [2, 2]), (5, [3, 3], [1, 1])]
        {
            let (filter, map) = (filter(7, inputs, kernel, strides), map(5, 9, inputs));
            let out = Convolution::new(&filter).on(&map);
            check(&out, &filter, &map, false, 0.5);
        }
    }

    #[test]
    fn grey_stands_for_all_channels() {
        let (filter, grey) = (filter(4, 3, [3, 3], [2, 2]), map(6, 6, 1));
        let three = super::super::map::beside(&[&grey, &grey, &grey]);
        let out = Convolution::on_grey(&filter).on(&grey);
        check(&out, &filter, &three, false, 1e-4);
    }
}
