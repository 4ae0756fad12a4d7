import type { StimulusSetArchive, StudyArchive } from './format.ts';
import { answersSpecSchema } from '../../contract/outside-models.ts';
import { foundFilesSchema, outsideModelSchema } from '../../contract/outside.ts';
import { isBelow } from '../../domain/file-names.ts';
import { canonicalJson, commonHash } from '../../domain/identity.ts';
import { mappingOf, specOf } from '../../domain/outside-models.ts';
import { sha256 } from '../../files/blobs.ts';

type OutsideModel = NonNullable<StudyArchive['outside']>[number];

/** What is wrong with the records of a study's outside models; undefined: nothing. */
export function outsideFault({ outside = [] }: StudyArchive, sets: readonly StimulusSetArchive[]): string | undefined {
  const current = outside.filter(({ removedAt }) => removedAt === null);
  const differ = (of: readonly string[]): boolean => new Set(of).size === of.length;
  if (outside.some(({ identity, spec }) => identity !== sha256(canonicalJson(spec))))
    return 'an outside model is not the one that its hash names';
  if (outside.some((model) => model.kind === 'table' && !saysWhatItNames(model)))
    return 'a table of answers is not the one that its hash names';
  if (outside.some((model) => model.kind !== 'table' && !isFileThatItNames(model)))
    return 'the file of an outside model is not the one that its hash names';
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

/** Whether the answers of a table are those that its identity is made of. */
function saysWhatItNames({ spec, predictions }: OutsideModel): boolean {
  const { data: named } = answersSpecSchema.safeParse(spec);
  return (
    named !== undefined &&
    predictions.length <= 1 &&
    predictions.every(
      ({ setHash, labels, softmax, confidence }) =>
        setHash === named.set &&
        labels === named.labels &&
        softmax === (named.softmax ?? null) &&
        confidence === (named.confidence ?? null),
    )
  );
}

/** Whether the files of a model are those that its identity is made of, and external data lie in its folder or below. */
function isFileThatItNames({ kind, spec, found }: OutsideModel): boolean {
  const [model, files] = [outsideModelSchema.safeParse(spec).data, foundFilesSchema.safeParse(found).data];
  if (!model || !files || model.kind !== kind) return false;
  const named = specOf(mappingOf(model), files);
  const networks = [files, ...(files.text ? [files.text.encoder] : [])];
  return (
    named !== null &&
    canonicalJson(named) === canonicalJson(model) &&
    networks.every((each) => commonHash(each.files) === each.hash && each.files.every(({ name }) => isBelow(name)))
  );
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
