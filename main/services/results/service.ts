import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hashKey, Memo } from '../../analysis/groups/context.ts';
import type { OptionalGroupInput, PeopleInput, ViewInput } from '../../contract/results/results-parts.ts';
import type { FindingInput, WhichInput } from '../../contract/api/results.ts';
import type { TablesInput } from '../../contract/api/results-tables.ts';
import { isPart } from '../../exhibits/all.ts';
import type { AddedResults } from '../../exhibits/result-lists.ts';
import { parsePaperValues, type PaperValues } from '../../exhibits/parts/paper-values.ts';
import type { Storage } from '../../storage/open.ts';
import { findStudy } from '../workbench/find.ts';
import { imageDetail } from './image.ts';
import { imageTable, labelTable, selectImages } from './images.ts';
import { findLeftOut, resultsOverview } from './overview.ts';
import { RecordedReads, readsSchema } from './reads.ts';
import { addedResults, type AnswerTools, type ContributedResults } from './contributed-results.ts';
import type { AnswerCache, AnsweredCall } from './answers.ts';
import { canonicalJson } from '../../domain/plans/identity.ts';
import { Sources, type Source } from '../analysis-input.ts';
import { finding, peopleAlone, tables } from './tables.ts';
import { readRecipe, readTrainings } from './trainings.ts';
import {
  designedGroups,
  noPart,
  noStimuli,
  viewGroup,
  viewPeople,
  type GroupResult,
  type PeopleView,
  type Sides,
} from './view.ts';

/** A question of the contribution `name`. */
export interface ContributedQuestion {
  name: string;
  question: string;
  input: unknown;
}

interface ByStudy {
  study: string;
}

/** What answers look up that is narrower than a function of storage, so that a training's progress makes none of them old. */
const looks = {
  trainings: readTrainings,
  /** Planned snapshots without predictions. */
  leftOut: findLeftOut,
};

/**
 * Answers each call of `resultsContract` in a method of the same name. Partial results are kept in memory, so that a new
 * model or labeler costs only its own computation.
 */
export class ResultsService {
  readonly reads: RecordedReads<typeof looks>;
  readonly #storage: Storage;
  readonly #sources: Sources;
  readonly #paper: PaperValues;
  readonly #memo = new Memo();
  readonly #views = new Memo(8);
  /** Names of studies of which an answer took long. */
  readonly slow = new Set<string>();
  readonly #contributed: ReadonlyMap<string, ContributedResults>;
  readonly #added: Required<AddedResults>;
  readonly #tools: AnswerTools;

  constructor(storage: Storage, resources: string, contributed: ReadonlyMap<string, ContributedResults> = new Map()) {
    const path = join(resources, 'paper', 'values.json');
    this.reads = new RecordedReads(storage, looks);
    this.#storage = this.reads.storage;
    this.#sources = new Sources(this.#storage);
    this.#paper = parsePaperValues(readFileSync(path, 'utf8'), path);
    this.#contributed = contributed;
    this.#added = addedResults(contributed);
    this.#tools = {
      storage: this.#storage,
      paper: this.#paper,
      study: (name) => findStudy({ storage: this.#storage }, name),
      source: (study) => this.#sources.read(study),
      people: (input) => this.#people(input),
      trainings: (study) => this.reads.look('trainings', study),
      leftOut: (name) => this.reads.look('leftOut', name),
      recipe: (run) => readRecipe(storage, run),
    };
  }

  /** Reads the current state of a study. @throws UserError `study.not-found`; `results.no-stimuli` */
  source(name: string): Source {
    const study = findStudy({ storage: this.#storage }, name);
    const source = this.#sources.read(study);
    if (source) return source;
    throw noStimuli(name);
  }

  overview = ({ study: name }: ByStudy) => {
    const study = findStudy({ storage: this.#storage }, name);
    return resultsOverview(study, this.#sources.read(study), this.#storage, this.reads.look('leftOut', name));
  };

  finding = ({ group, ...input }: FindingInput) => {
    const first = group === undefined ? (designedGroups(this.source(input.study))[0] ?? null) : group;
    return finding(this.#sides({ ...input, group: first }));
  };
  people = (input: PeopleInput) => peopleAlone(this.#people(input), this.#added);
  tables = (input: TablesInput) => {
    const added = this.#added;
    if (!isPart(input.section, added)) throw noPart(input.section);
    const people = this.#people(input);
    const chosen = input.groups.map((group) => viewGroup(people, group));
    const leftOut = this.reads.look('leftOut', input.study);
    return tables(people, chosen, input, { leftOut, added });
  };
  images = (input: ViewInput) => imageTable(this.#view(input));
  labels = (input: PeopleInput) => labelTable(this.#people(input));
  which = (input: WhichInput) => selectImages(this.#sides(input), input.which);
  image = (input: PeopleInput & { image: number }) => imageDetail(this.#people(input), this.#storage, input.image);

  /** Answers a question of a contribution. */
  contributed({ name, question, input }: ContributedQuestion): unknown {
    const answering = this.#contributed.get(name)?.questions[question];
    if (!answering) throw new Error(`nothing answers ${name}.${question}`);
    return answering(this.#tools, input as never);
  }

  /** @throws UserError `study.not-found`, `results.*` */
  #people(input: PeopleInput): PeopleView {
    const source = this.source(input.study);
    const key = hashKey(source.study.id, contentKey(source), input.labelers, input.claim ?? 'default');
    return this.#views.value(key, () => viewPeople(source, input, this.#paper, this.#memo, this.#added.analysis));
  }

  #view(input: ViewInput): GroupResult {
    return viewGroup(this.#people(input), input.group);
  }

  #sides(input: OptionalGroupInput): Sides {
    const people = this.#people(input);
    return { people, result: input.group && viewGroup(people, input.group) };
  }
}

/** Everything in a study that answers depend on. */
function contentKey({ study, imagesKey, classes, labelers, otherAnswers, models }: Source): string {
  return hashKey(
    study.name,
    study.spec.dataSet.source,
    imagesKey,
    classes,
    otherAnswers?.key ?? '',
    labelers.map(({ record, name, key }) => [record.id, name, record.simulated, key]),
    models.map(({ id, input, key, record, outside }) => [
      ...[id, input, key],
      ...(record ? [record.runId, record.accuracy] : [outside.tested]),
    ]),
  );
}

/** Answers about a study of which one took longer than this, in milliseconds, are kept on disk. */
const worthKeeping = 300;

/** An answer on disk: it holds for as long as what was read for it. */
const keptSchema = z.strictObject({ reads: readsSchema, output: z.unknown() });

/** @throws UserError of the call */
export function answer(results: ResultsService, cache: AnswerCache, call: AnsweredCall, input: unknown): unknown {
  const question = canonicalJson([call, input]);
  const kept = keptSchema.safeParse(cache.get(question)).data;
  if (kept && results.reads.hold(kept.reads)) return kept.output;
  // Each call's input was checked by its own schema where it came in.
  const work = results[call].bind(results) as (input: unknown) => unknown;
  const started = performance.now();
  const { output, reads } = results.reads.record(() => work(input));
  if (!reads) return output;
  const studies = reads.flatMap(({ of, given }) => (of === 'studies.byName' ? String(given[0]) : []));
  if (performance.now() - started > worthKeeping) for (const study of studies) results.slow.add(study);
  // What was quick after another answer, with the same analysis, would not be quick in a new process.
  if (studies.some((study) => results.slow.has(study))) cache.put(question, { reads, output });
  return output;
}
