import { Button, Group, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Board, SavedPlan } from '../../../../main/contract/labeling/board.ts';
import type { LabelingPlan } from '../../../../main/contract/labeling/plan.ts';
import { labelingPlanSchema } from '../../../../main/contract/labeling/plan.ts';
import { useApi } from '../../../client/context.tsx';
import { counted } from '../../../ui/format.ts';
import { Loading, Refused } from '../../../ui/states.tsx';
import { Ago } from '../../../ui/values.tsx';
import { firstPlan } from './first-plan.ts';
import { LookFields } from './look-fields.tsx';
import { OrderFields } from './order-fields.tsx';
import { PlanPreview } from './plan-preview.tsx';
import { PlannerChart } from './planner-chart.tsx';
import { QuestionFields, TextFields } from './question-fields.tsx';

export interface PlanPartProps {
  study: string;
  stimuli: NonNullable<Board['stimuli']>;
  /** Sessions that are there already: they keep the plan that they were made with. */
  sessions: number;
}

/** What is asked of whom. */
export function PlanPart(props: PlanPartProps) {
  const api = useApi();
  const plan = useQuery(api.labeling.plan.get.queryOptions({ input: { study: props.study } }));
  if (plan.isError) return <Refused error={plan.error} onRetry={() => void plan.refetch()} />;
  if (!plan.data) return <Loading label="Reading the plan" lines={8} />;
  const { saved, proposal } = plan.data;
  const first = firstPlan(saved?.plan ?? null, proposal);
  return first && <PlanForm {...props} saved={saved} first={first} />;
}

interface PlanFormProps extends PlanPartProps {
  saved: SavedPlan | null;
  first: LabelingPlan;
}

function PlanForm({ study, stimuli, sessions, saved, first }: PlanFormProps) {
  const [plan, setPlan] = useState(first);
  const [soon] = useDebouncedValue(plan, 300);
  const change = (part: Partial<LabelingPlan>): void => setPlan((before) => ({ ...before, ...part }));
  const problem = useMemo(() => problemOf(plan), [plan]);
  const fields = { plan, change };
  return (
    <div className="labeling-plan">
      <div className="labeling-column">
        <QuestionFields {...fields} classes={stimuli.classes} />
        <TextFields {...fields} versions={saved?.texts ?? null} />
        <LookFields {...fields} />
        <OrderFields {...fields} images={stimuli.images} />
      </div>
      <aside className="labeling-column labeling-aside" aria-label="What the plan comes to">
        <section className="labeling-card" aria-labelledby="plan-comes">
          <h2 id="plan-comes">What it comes to</h2>
          {problemOf(soon) === null && <PlanPreview study={study} plan={soon} />}
          <SaveLine {...{ study, plan, saved, problem, sessions }} />
        </section>
        <section className="labeling-card" aria-labelledby="plan-people">
          <h2 id="plan-people">How many people?</h2>
          <PlannerChart study={study} people={soon.people} perPerson={soon.perPerson} stimuli={stimuli.images} />
        </section>
      </aside>
    </div>
  );
}

interface SaveLineProps {
  study: string;
  plan: LabelingPlan;
  saved: SavedPlan | null;
  problem: string | null;
  sessions: number;
}

function SaveLine({ study, plan, saved, problem, sessions }: SaveLineProps) {
  const api = useApi();
  const save = useMutation(api.labeling.plan.save.mutationOptions());
  const isChanged = saved === null || textOf(saved.plan) !== textOf(plan);
  return (
    <>
      {problem !== null && (
        <p className="labeling-problem" role="alert">
          {problem}
        </p>
      )}
      <Group gap="sm">
        <Button
          disabled={problem !== null || !isChanged}
          loading={save.isPending}
          onClick={() => save.mutate({ study, plan })}
        >
          Save the plan
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {saved === null ? (
            'Not saved yet'
          ) : isChanged ? (
            `Differs from version ${saved.version}`
          ) : (
            <>
              Version {saved.version}, saved <Ago at={saved.savedAt} />
            </>
          )}
        </Text>
      </Group>
      {isChanged && sessions > 0 && (
        <p className="soft">{counted(sessions, 'session')} keep the plan that they were made with.</p>
      )}
      {save.isError && <Refused error={save.error} safe="The plan that was saved before is as it was." />}
    </>
  );
}

/** A plan in one spelling, to be compared. */
const textOf = (plan: LabelingPlan): string => JSON.stringify(labelingPlanSchema.safeParse(plan).data ?? plan);

const places: Record<string, string> = {
  question: 'The question is empty.',
  names: 'An answer has no name.',
  cannotTell: 'The answer for those who can’t tell has no name.',
  consent: 'The consent text is empty.',
};

/** Why a plan cannot be saved; null: it can. */
function problemOf(plan: LabelingPlan): string | null {
  const names = plan.names.map((name) => name.trim());
  const checked = labelingPlanSchema.safeParse(plan);
  if (checked.success) return new Set(names).size < names.length ? 'Two answers have the same name.' : null;
  const [issue] = checked.error.issues;
  const place = String(issue?.path[0] ?? '');
  return places[place] ?? `Look at ${place}: ${issue?.message ?? ''}`;
}
