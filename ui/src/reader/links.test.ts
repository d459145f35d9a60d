import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { expect, test } from 'vitest';
import { linksOf } from './links';

test('links inside the document are found at their places, and no others', async () => {
  const target = { num: 7, gen: 0 };
  const pdf = {
    getDestination: (name: string) => Promise.resolve(name === 'ch2' ? [target] : null),
    getPageIndex: (reference: unknown) =>
      reference === target ? Promise.resolve(4) : Promise.reject(new Error('nowhere')),
  } as unknown as PDFDocumentProxy;
  const rect = [100, 600, 200, 620];
  const page = {
    getViewport: () => ({
      width: 400,
      height: 800,
      // PDF counts from the bottom.
      convertToViewportPoint: (x: number, y: number) => [x, 800 - y],
    }),
    getAnnotations: () =>
      Promise.resolve([
        { subtype: 'Link', rect, dest: 'ch2' },
        { subtype: 'Link', rect, dest: [2, { name: 'Fit' }] },
        { subtype: 'Link', rect, dest: 'lost' },
        { subtype: 'Link', rect, dest: [{ num: 9, gen: 0 }] },
        { subtype: 'Link', rect, url: 'https://example.org' },
        { subtype: 'Text', rect, dest: 'ch2' },
      ]),
  } as unknown as PDFPageProxy;
  const box = [0.25, 0.225, 0.5, 0.25];
  expect(await linksOf(pdf, page)).toEqual([
    { box, page: 5 },
    { box, page: 3 },
  ]);
});
