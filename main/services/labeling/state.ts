import type { LabelingState } from '../../contract/labeling/state.ts';
import { sizeOf } from '../../domain/data/images.ts';
import { isDrawnPseudonym } from '../../domain/labeling/pseudonym.ts';
import { countedPeople } from '../labels/people.ts';
import { findStudy } from '../workbench/find.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { toLock } from './lock.ts';
import type { LabelingService } from './service.ts';
import { otherLabelers } from './withdraw.ts';

/** Whose labels a study has, and how many of its sessions ended. @throws UserError `study.not-found` */
export function readLabeling(service: LabelingService, studyName: string): LabelingState {
  const { workbench } = service;
  const { storage } = workbench;
  const study = findStudy(workbench, studyName);
  const setHash = storage.studies.stimuli(study.id);
  const states = storage.labeling.sessions.ofStudy(study.id).map(({ state }) => state);
  const lock = storage.labeling.locks.current(study.id);
  const others = otherLabelers(service, study.id);
  return {
    stimuli: setHash === undefined ? null : describe(workbench, setHash),
    hasPlan: storage.labeling.sessions.hasPlan(study.id),
    sessions: {
      all: states.length,
      active: states.filter((state) => state === 'active').length,
      finished: states.filter((state) => state === 'finished').length,
    },
    lock: lock ? toLock(lock) : null,
    people: countedPeople(workbench, study.id).length,
    otherLabelers: {
      people: others.filter(({ simulated }) => !simulated).length,
      simulated: others.filter(({ simulated }) => simulated).length,
      named: others.filter(({ simulated, pseudonym }) => !simulated && !isDrawnPseudonym(pseudonym)).length,
    },
  };
}

function describe({ storage: { stimulusSets } }: Workbench, hash: string): LabelingState['stimuli'] {
  const header = stimulusSets.header(hash);
  if (!header) return null;
  const { classes } = header;
  const { images, ends } = stimulusSets.counts(hash);
  return { hash, images, ...sizeOf(header), classes, clear: ends };
}
