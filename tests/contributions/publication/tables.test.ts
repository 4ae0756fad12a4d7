import { expect, test } from 'vitest';
import { markRehearsal, toTabSeparated } from '../../../renderer/contributions/publication/tables.ts';

test('a copied cell is one cell of a spreadsheet and no formula', () => {
  expect(toTabSeparated({ columns: ['a'], rows: [['x\ty\n@z'], ['=1+1'], [-2], [null]] })).toBe(
    "a\nx y @z\n'=1+1\n-2\n",
  );
});

test('each row of a rehearsal says that its labels are simulated', () => {
  expect(markRehearsal({ columns: ['a'], rows: [[1], [2]] })).toEqual({
    columns: ['a', 'Rehearsal'],
    rows: [
      [1, 'simulated labels'],
      [2, 'simulated labels'],
    ],
  });
});
