import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { gridSchema, type ModelGrid } from '../../../../main/contract/api/models.ts';
import { type Optimizer, optimizerKinds, optimizerSchema } from '../../../../main/contract/optimizers.ts';
import type {
  Augmentation,
  ClassifierRecipe,
  Clip,
  Initialization,
  Target,
} from '../../../../main/contract/recipes.ts';
import { architectureNames } from '../../../../main/domain/architectures.ts';
import { hyperparameterTitle, optimizerNames, optimizerNumbers } from '../../../../main/domain/hyperparameters.ts';
import { HelpNote } from '../../../ui/states.tsx';
import {
  InitializationForm,
  OptimizerNumbers,
  ScheduleForm,
  scheduleOf,
  type ScheduleFields,
} from './training-fields.tsx';
import {
  type StopRule,
  compareTargets,
  stopRules,
  stopAt,
  targetOf,
  unsuitableTargets,
} from '../../../../main/domain/targets.ts';
import {
  type ArchitectureFields,
  ArchitectureForm,
  architectureLike,
  architectureProblem,
  ArchitectureSelect,
  architecturesOf,
  firstArchitecture,
} from './architecture-form.tsx';

type Landing = 'first' | 'trend' | 'validation';

/** The form's fields as typed; lists are comma-separated. */
export interface GridFields {
  name: string;
  architecture: ArchitectureFields;
  /** Its learning rate and weight decay do not count: those of the lists do. */
  optimiser: Optimizer;
  stepSizes: string;
  weightDecays: string;
  schedule: ScheduleFields;
  clipBy: Clip['by'] | 'none';
  /** While gradients are clipped. */
  clipLimit: number;
  /** 0: none. */
  labelSmoothing: number;
  /** Alpha; 0: none. */
  mixup: number;
  /** Null: PyTorch's default. */
  initialisation: Initialization | null;
  batches: string;
  /** What the numbers of `targets` are. */
  stopBy: StopRule;
  targets: string;
  augmented: boolean;
  /** Pixels, degrees and share, while `augmented`. */
  shift: number;
  rotate: number;
  scale: number;
  flipped: boolean;
  group: ModelGrid['group'];
  seed: number;
  seeds: number;
  repeats: number;
  maxEpochs: number;
  /** Percentage points. */
  tolerance: number;
  landing: Landing;
  /** The recipe that the form was filled with: what the form has no fields for stays as it is there. Null: none. */
  from: ClassifierRecipe | null;
}

const usualSchedule: ScheduleFields = {
  kind: 'constant',
  every: 10,
  factor: 0.1,
  epochs: 10,
  floor: 0,
  warmUp: 0,
};

const usualAugmentation = { shift: 2, rotate: 10, scale: 0.1 };

export const firstGrid: GridFields = {
  name: 'MLP',
  architecture: firstArchitecture,
  optimiser: optimizerSchema.parse({}),
  augmented: false,
  flipped: false,
  group: 'diverse',
  stepSizes: '0.0005',
  weightDecays: '0',
  batches: '128',
  stopBy: 'accuracy',
  targets: '97.5',
  seed: 1,
  seeds: 1,
  repeats: 1,
  maxEpochs: 40,
  tolerance: 0.05,
  landing: 'first',
  ...usualAugmentation,
  schedule: usualSchedule,
  clipBy: 'none',
  clipLimit: 1,
  labelSmoothing: 0,
  mixup: 0,
  initialisation: null,
  from: null,
};

/** The fields of one run's recipe, to change them. */
export function gridLike(name: string, { recipe, seed }: { recipe: ClassifierRecipe; seed: number }): GridFields {
  const { architecture, optimiser, batch, targets, augmentation, maxEpochs, tolerance, landing } = recipe;
  const moves = augmentation !== null && Math.max(augmentation.shift, augmentation.rotate, augmentation.scale) > 0;
  const { shift, rotate, scale } = moves ? augmentation : usualAugmentation;
  return {
    ...firstGrid,
    from: recipe,
    architecture: architectureLike(architecture),
    name: name.replace(/-(r\d+-)?s\d+$/, ''),
    optimiser,
    group: 'diverse',
    schedule: { ...usualSchedule, ...recipe.schedule, warmUp: recipe.schedule?.warmUp ?? 0 },
    ...(recipe.clip && { clipBy: recipe.clip.by, clipLimit: recipe.clip.limit }),
    labelSmoothing: recipe.labelSmoothing ?? 0,
    mixup: recipe.mixup ?? 0,
    initialisation: recipe.initialisation ?? null,
    stepSizes: String(optimiser.stepSize),
    weightDecays: String(optimiser.weightDecay),
    batches: String(batch),
    ...stopFields(targets),
    augmented: moves,
    shift,
    rotate,
    scale,
    flipped: augmentation?.flip === true,
    seed,
    maxEpochs,
    tolerance,
    landing: (landing === 'half' ? 'validation' : landing) ?? 'first',
  };
}

/** Of the first rule: those of others stay as they are (`targetsOf`). */
function stopFields(targets: readonly Target[]): Pick<GridFields, 'stopBy' | 'targets'> {
  const stops = [...targets].sort(compareTargets).map(stopAt);
  const stopBy = stops[0]?.by ?? 'accuracy';
  return { stopBy, targets: stops.flatMap(({ by, value }) => (by === stopBy ? [value] : [])).join(', ') };
}

function targetsOf({ stopBy, targets, from }: GridFields): Target[] {
  const typed = numbers(targets).map((value) => targetOf(stopBy, value));
  const rules = new Set(from?.targets.map((target) => stopAt(target).by));
  const kept = rules.size > 1 ? (from?.targets.filter((target) => stopAt(target).by !== stopBy) ?? []) : [];
  return [...typed, ...kept];
}

const landings: Record<Landing, string> = {
  first: "First step, on all test images (the paper's rule)",
  validation: 'First step, on held-out training images',
  trend: 'Where the trend meets the target',
};

const landingNames = ['first', 'validation', 'trend'] as const;

const landingHelp: Record<Landing, string> = {
  first: 'Test images decide, so their accuracy is a lucky one',
  validation: 'Trains on 5 of 6 training images of each class; test images decide nothing',
  trend: 'Trains past each target, then once more: takes 2 to 10 times as long',
};

const stopNames: Record<StopRule, string> = {
  accuracy: 'At a test accuracy',
  epochs: 'After a number of epochs',
  loss: 'At a training loss',
};

const stopHelp: Record<StopRule, string> = {
  accuracy: 'Networks of equal accuracy, as in the paper',
  epochs: 'Networks of equal budget, whatever their accuracy',
  loss: 'Mean loss of the last 100 steps, whatever the test accuracy',
};

const targetLabels: Record<StopRule, string> = {
  accuracy: 'Targets (% of test images)',
  epochs: 'Epochs',
  loss: 'Training losses (nats)',
};

/** Another stop rule, with numbers of its own, and a landing that goes with it. */
function stopAs({ landing }: GridFields, value: string | null): Partial<GridFields> {
  const stopBy = stopRules.find((each) => each === value) ?? 'accuracy';
  const targets = { accuracy: '97.5', epochs: '10', loss: '0.05' }[stopBy];
  return { stopBy, targets, landing: landingsOf(stopBy).includes(landing) ? landing : 'first' };
}

/** Landings say which accuracy decides. */
const landingsOf = (stopBy: StopRule): readonly Landing[] =>
  stopBy === 'accuracy' ? landingNames : ['first', 'validation'];

const groupHelp: Record<GridFields['group'], string> = {
  diverse: 'Counts among all recipes: tables and report change',
  seeds: 'Groups that differ in the seed alone',
};

/** Parses the fields: the grid, or the first problem. */
export function parseGrid(fields: GridFields): { grid: ModelGrid } | { problem: string } {
  const { name, group, optimiser, seed, seeds, repeats, maxEpochs, landing } = fields;
  const notNumber = findNotNumber(fields);
  if (notNumber !== null) return { problem: notNumber };
  const targets = targetsOf(fields);
  const unsuitable = unsuitableTargets({ targets, maxEpochs, landing: landing === 'first' ? undefined : landing });
  if (unsuitable) return { problem: `${titles.targets}: ${unsuitable.what}. ${unsuitable.remedy}` };
  const parsed = gridSchema.safeParse({
    name,
    group,
    optimiser,
    seed,
    seeds,
    maxEpochs,
    tolerance: fields.tolerance,
    architectures: architecturesOf(fields.architecture),
    stepSizes: numbers(fields.stepSizes),
    weightDecays: numbers(fields.weightDecays),
    batches: numbers(fields.batches),
    targets,
    augmentation: augmentationOf(fields),
    repeats: group === 'seeds' ? repeats : 1,
    ...scheduleOf(fields.schedule),
    ...(fields.clipBy !== 'none' && { clip: { by: fields.clipBy, limit: fields.clipLimit } }),
    ...(fields.mixup !== 0 && { mixup: fields.mixup }),
    ...(fields.initialisation && { initialisation: fields.initialisation }),
    ...(fields.labelSmoothing !== 0 && { labelSmoothing: fields.labelSmoothing }),
    ...(landing !== 'first' && { landing }),
  });
  if (parsed.success) return { grid: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `${fieldTitle(issue?.path ?? [])}: ${issue?.message ?? 'is not valid'}` };
}

function augmentationOf({ augmented, shift, rotate, scale, flipped }: GridFields): Augmentation | null {
  if (!augmented && !flipped) return null;
  const moved = augmented ? { shift, rotate, scale } : { shift: 0, rotate: 0, scale: 0 };
  return { ...moved, ...(flipped && { flip: true }) };
}

const words = (text: string): string[] => text.split(/[,;\s]+/).filter(Boolean);
const numbers = (text: string): number[] => words(text).map(Number);

/** A number with a decimal comma, which would be read as two values. */
const decimalComma = /(?:^|[\s;])(\d+,\d+)(?=$|[\s;])/;

/** What a text of values has that is not a number; null: nothing. */
function findNotNumber(fields: GridFields): string | null {
  for (const key of ['stepSizes', 'weightDecays', 'batches', 'targets'] as const) {
    const [, comma] = (key !== 'batches' && decimalComma.exec(fields[key])) || [];
    if (comma !== undefined) {
      const asDecimal = comma.replace(',', '.');
      return `${titles[key]}: "${comma}" can be read in two ways. Write ${asDecimal} for one value, ${comma.replace(',', ', ')} for two.`;
    }
    const wrong = words(fields[key]).find((word) => !Number.isFinite(Number(word)));
    if (wrong !== undefined) return `${titles[key]}: "${wrong}" is not a number`;
    if (words(fields[key]).length === 0) return `${titles[key]}: enter a number`;
  }
  const wrongArchitecture = architectureProblem(fields.architecture);
  if (wrongArchitecture !== null) return wrongArchitecture;
  const length = Object.entries(fields.schedule).find(([, value]) => Number.isNaN(value));
  if (length) return `${hyperparameterTitle(`schedule.${length[0]}`)}: enter a number`;
  const number = Object.entries(optimizerNumbers(fields.optimiser)).find(([, value]) => !(value >= 0 && value < 1));
  if (number) return `${hyperparameterTitle(`optimiser.${number[0]}`)}: enter a number from 0 to less than 1`;
  const clips = fields.clipBy === 'none' ? [] : (['clipLimit'] as const);
  const moves = fields.augmented ? (['shift', 'rotate', 'scale'] as const) : [];
  for (const key of [
    'seed',
    'seeds',
    'repeats',
    'maxEpochs',
    'tolerance',
    ...clips,
    'labelSmoothing',
    'mixup',
    ...moves,
  ] as const) {
    if (Number.isNaN(fields[key])) return `${titles[key]}: enter a number`;
  }
  return null;
}

const titles: Record<string, string> = {
  name: 'Name',
  architectures: 'Sizes',
  optimiser: 'Optimizer',
  clip: 'Largest gradient',
  clipLimit: 'Largest gradient',
  labelSmoothing: 'Label smoothing',
  mixup: 'Mixup',
  schedule: 'Schedule',
  stepSizes: 'Learning rates',
  weightDecays: 'Weight decays',
  batches: 'Batch sizes',
  targets: 'Targets',
  seed: 'First seed',
  seeds: 'Seeds',
  repeats: 'Repeats',
  maxEpochs: 'Maximum epochs',
  tolerance: 'Tolerance',
  shift: 'Shift',
  rotate: 'Rotation',
  scale: 'Scaling',
  augmentation: 'Augmentation',
};

function fieldTitle([key, , setting]: readonly PropertyKey[]): string {
  if (key === 'architectures' && typeof setting === 'string') return hyperparameterTitle(`architecture.${setting}`);
  return titles[String(key)] ?? 'The grid';
}

/** Another optimizer with its usual numbers, and its usual learning rate unless one was typed. */
function withOptimizer({ optimiser, stepSizes }: GridFields, value: string | null): Partial<GridFields> {
  const usual = (kind: Optimizer['kind']): Optimizer => optimizerSchema.parse({ kind });
  const next = usual(optimizerKinds.find((kind) => kind === value) ?? 'adam');
  const typed = stepSizes !== String(usual(optimiser.kind).stepSize);
  return { optimiser: next, ...(!typed && { stepSizes: String(next.stepSize) }) };
}

interface GridFormProps {
  fields: GridFields;
  onFields: (fields: GridFields) => void;
  /** Without name, group and seeds: for what the cells of a sweep share. */
  isBase?: boolean;
}

export function GridForm({ fields, onFields, isBase = false }: GridFormProps) {
  const set = (change: Partial<GridFields>): void => onFields({ ...fields, ...change });
  const text = (key: 'name' | 'stepSizes' | 'weightDecays' | 'batches' | 'targets', label: string) => (
    <TextInput
      label={label}
      value={fields[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value.slice(0, 400) })}
    />
  );
  const number = (
    key:
      | 'seed'
      | 'seeds'
      | 'repeats'
      | 'maxEpochs'
      | 'tolerance'
      | 'shift'
      | 'rotate'
      | 'scale'
      | 'clipLimit'
      | 'labelSmoothing'
      | 'mixup',
    label: string,
    min: number,
    max?: number,
  ) => (
    <NumberInput
      label={label}
      min={min}
      {...(max !== undefined && { max })}
      value={fields[key]}
      onChange={(value) => set({ [key]: typeof value === 'number' ? value : Number.NaN })}
    />
  );
  const isByAccuracy = fields.stopBy === 'accuracy';
  return (
    <>
      {!isBase && <HelpNote>Separate several values with commas. Every combination becomes a model.</HelpNote>}
      <div className="add-values">
        <ArchitectureSelect
          fields={fields.architecture}
          onFields={(architecture) => {
            const isUsual = fields.name === architectureNames[fields.architecture.kind];
            set({ architecture, ...(isUsual && { name: architectureNames[architecture.kind] }) });
          }}
        />
        {!isBase && text('name', 'Name')}
        <ArchitectureForm fields={fields.architecture} onFields={(architecture) => set({ architecture })} />
        {text('stepSizes', 'Learning rates')}
        {text('weightDecays', 'Weight decays')}
        {text('batches', 'Batch sizes')}
        {text(
          'targets',
          fields.landing === 'validation' && isByAccuracy
            ? 'Targets (% of validation images)'
            : targetLabels[fields.stopBy],
        )}
        <Select
          label="Stop"
          description={stopHelp[fields.stopBy]}
          allowDeselect={false}
          data={stopRules.map((value) => ({ value, label: stopNames[value] }))}
          value={fields.stopBy}
          onChange={(value) => set(stopAs(fields, value))}
        />
        <Select
          label="Optimizer"
          allowDeselect={false}
          data={optimizerKinds.map((kind) => ({ value: kind, label: optimizerNames[kind] }))}
          value={fields.optimiser.kind}
          onChange={(value) => set(withOptimizer(fields, value))}
        />
        <Select
          label={isByAccuracy ? 'Snapshot at' : 'Training images'}
          description={isByAccuracy ? landingHelp[fields.landing] : 'Test images decide nothing'}
          allowDeselect={false}
          data={landingsOf(fields.stopBy).map((value) => ({
            value,
            label: isByAccuracy ? landings[value] : value === 'first' ? 'All' : '5 of 6 of each class',
          }))}
          value={fields.landing}
          onChange={(value) => set({ landing: landingNames.find((each) => each === value) ?? 'first' })}
        />
        {number('maxEpochs', 'Maximum epochs', 1)}
        {isByAccuracy && number('tolerance', 'Tolerance around a target (points)', 0)}
        {!isBase && (
          <>
            <Select
              label="Model group"
              allowDeselect={false}
              description={groupHelp[fields.group]}
              data={[
                { value: 'diverse', label: 'Diverse models' },
                { value: 'seeds', label: 'Seed study' },
              ]}
              value={fields.group}
              onChange={(value) => set({ group: value === 'seeds' ? value : 'diverse' })}
            />
            {number('seed', 'First seed', 0)}
            {number('seeds', 'Seeds', 1)}
            {fields.group === 'seeds' && number('repeats', 'Repeats', 1)}
          </>
        )}
      </div>
      <OptimizerNumbers optimiser={fields.optimiser} onOptimizer={(optimiser) => set({ optimiser })} />
      <InitializationForm
        initialisation={fields.initialisation}
        onInitialization={(initialisation) => set({ initialisation })}
      />
      <ScheduleForm schedule={fields.schedule} onSchedule={(schedule) => set({ schedule })} />
      <div className="add-moves">
        {number('labelSmoothing', 'Label smoothing (share)', 0, 0.99)}
        {number('mixup', 'Mixup (alpha; 0: none)', 0, 100)}
        <Select
          label="Clip gradients"
          allowDeselect={false}
          data={[
            { value: 'none', label: 'No' },
            { value: 'norm', label: 'By their norm' },
            { value: 'value', label: 'By value' },
          ]}
          value={fields.clipBy}
          onChange={(value) => set({ clipBy: value === 'norm' || value === 'value' ? value : 'none' })}
        />
        {fields.clipBy !== 'none' && number('clipLimit', 'Largest gradient', 0)}
      </div>
      <Checkbox
        label="Augment training images (shift, rotate, scale)"
        checked={fields.augmented}
        onChange={(event) => set({ augmented: event.currentTarget.checked })}
      />
      {fields.augmented && (
        <div className="add-moves">
          {number('shift', 'Shift up to (pixels)', 0, 16)}
          {number('rotate', 'Rotate up to (degrees)', 0, 180)}
          {number('scale', 'Scale up to (share)', 0, 0.99)}
        </div>
      )}
      <Checkbox
        label="Mirror half of the training images left to right"
        description="Not for digits, letters or anything else that has a left and a right"
        checked={fields.flipped}
        onChange={(event) => set({ flipped: event.currentTarget.checked })}
      />
    </>
  );
}
