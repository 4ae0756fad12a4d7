import { cannotTellChoice } from '../../../contract/labeling/index.ts';
import type { Trial } from '../../sessions/contract/plan.ts';
import type { Flag, Quality } from '../contract/board.ts';
import { wilson } from './wilson.ts';

/** The log of a finished session. Milliseconds; choices and first answers by trial, null: none. */
export interface SessionData {
  trials: readonly Trial[];
  choices: readonly (number | null)[];
  firstMs: readonly (number | null)[];
  /** Number of different answers to each trial. */
  answers: readonly number[];
  focusLost: { times: number; seconds: number };
  /** The class of a clear image; null: between two classes. */
  clearClass: (image: number) => number | null;
  /** Whether there are response times (not on paper). */
  timed: boolean;
  /** Whether images are visible before their turn, as on pages of images. */
  seenAhead: boolean;
}

type SessionQuality = Pick<
  Quality,
  'real' | 'answered' | 'blank' | 'cannotTell' | 'changed' | 'responseMs' | 'consistency' | 'attention' | 'flags'
>;

/** Answers faster than this are hardly responses to the image; the share of them that is flagged. */
const tooFast = { ms: 250, share: 0.1 };
/** A run of one answer is flagged if its probability is smaller, given the answer's share outside the run. */
const runChance = 0.001;
const oneAnswerShare = 0.7;
const consistentShare = 0.6;

export function assessSession(session: SessionData): SessionQuality {
  const real = positions(session, 'real');
  const given = real.flatMap((trial) => session.choices[trial] ?? []);
  const times = session.timed ? real.flatMap((trial) => session.firstMs[trial] ?? []) : [];
  const measures = {
    real: real.length,
    answered: given.length,
    blank: real.length - given.length,
    cannotTell: given.filter((choice) => choice === cannotTellChoice).length,
    changed: real.filter((trial) => (session.answers[trial] ?? 0) > 1).length,
    responseMs: times.length === 0 ? null : quartiles(times),
    consistency: consistency(session),
    attention: attention(session),
  };
  return { ...measures, flags: qualityFlags(session, given, times, measures) };
}

function positions({ trials }: SessionData, kind: Trial['kind']): number[] {
  return trials.flatMap((trial, position) => (trial.kind === kind ? [position] : []));
}

/**
 * Share of repeats with the same choice as their image; both must be answered. Repeats are a random sample of the
 * person's images, so the interval covers the share that a repeat of every image would have shown, for this person alone.
 */
function consistency(session: SessionData): SessionQuality['consistency'] {
  const first = new Map(
    positions(session, 'real').map((trial) => [session.trials[trial]?.image, session.choices[trial]]),
  );
  const pairs = positions(session, 'repeat').flatMap((trial) => {
    const [before, again] = [first.get(session.trials[trial]?.image) ?? null, session.choices[trial] ?? null];
    return before === null || again === null ? [] : [before === again];
  });
  return share(pairs);
}

function attention(session: SessionData): SessionQuality['attention'] {
  return share(
    positions(session, 'attention').flatMap((trial) => {
      const choice = session.choices[trial] ?? null;
      return choice === null ? [] : [choice === session.clearClass(session.trials[trial]?.image ?? -1)];
    }),
  );
}

function share(right: readonly boolean[]): SessionQuality['consistency'] {
  if (right.length === 0) return null;
  const k = right.filter(Boolean).length;
  return { k, n: right.length, ...wilson(k, right.length) };
}

function quartiles(values: readonly number[]): { q1: number; median: number; q3: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => {
    const place = part * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

function qualityFlags(
  session: SessionData,
  given: readonly number[],
  times: readonly number[],
  { consistency: same, attention: seen }: Pick<SessionQuality, 'consistency' | 'attention'>,
): Flag[] {
  const flags: Flag[] = [];
  const flag = (kind: Flag['kind'], message: string): void => {
    flags.push({ kind, message });
  };
  const run = longestRun(given);
  const others = given.length - run.length;
  const used = given.filter((choice) => choice === run.choice).length - run.length;
  // The share outside the run, with one added of each kind, so that few answers are not flagged.
  if (others > 0 && run.length >= 5 && given.length * ((used + 1) / (others + 2)) ** run.length < runChance) {
    const share = percent(used / others);
    flag(
      'straight-lining',
      `The same answer ${run.length} times in a row, although it is only ${share} of the other answers.`,
    );
  }
  const most = mostUsed(given);
  if (given.length >= 20 && most > oneAnswerShare) {
    flag('one-answer', `${percent(most)} of ${given.length} answers are the same.`);
  }
  const hasty = times.length >= 10 ? tooFastMessage(times, session.seenAhead) : null;
  if (hasty !== null) flag('too-fast', hasty);
  const { times: lost, seconds } = session.focusLost;
  if (lost > 0) {
    const often = lost === 1 ? 'once, for' : `${lost} times, for a total of`;
    flag('focus-lost', `The window lost focus ${often} ${Math.round(seconds)} s.`);
  }
  if (seen && seen.k < seen.n)
    flag('attention-missed', `${seen.n - seen.k} of ${seen.n} attention trials were answered wrong.`);
  if (same && same.n >= 5 && same.k / same.n < consistentShare) {
    flag('inconsistent', `${same.k} of ${same.n} repeats got the same answer.`);
  }
  return flags;
}

/** A person who sees the next images may answer some of them at once, but not half of them. */
function tooFastMessage(times: readonly number[], seenAhead: boolean): string | null {
  if (seenAhead) {
    const { median } = quartiles(times);
    return median < tooFast.ms ? `Half of the answers came within ${Math.round(median)} ms of the one before.` : null;
  }
  const hasty = times.filter((ms) => ms < tooFast.ms).length;
  return hasty / times.length > tooFast.share
    ? `${hasty} of ${times.length} answers came within ${tooFast.ms} ms.`
    : null;
}

function longestRun(given: readonly number[]): { choice: number | null; length: number } {
  let best = { choice: null as number | null, length: 0 };
  let length = 0;
  given.forEach((choice, index) => {
    length = choice === given[index - 1] ? length + 1 : 1;
    if (length > best.length) best = { choice, length };
  });
  return best;
}

function mostUsed(given: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const choice of given) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / Math.max(1, given.length);
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;
