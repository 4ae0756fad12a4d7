import { join } from 'node:path';
import type { EngineName, GeneratorQuality } from '../../contract/runs/index.ts';
import { drawSheet, imageLength } from '../../domain/data/index.ts';
import { encodePng, writeFileAtomic } from '../../files/index.ts';
import { loadTaskDataSet } from '../../training/data/load/index.ts';
import { openEngine } from '../../training/engines/index.ts';
import type { NamedBytes } from '../../training/generator/index.ts';
import { takenDataSet } from '../../services/declaration/index.ts';
import { availableEngines } from '../../services/tools/index.ts';
import type { Workbench } from '../../services/workbench/index.ts';
import { findJudge, generatorBytes, isShipped, type Judge } from '../../services/generators/index.ts';
import { type JudgedSamples, judgeSamples } from './judge.ts';

interface CheckRequest {
  /** A study in the data folder, or a shipped generator. */
  name: string;
  /** Step of the training; null: the last. */
  step: number | null;
  /** The study whose reference classifier judges; null: the same study, or for a shipped generator any. */
  by: string | null;
  samples: number;
  seed: number;
  engine: EngineName | null;
}

interface CheckResult {
  quality: GeneratorQuality;
  samples: JudgedSamples;
}

/** Judges images with a reference classifier. Blocks for some seconds. @throws UserError */
export function checkGenerator(workbench: Workbench, request: CheckRequest): Promise<CheckResult> {
  const { name, step, by, engine, ...draw } = request;
  const judge = findJudge(workbench, by ?? (isShipped(name) ? null : name));
  return judgeGenerator(workbench, { generator: generatorBytes(workbench, name, step), judge, engine, ...draw });
}

export async function judgeGenerator(
  workbench: Workbench,
  request: { generator: NamedBytes; judge: Judge; samples: number; seed: number; engine: EngineName | null },
): Promise<CheckResult> {
  const { storage } = workbench;
  const { generator, samples: count, seed } = request;
  const { task, snapshot } = request.judge;
  const engine = await openEngine(request.engine ?? availableEngines().names[0] ?? 'wasm');
  const { weights, errors, testCount } = snapshot;
  const judge = { bytes: storage.blobs.get(weights), where: storage.blobs.path(weights) };
  const data = loadTaskDataSet(task, storage.blobs);
  const samples = await judgeSamples(engine, { generator, judge, data, samples: count, seed });
  // The weights that judge may have numbered the classes.
  const names = takenDataSet(workbench, task)?.classes;
  const classes = samples.figures.classes.map((figures, k) => ({ ...figures, name: names?.[k] ?? figures.name }));
  const quality = {
    ...samples.figures,
    classes,
    seed,
    judge: { architecture: task.recipe.architecture, errors, testCount, weights },
  };
  return { quality, samples };
}

const side = 10;

/**
 * Draws the judged samples: `samples.png` with the first hundred, and `classes.png` with a row for each class, its ten
 * clearest samples from left to right.
 * @returns the two paths. @throws UserError `file.*`
 */
export function writeSampleGrids(judged: JudgedSamples, folder: string): string[] {
  const first = Array.from({ length: Math.min(side * side, judged.labels.length) }, (_, index) => index);
  const rows = Array.from({ length: Math.ceil(first.length / side) }, (_, row) =>
    first.slice(row * side, (row + 1) * side),
  );
  const clearest = judged.figures.classes.map((_, k) => clearestSamples(judged, k));
  return [['samples.png', rows] as const, ['classes.png', clearest] as const].map(([name, indices]) => {
    const path = join(folder, name);
    writeFileAtomic(path, drawRows(judged, indices));
    return path;
  });
}

/** Indices of the samples that look most like a class, the clearest first; ties by index. */
function clearestSamples({ labels, confidence }: JudgedSamples, classIndex: number): number[] {
  return [...labels.keys()]
    .filter((index) => labels[index] === classIndex)
    .sort((a, b) => (confidence[b] ?? 0) - (confidence[a] ?? 0) || a - b)
    .slice(0, side);
}

function drawRows({ size, pixels }: JudgedSamples, rows: readonly (readonly number[])[]): Uint8Array {
  const area = imageLength(size);
  const chosen = Buffer.concat(rows.flat().map((index) => pixels.subarray(index * area, (index + 1) * area)));
  return encodePng(drawSheet({ ...size, pixels: chosen, rows: rows.map((row) => row.length) }));
}
