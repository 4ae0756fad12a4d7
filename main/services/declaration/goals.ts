import type { Goal } from '../../contract/api/work.ts';

/** Places in a study (patterns) whose runs a goal asks for. */
const places: Record<Goal, readonly string[] | null> = {
  generator: ['generator'],
  candidates: ['generator', 'reference', 'candidates'],
  stimuli: ['generator', 'reference', 'candidates', 'stimuli'],
  models: ['models/*'],
  report: null,
};

/** Patterns of the places that a goal needs; null: all of them. */
export const rolesFor = (goal: Goal): readonly string[] | null => places[goal];

/** Whether the run in a place belongs to a goal. */
export function isWanted(role: string, goal: Goal): boolean {
  const wanted = places[goal];
  return (
    wanted === null ||
    wanted.some((place) => role === place || (place.endsWith('*') && role.startsWith(place.slice(0, -1))))
  );
}

/** Whether whoever reaches `goal` has also reached `other`. */
export function covers(goal: Goal, other: Goal): boolean {
  const wanted = places[goal];
  return goal === other || wanted === null || (places[other] ?? ['']).every((place) => wanted.includes(place));
}
