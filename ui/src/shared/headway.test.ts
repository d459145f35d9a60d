import { expect, test } from 'vitest';
import { Headway } from './headway.svelte';

const asked = (done: number, total = 100) => ({ preparing: false, done, total });

test('the time left follows from the pace, once there is one', () => {
  const headway = new Headway();
  headway.note(asked(10), 0);
  headway.note(asked(11), 1000);
  expect(headway.secondsLeft).toBeNull();
  headway.note(asked(20), 5000);
  expect(headway.secondsLeft).toBe(40);
});

test('another stage has another pace', () => {
  const headway = new Headway();
  headway.note({ preparing: true, done: 0, total: 8 }, 0);
  headway.note({ preparing: true, done: 4, total: 8 }, 8000);
  expect(headway.secondsLeft).toBe(8);
  headway.note(asked(1), 9000);
  expect(headway.secondsLeft).toBeNull();
});

test('what begins anew says nothing of before', () => {
  const headway = new Headway();
  headway.note(asked(3), 0);
  headway.begin();
  expect(headway.progress).toBeNull();
});
