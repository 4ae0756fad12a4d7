import { describe, test } from 'vitest';
import { type Asked, stayFresh, study } from '../../services/results/kept-answers.ts';

const plan: Asked = ['contributed', { name: 'evaluation', question: 'plan', input: { study } }];

describe('a kept list of networks without answers is equal to a fresh one after', () => {
  test.each(['answers to test images', 'a network removed', 'the declaration'])('%s', (name) =>
    stayFresh(name, [plan]),
  );
});
