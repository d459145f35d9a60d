// How a document stands, in words and as a share done.
import type { Document, ImportItem, Problem } from '../backend';
import { count, seconds } from '../shared/format';
import { t } from '../shared/i18n.svelte';

export type Tone = 'quiet' | 'busy' | 'warn' | 'bad';

export interface Standing {
  tone: Tone;
  text: string;
  /** 0 to 1 while it is being read. */
  share: number | null;
  problem: Problem | null;
  retryable: boolean;
  locked: boolean;
}

const WORKING = new Set(['queued', 'parse', 'split', 'words', 'embed', 'index']);

export function standingOf(document: Document, item: ImportItem | undefined): Standing {
  const idle = { share: null, problem: null, retryable: false, locked: false };
  if (item && WORKING.has(item.stage)) {
    return { ...idle, tone: 'busy', text: stageText(item), share: shareOf(item) };
  }
  const text = t(`document.status.${document.status}`);
  switch (document.status) {
    case 'ready':
      // What is told of a document that can be searched: no more was read than its limits allow.
      return { ...idle, ...readText(document), problem: document.problem };
    case 'no_text':
      return { ...idle, ...readText(document) };
    case 'failed': {
      const { problem } = document;
      if (!isLocked(problem)) return { ...idle, tone: 'bad', text, problem, retryable: true };
      return { ...idle, tone: 'warn', text: t('document.locked'), problem, locked: true };
    }
    case 'cancelled':
      return { ...idle, tone: 'quiet', text, retryable: true };
    default:
      return { ...idle, tone: 'busy', text };
  }
}

export function isLocked(problem: Problem | null): boolean {
  return problem?.code === 'password_required' || problem?.code === 'wrong_password';
}

/** What a file in work is at, and how long this step still takes where that is known. */
export function stageText(item: ImportItem): string {
  const left =
    item.secondsLeft === null ? '' : t('import.left', { time: seconds(item.secondsLeft) });
  return [stepText(item), left].filter(Boolean).join(' · ');
}

function stepText(item: ImportItem): string {
  if (item.stage === 'parse' && item.total === 0) return t('document.stage.parse_begin');
  const share = count(Math.floor((100 * item.done) / Math.max(item.total, 1)));
  const values = { done: count(item.done), total: count(item.total), share };
  switch (item.stage) {
    case 'parse':
      return t(item.recognising ? 'document.stage.recognise' : 'document.stage.parse', values);
    case 'queued':
    case 'split':
    case 'words':
    case 'embed':
    case 'index':
      return t(`document.stage.${item.stage}`, values);
    default:
      return '';
  }
}

/** Reading is the first fifth, understanding most of the rest: that is how long they take. Where
 * pages are recognised, that takes nearly all of it. */
function shareOf(item: ImportItem): number {
  const within = item.total > 0 ? item.done / item.total : 0;
  const reading = item.recognising ? 0.9 : 0.2;
  const shares: Record<string, number> = {
    parse: reading * within,
    split: reading,
    words: reading,
    embed: reading + (0.95 - reading) * within,
    index: 0.95,
  };
  return shares[item.stage] ?? 0;
}

/** How many pages were read, and what the others are waiting for or suffer from. */
export function coverageOf({ pages, coverage }: Document): { read: number; unread: string[] } {
  const { needsOcr, garbled, failed } = coverage;
  const unread = [
    needsOcr > 0 ? t('document.needs_ocr', { count: needsOcr }) : '',
    garbled > 0 ? t('document.garbled', { count: garbled }) : '',
    failed > 0 ? t('document.failed', { count: failed }) : '',
  ].filter(Boolean);
  return { read: pages - needsOcr - garbled - failed, unread };
}

function readText(document: Document): { tone: Tone; text: string } {
  const { read, unread } = coverageOf(document);
  if (unread.length > 0) {
    const text = t('document.read', { read: count(read), total: count(document.pages) });
    // A row has room for one cause; several are told apart in the details.
    const cause =
      unread.length === 1 ? unread : [t('document.unread', { count: document.pages - read })];
    return { tone: 'warn', text: [text, ...cause].join(' · ') };
  }
  const pages = t('common.pages', { count: document.pages });
  if (document.problem?.code === 'too_much_text') {
    return { tone: 'warn', text: `${pages} · ${t('document.cut')}` };
  }
  if (document.status === 'ready') return { tone: 'quiet', text: pages };
  return { tone: 'warn', text: `${pages} · ${t('document.status.no_text')}` };
}
