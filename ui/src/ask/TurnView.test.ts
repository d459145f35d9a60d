import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { answer, clearMocks, evidence, mockShell, provenance } from '../../test/fixtures';
import { modelOf } from '../../test/own';
import { hideUnsupported } from '../shared/hiding.svelte';
import { Turn } from './conversation.svelte';
import TurnView from './TurnView.svelte';

afterEach(() => {
  cleanup();
  clearMocks();
  hideUnsupported.value = false;
});

const models = [
  modelOf('small', { kind: 'generator', isDefault: true }),
  modelOf('large', { kind: 'generator', isDefault: false }),
  modelOf('absent', { kind: 'generator', installed: false }),
];

function view(over: Partial<typeof answer> = {}, props = {}) {
  const actions = {
    open: vi.fn(),
    again: vi.fn(),
    edit: vi.fn(),
    leave: vi.fn(),
    branch: vi.fn(),
    remove: vi.fn(),
    saved: vi.fn(),
    failed: vi.fn(),
    strictness: vi.fn(),
  };
  const turn = Turn.of({ ...answer, ...over });
  const what = { chat: 7, title: turn.question, turn: 3 };
  const shown = { turn, newest: true, editing: false, busy: false, what, models, actions };
  render(TurnView, { ...shown, ...props });
  return { turn, actions };
}

test('an answer is given again as usual, or by another model', async () => {
  const { actions } = view();
  await fireEvent.click(screen.getByTestId('again'));
  expect(actions.again).toHaveBeenLastCalledWith();
  await fireEvent.click(screen.getByTestId('again-with'));
  const choice = screen.getByTestId<HTMLSelectElement>('again-model');
  expect([...choice.options].map(({ value }) => value)).toEqual(['small', 'large']);
  await fireEvent.change(choice, { target: { value: 'large' } });
  await fireEvent.input(screen.getByTestId('again-seed'), { target: { value: '7' } });
  await fireEvent.click(screen.getByTestId('again-go'));
  expect(actions.again).toHaveBeenLastCalledWith({ model: 'large', temperature: 0.7, seed: 7 });
});

test('only the newest answer is given again, and none while another is written', () => {
  view({}, { newest: false });
  expect(screen.queryByTestId('again')).toBeNull();
  cleanup();
  view({}, { busy: true });
  expect(screen.getByTestId<HTMLButtonElement>('again').disabled).toBe(true);
});

test('an answer that breaks off says so quietly', async () => {
  const { actions } = view({ interrupted: true });
  const line = screen.getByTestId('interrupted');
  await fireEvent.click(within(line).getByRole('button'));
  expect(actions.again).toHaveBeenCalled();
});

test('a question is changed in its place', async () => {
  const { turn, actions } = view({}, { editing: true });
  const field = screen.getByTestId<HTMLTextAreaElement>('edit-question');
  expect(field.value).toBe(answer.question);
  await fireEvent.input(field, { target: { value: '押金？' } });
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(actions.branch).toHaveBeenCalledWith(turn, '押金？');
  await fireEvent.keyDown(field, { key: 'Escape' });
  expect(actions.leave).toHaveBeenCalled();
});

test('one answer alone is exported', async () => {
  let exported: unknown;
  mockShell({
    export_chat: (args) => {
      exported = args;
      return 'a.bib';
    },
  });
  const { actions } = view();
  await fireEvent.click(screen.getByTestId('export-answer'));
  await fireEvent.click(screen.getByTestId('export-bib'));
  await vi.waitFor(() => expect(actions.saved).toHaveBeenCalledWith('a.bib'));
  expect(exported).toEqual({ chat: 7, format: 'bib', title: answer.question, turn: 3 });
});

test('a turn is removed after a question', async () => {
  const { turn, actions } = view();
  await fireEvent.click(screen.getByTestId('turn-more'));
  await fireEvent.click(screen.getByTestId('turn-remove'));
  expect(actions.remove).not.toHaveBeenCalled();
  const confirm = screen.getByRole('dialog', { hidden: true }).querySelector('[type=submit]');
  if (confirm) await fireEvent.click(confirm);
  expect(actions.remove).toHaveBeenCalledWith(turn);
});

test('sentences without support are hidden if one wishes, and shown again', async () => {
  view();
  const body = screen.getByTestId('answer');
  expect(body.textContent).toContain('押金');
  expect(screen.queryByTestId('hidden-sentences')).toBeNull();
  cleanup();
  hideUnsupported.value = true;
  view();
  expect(screen.getByTestId('answer').textContent).not.toContain('押金');
  const line = screen.getByTestId('hidden-sentences');
  await fireEvent.click(within(line).getByRole('button'));
  expect(screen.getByTestId('answer').textContent).toContain('押金');
});

test('how it was answered is told on demand, evidence with its rank', async () => {
  const { actions } = view({ provenance });
  expect(screen.queryByTestId('provenance')).toBeNull();
  await fireEvent.click(screen.getByTestId('how'));
  const panel = screen.getByTestId('provenance');
  for (const text of [...provenance.searched, provenance.draft ?? '', 'f'.repeat(64), '0.83']) {
    expect(panel.textContent).toContain(text);
  }
  expect(screen.getByTestId<HTMLDetailsElement>('messages').open).toBe(false);
  const [source] = within(panel).getAllByText('房屋租赁合同');
  if (source) await fireEvent.click(source);
  expect(actions.open).toHaveBeenCalledWith(expect.objectContaining({ page: 2 }));
});

test('a refusal names the words no document has, and leads to the setting', async () => {
  const refusal = {
    code: 'not_in_documents' as const,
    nearest: evidence.map(({ hit }) => hit),
    missing: ['量子', '押金'],
    unreadablePages: [],
  };
  const { actions } = view({ refusal, text: '', citations: [], sentences: [] });
  const { textContent } = screen.getByTestId('missing');
  expect(textContent).toContain('量子');
  expect(textContent).toContain('押金');
  await fireEvent.click(screen.getByTestId('to-strictness'));
  expect(actions.strictness).toHaveBeenCalled();
});

test('citations in a table open their page, and what it holds stays text', async () => {
  const text = '| 文档 | 说法 |\n| --- | --- |\n| <b>合同</b> | 二十四个月[1] |';
  const { actions } = view({ text, sentences: [] });
  const table = screen.getByTestId('answer-table');
  expect(within(table).getAllByRole('columnheader')).toHaveLength(2);
  expect(within(table).getByText('<b>合同</b>')).toBeTruthy();
  await fireEvent.click(within(table).getByTestId('citation-1'));
  expect(actions.open).toHaveBeenCalledWith(expect.objectContaining({ page: 2 }));
});
