export { CheckpointTimer, Reporter, type Outcome, type RunContext, type RunContributed } from './run-context.ts';
