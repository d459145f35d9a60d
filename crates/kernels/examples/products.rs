//! Speed of products by format: `cargo run --release -p yinju-kernels --example products`.

use std::time::Instant;
use yinju_kernels::dense::Onto;
use yinju_kernels::quantized::{Format, Inputs, Instructions, Matrix};

fn main() {
    let shapes = [(4864, 1024), (1536, 384), (384, 1536), (3072, 768)];
    let formats = [
        Format::Q4_0,
        Format::Q4K,
        Format::Q5_0,
        Format::Q5K,
        Format::Q6K,
        Format::Q6,
        Format::Q8_0,
    ];
    for instructions in Instructions::available() {
        for (outputs, columns) in shapes {
            for format in formats {
                let bytes = vec![0x11; outputs * format.bytes_a_row(columns)];
                let matrix = Matrix::new(format, (outputs, columns), &bytes, instructions);
                let Some(matrix) = matrix else { continue };
                let mut figures = Vec::new();
                for rows in [1, 64, 256] {
                    let x: Vec<f32> = (0..rows * columns).map(|i| (i % 97) as f32).collect();
                    let inputs = Inputs::round(&x, columns);
                    let mut out = vec![0.0; rows * outputs];
                    let mut best = f64::MAX;
                    for _ in 0..if rows == 1 { 200 } else { 8 } {
                        let start = Instant::now();
                        matrix.apply(&inputs, std::hint::black_box(&mut out), Onto::Nothing);
                        best = best.min(start.elapsed().as_secs_f64());
                    }
                    let operations = 2.0 * (rows * outputs * columns) as f64;
                    figures.push(format!("{rows} rows {:.0} GOPS", operations / best / 1e9));
                }
                println!("{instructions:?} {outputs}x{columns} {format:?}: {}", figures.join(", "));
            }
        }
    }
}
