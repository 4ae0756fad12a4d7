import { answersOf, groupAnswers, suffices } from '../../analysis/labels/known-answers.ts';
import { distances } from '../../analysis/statistics/distances.ts';
import { classifyImage } from '../../analysis/outcomes/image-types.ts';
import { haveShares } from '../../domain/results/response-kinds.ts';
import { type People, preferredLabel, type Ratings, type SetAnswer } from '../../analysis/labels/answers.ts';
import { imageCounts, labelAt, missing, wasShown } from '../../analysis/labels/labels.ts';
import { addModel, ensemble, noSums } from '../../analysis/labels/softmax.ts';
import type { Group } from '../../contract/results/exhibit.ts';
import type { ImageDetail } from '../../contract/api/results-image.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { at } from '../../domain/numbers/arrays.ts';
import { isPlaced } from '../../domain/stimuli/stimulus-set.ts';
import type { Storage } from '../../storage/open.ts';
import type { Source } from '../analysis-input.ts';
import {
  type DesignedGroup,
  type PeopleView,
  answerHeader,
  designedGroups,
  groupModels,
  groupTitle,
  targetOf,
} from './view.ts';
import type { ResponseRecord } from '../../storage/responses.ts';

/** Everything known about one stimulus. @throws UserError `results.unknown-image` */
export function imageDetail(people: PeopleView, storage: Storage, id: number): ImageDetail {
  const { source, context, humans } = people;
  const image = source.images.findIndex((stimulus) => stimulus.id === id);
  const stimulus = source.images[image];
  if (!stimulus) throw unknownImage(source, id);
  const { pairI, pairJ, alpha, truth = null, z } = stimulus;
  const rows = readSoftmax(source, image);
  const strip = source.images.filter(isPlaced).filter((other) => other.pairI === pairI && other.pairJ === pairJ);
  return {
    ...answerHeader(people),
    id,
    i: pairI,
    j: pairJ,
    alpha,
    truth,
    z: z && [...z],
    strip: strip.map((other) => ({ id: other.id, alpha: other.alpha })).sort((a, b) => a.alpha - b.alpha),
    people: [...imageCounts(context.humans.votes, image)],
    status: humans.status[image] ?? null,
    certainty: humans.certainty_pct[image] ?? null,
    entropy: humans.entropy_bits[image] ?? null,
    labels: people.labelers.map((_, labeler) => imageLabel(storage, people, labeler, image, id)),
    predictions: source.models.map(({ id: key, record, input, labels }, at) => {
      const [answers, row] = [answersOf(input), rows[at]!];
      return {
        key,
        name: input.name,
        architecture: input.architecture,
        target: input.target,
        repeat: input.repeat,
        runId: record?.runId ?? null,
        label: labels[image]!,
        softmax: answers === 'softmax' ? [...row] : null,
        confidence: suffices(answers, 'confidence') ? Math.max(...row) : null,
      };
    }),
    groups: designedGroups(source).map((group) => groupResult(people, group, image, rows)),
  };
}

/** Softmax of each model for one image: each file is read once. */
function readSoftmax({ models, classes }: Source, image: number): Float32Array[] {
  const from = image * classes.length;
  return models.map(({ softmax }) => softmax().slice(from, from + classes.length));
}

function groupResult(people: PeopleView, group: DesignedGroup, image: number, rows: readonly Float32Array[]) {
  return {
    title: groupTitle(group, people.source),
    kind: group.kind,
    architecture: group.kind === 'seeds' ? group.architecture : null,
    target: targetOf(group),
    repeat: group.kind === 'seeds' ? group.repeat : null,
    ...typeIn(people, group, image, rows),
  };
}

/** The image in one group. Computed without analyzing the group: there may be many, and large ones. */
function typeIn(people: PeopleView, group: Group, image: number, rows: readonly Float32Array[]) {
  const { source, humans, context } = people;
  const classes = source.classes.length;
  const votes = new Array<number>(classes).fill(0);
  const models = new Set(groupModels(source, group));
  let sums = noSums(1, classes);
  source.models.forEach((model, at) => {
    if (!models.has(model)) return;
    votes[model.labels[image]!]!++;
    sums = addModel(sums, rows[at]!, classes);
  });
  const split = votes.filter((count) => count > 0).length > 1;
  const status = humans.status[image] ?? null;
  const type = status === null || models.size < 2 ? null : classifyImage(status === 'agree', !split);
  const exception = type === 'both_agree' && votes[humans.unanimous_label[image] ?? -1] !== models.size;
  const isKnown = haveShares(context.humans.kind) && groupAnswers([...models].map(({ input }) => input)) === 'softmax';
  const { mean } = ensemble(sums, classes);
  const divergence = isKnown ? (distances(imageCounts(context.humans.votes, image), mean)?.js_bits ?? null) : null;
  return { type, exception, votes, divergence };
}

function unknownImage({ study, images }: Source, id: number): UserError {
  return new UserError(
    'results.unknown-image',
    `The stimuli of study "${study.name}" have no image ${id}`,
    study.name,
    `Choose one of its ${images.length} images; the set may have been replaced since.`,
  );
}

type ImageLabel = ImageDetail['labels'][number];
type Answer = ImageLabel['earlier'][number];
type History = Pick<ImageLabel, 'label' | 'instead' | 'at' | 'how' | 'responseMs' | 'earlier'>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** The current and earlier answers of one labeler to one image, each with its time. */
function imageLabel(
  storage: Storage,
  { answers, labelers, source: { setHash, otherAnswers } }: PeopleView,
  labeler: number,
  image: number,
  id: number,
): ImageLabel {
  const { record, name } = at(labelers, labeler);
  const who = { labelerId: record.id, pseudonym: name, simulated: record.simulated };
  const { label, ...said } = answerTo(answers, labeler, image);
  if (otherAnswers)
    return {
      ...who,
      label,
      ...said,
      at: iso(otherAnswers.record.importedAt),
      how: 'imported',
      responseMs: null,
      earlier: [],
    };
  const known = storage.answerHistories.ofImage(record.id, setHash, id);
  const log = storage.responses.imageLog(setHash, record.id, id);
  return {
    ...who,
    named: null,
    ...(known
      ? { ...known, earlier: [...known.earlier] }
      : fromTable(log, record.simulated ? 'simulated' : 'imported')),
    label,
  };
}

/** The label, set or ratings that a labeler gave an image, and what stands in place of a label. */
function answerTo(people: People, labeler: number, image: number): Pick<ImageLabel, 'label' | 'named' | 'instead'> {
  if (people.kind === 'counts') throw new Error('counts are of nobody');
  if ('labels' in people) {
    const label = labelAt(people.labels, labeler, image);
    const isBlank = label === null && wasShown(people.labels, labeler * people.labels.images + image);
    const blank = people.kind === 'abstain' ? 'cannot-tell' : 'blank';
    return { label, named: null, instead: label !== null ? null : isBlank ? blank : 'none' };
  }
  const isIt = (answer: SetAnswer | Ratings): boolean => answer.labeler === labeler && answer.image === image;
  const answer = (people.answers as readonly (SetAnswer | Ratings)[]).find(isIt);
  if (!answer) return { label: null, named: null, instead: 'none' };
  if ('labels' in answer)
    return { label: null, named: answer.labels.map((label) => ({ label, rating: null })), instead: 'none' };
  const label = preferredLabel(answer);
  const named = answer.ratings.map((of) => ({ ...of }));
  return label === missing ? { label: null, named, instead: 'blank' } : { label, named, instead: null };
}

/** Labels from a file or a rehearsal: only the time of import is known. */
function fromTable(log: readonly ResponseRecord[], how: 'imported' | 'simulated'): History {
  const answers = log.map(
    ({ label, at }): Answer => ({ label, instead: label === null ? 'blank' : null, at: iso(at) }),
  );
  const last = answers.at(-1) ?? { label: null, instead: 'none' as const, at: null };
  return { ...last, how, responseMs: null, earlier: answers.slice(0, -1) };
}
