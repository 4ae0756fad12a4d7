import type { ImageInput } from '../../analysis/input.ts';
import { type LabelMatrix, takeRaters } from '../../analysis/labels.ts';
import { UserError } from '../../contract/errors.ts';
import type { Teaching } from '../../contract/teaching.ts';
import { anchorsOf, independenceOf, truthOf } from '../../domain/stimulus-set.ts';
import { sha256 } from '../../files/blobs.ts';
import { isFromSession, type StudyRecord } from '../../storage/index.ts';
import { type Source, type SourceLabeler, Sources } from '../analysis-input.ts';
import { refusals } from '../labels/refusals.ts';
import type { Workbench } from '../tools/workbench.ts';

/** A study's images and named people, as an experiment with taught networks uses them. */
export interface TeachingSource {
  readonly source: Source;
  readonly images: readonly ImageInput[];
  /** In the order of `labels`. */
  readonly people: readonly { readonly key: string; readonly name: string }[];
  readonly labels: LabelMatrix;
  readonly simulated: boolean;
  /** Of all people and their labels. */
  readonly labelsHash: string;
}

/** @throws UserError `labeling.no-stimuli`, `teaching.no-named-people` */
export function readTeachingSource({ storage }: Workbench, study: StudyRecord): TeachingSource {
  const source = new Sources(storage).read(study);
  if (!source) throw refusals.noStimuli(study.name);
  const kind = source.panel?.record.kind;
  if (source.panel && kind !== 'abstain') throw noNamedPeople(study.name, kind ?? '');
  const labelers = [...source.labelers].sort((a, b) => (a.name < b.name ? -1 : 1));
  const people = labelers.map(({ record, name }) => ({ name, key: personKey(source.setHash, record) }));
  const values = new Int16Array(labelers.length * source.images.length);
  labelers.forEach(({ labels }, rater) => values.set(labels, rater * source.images.length));
  const labels = { raters: labelers.length, images: source.images.length, classes: source.classes.length, values };
  return {
    ...{ source, people, labels, simulated: labelers.some(({ record }) => record.simulated) },
    images: source.images.map(({ id, pairI, pairJ, alpha, ...image }) => ({
      ...{ id, pairI, pairJ, alpha },
      ...anchorsOf(image),
      ...truthOf(image),
      ...independenceOf(alpha !== null),
    })),
    labelsHash: sha256(`${people.map(({ key }) => key).join()} ${sha256(new Uint8Array(values.buffer))}`),
  };
}

/** Known by a hash, so that files that stay when somebody withdraws have no names. */
const personKey = (setHash: string, record: SourceLabeler['record']): string =>
  sha256(
    `boundary-workbench/person ${setHash} ${isFromSession(record) ? 'session' : record.source}\n${record.pseudonym}`,
  );

export const someRaters = (matrix: LabelMatrix, wanted: (rater: number) => boolean): LabelMatrix =>
  takeRaters(
    matrix,
    Array.from({ length: matrix.raters }, (_, rater) => rater).filter((rater) => wanted(rater)),
  );

/** @throws UserError `teaching.not-declared` */
export function declaredTeaching({ name, spec }: StudyRecord): Teaching {
  if (spec.teaching) return spec.teaching;
  throw new UserError({
    code: 'teaching.not-declared',
    what: 'The study declares no networks that people teach',
    where: `study ${name}`,
    remedy: 'Add `teaching` to the study file, or give a file with it: `boundary teachers make STUDY FILE.json`.',
  });
}

const noNamedPeople = (study: string, kind: string): UserError =>
  new UserError({
    code: 'teaching.no-named-people',
    what:
      kind === 'counts'
        ? 'The labels are counts, so nobody knows who gave which label, and people cannot be split into halves'
        : `The answers in use are of the kind "${kind}", which gives no single label of each person`,
    where: `study ${study}`,
    remedy: 'Import a table with one row for each answer, which names who gave it: `boundary responses import`.',
  });
