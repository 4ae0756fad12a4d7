import { Button, Skeleton, Stack, Tabs, Text, Title } from '@mantine/core';
import { type ReactNode, useCallback, useId, useState } from 'react';
import { detach } from '../../../main/contract/wire/detach.ts';
import { toRefusal } from '../../client/context.tsx';

interface ErrorNoticeProps {
  /** What a call threw: a refusal, or a defect. */
  error: unknown;
  /** A sentence on what is unaffected, where the error does not say it. */
  safe?: string;
  /** Hides the notice; left out: it stays while the error lasts. */
  onDismiss?: () => void;
  /** Tries again. */
  onRetry?: () => void;
}

/** What happened, where, and what to do. */
export function ErrorNotice({ error, safe, onRetry, onDismiss }: ErrorNoticeProps) {
  const { what, where, remedy } = toRefusal(error);
  return (
    <section className="error-notice" role="alert">
      <Text fw={600}>{what}</Text>
      <dl className="facts">
        {where !== '' && <Fact name="Where">{where}</Fact>}
        <Fact name="What to do">{remedy}</Fact>
        {safe !== undefined && <Fact name="Unaffected">{safe}</Fact>}
      </dl>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
      {onDismiss && (
        <Button size="compact-xs" onClick={onDismiss}>
          Dismiss
        </Button>
      )}
    </section>
  );
}

interface CardProps {
  title: ReactNode;
  /** Beside the title, and at the end of its line. */
  note?: ReactNode;
  tools?: ReactNode;
  className?: string;
  'aria-busy'?: boolean;
  children: ReactNode;
}

/** A part of a screen in a frame, under its title. */
export function Card({ title, note, tools, className = '', children, ...section }: CardProps) {
  const id = useId();
  const heading = <h2 id={id}>{title}</h2>;
  return (
    <section {...section} className={`card ${className}`.trim()} aria-labelledby={id}>
      {tools === undefined ? (
        heading
      ) : (
        <div className="screen-head">
          {heading}
          <span className="soft">{note}</span>
          <span className="screen-tools">{tools}</span>
        </div>
      )}
      {children}
    </section>
  );
}

/** A name and its value in a `<dl className="facts">`. */
export function Fact({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A screen that could not be loaded: its title and why. */
export function ScreenError({ title, ...notice }: ErrorNoticeProps & { title: string }) {
  return (
    <div className="screen">
      <h1>{title}</h1>
      <ErrorNotice {...notice} />
    </div>
  );
}

export interface QueryStateProps {
  /** What useQuery returned. */
  query: { data: unknown; isError: boolean; error: unknown; refetch: () => Promise<unknown> };
  /** Read aloud while nothing was answered yet; left out: nothing is shown until then. */
  loading?: string;
  /** Placeholder lines while nothing was answered yet. */
  lines?: number;
  /** Title of the screen, where an error takes its place. */
  title?: string;
}

/** Stands for a query without an answer: why it failed, with a button to try again, or that it loads. Else nothing. */
export function QueryState({ query, loading, lines, title }: QueryStateProps) {
  const { data, isError, error, refetch } = query;
  if (!isError) return data === undefined && loading !== undefined && <Loading label={loading} lines={lines} />;
  const onRetry = (): void => detach(refetch());
  return title === undefined ? (
    <ErrorNotice error={error} onRetry={onRetry} />
  ) : (
    <ScreenError title={title} error={error} onRetry={onRetry} />
  );
}

export interface ActionError {
  /** For `onError` of the actions beside it. */
  onError: (error: unknown) => void;
  /** The last error until it is dismissed; draw it where the user acted. */
  notice: ReactNode;
}

/** Keeps the error of an action on screen until the user dismisses it. */
export function useActionError(): ActionError {
  const [failed, setFailed] = useState<{ error: unknown } | null>(null);
  const onError = useCallback((error: unknown) => setFailed({ error }), []);
  return { onError, notice: failed && <ErrorNotice error={failed.error} onDismiss={() => setFailed(null)} /> };
}

interface PartTabsProps<Part extends string> {
  shown: Part;
  onShow: (part: string | null) => void;
  /** Parts that are false are left out. */
  parts: readonly ({ part: Part; title: string; disabled?: boolean; content: ReactNode } | false)[];
}

/** Parts of a screen, of which one is shown. */
export function PartTabs<Part extends string>({ shown, onShow, parts }: PartTabsProps<Part>) {
  const there = parts.filter((each) => each !== false);
  return (
    <Tabs value={shown} onChange={onShow} keepMounted={false}>
      <Tabs.List>
        {there.map(({ part, title, disabled = false }) => (
          <Tabs.Tab key={part} value={part} disabled={disabled}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {there.map(({ part, content }) => (
        <Tabs.Panel key={part} value={part} pt="md">
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

interface EmptyProps {
  /** What is missing: `No models yet`. */
  title: string;
  children?: ReactNode;
  /** Buttons for the next step. */
  actions?: ReactNode;
}

/** Nothing yet, why, and what to do next. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <Stack component="section" className="empty" maw={640} p="lg" m="48px auto" ta="center" gap="sm" align="center">
      <Title order={2}>{title}</Title>
      {children !== undefined && <HelpNote>{children}</HelpNote>}
      {actions}
    </Stack>
  );
}

/** Placeholder while data load. `label` is read aloud; `lines` are drawn. */
export function Loading({ label = 'Loading', lines = 4 }: { label?: string; lines?: number | undefined }) {
  return (
    <Stack gap="sm" p="md" role="status" aria-live="polite">
      <span className="sr">{label}…</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={14} width={`${90 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  );
}

interface LoadingLineProps {
  /** Read aloud; left out where the part around it says that it loads. */
  label?: string;
  /** CSS pixels, or part of the width around it. */
  width?: number | `${number}%`;
}

/** Placeholder of a sentence or a number, as high as its line, so that nothing moves when it comes. */
export function LoadingLine({ label, width = '50%' }: LoadingLineProps) {
  return (
    <span className="loading-line" style={{ width }} role={label === undefined ? undefined : 'status'}>
      {label !== undefined && <span className="sr">{label}…</span>}
    </span>
  );
}

/** A word for what is missing and needed. */
export const Failing = ({ children }: { children: ReactNode }) => (
  <Text span inherit c="var(--failed)">
    {children}
  </Text>
);

/** A sentence or two of explanation under a title or a control. */
export function HelpNote({ children }: { children: ReactNode }) {
  return <p className="help-note">{children}</p>;
}
