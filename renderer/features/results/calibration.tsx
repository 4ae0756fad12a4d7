import type { CalibrationResult } from '../../../main/contract/api/results-charts.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { useChoice } from './choice.tsx';
import { Scores } from './scores.tsx';
import { useOpenWhich } from './use-which.ts';

/** How right networks are, by how sure they are: against the majority of people. */
export function Calibration({ calibration }: { calibration: CalibrationResult }) {
  const people = usePeople();
  const { group } = useChoice();
  const open = useOpenWhich();
  if (calibration.undefined !== null)
    return (
      <>
        <p className="help-note">Calibration is not defined. {calibration.undefined}</p>
        {calibration.ensemble.labelled > 0 && <Scores calibration={calibration} />}
      </>
    );
  const pooled = pool(calibration.models.map(({ bins }) => bins));
  return (
    <section className="results-section" aria-label="Calibration">
      <LineChart
        title={`How often networks agree with the majority of ${people}, by softmax`}
        n={`n = ${calibration.ensemble.n} images with a majority, 15 bins`}
        x={{ title: 'Mean softmax of the bin', domain: [0, 1] }}
        y={{ title: `Share that agrees with ${people}`, domain: [0, 1] }}
        height={320}
        series={[
          {
            id: 'perfect',
            name: 'As sure as right',
            points: [
              [0, 0],
              [1, 1],
            ],
            colour: 'var(--line-strong)',
            dash: '4 3',
          },
          {
            id: 'ensemble',
            name: 'All networks together: mean softmax',
            points: curveOf(calibration.ensemble.bins),
            counts: countsOf(calibration.ensemble.bins),
            colour: 'var(--networks)',
            dash: '',
          },
          {
            ...{ id: 'each', name: 'Networks one by one', colour: 'var(--series-6)', dash: '7 3' },
            ...{ points: curveOf(pooled), counts: countsOf(pooled) },
          },
        ]}
        onPick={(x) => {
          const picked = binAt(x, calibration.ensemble.bins, pooled);
          if (!group || !picked) return;
          const { bin, of } = picked;
          const whose = of === 'ensemble' ? 'All networks together' : 'Any network';
          open(group, { kind: 'calibration-bin', bin, of }, `${whose}, ${binName(bin)}`);
        }}
      />
      <Scores calibration={calibration} />
    </section>
  );
}

type Bins = CalibrationResult['ensemble']['bins'];

const curveOf = (bins: Bins): (readonly [number, number])[] =>
  bins.flatMap(({ n, correct, confidence }) =>
    n === 0 || confidence === null ? [] : [[confidence, correct / n] as const],
  );

const countsOf = (bins: Bins): (readonly [number, number])[] =>
  bins.flatMap(({ n, confidence }) => (n === 0 || confidence === null ? [] : [[confidence, n] as const]));

/** Bins of several networks as one. */
function pool(all: readonly Bins[]): Bins {
  return (all[0] ?? []).map((_, bin) => {
    const own = all.flatMap((bins) => bins[bin] ?? []);
    const n = own.reduce((sum, each) => sum + each.n, 0);
    const confidence = own.reduce((sum, each) => sum + (each.confidence ?? 0) * each.n, 0);
    return {
      n,
      correct: own.reduce((sum, each) => sum + each.correct, 0),
      confidence: n === 0 ? null : confidence / n,
    };
  });
}

/** The bin that a point of a curve stands for; the ensemble's where both have one there. */
function binAt(x: number, ensemble: Bins, each: Bins): { bin: number; of: 'ensemble' | 'any' } | null {
  const at = (bins: Bins): number => bins.findIndex(({ n, confidence }) => n > 0 && confidence === x);
  if (at(ensemble) >= 0) return { bin: at(ensemble), of: 'ensemble' };
  return at(each) >= 0 ? { bin: at(each), of: 'any' } : null;
}

/** `softmax 0.933–1`. */
const binName = (bin: number): string =>
  `softmax ${Number((bin / 15).toFixed(3))}–${Number(((bin + 1) / 15).toFixed(3))}`;
