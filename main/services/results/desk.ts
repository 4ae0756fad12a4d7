import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashKey, Memo } from '../../analysis/context.ts';
import { runSelfTest } from '../../analysis/self-test.ts';
import type { agreementMeasures } from '../../contract/api/results-charts.ts';
import type { Group } from '../../contract/exhibit.ts';
import type { OptionalGroupInput, PeopleInput, ViewInput } from '../../contract/api/results-parts.ts';
import type { WhichInput } from '../../contract/api/results.ts';
import type { LeftOut } from '../../contract/api/results-tables.ts';
import { UserError } from '../../contract/errors.ts';
import { parsePaperValues, type PaperValues } from '../../exhibits/paper-values.ts';
import type { Storage } from '../../storage/open.ts';
import { findStudy } from '../tools/find.ts';
import { agreementOf } from './agreement.ts';
import { alongOf } from './along.ts';
import { certaintyOf } from './certainty.ts';
import { compareOf } from './compare.ts';
import { imageOf } from './image.ts';
import { imagesOf, labelsOf } from './images.ts';
import { leftOutOf, plannedSnapshots } from './left-out.ts';
import { overviewOf } from './overview.ts';
import type { ResultCall } from './result-calls.ts';
import { peopleOf } from './people.ts';
import { rarefactionOf } from './rarefaction.ts';
import { calibrationOf, readSoftmax } from './softmax.ts';
import { Sources, type Source } from '../analysis-input.ts';
import { tablesOf } from './tables.ts';
import { typesOf } from './types.ts';
import { whichOf } from './which.ts';
import { viewGroupOf, viewPeople, type GroupResult, type PeopleView, type Sides } from './view.ts';

interface ByStudy {
  study: string;
}

/**
 * Answers every question about results, a method each, named as the calls of `resultsContract`. Keeps what it has worked
 * out: a new model or labeler costs its own work only.
 */
export class Desk {
  readonly #storage: Storage;
  readonly #sources: Sources;
  readonly #paper: PaperValues;
  readonly #memo = new Memo();
  readonly #views = new Memo(8);

  constructor(storage: Storage, resources: string) {
    const path = join(resources, 'paper', 'values.json');
    this.#storage = storage;
    this.#sources = new Sources(storage);
    this.#paper = parsePaperValues(readFileSync(path, 'utf8'), path);
  }

  /** The study as it stands. @throws UserError `study.not-found`; `results.no-stimuli` */
  source(name: string): Source {
    const study = findStudy({ storage: this.#storage }, name);
    const source = this.#sources.read(study);
    if (source) return source;
    throw new UserError({
      code: 'results.no-stimuli',
      what: `Study "${name}" has no frozen stimuli yet`,
      where: name,
      remedy: 'Make the stimuli, and run the study until its networks have seen them.',
    });
  }

  overview = ({ study: name }: ByStudy) => {
    const study = findStudy({ storage: this.#storage }, name);
    return overviewOf(study, this.#sources.read(study), this.#storage);
  };

  people = (input: PeopleInput) => peopleOf(this.#people(input));
  types = (input: ViewInput) => typesOf(this.#view(input));
  tables = (input: PeopleInput) => tablesOf(this.#people(input), this.#leftOut(input));
  images = (input: ViewInput) => imagesOf(this.#view(input));
  labels = (input: PeopleInput) => labelsOf(this.#people(input));
  softmax = (input: ViewInput) => readSoftmax(this.#view(input));
  calibration = (input: ViewInput) => calibrationOf(this.#view(input));
  certainty = (input: ViewInput) => certaintyOf(this.#view(input));
  rarefaction = (input: OptionalGroupInput) => rarefactionOf(this.#sides(input));
  agreement = (input: OptionalGroupInput & { measure: (typeof agreementMeasures)[number] }) =>
    agreementOf(this.#sides(input), input.measure);
  compare = ({ a, b }: { a: ViewInput; b: ViewInput }) => compareOf(this.#view(a), this.#view(b));
  which = (input: WhichInput) => whichOf(this.#sides(input), input.which);
  image = (input: PeopleInput & { image: number }) => imageOf(this.#people(input), this.#storage, input.image);
  selfTest = (_: Record<string, never>) => runSelfTest();

  along = (input: PeopleInput & { groups: Group[] }) => {
    const people = this.#people(input);
    return alongOf(
      people,
      input.groups.map((group) => viewGroupOf(people, group)),
    );
  };

  /** Snapshots that the study asks for and that have no predictions. */
  #leftOut({ study: name }: ByStudy): LeftOut[] {
    const study = findStudy({ storage: this.#storage }, name);
    return leftOutOf(this.#storage, study, plannedSnapshots(study));
  }

  /** Equal keys: the same answer to a call. Tables also name the snapshots that are left out, and why. */
  contentKey(call: ResultCall, study: string): string {
    const key = contentKey(this.source(study));
    return call === 'tables' ? hashKey(key, this.#leftOut({ study })) : key;
  }

  /** @throws UserError `study.not-found`, `results.*` */
  #people(input: PeopleInput): PeopleView {
    const source = this.source(input.study);
    const key = hashKey(source.study.id, contentKey(source), input.labelers);
    return this.#views.value(key, () => viewPeople(source, input, this.#paper, this.#memo));
  }

  #view(input: ViewInput): GroupResult {
    return viewGroupOf(this.#people(input), input.group);
  }

  #sides(input: OptionalGroupInput): Sides {
    const people = this.#people(input);
    return { people, result: input.group && viewGroupOf(people, input.group) };
  }
}

/** Equal keys: the same answers to the same questions. */
function contentKey({ study, imagesKey, classes, labelers, models }: Source): string {
  return hashKey(
    study.name,
    study.spec.dataSet.source,
    imagesKey,
    classes,
    labelers.map(({ record, name, key }) => [record.id, name, record.simulated, key]),
    models.map(({ id, input, key, record }) => [id, input, key, record.runId, record.accuracy]),
  );
}
