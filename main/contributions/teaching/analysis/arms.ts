import type { TargetArm } from '../../contrasts/contract/target-arms.ts';

/** Arms as people read them: a name, and what its networks are taught of each image. */
export const targetArmTexts: Readonly<Record<TargetArm, { title: string; text: string }>> = {
  alpha_hard: {
    title: 'Nearer class',
    text: 'The class whose anchor is nearer by alpha; both in the middle. It uses no labels of people.',
  },
  alpha_soft: {
    title: 'Shares by alpha',
    text: 'Each of the two classes by its share of the mix, as mixup does. It uses no labels of people.',
  },
  majority: { title: 'Majority', text: 'The label that most people gave; in a tie, evenly on the tied labels.' },
  human: { title: 'People’s distribution', text: 'Each class by the share of people who gave it.' },
  permuted: {
    title: 'Permuted distribution',
    text: 'People’s distribution of another image with the same majority: as soft, but of the wrong image.',
  },
  smoothing: {
    title: 'Smoothed majority',
    text: 'The majority, smoothed evenly over all classes until it is as uncertain as people on average.',
  },
  distill: {
    title: 'Distillation',
    text: 'The mean softmax of networks of this study that were not trained on the images, at a temperature chosen on taught images alone.',
  },
  human_forced: {
    title: 'Distribution, mode forced',
    text: 'People’s distribution with its largest share moved to the nearer or true class: as uncertain, without corrected labels.',
  },
  truth: { title: 'True class', text: 'The true class of the image. It uses no labels of people.' },
  person: {
    title: 'One person',
    text: 'A network of this study, trained further with the labels of one person who teaches. Each seed takes the next person.',
  },
};

/** Scores of networks against people that an experiment may declare, both lower for better ones. */
export const scoreNames = { brier: 'Brier score', nll: 'NLL' } as const;

/** Scores that are shown; the declared outcome is one of the first two (metrics.md 17.8 says why not the last). */
export const shownScoreNames = { ...scoreNames, js: 'Jensen–Shannon divergence' } as const;

/** What an arm is beside the reference, by its score. */
export const verdictWords = { higher: 'worse', lower: 'better', not_separated: 'not told apart' } as const;

export const armTitle = (arm: TargetArm): string => targetArmTexts[arm].title;
