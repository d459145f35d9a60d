//! The gate of a feed-forward network, in place and on all threads. On other devices the decoder
//! composes the same from candle's operations.

use crate::threads::in_pieces;
use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, InplaceOp2, Layout, Result};
use yinju_kernels::rowwise::{self, Activation};

/// Numbers that one thread works on at a time.
const PIECE: usize = 8192;

/// `gate ← activation(gate) × up`.
pub(crate) struct Gated(pub(crate) Activation);

impl InplaceOp2 for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    fn cpu_fwd(
        &self,
        gate: &mut CpuStorage,
        gate_layout: &Layout,
        up: &CpuStorage,
        up_layout: &Layout,
    ) -> Result<()> {
        let (Some((start, end)), Some((up_start, up_end))) =
            (gate_layout.contiguous_offsets(), up_layout.contiguous_offsets())
        else {
            candle_core::bail!("a gate needs contiguous numbers")
        };
        let CpuStorage::F32(gate) = gate else {
            candle_core::bail!("expected f32, found {:?}", gate.dtype())
        };
        let up = &up.as_slice::<f32>()?[up_start..up_end];
        in_pieces(&mut gate[start..end], PIECE, |index, gate| {
            rowwise::gate(gate, &up[index * PIECE..][..gate.len()], self.0);
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Tensor};

    #[test]
    fn gates_follow_candle() {
        for activation in [Activation::Silu, Activation::GeluTanh] {
            let gate = Tensor::randn(0f32, 4.0, (3, 5001), &Device::Cpu).unwrap();
            let up = Tensor::randn(0f32, 1.0, (3, 5001), &Device::Cpu).unwrap();
            let bent = match activation {
                Activation::GeluTanh => gate.gelu().unwrap(),
                _ => gate.silu().unwrap(),
            };
            let expected = (bent * &up).unwrap();
            gate.inplace_op2(&up, &Gated(activation)).unwrap();
            let off = (gate - expected).unwrap().abs().unwrap().flatten_all().unwrap();
            assert!(off.max(0).unwrap().to_scalar::<f32>().unwrap() < 1e-5);
        }
    }
}
