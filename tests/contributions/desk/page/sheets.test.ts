import { createElement } from 'react';
import { expect, test } from 'vitest';
import { cannotTellChoice } from '../../../../main/contract/labeling/choice.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { Break, Consent, Ended, Instructions, TimeLeft } from '../../../../renderer/contributions/desk/page/intro.tsx';
import { Progress } from '../../../../renderer/contributions/desk/page/labeling.tsx';
import { Leave, refusalText } from '../../../../renderer/contributions/desk/page/leave.tsx';
import { Review } from '../../../../renderer/contributions/desk/page/review.tsx';
import { Choices, KeysHelp, layoutFor, shownSize } from '../../../../renderer/contributions/desk/page/trial-image.tsx';
import { markupOf, textOf } from '../../../renderer/text-of.ts';
import { viewOf } from './view-of.ts';

const nothing = (): void => undefined;
const never = (): Promise<never> => new Promise(nothing);

const instructions = (change: Partial<VolunteerView> = {}): string =>
  markupOf(createElement(Instructions, { desk: { view: viewOf(change) }, onOther: undefined, onBegin: nothing }));

const first =
  'What to doYour name in this study: P-17Which digit is it?1 Zero2 One3 TwoPress the key of your answer, or click its ' +
  'button. Press Backspace to take an answer back.';
const last = 'There are no right or wrong answers. Say what you see.Start';

test('instructions say what a session has, and nothing that it has not', () => {
  expect(textOf(instructions())).toBe(first + last);
  expect(textOf(instructions({ instructions: 'Be quick.' }))).toContain('P-17Be quick.Which digit');
  expect(textOf(instructions({ practice: 1 }))).toBe(
    `${first}The first image is for practice. It does not count.${last}`,
  );
  expect(textOf(instructions({ practice: 2 }))).toBe(
    `${first}The first 2 images are for practice. They do not count.${last}`,
  );
});

test('a person who returns is welcomed back, also by an answer that is the first class', () => {
  const answers = [null, 0, null, null, null, null];
  const text = textOf(instructions({ answers, practice: 2 }));
  expect(text).toMatch(/^Welcome back.*Continue$/);
  expect(text).not.toContain('practice');
});

test('a time limit is told with the minutes that are left, rounded up, and that breaks do not count', () => {
  const limit = (leftMs: number, sessionMinutes: number, breaks: number[] = []): string =>
    textOf(instructions({ leftMs, breaks, timeLimit: { imageSeconds: null, sessionMinutes } }))
      .replace(first, '')
      .replace(last, '');
  const end = 'When the time is up, you are done. It does not matter how many images you have seen.';
  expect(limit(120_000, 2)).toBe(`You have 2 minutes. The time starts with the first image. ${end}`);
  expect(limit(60_000, 1, [3])).toBe(
    `You have 1 minute. The time starts with the first image. The time stops in breaks. ${end}`,
  );
  expect(limit(119_999, 2)).toBe(`About 2 minutes left. ${end}`);
  expect(limit(60_001, 2)).toBe(`About 2 minutes left. ${end}`);
  expect(limit(60_000, 2)).toBe(`Less than a minute left. ${end}`);
  expect(limit(1, 2)).toBe(`Less than a minute left. ${end}`);
  expect(textOf(instructions({ leftMs: 1000 }))).toBe(first + last);
  expect(textOf(createElement(TimeLeft, { minutes: 2 }))).toBe('About 2 minutes left');
  expect(textOf(createElement(TimeLeft, { minutes: 1 }))).toBe('Less than a minute left');
});

test('keys that are the answers stand alone, answers without a key have none, and two keys are explained', () => {
  const options = [
    { choice: 0, name: '0', key: '0' },
    { choice: 1, name: 'one', key: '' },
    { choice: 2, name: 'two', key: 'ab' },
  ];
  const text = textOf(instructions({ options }));
  expect(text).toContain('Which digit is it?0 oneab twoPress the two keys of your answer, one after the other');
  const html = instructions({ options });
  expect([...html.matchAll(/<kbd>(.*?)<\/kbd>/g)].map(([, key]) => key)).toEqual(['0', 'ab']);
  expect(html).not.toContain('desk-keys-box');
  const many = Array.from({ length: 31 }, (_, choice) => ({ choice, name: `c${choice}`, key: '' }));
  expect(instructions({ options: many })).toContain('desk-keys-box');
});

test('the room of answers follows their number and length; “can’t tell” is not counted', () => {
  const classes = (count: number, name = 'abc') =>
    Array.from({ length: count }, (_, choice) => ({ choice, name, key: '' }));
  const all = (count: number, name?: string) => [
    ...classes(count, name),
    { choice: cannotTellChoice, name: "Can't tell", key: '.' },
  ];
  expect([2, 3, 4, 8, 9, 30, 31].map((count) => layoutFor(all(count)))).toEqual([
    'few',
    'few',
    'some',
    'some',
    'some',
    'some',
    'many',
  ]);
  expect([3, 8, 9, 30, 31].map((count) => layoutFor(all(count, 'abcd')))).toEqual([
    'few',
    'some',
    'several',
    'several',
    'many',
  ]);
  expect(layoutFor([...classes(8), ...classes(1, '😀😀😀')])).toBe('some');
  expect(layoutFor([...classes(8), ...classes(1, 'abcd')])).toBe('several');
});

test('an image has the planned size on its longer side', () => {
  const size = (value: number, image: { width: number; height: number }, scale?: number) =>
    shownSize(viewOf({ size: { unit: 'px', value }, image: { ...image, channels: 1 } }), scale);
  expect(size(80, { width: 4, height: 4 })).toEqual({ width: 80, height: 80 });
  expect(size(80, { width: 4, height: 8 })).toEqual({ width: 40, height: 80 });
  expect(size(90, { width: 6, height: 2 }, 1 / 3)).toEqual({ width: 30, height: 10 });
});

test('consent asks first; another person may enter a code only in a kit for several', () => {
  const consent = (onOther?: () => void): string =>
    textOf(createElement(Consent, { desk: { view: viewOf({ consent: 'May we?' }), consent: never }, onOther }));
  expect(consent()).toBe('Before you beginYour name in this study: P-17May we?I agreeI do not want to take part');
  expect(consent(nothing)).toContain('P-17This is not meMay we?');
});

test('a break says whether the time stops; each end says what to do next', () => {
  const pause = (isTimed: boolean): string => textOf(createElement(Break, { isTimed, onContinue: nothing }));
  expect(pause(true)).toContain('for a moment. The time stops until you continue.');
  expect(pause(false)).not.toContain('The time stops');
  const end = (how: 'finished' | 'time-up' | 'declined', isKit: boolean): string =>
    textOf(createElement(Ended, { how, isKit }));
  expect(end('finished', false)).toBe('Thank youYou are done. Your answers are saved. Please tell the researcher.');
  expect(end('finished', true)).toBe('Thank youYou are done. Now save the result file.');
  expect(end('time-up', false)).toContain('The time is up. You are done. All your answers are saved.');
  expect(end('declined', true)).toBe('Thank youNothing was saved. Please tell the researcher.');
});

test('the review counts what is open and what timed out, and how it goes on', () => {
  const review = (answers: (number | null)[], timedOut: number[] = [], mode: 'grid' | 'single' = 'grid'): string =>
    textOf(
      createElement(Review, {
        desk: { view: viewOf({ mode }), answers, timedOut: new Set(timedOut), finish: never },
        onTrial: nothing,
      }),
    );
  expect(review([0, 1, 0])).toBe('Almost doneAll images have an answer.See the images againFinish');
  expect(review([0, 1, 0], [], 'single')).toBe('Almost doneAll images have an answer.Finish');
  expect(review([0, null, 0])).toBe('Unanswered images1 image has no answer.Answer itFinish without it');
  expect(review([null, null, 0])).toBe('Unanswered images2 images have no answer.Answer themFinish without them');
  expect(review([null, 0], [0])).toBe(
    'Almost doneThe time was up for 1 image. That does not matter. All other images have an answer.See the images againFinish',
  );
  expect(review([null, null, null, 0], [0, 1])).toBe(
    'Unanswered imagesThe time was up for 2 images. That does not matter. 1 image has no answer.Answer itFinish without it',
  );
  const main = (answers: (number | null)[]): string | undefined => {
    const desk = { view: viewOf(), answers, timedOut: new Set<number>(), finish: never };
    const html = markupOf(createElement(Review, { desk, onTrial: nothing }));
    expect(html).not.toContain('disabled');
    return /<button[^>]*class="desk-main-button"[^>]*>(.*?)</.exec(html)?.[1];
  };
  expect([main([0, 0]), main([0, null])]).toEqual(['Finish', 'Answer it']);
  // It was answered before its time was up.
  expect(review([2, 0], [0])).toBe('Almost doneAll images have an answer.See the images againFinish');
});

test('the bar shows the share that is answered or timed out', () => {
  const progress = (answers: (number | null)[], timedOut: number[] = []): string =>
    markupOf(
      createElement(Progress, {
        desk: { view: viewOf({ trials: answers.length }), answers, timedOut: new Set(timedOut) },
      }),
    );
  expect(progress([0, null, null])).toMatch(/aria-valuenow="33".*width:33\.33/);
  expect(progress([0, null, 1])).toMatch(/aria-valuenow="67".*width:66\.66/);
  expect(progress([0, null, 1], [1])).toMatch(/aria-valuenow="100".*width:100%/);
  expect(progress([null, null])).toMatch(/aria-valuenow="0".*width:0%/);
  expect(progress([])).toMatch(/aria-valuenow="100"/);
  expect(progress([])).toMatch(/aria-valuemin="0" aria-valuemax="100"/);
});

test('buttons of answers show their key, the chosen one and those that a second key can choose', () => {
  const options = [
    { choice: 0, name: 'cat', key: 'ca' },
    { choice: 1, name: 'cow', key: 'co' },
    { choice: 2, name: 'x', key: 'x' },
    { choice: 3, name: 'none', key: '' },
  ];
  const html = (typed: string, chosen: number | null, disabled?: boolean): string =>
    markupOf(createElement(Choices, { options, typed, chosen, onChoose: nothing, ...(disabled && { disabled }) }));
  const buttons = (of: string): string[][] =>
    [...of.matchAll(/<button.*?<\/button>/g)].map(([button]) => [
      textOf(button),
      /aria-pressed="(\w+)"/.exec(button)?.[1] ?? '',
      /data-next="(\w+)"/.exec(button)?.[1] ?? '',
    ]);
  expect(buttons(html('', 1))).toEqual([
    ['catca', 'false', ''],
    ['cowco', 'true', ''],
    ['x', 'false', ''],
    ['none', 'false', ''],
  ]);
  expect(buttons(html('c', null))).toEqual([
    ['catca', 'false', 'true'],
    ['cowco', 'false', 'true'],
    ['x', 'false', ''],
    ['none', 'false', ''],
  ]);
  expect(html('', null)).not.toContain('disabled');
  expect(html('', null, true)).toMatch(/^<fieldset[^>]* disabled/);
  const help = (typed: string, wrong = ''): string =>
    markupOf(createElement(KeysHelp, { typed, wrong, otherwise: 'Arrow keys: move.' }));
  expect(help('')).toContain('role="status"');
  expect(textOf(help(''))).toBe('Arrow keys: move.');
  expect(textOf(help('c'))).toBe('c Now press the second key. Backspace: start again.');
  expect(textOf(help('c', 'z'))).toBe(
    'z is not a key for an answer. c Now press the second key. Backspace: start again.',
  );
});

test('leaving asks for a PIN where there is one, or may be one', () => {
  expect([0, 0.4, 1, 29.2].map(refusalText)).toEqual([
    'This PIN is wrong.',
    'Wait 1 seconds.',
    'Wait 1 seconds.',
    'Wait 30 seconds.',
  ]);
  const leave = (hasPin: boolean | null, isOpen = true): string => {
    const port = { session: 't', open: never, images: never, consent: never, addEvents: never, addNotes: never };
    const rest = { finish: never, timeUp: never, checkPin: never };
    return markupOf(
      createElement(Leave, {
        port: { ...port, ...rest },
        sitting: null,
        hasPin,
        isOpen,
        onOpen: nothing,
        onLeave: never,
      }),
    );
  };
  expect(textOf(leave(true, false))).toBe('Researcher');
  expect(textOf(leave(false))).toBe('For the researcher: leave this session?LeaveBack');
  expect(textOf(leave(true))).toBe('PIN of the researcherLeaveBack');
  expect(textOf(leave(null))).toBe('PIN of the researcher (empty if there is none)LeaveBack');
  expect(leave(true)).toContain('required');
  expect(leave(null)).not.toContain('required');
  expect(leave(true)).toMatch(/maxlength="64"/i);
});
