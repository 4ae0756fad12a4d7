import { UserError } from '../../contract/errors.ts';
import { type ModelsSpec, ownGenerator, type Study, type TrainedGeneratorSpec } from '../../contract/study.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { architectureName, identities } from './plan.ts';

type Refuse = (key: string, what: string, remedy: string) => never;

const largestSeed = 0xffff_ffff;

/**
 * What a schema of single values cannot say: how the parts of a study fit together. `path` only names it in errors.
 * @throws UserError `study.invalid`
 */
export function checkWhole(study: Study, path: string): Study {
  const refuse: Refuse = (key, what, remedy) => {
    throw new UserError({ code: 'study.invalid', what, where: `${path}, ${key}`, remedy });
  };
  checkStimuli(study, refuse);
  study.models.forEach((models, index) => checkEntry(models, `models.${index}`, refuse));
  checkNames(study, refuse);
  checkSeedGroups(study, refuse);
  checkDifferentNetworks(study, refuse);
  return study;
}

function checkStimuli({ stimuli, generator, reference }: Study, refuse: Refuse): void {
  if (stimuli.source === 'generated') {
    if (!generator) refuse('generator', 'Generated stimuli need a generator', 'Add a generator, or import stimuli.');
    if (!reference) {
      refuse('reference', 'Anchors are proposed by a reference classifier', 'Add one, or import stimuli.');
    }
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
}

function hasGrid({ checkpoint, recipe }: TrainedGeneratorSpec): boolean {
  if (checkpoint === null || checkpoint === recipe.steps) return true;
  return checkpoint < recipe.steps && checkpoint % recipe.sampleEvery === 0;
}

function checkEntry({ group, repeats, seeds, seed, recipe }: ModelsSpec, key: string, refuse: Refuse): void {
  if (group === 'diverse' && repeats !== 1) {
    refuse(`${key}.repeats`, 'Only a seed study has repeats', 'Remove it, or make the group "seeds".');
  }
  if (seed + repeats * seeds - 1 > largestSeed) {
    const remedy = 'Begin lower: every run takes the next seed.';
    refuse(`${key}.seed`, `Its last run would have a seed above ${largestSeed}`, remedy);
  }
  const twice = recipe.targets.find((target, index) => recipe.targets.indexOf(target) !== index);
  if (twice !== undefined) refuse(`${key}.recipe.targets`, `The target ${twice} is there twice`, 'Keep one of them.');
}

/** Tables know a model by its name, also where an entry makes names of its own, such as "MLP-s0". */
function checkNames({ models }: Study, refuse: Refuse): void {
  const seen = new Set<string>();
  models.forEach((entry, index) => {
    const known = models.findIndex(({ name }) => name === entry.name) < index;
    const twice = known ? entry.name : identities(entry).find(({ name }) => seen.has(name))?.name;
    if (twice !== undefined) {
      refuse(`models.${index}.name`, `Two models are called "${twice}"`, 'Give each entry a name of its own.');
    }
    for (const { name } of identities(entry)) seen.add(name);
  });
}

/** A repeat is known by architecture, target and number (metrics SPEC section 0): two entries would be pooled. */
function checkSeedGroups({ models }: Study, refuse: Refuse): void {
  const taken = new Map<string, string>();
  models.forEach(({ name, group, recipe }, index) => {
    if (group !== 'seeds') return;
    for (const target of recipe.targets) {
      const cell = `${architectureName(recipe.architecture)} at ${target} %`;
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
 * Two diverse models with one training and one seed are the same network under two names: they agree on everything,
 * and shares over networks and over pairs of them would be too small. When a run ends or looks changes no training.
 */
function checkDifferentNetworks({ models }: Study, refuse: Refuse): void {
  const taken = new Map<string, string>();
  models.forEach((entry, index) => {
    if (entry.group !== 'diverse') return;
    const { architecture, optimiser, batch, augmentation, targets } = entry.recipe;
    for (const { name, seed } of identities(entry)) {
      for (const target of targets) {
        const network = canonicalJson({ architecture, optimiser, batch, augmentation, target, seed });
        const other = taken.get(network);
        if (other !== undefined) {
          const what = `"${other}" and "${name}" are the same network: they have one recipe and one seed`;
          refuse(`models.${index}.seed`, what, 'Give one of them another seed, or remove it.');
        }
        taken.set(network, name);
      }
    }
  });
}
