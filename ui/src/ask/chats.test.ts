import { expect, test } from 'vitest';
import { chatOf } from '../../test/fixtures';
import { chatGroups } from './chats';

test('pinned conversations come first, whatever their day', () => {
  const now = new Date('2026-11-20T12:00:00');
  const chats = [
    chatOf(1, { pinned: true, updated: '2026-01-01T12:00:00' }),
    chatOf(2, { updated: '2026-11-20T08:00:00' }),
    chatOf(3, { updated: '2026-11-02T08:00:00' }),
  ];
  const groups = chatGroups(chats, now).map(({ name, chats }) => [name, chats.map(({ id }) => id)]);
  expect(groups).toEqual([
    ['pinned', [1]],
    ['today', [2]],
    ['earlier', [3]],
  ]);
});
