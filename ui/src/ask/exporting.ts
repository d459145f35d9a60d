// Conversations and single answers, written to a file the person chooses, and the documents they cite.
import {
  asProblem,
  exportChat,
  exportHighlighted,
  type ExportFormat,
  type HighlightedCopies,
} from '../backend';
import { listed } from '../shared/format';
import { t, type NamedProblem } from '../shared/i18n.svelte';
import { exportState } from './exportState.svelte';

/** To be read, and to be cited by. */
export const READABLE: readonly ExportFormat[] = ['md', 'docx', 'pdf', 'html', 'json'];
export const REFERENCES: readonly ExportFormat[] = ['bib', 'ris', 'csl', 'gbt7714'];
/** Those that can hold images of pages. */
const PICTURED: readonly ExportFormat[] = ['docx', 'pdf', 'html'];
/** More documents than this are not named one by one. */
const MOST_NAMED = 3;

export interface Exported {
  chat: number;
  title: string;
  /** One answer alone: its number, from 0. */
  turn?: number;
}

export interface Outcome {
  saved: (...files: string[]) => void;
  failed: (...problems: NamedProblem[]) => void;
}

export async function save(what: Exported, format: ExportFormat, { saved, failed }: Outcome) {
  const pictures = exportState.pictures && PICTURED.includes(format);
  try {
    const name = await exportChat(what.chat, format, what.title, what.turn ?? null, pictures);
    if (name !== null) saved(name);
  } catch (error) {
    failed(asProblem(error));
  }
}

/** Saves copies of the cited documents, unless that is being done. */
export async function saveHighlighted(what: Exported, { saved, failed }: Outcome) {
  if (exportState.highlighting) return;
  exportState.highlighting = true;
  try {
    const copies = await exportHighlighted(what.chat, what.turn ?? null);
    if (copies === null) return;
    if (copies.files.length > 0) saved(...copies.files);
    if (copies.failed.length > 0) failed(...problemsOf(copies.failed));
  } catch (error) {
    failed(asProblem(error));
  } finally {
    exportState.highlighting = false;
  }
}

/** One for every way it went wrong, with the documents it went wrong with. */
export function problemsOf(failed: HighlightedCopies['failed']): NamedProblem[] {
  const codes = [...new Set(failed.map(({ problem }) => problem.code))];
  return codes.flatMap((code) => {
    const alike = failed.filter(({ problem }) => problem.code === code);
    const told = alike.map(({ title, problem }) => `${title}: ${problem.message}`);
    const [first] = alike;
    if (!first) return [];
    return [{ ...first.problem, message: told.join('; '), of: namesOf(alike) }];
  });
}

function namesOf(documents: readonly { title: string }[]): string {
  const named = documents.slice(0, MOST_NAMED).map(({ title }) => t('common.quoted', { title }));
  const more = documents.length - named.length;
  return listed(more > 0 ? [...named, t('common.others', { count: more })] : named);
}
