// Small choices of the window (language, widths) that outlive it. Nothing of a document is kept here.

const PREFIX = 'yinju.';

export interface Remembered<T> {
  value: T;
}

/** A rune whose value is kept in the web view's storage. */
export function remembered(name: string, initial: boolean): Remembered<boolean>;
export function remembered(name: string, initial: number): Remembered<number>;
export function remembered<T extends string>(name: string, initial: T): Remembered<T>;
export function remembered<T>(name: string, initial: T): Remembered<T> {
  let value = $state(read(name, initial));
  return {
    get value() {
      return value;
    },
    set value(next: T) {
      value = next;
      localStorage.setItem(PREFIX + name, JSON.stringify(next));
    },
  };
}

function read<T>(name: string, initial: T): T {
  const stored = localStorage.getItem(PREFIX + name);
  if (stored === null) return initial;
  try {
    const value: unknown = JSON.parse(stored);
    return typeof value === typeof initial ? (value as T) : initial;
  } catch {
    return initial;
  }
}
