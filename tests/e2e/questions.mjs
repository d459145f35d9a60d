// Every way to ask, in English, over the sample library in a home of its own.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { answerFolderDialog } from './support/desktop.mjs';
import {
  answered,
  ask,
  askAnew,
  choose,
  close,
  fill,
  folder,
  mode,
  open,
  ready,
  restingPage,
  set,
  window,
} from './support/stage.mjs';
import { until } from './support/webdriver.mjs';

const rows = () => window.count('[data-testid=answer-table] tbody tr');
const closeReader = () => window.click('[data-testid=reader-close]');
const chats = () => window.count('[data-testid=chat-row]');

export function questions() {
  test('the sample library is added by one button', async () => {
    await close();
    await open('samples', 'en');
    await window.click('[data-testid=welcome-samples]');
    await ready(5);
    await window.see('[data-testid=sample-question]');
    await window.picture('40-samples-ready');
  });

  test('a question is answered again with another seed', async () => {
    await askAnew('What caused the false alarms?');
    await window.click('[data-testid=again-with]');
    await window.see('[data-testid=again-go]');
    await fill('[data-testid=again-seed]', '7');
    await window.picture('41-again-with');
    await answered(() => window.click('[data-testid=again-go]'));
    assert.equal(await chats(), 1);
    await window.click('[data-testid=how]');
    assert.match(await window.text('[data-testid=provenance]'), /Seed\s+7\b/);
    await window.click('[data-testid=messages] summary');
    await window.run("document.querySelector('[data-testid=provenance] dl').scrollIntoView()");
    await window.picture('42-how-it-was-answered-again');
    await window.click('[data-testid=how]');
  });

  test('a refused question is answered anyway', async () => {
    await askAnew('What is the capital of Norway?', 60);
    await window.see('[data-testid=answer-anyway]');
    await window.picture('43-refusal');
    await answered(() => window.click('[data-testid=answer-anyway]'));
    assert.equal(await window.count('[data-testid=answer-anyway]'), 0);
    await window.picture('44-answered-anyway');
  });

  test('documents are compared in a table', async () => {
    await window.click('[data-testid=ask-mode]');
    await window.see('[data-testid=mode-compare]');
    await window.picture('45-ways-to-answer');
    await window.click('[data-testid=mode-compare]');
    await askAnew('How hot should the water for green tea be?');
    assert.equal(await rows(), 5);
    await window.picture('46-compare');
  });

  test('every place is listed in a table', async () => {
    await mode('extract');
    await askAnew('List every temperature');
    assert.ok((await rows()) > 3);
    await window.picture('47-every-place');
    await window.click('[data-testid=citation-3]');
    await restingPage();
    await window.picture('48-every-place-beside-the-page');
  });

  test('documents are summarised under their headings', async () => {
    await mode('summary');
    await askAnew('What are these documents about?');
    assert.ok((await window.count('[data-testid=answer] h3')) > 2);
    await window.picture('49-summary');
  });

  test('a question is asked of two chosen documents', async () => {
    await closeReader();
    await window.click('[data-testid=scope-chip]');
    await window.see('[data-testid=scope-choose]');
    await window.picture('50-where-to-look');
    await window.click('[data-testid=scope-choose]');
    await window.see('[data-testid=scope-dialog]');
    for (const file of ['kettle', 'tea']) {
      await window.click(`[data-testid=scope-dialog] label[title*="${file}"] input`);
    }
    await window.picture('51-two-documents-ticked');
    await window.click('[data-testid=scope-dialog] button[type=submit]');
    await until('the chip to say so', async () =>
      (await window.inside('[data-testid=scope-chip]')).includes('2 documents'));
    await mode('compare');
    await askAnew('Which temperature is right for green tea?');
    assert.equal(await rows(), 2);
    await window.picture('52-two-documents-compared');
  });

  test('both are copied into a folder with their quoted words highlighted', async () => {
    await window.click('[data-testid=export-answer]');
    const click = window.click('[data-testid=export-highlighted]');
    await answerFolderDialog('Select Folder', folder);
    await click;
    const copies = await until('two copies', async () => {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.pdf'));
      return files.filter((file) => /kettle|tea/.test(file)).length === 2 && files;
    });
    for (const file of copies) {
      assert.match((await readFile(path.join(folder, file))).toString('latin1'), /\/Highlight\b/);
    }
    await window.see('.notice p');
    await window.picture('52a-two-copies-saved');
  });

  test('an edited question goes on in a conversation of its own', async () => {
    await mode('quotes');
    await askAnew('How do I descale the kettle?');
    await answered(() => ask('What does error E5 mean?'));
    const before = await chats();
    await window.click('.turn:last-child [data-testid=edit]');
    await window.see('[data-testid=edit-question]');
    await fill('[data-testid=edit-question]', 'What does error E2 mean?');
    await window.picture('53-question-edited');
    await answered(() => window.click('[data-testid=edit-send]'));
    assert.equal(await chats(), before + 1);
    assert.equal(await window.count('.turn'), 2);
    await window.picture('54-branched');
  });

  test('the README shows a question in English, its answer and the page', async () => {
    await mode('answer');
    await window.click('[data-testid=scope-chip]');
    await window.click('.list [role=menuitemradio]');
    await window.click('[data-testid=import-dismiss]');
    await askAnew('How much did the network cost and what did it save?');
    const second = await window.find('[data-testid=citation-2]');
    await window.click(`[data-testid=citation-${second ? 2 : 1}]`);
    await restingPage();
    await window.picture('window-en');
    await closeReader();
  });

  test('it all stands in the dark and in Chinese too', async () => {
    await set('theme-dark');
    await window.picture('60-branched-dark');
    await set('language-zh');
    await window.click('[data-testid=chat-row][title^="Which temperature"]');
    await window.see('[data-testid=answer-table]');
    await window.click('[data-testid=how]');
    await window.see('[data-testid=scores]');
    await window.run("document.querySelector('[data-testid=how]').scrollIntoView({ block: 'center' })");
    await window.picture('61-compared-dark-zh');
    await choose('[data-testid=scope-chip]');
    await window.click('[data-testid=scope-choose]');
    await window.see('[data-testid=scope-dialog]');
    await window.picture('62-scope-dark-zh');
  });
}
