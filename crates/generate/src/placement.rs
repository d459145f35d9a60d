//! What a model is computed on, and which of its blocks where a graphics processor has too little
//! memory for all of them.

use crate::gguf::GgufFile;
use crate::shape::ModelShape;
use candle_core::{Device, Result};

/// Tokens whose keys and values a block on a graphics processor must have room for.
const TOKENS: u64 = 8192;

/// The device that this build computes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compute {
    /// `processor`, `CUDA` or `Metal`.
    pub device: &'static str,
    /// Why it is not the one that the build is for.
    pub reason: Option<String>,
}

/// Finds out what this build computes on. Takes a second on a graphics processor.
pub fn compute() -> Compute {
    let (device, reason) = find();
    let device = match device {
        Device::Cpu => "processor",
        Device::Cuda(_) => "CUDA",
        Device::Metal(_) => "Metal",
    };
    Compute { device, reason }
}

/// Where the blocks of a model are: the first ones on the processor, the others and the output
/// head on the device.
#[derive(Clone, Debug)]
pub(crate) struct Placement {
    device: Device,
    on_processor: usize,
}

impl Placement {
    /// Everything on one device.
    #[cfg(test)]
    pub(crate) fn all(device: Device) -> Self {
        Self { device, on_processor: 0 }
    }

    /// As many blocks on the device as it has memory for.
    pub(crate) fn choose(file: &GgufFile, shape: &ModelShape) -> Self {
        let (device, reason) = find();
        if let Some(reason) = reason {
            tracing::warn!(reason, "computing on the processor");
        }
        let Some(room) = free_memory(&device) else { return Self { device, on_processor: 0 } };
        let head = if file.has("output.weight") { "output." } else { "token_embd." };
        let fit = blocks_that_fit(room, file.bytes_of(head), &block_bytes(file, shape));
        tracing::info!(room, blocks = shape.blocks, on_device = ?fit, "memory of the device");
        match fit {
            Some(blocks) => Self { device, on_processor: shape.blocks - blocks },
            None => Self { device: Device::Cpu, on_processor: 0 },
        }
    }

    /// What a block is computed on.
    pub(crate) fn of_block(&self, block: usize) -> &Device {
        if block < self.on_processor { &Device::Cpu } else { &self.device }
    }

    /// What the norm and head after the last block are computed on.
    pub(crate) fn of_head(&self) -> &Device {
        &self.device
    }
}

/// Weights, and keys and values of [`TOKENS`] tokens, of every block.
fn block_bytes(file: &GgufFile, shape: &ModelShape) -> Vec<u64> {
    let cache =
        TOKENS.min(shape.context as u64) * (2 * 4 * shape.kv_heads * shape.head_width) as u64;
    (0..shape.blocks).map(|block| file.bytes_of(&format!("blk.{block}.")) + cache).collect()
}

/// How many blocks, from the last one on, fit in nine tenths of the room beside the head; the rest
/// is for what passes between them. `None`: it is not worth while.
fn blocks_that_fit(room: u64, head: u64, blocks: &[u64]) -> Option<usize> {
    let mut left = (room / 10 * 9).checked_sub(head)?;
    let fitting = blocks.iter().rev().take_while(|bytes| {
        let fits = left >= **bytes;
        left = left.saturating_sub(**bytes);
        fits
    });
    Some(fitting.count()).filter(|blocks| *blocks > 0)
}

/// Free memory of a device that has its own, in bytes.
fn free_memory(device: &Device) -> Option<u64> {
    #[cfg(feature = "cuda")]
    if let Device::Cuda(_) = device {
        use candle_core::cuda_backend::cudarc::driver::result::mem_get_info;
        return mem_get_info().ok().map(|(free, _)| free as u64);
    }
    let _ = device;
    None
}

/// The device that the build is for, else the processor and why.
fn find() -> (Device, Option<String>) {
    #[cfg(feature = "cuda")]
    return or_processor(std::panic::catch_unwind(|| Device::new_cuda(0)));
    #[cfg(all(feature = "metal", not(feature = "cuda")))]
    return or_processor(std::panic::catch_unwind(|| Device::new_metal(0)));
    #[cfg(not(any(feature = "cuda", feature = "metal")))]
    or_processor(Ok(Ok(Device::Cpu)))
}

/// A driver library that is missing or too old makes its bindings panic.
fn or_processor(found: std::thread::Result<Result<Device>>) -> (Device, Option<String>) {
    let reason = match found {
        Ok(Ok(device)) => return (device, None),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(_) => "its driver is missing".to_owned(),
        },
    };
    (Device::Cpu, Some(reason.lines().next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_blocks_go_to_the_device() {
        assert_eq!(blocks_that_fit(1000, 100, &[300; 4]), Some(2));
        assert_eq!(blocks_that_fit(10_000, 100, &[300; 4]), Some(4));
        assert_eq!(blocks_that_fit(300, 100, &[300; 4]), None);
        assert_eq!(blocks_that_fit(50, 100, &[300; 4]), None);
        let placement = Placement { device: Device::Cpu, on_processor: 3 };
        assert!(placement.of_block(2).is_cpu() && placement.of_head().is_cpu());
    }

    #[test]
    fn what_a_build_has_no_device_for_is_said() {
        let (device, reason) = or_processor(Err(Box::new("no libcuda.so\nat …".to_owned())));
        assert!(device.is_cpu());
        assert_eq!(reason.as_deref(), Some("no libcuda.so"));
    }
}
