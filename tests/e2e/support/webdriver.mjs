// A WebDriver client for the real window (https://www.w3.org/TR/webdriver2/), over fetch.
// Deliberately not here: what the tests look for.

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const PORT = 4464;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Two frames, so that what changed last is on the screen; a window out of sight draws none. */
const DRAWN = `
  const [done] = arguments;
  setTimeout(done, 1000);
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)));`;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Calls `probe` until it gives something; fails with `what` after `seconds`. */
export async function until(what, probe, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`, { cause: last });
    await pause(150);
  }
}

async function call(method, route, body) {
  const response = await fetch(`http://127.0.0.1:${PORT}${route}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const { value } = await response.json();
  if (value?.error) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** A running window and the driver it hangs on. */
export class Window {
  #driver;
  #session;
  #artifacts;

  /** Starts the application on a home, in a language. */
  static async open({ application, args = [], env, artifacts }) {
    const window = new Window();
    window.#artifacts = artifacts;
    await mkdir(artifacts, { recursive: true });
    // In a group of its own, with the native driver and the application, so that all can be ended.
    window.#driver = spawn('tauri-driver', ['--port', String(PORT), '--native-port', String(PORT + 1)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    });
    try {
      await until('the driver', () => call('GET', '/status'));
      const capabilities = {
        alwaysMatch: { browserName: 'wry', 'tauri:options': { application, args } },
      };
      const { sessionId } = await call('POST', '/session', { capabilities });
      window.#session = `/session/${sessionId}`;
      return window;
    } catch (error) {
      window.kill();
      throw error;
    }
  }

  /** Ends the session and waits until the driver is gone, so that its port is free. */
  async close() {
    await call('DELETE', this.#session).catch(() => {});
    const gone = new Promise((resolve) => this.#driver.once('exit', resolve));
    this.#driver.kill();
    await gone;
  }

  /** Ends whatever still runs of driver and application: a process that holds the test's output open
   * keeps the test runner waiting for ever. */
  kill() {
    try {
      process.kill(-this.#driver.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  /** The first element that matches, or undefined. */
  async find(css) {
    const using = 'css selector';
    const found = await call('POST', `${this.#session}/elements`, { using, value: css });
    return found[0]?.[ELEMENT];
  }

  /** The element that matches, as soon as there is one. */
  see(css, seconds) {
    return until(css, () => this.find(css), seconds);
  }

  /** Clicks it as soon as it can be clicked: what opens is there before it has its place, and the end of a
   * long menu may have to be scrolled to. */
  async click(css, seconds = 20) {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const element = await this.see(css, seconds);
      try {
        return await call('POST', `${this.#session}/element/${element}/click`, {});
      } catch (error) {
        if (!/not interactable|stale element/.test(error.message) || Date.now() > end) throw error;
        const scroll = 'arguments[0].scrollIntoView({ block: "nearest" })';
        await this.run(scroll, { [ELEMENT]: element }).catch(() => {});
        await pause(150);
      }
    }
  }

  /** Rests the pointer on an element, so that what waits for it shows. */
  async hover(css) {
    const origin = { [ELEMENT]: await this.see(css) };
    const move = { type: 'pointerMove', duration: 0, x: 0, y: 0, origin };
    const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions: [move] };
    await call('POST', `${this.#session}/actions`, { actions: [pointer] });
  }

  async type(css, text) {
    const element = await this.see(css);
    await call('POST', `${this.#session}/element/${element}/value`, { text });
  }

  async text(css) {
    return call('GET', `${this.#session}/element/${await this.see(css)}/text`);
  }

  /** Runs a function body in the page. */
  run(script, ...args) {
    return call('POST', `${this.#session}/execute/sync`, { script, args });
  }

  /** How often a selector matches. */
  count(css) {
    return this.run('return document.querySelectorAll(arguments[0]).length', css);
  }

  /** What an element says, ellipsis or not. */
  inside(css) {
    return this.run('return document.querySelector(arguments[0])?.textContent ?? ""', css);
  }

  /** Keeps a picture of the window, as it is once all is drawn. */
  async picture(name) {
    await call('POST', `${this.#session}/execute/async`, { script: DRAWN, args: [] });
    const png = await call('GET', `${this.#session}/screenshot`);
    await writeFile(path.join(this.#artifacts, `${name}.png`), Buffer.from(png, 'base64'));
  }
}
