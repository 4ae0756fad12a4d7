/** What networks may be taught of the same images (metrics.md 17.1). */
export const targetArms = [
  'alpha_hard',
  'alpha_soft',
  'majority',
  'human',
  'permuted',
  'smoothing',
  'distill',
  'human_forced',
  'truth',
  'person',
] as const;
export type TargetArm = (typeof targetArms)[number];
