import { UserError } from '../../contract/wire/index.ts';
import type { StudySection } from '../../domain/plans/index.ts';
import { countCells, sweptEntries } from './analysis/sweep-cells.ts';
import { type Sweep, sweepsOf, sweepsSchema } from './contract/sweep.ts';

/** Sweeps: further models, whose recipes differ in some factors. */
export const studySection: StudySection = {
  key: 'sweeps',
  module: 'contributions/effects/study-section',
  schema: sweepsSchema,
  entries: (study) => sweptEntries(study),
  asked: (study) => {
    const trainings = (sweep: Sweep): number => countCells(sweep) * sweep.seeds;
    const sweeps = sweepsOf(study);
    return {
      trainings: sweeps.reduce((sum, sweep) => sum + trainings(sweep), 0),
      snapshots: sweeps.reduce((sum, sweep) => sum + trainings(sweep) * mostTargets(sweep), 0),
      fewer: 'Take fewer levels, samples or seeds',
    };
  },
  check: (study, file, refuse) => {
    const sweeps = sweepsOf(study);
    sweeps.forEach((sweep, index) => {
      if (sweeps.findIndex(({ name }) => name === sweep.name) < index) {
        refuse(`sweeps.${index}.name`, `Two sweeps are called "${sweep.name}"`, 'Give each a name of its own.');
      }
    });
    sweptEntries(study, (place) => `${file}, ${place}`);
  },
  refuseRemoval: (study, isRemoved) => {
    const swept = sweptEntries(study).find(isRemoved);
    if (!swept) return null;
    return new UserError(
      'models.of-sweep',
      'Cells of a sweep are removed with their sweep',
      `study ${study.name}, sweep ${swept.collection}`,
      'Choose other models, or remove the sweep on the screen Sweeps.',
    );
  },
};

/** Targets that a cell of a sweep has at most. */
const mostTargets = ({ base, factors }: Sweep): number =>
  Math.max(
    base.targets.length,
    ...factors.flatMap((factor) =>
      'levels' in factor && factor.of === 'targets'
        ? factor.levels.map(({ value }) => (Array.isArray(value) ? value.length : 1))
        : [],
    ),
  );
