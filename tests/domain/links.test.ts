import { expect, test } from 'vitest';
import { findLinks } from '../../main/domain/numbers/links.ts';

test('web addresses are found once each, without the punctuation around them', () => {
  expect(
    findLinks('See https://example.org/a?b=1#c, (http://example.org/x). Again: https://example.org/a?b=1#c'),
  ).toEqual(['https://example.org/a?b=1#c', 'http://example.org/x']);
  expect(findLinks('<a href="https://example.org">x</a>')).toEqual(['https://example.org']);
});

test('nothing else is a link', () => {
  for (const text of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:text/html,x',
    'www.example.org',
    'https://',
    'x',
  ])
    expect(findLinks(text), text).toEqual([]);
  expect(findLinks(Array.from({ length: 50 }, (_, n) => `https://example.org/${n}`).join(' '))).toHaveLength(20);
});
