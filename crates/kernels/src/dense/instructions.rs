//! Which instructions there are for products of floats.

use crate::witness::{Avx2, Avx512, Avx512Bf16};

/// Columns of a panel for registers of 512 bits.
pub(super) const WIDTH_512: usize = 64;
/// And for all others.
pub(super) const WIDTH_256: usize = 16;

/// The instructions a weight is laid out for. Those that not every machine has hold a witness that
/// this one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512 with `vdpbf16ps`, which multiplies two pairs of bfloat16 where others multiply one
    /// pair of floats. Weight and input are rounded to 8 bits of precision, sums are not.
    Avx512Bf16(Avx512Bf16),
    /// AVX-512F.
    Avx512(Avx512),
    /// AVX2 and FMA.
    Avx2(Avx2),
    /// Whatever the target has at least.
    Portable,
}

impl Instructions {
    /// All that this machine has and that round nothing, the widest first.
    pub fn available() -> Vec<Self> {
        let vectors = [Avx512::detect().map(Self::Avx512), Avx2::detect().map(Self::Avx2)];
        vectors.into_iter().flatten().chain([Self::Portable]).collect()
    }

    /// The fastest this machine has for a layer's weights, which bear being rounded: vectors keep
    /// a cosine of .9999 to exact ones (`tests/parity.rs`).
    pub fn for_weights(outputs: usize) -> Self {
        let rounding = if outputs >= WIDTH_512 { Avx512Bf16::detect() } else { None };
        rounding.map_or_else(|| Self::for_outputs(outputs), Self::Avx512Bf16)
    }

    /// Inputs that are multiplied by one instruction: each takes so many halves of a float.
    pub fn inputs_a_step(self) -> usize {
        if matches!(self, Self::Avx512Bf16(_)) { 2 } else { 1 }
    }

    /// The widest this machine has that rounds nothing.
    pub fn best() -> Self {
        let wide = Avx512::detect().map(Self::Avx512);
        wide.or_else(|| Avx2::detect().map(Self::Avx2)).unwrap_or(Self::Portable)
    }

    /// The best this machine has for weights of so many outputs: a panel wider than the weight
    /// would be computed for nothing.
    pub fn for_outputs(outputs: usize) -> Self {
        let available = Self::available();
        let fits = |instructions: &Self| instructions.width() <= outputs.max(WIDTH_256);
        available.into_iter().find(fits).unwrap_or(Self::Portable)
    }

    /// Columns of a panel: whole cache lines.
    pub fn width(self) -> usize {
        match self {
            Self::Avx512(_) | Self::Avx512Bf16(_) => WIDTH_512,
            Self::Avx2(_) | Self::Portable => WIDTH_256,
        }
    }
}
