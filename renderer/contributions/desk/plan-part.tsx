import type { DeskCalls } from '../../../main/contributions/desk/calls.ts';
import { Button, Group, Text, Box, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState, type CSSProperties } from 'react';
import type { BoardRow, SavedPlan } from '../../../main/contributions/desk/contract/board.ts';
import { type LabelingPlan, labelingPlanSchema } from '../../../main/contributions/sessions/contract/plan.ts';
import type { LabelingStimuli } from '../../../main/contract/labeling/index.ts';
import { sessionSettings } from '../../../main/contributions/desk/contract/settings.ts';
import { issueText } from '../../../main/domain/settings/index.ts';
import { findKeyProblem } from '../../../main/contributions/desk/analysis/choices.ts';
import { useApiOf } from '../../client/index.ts';
import { formatCount, formatFixed, formatInteger } from '../../../main/domain/numbers/index.ts';
import { Card, Confirm, ErrorNotice, Fact, HelpNote, Loading, QueryState } from '../../ui/parts/index.ts';
import { Ago } from '../../ui/words/index.ts';
import { QuestionFields, SettingCards, TextFields } from './plan-fields.tsx';
import { useBoard } from './use-sessions.ts';
import './desk-parts.css';
import { PlannerChart } from './planner-chart.tsx';
import { IconAlertTriangle } from '@tabler/icons-react';

interface PlanPartProps {
  study: string;
  stimuli: LabelingStimuli;
}

export function PlanPart({ study, stimuli }: PlanPartProps) {
  const api = useApiOf<DeskCalls>('desk');
  const plan = useQuery({ ...api.plan.get.queryOptions({ input: { study } }), meta: { follows: ['labeling'] } });
  const board = useBoard(study);
  if (plan.isError || !plan.data) return <QueryState query={plan} loading="Reading the plan" lines={8} />;
  if (!board.data) return <QueryState query={board} loading="Reading the sessions" lines={8} />;
  const { saved, proposal } = plan.data;
  const first = firstPlan(saved?.plan ?? null, proposal);
  return (
    first && <PlanForm study={study} stimuli={stimuli} sessions={board.data.sessions} saved={saved} first={first} />
  );
}

interface PlanFormProps extends PlanPartProps {
  /** Existing sessions keep their plan. */
  sessions: readonly Pick<BoardRow, 'isUsed'>[];
  saved: SavedPlan | null;
  first: LabelingPlan;
}

function PlanForm({ study, stimuli, sessions, saved, first }: PlanFormProps) {
  const [plan, setPlan] = useState(first);
  const [soon] = useDebouncedValue(plan, 300);
  const change = (part: Partial<LabelingPlan>): void => setPlan((before) => ({ ...before, ...part }));
  const problem = useMemo(() => findProblem(plan), [plan]);
  const fields = { plan, change };
  return (
    <div className="beside" style={{ '--beside': '45%' } as CSSProperties}>
      <Stack gap="lg" miw={0}>
        <QuestionFields {...fields} classes={stimuli.classes} />
        <TextFields {...fields} versions={saved?.texts ?? null} />
        <SettingCards {...fields} />
      </Stack>
      <Stack component="aside" className="beside-sticky" gap="lg" miw={0} aria-label="Summary of the plan">
        <Card title="Summary">
          {/* First, so that it stays where it is when the orders are computed. */}
          <SaveLine study={study} plan={plan} saved={saved} problem={problem} sessions={sessions} />
          {findProblem(soon) === null && <PlanPreview study={study} plan={soon} />}
        </Card>
        <Card title="Precision by number of people">
          <PlannerChart study={study} people={soon.people} perPerson={soon.perPerson} stimuli={stimuli.images} />
        </Card>
      </Stack>
    </div>
  );
}

interface SaveLineProps {
  study: string;
  plan: LabelingPlan;
  saved: SavedPlan | null;
  problem: string | null;
  sessions: PlanFormProps['sessions'];
}

function SaveLine({ study, plan, saved, problem, sessions }: SaveLineProps) {
  const api = useApiOf<DeskCalls>('desk');
  const save = useMutation(api.plan.save.mutationOptions());
  const isChanged = saved === null || planText(saved.plan) !== planText(plan);
  const [asked, ask] = useState(false);
  const begun = sessions.filter(({ isUsed }) => isUsed).length;
  const changes = saved === null ? [] : planChanges(saved.plan, plan);
  const store = (): void => save.mutate({ study, plan });
  return (
    <>
      {problem !== null && (
        <Box component="p" pl="sm" style={{ borderLeft: '4px solid var(--failed)' }} role="alert">
          {problem}
        </Box>
      )}
      <Group gap="sm">
        <Button
          variant="filled"
          disabled={problem !== null || !isChanged}
          loading={save.isPending}
          onClick={() => (begun > 0 && changes.length > 0 ? ask(true) : store())}
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
      {isChanged && sessions.length > 0 && (
        <p className="soft">
          {sessions.length === 1 ? '1 session keeps' : `${formatInteger(sessions.length)} sessions keep`} the plan of{' '}
          {sessions.length === 1 ? 'its' : 'their'} creation.
        </p>
      )}
      <Confirm
        opened={asked}
        title="Change the plan during the study?"
        action={`Save as version ${(saved?.version ?? 0) + 1}`}
        onClose={() => ask(false)}
        onConfirm={store}
      >
        <Text>
          {begun === 1 ? '1 person has' : `${formatInteger(begun)} people have`} begun or finished with an earlier plan.
          New sessions will differ in: {changes.join(', ')}.
        </Text>
        <HelpNote>
          Existing sessions keep their plan. All labels are analyzed together, and nothing corrects for the difference.
          To compare like with like, copy the study and change the plan there.
        </HelpNote>
      </Confirm>
      {save.isError && <ErrorNotice error={save.error} safe="The saved plan is unchanged." />}
    </>
  );
}

const planText = (plan: LabelingPlan): string => JSON.stringify(labelingPlanSchema.safeParse(plan).data ?? plan);

/** What new sessions would do differently, as a person notices it: the number of planned people is no part of it. */
const planChanges = (saved: LabelingPlan, plan: LabelingPlan): string[] => {
  const before = new Map<string, unknown>(Object.entries(saved));
  const now = new Map<string, unknown>(Object.entries(plan));
  return sessionSettings.flatMap(({ key, facts }) =>
    key === 'people' || JSON.stringify(before.get(key)) === JSON.stringify(now.get(key))
      ? []
      : [facts.title.toLowerCase()],
  );
};

/** Why a plan cannot be saved; null: it can. */
function findProblem(plan: LabelingPlan): string | null {
  const names = plan.names.map((name) => name.trim());
  const checked = labelingPlanSchema.safeParse(plan);
  if (checked.success) {
    return new Set(names).size < names.length ? 'Two answers have the same name.' : findKeyProblem(plan);
  }
  return `${issueText(sessionSettings, checked.error)}.`;
}

/**
 * The form's initial plan: the saved plan, else the proposal. If the number of classes has changed since the plan was
 * saved, the answers are named after the current classes, because the form cannot add or remove answers.
 */
export function firstPlan(saved: LabelingPlan | null, proposal: LabelingPlan | null): LabelingPlan | null {
  if (saved === null || proposal === null || saved.names.length === proposal.names.length) return saved ?? proposal;
  return { ...saved, names: proposal.names, keys: proposal.keys };
}

/** Summary of the plan: trials, minutes, labelers of an image, and what cannot be met. */
export function PlanPreview({ study, plan }: { study: string; plan: LabelingPlan }) {
  const api = useApiOf<DeskCalls>('desk');
  const { data, isError, error } = useQuery({
    ...api.plan.preview.queryOptions({ input: { study, plan } }),
    meta: { live: 'self' },
    placeholderData: keepPreviousData,
  });
  if (isError) return <ErrorNotice error={error} />;
  if (!data) return <Loading label="Computing the orders" lines={3} />;
  const { real, repeat, practice, attention } = data.trials;
  const total = real + repeat + practice + attention;
  const { least, most } = data.perImage;
  const { checked, of } = data.ordersChecked;
  return (
    <>
      <dl className="facts">
        <Fact name="Per person">
          {formatCount(total, 'image')}, about {formatFixed(data.minutes, data.minutes < 10 ? 1 : 0)} min
        </Fact>
        <Fact name="Of these">
          {formatInteger(real)} analyzed, {formatInteger(practice)} practice, {formatCount(repeat, 'repeat')},{' '}
          {formatInteger(attention)} attention
        </Fact>
        <Fact name="Per image">
          {least === most
            ? formatCount(least, 'labeler')
            : `${formatInteger(least)} to ${formatCount(most, 'labeler')}`}
        </Fact>
        <Fact name="Orders checked">
          {checked === of ? `all ${formatInteger(of)}` : `${formatInteger(checked)} of ${formatInteger(of)}`}
        </Fact>
      </dl>
      {data.warnings.map((warning) => (
        <p key={warning} className="warning-note">
          <IconAlertTriangle size={16} aria-hidden />
          <span>{warning}</span>
        </p>
      ))}
    </>
  );
}
