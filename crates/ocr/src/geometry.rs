//! Quadrangles around sets of points. Pure arithmetic on pixels; `y` grows downwards.

/// A point: right, down.
pub(crate) type Point = [f32; 2];

/// A rectangle at any angle: corners from the upper left one clockwise, as its text is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quad {
    pub(crate) corners: [Point; 4],
}

impl Quad {
    /// Along the text.
    pub(crate) fn length(&self) -> f32 {
        distance(self.corners[0], self.corners[1])
    }

    /// Across the text.
    pub(crate) fn height(&self) -> f32 {
        distance(self.corners[0], self.corners[3])
    }

    /// Of the text with the horizontal in degrees, clockwise.
    pub(crate) fn angle(&self) -> f32 {
        let [a, b, ..] = self.corners;
        (b[1] - a[1]).atan2(b[0] - a[0]).to_degrees()
    }

    /// The same with every point replaced.
    pub(crate) fn map(&self, f: impl Fn(Point) -> Point) -> Self {
        Self { corners: self.corners.map(f) }
    }

    /// The same read from the other end.
    pub(crate) fn upside_down(&self) -> Self {
        let [a, b, c, d] = self.corners;
        Self { corners: [c, d, a, b] }
    }

    /// A rectangle with as much more on every side.
    pub(crate) fn grown(&self, by: f32) -> Self {
        let [along, down] = [(0, 1), (0, 3)].map(|(from, to)| {
            let (a, b) = (self.corners[from], self.corners[to]);
            let length = distance(a, b).max(f32::EPSILON);
            [(b[0] - a[0]) / length * by, (b[1] - a[1]) / length * by]
        });
        let signs = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
        let mut corners = self.corners;
        for (corner, (right, below)) in corners.iter_mut().zip(signs) {
            for i in 0..2 {
                corner[i] += along[i] * right + down[i] * below;
            }
        }
        Self { corners }
    }
}

fn distance(a: Point, b: Point) -> f32 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

/// Twice the area of a triangle; positive where it turns clockwise on the page.
fn cross(o: Point, a: Point, b: Point) -> f32 {
    (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])
}

/// The corners of the smallest convex shape around points, in order (Andrew 1979, the monotone
/// chain).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut corners: Vec<Point> = Vec::new();
    for backwards in [false, true] {
        let first = corners.len();
        let ordered: Box<dyn Iterator<Item = &Point>> =
            if backwards { Box::new(points.iter().rev()) } else { Box::new(points.iter()) };
        for point in ordered {
            while corners.len() >= first + 2
                && cross(corners[corners.len() - 2], corners[corners.len() - 1], *point) <= 0.0
            {
                corners.pop();
            }
            corners.push(*point);
        }
        corners.pop();
    }
    corners
}

/// The rectangle of least area around points, lying rather than standing; `None` where there are
/// no points. One of its sides lies on a side of the convex hull.
pub(crate) fn least_rectangle(points: Vec<Point>) -> Option<Quad> {
    let hull = hull(points);
    let first = *hull.first()?;
    let mut best: Option<(f32, Quad)> = None;
    for (at, a) in hull.iter().enumerate() {
        let b = hull[(at + 1) % hull.len()];
        let length = distance(*a, b);
        let axis = if length > 0.0 {
            [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
        } else {
            [1.0, 0.0]
        };
        let (area, quad) = around(&hull, first, axis);
        if best.as_ref().is_none_or(|(least, _)| area < *least) {
            best = Some((area, quad));
        }
    }
    best.map(|(_, quad)| lying(quad))
}

/// The rectangle with a side along `axis`, and its area.
fn around(hull: &[Point], origin: Point, axis: [f32; 2]) -> (f32, Quad) {
    let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for point in hull {
        let [x, y] = [point[0] - origin[0], point[1] - origin[1]];
        let place = [x * axis[0] + y * axis[1], y * axis[0] - x * axis[1]];
        for i in 0..2 {
            low[i] = low[i].min(place[i]);
            high[i] = high[i].max(place[i]);
        }
    }
    let back = |u: f32, v: f32| {
        [origin[0] + u * axis[0] - v * axis[1], origin[1] + u * axis[1] + v * axis[0]]
    };
    let corners = [
        back(low[0], low[1]),
        back(high[0], low[1]),
        back(high[0], high[1]),
        back(low[0], high[1]),
    ];
    ((high[0] - low[0]) * (high[1] - low[1]), Quad { corners })
}

/// Begins at the corner from which the rectangle's first side points most to the right.
fn lying(quad: Quad) -> Quad {
    let turned = |by: usize| Quad { corners: [0, 1, 2, 3].map(|i| quad.corners[(i + by) % 4]) };
    let quads = [0, 1, 2, 3].map(turned);
    let rightness = |quad: &Quad| quad.angle().abs();
    quads.into_iter().min_by(|a, b| rightness(a).total_cmp(&rightness(b))).unwrap_or(quad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lying_rectangle_is_found() {
        let points = vec![[1.0, 1.0], [9.0, 1.0], [9.0, 3.0], [1.0, 3.0], [4.0, 2.0]];
        let quad = least_rectangle(points).unwrap();
        assert_eq!(quad.corners, [[1.0, 1.0], [9.0, 1.0], [9.0, 3.0], [1.0, 3.0]]);
        assert_eq!(quad.grown(1.0).corners, [[0.0, 0.0], [10.0, 0.0], [10.0, 4.0], [0.0, 4.0]]);
    }

    #[test]
    fn a_slanted_rectangle_keeps_its_angle() {
        let (sin, cos) = 5.0_f32.to_radians().sin_cos();
        let corner = |x: f32, y: f32| [x * cos - y * sin, x * sin + y * cos];
        let points =
            vec![corner(0.0, 0.0), corner(100.0, 0.0), corner(100.0, 10.0), corner(0.0, 10.0)];
        let quad = least_rectangle(points).unwrap();
        assert!((quad.angle() - 5.0).abs() < 0.01, "{}", quad.angle());
        assert!((quad.length() - 100.0).abs() < 0.1 && (quad.height() - 10.0).abs() < 0.1);
    }

    #[test]
    fn few_points_are_no_trouble() {
        assert!(least_rectangle(vec![]).is_none());
        assert!(least_rectangle(vec![[2.0, 3.0]]).unwrap().length() < 1e-6);
        let line = least_rectangle(vec![[0.0, 0.0], [0.0, 5.0], [0.0, 9.0]]).unwrap();
        assert_eq!((line.length(), line.height()), (0.0, 9.0));
    }

    proptest! {
        #[test]
        fn every_point_is_inside(points in prop::collection::vec((0_u16..500, 0_u16..500), 1..40)) {
            let points: Vec<Point> =
                points.iter().map(|(x, y)| [f32::from(*x), f32::from(*y)]).collect();
            let quad = least_rectangle(points.clone()).unwrap().grown(0.1);
            for point in points {
                for (at, corner) in quad.corners.iter().enumerate() {
                    prop_assert!(cross(*corner, quad.corners[(at + 1) % 4], point) >= -1.0);
                }
            }
        }
    }
}
