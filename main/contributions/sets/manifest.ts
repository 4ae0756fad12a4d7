import { z } from 'zod';
import { UserError } from '../../contract/wire/index.ts';
import { channelsSchema } from '../../contract/recipes/index.ts';

/** An error about a stimulus set in files; `code` without its prefix `stimuli.`. */
export function stimuliError(code: string, what: string, where: string, remedy: string, cause?: unknown): UserError {
  return new UserError(`stimuli.${code}`, what, where, remedy, { cause });
}

/** `12,345,678 bytes` as `12 MiB`, for messages. */
export const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

export const manifestName = 'manifest.csv';

/** Columns of every manifest, and columns that may be absent or blank but are checked if present. */
export const required = ['image', 'file'] as const;
export const optional = ['width', 'height', 'pixel_sha256'] as const;
/** 1: gray, 3: RGB, the same in every row. Written only for sets in color. */
export const channelsColumn = 'channels';
/** Ids of anchors. Written only for sets in which a class has several. */
export const anchorColumns = ['anchor_i', 'anchor_j'] as const;
/** The class that an image shows in truth, by index. Written only for sets that state it. */
export const truthColumn = 'truth';

export const descriptionName = 'manifest.json';

/** The second one is for sets in color, which earlier versions would turn gray. */
export const schemaNames = ['boundary-workbench/stimuli/1', 'boundary-workbench/stimuli/2'] as const;

/** Contents of manifest.json. */
export const descriptionSchema = z.object({
  schema: z.enum(schemaNames),
  images: z.int(),
  width: z.int(),
  height: z.int(),
  /** Absent: 1. */
  channels: channelsSchema.optional(),
  /** See main/domain/plans/identity.ts. */
  setHash: z.string(),
});
