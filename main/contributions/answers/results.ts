import { table } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { kindsPart } from './analysis/part.ts';
import { columnsOfKind } from './exhibits/each-image.ts';
import { kindExhibit } from './exhibits/kinds.ts';
import { reportOutside } from './models/report.ts';

const ofKind = table('types', 'chosen', kindExhibit);

export default {
  questions: {},
  analysis: [kindsPart],
  imageColumns: [columnsOfKind],
  results: [{ ...ofKind, page: { ...ofKind.page, withoutNetworks: true }, after: 'types-at' }],
  report: reportOutside,
} satisfies ContributedResults;
