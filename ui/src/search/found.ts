// What the finder lists: commands, documents and conversations by their names, and passages by the
// documents they stand in. Deliberately not here: asking for passages.
import type { Component } from 'svelte';
import type { DocumentRef, Hit } from '../backend';

export interface Found {
  key: string;
  group: 'commands' | 'documents' | 'chats';
  label: string;
  icon: Component<{ size?: number | string }>;
  run: () => void;
}

export interface NamedGroup {
  group: Found['group'];
  items: Found[];
}

export interface DocumentGroup {
  document: DocumentRef;
  hits: Hit[];
}

/** What a person chose by hand: which row, and where it stood. */
export interface Held {
  key: string;
  at: number;
}

const GROUPS = ['commands', 'documents', 'chats'] as const;
const EACH_GROUP = 6;
const HEADINGS = 2;

export function namedGroups(items: readonly Found[], text: string): NamedGroup[] {
  const wanted = text.toLowerCase();
  const named = items.filter((item) => item.label.toLowerCase().includes(wanted));
  return GROUPS.map((group) => ({
    group,
    items: named.filter((item) => item.group === group).slice(0, EACH_GROUP),
  })).filter(({ items: found }) => found.length > 0);
}

/** Documents in the order of their best passages; within one, the best passage first. */
export function byDocument(hits: readonly Hit[]): DocumentGroup[] {
  const groups = new Map<number, DocumentGroup>();
  for (const hit of [...hits].sort((a, b) => a.rank - b.rank)) {
    const known = groups.get(hit.document.id);
    if (known) known.hits.push(hit);
    else groups.set(hit.document.id, { document: hit.document, hits: [hit] });
  }
  return [...groups.values()];
}

/** The headings nearest above a passage. */
export function sectionOf(hit: Hit): string {
  return hit.section.slice(-HEADINGS).join(' › ');
}

export function passageKey(hit: Hit): string {
  return `passage-${hit.passage}`;
}

/** The row that Enter opens: the one chosen by hand as long as it is there, else the best. */
export function chosenOf(keys: readonly string[], held: Held | null): string | undefined {
  if (!held) return keys[0];
  return keys.includes(held.key) ? held.key : keys[Math.min(held.at, keys.length - 1)];
}
