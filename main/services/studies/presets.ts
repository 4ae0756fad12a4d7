import type { Preset } from '../../contract/api/studies.ts';
import { ownGenerator } from '../../contract/study.ts';
import type { Study } from '../../contract/study.ts';
import type { Lab } from '../lab/lab.ts';
import { identities } from '../declaration/plan.ts';
import { loadStudy, presetNames } from '../declaration/study-file.ts';
import { UserError } from '../../contract/errors.ts';
import { studyCost } from '../estimates/cost.ts';
import { paceOf } from '../estimates/pace.ts';
import type { Pace } from '../estimates/pace.ts';

/** What can be started from, the quickest first, with what it takes on this machine. */
export function presets(lab: Lab): Preset[] {
  const pace = paceOf(lab);
  return presetNames(lab.bench.resources)
    .map((preset) => describe(preset, loadStudy(preset, lab.bench.resources).study, pace))
    .sort((a, b) => a.cost.seconds - b.cost.seconds);
}

/** @throws UserError `study.not-found` */
export function presetStudy(lab: Lab, preset: string): Study {
  if (presetNames(lab.bench.resources).includes(preset)) return loadStudy(preset, lab.bench.resources).study;
  throw new UserError({
    code: 'study.not-found',
    what: `There is no preset "${preset.slice(0, 64)}"`,
    where: 'presets',
    remedy: `Choose one of: ${presetNames(lab.bench.resources).join(', ')}.`,
  });
}

function describe(preset: string, study: Study, pace: Pace): Preset {
  const { title, question } = study;
  const models = study.models.flatMap(identities).length;
  const cost = studyCost(study, pace);
  const { engine, workers } = pace;
  return { ...{ preset, title, question, models, cost, engine, workers }, does: whatItDoes(study, models) };
}

function whatItDoes(study: Study, models: number): string {
  const generator = ownGenerator(study) ? 'trains a generator' : 'takes the generator in the box';
  const images = study.stimuli.source === 'generated' ? `${generator}, makes images between classes` : 'takes images';
  const labels = { rehearsal: ', rehearses labels', csv: ', reads labels', none: '' }[study.labelers.source];
  const networks = `trains ${models} ${models === 1 ? 'network' : 'networks'}`;
  return `Reads ${study.dataSet.source === 'mnist' ? 'MNIST' : study.dataSet.name}, ${images}, ${networks}${labels} and writes the report.`;
}
