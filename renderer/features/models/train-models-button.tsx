import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { formatCount } from '../../../main/domain/format.ts';
import { useApi } from '../../client/context.tsx';
import type { ActionError } from '../../ui/states.tsx';
import { useStepState } from '../../ui/step-state.tsx';

interface TrainModelsButtonProps {
  study: string;
  count: number;
  onError: ActionError['onError'];
}

/** Trains what is open; nothing while a job does or will. */
export function TrainModelsButton({ study, count, onError }: TrainModelsButtonProps) {
  const api = useApi();
  const start = useMutation(api.work.start.mutationOptions({ onError }));
  const state = useStepState(study, 'models');
  if (state === 'running' || state === 'queued' || state === 'paused' || state === 'blocked') return null;
  return (
    <Button loading={start.isPending} onClick={() => start.mutate({ study, goal: 'models' })}>
      Train {formatCount(count, 'model')}
    </Button>
  );
}
