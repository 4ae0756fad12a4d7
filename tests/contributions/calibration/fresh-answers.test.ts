import { test } from 'vitest';
import { areToldAgain, type Asked, changes, stayFresh, study } from '../../services/results/kept-answers.ts';

const group = { kind: 'diverse', target: 97.5 } as const;
const asked: readonly Asked[] = (['softmax', 'certainty'] as const).map(
  (section): Asked => ['tables', { study, labelers: null, section, groups: [group] }],
);

test.each(Object.keys(changes))('an answer that was kept is equal to a fresh one after a change of %s', (name) =>
  stayFresh(name, asked),
);

test('what was kept is told again without being computed while nothing changed', () => areToldAgain(asked));
