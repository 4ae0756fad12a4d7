import { describe, test } from 'vitest';
import type { AnsweredCall } from '../../../main/services/results/answers.ts';
import { areToldAgain, type Asked, changes, stayFresh, study } from './kept-answers.ts';

const people = { study, labelers: null };
const group = { kind: 'diverse', target: 97.5 } as const;
const view = { ...people, group };

/** A question to each result. */
const questions: Readonly<Record<AnsweredCall, unknown>> = {
  overview: { study },
  people,
  finding: people,
  tables: { ...people, section: 'types', groups: [group], asked: 5 },
  images: view,
  labels: people,
  which: { ...view, which: { kind: 'people-disagree' } },
  image: { ...people, image: 7 },
  contributed: { name: 'draws', question: 'result', input: { study } },
};
const all = Object.entries(questions) as [AnsweredCall, unknown][] satisfies Asked[];

describe('whatever changes, an answer that was kept is equal to a fresh one', () => {
  test.each(Object.keys(changes))('%s', (name) => stayFresh(name, all));
});

test('what was kept is told again without being computed while nothing changed', () => areToldAgain(all));
