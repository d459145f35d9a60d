// The bytes of a document, by ranges, over the shell's own scheme.
import { convertFileSrc } from '@tauri-apps/api/core';

const address = (document: number) => convertFileSrc(`${document}`, 'pdf');

/** Bytes from `begin` up to but not including `end`. */
export async function pdfRange(
  document: number,
  begin: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const response = await request(document, begin, end, signal);
  return new Uint8Array(await response.arrayBuffer());
}

/** Length of the file in bytes. */
export async function pdfLength(document: number): Promise<number> {
  const response = await request(document, 0, 1);
  const total = response.headers.get('Content-Range')?.split('/')[1];
  return Number(total ?? 0);
}

async function request(document: number, begin: number, end: number, signal?: AbortSignal) {
  const headers = { Range: `bytes=${begin}-${end - 1}` };
  const response = await fetch(address(document), { headers, ...(signal && { signal }) });
  if (!response.ok) throw new Error(`document ${document}: ${response.status}`);
  return response;
}
