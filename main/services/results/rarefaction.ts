import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { rarefied } from '../../exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../exhibits/rarefaction-figure.ts';
import { studyView } from './tables.ts';
import { answerHeader, type Sides } from './view.ts';

/** How statistics depend on the number of labelers and, with a group, of networks: exact expected values. */
export function rarefactionCurves({ people, result }: Sides): RarefactionResult {
  const study = studyView(people, result ? [result] : []);
  return { ...answerHeader(people), figures: rarefactionFigures(study, rarefied(study)) };
}
