//! Which instructions there are for products of whole numbers.

/// What a matrix is laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instructions {
    /// AVX-512 with `vpdpbusd`: 16 outputs side by side.
    Avx512Vnni,
    /// The same instruction on 256 bits: 8 outputs side by side.
    AvxVnni,
    /// AVX2, FMA and F16C: `vpmaddubsw`, whose sums have 16 bits.
    Avx2,
}

impl Instructions {
    /// All that this machine has, the fastest first.
    pub fn available() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vnni");
            let found = [
                (Self::Avx512Vnni, avx2 && wide),
                (Self::AvxVnni, avx2 && is_x86_feature_detected!("avxvnni")),
                (Self::Avx2, avx2),
            ];
            found.into_iter().filter(|(_, there)| *there).map(|(one, _)| one).collect()
        }
        #[cfg(not(target_arch = "x86_64"))]
        Vec::new()
    }

    /// The fastest this machine has, if any.
    pub fn best() -> Option<Self> {
        Self::available().into_iter().next()
    }

    /// Outputs whose weights lie side by side.
    pub fn lanes(self) -> usize {
        match self {
            Self::Avx512Vnni => 16,
            Self::AvxVnni | Self::Avx2 => 8,
        }
    }
}
