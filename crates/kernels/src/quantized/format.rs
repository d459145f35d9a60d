//! Blocks of weights as GGUF files have them. Layouts: the `block_q…` structures and
//! `dequantize_row_q…` functions of ggml (<https://github.com/ggml-org/ggml>, `ggml-common.h`,
//! `ggml-quants.c`).

use super::{BLOCK, SUPER};
use half::f16;

/// How weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 4 bits, `scale · (code − 8)`.
    Q4_0,
    /// 4 bits, `scale · code + minimum`.
    Q4_1,
    /// 5 bits, `scale · (code − 16)`.
    Q5_0,
    /// 5 bits, `scale · code + minimum`.
    Q5_1,
    /// 8 bits, `scale · code`.
    Q8_0,
    /// 4 bits, `scale · factor · code − minimum · factor`, a pair of factors of 6 bits a block.
    Q4K,
    /// 5 bits, likewise.
    Q5K,
    /// 6 bits, `scale · factor · (code − 32)`, a factor of 8 bits for half a block.
    Q6K,
    /// 6 bits, `scale · (code − 32)`, a byte a code: not of those files, but what [`quantize`] makes.
    Q6,
}

/// What the scales of a format are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scales {
    /// One scale a block; codes stand so much too high.
    Single { zero: u8 },
    /// A scale and a minimum a block.
    WithMinimum,
    /// Factors of a scale and a minimum that eight blocks share.
    Nested,
    /// Two factors a block, of a scale that eight blocks share; codes stand 32 too high.
    Halves,
}

/// 32 weights out of a file.
#[derive(Clone, Copy, Default)]
pub(super) struct Block {
    /// Four codes each, the first in the lowest byte.
    pub(super) quads: [u32; BLOCK / 4],
    /// Half floats: of the block, or of the eight it belongs to.
    pub(super) scale: u16,
    /// Likewise.
    pub(super) minimum: u16,
    /// [`Scales::Nested`]: of scale and minimum. [`Scales::Halves`]: of each half, signed.
    pub(super) factors: [u8; 2],
}

impl Format {
    /// Weights that are stored together: columns are a multiple of it.
    pub fn weights_a_block(self) -> usize {
        match self.scales() {
            Scales::Single { .. } | Scales::WithMinimum => BLOCK,
            Scales::Nested | Scales::Halves => SUPER * BLOCK,
        }
    }

    /// Bytes they take.
    pub fn bytes_a_block(self) -> usize {
        match self {
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 | Self::Q6 => 34,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
        }
    }

    /// Bytes of a row.
    pub fn bytes_a_row(self, columns: usize) -> usize {
        columns / self.weights_a_block() * self.bytes_a_block()
    }

    pub(super) fn bits(self) -> usize {
        match self {
            Self::Q4_0 | Self::Q4_1 | Self::Q4K => 4,
            Self::Q5_0 | Self::Q5_1 | Self::Q5K => 5,
            Self::Q6K | Self::Q6 => 6,
            Self::Q8_0 => 8,
        }
    }

    pub(super) fn scales(self) -> Scales {
        match self {
            Self::Q4_0 => Scales::Single { zero: 8 },
            Self::Q5_0 => Scales::Single { zero: 16 },
            Self::Q6 => Scales::Single { zero: 32 },
            Self::Q8_0 => Scales::Single { zero: 128 },
            Self::Q4_1 | Self::Q5_1 => Scales::WithMinimum,
            Self::Q4K | Self::Q5K => Scales::Nested,
            Self::Q6K => Scales::Halves,
        }
    }

    /// Every 32 weights of some stored blocks, in order. Codes of `Q8_0` are raised by 128.
    pub(super) fn blocks(self, bytes: &[u8], mut take: impl FnMut(Block)) {
        for bytes in bytes.chunks_exact(self.bytes_a_block()) {
            match self {
                Self::Q4_0 => take(Block { quads: nibbles(&bytes[2..]), ..scaled(bytes) }),
                Self::Q4_1 => take(Block { quads: nibbles(&bytes[4..]), ..with_minimum(bytes) }),
                Self::Q5_0 => {
                    take(Block { quads: five(&bytes[2..6], &bytes[6..]), ..scaled(bytes) });
                }
                Self::Q5_1 => {
                    take(Block { quads: five(&bytes[4..8], &bytes[8..]), ..with_minimum(bytes) });
                }
                Self::Q8_0 => take(Block {
                    quads: std::array::from_fn(|q| word(&bytes[2..], q) ^ 0x8080_8080),
                    ..scaled(bytes)
                }),
                Self::Q6 => take(Block {
                    quads: std::array::from_fn(|q| word(&bytes[2..], q)),
                    ..scaled(bytes)
                }),
                Self::Q4K => (0..SUPER).for_each(|b| take(four_nested(bytes, b))),
                Self::Q5K => (0..SUPER).for_each(|b| take(five_nested(bytes, b))),
                Self::Q6K => (0..SUPER).for_each(|b| take(six(bytes, b))),
            }
        }
    }
}

/// Makes numbers of stored weights.
pub fn dequantize(format: Format, bytes: &[u8], out: &mut [f32]) {
    let (blocks, _) = out.as_chunks_mut::<BLOCK>();
    let mut blocks = blocks.iter_mut();
    format.blocks(bytes, |block| {
        let Some(out) = blocks.next() else { return };
        let scale = f16::from_bits(block.scale).to_f32();
        let minimum = f16::from_bits(block.minimum).to_f32();
        let [first, second] = block.factors;
        for (i, out) in out.iter_mut().enumerate() {
            let code = f32::from((block.quads[i / 4] >> (8 * (i % 4))) as u8);
            *out = match format.scales() {
                Scales::Single { zero } => scale * (code - f32::from(zero)),
                Scales::WithMinimum => scale * code + minimum,
                Scales::Nested => scale * f32::from(first) * code - minimum * f32::from(second),
                Scales::Halves => {
                    let factor = if i < BLOCK / 2 { first } else { second } as i8;
                    scale * f32::from(factor) * (code - 32.0)
                }
            };
        }
    });
}

/// Rounds weights to [`Format::Q6`]: each of 32 to the nearest of 64 steps, of which the outermost is
/// the weight farthest from 0. A rest of less than 32 weights is left out.
pub fn quantize(weights: &[f32]) -> Vec<u8> {
    let (blocks, _) = weights.as_chunks::<BLOCK>();
    let mut bytes = Vec::with_capacity(blocks.len() * Format::Q6.bytes_a_block());
    for block in blocks {
        let scale = f16::from_f32(farthest(block) / -32.0);
        let steps = if scale.to_f32() == 0.0 { 0.0 } else { 1.0 / scale.to_f32() };
        bytes.extend(scale.to_le_bytes());
        bytes.extend(block.map(|weight| ((weight * steps).round() + 32.0).clamp(0.0, 63.0) as u8));
    }
    bytes
}

/// Rounds weights to [`Format::Q8_0`]: each of 32 to the nearest of 255 steps, of which the outermost is as far
/// from 0 as the weight farthest from it. A rest of less than 32 weights is left out.
pub fn quantize_8(weights: &[f32]) -> Vec<u8> {
    let (blocks, _) = weights.as_chunks::<BLOCK>();
    let mut bytes = Vec::with_capacity(blocks.len() * Format::Q8_0.bytes_a_block());
    for block in blocks {
        let scale = f16::from_f32(farthest(block).abs() / 127.0);
        let steps = if scale.to_f32() == 0.0 { 0.0 } else { 1.0 / scale.to_f32() };
        bytes.extend(scale.to_le_bytes());
        let codes = block.map(|weight| (weight * steps).round().clamp(-127.0, 127.0) as i8);
        bytes.extend(codes.map(|code| code as u8));
    }
    bytes
}

fn farthest(weights: &[f32; BLOCK]) -> f32 {
    weights.iter().fold(0.0, |a: f32, b| if b.abs() > a.abs() { *b } else { a })
}

/// Stores weights as `Q4_0` where every one of them is what such a block gives back exactly: where
/// they came out of one.
pub fn restore(weights: &[f32]) -> Option<Vec<u8>> {
    let (blocks, rest) = weights.as_chunks::<BLOCK>();
    let mut bytes = Vec::with_capacity(blocks.len() * Format::Q4_0.bytes_a_block());
    for block in blocks {
        bytes.extend(restore_block(block)?);
    }
    rest.is_empty().then_some(bytes)
}

/// Blocks of [`Format::Q4_0`] as blocks of [`Format::Q8_0`], which say exactly the same.
pub fn widen(bytes: &[u8]) -> Vec<u8> {
    let blocks = bytes.chunks_exact(Format::Q4_0.bytes_a_block());
    let mut wide = Vec::with_capacity(blocks.len() * Format::Q8_0.bytes_a_block());
    for block in blocks {
        let (scale, codes) = block.split_at(2);
        wide.extend(scale);
        wide.extend(codes.iter().map(|pair| (pair & 15).wrapping_sub(8)));
        wide.extend(codes.iter().map(|pair| (pair >> 4).wrapping_sub(8)));
    }
    wide
}

/// The scale is the number farthest from 0 divided by what its code was: −8, hardly ever less.
fn restore_block(weights: &[f32; BLOCK]) -> Option<[u8; 18]> {
    let farthest = farthest(weights);
    (-8_i8..=7).filter(|code| *code != 0).find_map(|code| {
        let scale = f16::from_f32(farthest / f32::from(code));
        let mut bytes = [0; 18];
        bytes[..2].copy_from_slice(&scale.to_le_bytes());
        for (i, weight) in weights.iter().enumerate() {
            let steps = if farthest == 0.0 { 0.0 } else { (weight / scale.to_f32()).round() };
            let difference = steps * scale.to_f32() - weight;
            let exact = difference.abs() <= 0.0 && (-8.0..=7.0).contains(&steps);
            if !exact {
                return None;
            }
            bytes[2 + i % 16] |= ((steps as i8 + 8) as u8) << (4 * (i / 16));
        }
        Some(bytes)
    })
}

fn half(bytes: &[u8]) -> u16 {
    u16::from_le_bytes([bytes[0], bytes[1]])
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let bytes = &bytes[4 * at..4 * at + 4];
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn scaled(bytes: &[u8]) -> Block {
    Block { scale: half(bytes), ..Block::default() }
}

fn with_minimum(bytes: &[u8]) -> Block {
    Block { scale: half(bytes), minimum: half(&bytes[2..]), ..Block::default() }
}

/// 16 bytes: the first half of a block in the low nibbles, the second in the high ones.
fn nibbles(bytes: &[u8]) -> [u32; 8] {
    std::array::from_fn(|q| word(bytes, q % 4) >> (4 * (q / 4)) & 0x0F0F_0F0F)
}

/// Nibbles and 32 bits above them.
fn five(bits: &[u8], bytes: &[u8]) -> [u32; 8] {
    let bits = word(bits, 0);
    let mut quads = nibbles(bytes);
    for (q, quad) in quads.iter_mut().enumerate() {
        // Four bits, one to a byte.
        let spread = ((bits >> (4 * q) & 0xF) * 0x0020_4081) & 0x0101_0101;
        *quad |= spread << 4;
    }
    quads
}

/// Twice eight factors of 6 bits in 12 bytes: the first four of each whole with two bits of a later
/// one above, the others in nibbles.
fn factors(bytes: &[u8], block: usize) -> [u8; 2] {
    if block < 4 {
        return [bytes[block] & 63, bytes[block + 4] & 63];
    }
    let nibbles = bytes[block + 4];
    [nibbles & 15 | bytes[block - 4] >> 6 << 4, nibbles >> 4 | bytes[block] >> 6 << 4]
}

fn four_nested(bytes: &[u8], block: usize) -> Block {
    let nibbles = &bytes[16 + block / 2 * 32..];
    Block {
        quads: std::array::from_fn(|q| word(nibbles, q) >> (4 * (block % 2)) & 0x0F0F_0F0F),
        factors: factors(&bytes[4..16], block),
        ..with_minimum(bytes)
    }
}

fn five_nested(bytes: &[u8], block: usize) -> Block {
    let nibbles = &bytes[48 + block / 2 * 32..];
    let quad = |q| {
        let low = word(nibbles, q) >> (4 * (block % 2)) & 0x0F0F_0F0F;
        low | (word(&bytes[16..48], q) >> block & 0x0101_0101) << 4
    };
    Block {
        quads: std::array::from_fn(quad),
        factors: factors(&bytes[4..16], block),
        ..with_minimum(bytes)
    }
}

fn six(bytes: &[u8], block: usize) -> Block {
    let (half_of_eight, within) = (block / 4, block % 4);
    let low = &bytes[64 * half_of_eight + 32 * (within % 2)..];
    let high = &bytes[128 + 32 * half_of_eight..];
    let quad = |q| {
        let low = word(low, q) >> (4 * (within / 2)) & 0x0F0F_0F0F;
        low | (word(high, q) >> (2 * within) & 0x0303_0303) << 4
    };
    Block {
        quads: std::array::from_fn(quad),
        scale: half(&bytes[208..]),
        minimum: 0,
        factors: [bytes[192 + 2 * block], bytes[193 + 2 * block]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_weights_are_off_by_half_a_step_at_most() {
        let weights: Vec<f32> = (0..96).map(|i| ((i * 37 % 101) as f32 - 40.0) * 0.01).collect();
        let mut back = vec![1.0; 96];
        dequantize(Format::Q6, &quantize(&weights), &mut back);
        for (i, (weight, back)) in weights.iter().zip(&back).enumerate() {
            let block: &[f32; BLOCK] = weights[i / BLOCK * BLOCK..][..BLOCK].try_into().unwrap();
            // The step beyond the last one on the other side is missing.
            let most = farthest(block).abs() / 32.0 * 1.01;
            assert!((weight - back).abs() <= most, "{weight} {back}");
        }
        assert!(dequantized(&quantize(&[0.0; 32])).iter().all(|weight| weight.abs() <= 0.0));
    }

    fn dequantized(bytes: &[u8]) -> [f32; 32] {
        let mut back = [1.0; 32];
        dequantize(Format::Q6, bytes, &mut back);
        back
    }

    #[test]
    fn eight_bits_are_as_near_as_half_a_step() {
        let weights: [f32; 32] = std::array::from_fn(|i| ((i * 37 % 101) as f32 - 50.0) * 0.013);
        let mut back = [0.0; 32];
        dequantize(Format::Q8_0, &quantize_8(&weights), &mut back);
        let step = 0.65 / 127.0;
        assert!(weights.iter().zip(back).all(|(a, b)| (a - b).abs() <= step / 2.0 + 3e-4));
        dequantize(Format::Q8_0, &quantize_8(&[0.0; 32]), &mut back);
        assert!(back.iter().all(|b| b.abs() < f32::MIN_POSITIVE));
    }

    #[test]
    fn weights_of_four_bits_are_known_again_and_others_are_not() {
        let mut bytes: Vec<u8> = (0..18 * 6_u8).map(|i| i.wrapping_mul(37)).collect();
        for (i, block) in bytes.chunks_exact_mut(18).enumerate() {
            let scale = f16::from_f32((i as f32 - 2.0) * 0.003_1);
            block[..2].copy_from_slice(&scale.to_le_bytes());
        }
        let mut weights = vec![0.0; 6 * BLOCK];
        dequantize(Format::Q4_0, &bytes, &mut weights);
        let again = restore(&weights).unwrap();
        for (format, bytes) in [(Format::Q4_0, again.clone()), (Format::Q8_0, widen(&again))] {
            let mut back = vec![1.0; 6 * BLOCK];
            dequantize(format, &bytes, &mut back);
            assert!(weights.iter().zip(&back).all(|(a, b)| (a - b).abs() < f32::MIN_POSITIVE));
        }
        weights[40] *= 1.001;
        assert!(restore(&weights).is_none() && restore(&weights[..31]).is_none());
    }
}
