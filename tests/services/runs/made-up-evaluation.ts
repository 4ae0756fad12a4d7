import type { SnapshotEvaluation } from '../../../main/contract/results/evaluation.ts';
import { randomStream } from '../../../main/domain/random/random.ts';

/** What a made-up network of 10 classes answers to MNIST's test images. */
export function madeUpEvaluation(name: string): SnapshotEvaluation {
  const stream = randomStream(1, name);
  const labels = Uint8Array.from({ length: 10_000 }, (_, image) => (image % 40 < 39 ? image : stream.int(10)) % 10);
  return {
    classes: [...'0123456789'],
    testCount: 10_000,
    errors: 250,
    width: 28,
    height: 28,
    channels: 1,
    confusion: [],
    mistakes: [],
    answers: { labels: Buffer.from(labels).toString('base64'), certainty: 0.98, ece: 0.01 },
  };
}
