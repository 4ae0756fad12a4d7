import type { Exhibit } from '../../../contract/results/index.ts';
import { orWhy } from '../../../exhibits/parts/index.ts';
import type { SelfTestResult } from '../analysis/self-test.ts';

/** The appendix: published values, recomputed where the report was made. */
export const selfTestExhibit = ({ checks }: SelfTestResult): Exhibit => ({
  id: 'self-test',
  long: true,
  number: 'Table A',
  title: 'Published values, recomputed here',
  people: false,
  columns: ['Measure', 'Data', 'Published', 'Here', 'Same', 'Source'].map((name) => ({ name })),
  rows: checks.map(({ name, of, expected, found, passed, source }) => [
    ...[name, of, expected, orWhy(found, 'It has no value here.'), passed ? 'yes' : 'no', source],
  ]),
  notes: [],
});
