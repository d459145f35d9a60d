// The stage of the walk: a home of its own, the window on it, and what a person does in it again and
// again. Deliberately not here: what is expected of it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answerFileDialog, closeWindows } from './desktop.mjs';
import { until, Window } from './webdriver.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const application = process.env.YINJU_DESKTOP ?? path.join(root, 'target/debug/yinju-desktop');
const artifacts = path.join(root, 'artifacts/window');
const run = promisify(execFile);

/** The system's language, as the desktop tells it. */
const SYSTEMS = {
  zh: { LANG: 'zh_CN.UTF-8', LANGUAGE: 'zh_CN' },
  en: { LANG: 'en_US.UTF-8', LANGUAGE: 'en_US' },
};

export const samples = path.join(root, 'assets/samples');
/** A folder that goes when the walk is over: homes, and what is exported. */
export let folder;
/** The window that is open. */
export let window;

let home;

export async function begin() {
  folder = await mkdtemp(path.join(os.tmpdir(), 'yinju-e2e-'));
}

export async function end() {
  try {
    await (window && close());
  } finally {
    window?.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens the window on a home, made if it is not there. */
export async function open(name, language) {
  home = path.join(folder, name);
  window = await Window.open({
    application,
    args: ['--home', home, '--samples', samples],
    env: { ...SYSTEMS[language], LC_ALL: '', GTK_THEME: 'Adwaita' },
    artifacts,
  });
}

/** Closes the window. Its process may take a moment to end; only then is its home free. Ending the
 * session does not close it once a native dialog was open: GTK has a thread more since. */
export async function close() {
  await closeWindows(path.basename(application));
  await window.close();
  const yinju = path.join(path.dirname(application), 'yinju');
  await until('the home to be free', () => run(yinju, ['--home', home, 'libraries']).then(() => true), 60);
}

/** Presses a key with Ctrl, as the window hears it. */
export const press = (key) =>
  window.run(
    `document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: arguments[0], ctrlKey: true, bubbles: true }));`,
    key,
  );

/** Clicks what a pointer could not: a radio button under its label. */
export const choose = (css) => window.run('document.querySelector(arguments[0]).click()', css);

/** Writes into a field in place of what is in it. */
export const fill = (css, text) =>
  window.run(
    `const field = document.querySelector(arguments[0]);
    const shape = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(shape.prototype, 'value').set.call(field, arguments[1]);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));`,
    css,
    text,
  );

/** Sets the theme or the language, by the panel of settings. */
export async function set(what) {
  await window.click('[data-testid=settings-button]');
  await window.see(`[data-testid=${what}]`);
  await choose(`[data-testid=${what}]`);
  await window.click('[data-testid=settings-button]');
}

export async function mode(name) {
  await window.click('[data-testid=ask-mode]');
  await window.click(`[data-testid=mode-${name}]`);
}

/** Asks in the conversation that is open. */
export async function ask(question) {
  await window.type('[data-testid=ask-input]', question);
  await window.click('[data-testid=ask-send]');
}

/** Waits until what was done has an answer, or was refused one. The answers that were there before do
 * not count. */
export async function answered(act, seconds = 240) {
  await window.run(`
    for (const answer of document.querySelectorAll('[data-testid=answer]')) answer.dataset.old = '';`);
  await act();
  const newest = '.turn:last-child [data-testid=answer]:not([data-old])';
  await window.see(`${newest}:is([data-phase=done], [data-phase=failed])`, seconds);
  assert.ok(await window.find(`${newest}[data-phase=done]`), await window.text(newest));
}

/** Asks in a conversation of its own and waits for the answer. */
export async function askAnew(question, seconds) {
  await window.click('[data-testid=new-chat]');
  await answered(() => ask(question), seconds);
}

/** Chooses what asks for a file by the native dialog, and gives the bytes that were written. */
export async function saved(css, name) {
  const file = path.join(folder, name);
  // The call returns when the dialog is answered, so it is not waited for.
  const click = window.click(css);
  await answerFileDialog('Save|保存', file);
  await click;
  await until(`the file ${name}`, () => existsSync(file), 60);
  return until('its bytes', async () => {
    const bytes = await readFile(file);
    return bytes.length > 0 && bytes;
  });
}

/** Waits until the marked words stand still on their page. */
export async function restingPage() {
  await window.see('[data-testid=reader-page][data-drawn=true] [data-testid=highlight]', 30);
  await until('the page to come to rest', () =>
    window.run(`
      const mark = document.querySelector('[data-testid=highlight]').getBoundingClientRect();
      return mark.top >= 0 && mark.bottom <= innerHeight;`));
}

/** Waits until so many documents can be asked about. */
export const ready = (count, seconds = 120) =>
  until(
    `${count} documents to be ready`,
    async () => (await window.count('[data-testid=document-row][data-status=ready]')) === count,
    seconds,
  );
