import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { type Study, studySchema } from '../../contract/study.ts';
import { fileError } from '../../files/file-errors.ts';
import { checkWhole } from './check-study.ts';

/** A study as declared, and the folder that its relative paths start from. */
export interface StudyFile {
  study: Study;
  folder: string;
}

const maxBytes = 4 * 1024 * 1024;

/** Names of the studies that come with the product, in `<resources>/studies`. */
export function presetNames(resources: string): string[] {
  return readdirSync(join(resources, 'studies'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Reads a study that comes with the product. @throws UserError `study.not-found` */
export function loadPreset(name: string, resources: string): StudyFile {
  if (presetNames(resources).includes(name)) return loadStudy(name, resources);
  throw new UserError({
    code: 'study.not-found',
    what: `There is no preset "${name}"`,
    where: join(resources, 'studies'),
    remedy: `Choose from: ${presetNames(resources).join(', ')}.`,
  });
}

/**
 * Reads a study by preset name or by path of a JSON file.
 * @throws UserError `study.*` or `file.*`, naming the key that is wrong and what is expected there.
 */
export function loadStudy(nameOrPath: string, resources: string): StudyFile {
  const isPreset = /^[\w-]+$/.test(nameOrPath) && presetNames(resources).includes(nameOrPath);
  const path = isPreset ? join(resources, 'studies', `${nameOrPath}.json`) : resolve(nameOrPath);
  if (!isPreset && !existsSync(path)) {
    throw new UserError({
      code: 'study.not-found',
      what: `There is no study "${nameOrPath}"`,
      where: path,
      remedy: `Give the path of a study file, or one of the presets: ${presetNames(resources).join(', ')}.`,
    });
  }
  return { study: parseStudy(readText(path), path), folder: dirname(path) };
}

function readText(path: string): string {
  try {
    if (statSync(path).size > maxBytes) {
      throw new UserError({
        code: 'study.too-large',
        what: 'This file is too large for a study',
        where: path,
        remedy: 'A study file is a small JSON text (at most 4 MiB); see docs/data-formats.md.',
      });
    }
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Parses and validates the text of a study file; `path` only names it in errors. */
export function parseStudy(text: string, path: string): Study {
  const parsed = studySchema.safeParse(parseJson(text, path));
  if (!parsed.success) throw schemaError(parsed.error, path);
  return checkWhole(parsed.data, path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError({
      code: 'study.not-json',
      what: `This is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      where: path,
      remedy: 'Mend the JSON at that place; a preset in resources/studies is a working example.',
      cause: error,
    });
  }
}

function schemaError(error: z.ZodError, path: string): UserError {
  const shown = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'the study'}: ${issue.message}`);
  const more = error.issues.length > shown.length ? ` (and ${error.issues.length - shown.length} more)` : '';
  return new UserError({
    code: 'study.invalid',
    what: `The study file is not valid: ${shown.join('; ')}${more}`,
    where: `${path}, ${error.issues[0]?.path.join('.') || 'top level'}`,
    remedy: 'Mend these keys; docs/data-formats.md describes every key of a study file.',
  });
}
