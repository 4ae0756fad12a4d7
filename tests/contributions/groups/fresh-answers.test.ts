import { describe, test } from 'vitest';
import { type Asked, stayFresh, study } from '../../services/results/kept-answers.ts';

const view = { study, labelers: null, group: { kind: 'diverse', target: 97.5 } };
const input = { a: view, b: { ...view, labelers: [1, 2, 3] } };
const compare: Asked = ['contributed', { name: 'groups', question: 'compare', input }];

describe('a kept comparison is equal to a fresh one after', () => {
  test.each(['a label', 'who counts', 'a network removed'])('%s', (name) => stayFresh(name, [compare]));
});
