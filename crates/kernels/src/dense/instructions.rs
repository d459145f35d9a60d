//! Which instructions there are for products of floats.

use crate::witness::{Avx2, Avx512};

/// Columns of a panel for registers of 512 bits.
pub(super) const WIDTH_512: usize = 64;
/// For half as many of these registers, where a weight has no more outputs.
pub(super) const WIDTH_NARROW: usize = 32;
/// And for all others.
pub(super) const WIDTH_256: usize = 16;

/// The instructions a weight is laid out for. Those that not every machine has hold a witness that
/// this one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512F.
    Avx512(Avx512),
    /// The same with half as many columns: the width of small encoders' heads.
    Avx512Narrow(Avx512),
    /// AVX2 and FMA.
    Avx2(Avx2),
    /// Whatever the target has at least.
    Portable,
}

impl Instructions {
    /// All that this machine has, the widest first.
    pub fn available() -> Vec<Self> {
        let vectors = [
            Avx512::detect().map(Self::Avx512),
            Avx512::detect().map(Self::Avx512Narrow),
            Avx2::detect().map(Self::Avx2),
        ];
        vectors.into_iter().flatten().chain([Self::Portable]).collect()
    }

    /// The widest this machine has.
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
            Self::Avx512(_) => WIDTH_512,
            Self::Avx512Narrow(_) => WIDTH_NARROW,
            Self::Avx2(_) | Self::Portable => WIDTH_256,
        }
    }
}
