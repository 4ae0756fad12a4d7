import { useQuery } from '@tanstack/react-query';
import type { RunRow } from '../../../main/contract/api/index.ts';
import type { SlurmCalls } from '../../../main/contributions/slurm/calls.ts';
import { formatInteger } from '../../../main/domain/numbers/index.ts';
import { useApiOf } from '../../client/index.ts';
import { Output, Part } from '../../ui/tables/index.ts';
import { Fact, LoadingLine, QueryState } from '../../ui/parts/index.ts';
import { Until } from '../../ui/words/index.ts';
import './slurm.css';

/** Where a run is on a cluster, or was. */
export function ClusterFacts({ run: { cluster, node, there } }: { run: RunRow }) {
  return (
    <>
      <Fact name="Runs on">
        {cluster}
        {node !== null && `, node ${node}`}
        {there === null && node === null && ', not submitted yet'}
      </Fact>
      {there && (
        <Fact name="Slurm task">
          {there.job === null ? 'Not submitted yet' : `Task ${there.task} of job ${there.job}`}
          {there.state !== 'packed' && there.waits && `: ${waitingText(there.waits)}`}
          {there.restarts > 0 && `, started again ${formatTimes(there.restarts)}`}
        </Fact>
      )}
      {there?.endsAt != null && (
        <Fact name="Time limit">
          <Until at={there.endsAt} />. Slurm then starts the task again, and it continues from its checkpoint.
        </Fact>
      )}
    </>
  );
}

const waitingText = ({ what, more }: { what: string; more: string }): string =>
  more === '' ? what : `${what}. ${more}`;

const formatTimes = (count: number): string => (count === 1 ? 'once' : `${formatInteger(count)} times`);

/** What the run's task wrote on its terminal; its file is on the cluster while the run is. */
export function TaskLog({ run: { id, cluster } }: { run: RunRow }) {
  const slurm = useApiOf<SlurmCalls>('slurm');
  const log = useQuery(slurm.taskLog.queryOptions({ input: { id }, staleTime: 0, meta: { follows: ['runs'] } }));
  return (
    <Part title={`Output of the task on ${cluster}`}>
      {log.isPending && <LoadingLine label="Reading the shared folder" />}
      <QueryState query={log} />
      {log.data && <Output text={log.data.text} label={`Output of the task on ${cluster}`} />}
    </Part>
  );
}
