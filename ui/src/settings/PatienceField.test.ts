import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test } from 'vitest';
import { clearMocks, mockShell } from '../../test/fixtures';
import { seconds } from '../shared/format';
import PatienceField from './PatienceField.svelte';

afterEach(() => {
  cleanup();
  clearMocks();
});

test('patience is read from the engine, shown in seconds and kept there', async () => {
  const kept: unknown[] = [];
  mockShell({
    patience: () => 8,
    set_patience: (args) => {
      kept.push(args['seconds']);
    },
  });
  const { container } = render(PatienceField);
  const slider = screen.getByTestId<HTMLInputElement>('patience');
  await waitFor(() => expect(slider.value).toBe('8'));
  expect([slider.min, slider.max]).toEqual(['2', '60']);
  expect(container.textContent).toContain(seconds(8));
  for (const value of ['20', '60']) await fireEvent.input(slider, { target: { value } });
  expect(kept).toEqual([20, 60]);
  expect(container.textContent).toContain(seconds(60));
  expect(slider.getAttribute('aria-valuetext')).toBe(seconds(60));
});

test('a setting that is not kept says so', async () => {
  mockShell({
    patience: () => 8,
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the shell does
    set_patience: () => Promise.reject({ code: 'disk_full', message: '', hint: null }),
  });
  render(PatienceField);
  await fireEvent.input(screen.getByTestId('patience'), { target: { value: '30' } });
  await waitFor(() => expect(screen.getByTestId('problem').dataset['code']).toBe('disk_full'));
});
