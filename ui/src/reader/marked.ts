// A text in parts: what is quoted of it, and what is not.

export interface Part {
  text: string;
  quoted: boolean;
}

/** The parts in order; marks are from, to, and may touch or overlap. */
export function marked(text: string, marks: readonly (readonly [number, number])[]): Part[] {
  const parts: Part[] = [];
  let done = 0;
  for (const [from, to] of [...marks].sort((a, b) => a[0] - b[0])) {
    const [start, end] = [Math.max(done, from), Math.min(text.length, to)];
    if (end <= start) continue;
    if (start > done) parts.push({ text: text.slice(done, start), quoted: false });
    const last = parts.at(-1);
    if (last?.quoted) last.text += text.slice(start, end);
    else parts.push({ text: text.slice(start, end), quoted: true });
    done = end;
  }
  if (done < text.length) parts.push({ text: text.slice(done), quoted: false });
  return parts;
}
