import { heterogeneity } from '../../../main/contributions/contrasts/analysis/heterogeneity.ts';
import type { Figure } from '../../../main/contract/results/figure.ts';
import type { Factor } from '../../../main/contributions/effects/analysis/factors.ts';
import { findOutcome } from '../../../main/contributions/effects/analysis/outcomes.ts';
import { studyEffects } from '../../../main/contributions/effects/analysis/study.ts';
import { effectsChart, effectsFigure, meansFigure } from '../../../main/contributions/effects/exhibits/figures.ts';
import { overStudiesFigure } from '../../../main/contributions/effects/exhibits/over-studies.ts';
import { effectsPart, ofSection, reportedEffects } from '../../../main/contributions/effects/exhibits/reported.ts';
import type { AnsweredEffects } from '../../../main/contributions/effects/exhibits/tables.ts';
import type { ReportedPart } from '../../../main/exhibits/report-data.ts';
import type { View } from '../../../main/exhibits/view.ts';

/** What the kind of a network, and its number, do to the margin of its softmax: as reports, page and several studies draw it. */
export function sampleEffects(view: View): ReportedPart[] {
  const known = answered(view);
  const figures = [effectsFigure([effectsChart(view, known)]), meansFigure(view, known)].filter(
    (each) => each !== null,
  );
  return [
    effectsPart(view, [reportedEffects(view, known)], true),
    {
      ...ofSection,
      saysSample: true,
      tables: [],
      figures: [...figures.map((figure) => ({ ...figure, id: `${figure.id}-page` })), overStudies(view)],
    },
  ];
}

const factor = (key: string, ...values: string[]): Factor => ({
  key,
  title: key,
  with: [],
  within: false,
  scale: null,
  levels: values.map((value) => ({ value, text: value, x: null })),
});

function answered(view: View): AnsweredEffects {
  const { input, pairs, humans, reference, errorReference, truth } = view.context();
  const [kind, number] = [factor('Kind', 'MLP', 'CNN', 'ViT'), factor('Number', '1', '2', '3')];
  const data = {
    factors: [kind, number],
    images: input.images,
    pairs,
    humans,
    reference,
    right: { labels: errorReference, isTruth: truth !== null },
    labels: input.modelLabels,
    readSoftmax: input.readSoftmax,
    testAccuracy: () => 0.98,
    networks: input.models.map(({ name, architecture }) => ({
      name,
      block: name,
      levels: [architecture, name.charAt(3)],
    })),
    absent: [],
  };
  const outcome = findOutcome('margin');
  if (!outcome) throw new Error('there is no such outcome');
  const fixed = { people: 'fixed', images: 'all', m: 2 } as const;
  const question = { outcome, factor: kind, reference: 'MLP', second: number, ...fixed };
  return { data, question, found: studyEffects(data, question) };
}

function overStudies(view: View): Figure {
  const { question } = answered(view);
  const studies = [0.01, 0.04, null].map((estimate, place) => ({
    study: `study ${place}`,
    targets: '98 %',
    simulated: false,
    runs: [],
    estimate,
    se: estimate === null ? null : 0.01,
    lo: estimate === null ? null : estimate - 0.02,
    hi: estimate === null ? null : estimate + 0.02,
    why: estimate === null ? 'It has no such networks.' : null,
  }));
  const found = heterogeneity(studies.map(({ study: name, estimate, se }) => ({ name, estimate, se })));
  return overStudiesFigure(view, { question, level: 'CNN', m: 2 }, studies, found);
}
