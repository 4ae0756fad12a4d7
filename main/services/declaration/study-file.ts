import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import { type Study, studySchemaWith, type TrainedGeneratorSpec } from '../../contract/studies/study.ts';
import { excessOf, isDesigned, ownGenerator } from '../../domain/plans/declaration.ts';
import {
  type ModelEntry,
  modelEntries,
  type RefuseAt,
  type Sections,
  sectionsOf,
} from '../../domain/plans/model-entries.ts';
import { onFile } from '../../files/file-errors.ts';
import { largest } from '../../files/limits.ts';
import { identities, trainingKey } from './plan.ts';
import { architectureName } from '../../domain/networks/architectures.ts';
import { halfLanding, targetTitle, unsuitableTargets } from '../../domain/numbers/targets.ts';
import type { ClassifierRecipe } from '../../contract/recipes/recipes.ts';

export interface StudyFile {
  study: Study;
  folder: string;
}

export function presetNames(resources: string): string[] {
  return readdirSync(join(resources, 'studies'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Reads a study that comes with the product. @throws UserError `study.not-found` */
export function loadPreset(name: string, resources: string, sections: Sections): StudyFile {
  if (presetNames(resources).includes(name)) return loadStudy(name, resources, sections);
  throw new UserError(
    'study.not-found',
    `There is no preset "${name}"`,
    join(resources, 'studies'),
    `Choose from: ${presetNames(resources).join(', ')}.`,
  );
}

/** Reads a preset by name, or a JSON file by path. @throws UserError `study.*`, `file.*` */
export function loadStudy(nameOrPath: string, resources: string, sections: Sections): StudyFile {
  const isPreset = /^[\w-]+$/.test(nameOrPath) && presetNames(resources).includes(nameOrPath);
  const path = isPreset ? join(resources, 'studies', `${nameOrPath}.json`) : resolve(nameOrPath);
  if (!isPreset && !existsSync(path)) {
    throw new UserError(
      'study.not-found',
      `There is no study "${nameOrPath}"`,
      path,
      `Give the path of a study file, or one of the presets: ${presetNames(resources).join(', ')}.`,
    );
  }
  return { study: parseStudy(readText(path), path, sections), folder: dirname(path) };
}

/** Reads a file with a part of a study file. @param kind what it is, in errors @throws UserError `study.*`, `file.*` */
export function loadPart<Schema extends z.ZodType>(schema: Schema, path: string, kind: string): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(readText(path), path));
  if (!parsed.success) throw schemaError(parsed.error, path, kind);
  return parsed.data;
}

function readText(path: string): string {
  return onFile(path, () => {
    if (statSync(path).size > largest.studyFile) {
      throw new UserError(
        'study.too-large',
        'This file is too large for a study',
        path,
        'A study file is a small JSON text (at most 4 MiB); see docs/data-formats.md.',
      );
    }
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  });
}

/** Parses and validates the text of a study file; `path` only names it in errors. */
export function parseStudy(text: string, path: string, sections: Sections): Study {
  const parsed = studySchemaWith(sections).safeParse(parseJson(text, path));
  if (!parsed.success) throw schemaError(parsed.error, path);
  return checkLandings(checkStudy(parsed.data, path, sections), path, sections);
}

/** Checks study files only: studies of earlier versions that are stored keep such recipes beside their trained networks. */
function checkLandings(study: Study, path: string, sections: Sections): Study {
  const check = ({ landing }: ClassifierRecipe, key: string): void => {
    if (landing !== 'half') return;
    throw new UserError('study.invalid', halfLanding.what, `${path}, ${key}.recipe.landing`, halfLanding.remedy);
  };
  if (study.reference) check(study.reference.recipe, 'reference');
  eachEntry(modelEntries(study, sections), ({ recipe }, key) => check(recipe, key));
  return study;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(
      'study.not-json',
      `This is not JSON: ${messageOf(error)}`,
      path,
      'Correct the JSON at that place. A preset in resources/studies is a working example.',
      { cause: error },
    );
  }
}

function schemaError(error: z.ZodError, path: string, kind = 'study'): UserError {
  const shown = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || `the ${kind}`}: ${issue.message}`);
  const more = error.issues.length > shown.length ? ` (and ${error.issues.length - shown.length} more)` : '';
  return new UserError(
    'study.invalid',
    `The ${kind} ${kind === 'study' ? 'file ' : ''}is not valid: ${shown.join('; ')}${more}`,
    `${path}, ${error.issues[0]?.path.join('.') || 'top level'}`,
    'Correct these keys; docs/data-formats.md describes every key of a study file.',
  );
}

const largestSeed = 0xffff_ffff;

/** Checks how the parts of a study fit together. @param path for errors @throws UserError `study.invalid` */
export function checkStudy(study: Study, path: string, sections: Sections): Study {
  const refuse: RefuseAt = (key, what, remedy) => {
    throw new UserError('study.invalid', what, `${path}, ${key}`, remedy);
  };
  const excess = excessOf(study, sections);
  if (excess) refuse(excess.key, excess.what, excess.remedy);
  checkStimuli(study, refuse);
  let entries: readonly ModelEntry[] = study.models;
  for (const section of sectionsOf(study, sections)) {
    section.check(study, path, refuse, entries);
    entries = [...entries, ...section.entries(study)];
  }
  eachEntry(entries, (entry, key) => checkEntry(entry, key, refuse));
  checkNames(entries, refuse);
  checkSeedGroups(study, refuse);
  checkDifferentNetworks(entries, refuse);
  return study;
}

function checkStimuli({ stimuli, generator, reference }: Study, refuse: RefuseAt): void {
  if (stimuli.source === 'generated') {
    if (!generator) refuse('generator', 'Generated stimuli need a generator', 'Add a generator, or import stimuli.');
    if (!reference) {
      refuse('reference', 'Anchors are proposed by a reference classifier', 'Add one, or import stimuli.');
    }
  }
  if (isDesigned(stimuli) && stimuli.design.kind === 'confusable' && !reference) {
    const remedy = 'Add a reference, or choose the pairs by hand.';
    refuse('stimuli.design', 'A reference classifier finds which classes are confused most', remedy);
  }
  if (stimuli.source === 'blended' && stimuli.anchorRule.kind !== 'random' && !reference) {
    const remedy = 'Add a reference, or choose anchors at random: {"kind": "random", "seed": 1}.';
    refuse('stimuli.anchorRule', 'A reference classifier finds which test images are clear', remedy);
  }
  if (stimuli.source === 'test-images' && stimuli.choose.kind === 'hardest' && !reference) {
    const remedy = 'Add a reference, or choose all images, a sample or listed ones.';
    refuse('stimuli.choose', 'A reference classifier finds which test images are hard', remedy);
  }
  const own = ownGenerator({ generator });
  if (own && !hasGrid(own)) {
    const { sampleEvery, steps } = own.recipe;
    const kept = `every ${sampleEvery}th step up to ${steps}, and the last`;
    refuse('generator.checkpoint', 'No weights are kept of this step', `Choose a step that is kept: ${kept}.`);
  }
  if (reference && reference.recipe.targets.length !== 1) {
    refuse('reference.recipe.targets', 'The reference classifier has one target', 'Keep one.');
  }
  if (reference) checkTargets(reference.recipe, 'reference', refuse);
}

function hasGrid({ checkpoint, recipe }: TrainedGeneratorSpec): boolean {
  if (checkpoint === null || checkpoint === recipe.steps) return true;
  return checkpoint < recipe.steps && checkpoint % recipe.sampleEvery === 0;
}

function checkTargets(recipe: ClassifierRecipe, key: string, refuse: RefuseAt): void {
  const problem = unsuitableTargets(recipe);
  if (problem) refuse(`${key}.recipe.targets`, problem.what, problem.remedy);
}

/** Each entry with its place in the study file. */
function eachEntry(entries: readonly ModelEntry[], visit: (entry: ModelEntry, key: string) => void): void {
  entries.forEach((entry, index) => {
    visit(entry, entry.section?.place ?? `models.${index}`);
  });
}

function checkEntry(entry: ModelEntry, key: string, refuse: RefuseAt): void {
  const { group, repeats, seeds, seed, recipe, collection } = entry;
  if (group === 'seeds' && collection !== undefined) {
    refuse(`${key}.collection`, 'A seed study is in no collection', 'Remove it, or make the group "diverse".');
  }
  if (group === 'diverse' && repeats !== 1) {
    refuse(`${key}.repeats`, 'Only a seed study has repeats', 'Remove it, or make the group "seeds".');
  }
  if (seed + repeats * seeds - 1 > largestSeed) {
    const remedy = 'Begin lower: every run takes the next seed.';
    refuse(`${key}.seed`, `Its last run would have a seed above ${largestSeed}`, remedy);
  }
  checkTargets(recipe, key, refuse);
  const twice = recipe.targets.find((target, index) => recipe.targets.indexOf(target) !== index);
  if (twice !== undefined) refuse(`${key}.recipe.targets`, `The target ${twice} occurs twice`, 'Keep one of them.');
}

/** Names of models must be unique in tables, also those that an entry generates, such as "MLP-s0". */
function checkNames(entries: readonly ModelEntry[], refuse: RefuseAt): void {
  const seen = new Set<string>();
  const entryNames = new Set<string>();
  eachEntry(entries, (entry, key) => {
    const names = identities(entry).map(({ name }) => name);
    const twice = entryNames.has(entry.name) ? entry.name : names.find((name) => seen.has(name));
    if (twice !== undefined) {
      refuse(`${key}.name`, `Two models are called "${twice}"`, 'Give each entry a name of its own.');
    }
    entryNames.add(entry.name);
    for (const name of names) seen.add(name);
  });
}

/** A repeat is known by architecture, target and number (metrics.md 0): two entries would be pooled. */
function checkSeedGroups({ models }: Study, refuse: RefuseAt): void {
  const taken = new Map<string, string>();
  models.forEach(({ name, group, recipe }, index) => {
    if (group !== 'seeds') return;
    for (const target of recipe.targets) {
      const cell = `${architectureName(recipe.architecture)} at ${targetTitle(target)}`;
      const other = taken.get(cell);
      if (other !== undefined) {
        const what = `"${other}" and "${name}" are both seed studies of ${cell}, and would be counted as one`;
        refuse(`models.${index}`, what, 'Keep one of them, or put the other into a study of its own.');
      }
      taken.set(cell, name);
    }
  });
}

/**
 * Two diverse models with one training and one seed are the same model under two names. They agree on everything, which
 * would bias every share over models.
 */
function checkDifferentNetworks(entries: readonly ModelEntry[], refuse: RefuseAt): void {
  const taken = new Map<string, string>();
  eachEntry(entries, (entry, key) => {
    if (entry.group !== 'diverse') return;
    const training = trainingKey(entry.recipe);
    for (const { name, seed } of identities(entry)) {
      for (const target of entry.recipe.targets) {
        const network = `${training} ${target} ${seed}`;
        const other = taken.get(network);
        if (other !== undefined) {
          const what = `"${other}" and "${name}" are the same network: they have one recipe and one seed`;
          refuse(`${key}.seed`, what, 'Give one of them another seed, or remove it.');
        }
        taken.set(network, name);
      }
    }
  });
}
