import type { Hue } from '../../../main/contract/results/figure.ts';

/** Hues whose variable is called otherwise. */
const variables: Partial<Record<Hue, string>> = {
  type_a: 'networks-3',
  type_c: 'people-3',
  both_disagree: 'disagree',
  both_agree: 'agree',
  soft: 'ink-soft',
  paper: 'paper-value',
};

/** As a CSS value. */
export const hueColor = (hue: Hue): string => `var(--${variables[hue] ?? hue})`;
