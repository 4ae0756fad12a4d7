import { createElement } from 'react';
import { describe, expect, test } from 'vitest';
import { quantitySchema } from '../../main/contract/results/exhibit.ts';
import { PaperNote, QuantityText } from '../../renderer/results/quantity.tsx';
import { textOf } from './text-of.ts';

describe('a number of the results', () => {
  const interval = { lo: 10.04, hi: 19.26, claim: 'anchors', units: 'anchors', n: 10, nNull: 0, undefined: null };
  const paper = { mean: 61.57, std: 3.98 };
  const of = quantitySchema.parse({ value: 14.26, std: 2.13, n: 9, of: 'models', paper, interval, undefined: null });

  test('shows its value with its interval, and as the paper’s value that of the paper', () => {
    const text = textOf(createElement(QuantityText, { of, unit: '%', source: 'Table 2' }));
    expect(text).toMatch(/^14\.3 ± 2\.1 % \[10\.0 to 19\.3\]/);
    expect(text).toMatch(/n = 9 networks ?paper: 61\.6 ± 4\.0 %$/);
    const plain = createElement(QuantityText, {
      of: { ...of, std: null, paper: { mean: 60, std: null } },
      decimals: 2,
    });
    expect(textOf(plain)).toMatch(/^14\.26 \[.*paper: 60\.00$/);
  });

  test('has a sign for the paper’s value, which a note explains once, where there is any', () => {
    const note = (paperOf: typeof of.paper) =>
      textOf(createElement(PaperNote, { exhibit: { number: 'Table 2', rows: [['CNN', { ...of, paper: paperOf }]] } }));
    expect(note(paper)).toBe('paper: the value in the paper, Table 2');
    expect(note(null)).toBe('');
  });

  test('without a value says why, and still shows the paper’s', () => {
    const none = { ...of, value: null, undefined: 'No image has two labels.' };
    const text = textOf(createElement(QuantityText, { of: none }));
    expect(text).toMatch(/No image has two labels\..*paper: 61\.6 ± 4\.0$/);
    expect(text).not.toContain('14.3');
  });
});
