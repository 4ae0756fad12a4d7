import { UserError } from '../../contract/wire/errors.ts';
import type { Candidates } from '../../contract/runs/generator.ts';
import { previewSchema } from '../../contract/runs/preview.ts';
import type { PreviewHandlers } from '../../training/worker/preview.ts';
import type { EngineName } from '../../contract/runs/run.ts';
import type { GeneratedStimuliSpec } from '../../contract/stimuli/stimuli.ts';
import { formatCount, formatNames, formatPercent } from '../../domain/numbers/format.ts';
import { entryModule } from '../../files/places.ts';
import { askOnce } from '../../processes/client.ts';
import type { Launcher } from '../../processes/launcher.ts';
import { anchorList } from './stimuli.ts';

export interface ReferenceProcess {
  launcher: Launcher;
  engine: EngineName;
  /** Folder of the blob store. */
  blobs: string;
  signal: AbortSignal;
}

interface Networks {
  /** Hashes of weights. */
  generator: string;
  reference: string;
}

interface OwnPoint {
  classIndex: number;
  z: readonly number[];
}

/** Points that one question is about: `maxPreviewImages` is larger, but one answer must not take long. */
const atOnce = 200;

/**
 * Anchors that the reference classifier takes for another class than their own, in words. Only points that a person gave
 * can be: those of the rule and candidates are in their class because the classifier put them there.
 */
export async function anchorDoubts(
  process: ReferenceProcess,
  networks: Networks,
  spec: Pick<GeneratedStimuliSpec, 'anchors'>,
  { classes }: Pick<Candidates, 'classes'>,
  names: readonly string[],
): Promise<string[]> {
  const points = ownPoints(spec, classes);
  const doubts: string[] = [];
  for (let from = 0; from < points.length; from += atOnce) {
    const part = points.slice(from, from + atOnce);
    for (const [n, { label, share }] of (await askReference(process, networks, part)).entries()) {
      const own = part[n]?.classIndex ?? label;
      if (label !== own) doubts.push(`an anchor of ${names[own]} is called ${names[label]} (${formatPercent(share)})`);
    }
  }
  return doubts;
}

function ownPoints({ anchors }: Pick<GeneratedStimuliSpec, 'anchors'>, classes: Candidates['classes']): OwnPoint[] {
  const rounded = (z: readonly number[]): string => z.map(Math.fround).join();
  return (anchors ?? []).flatMap((list, classIndex) => {
    const known = new Set((classes[classIndex] ?? []).map(({ z }) => rounded(z)));
    return anchorList(list).flatMap((anchor) =>
      typeof anchor === 'number' || known.has(rounded(anchor.z)) ? [] : [{ classIndex, z: anchor.z }],
    );
  });
}

async function askReference(
  { launcher, engine, blobs, signal }: ReferenceProcess,
  { generator, reference }: Networks,
  points: readonly OwnPoint[],
): Promise<{ label: number; share: number }[]> {
  const z = Buffer.from(Float32Array.from(points.flatMap((point) => point.z)).buffer).toString('base64');
  const options = {
    checks: { preview: { output: previewSchema } },
    launcher,
    entry: entryModule('training/worker/preview-child'),
    args: () => [engine, blobs],
    died: (why: string) => new Error(`the process that asks the reference classifier ended: ${why}`),
    failed: (_: string, detail: string) => new Error(detail),
  };
  const images = { from: 'latents', generator, z } as const;
  const { votes } = await askOnce<PreviewHandlers, 'preview'>(
    options,
    'preview',
    { images, models: [reference] },
    { signal },
  );
  const [vote] = votes;
  if (!vote) throw new Error('the reference classifier did not answer');
  const labels = Buffer.from(vote.labels, 'base64');
  const softmax = Buffer.from(vote.softmax, 'base64');
  return points.map((_, n) => {
    const label = labels.readUInt16LE(2 * n);
    return { label, share: softmax.readFloatLE(4 * (n * vote.classes + label)) };
  });
}

const named = 5;

export const doubtText = (doubts: readonly string[]): string =>
  `The reference classifier takes ${formatCount(doubts.length, 'anchor')} for another class: ${formatNames(doubts, named)}`;

/** Images of such pairs begin at an image that a network takes for another class. */
export const doubtfulAnchors = (study: string, doubts: readonly string[]): UserError =>
  new UserError(
    'stimuli.doubtful-anchors',
    doubtText(doubts),
    `study ${study}`,
    'Choose other anchors. To freeze these, confirm it under Stimuli, Freeze, or run the study with `--accept-doubtful`.',
  );
