import type { ReportGenerator, ReportMade } from '../../exhibits/report-data.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StimulusSetHeader } from '../../storage/stimulus-sets.ts';
import { type BlendedProvenance, blendedProvenanceSchema } from '../study/blended.ts';
import { anchorList, type GeneratedProvenance, generatedProvenanceSchema } from '../study/stimuli.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** How the images of a frozen set came about, from what was kept with it: the study may be declared otherwise by now. */

const generatedProvenance = ({ provenance }: Pick<StimulusSetHeader, 'provenance'>): GeneratedProvenance | null =>
  generatedProvenanceSchema.safeParse(provenance).data ?? null;

/** The generator whose weights made the set; null for an imported set, or where its run is not here. */
export function reportGenerator(workbench: Workbench, studyId: number, set: StimulusSetHeader): ReportGenerator | null {
  const made = generatedProvenance(set);
  if (!made) return null;
  if (made.shipped) {
    const { recipe, seed, engine, step, weights } = made.shipped;
    return { recipe, seed, engine: engine.name, steps: step, weights: weights.sha256, shipped: made.shipped };
  }
  const [found] = everIn(workbench, studyId, 'generator').flatMap((run) => {
    const steps = stepWithWeights(workbench, run, made.generator);
    return run.task.kind === 'generator' && steps !== null ? [{ ...run.task, engine: run.ranOn, steps }] : [];
  });
  if (!found) return null;
  const { recipe, seed, engine, steps } = found;
  return { recipe, seed, engine: engine ?? 'unknown', steps, weights: made.generator, shipped: null };
}

/** The step at which a run had these weights, or null. */
function stepWithWeights({ storage }: Workbench, { id, result }: RunRecord, weights: string): number | null {
  if (result?.kind === 'generator' && result.weights === weights) return result.steps;
  return storage.runHistory.sampleGrids(id).find((grid) => grid.weights === weights)?.step ?? null;
}

/** How anchors were chosen and joined; null for an imported set. */
export function reportMade(workbench: Workbench, studyId: number, set: StimulusSetHeader): ReportMade | null {
  const blended = blendedProvenanceSchema.safeParse(set.provenance).data;
  if (blended) return blendedMade(blended);
  const made = generatedProvenance(set);
  if (!made) return null;
  const all = made.anchors.flatMap(anchorList);
  const points = all.filter((anchor) => typeof anchor !== 'number');
  // The rule draws samples beyond those that a person chose.
  const byHand = new Set((made.declared?.anchors ?? made.anchors).flatMap(anchorList).map(canonicalJson));
  const given = made.declared ? points.filter((anchor) => byHand.has(canonicalJson(anchor))) : points;
  const [search] = everIn(workbench, studyId, 'candidates').flatMap(({ task, result }) =>
    task.kind === 'candidates' &&
    'generator' in task &&
    result?.kind === 'candidates' &&
    result.candidates === made.candidates
      ? [task]
      : [],
  );
  return {
    interpolation: made.interpolation,
    proposed: all.length - given.length,
    given: given.length,
    givenFrom: given.filter(({ from }) => from !== null).length,
    anchorDesign: made.declared?.anchorDesign ?? { kind: 'one' },
    anchorRule: made.declared?.anchorRule ?? { kind: 'best' },
    confusable: made.confusion !== undefined,
    search: search ? { samples: search.samples, seed: search.seed } : null,
  };
}

function blendedMade({ anchors, declared, interpolation }: BlendedProvenance): ReportMade {
  const byHand = declared.anchors?.map((own) => new Set([own].flat())) ?? [];
  const given = anchors.flatMap((own, k) => own.filter((position) => byHand[k]?.has(position) === true)).length;
  return {
    interpolation,
    given,
    givenFrom: 0,
    proposed: anchors.flat().length - given,
    search: null,
    anchorDesign: declared.anchorDesign,
    anchorRule: declared.anchorRule,
    confusable: declared.design.kind === 'confusable',
  };
}

/** Runs that are or were in a place of the study, the newest first. */
function everIn({ storage }: Workbench, studyId: number, role: string): RunRecord[] {
  const links = storage.studyRuns.history(studyId, role).reverse();
  return links.flatMap(({ runId }) => storage.runs.get(runId) ?? []);
}
