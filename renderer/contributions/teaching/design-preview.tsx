import { Alert, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TeachingChoices } from '../../../main/contributions/teaching/contract/teaching.ts';
import type { Teaching } from '../../../main/contributions/teaching/contract/design.ts';
import { formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { toRefusal } from '../../client/index.ts';
import { Fact, Loading } from '../../ui/parts/index.ts';
import { Enough, type EnoughProps } from './enough.tsx';
import type { parseTeaching } from './teaching-fields.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { CheckField } from '../../ui/fields/index.ts';
import { estimateText, PlanFoot, plannedText } from '../../recipes/index.ts';
import { meta, useTeaching } from './calls.ts';

interface DesignPreviewProps {
  study: string;
  choices: TeachingChoices;
  parsed: ReturnType<typeof parseTeaching>;
  onDone: () => void;
}

/** What a design takes, and what it can show; or why it is refused. */
export function DesignPreview({ study, choices, parsed, onDone }: DesignPreviewProps) {
  return (
    <section className="teaching-preview beside-sticky" style={{ top: 72 }} aria-label="What this takes">
      <h2>What this takes</h2>
      {'problem' in parsed ? (
        <Alert color="gray" role="status">
          {parsed.problem}
        </Alert>
      ) : (
        <Planned study={study} choices={choices} onDone={onDone} teaching={parsed.teaching} />
      )}
    </section>
  );
}

const wouldLose = 'teaching.would-lose-runs';

function Planned({ study, choices, teaching, onDone }: Omit<DesignPreviewProps, 'parsed'> & { teaching: Teaching }) {
  const calls = useTeaching();
  const [again, setAgain] = useState(false);
  const input = useMemo(() => ({ study, teaching, again }), [study, teaching, again]);
  const [wanted] = useDebouncedValue(input, 400);
  const plan = useQuery(calls.plan.queryOptions({ input: wanted, meta, placeholderData: keepPreviousData }));
  const losesRuns = plan.isError && toRefusal(plan.error).code === wouldLose;
  const isOld = wanted !== input || plan.isPlaceholderData;
  return (
    <Stack gap="md">
      {plan.isPending && <Loading label="Splitting images and people, and looking for leaks" lines={6} />}
      {(losesRuns || again) && (
        <Alert color="orange">
          {losesRuns && <p>{toRefusal(plan.error).what}.</p>}
          <CheckField
            checked={again}
            onChange={setAgain}
            label="Make the targets again; these trainings leave the study, and their files are kept"
          />
        </Alert>
      )}
      {plan.data && !plan.isError && (
        <div data-stale={isOld || undefined}>
          <PlanFacts plan={plan.data} study={study} choices={choices} teaching={teaching} />
        </div>
      )}
      <PlanFoot
        study={study}
        plan={losesRuns ? { data: undefined, error: null } : plan}
        disabled={isOld}
        actions={['Make targets and train', 'Make targets only']}
        make={() => calls.make.call(input)}
        says={({ runs }) => `Targets made; ${formatCount(runs, 'training')} added to ${teaching.name}`}
        onDone={onDone}
      />
    </Stack>
  );
}

interface PlanFactsProps extends EnoughProps {
  choices: TeachingChoices;
}

function PlanFacts({ study, plan, choices, teaching }: PlanFactsProps) {
  const { runs, known, kept, cells, people, halvesOf, folds, untaught, parts } = plan;
  const distills = parts.some(({ temperature }) => temperature !== null);
  return (
    <Stack gap="md">
      <dl className="facts">
        <Fact name="Networks">
          {plannedText(plan, cells, teaching.seeds)}
          {kept > 0 && `; ${formatCount(kept, 'training')} of the study ${kept === 1 ? 'stays' : 'stay'}`}
        </Fact>
        {runs + known > 0 && <Fact name="Estimate">{estimateText(plan)}</Fact>}
        <Fact name="Images">
          {formatCount(choices.images, 'image')}; in each fold {folds.join(', ')}
          {untaught > 0 && `; ${formatInteger(untaught)} are test images of the data set and are never taught`}
        </Fact>
        <Fact name={halvesOf === 'people' ? 'People' : 'Labels'}>
          {formatInteger(people.a)} in half a, {formatInteger(people.b)} in half b
          {halvesOf === 'labels' && '; the labels are counts, so one person may teach and examine'}
        </Fact>
      </dl>
      <Enough study={study} plan={plan} teaching={teaching} />
      <details>
        <summary>Taught images of each part</summary>
        <PlainTable
          rows={parts}
          rowKey={({ fold, teachers }) => `${fold}${teachers}`}
          columns={[
            { title: 'Held-out fold', cell: ({ fold }) => fold },
            { title: 'Teachers', cell: ({ teachers }) => `half ${teachers}` },
            { title: 'Taught images', cell: ({ images }) => formatInteger(images) },
            distills && { title: 'Temperature', cell: ({ temperature }) => temperature ?? '–' },
          ]}
        />
      </details>
    </Stack>
  );
}
