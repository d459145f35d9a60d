// An answer as it is pasted elsewhere: as Markdown, and as formatted text. Its citations follow it as
// notes. Deliberately not here: exports, which the engine writes.
import type { Citation } from '../backend';
import type { Copied } from '../shared/clipboard';
import { t } from '../shared/i18n.svelte';
import { blocksOf, MARKER, type Block, type Inline, type Table } from './segments';

export function asMarkdown(text: string, citations: readonly Citation[]): string {
  const known = new Set(citations.map(({ marker }) => marker));
  const body = text.replace(MARKER, (whole, marker: string) =>
    known.has(Number(marker)) ? `[^${marker}]` : whole,
  );
  const notes = citations.map((citation) => {
    const line = noteOf(citation).replace(/[\\`*_<>[\]]/g, '\\$&');
    return `[^${citation.marker}]: ${line}`;
  });
  return [body.trim(), ...notes].join('\n\n');
}

/** Formatted, and plain where that cannot be pasted. */
export function asFormatted(text: string, citations: readonly Citation[]): Copied {
  const notes = citations.map((citation) => `[${citation.marker}] ${noteOf(citation)}`);
  const plain = [text.replaceAll('**', '').trim(), notes.join('\n')].filter(Boolean).join('\n\n');
  const small = notes.map((note) => `<p><small>${escaped(note)}</small></p>`);
  return { plain, html: blocksOf(text).map(htmlOf).join('') + small.join('') };
}

function noteOf({ document, page, quote }: Citation): string {
  const words = quote.replace(/\s+/g, ' ').trim();
  return t('ask.note', { title: document.title, page, quote: words });
}

/** Items keep the number they were given, so they are no list that counts by itself. */
function htmlOf(block: Block): string {
  if (block.kind === 'table') return tableOf(block);
  const { kind, bullet } = block;
  const words = block.inlines.map(inlineOf).join('');
  if (kind === 'heading') return `<h3>${words}</h3>`;
  if (bullet === '•') return `<ul><li>${words}</li></ul>`;
  return `<p>${bullet ? `${escaped(bullet)} ` : ''}${words}</p>`;
}

/** Word processors draw no lines that are not asked for. */
function tableOf({ head, rows, aligns }: Table): string {
  const line = (cells: Inline[][], tag: 'th' | 'td') => {
    const all = cells.map((cell, column) => {
      const words = cell.map(inlineOf).join('');
      return `<${tag} align="${aligns[column] ?? 'left'}">${words}</${tag}>`;
    });
    return `<tr>${all.join('')}</tr>`;
  };
  const body = rows.map((row) => line(row, 'td')).join('');
  return (
    '<table border="1" cellpadding="4" style="border-collapse:collapse">' +
    `<thead>${line(head, 'th')}</thead><tbody>${body}</tbody></table>`
  );
}

function inlineOf(inline: Inline): string {
  if (inline.kind === 'marker') return `<sup>[${inline.marker}]</sup>`;
  const words = escaped(inline.text);
  return inline.strong ? `<b>${words}</b>` : words;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
