import { UserError } from '../../contract/errors.ts';

type Values = Uint8Array | Uint16Array | Float32Array;

/** The bytes of numbers, little-endian, as base64. */
export const toBase64 = (values: Values): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

/** float32 from base64; copied, as the bytes need not lie on a multiple of four. */
export function floatsOf(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

/** uint16 from base64. */
export const shortsOf = (base64: string): Uint16Array =>
  new Uint16Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

/** @throws UserError `stimuli.bad-latent` for a point that the generator cannot take */
export function latentOf(base64: string, latent: number): Float32Array {
  const z = floatsOf(base64);
  if (z.length === latent && z.every(Number.isFinite)) return z;
  throw new UserError({
    code: 'stimuli.bad-latent',
    what: `These are not ${latent} finite numbers`,
    where: 'latent point z',
    remedy: `Give ${latent} numbers; copy them from a candidate to see how they are written.`,
  });
}
