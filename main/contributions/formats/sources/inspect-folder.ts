import { UserError } from '../../../contract/wire/index.ts';
import { dataSetSchema } from '../../../contract/studies/index.ts';
import { at } from '../../../domain/numbers/index.ts';
import { hasColor, imageLength, sizeOf, type SourceOf } from '../../../domain/data/index.ts';
import type { FolderChoice, Inspection } from '../contract/inspection.ts';
import { decodeImage, type DecodedImage, toSize, UnusableImage } from './decode-image.ts';
import { colorOf, layOut } from './lay-out.ts';
import { listImageFiles } from './image-files.ts';
import { titleOf } from './kinds.ts';
import type { FolderLayout } from './layout.ts';
import { maxRows, previewCounts, rowLength } from './pictures.ts';
import { pixelBudget } from './pixel-budget.ts';
import { nameFor, type Place } from './source.ts';
import { answersBeside, answeredCategories, experimentIn } from './toolbox-folder.ts';

/** Milliseconds for looking at images, once there are some. */
const patience = 3000;
const leastImages = 32;
/** Pixels of a side, and bytes of all, of the pictures that are kept for the preview: photographs have far more. */
const keptSide = 128;
const keptBytes = 64 * 2 ** 20;

type FolderSource = SourceOf<'folder'>;

export async function inspectFolder(place: Place, { labels: _, ...choice }: FolderChoice): Promise<Inspection> {
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
      kind: isToolbox ? 'Folder of model-vs-human' : titleOf(source),
      isSplit,
      notes,
      sizes: ends,
      looked: sample.read < files.length ? sample.images.length : null,
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
  /** Files that were read, usable or not. */
  read: number;
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
  const sample: Sample = { images: [], pictures: [], unusable: [], read: 0, milliseconds: 0 };
  let bytes = 0;
  const began = performance.now();
  const isEnough = (): boolean => sample.read >= leastImages && performance.now() - began > patience;
  for (let turn = 0; turn < rowLength && !isEnough(); turn++) {
    for (const own of byClass) {
      // Of a small class each, of a large one from everywhere in it.
      const file = own[own.length <= rowLength ? turn : Math.floor((turn * own.length) / rowLength)];
      if (!file) continue;
      if (isEnough()) break;
      sample.read++;
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
  sample.milliseconds = (performance.now() - began) / Math.max(1, sample.read);
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
