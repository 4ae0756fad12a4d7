import { UserError } from '../../contract/errors.ts';

/**
 * Values as IEEE 754 binary16: each becomes the nearest one, of two equally near ones the even one. From 2^-14 on, in
 * absolute value, that is within 2^-11 of the value itself; smaller ones are within 2^-25 (subnormals, and 0).
 * @param name of the values, for the error.
 * @throws UserError `float16.out-of-range` if one is not finite, or rounds to more than 65504.
 */
export function toFloat16(values: ArrayLike<number>, name: string): Float16Array<ArrayBuffer> {
  const half = Float16Array.from(values);
  const at = half.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return half;
  throw new UserError({
    code: 'float16.out-of-range',
    what: `The value ${values[at]} does not fit into 16 bits, which hold numbers from -65504 to 65504`,
    where: `${name}, value ${at + 1}`,
    remedy: 'Choose the weights of another step: a training with such values has gone astray.',
  });
}
