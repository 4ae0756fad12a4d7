import { expect, test } from 'vitest';
import { followers, inOrder } from '../../main/exhibits/result-lists.ts';

const items = [
  { id: 'a' },
  { id: 'b' },
  ...[
    { id: 'x', after: 'a' },
    { id: 'z', after: 'y' },
    { id: 'y', after: 'a' },
    { id: 'last', after: 'gone' },
    { id: 'w', before: 'b' },
    { id: 'v', before: 'w' },
  ],
];
const ids = (all: readonly { id: string }[]): string[] => all.map(({ id }) => id);

test('what is added stands behind or before what it names, in the order in which it is listed, and last where that is not there', () => {
  expect(ids(inOrder(items))).toEqual(['a', 'x', 'y', 'z', 'v', 'w', 'b', 'last']);
  expect(ids(followers(items, 'a'))).toEqual(['x', 'y', 'z']);
  expect(ids(followers(items, 'gone'))).toEqual(['last']);
});
