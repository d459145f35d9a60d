//! Where products are written: several threads write to one output, each where no other does.

use crate::dense::Onto;
use std::marker::PhantomData;
use std::ops::Range;

/// Where rows of output go; threads write to different places of it.
pub struct Output<'a> {
    start: *mut f32,
    rows: usize,
    outputs: usize,
    onto: Onto,
    lifetime: PhantomData<&'a mut [f32]>,
}

// SAFETY: numbers are reached through a claim alone, and who makes one promises that it overlaps no
// other.
unsafe impl Sync for Output<'_> {}
// SAFETY: it stands for a `&mut [f32]`, which may go to another thread.
unsafe impl Send for Output<'_> {}

/// Rows and columns of an output that nobody else reads or writes.
pub(super) struct Claim<'a> {
    start: *mut f32,
    /// From one row to the next.
    outputs: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    onto: Onto,
    lifetime: PhantomData<&'a mut [f32]>,
}

impl<'a> Output<'a> {
    /// Rows of so many outputs.
    pub fn new(numbers: &'a mut [f32], outputs: usize, onto: Onto) -> Self {
        Self {
            onto,
            start: numbers.as_mut_ptr(),
            rows: numbers.len() / outputs.max(1),
            outputs,
            lifetime: PhantomData,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers of a row.
    pub(super) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Takes some rows and columns; of these, those there are.
    ///
    /// # Safety
    /// Nobody else reads or writes these columns of these rows as long as the claim lives.
    pub(super) unsafe fn claim(&self, rows: Range<usize>, columns: Range<usize>) -> Claim<'_> {
        Claim {
            start: self.start,
            outputs: self.outputs,
            rows: rows.start..rows.end.min(self.rows),
            columns: columns.start..columns.end.min(self.outputs),
            onto: self.onto,
            lifetime: PhantomData,
        }
    }
}

impl Claim<'_> {
    /// The same for as long as this one is not used.
    pub(super) fn again(&mut self) -> Claim<'_> {
        let (rows, columns) = (self.rows.clone(), self.columns.clone());
        Claim { rows, columns, lifetime: PhantomData, ..*self }
    }

    /// Neighbouring numbers of a row, fewer where the claim ends before, and what becomes of what
    /// stands there.
    pub(super) fn part(&mut self, row: usize, column: usize, count: usize) -> (&mut [f32], Onto) {
        assert!(self.rows.contains(&row) && self.columns.contains(&column), "a place of one's own");
        let count = count.min(self.columns.end - column);
        // SAFETY: a claim's rows and columns are within the numbers of its output, which outlive it;
        // nobody else uses them, and `self` is not used while the slice is.
        let part = unsafe {
            std::slice::from_raw_parts_mut(self.start.add(row * self.outputs + column), count)
        };
        (part, self.onto)
    }
}
