import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** What words of the field mean here, for a newcomer who points at one. docs/glossary.md has all of them. */
export const termHints = {
  exceptions: 'Images on which people agree on one label and networks on another',
  set: 'The images as they were frozen, named by the first digits of their hash (SHA-256)',
  snapshot: 'The weights of a training at the moment when it reached a target',
  trend:
    'Accuracy of a training around its snapshot, on a line through the evaluations before and after it. The snapshot’s own accuracy was chosen for its value, so it is usually higher',
} as const;

interface TermProps {
  of: keyof typeof termHints;
  children: ReactNode;
}

/** A word with what it means, shown when it is pointed at or focused. */
export const Term = ({ of, children }: TermProps) => (
  <Tooltip label={termHints[of]} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
    <span className="term" tabIndex={0}>
      {children}
    </span>
  </Tooltip>
);

/** A set of stimuli by its name: the first digits of its hash. */
export const SetName = ({ hash }: { hash: string }) => (
  <Term of="set">
    <code>{hash.slice(0, 8)}</code>
  </Term>
);
