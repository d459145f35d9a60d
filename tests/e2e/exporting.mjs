// What leaves with its evidence: files with images of the pages, and copies of the documents with what
// is quoted highlighted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saved, window } from './support/stage.mjs';

export function exporting() {
  test('an answer is exported with images of its pages', async () => {
    await window.click('[data-testid=export-answer]');
    await window.click('[data-testid=export-pictures]');
    await window.see('[data-testid=export-pictures][aria-checked=true]');
    await window.picture('30-export-of-an-answer-with-page-images');
    const word = await saved('[data-testid=export-docx]', 'pictured.docx');
    assert.ok(word.includes('word/media/'), 'the Word file holds images');
    await window.click('[data-testid=export-answer]');
    const web = (await saved('[data-testid=export-html]', 'pictured.html')).toString();
    assert.match(web, /<img[^>]+data:image\//);
    await window.picture('31-exported-web-page');
  });

  test('the cited document is copied with its quoted words highlighted', async () => {
    await window.click('[data-testid=export-answer]');
    const copy = (await saved('[data-testid=export-highlighted]', 'copy.pdf')).toString('latin1');
    assert.ok(copy.startsWith('%PDF-'));
    assert.match(copy, /\/Highlight\b/);
    await window.see('.notice p');
    await window.picture('32-highlighted-copy-saved');
  });
}
