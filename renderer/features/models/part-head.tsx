import { Button, Title, Box } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { modelsAddress } from '../../navigation/addresses.ts';
import { StepState } from '../../ui/step-state.tsx';

/** The head of a screen behind Models: how the step stands, the way back, and what can be done there. */
export function PartHead({ study, title, children }: { study: string; title: string; children: ReactNode }) {
  return (
    <header className="screen-head">
      <Title order={1}>{title}</Title>
      <StepState study={study} step="models" />
      <Box component="span" ml="auto" />
      <Button variant="default" component={Link} href={modelsAddress(study)}>
        Back to models
      </Button>
      {children}
    </header>
  );
}
