/** Where a label lies in a stack of the labels of one image: at the pair's first class, at its second, or neither. */
export type StackPlace = 'i' | 'other' | 'j';

/** How much the color of a place stands out from the page: more from the first class to the second, in every theme. */
export const stackShades = { i: 'faint', other: 'middle', j: 'strong' } as const satisfies Record<StackPlace, string>;

/** From the top. */
const order: readonly StackPlace[] = ['j', 'other', 'i'];

/**
 * The labels of one image as a stack, on screens and in reports: class j at the top, class i at the bottom, others
 * between them by their index. Labels without votes are left out. @param pair indices of the classes i and j
 */
export function stackLabels(
  votes: Iterable<readonly [label: number, count: number]>,
  [i, j]: readonly [number, number],
) {
  const place = (label: number): StackPlace => (label === j ? 'j' : label === i ? 'i' : 'other');
  return [...votes]
    .filter(([, count]) => count > 0)
    .map(([label, count]) => ({ label, count, place: place(label), shade: stackShades[place(label)] }))
    .sort((a, b) => order.indexOf(a.place) - order.indexOf(b.place) || a.label - b.label);
}
