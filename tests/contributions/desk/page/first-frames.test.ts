import { createElement } from 'react';
import { expect, test } from 'vitest';
import { DeskView } from '../../../../renderer/contributions/desk/page/desk-view.tsx';
import { GridPage } from '../../../../renderer/contributions/desk/page/grid-page.tsx';
import { Labeling } from '../../../../renderer/contributions/desk/page/labeling.tsx';
import { SingleTrial } from '../../../../renderer/contributions/desk/page/single-trial.tsx';
import type { Desk } from '../../../../renderer/contributions/desk/page/use-desk.ts';
import { markupOf, textOf } from '../../../renderer/text-of.ts';
import { deskOf, portOf } from './desk-of.ts';

const nothing = (): void => undefined;
const act = async (): Promise<void> => undefined;
const answers = [0, null, 2, null];

/** Attributes of each element that begins with `start`. */
const attributes = (html: string, start: string, name: string): (string | undefined)[] =>
  [...html.matchAll(new RegExp(`<${start}[^>]*>`, 'g'))].map(
    ([tag]) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1],
  );

function grid(desk: Desk, focus: number, onReview: (() => void) | null = null): string {
  const page = { from: 1, to: 4, isPractice: false };
  return markupOf(createElement(GridPage, { desk, page, act, focus, onFocus: nothing, onReview }));
}

test('a page of the grid shows its images with their answers, and one in focus', () => {
  const html = grid(deskOf({ trials: 4, answers, timedOut: [3] }), 2);
  const cell = 'button type="button" class="desk-cell"';
  expect(attributes(html, cell, 'aria-current')).toEqual(['false', 'true', 'false']);
  expect(attributes(html, cell, 'tabindex')).toEqual(['-1', '0', '-1']);
  expect(attributes(html, cell, 'data-answered')).toEqual([undefined, 'true', undefined]);
  expect(attributes(html, 'canvas', 'aria-label')).toEqual([
    ...['Image 2, no answer yet', 'Image 3, answer Two', 'Image 4, time is up', 'The large image'],
  ]);
  expect([...html.matchAll(/<span aria-hidden="true">([^<]*)<\/span>/g)].map(([, shown]) => shown)).toEqual([
    ...['\u00a0', 'Two', '–'],
  ]);
  expect(attributes(html, 'button type="button" class="desk-choice"', 'aria-pressed')).toEqual([
    'false',
    'false',
    'true',
  ]);
  expect(html).not.toContain('disabled');
  expect(textOf(html)).not.toContain('Check answers');
});

test('an answer that is the first class is one, and no answer is taken for an image whose time is up', () => {
  const desk = deskOf({ trials: 4, answers: [null, 0, null, null], timedOut: [3] });
  const html = grid(desk, 1, nothing);
  expect(attributes(html, 'canvas', 'aria-label')[0]).toBe('Image 2, answer Zero');
  expect(attributes(html, 'button type="button" class="desk-choice"', 'aria-pressed')).toEqual([
    'true',
    'false',
    'false',
  ]);
  expect(textOf(html)).toContain('Check answers');
  expect(grid(desk, 3)).toMatch(/<fieldset class="desk-choices" aria-label="Answers" disabled/);
});

test('images beside the one in focus are half as large, and a third where there are eight columns', () => {
  const widths = (columns: number): string[] =>
    [
      ...grid(deskOf({ trials: 4, grid: { columns, rows: 2 }, size: { unit: 'px', value: 120 } }), 1).matchAll(
        /<canvas[^>]*width:(\d+)px/g,
      ),
    ].map(([, width = '']) => width);
  expect(widths(7)).toEqual(['60', '60', '60', '120']);
  expect(widths(8)).toEqual(['40', '40', '40', '120']);
});

test('smooth images are marked, others are not', () => {
  const marks = (interpolation: 'smooth' | 'pixelated') =>
    new Set(attributes(grid(deskOf({ trials: 4, interpolation }), 1), 'canvas', 'data-smooth'));
  expect(marks('smooth')).toEqual(new Set(['true']));
  expect(marks('pixelated')).toEqual(new Set([undefined]));
});

test('one at a time begins with the cross, and takes no answer; without a cross with the image', () => {
  const single = (fixationMs: number, onReview: (() => void) | null, given = answers): string =>
    markupOf(
      createElement(SingleTrial, { desk: deskOf({ trials: 4, answers: given, fixationMs }), trial: 2, act, onReview }),
    );
  expect(single(500, null)).toContain('class="desk-cross"');
  expect(single(500, null)).not.toContain('<canvas');
  expect(single(0, null)).not.toContain('desk-cross');
  expect(attributes(single(0, null), 'canvas', 'aria-label')).toEqual(['Image 3']);
  expect(single(0, null)).toMatch(/<fieldset class="desk-choices" aria-label="Answers" disabled/);
  expect(attributes(single(0, null), 'button type="button" class="desk-choice"', 'aria-pressed')).toEqual([
    ...['false', 'false', 'true'],
  ]);
  expect(textOf(single(0, null))).not.toContain('Check answers');
  expect(textOf(single(0, nothing))).toContain('Check answers');
});

test('labeling begins at the next image: practice, the grid’s page of it, or the review', () => {
  const labeling = (change: Parameters<typeof deskOf>[0]): string =>
    markupOf(createElement(Labeling, { desk: deskOf({ trials: 8, practice: 2, ...change }) }));
  const cells = (html: string) => attributes(html, 'canvas', 'aria-label').map((label) => label?.split(',')[0]);
  const practice = labeling({ next: 1 });
  expect(textOf(practice)).toMatch(/^Practice: these answers do not count\./);
  expect(textOf(practice)).not.toContain('Check answers');
  expect(cells(practice)).toEqual(['Image 1', 'Image 2', 'The large image']);
  const first = labeling({ next: 2, grid: { columns: 2, rows: 2 } });
  expect(textOf(first)).toMatch(/^Practice is over. Your answers count now\./);
  expect(textOf(labeling({ next: 6, grid: { columns: 2, rows: 2 } }))).not.toContain('Practice');
  expect(textOf(first)).toContain('Check answers');
  expect(cells(first)).toEqual(['Image 3', 'Image 4', 'Image 5', 'Image 6', 'The large image']);
  expect(cells(labeling({ next: 2, mode: 'single' }))).toEqual(['Image 3']);
  expect(textOf(labeling({ next: 8 }))).toMatch(/^Unanswered images/);
  expect(textOf(labeling({ next: null, answers: new Array(8).fill(1) }))).toMatch(/^Almost done/);
  expect(labeling({ next: 2 })).not.toContain('role="timer"');
  const limit = { leftMs: 60_001, timeLimit: { imageSeconds: null, sessionMinutes: 5 } };
  expect(textOf(labeling({ next: 2, ...limit }))).toMatch(/About 2 minutes left$/);
  expect(textOf(labeling({ next: 8, ...limit }))).toMatch(/About 2 minutes left$/);
});

test('a page that loads says so, and nothing else', () => {
  expect(textOf(createElement(DeskView, { port: portOf(), onLeave: act }))).toBe('One moment …');
});
