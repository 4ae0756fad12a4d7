import { expect, test } from 'vitest';
import { assessSession, type SessionData } from '../../../../main/contributions/desk/analysis/assess.ts';
import type { Trial } from '../../../../main/contributions/sessions/contract/plan.ts';

const trials: Trial[] = [
  ...Array.from({ length: 40 }, (_, image): Trial => ({ image, kind: 'real', block: 1 })),
  ...Array.from({ length: 6 }, (_, image): Trial => ({ image, kind: 'repeat', block: 1 })),
  { image: 39, kind: 'attention', block: 1 },
];

function story(change: Partial<SessionData> = {}): SessionData {
  const choices = trials.map(({ image }) => image % 3);
  return {
    trials,
    choices,
    answers: trials.map(() => 1),
    firstMs: trials.map((_, index) => 500 + index),
    focusLost: { times: 0, seconds: 0 },
    clearClass: (image) => image % 3,
    timed: true,
    seenAhead: false,
    ...change,
  };
}

const kinds = (change: Partial<SessionData>): string[] => assessSession(story(change)).flags.map(({ kind }) => kind);

test('a calm session has no flag, and its numbers are those of its real trials', () => {
  expect(assessSession(story())).toMatchObject({
    real: 40,
    answered: 40,
    blank: 0,
    changed: 0,
    flags: [],
    responseMs: { q1: 509.75, median: 519.5, q3: 529.25 },
    consistency: { k: 6, n: 6 },
    attention: { k: 1, n: 1 },
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

const flags = (change: Partial<SessionData>): string[] =>
  assessSession(story(change)).flags.map(({ message }) => message);
/** A session of real trials alone with these choices. */
const given = (choices: readonly (number | null)[]): Partial<SessionData> => ({
  trials: choices.map((_, image): Trial => ({ image, kind: 'real', block: 1 })),
  choices,
  answers: choices.map(() => 1),
  firstMs: choices.map(() => 600),
});
/** `runs` of one answer each: [answer, times]. */
const runs = (...all: readonly [choice: number, times: number][]): number[] =>
  all.flatMap(([choice, times]) => new Array<number>(times).fill(choice));

test('a run is flagged by its probability, given the share of its answer outside of it', () => {
  // 45 others, none of them 9: 50 * (1 / 47) ** 5 is far below 0.001, and four are never flagged.
  const others = Array.from({ length: 45 }, (_, index) => index % 3);
  expect(flags(given([...others, ...runs([9, 5])]))).toEqual([
    'The same answer 5 times in a row, although it is only 0 % of the other answers.',
  ]);
  expect(flags(given([...others, ...runs([9, 4])]))).toEqual([]);
  // 9 of 18 others: 26 * (10 / 20) ** 8 = 0.10. With 15 in a row: 33 * 0.5 ** 15 = 0.0010071; with 16: 0.00052.
  const half = Array.from({ length: 18 }, (_, index) => (index % 2 === 0 ? 9 : 1));
  expect(kinds(given([...half, ...runs([9, 8])]))).toEqual([]);
  expect(kinds(given([...half, ...runs([9, 15])]))).toEqual(['one-answer']);
  expect(flags(given([...half, ...runs([9, 16])]))).toEqual([
    'The same answer 16 times in a row, although it is only 50 % of the other answers.',
    '74 % of 34 answers are the same.',
  ]);
  // The first of the longest runs counts, and blanks interrupt none.
  expect(flags(given([...runs([9, 6]), ...others, ...runs([1, 6])]))).toEqual([
    'The same answer 6 times in a row, although it is only 0 % of the other answers.',
  ]);
  expect(kinds(given([...others, 9, 9, 9, null, 9, 9]))).toEqual(['straight-lining']);
  expect(kinds(given(runs([1, 19])))).toEqual([]);
});

test('one answer is flagged above 70 % of at least 20', () => {
  const spread = (share: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => (index % 10 < share * 10 ? 1 : index % 10));
  expect(kinds(given(spread(0.7, 20)))).toEqual([]);
  expect(flags(given(spread(0.8, 20)))).toEqual(['80 % of 20 answers are the same.']);
  expect(kinds(given(spread(0.8, 20).slice(0, 19)))).toEqual([]);
});

test('too fast: more than a tenth of at least ten within 250 ms', () => {
  const times = (quick: number, all: number, ms = 249): Partial<SessionData> => ({
    ...given(Array.from({ length: all }, (_, index) => index % 3)),
    firstMs: Array.from({ length: all }, (_, index) => (index < quick ? ms : 250)),
  });
  expect(kinds(times(1, 10))).toEqual([]);
  expect(flags(times(2, 10))).toEqual(['2 of 10 answers came within 250 ms.']);
  expect(kinds(times(9, 9))).toEqual([]);
  expect(kinds({ ...times(6, 10), seenAhead: true })).toEqual(['too-fast']);
  expect(kinds({ ...times(4, 10), seenAhead: true })).toEqual([]);
  // A median of 250 is none of 249.5.
  expect(kinds({ ...times(10, 10, 250), seenAhead: true })).toEqual([]);
});

test('what was lost, missed and inconsistent is said in numbers', () => {
  expect(flags({ focusLost: { times: 1, seconds: 3.6 } })).toEqual(['The window lost focus once, for 4 s.']);
  expect(flags({ focusLost: { times: 3, seconds: 9 } })).toEqual([
    'The window lost focus 3 times, for a total of 9 s.',
  ]);
  const attention: Trial[] = [0, 1, 2].map((image) => ({ image, kind: 'attention', block: 1 }));
  const seen = (choices: (number | null)[]): Partial<SessionData> => ({ trials: attention, choices, firstMs: [] });
  expect(flags(seen([0, 0, 0]))).toEqual(['2 of 3 attention trials were answered wrong.']);
  expect(flags(seen([0, 1, null]))).toEqual([]);
  expect(assessSession(story(seen([null, null, null]))).attention).toBeNull();
  expect(assessSession(story(seen([0, 1, 0]))).attention).toMatchObject({
    k: 2,
    n: 3,
    high: expect.closeTo(0.9385, 4),
  });

  const repeated = (same: number, all: number): Partial<SessionData> => {
    const images = Array.from({ length: all }, (_, image) => image);
    return {
      trials: [
        ...images.map((image): Trial => ({ image, kind: 'real', block: 1 })),
        ...images.map((image): Trial => ({ image, kind: 'repeat', block: 1 })),
      ],
      choices: [...images.map((image) => image % 3), ...images.map((image) => (image + (image < same ? 0 : 1)) % 3)],
      answers: images.map(() => 1),
      firstMs: [],
    };
  };
  expect(flags(repeated(2, 5))).toEqual(['2 of 5 repeats got the same answer.']);
  expect(kinds(repeated(3, 5))).toEqual([]);
  expect(kinds(repeated(0, 4))).toEqual([]);
  expect(assessSession(story(repeated(0, 4))).consistency).toMatchObject({ k: 0, n: 4, low: 0 });
  // Repeats count only where both were answered.
  const { trials: both = [], choices = [] } = repeated(5, 5);
  const blank = (...at: number[]) =>
    story({ trials: both, choices: choices.map((c, k) => (at.includes(k) ? null : c)) });
  expect(assessSession(blank(0, 6)).consistency).toMatchObject({ k: 3, n: 3 });
  expect(assessSession(blank(0, 1, 2, 3, 4)).consistency).toBeNull();
});

test('times are of real trials with an answer, and quartiles lie between them', () => {
  const session = (firstMs: (number | null)[]) => assessSession(story({ ...given(firstMs.map(() => 1)), firstMs }));
  expect(session([400]).responseMs).toEqual({ q1: 400, median: 400, q3: 400 });
  expect(session([100, null, 200]).responseMs).toEqual({ q1: 125, median: 150, q3: 175 });
  expect(session([400, 100, 300, 200]).responseMs).toEqual({ q1: 175, median: 250, q3: 325 });
  expect(session([null, null]).responseMs).toBeNull();
  expect(assessSession(story(given([]))).responseMs).toBeNull();
});

test('an answer given once more is a change', () => {
  expect(assessSession(story({ ...given([1, 2, 0, 1]), answers: [1, 2, 3, 0] })).changed).toBe(2);
  expect(assessSession(story({ ...given([1, 2, 0, 1]), answers: [] })).changed).toBe(0);
});
