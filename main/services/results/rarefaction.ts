import { countLabelers } from '../../analysis/humans.ts';
import type { RarefactionResult } from '../../contract/api/results-charts.ts';
import { rarefyStudy } from '../../exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../exhibits/rarefaction-figure.ts';
import { groupTarget, studyNumbers } from './tables.ts';
import { answerHeader, type Sides } from './view.ts';

/** How statistics depend on the number of labelers and, with a group, of networks: exact expected values. */
export function rarefactionCurves({ people, result }: Sides): RarefactionResult {
  const { input, claimUnits, humans } = people.context;
  const study = studyNumbers(people, result ? [result] : []);
  const found = rarefyStudy({
    pairs: { images: input.images, units: claimUnits },
    labels: humans.drawn,
    labelers: countLabelers(humans),
    status: humans.view.status,
    groups: result
      ? [{ target: groupTarget(result) ?? '', models: result.models.length, votes: result.view.counts }]
      : [],
  });
  return { ...answerHeader(people), figures: rarefactionFigures(study, found) };
}
