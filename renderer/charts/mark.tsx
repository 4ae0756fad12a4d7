import type { Hue, Shape } from '../../main/contract/results/figure.ts';
import { isHollow, shapePaths } from '../../main/domain/results/figures.ts';
import { hueColor } from '../ui/words/hues.ts';

/** A mark around (0, 0), as wide as those of architectures. */
export function Mark({ shape, hue }: { shape: Shape; hue: Hue }) {
  const [color, path] = [hueColor(hue), shapePaths[shape]];
  if (shape === 'cross') return <path d={path} stroke={color} strokeWidth={1.5} />;
  if (isHollow(shape) || hue === 'paper')
    return <path d={path} fill="var(--surface)" stroke={color} strokeWidth={1.5} />;
  const outline =
    hue === 'both_disagree' ? 'var(--disagree-outline)' : hue === 'both_agree' ? 'var(--line-strong)' : undefined;
  return <path d={path} fill={color} stroke={outline} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />;
}
