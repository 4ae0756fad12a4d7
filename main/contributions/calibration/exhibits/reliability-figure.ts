import { type Calibration, ensembleScores, missing } from '../../../analysis/labels/index.ts';
import type { Figure, Group, LinesChart } from '../../../contract/results/index.ts';
import { at, formatCount, peopleWord } from '../../../domain/numbers/index.ts';
import { noMajority, type StudyView, type ViewedGroup } from '../../../exhibits/parts/index.ts';
import { ofConfidence, sum, titled, type Titled, type Whose } from '../../../exhibits/index.ts';

export function studyReliabilityFigure(study: StudyView): Figure {
  const { reference } = study.context();
  const chartOf = (compared: ViewedGroup) => {
    const { answers, softmax } = compared.view();
    return {
      ...titled(compared),
      n: reference.majority.filter((label) => label !== missing).length,
      ensemble: answers === 'softmax' ? ensembleScores(softmax.ensemble, reference).calibration : null,
      each: softmax.passes.map(({ calibration }) => calibration),
    };
  };
  return ofConfidence(
    study,
    (groups) => reliabilityFigure(study, groups.map(chartOf)),
    'Calibration is',
    () => noMajority(study),
  );
}

/** How often networks agree with the majority of people, by how sure they are. */
export function reliabilityFigure(
  whose: Whose,
  groups: readonly (Titled & {
    /** Images with a majority. */
    readonly n: number;
    /** All networks together, by their mean softmax; null: not known. */
    readonly ensemble: Calibration | null;
    readonly each: readonly Calibration[];
  })[],
): Figure {
  const people = peopleWord(whose);
  return {
    id: 'reliability',
    title: `How often networks agree with the majority of ${people}, by softmax`,
    people: true,
    charts: groups.flatMap(({ title, choice, n, ensemble, each }): LinesChart[] => {
      const single = curveOf(pool(each), 'any', choice);
      if (single.length === 0) return [];
      const ends = [0, 1].map((end) => ({ x: end, y: end }));
      return [
        {
          kind: 'lines',
          title,
          n: `n = ${formatCount(n, 'image')} with a majority; 15 bins`,
          x: { title: 'Mean softmax of the bin', from: 0, to: 1 },
          y: { title: `Share that agrees with ${people}`, from: 0, to: 1 },
          series: [
            { name: 'Perfect calibration', hue: 'soft', dash: 'long', weight: 'thin', points: ends },
            ...(ensemble
              ? [
                  {
                    name: 'Ensemble (mean softmax)',
                    hue: 'networks' as const,
                    dash: 'none' as const,
                    points: curveOf(binsOf(ensemble), 'ensemble', choice),
                  },
                ]
              : []),
            { name: 'Single networks', hue: 'type_a', dash: 'long', points: single },
          ],
        },
      ];
    }),
    notes: [],
  };
}

type Bin = { readonly n: number; readonly correct: number; readonly confidence: number };

const binsOf = ({ count, correct, confidence }: Calibration): Bin[] =>
  Array.from(count, (n, bin) => ({ n, correct: at(correct, bin), confidence: at(confidence, bin) }));

/** Bins of several networks together. */
function pool(all: readonly Calibration[]): Bin[] {
  const bins = all.map(binsOf);
  return (bins[0] ?? []).map((_, bin) => {
    const own = bins.map((each) => at(each, bin));
    const total = (key: keyof Bin): number => sum(own.map((of) => of[key]));
    return { n: total('n'), correct: total('correct'), confidence: total('confidence') };
  });
}

/** Share of right answers by the mean confidence of each bin that has values. */
const curveOf = (bins: readonly Bin[], of: 'ensemble' | 'any', choice: Group): LinesChart['series'][number]['points'] =>
  bins.flatMap(({ n, correct, confidence }, bin) => {
    if (n === 0) return [];
    const [from, to] = [bin, bin + 1].map((edge) => Number((edge / bins.length).toFixed(3)));
    const title = `${of === 'ensemble' ? 'Ensemble' : 'Any network'}, softmax ${from}–${to}`;
    const which = { kind: 'calibration-bin', bin, of } as const;
    return [
      {
        x: confidence / n,
        y: correct / n,
        n,
        opens: { kind: 'which' as const, group: choice, which, title },
      },
    ];
  });
