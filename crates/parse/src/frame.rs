//! From PDF user space (origin bottom left, before rotation, possibly cropped) to the page as a
//! person sees it: points, origin at the top left of the crop box, after rotation.

use yinju_core::BBox;

/// A rectangle on the page as seen, in points; `x0 ≤ x1`, `y0 ≤ y1`, `y` grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

impl Rect {
    pub(crate) fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) }
    }

    pub(crate) fn width(self) -> f32 {
        self.x1 - self.x0
    }

    pub(crate) fn height(self) -> f32 {
        self.y1 - self.y0
    }

    pub(crate) fn centre(self) -> (f32, f32) {
        (f32::midpoint(self.x0, self.x1), f32::midpoint(self.y0, self.y1))
    }

    pub(crate) fn area(self) -> f32 {
        self.width() * self.height()
    }

    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// Length both share along x; negative is the gap between them.
    pub(crate) fn overlap_x(self, other: Self) -> f32 {
        self.x1.min(other.x1) - self.x0.max(other.x0)
    }

    /// Length both share along y; negative is the gap between them.
    pub(crate) fn overlap_y(self, other: Self) -> f32 {
        self.y1.min(other.y1) - self.y0.max(other.y0)
    }

    /// Whether both cover something of the page.
    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.overlap_x(other) > 0.0 && self.overlap_y(other) > 0.0
    }

    pub(crate) fn is_finite(self) -> bool {
        [self.x0, self.y0, self.x1, self.y1].iter().all(|v| v.is_finite())
    }
}

/// Where characters advance to, on the page as seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    #[default]
    Right,
    Left,
    Down,
    Up,
}

impl Direction {
    /// Clockwise quarter turns of the page that make text of this direction level.
    pub(crate) fn turns_to_upright(self) -> u8 {
        match self {
            Self::Right => 0,
            Self::Up => 1,
            Self::Left => 2,
            Self::Down => 3,
        }
    }

    /// Where it points on the page before that was turned clockwise by quarter turns.
    pub(crate) fn before_turns(self, turns: u8) -> Self {
        match (self.turns_to_upright() + turns) % 4 {
            0 => Self::Right,
            1 => Self::Up,
            2 => Self::Left,
            _ => Self::Down,
        }
    }

    pub(crate) fn is_vertical(self) -> bool {
        matches!(self, Self::Down | Self::Up)
    }
}

/// The visible part of a page and how it is turned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The crop box in user space: left, bottom, right, top.
    crop: [f32; 4],
    /// Clockwise quarter turns, 0 to 3.
    turns: u8,
}

impl Frame {
    pub(crate) const fn new(crop: [f32; 4], turns: u8) -> Self {
        Self { crop, turns: turns % 4 }
    }

    /// The page turned clockwise by quarter turns more.
    pub(crate) fn turned(&self, turns: u8) -> Self {
        Self::new(self.crop, self.turns + turns)
    }

    /// A rectangle of the same page as seen in another frame, as seen in this one.
    pub(crate) fn rect_from(&self, other: &Self, rect: Rect) -> Rect {
        let corner = |x: f32, y: f32| {
            let (x, y) = other.user_point(x / other.width(), y / other.height());
            self.point(x, y)
        };
        let ((x0, y0), (x1, y1)) = (corner(rect.x0, rect.y0), corner(rect.x1, rect.y1));
        Rect::new(x0, y0, x1, y1)
    }

    /// Clockwise quarter turns, 0 to 3.
    pub(crate) fn turns(&self) -> u8 {
        self.turns
    }

    /// Width as seen, in points; never 0.
    pub(crate) fn width(&self) -> f32 {
        let [left, bottom, right, top] = self.crop;
        if self.turns.is_multiple_of(2) { right - left } else { top - bottom }.max(1.0)
    }

    /// Height as seen, in points; never 0.
    pub(crate) fn height(&self) -> f32 {
        let [left, bottom, right, top] = self.crop;
        if self.turns.is_multiple_of(2) { top - bottom } else { right - left }.max(1.0)
    }

    /// A point of user space on the page as seen.
    pub(crate) fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let [left, bottom, right, top] = self.crop;
        match self.turns {
            0 => (x - left, top - y),
            1 => (y - bottom, x - left),
            2 => (right - x, y - bottom),
            _ => (top - y, right - x),
        }
    }

    /// A point given in fractions of the page as seen, in user space.
    pub(crate) fn user_point(&self, x: f32, y: f32) -> (f32, f32) {
        let [left, bottom, right, top] = self.crop;
        let (x, y) = (x * self.width(), y * self.height());
        match self.turns {
            0 => (left + x, top - y),
            1 => (left + y, bottom + x),
            2 => (right - x, bottom + y),
            _ => (right - y, top - x),
        }
    }

    /// A box in user space: left, bottom, right, top.
    pub(crate) fn user_rect(&self, seen: BBox) -> [f32; 4] {
        let (x0, y0) = self.user_point(seen.x0, seen.y0);
        let (x1, y1) = self.user_point(seen.x1, seen.y1);
        [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]
    }

    /// A rectangle of user space on the page as seen; `None` if it is not made of numbers.
    pub(crate) fn rect(&self, left: f32, bottom: f32, right: f32, top: f32) -> Option<Rect> {
        let (x0, y0) = self.point(left, bottom);
        let (x1, y1) = self.point(right, top);
        let rect = Rect::new(x0, y0, x1, y1);
        rect.is_finite().then_some(rect)
    }

    /// Where a direction of user space points as seen.
    pub(crate) fn direction(&self, dx: f32, dy: f32) -> Direction {
        let (x, y) = match self.turns {
            0 => (dx, -dy),
            1 => (dy, dx),
            2 => (-dx, dy),
            _ => (-dy, -dx),
        };
        match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
            (true, true, _) => Direction::Right,
            (true, false, _) => Direction::Left,
            (false, _, true) => Direction::Down,
            (false, _, false) => Direction::Up,
        }
    }

    /// Whether any of it is visible.
    pub(crate) fn shows(&self, rect: Rect) -> bool {
        rect.x1 > 0.0 && rect.y1 > 0.0 && rect.x0 < self.width() && rect.y0 < self.height()
    }

    /// In fractions of the page, cut to it.
    pub(crate) fn fraction(&self, rect: Rect) -> BBox {
        let (w, h) = (self.width(), self.height());
        BBox::new(rect.x0 / w, rect.y0 / h, rect.x1 / w, rect.y1 / h).clamped()
    }
}

/// A position along a side of `length` points in 1/65535 of it.
pub(crate) fn edge(position: f32, length: f32) -> u16 {
    (position / length * 65535.0).round().clamp(0.0, 65535.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_takes_the_corners_where_a_person_sees_them() {
        let crop = [10.0, 20.0, 110.0, 220.0];
        let top_left = |turns| Frame::new(crop, turns).point(10.0, 220.0);
        assert_eq!(top_left(0), (0.0, 0.0));
        assert_eq!(top_left(1), (200.0, 0.0));
        assert_eq!(top_left(2), (100.0, 200.0));
        assert_eq!(top_left(3), (0.0, 100.0));
    }

    #[test]
    fn user_space_and_back() {
        for turns in 0..4 {
            let frame = Frame::new([10.0, 20.0, 110.0, 220.0], turns);
            let [left, bottom, right, top] = frame.user_rect(BBox::new(0.25, 0.5, 0.5, 0.625));
            let back = frame.fraction(frame.rect(left, bottom, right, top).unwrap());
            assert_eq!(back, BBox::new(0.25, 0.5, 0.5, 0.625), "{turns}");
        }
    }

    #[test]
    fn a_turned_page_and_back() {
        let frame = Frame::new([10.0, 20.0, 110.0, 220.0], 1);
        for turns in 0..4 {
            let upright = frame.turned(turns);
            let rect = Rect::new(10.0, 20.0, 30.0, 25.0);
            let back = upright.rect_from(&frame, frame.rect_from(&upright, rect));
            let same = |a: f32, b: f32| (a - b).abs() < 0.01;
            assert!(same(back.x0, rect.x0) && same(back.y1, rect.y1), "{turns}: {back:?}");
            let (dx, dy) = (1.0, 0.0);
            let seen = upright.direction(dx, dy).before_turns(turns);
            assert_eq!(seen, frame.direction(dx, dy), "{turns}");
        }
    }

    #[test]
    fn text_direction_turns_with_the_page() {
        let right = |turns| Frame::new([0.0, 0.0, 100.0, 200.0], turns).direction(1.0, 0.0);
        assert_eq!(right(0), Direction::Right);
        assert_eq!(right(1), Direction::Down);
        assert_eq!(right(2), Direction::Left);
        assert_eq!(right(3), Direction::Up);
        for turns in 0..4 {
            assert_eq!((turns + right(turns).turns_to_upright()) % 4, 0);
        }
    }

    #[test]
    fn edges_stay_on_the_page() {
        assert_eq!(edge(-5.0, 100.0), 0);
        assert_eq!(edge(50.0, 100.0), 32768);
        assert_eq!(edge(500.0, 100.0), 65535);
        assert_eq!(edge(f32::NAN, 100.0), 0);
    }
}
