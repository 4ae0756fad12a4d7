import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { labelingPlanSchema, type LabelingPlan } from '../../../main/contributions/sessions/contract/plan.ts';
import type { TrialEvent } from '../../../main/contributions/sessions/contract/volunteer.ts';
import { stimulusSetHash } from '../../../main/domain/plans/identity.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { layOutStimuli } from '../../../main/domain/stimuli/stimulus-set.ts';
import type { Storage } from '../../../main/storage/open.ts';
import { study } from '../../storage/records.ts';
import type { TestLab } from '../lab/lab-helper.ts';

export const studyName = 'small';
export const classes = ['zero', 'one', 'two'];
const size = 6;
const dimensions = { width: size, height: size, channels: 1 as const };

/** A study with frozen stimuli: all pairs of three classes at so many alphas, of noise. Gives the set's hash. */
export function addStimuli(storage: Storage, alphas = 11, name = studyName, named = classes, provenance = {}): string {
  const points = Array.from({ length: alphas }, (_, index) => index / (alphas - 1));
  const pairs = [[0, 1] as const, [0, 2] as const, [1, 2] as const];
  const images = layOutStimuli(pairs, points);
  const random = randomStream(1, 'noise');
  const pixels = Uint8Array.from({ length: images.length * size * size }, () => random.int(256));
  const hash = stimulusSetHash({ ...dimensions, images, pixels });
  const id = storage.studies.put(name, { ...study(), name }, 1);
  storage.stimulusSets.put(
    {
      hash,
      ...dimensions,
      classes: named,
      source: 'imported',
      provenance,
      original: null,
      pixels: storage.blobs.put(pixels),
      images: images.map((image) => ({ ...image, z: null })),
    },
    1,
  );
  storage.studies.useStimuli(id, hash, 1);
  return hash;
}

export function plan(change: Partial<LabelingPlan> = {}): LabelingPlan {
  return labelingPlanSchema.parse({
    question: 'Which one?',
    names: ['Zero', 'One', 'Two'],
    cannotTell: null,
    instructions: 'Look.',
    consent: null,
    mode: 'grid',
    grid: { columns: 4, rows: 3 },
    size: { unit: 'px', value: 80 },
    interpolation: 'pixelated',
    fixationMs: 0,
    timeLimit: { imageSeconds: null, sessionMinutes: null },
    order: { seed: 5, apart: 2, blocks: 1 },
    perPerson: null,
    repeats: 4,
    repeatApart: 8,
    practice: 3,
    attention: 2,
    people: 5,
    ...change,
  });
}

export const screen = { refreshHz: 60, width: 1280, height: 800, pixelRatio: 1, pixelsPerMm: null };

/** An answer that took 600 ms. */
export function answer(seq: number, trial: number, choice: number | null): TrialEvent {
  return { seq, trial, kind: choice === null ? 'undo' : 'answer', choice, shownMs: seq * 1000, atMs: seq * 1000 + 600 };
}

/** Deletes a study for good, whether or not it was deleted before. */
export async function removeStudy({ lab }: Pick<TestLab, 'lab'>, studyId: number): Promise<void> {
  lab.workbench.storage.removals.markStudy(studyId);
  await lab.removals.complete();
}

/** Hands a file over as a page does; gives its id. */
export function upload({ lab }: Pick<TestLab, 'lab'>, name: string, content: string): Promise<string> {
  return lab.uploads.take(name, Readable.from([Buffer.from(content)]));
}

/** What an offered file holds. */
export async function fetched({ lab }: Pick<TestLab, 'lab'>, address: string): Promise<string> {
  const found = lab.downloads.find(address);
  if (!found) throw new Error(`nothing at ${address}`);
  if ('bytes' in found.content) return Buffer.from(found.content.bytes).toString('utf8');
  if ('path' in found.content) throw new Error('a file was not expected');
  return text(found.content.stream());
}

/** Files below a folder that hold the bytes, by path. */
export function filesWith(folder: string, bytes: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(bytes));
}
