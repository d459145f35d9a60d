//! Numbers on a grid: what one layer hands to the next. Their memory goes from one to another: a page
//! makes thousands, and the system clears whatever it gives.

use std::cell::RefCell;

/// Buffers that wait for their next map, on each thread.
const WAITING: usize = 8;

thread_local! {
    static SPARE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Channels of every pixel of a grid, pixel by pixel, row by row.
#[derive(Debug, PartialEq)]
pub(crate) struct Map {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) numbers: Vec<f32>,
}

impl Map {
    /// Zeros.
    pub(crate) fn new(height: usize, width: usize, channels: usize) -> Self {
        let mut map = Self::anything(height, width, channels);
        map.numbers.fill(0.0);
        map
    }

    /// Whatever was there before, to be written over.
    pub(super) fn anything(height: usize, width: usize, channels: usize) -> Self {
        let count = height * width * channels;
        let mut numbers = SPARE.with_borrow_mut(|spare| {
            // The smallest that is large enough, or else the largest.
            let fits =
                |buffer: &Vec<f32>| (buffer.capacity() < count, buffer.capacity().abs_diff(count));
            let best = (0..spare.len()).min_by_key(|at| fits(&spare[*at]));
            best.map(|at| spare.swap_remove(at)).unwrap_or_default()
        });
        if numbers.capacity() < count {
            numbers = Vec::with_capacity(count);
        }
        numbers.resize(count, 0.0);
        Self { height, width, channels, numbers }
    }

    /// The same once more.
    pub(super) fn copy(&self) -> Self {
        let mut out = Self::anything(self.height, self.width, self.channels);
        out.numbers.copy_from_slice(&self.numbers);
        out
    }

    /// Numbers of a row of pixels.
    pub(super) fn row_length(&self) -> usize {
        self.width * self.channels
    }

    /// The same in a frame of zeros: above, left, below, right.
    pub(super) fn framed(&self, frame: [usize; 4]) -> Self {
        let [above, left, below, right] = frame;
        let (height, width) = (self.height + above + below, self.width + left + right);
        let mut out = Self::anything(height, width, self.channels);
        out.clear_frame(frame);
        let stride = out.row_length();
        let rows = out.numbers.chunks_exact_mut(stride.max(1)).skip(above);
        for (row, out) in self.numbers.chunks_exact(self.row_length().max(1)).zip(rows) {
            out[left * self.channels..][..row.len()].copy_from_slice(row);
        }
        out
    }

    fn clear_frame(&mut self, [above, left, below, right]: [usize; 4]) {
        let (stride, height, channels) = (self.row_length(), self.height, self.channels);
        for (y, row) in self.numbers.chunks_exact_mut(stride.max(1)).enumerate() {
            if y < above || y >= height - below {
                row.fill(0.0);
            } else {
                row[..left * channels].fill(0.0);
                row[stride - right * channels..].fill(0.0);
            }
        }
    }

    /// The mean of each channel.
    pub(super) fn means(&self) -> Vec<f32> {
        let mut sums = vec![0.0; self.channels];
        super::vectors::sum_rows(&self.numbers, &mut sums);
        let count = (self.height * self.width).max(1) as f32;
        for sum in &mut sums {
            *sum /= count;
        }
        sums
    }

    /// Every pixel as a square of `times` by `times`.
    pub(super) fn enlarged(&self, times: usize) -> Self {
        let mut out = Self::anything(self.height * times, self.width * times, self.channels);
        let stride = out.row_length();
        for (y, row) in out.numbers.chunks_exact_mut(stride.max(1)).enumerate() {
            let from = &self.numbers[y / times * self.row_length()..][..self.row_length()];
            let wide = row.chunks_exact_mut(times * self.channels);
            for (pixel, out) in from.chunks_exact(self.channels).zip(wide) {
                out.chunks_exact_mut(self.channels).for_each(|out| out.copy_from_slice(pixel));
            }
        }
        out
    }

    /// Adds another one of the same shape.
    pub(super) fn add(&mut self, other: &Self) {
        yinju_kernels::rowwise::add(&mut self.numbers, &other.numbers);
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        // A thread that ends has no spare buffers any more.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            spare.push(numbers);
            if spare.len() > WAITING {
                let least = (0..spare.len()).min_by_key(|at| spare[*at].capacity());
                least.map(|at| spare.swap_remove(at));
            }
        });
    }
}

/// Gives back what waits on this thread.
pub(crate) fn release() {
    SPARE.with_borrow_mut(Vec::clear);
}

/// The channels of several maps of one size, beside each other.
pub(super) fn beside(maps: &[&Map]) -> Map {
    let channels = maps.iter().map(|map| map.channels).sum();
    let mut out = Map::anything(maps[0].height, maps[0].width, channels);
    for (at, pixel) in out.numbers.chunks_exact_mut(channels).enumerate() {
        let mut place = 0;
        for map in maps {
            let part = &map.numbers[at * map.channels..][..map.channels];
            pixel[place..place + map.channels].copy_from_slice(part);
            place += map.channels;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(height: usize, width: usize, channels: usize) -> Map {
        let numbers = (0..height * width * channels).map(|i| i as f32).collect();
        Map { height, width, channels, numbers }
    }

    #[test]
    fn a_frame_surrounds() {
        let framed = numbered(1, 2, 1).framed([1, 0, 0, 1]);
        assert_eq!((framed.height, framed.width), (2, 3));
        assert_eq!(framed.numbers, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn enlarging_repeats_pixels() {
        let large = numbered(1, 2, 1).enlarged(2);
        assert_eq!(large.numbers, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn channels_stand_beside_each_other() {
        let both = beside(&[&numbered(1, 2, 1), &numbered(1, 2, 2)]);
        assert_eq!(both.numbers, [0.0, 0.0, 1.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn means_are_of_channels() {
        assert_eq!(numbered(2, 1, 2).means(), [1.0, 2.0]);
    }
}
