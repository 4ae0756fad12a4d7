import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type DrawRequest,
  drawRequestSchema,
  drawSettings,
} from '../../../main/contributions/draws/contract/request.ts';
import type { DrawsCalls } from '../../../main/contributions/draws/calls.ts';
import type { DrawsResult } from '../../../main/contributions/draws/contract/result.ts';
import { formatCount } from '../../../main/domain/numbers/index.ts';
import { FigureView } from '../../charts/index.ts';
import { useApi, useApiOf } from '../../client/index.ts';
import { ErrorNotice, HelpNote, JobProgress } from '../../ui/parts/index.ts';
import { SettingFields } from '../../ui/fields/index.ts';
import { ExhibitTable, NotYet, QueryResult, useChoice } from '../../results/index.ts';

/** How much one draw of anchors decides: measures over many draws, this study's own set and the paper among them. */
export function DrawsView() {
  const draws = useApiOf<DrawsCalls>('draws');
  const { study } = useChoice();
  const answer = useQuery(
    draws.result.queryOptions({
      input: { study },
      meta: { follows: ['studies', 'stimuli', 'predictions', 'labeling'] },
    }),
  );
  return (
    <QueryResult query={answer}>
      {({ runs, exhibit, own }) => (
        <>
          {!own && runs.length === 0 && (
            <NotYet title="No anchors to draw">
              Only a generator can draw other anchors, and no generator makes the images of this study.
            </NotYet>
          )}
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
  const draws = useApiOf<DrawsCalls>('draws');
  const [request, setRequest] = useState<DrawRequest>(drawRequestSchema.parse(own));
  const draw = useMutation(draws.start.mutationOptions());
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const job = jobs.data?.find(({ id, endedAt }) => id === draw.data?.job && endedAt === null);
  return (
    <section className="results-section" aria-labelledby="draw-anchors">
      <h2 id="draw-anchors">Draw anchors</h2>
      <HelpNote>
        Each draw is a complete stimulus set with other anchors. All trained networks label its images, which takes
        minutes for 100 draws. It shows how far the level of disagreement moves with the anchors alone. The form starts
        with the anchors and rule of this study.
      </HelpNote>
      <div className="column-fields">
        <SettingFields settings={drawSettings} values={request} onValues={setRequest} />
      </div>
      <Button
        mt="sm"
        variant="filled"
        loading={draw.isPending}
        disabled={job !== undefined}
        onClick={() => draw.mutate({ study, request })}
      >
        Draw {formatCount(request.draws, 'set')}
      </Button>
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
