import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell, type Replies } from '../../test/fixtures';
import { encoderOf, modelOf } from '../../test/own';
import { languageChoice } from '../shared/i18n.svelte';
import EncoderDialog from './EncoderDialog.svelte';
import { Encoders } from './encoders.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const small = encoderOf('multilingual-e5-small', { inUse: true });
const base = encoderOf('m3e-base', { done: 10 });
const models = [
  modelOf('bge-m3', { installed: false }),
  modelOf('m3e-base'),
  modelOf('multilingual-e5-small'),
];

function dialog(replies: Replies = {}, over = {}) {
  mockShell({ encoders: () => [small, base], ...replies });
  const acts = { onuse: vi.fn(), ongot: vi.fn(), onclose: vi.fn() };
  const encoders = new Encoders();
  render(EncoderDialog, { encoders, models, testing: false, ...acts, ...over });
  return { ...acts, encoders };
}

const row = async (id: string) => {
  await screen.findByText('In use');
  const rows = screen.getAllByTestId('encoder-row');
  return rows.find((one) => one.dataset['encoder'] === id) as HTMLElement;
};

test('it says which is used, which is best, and how far the others are', async () => {
  const { onuse } = dialog();
  const used = await row(small.id);
  expect(used.textContent).toContain('measured best');
  expect(within(used).queryByTestId('encoder-use')).toBeNull();
  expect(screen.getByTestId('encoder-dialog').textContent).toContain(
    'multilingual-e5-small is the one that was measured best',
  );
  const other = await row(base.id);
  expect(other.textContent).toContain('10 of 40 passages ready');
  await fireEvent.click(within(other).getByTestId('encoder-use'));
  expect(onuse.mock.calls[0]?.[0]).toMatchObject({ id: base.id });
});

test('vectors are removed once that is confirmed', async () => {
  const drop_encoder = vi.fn();
  dialog({ drop_encoder });
  await fireEvent.click(within(await row(base.id)).getByTestId('encoder-drop'));
  const question = screen.getByText(/can be made again/);
  const form = question.closest('form') as HTMLElement;
  await fireEvent.click(within(form).getByText('Remove vectors'));
  await waitFor(() => expect(drop_encoder).toHaveBeenCalledWith({ encoder: base.id }));
});

test('a model that is not here is fetched', async () => {
  const pull_model = vi.fn();
  const { ongot } = dialog({ pull_model });
  const absent = await row('bge-m3');
  expect(within(absent).queryByTestId('encoder-use')).toBeNull();
  await fireEvent.click(within(absent).getByTestId('encoder-get'));
  await waitFor(() => expect(ongot).toHaveBeenCalled());
  expect(pull_model.mock.calls[0]?.[0]).toMatchObject({ model: 'bge-m3' });
});

test('while vectors are made their number is told, nothing else begins, and one can stop', async () => {
  const stop_test = vi.fn();
  let finish = () => {};
  const { encoders } = dialog({
    stop_test,
    use_encoder: (args) => {
      const channel = args['updates'] as { onmessage: (progress: unknown) => void };
      channel.onmessage({ preparing: true, done: 16, total: 40 });
      return new Promise<void>((resolve) => (finish = resolve));
    },
  });
  const other = await row(base.id);
  const used = encoders.use(base.id);
  const progress = await within(other).findByTestId('encoder-progress');
  await waitFor(() => expect(progress.textContent).toContain('16 of 40 passages'));
  expect(other.textContent).toContain('You can go on searching and asking meanwhile');
  await fireEvent.click(within(progress).getByRole('button'));
  expect(stop_test).toHaveBeenCalled();
  finish();
  expect(await used).toBe(true);
  await waitFor(() => expect(within(other).queryByTestId('encoder-progress')).toBeNull());
});

test('a running test comes first', async () => {
  dialog({}, { testing: true });
  const use = within(await row(base.id)).getByTestId<HTMLButtonElement>('encoder-use');
  expect(use.disabled).toBe(true);
});

test('a problem stays after the encoders were looked at again', async () => {
  const problem = { code: 'disk_full', message: '', hint: null };
  const { encoders } = dialog({
    use_encoder: () => Promise.reject(Object.assign(new Error(), problem)),
  });
  await row(base.id);
  expect(await encoders.use(base.id)).toBe(false);
  expect((await screen.findByTestId('problem')).dataset['code']).toBe('disk_full');
});
