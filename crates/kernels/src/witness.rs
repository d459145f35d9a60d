//! Witnesses that this machine has certain instructions. One can be had by asking the machine alone,
//! so that who holds one may use them.

/// A witness of some features, and how the machine is asked for them.
macro_rules! witness {
    ($(#[$doc:meta])* $name:ident: $($feature:tt),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name(());

        impl $name {
            /// Asks the machine. On another architecture, and under Miri, the answer is no.
            pub fn detect() -> Option<Self> {
                #[cfg(target_arch = "x86_64")]
                let there = $(is_x86_feature_detected!($feature))&&+;
                #[cfg(not(target_arch = "x86_64"))]
                let there = false;
                there.then_some(Self(()))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("detected")
            }
        }
    };
}

witness! {
    /// AVX2 with what every processor that has it brings along: FMA and F16C.
    Avx2: "avx2", "fma", "f16c"
}

witness! {
    /// AVX-512F beside all of [`Avx2`].
    Avx512: "avx2", "fma", "f16c", "avx512f"
}

witness! {
    /// `vpdpbusd` on 512 bits beside all of [`Avx512`].
    Avx512Vnni: "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512vnni"
}

witness! {
    /// `vpdpbusd` on 256 bits beside all of [`Avx2`].
    AvxVnni: "avx2", "fma", "f16c", "avxvnni"
}
