/** The words for how far something is. `main/services/pipeline` decides which one applies to a study and its steps. */

/**
 * State of a step of a study, and of the study. `none`: nothing was done yet. `blocked`: needs an earlier step.
 * `queued`: a job will do it. `paused`: a job would do it, but training is paused. `partial`: some is done, and nothing
 * works on it. `stopped`: work on it ended early, and resumes when it is started again. `stale`: it exists, but something that it was made from has changed. `missed`: every training has ended,
 * and none met a target.
 */
export const statuses = [
  'none',
  'blocked',
  'queued',
  'running',
  'paused',
  'partial',
  'stopped',
  'done',
  'stale',
  'missed',
  'failed',
] as const;
export type Status = (typeof statuses)[number];

/** What a study is made of, each step from those before it. */
export const pipelineSteps = ['data-set', 'generator', 'stimuli', 'models', 'labeling', 'analysis', 'report'] as const;
export type PipelineStep = (typeof pipelineSteps)[number];
