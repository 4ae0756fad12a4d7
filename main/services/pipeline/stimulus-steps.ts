import type { Missed } from '../../contract/runs/run.ts';
import { howMissed, missedText, wayOfMissing } from '../../domain/networks/missed.ts';
import { sourceClasses, sourceName } from '../../domain/data/data-sources.ts';
import { formatCount } from '../../domain/numbers/format.ts';
import type { Step, StepAction } from '../../contract/api/studies.ts';
import type { Status } from '../../contract/wire/status.ts';
import type { BlendedStimuliSpec, Blending, GeneratedStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { ownGenerator } from '../../domain/plans/declaration.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { alphas, type Interpolation } from '../../domain/stimuli/interpolation.ts';
import { pairCount, resolvePairs } from '../../domain/anchors/pair-design.ts';
import { findSetting } from '../../domain/settings/settings.ts';
import { interpolationName, stimuliSettings } from '../../domain/settings/stimuli-settings.ts';
import {
  distinctAlphas,
  layOutStimuli,
  pairsOf,
  samePlace,
  type StimulusImage,
} from '../../domain/stimuli/stimulus-set.ts';
import { shippedProvenance } from '../generators/shipped.ts';
import type { StimulusSetRecord } from '../../storage/stimulus-sets.ts';
import { testImagesRole } from '../declaration/plan.ts';
import { testImageChanges } from '../study/test-images.ts';
import { testImagesText } from '../../domain/numbers/format.ts';
import { UserError } from '../../contract/wire/errors.ts';
import {
  type BlendedProvenance,
  blendDifferences,
  blendedProvenanceSchema,
  chooseBlends,
  declaredBlends,
  findRealImages,
  knownConfusion,
} from '../study/blended.ts';
import { declaredAnchors, generatedProvenanceSchema } from '../study/stimuli.ts';
import { changedSince, type Facts } from './facts.ts';
import { failureReasons, isoTime, openRun, costsOf, resumeOr, stimulusGoals, workOn } from './work.ts';

/** The steps that lead to the images: data set, generator, stimuli. */

const address = ({ record }: Facts, screen: string): string => `/studies/${encodeURIComponent(record.name)}/${screen}`;

const counted = (count: number): string => count.toLocaleString('en');

export function dataSetStep(facts: Facts): Step {
  const { dataSet, study } = facts;
  const base = { step: 'data-set', simulated: false, since: null, action: null } as const;
  if (!dataSet) {
    const name = sourceName(study.dataSet);
    return {
      ...base,
      state: 'none',
      figure: null,
      detail: `${name}: not read yet, the first job does it`,
      reasons: [],
    };
  }
  const since = facts.otherDataSet;
  return {
    ...base,
    state: since === null ? 'done' : 'stale',
    ...(since !== null && { since: isoTime(since) }),
    figure: { value: counted(dataSet.trainCount + dataSet.testCount), of: 'images' },
    detail: `${dataSet.name}: ${dataSet.classes.length} classes, ${dataSet.width} × ${dataSet.height} pixels${dataSet.channels > 1 ? ' in color' : ''}`,
    reasons: since === null ? [] : ['The study names another data set than its runs used.'],
  };
}

export function generatorStep(facts: Facts): Step {
  const { study, places } = facts;
  const base = {
    step: 'generator',
    simulated: false,
    figure: null,
    reasons: [],
    since: null,
    action: null,
  } satisfies Partial<Step>;
  const look = { label: 'Show the generator', goal: null, link: address(facts, 'generator'), cost: null };
  if (study.stimuli.source === 'imported') {
    return { ...base, state: 'done', detail: 'Not needed: the stimuli were made elsewhere' };
  }
  if (study.stimuli.source === 'blended') {
    return { ...base, state: 'done', detail: 'Not needed: the stimuli are made from real images' };
  }
  if (study.stimuli.source === 'test-images') {
    return { ...base, state: 'done', detail: 'Not needed: the stimuli are test images' };
  }
  const own = ownGenerator(study);
  if (!own) {
    const name = study.generator?.shipped ?? '';
    const figure = { value: name, of: 'comes with the product' };
    const detail = 'Already trained; its provenance is kept with the images';
    return { ...base, state: 'done', figure, detail, action: look };
  }
  const place = places.get('generator');
  const link = place?.link ?? null;
  const cost = costsOf(facts).generator;
  const train = { label: 'Train the generator', goal: 'generator', link: null, cost } as const;
  const again = { ...train, label: 'Train the generator again' };
  const figure = { value: counted(own.recipe.steps), of: `steps of ${own.recipe.kind}` };
  const chosen = own.checkpoint === null ? 'Uses the last step' : `Uses step ${counted(own.checkpoint)}`;
  const isCurrent = place?.state === 'done' && !place.changed;
  const work = isCurrent ? null : workOn(facts, /^generator$/, ['generator', ...stimulusGoals]);
  const detail = isCurrent || !link?.progress ? chosen : `${counted(link.progress.done)} steps done`;
  if (work) return { ...base, ...work, figure, detail, action: resumeOr(facts, work, look) };
  if (!place || place.state === 'none')
    return { ...base, state: 'none', figure, detail: 'Not trained yet', action: train };
  if (place.changed) {
    const reasons = [
      'Its recipe, seed or data set was changed after the training.',
      'Training it again replaces it. The stimuli, and all that is made from them, follow.',
    ];
    const since = isoTime(changedSince(facts, (spec) => [spec.generator, spec.dataSet]));
    return { ...base, state: 'stale', figure, detail: chosen, reasons, since, action: again };
  }
  if (isCurrent) return { ...base, state: 'done', figure, detail: chosen, action: look };
  const failure = failureReasons([{ link, name: 'The training' }]);
  if (failure.length > 0) {
    const reasons = [
      ...failure,
      'Open the run to see why. Then change the recipe on the Generator screen, or retry it.',
    ];
    const open = openRun(facts, 'generator', link?.runId ?? 0, 'Open failed run');
    const more = [{ ...train, label: 'Retry' }];
    return { ...base, state: 'failed', figure, detail, reasons, action: open, more };
  }
  const reasons = ['It resumes from its last checkpoint.'];
  return { ...base, state: 'stopped', figure, detail, reasons, action: { ...train, label: 'Resume the training' } };
}

const stimulusRuns = [
  ['reference', 'The reference classifier, which proposes anchors,'],
  ['test-images', 'Reading the test images'],
  ['candidates', 'The search for candidates'],
  ['stimuli', 'Rendering the images'],
] as const;

export function stimuliStep(facts: Facts, generator: Status): Step {
  const { study, set, places, links } = facts;
  const reference = places.get('reference');
  const pairs = pairsOf(set?.images ?? []).length;
  const figure = set ? { value: counted(set.images.length), of: 'frozen images' } : null;
  const look = { label: 'Show the stimuli', goal: null, link: address(facts, 'stimuli'), cost: null };
  const cost = costsOf(facts).stimuli;
  const makes = { generated: 'Generate', blended: 'Make', 'test-images': 'Take', imported: 'Generate' }[
    study.stimuli.source
  ];
  const make = { label: `${makes} and freeze stimuli`, goal: 'stimuli' as const, link: null, cost };
  const named = `set ${set?.hash.slice(0, 8)}`;
  const detail = set ? (pairs > 0 ? `${formatCount(pairs, 'pair')}, ${named}` : named) : describeDesign(facts);
  const base = {
    step: 'stimuli',
    simulated: false,
    figure,
    detail,
    reasons: [],
    since: null,
  } satisfies Partial<Step>;
  const changes = staleReasons(facts);
  if (set && set.source !== 'imported' && set.source !== 'test-images' && facts.otherDataSet !== null) {
    changes.unshift('The study now names another data set than they were made with.');
  }
  if (set && generator === 'stale') changes.unshift('The study now declares another generator.');
  const isCurrent = set !== undefined && changes.length === 0;
  const work = isCurrent ? null : workOn(facts, /^(reference|test-images|candidates|stimuli)$/, stimulusGoals);
  if (work) return { ...base, ...work, action: resumeOr(facts, work, look) };
  if (isCurrent) return { ...base, state: 'done', action: look };
  const making = stimulusRuns.map(([role, name]) => ({ link: links.find((each) => each.role === role), name }));
  const first = making.find(({ link }) => link?.state === 'failed')?.link;
  if (first) {
    const reasons = [...failureReasons(making), 'Open the run to see why, or retry it.'];
    const open = openRun(facts, 'stimuli', first.runId, 'Open failed run');
    return { ...base, state: 'failed', reasons, action: open, more: [{ ...make, label: 'Retry' }] };
  }
  if (set) {
    const since = isoTime(changedSince(facts, (spec) => [spec.stimuli, spec.generator, spec.reference, spec.dataSet]));
    const { becomes, action } = madeAgain(facts, make);
    // Its time is that of its own step.
    const first = generator === 'done' || action.goal === null ? [] : ['The generator is trained first.'];
    return { ...base, state: 'stale', reasons: [...changes, ...first, becomes], since, action };
  }
  const missed = reference?.state === 'done' && !reference.changed && missedTarget(facts, reference.link?.runId);
  if (missed) {
    const reasons = [
      `The reference classifier, which proposes anchors, (${missedText(missed)}) ${howMissed[wayOfMissing(missed)]}`,
      'Its recipe is changed in the study file.',
    ];
    const open = openRun(facts, 'stimuli', reference.link?.runId ?? 0, 'Open the run');
    return { ...base, state: 'missed', reasons, action: open };
  }
  const choose = { ...look, label: 'Choose anchors', cost };
  if (study.stimuli.source === 'test-images') return { ...base, state: 'none', action: make };
  const search = study.stimuli.source === 'blended' ? testImagesRole : 'candidates';
  const candidates = links.some(({ role, state }) => role === search && state === 'done');
  if (candidates) {
    const reasons = ['Candidates are found. Choose anchors, then freeze the images.'];
    return { ...base, state: 'partial', reasons, action: choose };
  }
  const begun = links.find(({ role, attempts }) => role === 'reference' && attempts > 0);
  const state = begun === undefined ? 'none' : begun.state === 'done' ? 'partial' : 'stopped';
  return { ...base, state, action: make };
}

/** How stale images are made again, and what becomes of those that are there. */
function madeAgain(facts: Facts, make: StepAction): { becomes: string; action: StepAction } {
  const { figures, people } = facts;
  if (people.active > 0 && !figures.simulated) {
    return {
      becomes: 'People have labeled these images. Keep them by undoing the change, or copy the study for other images.',
      action: { label: 'See the choices', goal: null, link: `${address(facts, 'stimuli')}?part=freeze`, cost: null },
    };
  }
  return {
    becomes:
      'Making them again freezes another set, which has no predictions or labels yet. This set stays stored, with its predictions and labels.',
    action: { ...make, label: make.label.replace('and freeze stimuli', 'stimuli again') },
  };
}

/** What a classifier without a snapshot missed; null: it has one. */
function missedTarget({ workbench }: Facts, runId: number | undefined): readonly Missed[] | null {
  const result = runId === undefined ? undefined : workbench.storage.runs.get(runId)?.result;
  return result?.kind === 'classifier' && result.snapshots.length === 0 ? result.missed : null;
}

function describeDesign({ study, dataSet }: Facts): string {
  if (study.stimuli.source === 'imported') return 'Imported when work starts';
  if (study.stimuli.source === 'test-images') return `${testImagesText(study.stimuli.choose, 'first')}, not frozen yet`;
  const { design, alphas: count } = study.stimuli;
  const classes = (sourceClasses(study.dataSet) ?? dataSet?.classes)?.length;
  const pairs = classes === undefined ? 'Pairs of classes' : formatCount(pairCount(design, classes), 'pair');
  return `${pairs} at ${count} alphas, not frozen yet`;
}

/** How the frozen images differ from what the study declares now. */
function staleReasons(facts: Facts): string[] {
  const { study, set, dataSet } = facts;
  if (!set) return [];
  const spec = study.stimuli;
  if (spec.source !== set.source)
    return [`The study now takes ${sourceWords[spec.source]}; these are ${sourceWords[set.source]}.`];
  if (spec.source === 'imported') return [];
  if (spec.source === 'blended') return staleBlends(facts, spec, set);
  if (spec.source === 'test-images') return testImageChanges(facts.workbench, facts.record, set);
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
        reasons.push(otherAnchors);
      }
    } else {
      const chosen = spec.anchors ?? anchors.map(() => 0);
      if (canonicalJson(chosen) !== canonicalJson(anchors)) reasons.push(describeAnchorChange(chosen, anchors));
    }
    if (interpolation !== spec.interpolation) reasons.push(otherWay(interpolation, spec));
  }
  if (dataSet && !sameLayout(facts, spec, set.images, dataSet.classes.length)) {
    reasons.push(otherPairs);
  }
  return reasons;
}

/** How a frozen set between real images differs from what the study declares now. */
function staleBlends(facts: Facts, spec: BlendedStimuliSpec, set: StimulusSetRecord): string[] {
  const made = blendedProvenanceSchema.safeParse(set.provenance).data;
  if (!made) return [];
  const { dataSet, record, workbench } = facts;
  const found = findRealImages(workbench, record.id);
  // Until the test images are read, the declaration is all that can be compared.
  if (!dataSet || !found) return staleDeclaration(facts, spec, set, made);
  try {
    const chosen = chooseBlends(found.content, spec, dataSet.classes);
    const asked = { dataSet: dataSet.hash, interpolation: spec.interpolation };
    const isOtherSearch =
      found.hash !== made.candidates && canonicalJson(declaredBlends(spec)) === canonicalJson(made.declared);
    return blendDifferences(set, made, chosen, asked).map((difference) => {
      if (difference === 'data-set') return 'They were made from other test images.';
      if (difference === 'interpolation') return otherWay(made.interpolation, spec);
      if (isOtherSearch && distinctAlphas(set.images).length === spec.alphas) {
        return 'The reference classifier was trained anew since they were made.';
      }
      return difference === 'pairs' ? otherPairs : otherAnchors;
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [`The images that the study asks for now cannot be made: ${error.message}.`];
  }
}

function staleDeclaration(
  facts: Facts,
  spec: BlendedStimuliSpec,
  { images }: StimulusSetRecord,
  made: BlendedProvenance,
): string[] {
  const { dataSet } = facts;
  const { design: _, ...anchors } = declaredBlends(spec);
  const { design: __, ...madeAnchors } = made.declared;
  return [
    ...(dataSet && made.dataSet !== dataSet.hash ? ['They were made from other test images.'] : []),
    ...(canonicalJson(anchors) === canonicalJson(madeAnchors) ? [] : [otherAnchors]),
    ...(dataSet && !sameLayout(facts, spec, images, dataSet.classes.length) ? [otherPairs] : []),
    ...(made.interpolation === spec.interpolation ? [] : [otherWay(made.interpolation, spec)]),
  ];
}

const sourceWords = {
  generated: 'images from a generator',
  blended: 'images between real ones',
  'test-images': 'test images',
  imported: 'imported images',
} as const;
const otherPairs = 'The study asks for other pairs or alphas.';
const otherAnchors = 'The anchors, their number or their rule were changed since they were made.';

type Way = Interpolation | Blending;

function otherWay(made: Way, { source, interpolation }: GeneratedStimuliSpec | BlendedStimuliSpec): string {
  const way = findSetting(stimuliSettings[source], 'interpolation').facts.title.toLowerCase();
  return `They were made with ${way} “${interpolationName(made)}”; the study says “${interpolationName(interpolation)}”.`;
}

function describeAnchorChange(chosen: readonly unknown[], made: readonly unknown[]): string {
  const changed = chosen.filter((anchor, k) => canonicalJson(anchor) !== canonicalJson(made[k] ?? null)).length;
  return `The anchors of ${changed} ${changed === 1 ? 'class' : 'classes'} were changed since they were made.`;
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
  { record, workbench }: Facts,
  { design, alphas: count }: Pick<GeneratedStimuliSpec, 'design' | 'alphas'>,
  images: readonly StimulusImage[],
  classes: number,
): boolean {
  const confusion = design.kind === 'confusable' ? knownConfusion(workbench, record.id) : null;
  // Pairs by confusion are those of the set until the reference has been asked again.
  if (design.kind === 'confusable' && confusion === null) return true;
  const asked = layOutStimuli(resolvePairs(design, classes, confusion), alphas(count));
  return (
    asked.length === images.length &&
    asked.every((image, at) => {
      const own = images[at];
      return own !== undefined && samePlace(own, image);
    })
  );
}
