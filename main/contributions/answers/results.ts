import { table } from '../../exhibits/index.ts';
import type { ContributedResults } from '../../services/results/index.ts';
import { kindExhibit } from './exhibits/kinds.ts';
import { reportOutside } from './models/report.ts';

const ofKind = table('types', 'chosen', kindExhibit);

export default {
  questions: {},
  results: [{ ...ofKind, page: { ...ofKind.page, withoutNetworks: true }, after: 'types-at' }],
  report: reportOutside,
} satisfies ContributedResults;
