// The window's language: follows the system unless chosen. `t` reads a rune, so whatever calls it
// while rendering is rendered again when the language changes.
import i18next from 'i18next';
import type { Problem } from '../backend';
import { en } from './locales/en';
import { zh } from './locales/zh';
import { remembered } from './remembered.svelte';

export type Language = 'en' | 'zh';
export type LanguageChoice = Language | 'system';

type PluralForm = 'one' | 'other';
type WithoutPlural<K> = K extends `${infer Stem}_${PluralForm}` ? Stem : K;
export type MessageKey = WithoutPlural<keyof typeof en>;

export const languageChoice = remembered<LanguageChoice>('language', 'system');

const messages = i18next.createInstance();
void messages.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en }, zh: { translation: zh } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** The language of the system's interface: Chinese of any kind, or English. The shell names it in
 * the address; a web view alone may not know it. */
export function systemLanguage(address: string = location.search): Language {
  const named = /[?&]language=([\w-]+)/.exec(address)?.[1];
  return (named ?? navigator.language).toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function language(): Language {
  return languageChoice.value === 'system' ? systemLanguage() : languageChoice.value;
}

/** The tag for dates and numbers. */
export function localeTag(): string {
  return language() === 'zh' ? 'zh-CN' : 'en';
}

export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return messages.t(key, { ...values, lng: language() });
}

/** Whether an input method still composes: then Enter chooses its candidate. */
export function composing(event: KeyboardEvent): boolean {
  // WebKit ends the composition before this key arrives; only the old code still tells.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}

/** A problem, and whose it is where one could not tell: the titles of documents. */
export interface NamedProblem extends Problem {
  of?: string;
}

/** What happened and what to do, worded by the problem's code alone. */
export function wordingOf(problem: NamedProblem): { message: string; hint: string } {
  const key = `problem.${problem.code}`;
  const known = key in en ? (key as MessageKey) : 'problem.internal';
  const message = t(known);
  return {
    message: problem.of ? t('common.problem_of', { names: problem.of, message }) : message,
    hint: t(`${known}.hint` as MessageKey),
  };
}
