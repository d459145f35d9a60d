// What is done with documents once they are read: more of them, a library's own words, and how a
// document stands in lists of references.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { dropFiles } from './support/desktop.mjs';
import { askAnew, fill, ready, restingPage, samples, saved, window } from './support/stage.mjs';
import { until } from './support/webdriver.mjs';

const words = '澜汐新能源 = 澜汐\n望潮四号 = 第四代机组';

export function documents() {
  test('files that are dropped later go into the same library', async () => {
    await window.click('[data-testid=testing-close]');
    const files = ['annual-report-zh.pdf', 'bridge-paper-en.pdf'];
    await dropFiles(files.map((file) => path.join(samples, file)), { x: 700, y: 500 });
    await ready(5);
  });

  test('a library gets words of its own, which are kept', async () => {
    await openWords();
    await window.picture('20-words-none-yet');
    // In WebDriver's keys, Enter is a letter of its own.
    await window.type('[data-testid=words-field]', words.replaceAll('\n', '\uE007'));
    await window.picture('21-words-typed');
    await window.click('[data-testid=words-dialog] button[type=submit]');
    await until('the dialog to go', async () => (await window.count('dialog')) === 0);
    await openWords();
    await until('the words to be read', async () =>
      (await window.run("return document.querySelector('[data-testid=words-field]').value")) === words);
    await window.picture('22-words-kept');
    await fill('[data-testid=words-field]', `${words}\n= =`);
    await window.click('[data-testid=words-dialog] .actions button[type=button]');
    await window.see('[data-testid=discard]');
    await window.picture('23-words-asked-before-they-are-lost');
    await window.click('[data-testid=discard]');
  });

  test('the README shows a question in Chinese, its answer and the page', async () => {
    await window.click('[data-testid=import-dismiss]');
    await askAnew('公司 2024 年营业收入和净利润是多少？');
    await window.click('[data-testid=citation-1]');
    await restingPage();
    await window.picture('window-zh');
  });

  test('the reference of a document is corrected', async () => {
    await openReference('annual-report-zh');
    await window.picture('24-document-with-its-reference');
    await window.click('[data-testid=reference-edit]');
    await window.see('[data-testid=reference-dialog]');
    await fill('[data-testid=reference-authors]', '沈望舒\n顾行远');
    await fill('[data-testid=reference-date]', '2025-04-31');
    await window.see('[data-testid=reference-dialog] .wrong');
    await window.picture('25-reference-with-a-wrong-date');
    await fill('[data-testid=reference-date]', '2025-04-18');
    await window.picture('26-reference-corrected');
    await window.click('[data-testid=reference-dialog] button[type=submit]');
    await until('the dialog to go', async () => (await window.count('dialog')) === 0);
    assert.match(await window.text('[data-testid=reference-line]'), /沈望舒, 顾行远/);
    await window.picture('27-reference-saved');
    await window.click('[data-testid=details-close]');
  });

  test('lists of references name the corrected authors', async () => {
    await window.click('[data-testid=export-button]');
    await window.see('[data-testid=export-gbt7714]');
    await window.picture('28-export-menu');
    const standard = (await saved('[data-testid=export-gbt7714]', 'references.txt')).toString();
    assert.match(standard, /沈望舒, ?顾行远/);
    await window.click('[data-testid=export-button]');
    const bibtex = (await saved('[data-testid=export-bib]', 'references.bib')).toString();
    assert.match(bibtex, /author = .*沈望舒.* and .*顾行远/);
  });
}

async function openWords() {
  await window.hover('[data-testid=library-row]');
  await window.click('[data-testid=library-menu]');
  await window.click('[data-testid=library-words]');
  await window.see('[data-testid=words-dialog] [data-testid=words-field]:not([readonly])');
}

async function openReference(file) {
  const row = `[data-testid=document-row]:has([title^="${file}"])`;
  await window.hover(`${row} button.name`);
  await window.click(`${row} [data-testid=document-details-open]`);
  await window.see('[data-testid=reference-line]');
}
