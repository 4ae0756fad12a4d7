import { formatCount, kept } from '../../../domain/numbers/index.ts';
import { countEntropyBits } from '../../../analysis/statistics/index.ts';
import type { Answered, PeoplesAnswers } from '../contract/disagreement.ts';
import { UserError } from '../../../contract/wire/index.ts';
import { kindsOfLabels, testImageProvenanceSchema } from '../../../contract/stimuli/index.ts';
import type { PanelKind, StoredAnswers } from '../contract/responses.ts';
import { canonicalJson } from '../../../domain/plans/index.ts';
import { kindNames, answersAmount } from '../../../domain/results/index.ts';
import { sha256 } from '../../../files/index.ts';
import type { StudyRecord } from '../../../storage/index.ts';
import { declaredDataSet } from '../../../services/declaration/index.ts';
import { countedPeople } from '../../../services/labels/index.ts';
import { findStimuli, findStudy, type Workbench } from '../../../services/workbench/index.ts';
import { findPanel } from '../panels/panels.ts';
import { panelsOf } from '../storage/panels.ts';

/** How much people disagree on the test images of a study's data set, from their answers in another study; disagreement-file.ts reads files. */

/**
 * Answers of a study whose stimuli are test images of the same data set.
 * @param panel null: the labels of its labelers
 * @throws UserError `study.not-found`, `labeling.no-panel`, `stimuli.other-images`, `stimuli.no-answers`, `stimuli.ratings`
 */
export function answersInStudy(
  workbench: Workbench,
  study: StudyRecord,
  { study: name, panel: id }: { study: string; panel: number | null },
): PeoplesAnswers {
  const { storage } = workbench;
  const other = findStudy(workbench, name);
  const panel = id === null ? null : findPanel(workbench, name, id);
  const setHash = panel?.setHash ?? findStimuli(workbench, other.id)?.hash;
  if (setHash === undefined || !isOfDataSet(workbench, setHash, declaredDataSet(workbench, study)?.hash)) {
    throw otherImages(name);
  }
  if (panel) {
    const given = [...panelsOf(storage).stored(panel.id)].map((row) => JSON.parse(row.answers) as StoredAnswers);
    const { people, answers, findings, source } = panel;
    return {
      name,
      answers: source,
      kind: labelsKind(panel.kind, `study ${name}, panel ${panel.id}`),
      reading: { people, answers, findings },
      entropies: entropiesOf(panel.kind, given),
    };
  }
  const labels = countedPeople(workbench, other.id).map(({ id: person }) =>
    storage.responses
      .current(setHash, person)
      .flatMap(({ imageId, label }): [number, number][] => (label === null ? [] : [[imageId, label]])),
  );
  if (labels.length === 0) throw noAnswers(name);
  const votes = votesOf('abstain', labels);
  const listed = [...votes].map(([image, own]) => [image, [...own].sort(([a], [b]) => a - b)]);
  const answers = labels.reduce((sum, own) => sum + own.length, 0);
  const none = { empty: 0, withdrawn: 0, unknownImages: { count: 0, names: [] } };
  return {
    name,
    answers: `labels:${sha256(canonicalJson(listed.sort(([a], [b]) => Number(a) - Number(b))))}`,
    kind: 'single',
    reading: { people: labels.length, answers, findings: { rows: answers, images: votes.size, ...none } },
    entropies: entropiesOf('abstain', labels),
  };
}

/** Answers in the data folder about test images of the study's data set, whose labels have an entropy. */
export function listAnswered(workbench: Workbench, study: StudyRecord): Answered[] {
  const { storage } = workbench;
  const dataSet = declaredDataSet(workbench, study)?.hash;
  if (dataSet === undefined) return [];
  // A set is often that of several panels, and its header takes long to read.
  const known = new Map<string, boolean>();
  const isAbout = (set: string): boolean => kept(known, set, () => isOfDataSet(workbench, set, dataSet));
  return storage.studies.list().flatMap(({ id, name }): Answered[] => {
    const panels = panelsOf(storage)
      .ofStudy(id)
      .filter(({ kind, setHash }) => kind !== 'graded' && isAbout(setHash));
    const listed = panels.map((panel): Answered => {
      const text = `${name}: ${kindNames[panel.kind].toLowerCase()}, ${answersAmount(panel)}`;
      return { study: name, panel: panel.id, text };
    });
    const set = storage.studies.stimuli(id);
    const people = set !== undefined && isAbout(set) ? countedPeople(workbench, id).length : 0;
    const own = { study: name, panel: null, text: `${name}: labels of ${formatCount(people, 'labeler')}` };
    return people > 0 ? [own, ...listed] : listed;
  });
}

/** Whether a set has test images of a data set, so that ids are positions there. */
function isOfDataSet({ storage }: Pick<Workbench, 'storage'>, setHash: string, dataSet: string | undefined): boolean {
  const made = testImageProvenanceSchema.safeParse(storage.stimulusSets.header(setHash)?.provenance).data;
  return made !== undefined && made.dataSet === dataSet;
}

/** Entropy of the labels of each image that has some, in bits, by image. */
export function entropiesOf(kind: PanelKind, people: readonly StoredAnswers[]): [number, number][] {
  return [...votesOf(kind, people)]
    .sort(([a], [b]) => a - b)
    .flatMap(([image, votes]): [number, number][] => {
      const bits = countEntropyBits([...votes.values()]);
      // Split votes are sums of fractions: equal ones must stay equal when they are ranked.
      return bits === null ? [] : [[image, Math.round(bits * 1e9) / 1e9]];
    });
}

/** Labels of each image by class: a set of classes is one vote, shared out among them (metrics.md 14.3). */
function votesOf(kind: PanelKind, people: readonly StoredAnswers[]): Map<number, Map<number, number>> {
  const votes = new Map<number, Map<number, number>>();
  const add = (image: number, label: number, weight: number): void => {
    const own = votes.get(image) ?? new Map<number, number>();
    votes.set(image, own.set(label, (own.get(label) ?? 0) + weight));
  };
  for (const [image, answer] of people.flat()) {
    if (typeof answer === 'number') add(image, answer, 1);
    else if (kind === 'set') for (const label of answer as number[]) add(image, label, 1 / (answer as number[]).length);
    else for (const [label, count] of (answer ?? []) as [number, number][]) add(image, label, count);
  }
  return votes;
}

/** @throws UserError `stimuli.ratings` */
export function labelsKind(kind: PanelKind, where: string): PeoplesAnswers['kind'] {
  const known = kindsOfLabels.find((each) => each === kind);
  if (known) return known;
  throw new UserError(
    'stimuli.ratings',
    'These answers are ratings, which are no labels: they have no entropy to choose images by',
    where,
    'Choose labels, sets of labels or counts of labels.',
  );
}

const otherImages = (study: string): UserError =>
  new UserError(
    'stimuli.other-images',
    'The stimuli of this study are not test images of the same data set',
    `study ${study}`,
    'Choose answers about test images of the same data set.',
  );

const noAnswers = (study: string): UserError =>
  new UserError(
    'stimuli.no-answers',
    'Nobody has labeled the stimuli of this study; simulated labelers do not count',
    `study ${study}`,
    'Choose another study, one of its panels, or a file.',
  );
