import type { StimulusSetArchive, StudyArchive } from './format.ts';
import { canonicalJson } from '../../domain/plans/index.ts';
import { sha256 } from '../../files/index.ts';
import type { StoredFiles, StoredModels } from '../../services/workbench/index.ts';

export type OutsideModel = NonNullable<StudyArchive['outside']>[number];

/** What checks archived models of each kind. */
export type ModelKinds = StoredModels['kinds'];

export const kindsOf = (all: readonly StoredModels[]): ModelKinds =>
  Object.assign({}, ...all.map(({ kinds }) => kinds));

/** The files of a model, or what is wrong with it. */
export function filesOfModel(kinds: ModelKinds, model: OutsideModel): StoredFiles {
  return (
    kinds[model.kind]?.(model) ?? { fault: `this version does not have what reads outside models (${model.kind})` }
  );
}

/** What is wrong with the records of a study's outside models; undefined: nothing. */
export function outsideFault(
  { outside = [] }: StudyArchive,
  sets: readonly StimulusSetArchive[],
  kinds: ModelKinds,
): string | undefined {
  const current = outside.filter(({ removedAt }) => removedAt === null);
  const differ = (of: readonly string[]): boolean => new Set(of).size === of.length;
  if (outside.some(({ identity, spec }) => identity !== sha256(canonicalJson(spec))))
    return 'an outside model is not the one that its hash names';
  for (const model of outside) {
    const read = filesOfModel(kinds, model);
    if ('fault' in read) return read.fault;
  }
  if (!differ(current.map(({ name }) => name)) || !differ(current.map(({ identity }) => identity)))
    return 'an outside model occurs twice';
  const said = outside.flatMap(({ predictions }) => predictions);
  const sizes = new Map(sets.map(({ hash, images, classes }) => [hash, `${images.length} ${classes.length}`]));
  if (said.some(({ setHash, count, classes }) => sizes.get(setHash) !== `${count} ${classes}`))
    return 'an outside model answers for other images';
  return said.some(({ softmax, confidence }) => softmax !== null && confidence !== null)
    ? 'an outside model has softmax and confidence'
    : undefined;
}

/** A file of a model's answers, and what it has to hold. */
interface AnswersFile {
  hash: string;
  bytes: number;
  /** Number of classes of a file of labels; null: it holds probabilities. */
  classes: number | null;
}

/** The files of what all models answered, trained here or not. */
export function answersFiles({ predictions, outside = [] }: StudyArchive): AnswersFile[] {
  const said = [
    ...predictions.map((prediction) => ({ ...prediction, confidence: null })),
    ...outside.flatMap((model) => model.predictions),
  ];
  const files = said.flatMap(({ labels, softmax, confidence, count, classes }) => [
    { hash: labels, bytes: 2 * count, classes },
    ...(softmax === null ? [] : [{ hash: softmax, bytes: 4 * count * classes, classes: null }]),
    ...(confidence === null ? [] : [{ hash: confidence, bytes: 4 * count, classes: null }]),
  ]);
  return [...new Map(files.map((file) => [Object.values(file).join(' '), file])).values()];
}

/** Whether a file holds labels of classes, or probabilities. */
export const isSound = (content: Buffer, { bytes, classes }: AnswersFile): boolean =>
  content.length === bytes && (classes === null ? areProbabilities(content) : areLabels(content, classes));

function areLabels(content: Buffer, classes: number): boolean {
  for (let at = 0; at < content.length; at += 2) if (content.readUInt16LE(at) >= classes) return false;
  return true;
}

/** As far as float32 and its sums are exact. */
function areProbabilities(content: Buffer): boolean {
  for (let at = 0; at < content.length; at += 4) {
    const value = content.readFloatLE(at);
    if (!(value >= -1e-3 && value <= 1 + 1e-3)) return false;
  }
  return true;
}
