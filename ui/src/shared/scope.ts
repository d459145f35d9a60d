// Where a question looks, as a person chooses it.
import type { Document, Library, Scope } from '../backend';
import { t } from './i18n.svelte';

export type ScopeChoice =
  { kind: 'all' } | { kind: 'library'; id: number } | { kind: 'document'; id: number };

export function scopeOf(choice: ScopeChoice): Scope {
  return {
    libraries: choice.kind === 'library' ? [choice.id] : [],
    documents: choice.kind === 'document' ? [choice.id] : [],
  };
}

export function scopeLabel(
  choice: ScopeChoice,
  libraries: readonly Library[],
  documents: readonly Document[],
): string {
  if (choice.kind === 'library') {
    return libraries.find(({ id }) => id === choice.id)?.name ?? t('library.all');
  }
  if (choice.kind === 'document') {
    const title = documents.find(({ id }) => id === choice.id)?.title;
    return title === undefined ? t('library.all') : t('ask.scope_document', { title });
  }
  return t('library.all');
}
