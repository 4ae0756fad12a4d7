import { describe, expect, it } from 'vitest';
import { csvRow, formatCsv, refuseFormula, textCell } from '../../../main/files/tables/csv-writer.ts';

describe('CSV that is written', () => {
  it('has its texts quoted where they have to be, and no formulas', () => {
    const rows = [
      ['a', 1, null, -0.5],
      ['x,y', 'say "no"', 'line\nend', 'carriage\rreturn'],
      ['=1+1', '+1', '-1', '@a'],
      ['\t=1', '\r=1', ' =1', 'a=1'],
    ];
    expect(formatCsv(rows)).toBe(
      'a,1,,-0.5\n"x,y","say ""no""","line\nend","carriage\rreturn"\n' + "'=1+1,'+1,'-1,'@a\n'\t=1,\"'\r=1\", =1,a=1\n",
    );
    expect(formatCsv([])).toBe('');
  });

  it('comes as rows and cells too', () => {
    expect(csvRow(['a', null, 2])).toBe('a,,2\n');
    expect(['', 'a', 'a,b', '"', '=1', 'two\nlines'].map(textCell)).toEqual([
      '',
      'a',
      '"a,b"',
      '""""',
      "'=1",
      '"two\nlines"',
    ]);
  });

  it('gets no name that begins as a formula', () => {
    for (const name of ['=1', '+1', '-1', '@a', '\ta', '\ra', '=']) {
      expect(() => refuseFormula('a.csv', name)).toThrow(
        expect.objectContaining({
          code: 'csv.formula',
          where: 'a.csv',
          message: `The name ${JSON.stringify(name)} begins as a spreadsheet formula does`,
        }),
      );
    }
    for (const name of ['a', '1', 'a=1', ' -1', '', '(1)', "'=1"])
      expect(() => refuseFormula('a.csv', name)).not.toThrow();
  });
});
