import { Group } from '@mantine/core';
import { formatCount } from '../../../main/domain/format.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CalibrationResult, SoftmaxResult } from '../../../main/contract/api/results-charts.ts';
import { useApi } from '../../client/context.tsx';
import { BarChart } from '../../charts/bar-chart.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';
import { QueryResult } from './notes.tsx';
import { useOpenImages } from './address.ts';
import { useChoice, useOpenWhich, useSample, useView, useTables } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { typeName } from '../../../main/domain/image-types.ts';
import { LineChart } from '../../charts/line-chart.tsx';
import type { ImageRow } from '../../../main/contract/api/results-tables.ts';
import { TypeBadge } from '../../ui/badges.tsx';
import { formatVotes } from '../../ui/votes.ts';
import { type DataColumn, DataTable } from '../../ui/table/data-table.tsx';

/** Table 4, distributions of the largest softmax by type, calibration, and each image. */
export function SoftmaxView() {
  const api = useApi();
  const input = useView();
  const options = { input, placeholderData: keepPreviousData };
  const tables = useTables();
  const targets = useSample('targets');
  const softmax = useQuery(api.results.softmax.queryOptions(options));
  const calibration = useQuery(api.results.calibration.queryOptions(options));
  const images = useQuery(api.results.images.queryOptions(options));
  return (
    <>
      <QueryResult query={tables}>{(data) => <ExhibitTable exhibit={data.table4} n={targets} />}</QueryResult>
      <QueryResult query={softmax}>{(data) => <Distributions softmax={data} />}</QueryResult>
      <QueryResult query={calibration}>{(data) => <Calibration calibration={data} />}</QueryResult>
      <QueryResult query={images}>{(data) => <PerImageSoftmax rows={data.rows} models={data.models} />}</QueryResult>
    </>
  );
}

const colors = {
  type_a: 'var(--networks-3)',
  both_disagree: 'var(--disagree)',
  both_agree: 'var(--agree)',
  type_c: 'var(--people-3)',
} as const;

/** Bins per bar: 40 bars of four types would be too thin. */
const together = 4;

function Distributions({ softmax: { types, edges, quartiles, undefined: unknown } }: { softmax: SoftmaxResult }) {
  const sample = useSample('chosen');
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
    return <HelpNote>Distributions by type are not defined. {unknown ?? types[0]?.spread.undefined}</HelpNote>;
  return (
    <section className="results-section" aria-label="Distributions of the largest softmax">
      <BarChart
        title="Distribution of the largest softmax, by type"
        xTitle="Largest softmax"
        y={{ title: 'Percent of values of the type' }}
        n={`n = ${sample}, each on every image of the type`}
        series={shown.map(({ type }) => ({
          id: type,
          name: typeName(type, people),
          color: colors[type],
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
      <ExhibitTable exhibit={quartiles} n={sample} />
      <Group component="p" gap="4px 14px" align="stretch">
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
      </Group>
    </section>
  );
}

const round = (value: number): number => Number(value.toFixed(3));

/** Agreement with the majority of people, by softmax. */
export function Calibration({ calibration }: { calibration: CalibrationResult }) {
  const sample = useSample('chosen');
  const people = usePeople();
  const { group } = useChoice();
  const open = useOpenWhich();
  if (calibration.undefined !== null)
    return (
      <>
        <HelpNote>Calibration is not defined. {calibration.undefined}</HelpNote>
        {(calibration.ensemble?.labeled ?? 0) > 0 && <ExhibitTable exhibit={calibration.scores} n={sample} />}
      </>
    );
  const pooled = pool(calibration.models.map(({ bins }) => bins));
  const { ensemble } = calibration;
  return (
    <section className="results-section" aria-label="Calibration">
      <LineChart
        title={`How often networks agree with the majority of ${people}, by softmax`}
        n={`n = ${calibration.models[0]?.n ?? 0} images with a majority; ${sample}; 15 bins`}
        x={{ title: 'Mean softmax of the bin', domain: [0, 1] }}
        y={{ title: `Share that agrees with ${people}`, domain: [0, 1] }}
        height={320}
        series={[
          {
            id: 'perfect',
            name: 'Perfect calibration',
            points: [
              [0, 0],
              [1, 1],
            ],
            color: 'var(--line-strong)',
            dash: '4 3',
          },
          ...(ensemble
            ? [
                {
                  id: 'ensemble',
                  name: 'Ensemble (mean softmax)',
                  color: 'var(--networks)',
                  dash: '',
                  points: calibrationCurve(ensemble.bins),
                  counts: binCounts(ensemble.bins),
                },
              ]
            : []),
          {
            id: 'each',
            name: 'Single networks',
            color: 'var(--networks-3)',
            dash: '7 3',
            points: calibrationCurve(pooled),
            counts: binCounts(pooled),
          },
        ]}
        onPick={(x) => {
          const picked = binAt(x, ensemble?.bins ?? [], pooled);
          if (!group || !picked) return;
          const { bin, of } = picked;
          const source = of === 'ensemble' ? 'Ensemble' : 'Any network';
          open(group, { kind: 'calibration-bin', bin, of }, `${source}, ${binName(bin)}`);
        }}
      />
      <ExhibitTable exhibit={calibration.scores} n={sample} />
    </section>
  );
}

type Bins = CalibrationResult['models'][number]['bins'];

/** Share of right answers by the mean confidence of each bin that has images. */
export const calibrationCurve = (bins: Bins): (readonly [number, number])[] =>
  bins.flatMap(({ n, correct, confidence }) =>
    n === 0 || confidence === null ? [] : [[confidence, correct / n] as const],
  );

/** Images by the mean confidence of each bin that has some. */
export const binCounts = (bins: Bins): (readonly [number, number])[] =>
  bins.flatMap(({ n, confidence }) => (n === 0 || confidence === null ? [] : [[confidence, n] as const]));

/** Sum over the bins of several networks. */
export function pool(all: readonly Bins[]): Bins {
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

/** The bin of a point; the ensemble's if both curves have a point at x. */
export function binAt(x: number, ensemble: Bins, each: Bins): { bin: number; of: 'ensemble' | 'any' } | null {
  const at = (bins: Bins): number => bins.findIndex(({ n, confidence }) => n > 0 && confidence === x);
  if (at(ensemble) >= 0) return { bin: at(ensemble), of: 'ensemble' };
  return at(each) >= 0 ? { bin: at(each), of: 'any' } : null;
}

/** `softmax 0.933–1`. */
const binName = (bin: number): string =>
  `softmax ${Number((bin / 15).toFixed(3))}–${Number(((bin + 1) / 15).toFixed(3))}`;

/** Every image with labels, votes, softmax and entropies. */
function PerImageSoftmax({ rows, models }: { rows: readonly ImageRow[]; models: number }) {
  const { overview } = useChoice();
  const open = useOpenImages();
  const people = usePeople();
  const columns = useMemo(() => imageColumns(rows, overview.classes, people), [rows, overview.classes, people]);
  return (
    <section className="results-section" aria-labelledby="each-image">
      <h2 id="each-image">
        Each image <span className="soft">n = {formatCount(models, 'network')}; press Enter to open an image</span>
      </h2>
      <DataTable
        id="results: images"
        label="Each image"
        rows={rows}
        columns={columns}
        rowId={({ id }) => String(id)}
        onOpen={({ id }) => open.image(id)}
        height={420}
      />
    </section>
  );
}

function imageColumns(rows: readonly ImageRow[], classes: readonly string[], labelers: string): DataColumn<ImageRow>[] {
  const name = (k: number | null): string => (k === null ? '–' : (classes[k] ?? String(k)));
  const pairName = ({ i, j }: ImageRow): string => `${name(i)} – ${name(j)}`;
  const number = (
    id: string,
    title: string,
    value: (row: ImageRow) => number | null,
    decimals: number,
    width = Math.max(90, 40 + 7 * title.length),
  ) => ({
    id,
    title,
    value,
    numeric: true,
    width,
    cell: (row: ImageRow) => value(row)?.toFixed(decimals) ?? '–',
  });
  return [
    { id: 'id', title: 'Image', value: ({ id }) => id, numeric: true, width: 70 },
    ...(rows.some(({ i }) => i !== null)
      ? [
          ...[{ id: 'pair', title: 'Pair', value: pairName, groupable: true, width: 190 }],
          number('alpha', 'Alpha', ({ alpha }) => alpha, 2, 80),
        ]
      : []),
    ...(rows.some(({ truth }) => truth !== null)
      ? [{ id: 'truth', title: 'True class', value: ({ truth }: ImageRow) => name(truth), groupable: true, width: 130 }]
      : []),
    {
      id: 'type',
      title: 'Type',
      width: 70,
      groupable: true,
      value: ({ type }) => (type ? typeName(type, labelers) : null),
      cell: ({ type, exception }) => (type ? <TypeBadge type={type} exception={exception} /> : '–'),
    },
    { id: 'people', title: capitalize(labelers), value: ({ people }) => formatVotes(people, classes), width: 180 },
    { id: 'votes', title: 'Networks', value: ({ votes }) => formatVotes(votes, classes), width: 180 },
    number('softmax', 'Mean largest softmax', ({ meanMaxSoftmax }) => meanMaxSoftmax, 3),
    number('people-h', `Entropy, ${labelers} (bits)`, ({ peopleEntropy }) => peopleEntropy, 2),
    number('votes-h', 'Entropy, votes (bits)', ({ votesEntropy }) => votesEntropy, 2),
    number('softmax-h', 'Entropy, softmax (bits)', ({ predictiveEntropy }) => predictiveEntropy, 2),
    number('epistemic', 'Uncertainty between networks (bits)', ({ epistemic }) => epistemic, 3),
    number('js', `Divergence from ${labelers} (bits)`, ({ divergence }) => divergence, 3),
  ];
}
