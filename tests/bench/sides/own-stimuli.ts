import {
  type Architecture,
  classifierRecipeSchema,
  type GeneratorRecipe,
} from '../../../main/contract/recipes/recipes.ts';
import { alphas, stimulusLatents } from '../../../main/domain/stimuli/interpolation.ts';
import { resolvePairs } from '../../../main/domain/anchors/pair-design.ts';
import { randomStream } from '../../../main/domain/random/random.ts';
import { resizeImages } from '../../../main/domain/data/images.ts';
import { layOutStimuli } from '../../../main/domain/stimuli/stimulus-set.ts';
import { ClassifierPredictor, toPredictions } from '../../../main/training/predictions/predictor.ts';
import { ClassifierTrainer } from '../../../main/training/classifier/trainer.ts';
import type { DataSet } from '../../../main/training/data/data-set.ts';
import type { Engine } from '../../../main/training/engines/engine.ts';
import { GeneratorRenderer } from '../../../main/training/generator/renderer.ts';
import { GanTrainer } from '../../../main/training/generator/trainer.ts';
import type { SideTask } from './protocol.ts';
import { numbersIn, type Work } from './work.ts';

type StimuliTask = Extract<SideTask, { task: 'stimuli' }>;

const noPause = async (): Promise<void> => undefined;

/**
 * What a study does with stimuli: interpolates between anchors, renders, brings the images to the models' size, and
 * asks every model. Untrained weights: they take the same time.
 */
export async function stimuliWork(engine: Engine, task: StimuliTask, data: DataSet): Promise<Work> {
  const generator = await untrainedGenerator(engine, task.generator, task.seed, data);
  const renderer = new GeneratorRenderer(engine, generator.bytes, 'generator');
  const models: { predictor: ClassifierPredictor; parameters: number }[] = [];
  for (const [index, kind] of task.models.entries()) {
    models.push(await untrainedClassifier(engine, kind, task.seed + index, data));
  }
  const size = { width: data.width, height: data.height, channels: 1 as const };
  return {
    parameters: models.reduce((sum, { parameters }) => sum + parameters, generator.parameters),
    perform: async (command) => {
      if (command.do !== 'stimuli') throw new Error(`this side cannot ${command.do}`);
      const original = await renderer.render(latents(command.count, task), noPause);
      const pixels = resizeImages(original, renderer.size, size);
      const labels: Uint16Array[] = [];
      for (const { predictor } of models) {
        labels.push(toPredictions(await predictor.logits(pixels, noPause), data.classes.length).labels);
      }
      return labels[0]!.reduce((sum, label, k) => sum + (labels.every((row) => row[k] === label) ? 0 : 1), 0);
    },
    dispose: () => {
      renderer.dispose();
      for (const { predictor } of models) predictor.dispose();
    },
  };
}

/** The paper's 15 pairs at 11 alphas for 165 stimuli; otherwise 20 pairs, each class in four, at as many as it takes. */
function latents(count: number, { generator, seed }: StimuliTask): Float32Array {
  const paper = count === 165;
  const pairs = resolvePairs(paper ? { kind: 'paper' } : { kind: 'balanced', perClass: 4, seed }, 10);
  const random = randomStream(seed, 'anchors');
  const anchors = Array.from({ length: 10 }, () =>
    Float32Array.from({ length: generator.latent }, () => random.normal()),
  );
  return stimulusLatents(layOutStimuli(pairs, alphas(count / pairs.length)), anchors, 'linear');
}

async function untrainedGenerator(engine: Engine, recipe: GeneratorRecipe, seed: number, data: DataSet) {
  const trainer = new GanTrainer(engine, recipe, seed, data);
  const [{ generator }, bytes] = [await trainer.readState(), await trainer.encodeWeights()];
  trainer.dispose();
  return { bytes, parameters: numbersIn(generator) };
}

async function untrainedClassifier(engine: Engine, architecture: Architecture, seed: number, data: DataSet) {
  const recipe = classifierRecipeSchema.parse({ architecture, targets: [97.5] });
  const trainer = new ClassifierTrainer(engine, recipe, seed, data);
  const { parameters } = await trainer.readState();
  const bytes = trainer.encodeWeights(parameters);
  trainer.dispose();
  return { predictor: new ClassifierPredictor(engine, bytes, 'model'), parameters: numbersIn(parameters) };
}
