import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { alongCurves } from '../../main/contributions/along/contract.ts';
import type { Figure } from '../../main/contract/results/figure.ts';
import { paperPairs } from '../../main/domain/anchors/pair-design.ts';
import { agreementFigure, reportAgreementFigures } from '../../main/exhibits/agreement.ts';
import { allCurvesFigure } from '../../main/contributions/along/exhibits/along-figure.ts';
import { studyCurves } from '../../main/contributions/along/exhibits/curves.ts';
import type { DrawnNumbers } from '../../main/contributions/draws/exhibit.ts';
import { rarefied } from '../../main/contributions/subsampling/exhibits/rarefaction.ts';
import { rarefactionFigures } from '../../main/contributions/subsampling/exhibits/rarefaction-figure.ts';
import { certaintyFigure, seedTypesFigure } from '../../main/exhibits/seed-figures.ts';
import { pairsFigure, reportAlongFigure } from '../../main/contributions/along/exhibits/pairs.ts';
import { studyEntropyFigure, studySoftmaxFigure } from '../../main/exhibits/study-figures.ts';
import { typesFigure } from '../../main/exhibits/types-figure.ts';
import type { View } from '../../main/exhibits/view.ts';
import { root } from './sample.ts';

const exhibits = join(root, 'main/exhibits');

/** Names of all functions of `main/exhibits` that make figures: they end so. */
export async function namesOfFigures(): Promise<string[]> {
  // `all.ts` lists them.
  const files = readdirSync(exhibits).filter((name) => name.endsWith('.ts') && name !== 'all.ts');
  const modules = await Promise.all(files.map((name) => import(join(exhibits, name)) as Promise<object>));
  return modules.flatMap((each) => Object.keys(each).filter((name) => /Figures?$/.test(name)));
}

/** Each function of `main/exhibits` that makes figures, by its name, with what it makes of a study. */
export const figureMakers: Readonly<Record<string, (view: View) => readonly Figure[]>> = {
  rarefactionFigures: (view) => rarefactionFigures(view, rarefied(view)),
  contributedFigures: (view) => view.data.contributed.flatMap(({ figures }) => figures),
  typesFigure: (view) => [typesFigure(view)],
  seedTypesFigure: (view) => [seedTypesFigure(view)],
  certaintyFigure: (view) => [certaintyFigure(view)],
  studySoftmaxFigure: (view) => [studySoftmaxFigure(view)],
  studyEntropyFigure: (view) => [studyEntropyFigure(view)],
  reportAlongFigure: (view) => [reportAlongFigure(view)],
  pairsFigure: (view) => alongCurves.map((curves) => pairsFigure(view, curves)),
  allCurvesFigure: (view) => [allCurvesFigure(view, studyCurves(view))],
  reportAgreementFigures,
  agreementFigure: (view) => ['cohen', 'errors', 'same'].map((measure) => agreementFigure(view, measure, 40)),
};

/** Anchors drawn twice, with this study's own. */
const measures = { pairwise_disagreement_pct: 5, any_differ_pct: 15, reference_differs_pct: 4 };
export const sampleDraws: DrawnNumbers = {
  task: {
    rule: 'clear',
    anchorDesign: { kind: 'one' },
    samples: 2000,
    searchSeed: 1,
    seed: 1,
    alphas: 11,
    pairs: paperPairs.map(([i, j]): [number, number] => [i, j]),
  },
  draws: [1, 2].map((seed) => ({ seed, anchors: [], groups: [measures] })),
  groups: [{ target: 97.5, seeds: null, networks: 9, own: { pairwise_disagreement_pct: 6, any_differ_pct: 16 } }],
  sameLayout: true,
};
