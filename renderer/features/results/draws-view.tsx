import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DrawsResult } from '../../../main/contract/api/draws.ts';
import { formatCount, formatFixed } from '../../../main/domain/format.ts';
import { Scatter, type ScatterPoint } from '../../charts/scatter.tsx';
import { useApi } from '../../client/context.tsx';
import { AnchorFields } from '../../ui/anchor-fields.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { ErrorNotice, HelpNote } from '../../ui/states.tsx';
import { useChoice } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { QueryResult } from './notes.tsx';
import { paperEntry } from '../../charts/legend.tsx';

/** How much one draw of anchors decides: measures over many draws, this study's own set and the paper among them. */
export function DrawsView() {
  const api = useApi();
  const { study } = useChoice();
  const answer = useQuery(api.results.draws.queryOptions({ input: { study } }));
  return (
    <QueryResult query={answer}>
      {({ runs, exhibit, own }) => (
        <>
          {own && <DrawForm key={study} study={study} own={own} />}
          {runs.map((run) => (
            <OneRun key={run.runId} run={run} />
          ))}
          {exhibit.rows.length > 0 && <ExhibitTable exhibit={exhibit} />}
        </>
      )}
    </QueryResult>
  );
}

/** @param own the study's own design and rule, which the form begins with */
function DrawForm({ study, own }: { study: string; own: NonNullable<DrawsResult['own']> }) {
  const api = useApi();
  const [rule, setRule] = useState(own.rule);
  const [anchorDesign, setDesign] = useState(own.anchorDesign);
  const [draws, setDraws] = useState(100);
  const [seed, setSeed] = useState(1);
  const draw = useMutation(api.stimuli.draw.mutationOptions());
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const job = jobs.data?.find(({ id, endedAt }) => id === draw.data?.job && endedAt === null);
  const start = (): void => {
    draw.mutate({ study, request: { rule, anchorDesign, draws, seed } });
  };
  return (
    <section className="results-section" aria-labelledby="draw-anchors">
      <h2 id="draw-anchors">Draw anchors</h2>
      <HelpNote>
        Each draw is a complete stimulus set with other anchors. All trained networks label its images, which takes
        minutes for 100 draws. It shows how far the level of disagreement moves with the anchors alone. The form starts
        with the anchors and rule of this study.
      </HelpNote>
      <Group gap="sm" align="end" mt="xs">
        <AnchorFields
          design={anchorDesign}
          onDesign={setDesign}
          rule={rule}
          best="Best of another search"
          onRule={(kind) => kind !== 'random' && setRule(kind)}
        />
        <NumberField label="Draws" w={104} min={1} max={10_000} value={draws} onChange={setDraws} />
        <NumberField label="Seed" w={104} min={0} max={4_294_967_295} value={seed} onChange={setSeed} />
        <Button loading={draw.isPending} disabled={job !== undefined} onClick={start}>
          Draw {formatCount(draws, 'set')}
        </Button>
      </Group>
      {draw.isError && <ErrorNotice error={draw.error} />}
      {job && <JobProgress job={job} />}
    </section>
  );
}

type Run = DrawsResult['runs'][number];
type Distribution = Run['distributions'][number];

const measureTitles: Record<Distribution['measure'], string> = {
  pairwise_disagreement_pct: 'Two networks differ',
  any_differ_pct: 'Any networks differ',
  reference_differs_pct: 'Differ from the reference network',
};

function OneRun({ run }: { run: Run }) {
  const { title, request, state, done, failure, distributions } = run;
  const number = formatCount(request.draws, 'draw');
  const id = `draws-${run.runId}`;
  const shown = (Object.keys(measureTitles) as Distribution['measure'][]).filter((measure) =>
    distributions.some((each) => each.measure === measure),
  );
  return (
    <section className="results-section" aria-labelledby={id}>
      <h2 id={id}>
        {number}: {title}
      </h2>
      {state !== 'done' && (
        <HelpNote>
          {failure ?? `${done} of ${number} are done. Start it again with the same values to resume it.`}
        </HelpNote>
      )}
      <Stack gap={20}>
        {shown.map((measure) => (
          <Strip key={measure} measure={measure} rows={distributions.filter((each) => each.measure === measure)} />
        ))}
      </Stack>
    </section>
  );
}

const kinds = [
  {
    kind: 'draw',
    name: 'A draw',
    color: 'var(--networks-4)',
    mark: <circle r="3" fill="var(--networks-4)" fillOpacity="0.7" />,
  },
  {
    kind: 'own',
    name: 'This study',
    color: 'var(--ink)',
    mark: <path d="M0 -7L6 5H-6Z" fill="var(--ink)" stroke="var(--surface)" strokeWidth="1" />,
  },
  {
    ...paperEntry,
    kind: 'paper',
  },
];

/** Draws are spread over this part of a row, so that equal values can be told apart. */
const rowHeight = 0.7;
const goldenRatio = 0.618034;

/** One measure: a row for each group of networks, a point for each draw. */
function Strip({ measure, rows }: { measure: Distribution['measure']; rows: readonly Distribution[] }) {
  const points = rows.flatMap((row, n): ScatterPoint[] => {
    const y = rows.length - n;
    const marked = (kind: 'own' | 'paper', name: string, x: number | null): ScatterPoint[] =>
      x === null ? [] : [{ id: `${kind}-${n}`, kind, x, y, label: `${name}, ${row.group}` }];
    return [
      ...row.values.map((x, draw) => ({
        id: `${n}-${draw}`,
        kind: 'draw',
        x,
        label: `Draw ${draw + 1}, ${row.group}`,
        y: y + rowHeight * (((draw * goldenRatio) % 1) - 0.5),
      })),
      ...marked('own', 'This study', row.own),
      ...marked('paper', 'The paper', row.paper),
    ];
  });
  const title = measureTitles[measure];
  return (
    <Scatter
      title={title}
      n={`n = ${formatCount(rows[0]?.values.length ?? 0, 'draw')}`}
      x={{ title: `${title} (% of images)`, domain: [0, null], format: (value) => formatFixed(value, 1) }}
      y={{
        title: 'Networks',
        domain: [0.5, rows.length + 0.5],
        ticks: rows.map((_, n) => n + 1),
        format: (value) => rows[rows.length - Math.round(value)]?.group ?? '',
      }}
      points={points}
      kinds={kinds.filter(({ kind }) => points.some((point) => point.kind === kind))}
      height={90 + 56 * rows.length}
    />
  );
}
