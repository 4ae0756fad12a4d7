import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { NetworkFormat, OfferedWeights } from './formats.ts';
import { sha256 } from '../../files/index.ts';
import { ZipWriter } from '../../files/zip/index.ts';
import type { ExportNotes, NetworkExport } from './network/networks.ts';
import type { Downloads } from '../../services/tools/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';

/** A file for download. `loader`: see `offeredWeightsSchema`. */
export interface WeightsFile {
  name: string;
  type: string;
  bytes: Uint8Array;
  loader: string | null;
}

/** What a file of a network says besides its weights. */
export interface NetworkDescription {
  /** File names are made of it. */
  name: string;
  weights: { sha256: string; format: string };
  [key: string]: unknown;
}

/**
 * A network as one ONNX file, which has the description in its metadata; or as a zip of a safetensors file, `load.py` and
 * the description as `model.json`. Equal content gives equal bytes.
 */
export async function networkFile(
  { environment }: Pick<Workbench, 'environment'>,
  format: NetworkFormat,
  network: NetworkExport,
  description: NetworkDescription,
): Promise<WeightsFile> {
  const { name } = description;
  const producer = { name: 'Boundary Workbench', version: environment.product.version };
  const notes: ExportNotes = { name, producer, description };
  if (format === 'onnx') {
    return { name: `${name}.onnx`, type: 'application/octet-stream', bytes: network.onnx(notes), loader: null };
  }
  const fileName = `${name}.safetensors`;
  const { file, loader } = network.pytorch(notes, fileName);
  const model = {
    ...description,
    weights: { file: fileName, sha256: sha256(file), format, from: description.weights },
  };
  return zipOf(name, { [fileName]: file, 'load.py': Buffer.from(loader), 'model.json': jsonFile(model) }, loader);
}

/** A zip of these files. */
export async function zipOf(
  name: string,
  files: Readonly<Record<string, Buffer>>,
  loader: string | null = null,
): Promise<WeightsFile> {
  const output = new PassThrough();
  const bytes = buffer(output);
  const zip = new ZipWriter(output);
  for (const [file, content] of Object.entries(files)) await zip.add(file, content);
  await zip.end();
  return { name: `${name}.zip`, type: 'application/zip', bytes: await bytes, loader };
}

export const jsonFile = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

export const offerWeights = (downloads: Downloads, { loader, bytes, ...file }: WeightsFile): OfferedWeights => ({
  address: downloads.offer({ ...file, content: { bytes } }),
  loader,
});
