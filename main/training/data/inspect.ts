import type { FolderChoice, Inspection } from '../../contract/api/data-sets.ts';
import { UserError } from '../../contract/errors.ts';
import { type DataSetSource, dataSetSchema } from '../../contract/study.ts';
import { at, countLabels } from '../../domain/arrays.ts';
import { sourceKinds } from '../../domain/data-sources.ts';
import { hasColor, imageLength, sizeOf } from '../../domain/images.ts';
import { decodeImage, type DecodedImage, toSize, UnusableImage } from '../../files/decode-image.ts';
import { loadDataSet } from './load-data-set.ts';
import { picturesOf, previewCounts } from './preview.ts';
import { hasCoarseLabels } from './sources/cifar.ts';
import { detectSource, nameFor } from './sources/detect.ts';
import { colorOf, layOut } from './sources/folder.ts';
import type { FolderLayout } from './sources/layout.ts';
import { listImageFiles } from './sources/image-files.ts';
import { findImages } from './sources/index.ts';
import { answersBeside, answeredCategories, experimentIn } from './sources/toolbox-folder.ts';
import { pixelBudget } from './sources/pixel-budget.ts';
import { npzClasses } from './sources/npz.ts';
import type { FoundImages, ReadContext } from './sources/source.ts';

/** Milliseconds for looking at images, once there are some. */
const patience = 3000;
const leastImages = 32;
const rowLength = 8;
/** Classes that are shown. */
const maxRows = 32;
/** Pixels of a side, and bytes of all, of the pictures that are kept for the preview: photographs have far more. */
const keptSide = 128;
const keptBytes = 64 * 2 ** 20;

/**
 * Looks at what lies at a path: which kind of source it is, its classes, and some images as networks will see them.
 * @param path absolute @param name what a person calls the file
 * @throws UserError `data-set.*`, `file.*`, `idx.*`
 */
export async function inspectSource(
  { path, name, choice }: { path: string; name: string; choice: FolderChoice },
  context: ReadContext,
): Promise<Inspection> {
  const detected = await detectSource(path);
  const called = choice.name ?? nameFor(name);
  switch (detected.kind) {
    case 'folder':
      return inspectFolder({ path: detected.path, name: called }, choice);
    case 'idx':
      return inspectWhole(
        { ...detected.source, name: called, ...(choice.classes && { classes: choice.classes }) },
        context,
      );
    case 'cifar': {
      const { classes = null, folders, labels } = choice;
      const declared = {
        source: 'cifar',
        name: called,
        path: detected.path,
        classes,
        labels,
        take: folders ?? undefined,
      };
      const found = await inspectWhole(dataSetSchema.parse(declared), context);
      return { ...found, hasCoarseLabels: hasCoarseLabels(detected.path) };
    }
    case 'npz': {
      const classes = choice.classes ?? (await npzClasses(detected.path));
      return inspectWhole(dataSetSchema.parse({ source: 'npz', name: called, path: detected.path, classes }), context);
    }
  }
}

type FolderSource = Extract<DataSetSource, { source: 'folder' }>;

async function inspectFolder(
  place: { path: string; name: string },
  { labels: _, ...choice }: FolderChoice,
): Promise<Inspection> {
  const path = experimentIn(place.path);
  const name = path === place.path ? place.name : nameFor(path);
  const listed = await listImageFiles(path);
  try {
    const answers = await answersBeside(path, listed);
    const isToolbox = answers !== null;
    const toolbox = answers === null ? {} : { layout: 'model-vs-human', folders: await answeredCategories(answers) };
    // The size decides nothing of the layout.
    const declare = (more: object): FolderSource =>
      dataSetSchema.parse({
        source: 'folder',
        path,
        channels: 3,
        width: 32,
        height: 32,
        name,
        ...toolbox,
        ...more,
        ...choice,
      }) as FolderSource;
    const layout = layOut(listed, declare({}));
    const side = Math.max(keptSide, choice.width ?? 0, choice.height ?? 0);
    const sample = await sampleOf(layout, { side, where: path });
    for (const [reason, file] of sample.unusable) listed.leftOut.add(reason, file);
    const source = declare(proposal(sample.images, isToolbox));
    const size = sizeOf(source);
    const length = imageLength(size);
    const rows = layout.folders
      .slice(0, maxRows)
      .map((_, label) => sample.pictures.filter((each) => each.label === label));
    const inRow = previewCounts(
      rows.map((row) => row.length),
      length,
      rowLength,
    );
    const shown = rows.flatMap((row, label) => row.slice(0, inRow[label]));
    const pixels = Buffer.concat(shown.map(({ image }) => toSize(image, size, source.resize, colorOf(source))));
    const areas = sample.images.toSorted((a, b) => a.width * a.height - b.width * b.height);
    const ends = [areas[0], areas.at(-1)].flatMap((image) =>
      image ? [{ width: image.width, height: image.height }] : [],
    );
    const { files, folders, isSplit, notes } = layout;
    const counts = folders.map(() => ({ train: 0, test: 0 }));
    for (const { label, part } of files) at(counts, label)[part ?? 'train']++;
    return {
      source,
      kind: isToolbox ? 'Folder of model-vs-human' : sourceKinds.folder.title,
      isSplit,
      notes,
      sizes: ends,
      hasCoarseLabels: false,
      classes: folders.map((folder, label) => ({
        name: source.classes?.[label] ?? folder,
        train: at(counts, label).train,
        test: isSplit ? null : at(counts, label).test,
      })),
      isColored: sample.images.some(({ isColored }) => isColored),
      preview: {
        images: { ...size, count: shown.length, pixels: pixels.toString('base64') },
        labels: shown.map(({ label }) => label),
      },
      leftOut: listed.leftOut.list(),
      // Some are decoded at once; looking for duplicates takes a part of it.
      seconds: (files.length * sample.milliseconds * 0.8) / 1000,
      bytes: files.length * (length + 1),
    };
  } finally {
    listed.close();
  }
}

interface Seen {
  width: number;
  height: number;
  isColored: boolean;
}

interface Sample {
  images: Seen[];
  /** Pictures of the classes that are shown, scaled down where they are large. */
  pictures: { image: DecodedImage; label: number }[];
  unusable: [reason: string, file: string][];
  /** For one image. */
  milliseconds: number;
}

/** Some images of each class, one of each in turn, as long as time allows. @param side pixels of the pictures at most @throws UserError `data-set.pixel-bomb` */
async function sampleOf(
  { files, folders }: FolderLayout,
  { side, where }: { side: number; where: string },
): Promise<Sample> {
  const spend = pixelBudget(files, where);
  const byClass = folders.map((_, label) => files.filter((file) => file.label === label));
  const sample: Sample = { images: [], pictures: [], unusable: [], milliseconds: 0 };
  let [read, bytes] = [0, 0];
  const began = performance.now();
  const isEnough = (): boolean => read >= leastImages && performance.now() - began > patience;
  for (let turn = 0; turn < rowLength && !isEnough(); turn++) {
    for (const own of byClass) {
      const file = own[Math.floor((turn * own.length) / rowLength)];
      if (!file || (turn >= own.length && own.length < rowLength)) continue;
      if (isEnough()) break;
      read++;
      try {
        const image = await decodeImage(await file.read(), [0, 0, 0], spend);
        const { width, height } = image;
        sample.images.push({ width, height, isColored: hasColor(image.pixels) });
        if (file.label >= maxRows || bytes > keptBytes) continue;
        const picture = scaledDown(image, side);
        sample.pictures.push({ image: picture, label: file.label });
        bytes += picture.pixels.length;
      } catch (error) {
        if (error instanceof UserError) throw error;
        const reason = error instanceof UnusableImage ? error.message : 'it cannot be opened';
        sample.unusable.push([reason, file.path]);
      }
    }
  }
  sample.milliseconds = (performance.now() - began) / Math.max(1, read);
  return sample;
}

function scaledDown(image: DecodedImage, side: number): DecodedImage {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  if (scale === 1) return image;
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale));
  const size = { width: scaled(image.width), height: scaled(image.height), channels: 3 as const };
  return { ...image, ...size, pixels: toSize(image, size, 'fit', [0, 0, 0]) };
}

/**
 * Small images of one size keep it; others become squares that networks train on in minutes. @param isToolbox whether no network
 * trains on them, so that they stay as people saw them
 */
function proposal(images: readonly Seen[], isToolbox: boolean): Partial<FolderSource> {
  const channels = images.some(({ isColored }) => isColored) ? 3 : 1;
  const [first] = images;
  const isOne = images.every(({ width, height }) => width === first?.width && height === first.height);
  const side = (length: number): boolean => length >= 8 && length <= (isToolbox ? 256 : 64);
  if (first && isOne && side(first.width) && side(first.height)) {
    return { channels, width: first.width, height: first.height, resize: 'fit' };
  }
  const areSquares = images.every(({ width, height }) => width === height);
  const usual = isToolbox ? 224 : 32;
  return { channels, width: usual, height: usual, resize: areSquares ? 'fit' : 'fill' };
}

/** Inspects a source that is read completely within seconds. */
async function inspectWhole(source: DataSetSource, context: ReadContext): Promise<Inspection> {
  const began = performance.now();
  const found = await readWhole(source, context);
  const { size, classes, train, test, leftOut, notes } = found;
  const length = imageLength(size);
  const [inTrain, inTest] = [countLabels(train.labels, classes.length), countLabels(test.labels, classes.length)];
  const shown: number[][] = classes.map(() => []);
  for (const [index, label] of train.labels.entries()) {
    const row = shown[label];
    if (row && row.length < rowLength && label < maxRows) row.push(index);
  }
  const inRow = previewCounts(
    shown.slice(0, maxRows).map((row) => row.length),
    length,
    rowLength,
  );
  const rows = shown.map((row, label) => row.slice(0, inRow[label] ?? 0));
  const { pixels, labels } = picturesOf(train.images, rows, length);
  return {
    source,
    kind: sourceKinds[source.source].title,
    isSplit: false,
    notes,
    leftOut,
    hasCoarseLabels: false,
    classes: classes.map((name, label) => ({ name, train: at(inTrain, label), test: at(inTest, label) })),
    sizes: [{ width: size.width, height: size.height }],
    isColored: size.channels === 3,
    preview: {
      images: { ...sizeOf(size), count: labels.length, pixels },
      labels,
    },
    seconds: (1.5 * (performance.now() - began)) / 1000,
    bytes: (train.count + test.count) * (length + 1),
  };
}

type Whole = Pick<FoundImages, 'size' | 'classes' | 'train' | 'test' | 'leftOut' | 'notes'>;

async function readWhole(source: DataSetSource, context: ReadContext): Promise<Whole> {
  if (source.source !== 'idx') return findImages(source, context);
  const { classes, train, test, ...form } = loadDataSet(source, '/');
  return { size: sizeOf(form), classes, train, test, leftOut: [], notes: [] };
}
