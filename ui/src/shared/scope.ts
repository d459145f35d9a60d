// Where a question looks, as a person chooses it.
import type { Document, Library, Scope } from '../backend';
import { listed } from './format';
import { t } from './i18n.svelte';

export type ScopeChoice =
  | { kind: 'all' }
  | { kind: 'library'; id: number }
  | { kind: 'document'; id: number }
  /** Of a conversation that was begun elsewhere. */
  | { kind: 'several'; scope: Scope };

export function scopeOf(choice: ScopeChoice): Scope {
  if (choice.kind === 'several') return choice.scope;
  return {
    libraries: choice.kind === 'library' ? [choice.id] : [],
    documents: choice.kind === 'document' ? [choice.id] : [],
  };
}

/** The choice a scope came of, without what is not there any more. */
export function choiceOf(
  scope: Scope,
  libraries: readonly Library[],
  documents: readonly Document[],
): ScopeChoice {
  const there = {
    libraries: scope.libraries.filter((id) => libraries.some((library) => library.id === id)),
    documents: scope.documents.filter((id) => documents.some((document) => document.id === id)),
  };
  const [library] = there.libraries;
  const [document] = there.documents;
  if (there.libraries.length + there.documents.length > 1) return { kind: 'several', scope: there };
  if (library !== undefined) return { kind: 'library', id: library };
  if (document !== undefined) return { kind: 'document', id: document };
  return { kind: 'all' };
}

export function scopeLabel(
  choice: ScopeChoice,
  libraries: readonly Library[],
  documents: readonly Document[],
): string {
  const name = (id: number) => libraries.find((library) => library.id === id)?.name;
  const title = (id: number) => documents.find((document) => document.id === id)?.title;
  if (choice.kind === 'library') return name(choice.id) ?? t('library.all');
  if (choice.kind === 'document') {
    const only = title(choice.id);
    return only === undefined ? t('library.all') : t('ask.scope_document', { title: only });
  }
  if (choice.kind === 'several') {
    const names = [...choice.scope.libraries.map(name), ...choice.scope.documents.map(title)];
    return listed(names.filter((one) => one !== undefined));
  }
  return t('library.all');
}
