import { expect, test } from 'vitest';
import { referenceOf } from '../../test/fixtures';
import type { Bibliography } from '../backend';
import { printedOf } from './printed';

function check(over: Partial<Bibliography>, expected: string) {
  expect(printedOf(referenceOf(over), 'File')).toBe(expected);
}

test('Chinese works much as GB/T 7714 has them', () => {
  check(
    {
      kind: 'article',
      title: '茶叶的保存',
      authors: ['王一', '李二', '张三', '赵四'],
      container: '茶业通报',
      date: '2021-05-17',
      volume: '12',
      issue: '3',
      pages: '45-67',
      doi: '10.1000/182',
    },
    '王一, 李二, 张三, 等. 茶叶的保存[J]. 茶业通报, 2021, 12(3): 45-67. DOI: 10.1000/182.',
  );
  check(
    { kind: 'book', title: '茶经', edition: '2', place: '北京', publisher: '书局', date: '2010' },
    '茶经[M]. 2 版. 北京: 书局, 2010.',
  );
  check(
    { kind: 'paper', title: '论茶', container: '茶会文集', date: '2020', pages: '3' },
    '论茶[C]//茶会文集. 2020: 3.',
  );
  check(
    { kind: 'standard', title: '绿茶', number: 'GB/T 14456.1—2017', date: '2017' },
    '绿茶: GB/T 14456.1—2017[S]. 2017.',
  );
});

test('other works by author and date', () => {
  check(
    {
      kind: 'article',
      title: 'Keeping tea',
      authors: ['Knuth, Donald E.', 'Turing, Alan'],
      container: 'Tea Letters',
      date: '2021-05-17',
      volume: '12',
      issue: '3',
      pages: '45-67',
      doi: '10.1000/182',
    },
    'Knuth, Donald E.; Turing, Alan (2021). Keeping tea. Tea Letters, 12(3), 45–67. doi:10.1000/182.',
  );
  check(
    { kind: 'chapter', title: 'Why?', container: 'Tea', pages: '3-5', publisher: 'Leaf Press' },
    'Why? In Tea, 3–5. Leaf Press.',
  );
  check({ kind: 'report', title: 'Kettles', number: 'R-7', edition: '2' }, 'Kettles (R-7, ed. 2).');
});

test('without a title it is called as the document is', () => {
  check({ title: '' }, 'File.');
});
