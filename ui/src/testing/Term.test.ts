import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import Term from './Term.svelte';

afterEach(cleanup);

test('the meaning is shown under the pointer and on focus, and belongs to the term', async () => {
  render(Term, { term: 'recall@1', meaning: 'how often the right page is first' });
  const term = screen.getByText('recall@1');
  const meaning = screen.getByText(/right page/);
  expect(term.getAttribute('aria-describedby')).toBe(meaning.id);
  const isShown = () => !meaning.hidden;
  expect(isShown()).toBe(false);
  await fireEvent.pointerEnter(term);
  expect(isShown()).toBe(true);
  await fireEvent.pointerLeave(term);
  expect(isShown()).toBe(false);
  await fireEvent.focus(term);
  expect(isShown()).toBe(true);
  await fireEvent.blur(term);
  expect(isShown()).toBe(false);
});
