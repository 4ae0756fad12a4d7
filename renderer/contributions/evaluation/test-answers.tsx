import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { EvaluationCalls } from '../../../main/contributions/evaluation/calls.ts';
import { formatCount, formatRoughTime } from '../../../main/domain/numbers/index.ts';
import { useApi, useApiOf } from '../../client/index.ts';
import { studyAddress } from '../../navigation/index.ts';
import { HelpNote, isActive, JobStatus, useActionError } from '../../ui/parts/index.ts';
import { findTable, useChoice } from '../../results/index.ts';
import type { Places } from '../../ui/places/index.ts';

/** What changes which networks lack answers. */
const meta = { follows: ['studies', 'stimuli', 'predictions', 'labeling'] };

/** Has the networks of the study answer the test images, as far as they have not, where a table is of these answers. */
export function TestAnswers({ shown }: Places['results.agreement']) {
  const { study } = useChoice();
  return shown && findTable(shown, 'test-images') && <Missing study={study} />;
}

function Missing({ study }: { study: string }) {
  const core = useApi();
  const api = useApiOf<EvaluationCalls>('evaluation');
  const { onError, notice } = useActionError();
  const plan = useQuery(api.plan.queryOptions({ input: { study }, meta }));
  const compute = useMutation(api.answer.mutationOptions({ onError }));
  const jobs = useQuery(core.jobs.list.queryOptions({ input: {} }));
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
