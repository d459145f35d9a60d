// A place in a document: what a citation, a passage or a search result leads to.
import type { Citation, DocumentRef, Hit, Region } from '../backend';

export interface ReaderTarget {
  document: DocumentRef;
  page: number;
  regions: Region[];
}

export function targetOfCitation(citation: Citation): ReaderTarget {
  return { document: citation.document, page: citation.page, regions: citation.regions };
}

export function targetOfHit(hit: Hit): ReaderTarget {
  const page = hit.regions[0]?.page ?? hit.pages[0] ?? 1;
  return { document: hit.document, page, regions: hit.regions };
}
