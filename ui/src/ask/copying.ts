// An answer as it is pasted elsewhere: as Markdown, and as formatted text. Its citations follow it as
// notes. Deliberately not here: exports, which the engine writes.
import type { AnswerBlock, Citation, Inline } from '../backend';
import type { Copied } from '../shared/clipboard';
import { t } from '../shared/i18n.svelte';
import { plainOf } from './markdown';
import { headingTag, type List, type Run, type Table } from './segments';

const MARKER = /\[(\d{1,3})\]/g;

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
export function asFormatted(
  blocks: readonly AnswerBlock[],
  citations: readonly Citation[],
): Copied {
  const notes = citations.map((citation) => `[${citation.marker}] ${noteOf(citation)}`);
  const plain = [plainOf(blocks), notes.join('\n')].filter(Boolean).join('\n\n');
  const small = notes.map((note) => `<p><small>${escaped(note)}</small></p>`);
  return { plain, html: blocks.map(htmlOf).join('') + small.join('') };
}

function noteOf({ document, page, quote }: Citation): string {
  const words = quote.replace(/\s+/g, ' ').trim();
  return t('ask.note', { title: document.title, page, quote: words });
}

function htmlOf(block: AnswerBlock): string {
  switch (block.kind) {
    case 'paragraph':
      return element('p', wordsOf(block.text));
    case 'heading':
      return element(headingTag(block.level), wordsOf(block.text));
    case 'list':
      return listOf(block);
    case 'quote':
      return element('blockquote', block.blocks.map(htmlOf).join(''));
    case 'code':
      return element('pre', element('code', escaped(block.text)));
    case 'table':
      return tableOf(block);
    case 'rule':
      return '<hr>';
  }
}

function element(tag: string, inside: string): string {
  return `<${tag}>${inside}</${tag}>`;
}

function listOf({ start, items }: List): string {
  const all = items.map((item) => element('li', item.map(pointOf).join(''))).join('');
  if (start === null) return element('ul', all);
  return `<ol${start === 1 ? '' : ` start="${start}"`}>${all}</ol>`;
}

/** Word processors set a paragraph of its own apart from its bullet. */
function pointOf(block: AnswerBlock, at: number): string {
  return at === 0 && block.kind === 'paragraph' ? wordsOf(block.text) : htmlOf(block);
}

/** Word processors draw no lines that are not asked for. */
function tableOf({ rows: [head = [], ...rows], aligns }: Table): string {
  const line = (cells: Inline[][], tag: 'th' | 'td') => {
    const all = cells.map((cell, column) => {
      return `<${tag} align="${aligns[column] ?? 'left'}">${wordsOf(cell)}</${tag}>`;
    });
    return `<tr>${all.join('')}</tr>`;
  };
  const body = rows.map((row) => line(row, 'td')).join('');
  return (
    '<table border="1" cellpadding="4" style="border-collapse:collapse">' +
    `<thead>${line(head, 'th')}</thead><tbody>${body}</tbody></table>`
  );
}

function wordsOf(line: readonly Inline[]): string {
  return line.map(inlineOf).join('');
}

function inlineOf(inline: Inline): string {
  if (inline.kind === 'marker') return `<sup>[${inline.marker}]</sup>`;
  return inline.kind === 'break' ? '<br>' : runOf(inline);
}

function runOf({ text, bold, italic, strike, code }: Run): string {
  const faces: [boolean, string][] = [
    [code, 'code'],
    [strike, 's'],
    [italic, 'i'],
    [bold, 'b'],
  ];
  const tags = faces.flatMap(([wanted, tag]) => (wanted ? [tag] : []));
  return tags.reduce((words, tag) => element(tag, words), escaped(text));
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
