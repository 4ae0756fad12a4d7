/** The label at a place, or null where it is missing (null, negative, or beyond the end). */
export function labelOf(labels: ArrayLike<number | null> | undefined, index: number): number | null {
  const label = labels?.[index] ?? null;
  return label === null || label < 0 ? null : label;
}
