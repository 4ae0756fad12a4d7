import { z } from 'zod';
import { stimulusSetHash } from '../../domain/pixel-hash.ts';
import type { StimulusSet } from '../../domain/stimulus-set.ts';
import { stimuliError } from './stimuli-error.ts';

export const descriptionName = 'manifest.json';

const schemaName = 'boundary-workbench/stimuli/1';

/** What manifest.json says of a set as a whole. */
const descriptionSchema = z.object({
  schema: z.literal(schemaName),
  images: z.int(),
  width: z.int(),
  height: z.int(),
  /** See main/domain/pixel-hash.ts. */
  setHash: z.string(),
});

export function descriptionText(set: StimulusSet): string {
  const description: z.infer<typeof descriptionSchema> = {
    schema: schemaName,
    images: set.images.length,
    width: set.width,
    height: set.height,
    setHash: stimulusSetHash(set),
  };
  return `${JSON.stringify(description, null, 2)}\n`;
}

/**
 * Compares a set with the manifest.json that came with it. One that is not ours is passed over: the name is common.
 * @throws UserError `stimuli.newer-format` or `stimuli.hash-mismatch`
 */
export function checkDescription(text: string, set: StimulusSet, where: string): void {
  const json = parse(text);
  const schema = typeof json === 'object' && json !== null && 'schema' in json ? json.schema : undefined;
  if (typeof schema !== 'string' || !schema.startsWith('boundary-workbench/')) return;
  const description = descriptionSchema.safeParse(json);
  if (!description.success) {
    const what = `This describes no stimulus set that this version can read (it says ${JSON.stringify(schema)})`;
    throw stimuliError('newer-format', what, where, `Update the program, or remove ${descriptionName}.`);
  }
  const { images, width, height, setHash } = description.data;
  const same = images === set.images.length && width === set.width && height === set.height;
  if (same && setHash === stimulusSetHash(set)) return;
  throw stimuliError(
    'hash-mismatch',
    'The images are not those that this set had when it was exported',
    where,
    `Copy the set again; if the change is meant, remove ${descriptionName}.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
