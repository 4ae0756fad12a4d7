import { Box, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatCost } from '../../../main/domain/numbers/format.ts';
import { useApi } from '../../client/context.tsx';
import { modelsAddress } from '../../navigation/addresses.ts';
import { CallButton, LinkButton } from './buttons.tsx';
import { type ActionError, QueryState, type QueryStateProps } from './states.tsx';
import { StepState, useStepState } from './step-state.tsx';

interface TrainButtonProps {
  study: string;
  onError: ActionError['onError'];
  cost?: Parameters<typeof formatCost>[0] | undefined;
  /** Trains what. */
  children: ReactNode;
}

/** Trains the models of a study that are not trained, with what that takes. */
export function TrainButton({ study, onError, cost, children }: TrainButtonProps) {
  const start = useMutation(useApi().work.start.mutationOptions({ onError }));
  const takes = cost && (
    <Box component="span" fw={400}>
      ({formatCost(cost)})
    </Box>
  );
  return (
    <CallButton variant="filled" call={start} input={{ study, goal: 'models' }} rightSection={takes}>
      Train {children}
    </CallButton>
  );
}

interface PartScreenProps extends Required<Pick<QueryStateProps, 'query' | 'loading'>> {
  study: string;
  title: string;
  action: ActionError;
  /** What is open of it; null: nothing is. */
  trains: ReactNode;
  tools?: ReactNode;
  /** Something to drop is over it. */
  isOver?: boolean;
  children: ReactNode;
}

/**
 * A screen behind Models: the way back, what can be done there, and what it shows. Each thing on it says its own state; that
 * of all models stands above them only where it keeps these from training.
 */
export function PartScreen(props: PartScreenProps) {
  const { study, title, action, trains, tools, isOver = false, query, loading, children } = props;
  const state = useStepState(study, 'models');
  const isHeld = state === 'paused' || state === 'blocked';
  // A job trains it or will, or it cannot be trained.
  const waits = isHeld || state === 'running' || state === 'queued';
  return (
    <div className="models-page" data-over={isOver || undefined}>
      <header className="screen-head">
        <Title order={1}>{title}</Title>
        {trains !== null && isHeld && <StepState study={study} step="models" />}
        <LinkButton to={modelsAddress(study)} ml="auto">
          Back to models
        </LinkButton>
        {tools}
        {trains !== null && !waits && (
          <TrainButton study={study} onError={action.onError}>
            {trains}
          </TrainButton>
        )}
      </header>
      {action.notice}
      <QueryState query={query} loading={loading} lines={6} />
      {children}
    </div>
  );
}
