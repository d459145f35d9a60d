// The walk through the real window: an empty home, files dropped, a question in Chinese, a citation
// clicked, the page and its highlight, an export, a restart; then what is done with documents, and in a
// home of its own in English every way to ask. A picture is kept of each.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { documents } from './documents.mjs';
import { exporting } from './exporting.mjs';
import { keeping } from './keeping.mjs';
import { questions } from './questions.mjs';
import { dropFiles } from './support/desktop.mjs';
import {
  answered,
  ask,
  begin,
  close,
  end,
  open,
  press,
  ready,
  restingPage,
  samples,
  saved,
  window,
} from './support/stage.mjs';
import { until } from './support/webdriver.mjs';

const question = '冲泡绿茶用多少度的水，投多少茶叶？';

before(async () => {
  await begin();
  await open('home', 'zh');
});

after(end);

// What the window showed when a step failed; overwritten by every step, kept by the last.
afterEach(async () => window.picture('last').catch(() => {}));

test('an empty home offers the samples, in the language of the system', async () => {
  await window.see('[data-testid=welcome]');
  assert.match(await window.text('[data-testid=welcome]'), /文档/);
  await window.picture('1-welcome');
});

test('dropped files are read until they are ready', async () => {
  const files = ['tea-handbook-zh.pdf', 'kettle-manual-en.pdf', 'letter-scan-zh.pdf'];
  await dropFiles(files.map((file) => path.join(samples, file)), { x: 700, y: 500 });
  await window.see('[data-testid=document-row]', 30);
  await window.picture('2-reading');
  await ready(files.length);
  await window.picture('3-ready');
});

test('a question in Chinese is answered with citations', async () => {
  await answered(async () => {
    await ask(question);
    await window.see('[data-testid=answer]:is([data-phase=writing], [data-phase=done])', 120);
    await window.picture('4-writing');
  });
  await window.see('[data-testid=citation-1]');
  await window.picture('5-answer');
});

test('a citation opens its page with the quoted words marked', async () => {
  await window.click('[data-testid=citation-1]');
  await restingPage();
  const seen = await window.run(`
    const mark = document.querySelector('[data-testid=highlight]');
    const page = mark.closest('[data-testid=reader-page]');
    const [m, p] = [mark.getBoundingClientRect(), page.getBoundingClientRect()];
    const canvas = page.querySelector('canvas');
    const across = (edge) => Math.round(((edge - p.left) / p.width) * canvas.width);
    const down = (edge) => Math.round(((edge - p.top) / p.height) * canvas.height);
    const [x, y] = [across(m.left), down(m.top)];
    const size = [across(m.right) - x, down(m.bottom) - y];
    const { data } = canvas.getContext('2d').getImageData(x, y, ...size);
    let dark = 0;
    for (let at = 0; at < data.length; at += 4) dark += data[at] < 128 && data[at + 3] > 128;
    return {
      page: Number(page.dataset.page),
      ink: dark / (size[0] * size[1]),
      left: (m.left - p.left) / p.width,
      top: (m.top - p.top) / p.height,
      right: (m.right - p.left) / p.width,
      bottom: (m.bottom - p.top) / p.height,
    };`);
  await window.picture('6-reader');
  assert.equal(seen.page, 2);
  for (const edge of ['left', 'top', 'right', 'bottom']) {
    assert.ok(seen[edge] >= -0.01 && seen[edge] <= 1.01, `${edge} ${seen[edge]}`);
  }
  assert.ok(seen.right > seen.left && seen.bottom > seen.top);
  assert.ok(seen.bottom - seen.top < 0.1, 'one line is marked, not the page');
  assert.ok(seen.ink > 0.02 && seen.ink < 0.6, `printed words are marked: ${seen.ink}`);
});

test('the conversation is exported through the native dialog', async () => {
  await window.click('[data-testid=export-button]');
  const text = (await saved('[data-testid=export-md]', 'answer.md')).toString();
  assert.ok(text.includes(question) && text.includes('[1]'));
  await window.picture('7-exported');
});

test('an answer shows how it came about, with what every passage scored', async () => {
  await window.click('[data-testid=how]');
  await window.see('[data-testid=provenance]');
  assert.match(await window.text('[data-testid=provenance]'), /multilingual-e5-small/);
  assert.match(await window.text('[data-testid=scores]'), /引作 \[1\].*相似度 \d\.\d\d/s);
  assert.ok((await window.count('[data-testid=scores]')) > 1);
  await window.picture('7a-how');
  await window.click('[data-testid=how]');
});

test('the conversation is exported as a Word file with its footnotes', async () => {
  await window.click('[data-testid=export-button]');
  const bytes = await saved('[data-testid=export-docx]', 'answer.docx');
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.ok(bytes.includes('word/footnotes.xml'));
});

test('after a restart the conversation and the library are there', async () => {
  await close();
  await open('home', 'zh');
  await window.see('[data-testid=document-row][data-status=ready]');
  await window.click('[data-testid=chat-row] button, button[data-testid=chat-row]');
  await window.see('[data-testid=citation-1]');
  assert.ok((await window.text('[data-testid=answer]')).length > 0);
  await window.picture('8-again');
});

test('what the documents do not hold is refused with the nearest passages', async () => {
  await window.click('[data-testid=new-chat]');
  await ask('法国大革命是哪一年爆发的？');
  await window.see('[data-testid=refusal]', 60);
  await window.picture('9-refusal');
});

test('conversations are found by their words', async () => {
  await window.type('[data-testid=chat-search]', '法国大革命');
  await until('one conversation to be left', async () =>
    (await window.count('[data-testid=chat-row]')) === 1);
  await window.picture('9a-found');
  await window.run(`
    const field = document.querySelector('[data-testid=chat-search]');
    field.value = '';
    field.dispatchEvent(new Event('input', { bubbles: true }));`);
});

test('a search shows passages with the words marked, and opens their page', async () => {
  await press('f');
  await window.type('[data-testid=finder-input]', '保质期');
  await window.see('[data-testid=finder] [data-mode=hybrid]', 30);
  await window.see('[data-testid=found-passage] mark');
  assert.match(await window.text('[data-testid=found-passage] mark'), /保质期/);
  await window.picture('10-search');
  await window.click('[data-testid=found-passage]');
  await window.see('[data-testid=reader-page][data-drawn=true]', 30);
});

test('a library is tested by a question of its reader', async () => {
  await press('k');
  await window.type('[data-testid=finder-input]', '测试');
  await window.click('[data-testid=found]');
  await window.see('[data-testid=testing]');
  await window.picture('11-testing');
  await window.type('[data-testid=testing-question-input]', '红茶的保质期是多久？');
  await window.click('[data-testid=testing-from-reader]');
  await window.click('[data-testid=testing-add]');
  await window.see('[data-testid=testing-question]');
  await window.click('[data-testid=testing-run]');
  await window.see('[data-testid=testing-result]', 60);
  await window.picture('12-tested');
});

documents();
exporting();
keeping();
questions();
