import { formatCount } from '../../domain/format.ts';
import type { Step, StepState } from '../../contract/api/studies.ts';
import type { GeneratedStimuliSpec } from '../../contract/study.ts';
import { ownGenerator } from '../../domain/declaration.ts';
import { canonicalJson } from '../../domain/identity.ts';
import { alphas } from '../../domain/interpolation.ts';
import { resolvePairs } from '../../domain/pair-design.ts';
import { layOutStimuli, sameAlpha } from '../../domain/stimulus-set.ts';
import { shippedProvenance } from '../generators/shipped.ts';
import { declaredAnchors, generatedProvenanceSchema } from '../study/stimuli.ts';
import { classifierCost, generatorCost, together } from '../estimates/cost.ts';
import { type Facts, isWorking } from './facts.ts';

/** The steps that lead to the images: data set, generator, stimuli. */

const address = ({ record }: Facts, screen: string): string => `/studies/${encodeURIComponent(record.name)}/${screen}`;

const counted = (count: number): string => count.toLocaleString('en');

export function dataSetStep({ dataSet, study }: Facts): Step {
  const base = { step: 'data-set', simulated: false, action: null } as const;
  if (!dataSet) {
    const name = study.dataSet.source === 'mnist' ? 'MNIST' : study.dataSet.name;
    return { ...base, state: 'none', figure: null, detail: `${name}; it is read when work starts`, reasons: [] };
  }
  const other = canonicalJson(dataSet.source) !== canonicalJson(study.dataSet);
  return {
    ...base,
    state: other ? 'stale' : 'ready',
    figure: { value: counted(dataSet.trainCount + dataSet.testCount), of: 'images' },
    detail: `${dataSet.name}: ${dataSet.classes.length} classes, ${dataSet.width} × ${dataSet.height} pixels`,
    reasons: other ? ['The study names another data set than the one its runs were made with.'] : [],
  };
}

export function generatorStep(facts: Facts): Step {
  const { study, places, pace } = facts;
  const base = { step: 'generator', simulated: false, figure: null, reasons: [], action: null } satisfies Partial<Step>;
  const look = { label: 'Show the generator', goal: null, link: address(facts, 'generator'), cost: null };
  if (study.stimuli.source === 'imported') {
    return { ...base, state: 'ready', detail: 'Not needed: the stimuli were made elsewhere' };
  }
  const own = ownGenerator(study);
  if (!own) {
    const name = study.generator?.shipped ?? '';
    const figure = { value: name, of: 'comes with the product' };
    const detail = 'Already trained; its provenance is kept with the images';
    return { ...base, state: 'ready', figure, detail, action: look };
  }
  const place = places.get('generator');
  const cost = generatorCost(own.recipe, pace);
  const train = { label: 'Train the generator', goal: 'generator', link: null, cost } as const;
  const again = { ...train, label: 'Train the generator again' };
  const figure = { value: counted(own.recipe.steps), of: `steps of ${own.recipe.kind}` };
  const chosen = own.checkpoint === null ? 'Uses the last step' : `Uses step ${counted(own.checkpoint)}`;
  if (!place || place.state === 'none')
    return { ...base, state: 'none', figure, detail: 'Not trained yet', action: train };
  if (isWorking(facts, /^generator$/)) return { ...base, state: 'working', figure, detail: chosen, action: look };
  if (place.changed) {
    const reasons = ['Its recipe, seed or data set was changed after the training.'];
    return { ...base, state: 'stale', figure, detail: chosen, reasons, action: again };
  }
  if (place.state === 'done') return { ...base, state: 'ready', figure, detail: chosen, action: look };
  if (place.state === 'failed') {
    const reasons = ['Its training failed; the Models and Generator screens say why.'];
    return { ...base, state: 'failed', figure, detail: 'The training failed', reasons, action: again };
  }
  const detail = 'Stopped; it resumes from its last checkpoint';
  return { ...base, state: 'none', figure, detail, action: { ...train, label: 'Resume the training' } };
}

const makingSeconds = 20;

export function stimuliStep(facts: Facts, generator: StepState): Step {
  const { study, set, places, pace } = facts;
  const pairs = set ? new Set(set.images.map(({ pairI, pairJ }) => `${pairI}-${pairJ}`)).size : 0;
  const figure = set ? { value: counted(set.images.length), of: 'frozen images' } : null;
  const look = { label: 'Show the stimuli', goal: null, link: address(facts, 'stimuli'), cost: null };
  const reference = places.get('reference');
  const needsReference = study.reference !== null && reference?.state !== 'done';
  const training = needsReference && study.reference ? [classifierCost(study.reference.recipe, pace)] : [];
  const cost = together([...training, { seconds: makingSeconds, bytes: 1e6 }], { ...pace, workers: 1 });
  const make = { label: 'Generate and freeze stimuli', goal: 'stimuli' as const, link: null, cost };
  const detail = set ? `${formatCount(pairs, 'pair')}, set ${set.hash.slice(0, 8)}` : describeDesign(facts);
  const base = { step: 'stimuli', simulated: false, figure, detail, reasons: [] } satisfies Partial<Step>;
  if (isWorking(facts, /^(reference|candidates|stimuli)$/)) {
    return { ...base, state: 'working', action: look };
  }
  if (set) {
    const reasons = staleReasons(facts);
    if (generator === 'stale') reasons.unshift('The study now declares another generator.');
    if (reasons.length === 0) return { ...base, state: 'ready', action: look };
    return { ...base, state: 'stale', reasons, action: { ...make, label: 'Generate stimuli again' } };
  }
  if (reference?.state === 'failed') {
    const reasons = ['The reference classifier, which proposes anchors, failed.'];
    return { ...base, state: 'failed', reasons, action: { ...make, label: 'Try again' } };
  }
  const choose = { ...look, label: 'Choose anchors', cost };
  const candidates = facts.links.some(({ role, state }) => role === 'candidates' && state === 'done');
  return { ...base, state: 'none', action: candidates ? choose : make };
}

function describeDesign({ study }: Facts): string {
  if (study.stimuli.source === 'imported') return 'Imported when work starts';
  const { design, alphas: count } = study.stimuli;
  const listed = design.kind === 'listed' ? design.pairs.length : 15;
  const pairs = design.kind === 'balanced' ? 'balanced pairs' : `${listed} ${listed === 1 ? 'pair' : 'pairs'}`;
  return `${pairs} at ${count} alphas, not frozen yet`;
}

/** How the frozen images differ from what the study declares now. */
function staleReasons(facts: Facts): string[] {
  const { study, set, dataSet } = facts;
  if (!set) return [];
  const spec = study.stimuli;
  if (spec.source !== set.source) return [`The study now takes ${spec.source} images; these are ${set.source}.`];
  if (spec.source === 'imported') return [];
  const made = generatedProvenanceSchema.safeParse(set.provenance);
  const reasons: string[] = [];
  if (made.success) {
    const { generator, shipped, anchors, declared, interpolation } = made.data;
    if (shipped !== null && ownGenerator(study)) {
      reasons.push('They were made with the generator that comes with the product; the study now trains its own.');
    } else if (declaredWeights(facts) !== null && declaredWeights(facts) !== generator) {
      reasons.push('They were made with other weights of the generator.');
    }
    const asked = declaredAnchors(spec);
    const asEver = asked.anchorDesign.kind === 'one' && asked.anchorRule.kind === 'best';
    if (declared || !asEver) {
      if (canonicalJson(asked) !== canonicalJson(declared ?? null)) {
        reasons.push('The anchors, their number or their rule were changed since they were made.');
      }
    } else {
      const chosen = spec.anchors ?? anchors.map(() => 0);
      if (canonicalJson(chosen) !== canonicalJson(anchors)) reasons.push(describeAnchorChange(chosen, anchors));
    }
    if (interpolation !== spec.interpolation) {
      reasons.push(
        `They were interpolated ${interpolationName(interpolation)}; the study says ${interpolationName(spec.interpolation)}.`,
      );
    }
  }
  if (dataSet && !sameLayout(spec, set.images, dataSet.classes.length)) {
    reasons.push('The study asks for other pairs or alphas.');
  }
  return reasons;
}

const interpolationName = (kind: 'linear' | 'spherical'): string => (kind === 'linear' ? 'linearly' : 'spherically');

function describeAnchorChange(chosen: readonly unknown[], made: readonly unknown[]): string {
  const changed = chosen.filter((anchor, k) => canonicalJson(anchor) !== canonicalJson(made[k] ?? null)).length;
  return `The anchors of ${changed} ${changed === 1 ? 'class was' : 'classes were'} changed since they were made.`;
}

/** Hash of the generator weights that the study declares now, or null while that cannot be known. */
function declaredWeights({ workbench, study, links }: Facts): string | null {
  const { storage, resources } = workbench;
  if (study.generator?.shipped !== undefined)
    return shippedProvenance(resources, study.generator.shipped).weights.sha256;
  const link = links.find(({ role, state }) => role === 'generator' && state === 'done');
  const result = link && storage.runs.get(link.runId)?.result;
  if (!link || result?.kind !== 'generator') return null;
  const step = ownGenerator(study)?.checkpoint ?? null;
  if (step === null) return result.weights;
  return storage.runHistory.sampleGrids(link.runId).find((grid) => grid.step === step)?.weights ?? null;
}

function sameLayout(
  { design, alphas: count }: GeneratedStimuliSpec,
  images: readonly { pairI: number; pairJ: number; alpha: number }[],
  classes: number,
): boolean {
  const asked = layOutStimuli(resolvePairs(design, classes), alphas(count));
  return (
    asked.length === images.length &&
    asked.every(({ pairI, pairJ, alpha }, at) => {
      const image = images[at];
      return image?.pairI === pairI && image.pairJ === pairJ && sameAlpha(image.alpha, alpha);
    })
  );
}
