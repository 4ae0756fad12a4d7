import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DrawsResult } from '../../../main/contract/api/draws.ts';
import { formatCount } from '../../../main/domain/format.ts';
import { FigureView } from '../../charts/figure.tsx';
import { useApi } from '../../client/context.tsx';
import { AnchorFields } from '../../ui/anchor-fields.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { ErrorNotice, HelpNote } from '../../ui/states.tsx';
import { useChoice } from './choice.tsx';
import { ExhibitTable } from './exhibit-table.tsx';
import { QueryResult } from './notes.tsx';

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
        <Button variant="filled" loading={draw.isPending} disabled={job !== undefined} onClick={start}>
          Draw {formatCount(draws, 'set')}
        </Button>
      </Group>
      {draw.isError && <ErrorNotice error={draw.error} />}
      {job && <JobProgress job={job} />}
    </section>
  );
}

/** A run of draws: how far it is, and its measures. */
function OneRun({ run }: { run: DrawsResult['runs'][number] }) {
  const { title, request, state, done, failure, figure } = run;
  const number = formatCount(request.draws, 'draw');
  return (
    <>
      {state !== 'done' && (
        <HelpNote>
          {number}: {title}.{' '}
          {failure ?? `${done} of ${number} are done. Start it again with the same values to resume it.`}
        </HelpNote>
      )}
      {figure && <FigureView figure={figure} />}
    </>
  );
}
