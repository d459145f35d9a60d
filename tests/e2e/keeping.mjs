// What keeps a library whole: what an import left out is told, and the database is copied and one of
// its copies put in its place after a question.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { dropFiles } from './support/desktop.mjs';
import { folder, window } from './support/stage.mjs';
import { until } from './support/webdriver.mjs';

export function keeping() {
  test('what is left out of a folder is named', async () => {
    const project = path.join(folder, 'project');
    await mkdir(project);
    await writeFile(path.join(project, 'drawing.dwg'), 'AC1032');
    await writeFile(path.join(project, 'note.txt'), 'The bridge is painted every seven years.');
    await dropFiles([project], { x: 700, y: 500 });
    await window.see('[data-testid=document-row] [title^=note]', 30);
    await window.see('[data-testid=import-line][data-running=false] .summary', 30);
    await window.click('[data-testid=import-line] .summary');
    await window.see('[data-testid=import-skipped]');
    assert.match(await window.text('[data-testid=import-skipped]'), /drawing\.dwg/);
    await window.picture('14-skipped');
    await window.click('[data-testid=import-dismiss]');
  });

  test('the database is copied, and a copy is put in its place after a question', async () => {
    await window.click('[data-testid=settings-button]');
    await window.click('[data-testid=open-backups]');
    await window.see('[data-testid=backup-dialog]');
    const before = await window.count('[data-testid=backup]');
    await window.picture('15-copies');
    await window.click('[data-testid=backup-dialog] button[type=submit]');
    await until('one copy more', async () => (await window.count('[data-testid=backup]')) === before + 1);
    await window.picture('16-copy-made');
    await window.click('[data-testid=restore]');
    await window.see('[data-testid=restore-dialog]');
    await window.picture('17-copy-asked-before-it-is-put-in-place');
    // Putting it in place starts the program again, out of the driver's reach.
    await window.click('[data-testid=restore-dialog] .actions button[type=button]');
    await window.see('[data-testid=backup-dialog]');
    await window.click('[data-testid=backup-dialog] .actions button[type=button]');
    await until('the dialog to go', async () => (await window.count('dialog')) === 0);
  });
}
