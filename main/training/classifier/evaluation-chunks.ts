import type { ArchitectureKind } from '../../contract/recipes.ts';

/** How many test images a look takes at a time. Between two parts it may end, and a stop is heard. */
export interface PartPlan {
  first: number;
  /** Once a look has seen as many images, it is likely to see all, so it takes `later` at a time, not fewer than before. */
  after: number;
  later: number;
}

/** The fastest on a CPU, measured: docs/training.md. The longest part is that of a CNN: 30 to 100 ms. */
export const partPlans: Record<ArchitectureKind, PartPlan> = {
  mlp: { first: 100, after: 1000, later: 500 },
  cnn: { first: 100, after: 0, later: 100 },
  vit: { first: 100, after: 0, later: 100 },
};

/** Images of the next part of a look that has seen `seen`, if there are as many left. */
export function partLength({ first, after, later }: PartPlan, seen: number): number {
  return seen < after ? first : later;
}

/** All lengths that parts of a look at `count` images have, ascending; its last one may be shorter. */
export function partLengths({ first, after, later }: PartPlan, count: number): number[] {
  return later === first || count <= after ? [first] : [first, later];
}
