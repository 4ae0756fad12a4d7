import { bootstrap, type Interval, meanOver } from './bootstrap.ts';
import type { GroupView } from './group-view.ts';
import { canDisagree } from './image-classes.ts';
import { mcnemar, type McNemar } from './mcnemar.ts';
import { signFlips, type SignFlip } from './permutation.ts';
import type { HumanView } from './humans.ts';
import type { ResamplingUnits } from './units.ts';

type ByUnit<T> = Record<'image' | 'pair', T>;

/**
 * Two groups on the same images (metrics.md 8). The models are taken as fixed: the tests say nothing about new training
 * runs. Where more than one is quoted, adjust for it (`holm`).
 */
export interface PairedTests {
  /** Null where a group has fewer than two models, so that no image has a type. */
  mcnemar: { type_a: McNemar | null; type_c: McNemar | null; misclassified_any: McNemar };
  /** Share of models that are wrong, a fraction. */
  permutation_misclassified: ByUnit<SignFlip>;
  /** Jensen-Shannon divergence from people, bits. */
  permutation_js: ByUnit<SignFlip>;
  /** Percent; null without units. */
  bootstrap_difference: ByUnit<{ misclassified_per_model_pct: Interval } | null>;
}

export function pairedTests(
  first: GroupView,
  second: GroupView,
  humans: HumanView,
  units: ResamplingUnits,
): PairedTests {
  const wrong = first.wrongShare.map((share, image) => share - second.wrongShare[image]!);
  const js = wrong.map((_, image) => (first.distances.js_bits[image] ?? 0) - (second.distances.js_bits[image] ?? 0));
  const percent = wrong.map((difference) => 100 * difference);
  const type = (name: 'type_a' | 'type_c'): McNemar | null =>
    canDisagree(first.group) && canDisagree(second.group)
      ? discordant(humans, (view, image) => view.classified.classes[image] === name, first, second)
      : null;
  const byUnit = <T>(of: (unit: 'image' | 'pair') => T): ByUnit<T> => ({ image: of('image'), pair: of('pair') });
  const flips = byUnit((of) => {
    const [misclassified, divergence] = signFlips(units[of], [wrong, js]);
    return { misclassified: misclassified!, js: divergence! };
  });
  return {
    mcnemar: {
      type_a: type('type_a'),
      type_c: type('type_c'),
      misclassified_any: discordant(humans, (view, image) => view.wrongShare[image]! > 0, first, second),
    },
    permutation_misclassified: byUnit((of) => flips[of].misclassified),
    permutation_js: byUnit((of) => flips[of].js),
    bootstrap_difference: byUnit(
      (of) =>
        bootstrap(units[of].length, { misclassified_per_model_pct: meanOver(units[of], percent) })?.percentile ?? null,
    ),
  };
}

/** McNemar's test of an event on the determined images. */
function discordant(
  { status }: HumanView,
  event: (view: GroupView, image: number) => boolean,
  first: GroupView,
  second: GroupView,
): McNemar {
  let [onlyFirst, onlySecond] = [0, 0];
  status.forEach((determined, image) => {
    if (determined === null) return;
    const [a, b] = [event(first, image), event(second, image)];
    if (a && !b) onlyFirst++;
    if (b && !a) onlySecond++;
  });
  return mcnemar(onlyFirst, onlySecond);
}
