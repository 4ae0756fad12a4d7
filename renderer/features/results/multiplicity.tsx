import { Button } from '@mantine/core';
import { useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { TablesResult } from '../../../main/contract/api/results-tables.ts';
import { formatCount, formatRoughTime } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import { studyAddress } from '../../navigation/addresses.ts';
import { isActive, JobStatus } from '../../ui/job-progress.tsx';
import { HelpNote, useActionError } from '../../ui/states.tsx';
import { findTable, PartFigures, SectionTables } from './section-tables.tsx';

/** What depends on which of several equally accurate networks one has. */
export function Multiplicity({ tables, study }: { tables: UseQueryResult<TablesResult>; study: string }) {
  return (
    <>
      <SectionTables query={tables} only={['pooled', 'multiplicity']} />
      <PartFigures query={tables} />
      <SectionTables query={tables} except={['agreement', 'pooled', 'multiplicity', 'deferral']} />
      {tables.data && findTable(tables.data, 'test-images') && <TestAnswers study={study} />}
    </>
  );
}

/** Has the networks of the study answer the test images, as far as they have not. */
function TestAnswers({ study }: { study: string }) {
  const api = useApi();
  const { onError, notice } = useActionError();
  const plan = useQuery(api.results.testAnswers.queryOptions({ input: { study } }));
  const compute = useMutation(api.results.computeTestAnswers.mutationOptions({ onError }));
  const jobs = useQuery(api.jobs.list.queryOptions({ input: {} }));
  const [newest] = jobs.data?.filter(({ link }) => link === studyAddress(study, '/results/agreement')) ?? [];
  const active = newest && isActive(newest) ? newest : undefined;
  if (!plan.data) return null;
  const { open, withoutWeights, seconds } = plan.data;
  const time = seconds === null ? '' : `, about ${formatRoughTime(seconds)}`;
  return (
    <section className="results-section" aria-label="Answers to test images">
      {notice}
      <JobStatus active={active} failed={newest?.state === 'failed' && open > 0 ? newest : undefined} />
      {!active && open > 0 && (
        <Button variant="filled" loading={compute.isPending} onClick={() => compute.mutate({ study })}>
          Compute answers to test images ({formatCount(open, 'network')}
          {time})
        </Button>
      )}
      {withoutWeights > 0 && (
        <HelpNote>
          The weights of {formatCount(withoutWeights, 'network')} are not in this data folder, so these cannot answer
          test images. The archive that they came from may have left them out.
        </HelpNote>
      )}
    </section>
  );
}
