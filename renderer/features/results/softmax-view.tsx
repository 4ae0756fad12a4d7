import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CalibrationResult, SoftmaxResult } from '../../../main/contract/api/results-charts.ts';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { BarChart } from '../../charts/bar-chart.tsx';
import { LineChart } from '../../charts/line-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { Answered } from './answered.tsx';
import { useOpenImages } from './address.ts';
import { targetName, useChoice, useView } from './choice.tsx';
import { PerImageSoftmax } from './per-image-softmax.tsx';
import { QuantityTable } from './paper-tables.tsx';
import { typeName } from './type-names.ts';

/** Table 4, all of the largest softmax by type, calibration, and each image. */
export function SoftmaxView() {
  const api = useApi();
  const input = useView();
  const { study, labelers } = input;
  const options = { input, placeholderData: keepPreviousData };
  const tables = useQuery(
    api.results.tables.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  const softmax = useQuery(api.results.softmax.queryOptions(options));
  const calibration = useQuery(api.results.calibration.queryOptions(options));
  const images = useQuery(api.results.images.queryOptions(options));
  return (
    <>
      <Answered query={tables}>{(data) => <Table4 tables={data} />}</Answered>
      <Answered query={softmax}>{(data) => <Distributions softmax={data} />}</Answered>
      <Answered query={calibration}>{(data) => <Calibration calibration={data} />}</Answered>
      <Answered query={images}>{(data) => <PerImageSoftmax rows={data.rows} models={data.models} />}</Answered>
    </>
  );
}

function Table4({ tables }: { tables: TablesResult }) {
  const { overview } = useChoice();
  const people = usePeople();
  return (
    <QuantityTable<TablesResult['table4'][number]>
      id="table-4"
      number="Table 4"
      title="Largest softmax by type"
      heading="Target"
      rows={tables.table4}
      rowName={({ target }) => targetName(overview, target)}
      columns={(['type_a', 'both_disagree', 'both_agree', 'type_c'] as const).map((type) => ({
        name: typeName(type, people),
        of: (row) => row.classes[type],
        decimals: 3,
      }))}
    />
  );
}

const colours = {
  type_a: 'var(--networks-3)',
  both_disagree: 'var(--ink-soft)',
  both_agree: 'var(--agree)',
  type_c: 'var(--people-3)',
} as const;

/** Bins that one bar shows: 40 bars of four types would be too thin to see. */
const together = 4;

function Distributions({ softmax: { types, edges, models } }: { softmax: SoftmaxResult }) {
  const open = useOpenImages();
  const people = usePeople();
  const shown = types.filter(({ counts }) => counts.some((count) => count > 0));
  if (shown.length === 0) return null;
  return (
    <section className="results-section" aria-label="Distributions of the largest softmax">
      <BarChart
        title="All values of the largest softmax, by type"
        xTitle="Largest softmax"
        y={{ title: 'Percent of the type’s values' }}
        n={`${models} networks on every image of the type`}
        series={shown.map(({ type }) => ({
          id: type,
          name: typeName(type, people),
          colour: colours[type],
          hatch: type === 'type_c' || type === 'both_disagree',
        }))}
        categories={Array.from({ length: Math.ceil((edges.length - 1) / together) }, (_, bar) => ({
          name: `${round(edges[bar * together] ?? 0)}–${round(edges[Math.min((bar + 1) * together, edges.length - 1)] ?? 1)}`,
          values: Object.fromEntries(
            shown.map(({ type, counts }) => {
              const total = counts.reduce((sum, each) => sum + each, 0);
              const count = counts.slice(bar * together, (bar + 1) * together).reduce((sum, each) => sum + each, 0);
              return [type, { value: total === 0 ? null : (100 * count) / total, n: count }];
            }),
          ),
        }))}
      />
      <p className="results-links">
        Images:{' '}
        {shown.map(({ type, images }) => (
          <button
            key={type}
            type="button"
            className="link-button"
            onClick={() => open.images(images, typeName(type, people))}
          >
            {typeName(type, people)} ({images.length})
          </button>
        ))}
      </p>
    </section>
  );
}

const round = (value: number): number => Number(value.toFixed(3));

function Calibration({ calibration }: { calibration: CalibrationResult }) {
  const people = usePeople();
  if (calibration.undefined !== null)
    return <p className="help-note">Calibration is not defined: {calibration.undefined}.</p>;
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
            colour: 'var(--networks)',
            dash: '',
          },
          { id: 'each', name: 'Networks one by one', points: curveOf(pooled), colour: 'var(--series-6)', dash: '7 3' },
        ]}
      />
      <QuantityTable
        id="scores"
        title={`Scores against the majority of ${people}, over networks`}
        heading="Score"
        rows={scoreNames(people).flatMap(([key, name]) => {
          const of = calibration.over[key];
          return of ? [{ name, of }] : [];
        })}
        rowName={({ name }) => name}
        columns={[{ name: 'Mean ± std', of: ({ of }) => of, decimals: 3 }]}
      />
    </section>
  );
}

type Bins = CalibrationResult['ensemble']['bins'];

const curveOf = (bins: Bins): (readonly [number, number])[] =>
  bins.flatMap(({ n, correct, confidence }) =>
    n === 0 || confidence === null ? [] : [[confidence, correct / n] as const],
  );

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

const scoreNames = (people: string) =>
  [
    ['accuracy', `Agrees with the majority of ${people}`],
    ['ece', 'Expected calibration error'],
    ['nll_nats', 'Negative log likelihood, nats'],
    ['brier_hard', 'Brier score'],
    ['soft_xent_nats', `Cross-entropy with the labels of ${people}, nats`],
    ['brier_soft', `Brier score against the labels of ${people}`],
  ] as const;
