import type { ArchiveCalls } from './archives/calls.ts';
import { archives } from './archives/index.ts';
import type { Contribution } from './define.ts';

/** The areas of their calls. */
export interface ContributedCalls {
  archives: ArchiveCalls;
}

/** Every contribution: a line each. */
export const contributions: readonly Contribution[] = [archives];
