// Where a question looks, as a person chooses it.
import type { Document, Library, Scope } from '../backend';
import { listed } from './format';
import { t } from './i18n.svelte';

export type ScopeChoice =
  | { kind: 'all' }
  | { kind: 'library'; id: number }
  | { kind: 'document'; id: number }
  | { kind: 'several'; scope: Scope };

/** More names than this are counted. */
const MOST_NAMED = 40;

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
  return simplest(there);
}

/** Libraries as a whole and documents one by one, put together. The engine looks where both lists of
 * a scope hold, so beside documents a library stands as the documents it has now. */
export function choiceFrom(ticked: Scope, documents: readonly Document[]): ScopeChoice {
  if (ticked.documents.length === 0) return simplest(ticked);
  const ids = documents
    .filter(
      ({ id, library }) => ticked.documents.includes(id) || ticked.libraries.includes(library),
    )
    .map(({ id }) => id);
  return simplest({ libraries: [], documents: ids });
}

function simplest(scope: Scope): ScopeChoice {
  const [library] = scope.libraries;
  const [document] = scope.documents;
  if (scope.libraries.length + scope.documents.length > 1) return { kind: 'several', scope };
  if (library !== undefined) return { kind: 'library', id: library };
  if (document !== undefined) return { kind: 'document', id: document };
  return { kind: 'all' };
}

/** The documents in which both lists of a scope hold. */
export function documentsIn(scope: Scope, documents: readonly Document[]): Document[] {
  const holds = (ids: readonly number[], id: number) => ids.length === 0 || ids.includes(id);
  return documents.filter(
    ({ id, library }) => holds(scope.documents, id) && holds(scope.libraries, library),
  );
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
    const only = documents.find(({ id }) => id === choice.id);
    return only ? t('ask.scope_document', { title: only.title }) : t('library.all');
  }
  if (choice.kind === 'all') return t('library.all');
  const { scope } = choice;
  return scope.documents.length === 0
    ? t('scope.libraries', { count: scope.libraries.length })
    : t('scope.documents', { count: documentsIn(scope, documents).length });
}

/** All of it by name, as far as anyone reads on. */
export function scopeNames(
  choice: ScopeChoice,
  libraries: readonly Library[],
  documents: readonly Document[],
): string {
  if (choice.kind !== 'several') return scopeLabel(choice, libraries, documents);
  const { scope } = choice;
  const names =
    scope.documents.length === 0
      ? libraries.filter(({ id }) => scope.libraries.includes(id)).map(({ name }) => name)
      : documentsIn(scope, documents).map(({ title }) => title);
  const more = names.length - MOST_NAMED;
  return listed(
    more > 0 ? [...names.slice(0, MOST_NAMED), t('common.others', { count: more })] : names,
  );
}
