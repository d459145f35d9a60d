//! Which instructions there are for products of whole numbers.

use crate::witness::{Avx2, Avx512Vnni, AvxVnni};

/// What a matrix is laid out for. Those that not every machine has hold a witness that this one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512 with `vpdpbusd`: 16 outputs side by side.
    Avx512Vnni(Avx512Vnni),
    /// The same instruction on 256 bits: 8 outputs side by side.
    AvxVnni(AvxVnni),
    /// AVX2, FMA and F16C: `vpmaddubsw`, whose sums have 16 bits.
    Avx2(Avx2),
    /// Plain loops, 8 outputs side by side.
    Portable,
}

impl Instructions {
    /// All that this machine has, the fastest first.
    pub fn available() -> Vec<Self> {
        let vectors = [
            Avx512Vnni::detect().map(Self::Avx512Vnni),
            AvxVnni::detect().map(Self::AvxVnni),
            Avx2::detect().map(Self::Avx2),
        ];
        vectors.into_iter().flatten().chain([Self::Portable]).collect()
    }

    /// The fastest this machine has.
    pub fn best() -> Self {
        Self::vectors().unwrap_or(Self::Portable)
    }

    /// The fastest this machine has that outdo products of floats; where there are none, rounding
    /// saves memory but no time.
    pub fn vectors() -> Option<Self> {
        Self::available().into_iter().find(|one| *one != Self::Portable)
    }

    /// Whether there is one instruction that adds up products of bytes (`vpdpbusd`): then these are several
    /// times as fast as products of floats, and not just somewhat.
    pub fn multiply_bytes() -> bool {
        matches!(Self::best(), Self::Avx512Vnni(_) | Self::AvxVnni(_))
    }

    /// Outputs whose weights lie side by side.
    pub fn lanes(self) -> usize {
        match self {
            Self::Avx512Vnni(_) => 16,
            Self::AvxVnni(_) | Self::Avx2(_) | Self::Portable => 8,
        }
    }
}
