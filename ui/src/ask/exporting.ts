// Conversations and single answers, written to a file the person chooses.
import { asProblem, exportChat, type ExportFormat, type Problem } from '../backend';

/** To be read, and to be cited by. */
export const READABLE: readonly ExportFormat[] = ['md', 'docx', 'pdf', 'html', 'json'];
export const REFERENCES: readonly ExportFormat[] = ['bib', 'ris', 'csl', 'gbt7714'];

export interface Exported {
  chat: number;
  title: string;
  /** One answer alone: its number, from 0. */
  turn?: number;
}

export interface Outcome {
  saved: (name: string) => void;
  failed: (problem: Problem) => void;
}

export async function save(what: Exported, format: ExportFormat, { saved, failed }: Outcome) {
  try {
    const name = await exportChat(what.chat, format, what.title, what.turn ?? null);
    if (name !== null) saved(name);
  } catch (error) {
    failed(asProblem(error));
  }
}
