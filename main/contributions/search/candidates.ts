import type { Images } from '../../contract/api/index.ts';
import { keptLast } from '../../domain/numbers/index.ts';
import { imageLength, type ImageSize, sizeOf } from '../../domain/data/index.ts';
import { norm } from '../../domain/stimuli/index.ts';
import { candidatesSpace, findRealImages } from '../../services/study/index.ts';
import {
  listCandidates,
  listSearches,
  neededGenerator,
  positionPoint,
  readCandidateList,
  realSeed,
  toBase64,
} from '../../services/stimuli/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import type { StudyRecord } from '../../storage/index.ts';
import type { Candidate } from './contract.ts';
import { measureVariety } from './variety.ts';

interface ClassCandidates {
  candidates: Candidate[];
  images: Images;
}

/** Every candidate of one class, of all searches, each sample once. @throws UserError `stimuli.no-generator` */
export function classCandidates(workbench: Workbench, study: StudyRecord, classIndex: number): ClassCandidates {
  if (study.spec.stimuli.source === 'blended') return realCandidates(workbench, study, classIndex);
  const searches = listSearches(workbench, study, neededGenerator(workbench, study));
  const found = listCandidates(workbench, searches, classIndex);
  const first = searches.map((search) => readCandidateList(workbench, search)).find((content) => content !== null);
  const size: ImageSize = first ? sizeOf(first) : { width: 1, height: 1, channels: 1 };
  const length = imageLength(size);
  const pixels = Buffer.concat(
    found.map(({ pixels: hash, position }) =>
      readBlob(workbench, hash).subarray(position * length, (position + 1) * length),
    ),
  );
  const variety = measureVariety(pixels, size);
  const candidates = found.map(({ record, search, index }, n): Candidate => {
    const z = Float32Array.from(record.z);
    return {
      seed: search.task.seed,
      sample: record.index,
      index: search.own ? index : null,
      confidence: record.confidence,
      margin: record.margin,
      distance: record.distance,
      variety: variety[n] ?? 0,
      z: toBase64(z),
      norm: norm(first ? z.subarray(0, candidatesSpace(first).z) : z),
    };
  });
  return { candidates, images: { ...size, count: found.length, pixels: toBase64(pixels) } };
}

/** Test images of a class, best first. */
function realCandidates(workbench: Workbench, study: StudyRecord, classIndex: number): ClassCandidates {
  const content = findRealImages(workbench, study.id)?.content;
  if (!content) return { candidates: [], images: { width: 1, height: 1, channels: 1, count: 0, pixels: '' } };
  const { classes } = content;
  const size = sizeOf(content);
  const length = imageLength(size);
  const before = classes.slice(0, classIndex).reduce((sum, list) => sum + list.length, 0);
  const own = classes[classIndex] ?? [];
  const pixels = workbench.storage.blobs.get(content.pixels).subarray(before * length, (before + own.length) * length);
  const variety = measureVariety(pixels, size);
  const candidates = own.map(
    ({ index, confidence, margin }, n): Candidate => ({
      seed: realSeed,
      sample: index,
      index,
      confidence,
      margin,
      distance: null,
      variety: variety[n] ?? 0,
      z: positionPoint(index),
      norm: null,
    }),
  );
  return { candidates, images: { ...size, count: own.length, pixels: toBase64(pixels) } };
}

/** The pixels that were read last: pages ask class by class. */
const blobs = new Map<string, Buffer>();
const readBlob = (workbench: Workbench, hash: string): Buffer =>
  keptLast(blobs, hash, () => workbench.storage.blobs.get(hash));
