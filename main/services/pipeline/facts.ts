import type { RunState } from '../../contract/run.ts';
import type { Study } from '../../contract/study.ts';
import type {
  DataSetRecord,
  ModelRecord,
  StimulusSetRecord,
  StudyFigures,
  StudyRecord,
  StudyRun,
} from '../../storage/index.ts';
import { findStudy } from '../tools/find-study.ts';
import type { Lab } from '../lab/lab.ts';
import { paceOf } from '../estimates/pace.ts';
import type { Pace } from '../estimates/pace.ts';
import { reportTime } from '../studies/studies.ts';
import { dataSetOf, expectedKeys } from '../declaration/expected-runs.ts';

/** Where a place in the study stands: what fills it, and whether that is what the declaration asks for. */
export interface Place {
  role: string;
  state: RunState | 'none';
  /** Another run is there than the one that is asked for. */
  changed: boolean;
}

/** Everything that the steps of a study are judged by, read once. */
export interface Facts {
  lab: Lab;
  record: StudyRecord;
  study: Study;
  figures: StudyFigures;
  links: readonly StudyRun[];
  dataSet: DataSetRecord | undefined;
  set: StimulusSetRecord | undefined;
  models: readonly ModelRecord[];
  /** Places that the declaration asks for and that depend on the data set alone, by role. */
  places: ReadonlyMap<string, Place>;
  /** Milliseconds since 1970, or null. */
  reportAt: number | null;
  /** Id of the job that works on the study, or null. */
  job: string | null;
  pace: Pace;
}

/** @throws UserError `study.not-found` */
export function readFacts(lab: Lab, name: string): Facts {
  const { bench } = lab;
  const { storage } = bench;
  const record = findStudy(bench, name);
  const links = storage.studyRuns.list(record.id);
  const dataSet = dataSetOf(bench, record, links);
  const setHash = storage.studies.stimuli(record.id);
  const job = lab.jobs.list().find((each) => each.study === name && each.kind === 'study' && each.endedAt === null);
  return {
    ...{ lab, record, links, dataSet, study: record.spec, job: job?.id ?? null, pace: paceOf(lab) },
    figures: storage.studies.figures(record.id),
    set: setHash === undefined ? undefined : storage.stimulusSets.get(setHash),
    models: storage.models.ofStudy(record.id),
    places: placesOf(lab, record, links, dataSet?.hash),
    reportAt: reportTime(lab, name),
  };
}

function placesOf(
  { bench }: Lab,
  { id, spec: study }: StudyRecord,
  links: readonly StudyRun[],
  dataSetHash: string | undefined,
): Map<string, Place> {
  const linked = new Map(links.map((link) => [link.role, link]));
  const keyOf = bench.storage.studies.runKeys(id);
  // Without a data set nothing can have been done; any hash gives the same places.
  const expected = expectedKeys(study, dataSetHash ?? '0'.repeat(64));
  return new Map(
    [...expected].map(([role, key]): [string, Place] => {
      const link = linked.get(role);
      if (!link) return [role, { role, state: 'none', changed: false }];
      return [role, { role, state: link.state, changed: keyOf.get(role) !== key }];
    }),
  );
}

/** Whether a run in a place of this kind works or waits for its turn while the study is worked on. */
export function isWorking({ job, links }: Facts, roles: RegExp): boolean {
  return job !== null && links.some((link) => roles.test(link.role) && ['running', 'queued'].includes(link.state));
}
