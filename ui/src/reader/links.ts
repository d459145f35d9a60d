// Links inside a document: where they are on a page, and which page they lead to.
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';

export interface PageLink {
  /** In fractions of the page from its top left: left, top, right, bottom. */
  box: [number, number, number, number];
  /** The page it leads to, from 1. */
  page: number;
}

/** What pdf.js tells of an annotation, as far as it is asked here. */
interface Annotation {
  subtype?: string;
  rect?: [number, number, number, number];
  dest?: string | unknown[] | null;
}

/** The links of a page that lead into the same document; others are left where they are. */
export async function linksOf(pdf: PDFDocumentProxy, page: PDFPageProxy): Promise<PageLink[]> {
  const viewport = page.getViewport({ scale: 1 });
  const annotations = (await page.getAnnotations({ intent: 'display' })) as Annotation[];
  const links = annotations.map(async ({ subtype, rect, dest }): Promise<PageLink | null> => {
    if (subtype !== 'Link' || !rect || !dest) return null;
    const to = await pageOf(pdf, dest);
    if (to === null) return null;
    const corner = (x: number, y: number) =>
      viewport.convertToViewportPoint(x, y) as [number, number];
    const [[x0, y0], [x1, y1]] = [corner(rect[0], rect[1]), corner(rect[2], rect[3])];
    const across = [x0, x1].map((x) => x / viewport.width).sort((a, b) => a - b);
    const down = [y0, y1].map((y) => y / viewport.height).sort((a, b) => a - b);
    return { box: [across[0] ?? 0, down[0] ?? 0, across[1] ?? 0, down[1] ?? 0], page: to };
  });
  return (await Promise.all(links)).filter((link) => link !== null);
}

/** The page of a destination, which may be named; none where it leads nowhere. */
async function pageOf(pdf: PDFDocumentProxy, dest: string | unknown[]): Promise<number | null> {
  const explicit = typeof dest === 'string' ? await pdf.getDestination(dest) : dest;
  const target: unknown = explicit?.[0];
  if (typeof target === 'number') return target + 1;
  if (typeof target !== 'object' || target === null) return null;
  try {
    return (await pdf.getPageIndex(target as Parameters<typeof pdf.getPageIndex>[0])) + 1;
  } catch {
    // A damaged document's links may lead nowhere.
    return null;
  }
}
