import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import type { Release } from '../../main/training/engines/tensorflow/install/release.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const library = (name: string): Uint8Array => text(`${name} `.repeat(50_000));

/** What a wheel of TensorFlow holds, as far as an installation is concerned, and something that it does not need. */
export const members: Record<string, Uint8Array> = {
  'tensorflow/libtensorflow_cc.so.2': library('cc'),
  'tensorflow/libtensorflow_framework.so.2': library('framework'),
  'tensorflow/include/tensorflow/c/c_api.h': text('// C API'),
  'tensorflow/include/xla/tsl/c/tsl_status.h': text('// status'),
  'tensorflow/python/__init__.py': text('print()'),
};

const record = 'tensorflow_cpu-9.9.9.dist-info/RECORD';

/** A wheel as pip brings it; `changed` members differ from what its RECORD says. */
export function sampleWheel(changed: Record<string, Uint8Array> = {}): Uint8Array {
  const lines = Object.entries(members).map(
    ([name, data]) => `${name},sha256=${createHash('sha256').update(data).digest('base64url')},${data.length}`,
  );
  const files = { ...members, ...changed, [record]: text([...lines, `${record},,`, ''].join('\n')) };
  // A fixed time, so that the same members make the same bytes.
  return zipSync(files, { mtime: '2026-01-01T00:00:00Z' });
}

export function sampleRelease(wheel: Uint8Array): Release {
  const sha256 = createHash('sha256').update(wheel).digest('hex');
  return {
    id: '9.9.9-cpu',
    variant: 'cpu',
    wheel: { project: 'tensorflow-cpu', file: 'tensorflow_cpu-9.9.9-py3-none-any.whl', bytes: wheel.length, sha256 },
    platforms: ['any'],
    companions: [],
    diskBytes: 1e6,
  };
}
