import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ImportJob, ImportState } from '../backend';
import { idle } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import ImportLine from './ImportLine.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(cleanup);

function line(imports: Partial<ImportState>, setAside: ImportJob[] = []) {
  const acts = { onstop: vi.fn(), ondrop: vi.fn() };
  return {
    ...acts,
    ...render(ImportLine, { imports: { ...idle, ...imports }, setAside, ...acts }),
  };
}

const nothing = { documents: 0, pages: 0, passages: 0, failed: 0, unchanged: 0, unread: 0 };

test('what was left out is counted, and told by its reason', async () => {
  const skipped = [
    { reason: 'broken_link' as const, count: 1, names: ['old.pdf'] },
    { reason: 'unsupported_kind' as const, count: 9, names: ['a.png', 'b.png', 'c.png'] },
  ];
  line({ last: { ...nothing, seconds: 1, skipped } });
  const summary = screen.getByRole('button', { expanded: false });
  expect(summary.textContent).toContain('10 left out');
  await fireEvent.click(summary);
  expect(screen.getAllByTestId('import-skipped').map(({ textContent }) => textContent)).toEqual([
    '1 link that leads nowhere: old.pdf',
    '9 files of a kind that cannot be read: a.png, b.png, c.png…',
  ]);
});

test('a file that was set aside is shown with its reason and can be forgotten', async () => {
  const problem = { code: 'set_aside', message: '', hint: null };
  const { ondrop } = line({}, [{ id: 7, fileName: 'bad.pdf', attempts: 2, problem }]);
  expect(screen.getByTestId('import-line').textContent).toContain('1 set aside');
  expect(screen.getByTestId('import-set-aside').textContent).toContain('ended twice');
  await fireEvent.click(screen.getByRole('button', { name: 'Forget “bad.pdf”' }));
  expect(ondrop).toHaveBeenCalledWith(7);
});
