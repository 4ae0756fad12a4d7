import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SoftmaxResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { BarChart } from '../../charts/bar-chart.tsx';
import { usePeople } from '../../ui/rehearsal.tsx';
import { Answered } from './answered.tsx';
import { useOpenImages } from './address.ts';
import { Calibration } from './calibration.tsx';
import { useChoice, useView } from './choice.tsx';
import { PerImageSoftmax } from './per-image-softmax.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { Quartiles } from './quartiles.tsx';
import { typeName } from './type-names.ts';
import { useOpenWhich } from './use-which.ts';

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
      <Answered query={tables}>{(data) => <ExhibitTable exhibit={data.table4} />}</Answered>
      <Answered query={softmax}>{(data) => <Distributions softmax={data} />}</Answered>
      <Answered query={calibration}>{(data) => <Calibration calibration={data} />}</Answered>
      <Answered query={images}>{(data) => <PerImageSoftmax rows={data.rows} models={data.models} />}</Answered>
    </>
  );
}

const colours = {
  type_a: 'var(--networks-3)',
  both_disagree: 'var(--disagree)',
  both_agree: 'var(--agree)',
  type_c: 'var(--people-3)',
} as const;

/** Bins that one bar shows: 40 bars of four types would be too thin to see. */
const together = 4;

function Distributions({ softmax: { types, edges, models } }: { softmax: SoftmaxResult }) {
  const open = useOpenImages();
  const openWhich = useOpenWhich();
  const { group } = useChoice();
  const people = usePeople();
  const shown = types.filter(({ counts }) => counts.some((count) => count > 0));
  const barName = (bar: number): string => {
    const [from, to] = [edges[bar * together], edges[Math.min((bar + 1) * together, edges.length - 1)]];
    return `${round(from ?? 0)}–${round(to ?? 1)}`;
  };
  if (shown.length === 0)
    return <p className="help-note">There are no distributions by type. {types[0]?.spread.undefined}</p>;
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
          hatch: type === 'type_c',
          ...(type === 'both_disagree' && { outline: 'var(--disagree-outline)' }),
        }))}
        categories={Array.from({ length: Math.ceil((edges.length - 1) / together) }, (_, bar) => ({
          name: barName(bar),
          values: Object.fromEntries(
            shown.map(({ type, counts }) => {
              const total = counts.reduce((sum, each) => sum + each, 0);
              const count = counts.slice(bar * together, (bar + 1) * together).reduce((sum, each) => sum + each, 0);
              return [type, { value: total === 0 ? null : (100 * count) / total, n: count }];
            }),
          ),
        }))}
        onOpen={({ name }, series) => {
          const own = shown.find(({ type }) => type === series)?.type;
          const bar = Array.from({ length: edges.length - 1 }, (_, at) => at).find((at) => barName(at) === name);
          if (!group || own === undefined || bar === undefined) return;
          const bins = { from: bar * together, to: (bar + 1) * together };
          openWhich(group, { kind: 'softmax', type: own, ...bins }, `${typeName(own, people)}, softmax ${name}`);
        }}
      />
      <Quartiles types={shown} />
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
