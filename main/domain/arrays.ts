/**
 * The element at an index that must exist, so that an index out of range stops the program instead of becoming NaN.
 * For code that is not a hot loop: there, index a typed array directly (`values[k]!`), which costs nothing.
 * @throws RangeError unless 0 <= index < length
 */
export function at<Element>(array: ArrayLike<Element>, index: number): Element {
  const element = array[index];
  if (element === undefined && !(index in array)) {
    throw new RangeError(`Index ${index} is outside an array of length ${array.length}`);
  }
  return element as Element;
}
