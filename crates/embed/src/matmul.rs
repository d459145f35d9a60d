//! Matrix products over strided views of `f32` buffers: the one place that calls `gemm`.
//! Threads are the caller's: a product runs on the thread that asks for it.

/// A matrix somewhere in a buffer; strides count elements.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    /// The elements; the first is at row 0, column 0.
    pub data: &'a [f32],
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// From one row to the next.
    pub row_stride: usize,
    /// From one column to the next.
    pub col_stride: usize,
}

/// Where a product goes; its columns lie next to each other.
pub struct Output<'a> {
    /// The elements; the first is at row 0, column 0.
    pub data: &'a mut [f32],
    /// From one row to the next.
    pub row_stride: usize,
}

/// What becomes of what stands in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Onto {
    /// It is overwritten.
    Nothing,
    /// The product is added to it.
    Existing,
}

/// `output = left · right`, or `output += left · right`.
pub fn multiply(output: Output<'_>, onto: Onto, left: Matrix<'_>, right: Matrix<'_>) {
    let (rows, cols, depth) = (left.rows, right.cols, left.cols);
    assert_eq!(depth, right.rows, "inner dimensions of a product");
    left.check();
    right.check();
    assert!(last(rows, cols, output.row_stride, 1) <= output.data.len(), "output too short");
    if rows == 0 || cols == 0 {
        return;
    }
    // SAFETY: `check` and the assertion above hold every index inside its slice, and the output is
    // borrowed exclusively, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            rows,
            cols,
            depth,
            output.data.as_mut_ptr(),
            1,
            output.row_stride as isize,
            onto == Onto::Existing,
            left.data.as_ptr(),
            left.col_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.col_stride as isize,
            right.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

impl Matrix<'_> {
    /// Rows as columns.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            ..self
        }
    }

    fn check(&self) {
        let needed = last(self.rows, self.cols, self.row_stride, self.col_stride);
        assert!(needed <= self.data.len(), "matrix larger than its buffer");
    }
}

/// One past the index of the last element.
fn last(rows: usize, cols: usize, row_stride: usize, col_stride: usize) -> usize {
    if rows == 0 || cols == 0 { 0 } else { (rows - 1) * row_stride + (cols - 1) * col_stride + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplies_strided_views() {
        let left = [1.0, 2.0, 0.0, 3.0, 4.0, 0.0];
        let right = [1.0, 10.0, 2.0, 20.0];
        let mut out = [100.0; 6];
        multiply(
            Output { data: &mut out, row_stride: 3 },
            Onto::Existing,
            Matrix { data: &left, rows: 2, cols: 2, row_stride: 3, col_stride: 1 },
            Matrix { data: &right, rows: 2, cols: 2, row_stride: 1, col_stride: 2 },
        );
        assert_eq!(out, [121.0, 142.0, 100.0, 143.0, 186.0, 100.0]);
    }
}
