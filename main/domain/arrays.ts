/**
 * The element at an index that must exist: an index out of range throws instead of becoming NaN. In a hot loop over
 * typed arrays write `values[k]!` instead, which costs nothing.
 * @throws RangeError unless 0 <= index < length
 */
export function at<Element>(array: ArrayLike<Element>, index: number): Element {
  const element = array[index];
  if (element === undefined && !(index in array)) {
    throw new RangeError(`Index ${index} is outside an array of length ${array.length}`);
  }
  return element as Element;
}

/** How many of the labels are of each class, by label; those of no class are not counted. */
export function countLabels(labels: Uint8Array, classes: number): number[] {
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label]!++;
  return [...counts.subarray(0, classes)];
}
