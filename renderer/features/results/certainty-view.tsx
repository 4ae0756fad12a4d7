import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { CertaintyResult } from '../../../main/contract/api/results-charts.ts';
import type { ImageRow, TablesResult } from '../../../main/contract/api/results-tables.ts';
import { useApi } from '../../client/context.tsx';
import { LineChart } from '../../charts/line-chart.tsx';
import { Scatter, type ScatterPoint } from '../../charts/scatter.tsx';
import { PixelImage } from '../../ui/pixel-image.tsx';
import { votesText } from '../../ui/strip-votes.ts';
import { Answered } from './answered.tsx';
import { useOpenImages } from './address.ts';
import { peopleWord, useChoice, useView } from './choice.tsx';
import { QuantityTable } from './paper-tables.tsx';
import { usePictures } from './use-pictures.ts';

/** Table 5, entropy of people against entropy of networks, and distances between the two. */
export function CertaintyView() {
  const api = useApi();
  const input = useView();
  const { study, labelers } = input;
  const options = { input, placeholderData: keepPreviousData };
  const tables = useQuery(
    api.results.tables.queryOptions({ input: { study, labelers }, placeholderData: keepPreviousData }),
  );
  const images = useQuery(api.results.images.queryOptions(options));
  const certainty = useQuery(api.results.certainty.queryOptions(options));
  return (
    <>
      <Answered query={images}>{(data) => <EntropyScatter rows={data.rows} rehearsal={data.rehearsal} />}</Answered>
      <Answered query={certainty}>{(data) => <Correlations certainty={data} />}</Answered>
      <Answered query={tables}>{(data) => <Table5 tables={data} />}</Answered>
    </>
  );
}

const kinds = [
  {
    kind: 'type_a',
    name: 'A: only networks disagree',
    colour: 'var(--networks-3)',
    mark: <rect x="-4" y="-4" width="8" height="8" fill="var(--networks-3)" />,
  },
  {
    kind: 'type_c',
    name: 'C: only people disagree',
    colour: 'var(--people-3)',
    mark: <path d="M0 -5L5 4H-5Z" fill="var(--people-3)" />,
  },
  {
    kind: 'both_disagree',
    name: 'Both disagree',
    colour: 'var(--disagree-outline)',
    mark: <circle r="4" fill="var(--surface)" stroke="var(--disagree-outline)" strokeWidth="1.5" />,
  },
  {
    kind: 'both_agree',
    name: 'Both agree',
    colour: 'var(--agree)',
    mark: <circle r="4" fill="var(--agree)" stroke="var(--line-strong)" />,
  },
];

const axis = (title: string) => ({ title, domain: [0, null] as const });

function EntropyScatter({ rows, rehearsal }: { rows: readonly ImageRow[]; rehearsal: boolean }) {
  const { study, overview } = useChoice();
  const pictures = usePictures(study, overview.images);
  const open = useOpenImages();
  const byId = useMemo(() => new Map(rows.map((row) => [String(row.id), row])), [rows]);
  const points = useMemo(() => rows.flatMap(pointOf), [rows]);
  const axes = useMemo(
    () => ({ x: axis(`Entropy of ${peopleWord(rehearsal)} (bits)`), y: axis('Entropy of votes (bits)') }),
    [rehearsal],
  );
  if (points.length === 0)
    return <p className="help-note">Nobody has labelled yet, so there is no entropy of people.</p>;
  return (
    <section className="results-section" aria-label="Entropy">
      <Scatter
        title="Where people are unsure, are networks?"
        n={`n = ${points.length} images`}
        {...axes}
        height={380}
        points={points}
        kinds={kinds.filter(({ kind }) => points.some((point) => point.kind === kind))}
        onOpen={({ id }) => open.image(Number(id))}
        tip={({ id, label, x, y }) => {
          const row = byId.get(id);
          return (
            <div className="image-tip">
              <PixelImage
                pixels={pictures.pixelsOf(Number(id))}
                width={pictures.width}
                height={pictures.height}
                size={84}
                label={label}
              />
              <div>
                <strong>{label}</strong>
                <p data-whose="people">
                  {votesText(row?.people ?? null, overview.classes)} ({x.toFixed(2)} bits)
                </p>
                <p data-whose="networks">
                  {votesText(row?.votes ?? null, overview.classes)} ({y.toFixed(2)} bits)
                </p>
              </div>
            </div>
          );
        }}
      />
    </section>
  );
}

function pointOf(row: ImageRow): ScatterPoint[] {
  const { id, type, peopleEntropy, votesEntropy } = row;
  if (peopleEntropy === null || votesEntropy === null || type === null) return [];
  return [{ id: String(id), x: peopleEntropy, y: votesEntropy, label: `Image ${id}`, kind: type }];
}

function Correlations({ certainty }: { certainty: CertaintyResult }) {
  const { correlations, uncertainty, distances } = certainty;
  const rows = [
    ...correlations.flatMap(({ with: of, pearson, spearman }) => [
      { name: `Entropy of people and of ${of}: Pearson`, of: pearson },
      { name: `Entropy of people and of ${of}: Spearman`, of: spearman },
    ]),
    { name: 'Uncertainty, total (bits)', of: uncertainty.total },
    { name: 'Uncertainty of each network (bits)', of: uncertainty.aleatoric },
    { name: 'Uncertainty between networks (bits)', of: uncertainty.epistemic },
    ...Object.entries(distances).map(([name, of]) => ({ name: distanceNames[name] ?? name, of })),
  ];
  return (
    <QuantityTable
      id="correlations"
      title="How people’s labels and networks’ answers go together"
      heading="Measure"
      rows={rows}
      rowName={({ name }) => name}
      columns={[{ name: 'Value', of: ({ of }) => of, decimals: 3 }]}
    />
  );
}

const distanceNames: Record<string, string> = {
  js_bits: 'Jensen–Shannon divergence (bits)',
  kl_human_model_bits: 'KL(people | networks) (bits)',
  kl_model_human_bits: 'KL(networks | people) (bits)',
  tv: 'Total variation',
  brier_soft: 'Squared difference',
  soft_xent_nats: 'Cross-entropy (nats)',
};

function Table5({ tables }: { tables: TablesResult }) {
  const open = useOpenImages();
  const { table5 } = tables;
  const classes = (table5[0]?.classes ?? []).filter(
    ({ images }, at) => images.length > 0 || table5.some((row) => row.classes[at]?.certainty.paper),
  );
  if (table5.length === 0) return <p className="help-note">This study has no seed groups, so there is no Table 5.</p>;
  return (
    <>
      <QuantityTable<TablesResult['table5'][number]>
        id="table-5"
        number="Table 5"
        title={`Certainty of seed groups by certainty of ${peopleWord(tables.rehearsal)}, percent`}
        heading="Networks"
        rows={table5}
        rowName={({ architecture, target }) => `${architecture} ${target} %`}
        columns={classes.map(({ humanCertainty, images }) => ({
          name: `${humanCertainty} % (${images.length} images)`,
          of: (row) => row.classes.find((each) => each.humanCertainty === humanCertainty)?.certainty ?? null,
        }))}
        onOpen={(_row, column) => {
          const of = classes[column];
          if (!of || of.images.length === 0) return undefined;
          return () => open.images(of.images, `Human certainty ${of.humanCertainty} %`);
        }}
      />
      <LineChart
        title="Table 5 as curves"
        n={`mean ± std over ${Math.max(...table5.map(({ repeats }) => repeats.length))} seed groups`}
        x={{ title: 'Certainty of people (%)' }}
        y={{ title: 'Certainty of networks (%)', domain: [null, 100] }}
        series={table5.map(({ architecture, target, classes: cells }) => {
          const own = cells
            .flatMap(({ humanCertainty, certainty: { value, std } }) =>
              value === null ? [] : [{ x: humanCertainty, value, std: std ?? 0 }],
            )
            .sort((a, b) => a.x - b.x);
          return {
            id: `${architecture} ${target}`,
            name: `${architecture} ${target} %`,
            points: own.map(({ x, value }) => [x, value] as const),
            band: own.map(({ x, value, std }) => [x, value - std, value + std] as const),
          };
        })}
      />
    </>
  );
}
