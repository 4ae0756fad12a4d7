import { Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { AdditionPlan } from '../../main/contract/api/models.ts';
import { formatCost, formatCount, formatInteger } from '../../main/domain/numbers/format.ts';
import { useApi } from '../client/context.tsx';
import { CallButton } from '../ui/parts/buttons.tsx';
import { ErrorNotice, HelpNote } from '../ui/parts/states.tsx';
import { showRefusal, showToast } from '../ui/parts/toasts.tsx';
import './recipes.css';

interface PlanFootProps<Made> {
  study: string;
  /** What `useQuery` returned of the plan. */
  plan: { data: { runs: number } | undefined; error: unknown };
  /** Nothing is chosen, or it is being planned anew. */
  disabled: boolean;
  /** What the buttons do besides training: `Train`, and `Add without training`. */
  actions: readonly [train: string, alone: string];
  make: () => Promise<Made>;
  /** Says what was made: `3 models added`. */
  says: (made: Made) => string;
  onDone: () => void;
  /** What is trained, and what that takes; below it, how that was estimated. */
  title?: string | undefined;
  children?: ReactNode;
}

/** Last in a form that plans trainings: what they take, and buttons that make them, and then train them or not. */
export function PlanFoot<Made>(props: PlanFootProps<Made>) {
  const { study, plan, disabled, actions, make, says, onDone, title, children } = props;
  const start = useMutation(useApi().work.start.mutationOptions({ onError: showRefusal }));
  const call = useMutation({
    mutationFn: (_trains: boolean) => make(),
    onSuccess: (made, trains) => {
      if (trains) start.mutate({ study, goal: 'models' });
      showToast({ title: says(made) });
      onDone();
    },
  });
  const error = plan.error ?? call.error;
  const cannot = disabled || plan.error !== null || !plan.data;
  const [train, alone] = actions;
  return (
    <div className="add-foot" role="status">
      <div>
        {title !== undefined && (
          <Text size="sm" fw={600}>
            {title}
          </Text>
        )}
        {children !== undefined && <HelpNote>{children}</HelpNote>}
      </div>
      {error !== null && <ErrorNotice error={error} />}
      <Group gap="xs">
        <CallButton variant="filled" disabled={cannot} call={call} input={true}>
          {train} {cannot || !plan.data?.runs ? 'models' : formatCount(plan.data.runs, 'model')}
        </CallButton>
        <CallButton disabled={cannot} call={call} input={false}>
          {alone}
        </CallButton>
      </Group>
    </div>
  );
}

type Plan = Pick<AdditionPlan, 'runs' | 'known' | 'workers' | 'timeFrom' | 'seconds' | 'low' | 'high' | 'bytes'>;

/** `6 cells × 3 seeds: 18 trainings, about 2 h, 1 GB` */
export function plannedText(plan: Plan & { kept: number }, cells: number, seeds: number): string {
  const runs = formatCount(plan.runs, plan.kept > 0 ? 'new training' : 'training');
  const cost = plan.runs > 0 ? `, ${formatCost(plan)}` : '';
  return `${formatCount(cells, 'cell')} × ${formatCount(seeds, 'seed')}: ${runs}${cost}`;
}

/** Where a pace is from, in words. */
const origins: Record<Plan['timeFrom'], string> = {
  runs: 'earlier trainings on this machine',
  others: 'other networks on this machine, as none of this kind has been trained here yet',
  trial: 'a short trial of this machine, as nothing has been trained here yet',
  measurements: 'another computer’s figures, as nothing has been trained here yet',
};

/** `Estimated for 3 workers from earlier trainings on this machine. Already trained, at no cost: 2.` */
export function estimateText({ runs, known, workers, timeFrom }: Plan): string {
  return [
    ...(runs > 0 ? [`Estimated for ${formatCount(workers, 'worker')} from ${origins[timeFrom]}.`] : []),
    ...(known > 0 ? [`Already trained, at no cost: ${formatInteger(known)}.`] : []),
  ].join(' ');
}
