// How a document stands, in words and as a share done.
import type { Document, ImportItem, Problem } from '../backend';
import { count } from '../shared/format';
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

const WORKING = new Set(['queued', 'parse', 'split', 'embed', 'index']);

export function standingOf(document: Document, item: ImportItem | undefined): Standing {
  const idle = { share: null, problem: null, retryable: false, locked: false };
  if (item && WORKING.has(item.stage)) {
    return { ...idle, tone: 'busy', text: stageText(item), share: shareOf(item) };
  }
  const text = t(`document.status.${document.status}`);
  switch (document.status) {
    case 'ready':
      return { ...idle, ...readyText(document) };
    case 'failed': {
      const code = document.problem?.code ?? '';
      const locked = code === 'password_required' || code === 'wrong_password';
      return { ...idle, tone: 'bad', text, problem: document.problem, retryable: !locked, locked };
    }
    case 'no_text':
      return { ...idle, tone: 'warn', text };
    case 'cancelled':
      return { ...idle, tone: 'quiet', text, retryable: true };
    default:
      return { ...idle, tone: 'busy', text };
  }
}

export function stageText(item: ImportItem): string {
  if (item.stage === 'parse' && item.total === 0) return t('document.stage.parse_begin');
  switch (item.stage) {
    case 'queued':
    case 'parse':
    case 'split':
    case 'embed':
    case 'index':
      return t(`document.stage.${item.stage}`, {
        done: count(item.done),
        total: count(item.total),
      });
    default:
      return '';
  }
}

/** Reading is the first fifth, understanding most of the rest: that is how long they take. */
function shareOf(item: ImportItem): number {
  const within = item.total > 0 ? item.done / item.total : 0;
  const shares: Record<string, number> = {
    parse: 0.2 * within,
    split: 0.2,
    embed: 0.2 + 0.75 * within,
    index: 0.95,
  };
  return shares[item.stage] ?? 0;
}

function readyText(document: Document): { tone: Tone; text: string } {
  const { empty, garbled, failed } = document.coverage;
  const pages = t('common.pages', { count: document.pages });
  const unreadable = garbled + failed + empty;
  if (unreadable === 0) return { tone: 'quiet', text: pages };
  return { tone: 'warn', text: `${pages} · ${t('document.unreadable', { count: unreadable })}` };
}
