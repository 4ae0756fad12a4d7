import { Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { toRefusal } from '../client/context.tsx';

export interface RefusedProps {
  /** What a call threw: a refusal with its parts, or a defect. */
  error: unknown;
  /** What is safe, in a sentence, where the error does not say it. */
  safe?: string;
  /** Tries again. */
  onRetry?: () => void;
  retryLabel?: string;
}

/** What happened, what is safe, what to do. */
export function ErrorNotice({ error, safe, onRetry, retryLabel = 'Try again' }: RefusedProps) {
  const { what, where, remedy } = toRefusal(error);
  return (
    <section className="refused" role="alert">
      <Text fw={600}>{what}</Text>
      <dl className="refused-parts">
        {where !== '' && (
          <>
            <dt>Where</dt>
            <dd>{where}</dd>
          </>
        )}
        <dt>What to do</dt>
        <dd>{remedy}</dd>
        {safe !== undefined && (
          <>
            <dt>Safe</dt>
            <dd>{safe}</dd>
          </>
        )}
      </dl>
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {retryLabel}
        </Button>
      )}
    </section>
  );
}

export interface EmptyProps {
  /** What is not there yet: `No models yet`. */
  title: string;
  children?: ReactNode;
  /** Buttons that lead on. */
  actions?: ReactNode;
}

/** Nothing yet, why, and the way on. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <section className="empty">
      <Title order={2}>{title}</Title>
      {children !== undefined && <HelpNote>{children}</HelpNote>}
      {actions}
    </section>
  );
}

/** Stands in for what is being read. `label` is heard; `lines` are seen. */
export function Loading({ label = 'Loading', lines = 4 }: { label?: string; lines?: number }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-live="polite">
      <span className="sr">{label}…</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={14} width={`${90 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}

/** A sentence or two of explanation under a title or a control. */
export function HelpNote({ children }: { children: ReactNode }) {
  return <p className="help-note">{children}</p>;
}
