import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import { type GeneratorProvenance, generatorProvenanceSchema } from '../../contract/runs/generator.ts';
import type { ShippedGeneratorName } from '../../contract/recipes/recipes.ts';
import { kept } from '../../domain/numbers/arrays.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { sha256 } from '../../files/blobs.ts';
import { onFile } from '../../files/file-errors.ts';
import { generatorShape } from '../../training/architectures/dcgan.ts';
import { decodeGeneratorWeights } from '../../training/weights/weights.ts';

export interface ShippedGenerator {
  provenance: GeneratorProvenance;
  bytes: Buffer;
}

export const shippedFolder = (resources: string): string => join(resources, 'generators');

/**
 * Reads a shipped generator and checks that it is complete and unchanged: its provenance by its seal, its weights by
 * their hash, and that they are weights of the recipe that the provenance names.
 * @throws UserError `generator.not-shipped`, `generator.shipped-damaged`
 */
export function readShipped(resources: string, name: ShippedGeneratorName): ShippedGenerator {
  const path = join(shippedFolder(resources), `${name}.json`);
  const provenance = parseProvenance(read(path).toString('utf8'), path);
  const weightsPath = join(shippedFolder(resources), provenance.weights.file);
  const bytes = read(weightsPath);
  const hash = sha256(bytes);
  if (hash !== provenance.weights.sha256) {
    const [is, should] = [hash, provenance.weights.sha256].map((text) => text.slice(0, 12));
    throw damaged(
      `The weights of the generator that comes with the product are others: ${is}, not ${should}`,
      weightsPath,
    );
  }
  const shape = generatorShape(provenance.recipe, provenance.dataSet.classes.length);
  const { meta } = decodeGeneratorWeights(bytes, weightsPath);
  if (provenance.name !== name || canonicalJson(meta) !== canonicalJson(shape)) {
    throw damaged('This provenance belongs to another generator', path);
  }
  return { provenance, bytes };
}

const provenances = new Map<string, GeneratorProvenance>();

/** As `readShipped`, but files are read and checked only once in a process. @throws UserError */
export function shippedProvenance(resources: string, name: ShippedGeneratorName): GeneratorProvenance {
  return kept(provenances, join(shippedFolder(resources), name), () => readShipped(resources, name).provenance);
}

function read(path: string): Buffer {
  if (!existsSync(path)) {
    throw new UserError(
      'generator.not-shipped',
      'A file of the generator that comes with the product is missing',
      path,
      'Restore it (`git checkout -- resources/generators`), or have the study train a generator of its own.',
    );
  }
  return onFile(path, () => readFileSync(path));
}

function parseProvenance(text: string, path: string): GeneratorProvenance {
  const parsed = z.object({ seal: z.string() }).and(z.record(z.string(), z.unknown())).safeParse(parseJson(text, path));
  if (!parsed.success) throw damaged('This is no provenance of a generator', path);
  const { seal, ...content } = parsed.data;
  const provenance = generatorProvenanceSchema.safeParse(content);
  if (!provenance.success) throw damaged(`This provenance is not valid: ${z.prettifyError(provenance.error)}`, path);
  if (provenanceSeal(provenance.data) === seal) return provenance.data;
  throw damaged('This provenance was changed after it was written', path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(`This is not JSON: ${messageOf(error)}`, path);
  }
}

const damaged = (what: string, where: string): UserError =>
  new UserError(
    'generator.shipped-damaged',
    what,
    where,
    'Restore the original (`git checkout -- resources/generators`), or export the generator again.',
  );

/** SHA-256 of the canonical JSON. Finds accidental changes; it is no signature. */
const provenanceSeal = (provenance: GeneratorProvenance): string => sha256(canonicalJson(provenance));

export const provenanceText = (provenance: GeneratorProvenance): string =>
  `${JSON.stringify({ ...provenance, seal: provenanceSeal(provenance) }, null, 2)}\n`;
