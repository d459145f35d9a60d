import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { clearMocks, mockShell } from '../../test/fixtures';
import StrictnessField from './StrictnessField.svelte';

afterEach(() => {
  cleanup();
  clearMocks();
});

test('strictness is read from the engine and kept there, in five steps', async () => {
  const kept: unknown[] = [];
  mockShell({
    strictness: () => -0.5,
    set_strictness: (args) => {
      kept.push(args['strictness']);
    },
  });
  render(StrictnessField);
  const slider = screen.getByTestId<HTMLInputElement>('strictness');
  await waitFor(() => expect(slider.value).toBe('1'));
  const before = slider.getAttribute('aria-valuetext');
  for (const value of ['4', '2']) await fireEvent.input(slider, { target: { value } });
  expect(kept).toEqual([1, 0]);
  expect(slider.getAttribute('aria-valuetext')).not.toBe(before);
});

test('a setting that is not kept says so', async () => {
  mockShell({
    strictness: () => 0,
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the shell does
    set_strictness: () => Promise.reject({ code: 'disk_full', message: '', hint: null }),
  });
  render(StrictnessField);
  await fireEvent.input(screen.getByTestId('strictness'), { target: { value: '4' } });
  await waitFor(() => expect(screen.getByTestId('problem').dataset['code']).toBe('disk_full'));
});
