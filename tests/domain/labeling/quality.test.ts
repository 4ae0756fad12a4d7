import { expect, test } from 'vitest';
import { assessSession, type SessionData } from '../../../main/domain/labeling/quality.ts';
import type { Trial } from '../../../main/domain/labeling/order.ts';

const trials: Trial[] = [
  ...Array.from({ length: 40 }, (_, image): Trial => ({ image, kind: 'real', block: 1 })),
  ...Array.from({ length: 6 }, (_, image): Trial => ({ image, kind: 'repeat', block: 1 })),
  { image: 39, kind: 'attention', block: 1 },
];

function story(change: Partial<SessionData> = {}): SessionData {
  const choices = trials.map(({ image }) => image % 3);
  return {
    ...{ trials, choices, answers: trials.map(() => 1), firstMs: trials.map((_, index) => 500 + index) },
    ...{ focusLost: { times: 0, seconds: 0 }, clearClass: (image) => image % 3, timed: true },
    seenAhead: false,
    ...change,
  };
}

const kinds = (change: Partial<SessionData>): string[] => assessSession(story(change)).flags.map(({ kind }) => kind);

test('a calm session has no flag, and its numbers are those of its real trials', () => {
  expect(assessSession(story())).toMatchObject({
    ...{ real: 40, answered: 40, blank: 0, changed: 0, flags: [] },
    ...{
      responseMs: { q1: 509.75, median: 519.5, q3: 529.25 },
      consistency: { k: 6, n: 6 },
      attention: { k: 1, n: 1 },
    },
  });
});

test('blank, can’t tell and changes are counted', () => {
  const choices = story().choices.map((choice, index) => (index === 3 ? null : index < 2 ? -1 : choice));
  const answers = trials.map((_, index) => (index === 7 ? 3 : 1));
  expect(assessSession(story({ choices, answers }))).toMatchObject({
    answered: 39,
    blank: 1,
    cannotTell: 2,
    changed: 1,
  });
});

test('each flag for what it is about', () => {
  const run = story().choices.map((choice, index) => (index >= 10 && index < 24 ? 0 : choice));
  expect(kinds({ choices: run })).toContain('straight-lining');
  expect(kinds({ choices: trials.map(() => 1) })).toEqual(['one-answer', 'attention-missed']);
  expect(kinds({ firstMs: trials.map((_, index) => (index % 5 === 0 ? 120 : 600)) })).toEqual(['too-fast']);
  expect(kinds({ firstMs: trials.map(() => 120), timed: false })).toEqual([]);
  expect(kinds({ focusLost: { times: 2, seconds: 9 } })).toEqual(['focus-lost']);
  const unsure = story().choices.map((choice, index) => (index >= 40 && index < 44 ? ((choice ?? 0) + 1) % 3 : choice));
  expect(kinds({ choices: unsure })).toEqual(['inconsistent']);
});

test('where images are seen ahead, some quick answers are fair, and a pace that nobody sees at is not', () => {
  const quick = trials.map((_, index) => (index % 3 === 0 ? 80 : 600));
  expect(kinds({ firstMs: quick })).toEqual(['too-fast']);
  expect(kinds({ firstMs: quick, seenAhead: true })).toEqual([]);
  const { flags } = assessSession(story({ firstMs: trials.map(() => 120), seenAhead: true }));
  expect(flags).toEqual([{ kind: 'too-fast', message: 'Half of the answers came within 120 ms of the one before.' }]);
});
