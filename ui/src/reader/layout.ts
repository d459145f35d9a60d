// Where the pages of a document stand below each other, in CSS pixels.

export interface PageSize {
  width: number;
  height: number;
}

export interface PageBox extends PageSize {
  /** From 1. */
  page: number;
  top: number;
}

/** Between pages, and above the first; a page's mark stands in it. */
export const GAP = 24;
/** Left and right of a page that fits the pane. */
export const MARGIN = 16;

/** Every page at a scale; a page keeps its place when it is not drawn. */
export function layout(sizes: readonly PageSize[], scale: number): PageBox[] {
  let top = GAP;
  return sizes.map(({ width, height }, index) => {
    const box = { page: index + 1, top, width: width * scale, height: height * scale };
    top += box.height + GAP;
    return box;
  });
}

export function totalHeight(boxes: readonly PageBox[]): number {
  const last = boxes.at(-1);
  return last ? last.top + last.height + GAP : 0;
}

/** The pages that touch the stretch from `from` to `to`. */
export function visible(boxes: readonly PageBox[], from: number, to: number): PageBox[] {
  return boxes.filter((box) => box.top < to && box.top + box.height > from);
}

/** The page one reads: the one a third down the pane. */
export function currentPage(boxes: readonly PageBox[], scroll: number, height: number): number {
  const line = scroll + height / 3;
  return boxes.findLast((box) => box.top <= line)?.page ?? 1;
}

/** The scale at which the widest page fills a pane. */
export function fitScale(sizes: readonly PageSize[], paneWidth: number): number {
  const widest = Math.max(1, ...sizes.map(({ width }) => width));
  return Math.max(0.1, (paneWidth - 2 * MARGIN) / widest);
}

/** Device pixels a CSS pixel, less where the canvas would outgrow what web views draw. */
export function pixelRatio(size: PageSize, wanted: number, mostPixels = 16_000_000): number {
  const pixels = size.width * size.height;
  return Math.min(wanted, Math.sqrt(mostPixels / Math.max(1, pixels)));
}
