// What a person does outside the page: dragging files in, answering native dialogs, closing the window.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { until } from './webdriver.mjs';

const run = promisify(execFile);
const xdotool = (...words) => run('xdotool', words.map(String));
const python = (script, ...words) => [
  // The system's Python has the GTK bindings, whatever another one on the path has.
  '/usr/bin/python3',
  [fileURLToPath(new URL(script, import.meta.url)), ...words].map(String),
];
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Drags files from a window of their own to a point of the screen. */
export async function dropFiles(files, to) {
  const from = { x: 20, y: 20 };
  const source = spawn(...python('drag.py', 0, 0, ...files), { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(source, 'exit').then(() => Promise.reject(new Error('no drag source')));
  await Promise.race([once(source.stdout, 'data'), failed]);
  failed.catch(() => {});
  await pause(300);
  await xdotool('mousemove', from.x, from.y, 'mousedown', 1);
  // GTK begins a drag after a few steps and asks its target at each of them.
  for (let step = 1; step <= 20; step += 1) {
    const x = Math.round(from.x + ((to.x - from.x) * step) / 20);
    const y = Math.round(from.y + ((to.y - from.y) * step) / 20);
    await xdotool('mousemove', x, y);
    await pause(40);
  }
  await pause(300);
  await xdotool('mouseup', 1);
  await Promise.race([once(source, 'exit'), pause(5000)]);
  source.kill();
}

/** Closes the windows of a program, as a click on their cross does. */
export async function closeWindows(program) {
  const { stdout } = await xdotool('search', '--onlyvisible', '--class', program);
  await run(...python('close.py', ...stdout.trim().split('\n')));
}

/** Types a path into the native file dialog that is open and accepts it. */
export async function answerFileDialog(title, file) {
  await focusDialog(title);
  await xdotool('key', '--clearmodifiers', 'ctrl+a');
  await xdotool('type', '--delay', 8, file);
  await pause(300);
  await xdotool('key', 'Return');
}

/** Chooses a folder in the native dialog that is open. */
export async function answerFolderDialog(title, folder) {
  await focusDialog(title);
  // Of the files used last no folder can be chosen; a path is written over that of the home.
  for (const keys of ['alt+Home', 'ctrl+l', 'ctrl+a']) {
    await xdotool('key', '--clearmodifiers', keys);
    await pause(300);
  }
  await xdotool('type', '--delay', 20, folder);
  // The first takes what completes the path.
  await until('the dialog to go', async () => {
    await xdotool('key', 'Return');
    await pause(500);
    return !(await dialogOf(title));
  });
}

async function focusDialog(title) {
  const id = await until(`the dialog “${title}”`, () => dialogOf(title));
  await xdotool('windowfocus', '--sync', id).catch(() => {});
  await pause(300);
}

/** The newest window of this title, if there is one. */
async function dialogOf(title) {
  const found = await xdotool('search', '--onlyvisible', '--name', title).catch(() => ({ stdout: '' }));
  return found.stdout.trim().split('\n').pop();
}
