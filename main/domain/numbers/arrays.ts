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

interface Keeping<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: NoInfer<Value>): unknown;
}

/** What is kept under a key; where nothing is, it is made and kept. Null and other values are kept alike. */
export function kept<Key, Value>(values: Keeping<Key, Value>, key: Key, make: () => Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  return made;
}

/** The bytes of numbers, as they lie in memory: little-endian on every machine that this runs on. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** How many of the labels are of each class, by label; those of no class are not counted. */
export function countLabels(labels: Uint8Array, classes: number): number[] {
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label]!++;
  return [...counts.subarray(0, classes)];
}

/** What a cache has for this hash; what was not read is read. Keeps the sixteen contents that were asked for last. */
export function keptLast<Content>(cache: Map<string, Content>, hash: string, read: () => Content): Content {
  const content = cache.get(hash) ?? read();
  cache.delete(hash);
  cache.set(hash, content);
  const [oldest] = cache.keys();
  if (cache.size > 16 && oldest !== undefined) cache.delete(oldest);
  return content;
}
