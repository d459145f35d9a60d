// Opens a document with pdf.js: bytes by ranges through the shell, data files from the app itself.
import {
  getDocument,
  PDFDataRangeTransport,
  PDFWorker,
  type PDFDocumentLoadingTask,
} from 'pdfjs-dist';
import { pdfLength, pdfRange } from '../backend';

/** Smaller pieces cost a message each, larger ones make the first page wait. */
const CHUNK = 128 * 1024;

class ShellTransport extends PDFDataRangeTransport {
  readonly #document: number;
  readonly #abort = new AbortController();

  constructor(document: number, length: number, first: Uint8Array) {
    super(length, first);
    this.#document = document;
  }

  override requestDataRange(begin: number, end: number) {
    pdfRange(this.#document, begin, end, this.#abort.signal)
      .then((chunk) => this.onDataRange(begin, chunk))
      .catch((error: unknown) => {
        if (!this.#abort.signal.aborted) console.warn(error);
      });
  }

  override abort() {
    this.#abort.abort();
  }
}

/** One for all documents. It is no document's own: what one let go of, the next could not open by as
 * long as that is being ended. */
let worker: PDFWorker | null = null;

/** Starts opening a document; rejects when its file is gone. */
export async function openDocument(document: number): Promise<PDFDocumentLoadingTask> {
  worker ??= PDFWorker.create({
    port: new Worker(new URL('pdfjs-dist/build/pdf.worker.mjs', import.meta.url), {
      type: 'module',
    }),
  });
  const length = await pdfLength(document);
  const first = await pdfRange(document, 0, Math.min(CHUNK, length));
  return getDocument({
    worker,
    range: new ShellTransport(document, length, first),
    rangeChunkSize: CHUNK,
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: '/pdfjs/cmaps/',
    cMapPacked: true,
    standardFontDataUrl: '/pdfjs/standard_fonts/',
    wasmUrl: '/pdfjs/wasm/',
    iccUrl: '/pdfjs/iccs/',
    enableXfa: false,
  });
}
