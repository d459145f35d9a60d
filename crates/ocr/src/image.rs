//! Grey pixels: made from what a caller gives, turned, made smaller, cut out along a line.

use crate::error::OcrError;
use crate::geometry::Quad;
use crate::network::Map;

/// An image of a page, row by row, without gaps.
#[derive(Clone, Copy, Debug)]
pub struct PageImage<'a> {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Grey, red green blue, or those with alpha, which is not looked at; one byte a channel.
    pub pixels: &'a [u8],
}

/// Brightness, 0 black to 255 white.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Grey {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<u8>,
}

/// More samples than this for a pixel of a smaller image are not taken, each way.
const SAMPLES: usize = 8;

impl Grey {
    pub(crate) fn of(image: &PageImage<'_>) -> Result<Self, OcrError> {
        let PageImage { width, height, pixels } = *image;
        let count = width.checked_mul(height).filter(|count| *count > 0);
        let channels = count.filter(|n| pixels.len().is_multiple_of(*n)).map(|n| pixels.len() / n);
        let pixels = match channels {
            Some(1) => pixels.to_vec(),
            Some(3) => pixels.as_chunks::<3>().0.iter().map(|p| brightness(*p)).collect(),
            Some(4) => pixels
                .as_chunks::<4>()
                .0
                .iter()
                .map(|[r, g, b, _]| brightness([*r, *g, *b]))
                .collect(),
            _ => return Err(OcrError::Image { width, height, bytes: pixels.len() }),
        };
        Ok(Self { width, height, pixels })
    }

    /// The same, turned clockwise by a quarter.
    pub(crate) fn turned(&self) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for x in 0..self.width {
            pixels.extend((0..self.height).rev().map(|y| self.pixels[y * self.width + x]));
        }
        Self { width: self.height, height: self.width, pixels }
    }

    /// The same at another size, as a network takes it, white to the right and below up to whole
    /// `step`s.
    pub(crate) fn resized(&self, width: usize, height: usize, step: usize) -> Map {
        let mut map = white(height.next_multiple_of(step), width.next_multiple_of(step));
        let across = Taps::new(self.width, width);
        let down = Taps::new(self.height, height);
        let mut row = vec![0.0_f32; self.width];
        for y in 0..height {
            row.fill(0.0);
            for (from, weight) in down.of(y) {
                let pixels = &self.pixels[from * self.width..][..self.width];
                for (sum, pixel) in row.iter_mut().zip(pixels) {
                    *sum += f32::from(*pixel) * weight;
                }
            }
            for (x, out) in map.numbers[y * map.width..][..width].iter_mut().enumerate() {
                *out = normal(across.of(x).map(|(from, weight)| row[from] * weight).sum());
            }
        }
        map
    }

    /// What lies in a quadrangle, upright, at a height, white to the right up to whole `step`s.
    pub(crate) fn cut(&self, quad: &Quad, height: usize, width: usize, step: usize) -> Map {
        let mut map = white(height, width.next_multiple_of(step));
        let [origin, right, _, below] = quad.corners;
        let along = [0, 1].map(|i| (right[i] - origin[i]) / width as f32);
        let down = [0, 1].map(|i| (below[i] - origin[i]) / height as f32);
        let length = |v: [f32; 2]| v[0].hypot(v[1]);
        let samples = (length(down).max(length(along)).ceil() as usize).clamp(1, SAMPLES);
        let offsets: Vec<_> = (0..samples).map(|i| (i as f32 + 0.5) / samples as f32).collect();
        let share = 1.0 / (samples * samples) as f32;
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for dy in &offsets {
                    for dx in &offsets {
                        let (u, v) = (x as f32 + dx, y as f32 + dy);
                        let at = [0, 1].map(|i| origin[i] + along[i] * u + down[i] * v - 0.5);
                        sum += self.between(at[0], at[1]);
                    }
                }
                map.numbers[y * map.width + x] = normal(sum * share);
            }
        }
        map
    }

    /// Brightness between pixels; beyond the edge that of the edge.
    fn between(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, above) = (x as usize, y as usize);
        let (right, below) = ((left + 1).min(self.width - 1), (above + 1).min(self.height - 1));
        let (dx, dy) = (x - left as f32, y - above as f32);
        let at = |x: usize, y: usize| f32::from(self.pixels[y * self.width + x]);
        let upper = at(left, above) + (at(right, above) - at(left, above)) * dx;
        let lower = at(left, below) + (at(right, below) - at(left, below)) * dx;
        upper + (lower - upper) * dy
    }
}

/// Luma of ITU-R BT.601.
fn brightness([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    (sum / 1000) as u8
}

/// A byte as the networks take it: −1 black, 1 white.
fn normal(brightness: f32) -> f32 {
    brightness / 127.5 - 1.0
}

fn white(height: usize, width: usize) -> Map {
    let mut map = Map::new(height, width, 1);
    map.numbers.fill(1.0);
    map
}

/// From which pixels of a row each pixel of a shorter or longer one is made: a triangle over two of
/// the larger pixels.
struct Taps {
    first: Vec<usize>,
    weights: Vec<Vec<f32>>,
}

impl Taps {
    fn new(from: usize, to: usize) -> Self {
        let scale = from as f32 / to.max(1) as f32;
        let reach = scale.max(1.0);
        let (mut first, mut weights) = (Vec::with_capacity(to), Vec::with_capacity(to));
        for at in 0..to {
            let centre = (at as f32 + 0.5) * scale - 0.5;
            let start = (centre - reach).ceil().max(0.0) as usize;
            let start = start.min(from - 1);
            let end = ((centre + reach).floor().max(0.0) as usize).clamp(start, from - 1);
            let mut row: Vec<f32> = (start..=end)
                .map(|pixel| (1.0 - (pixel as f32 - centre).abs() / reach).max(0.0))
                .collect();
            let sum: f32 = row.iter().sum();
            if sum > 0.0 {
                for weight in &mut row {
                    *weight /= sum;
                }
            } else {
                row = vec![1.0];
            }
            first.push(start);
            weights.push(row);
        }
        Self { first, weights }
    }

    fn of(&self, at: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        (self.first[at]..).zip(self.weights[at].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, pixels: &[u8]) -> Grey {
        Grey { width, height: pixels.len() / width, pixels: pixels.to_vec() }
    }

    #[test]
    fn channels_follow_from_the_length() {
        let of = |pixels: &[u8]| Grey::of(&PageImage { width: 2, height: 1, pixels });
        assert_eq!(of(&[1, 2]).unwrap().pixels, [1, 2]);
        assert_eq!(of(&[255, 255, 255, 0, 0, 0]).unwrap().pixels, [255, 0]);
        assert_eq!(of(&[255, 255, 255, 9, 0, 0, 0, 9]).unwrap().pixels, [255, 0]);
        assert!(matches!(of(&[1, 2, 3]), Err(OcrError::Image { bytes: 3, .. })));
        assert!(Grey::of(&PageImage { width: 0, height: 0, pixels: &[] }).is_err());
    }

    #[test]
    fn a_turn_brings_the_left_column_to_the_top() {
        assert_eq!(grey(2, &[1, 2, 3, 4]).turned(), grey(2, &[3, 1, 4, 2]));
        assert_eq!(grey(3, &[1, 2, 3]).turned(), grey(1, &[1, 2, 3]));
    }

    #[test]
    fn size_and_colour_survive_resizing() {
        for (from, to) in [(1, 5), (5, 1), (100, 37), (37, 100)] {
            let map = grey(from, &vec![255; from * from]).resized(to, to, 1);
            assert!(map.numbers.iter().all(|x| (x - 1.0).abs() < 1e-4));
        }
    }

    #[test]
    fn a_cut_is_upright() {
        let image = grey(2, &[0, 255, 0, 255]);
        let quad = Quad { corners: [[2.0, 2.0], [0.0, 2.0], [0.0, 0.0], [2.0, 0.0]] };
        let map = image.cut(&quad, 2, 2, 1);
        assert_eq!(map.numbers, [1.0, -1.0, 1.0, -1.0]);
    }
}
