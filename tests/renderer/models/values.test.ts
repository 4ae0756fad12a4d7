import { createElement } from 'react';
import { describe, expect, test } from 'vitest';
import type { RunRow } from '../../../main/contract/api/runs.ts';
import { ConfusionMatrix, confusionTable, FrequentMistakes } from '../../../renderer/ui/tables/confusion.tsx';
import { TargetMarks } from '../../../renderer/recipes/target-marks.tsx';
import { TrendMarks } from '../../../renderer/features/models/table/columns.tsx';
import { markupOf, textOf } from '../text-of.ts';

/** The cells of each row of a table, the heads too. */
const rowsOf = (html: string): string[][] =>
  [...html.matchAll(/<tr.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<t[dh].*?<\/t[dh]>/gs)].map(([cell]) => textOf(cell)),
  );

describe('the confusion matrix', () => {
  const counted = (actual: number, predicted: number, count: number) => ({ actual, predicted, count });
  const evaluation = {
    classes: ['cat', 'dog', 'cow'],
    confusion: [counted(0, 0, 7), counted(0, 1, 2), counted(1, 1, 9), counted(1, 2, 1), counted(2, 0, 4)],
  };

  test('has a row for each actual class and a column for each predicted one', () => {
    const html = markupOf(createElement(ConfusionMatrix, { evaluation, title: 'Confusions' }));
    expect(rowsOf(html)).toEqual([
      ['actual ↓ predicted →', 'cat', 'dog', 'cow', 'n'],
      ['cat', '7', '2', '', '9'],
      ['dog', '', '9', '1', '10'],
      ['cow', '4', '', '', '4'],
    ]);
    expect(html).toContain('title="2 of 9 images of cat predicted as dog (22.2');
    // The most frequent mistake is the darkest; right answers have no shade.
    expect([...html.matchAll(/data-shade="(\d)"[^>]*>(\d)/g)].map(([, shade, count]) => [shade, count])).toEqual([
      ['2', '2'],
      ['1', '1'],
      ['4', '4'],
    ]);
    expect([...html.matchAll(/data-right="true"[^>]*>(\d?)/g)].map(([, count]) => count)).toEqual(['7', '9', '']);
  });

  test('is the same in its file', () => {
    expect(confusionTable(evaluation)).toEqual({
      columns: ['Actual', 'as cat', 'as dog', 'as cow'],
      rows: [
        ['cat', 7, 2, 0],
        ['dog', 0, 9, 1],
        ['cow', 4, 0, 0],
      ],
    });
  });

  test('of many classes lists the most frequent mistakes, of all images of the class', () => {
    const classes = Array.from({ length: 13 }, (_, index) => `class ${index}`);
    const many = createElement(FrequentMistakes, { evaluation: { ...evaluation, classes } });
    expect(rowsOf(markupOf(many))).toEqual([
      ['Actual', 'Predicted as', 'Images of the class'],
      ['class 2', 'class 0', '100.0 % (4 of 4)'],
      ['class 0', 'class 1', '22.2 % (2 of 9)'],
      ['class 1', 'class 2', '10.0 % (1 of 10)'],
    ]);
    expect(textOf(createElement(FrequentMistakes, { evaluation }))).toBe('');
  });
});

describe('the table of runs', () => {
  type Standing = RunRow['targets'][number];
  const trend = { accuracy: 96.87, error: 0.1, before: 20, after: 12, estimates: 0, undefined: null };
  const reached: Standing = {
    target: 97,
    state: 'reached',
    accuracy: 97.04,
    errors: 296,
    testCount: 10_000,
    trend: null,
    otherHalf: null,
    validation: null,
  };
  const pending: Standing = { ...reached, target: 98, state: 'pending', accuracy: null };

  test('marks an accuracy that is an estimate, and only that', () => {
    const trends = (...targets: Standing[]): string => textOf(createElement(TrendMarks, { targets }));
    expect(trends({ ...reached, trend })).toBe('97: 96.87');
    expect(trends({ ...reached, trend: { ...trend, estimates: 3 } })).toBe('97: ≈ 96.87');
    expect(trends(reached, { ...pending, trend: { ...trend, accuracy: null } })).toBe('98: –');
    const latest = (estimated: boolean): string => {
      const row = { targets: [reached, pending], landing: null, latest: { accuracy: 97.56, estimated, step: 900 } };
      return textOf(createElement(TargetMarks, { row: { ...row, state: 'running' } }));
    };
    expect(latest(true)).toBe('97: 97.04 reached98: – (now ≈ 97.6) not reached yet');
    expect(latest(false)).toBe('97: 97.04 reached98: – (now 97.6) not reached yet');
  });
});
