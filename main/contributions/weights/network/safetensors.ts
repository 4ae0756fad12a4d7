import type { Constant } from './constants.ts';

/**
 * Bytes of a safetensors file (https://github.com/huggingface/safetensors): the header's length in bytes (uint64), the
 * header (JSON, padded with spaces to a multiple of 8), and float32 arrays one after another, little-endian, without gaps.
 * Equal content gives equal bytes.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Constant>>,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, values }]) => {
    const start = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8), 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const arrays = Object.values(tensors).map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, header, ...arrays]);
}
