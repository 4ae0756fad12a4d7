import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { gridSchema, type ModelGrid } from '../../../../main/contract/api/models.ts';
import { type Optimiser, optimiserKinds, optimiserSchema } from '../../../../main/contract/optimisers.ts';
import type { Clip, Schedule, Augmentation, ClassifierRecipe } from '../../../../main/contract/recipes.ts';
import { architectureNames } from '../../../../main/domain/architectures.ts';
import { hyperparameterTitle, optimiserNames, optimiserNumbers } from '../../../../main/domain/hyperparameters.ts';
import { HelpNote } from '../../../ui/states.tsx';
import {
  type ArchitectureFields,
  ArchitectureForm,
  architectureLike,
  architectureProblem,
  ArchitectureSelect,
  architecturesOf,
  firstArchitecture,
} from './architecture-form.tsx';

type Landing = 'first' | 'trend' | 'half' | 'validation';

/** Lengths in epochs; a warm-up of 0 is none. */
interface ScheduleFields {
  kind: Schedule['kind'];
  every: number;
  factor: number;
  epochs: number;
  floor: number;
  warmUp: number;
}

/** The form's fields as typed; lists are comma-separated. */
export interface GridFields {
  name: string;
  architecture: ArchitectureFields;
  /** Its learning rate and weight decay do not count: those of the lists do. */
  optimiser: Optimiser;
  stepSizes: string;
  weightDecays: string;
  schedule: ScheduleFields;
  clipBy: Clip['by'] | 'none';
  /** While gradients are clipped. */
  clipLimit: number;
  /** 0: none. */
  labelSmoothing: number;
  batches: string;
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
}

const usualSchedule: ScheduleFields = {
  ...{ kind: 'constant', every: 10, factor: 0.1, epochs: 10, floor: 0, warmUp: 0 },
};

const usualAugmentation = { shift: 2, rotate: 10, scale: 0.1 };

export const firstGrid: GridFields = {
  ...{
    name: 'MLP',
    architecture: firstArchitecture,
    optimiser: optimiserSchema.parse({}),
    augmented: false,
    flipped: false,
    group: 'own',
  },
  ...{ stepSizes: '0.0005', weightDecays: '0', batches: '128', targets: '97.5' },
  ...{ seed: 1, seeds: 1, repeats: 1, maxEpochs: 40, tolerance: 0.05, landing: 'first' },
  ...usualAugmentation,
  ...{ schedule: usualSchedule, clipBy: 'none', clipLimit: 1, labelSmoothing: 0 },
};

/** The fields of one run's recipe, to change them. */
export function gridLike(name: string, { recipe, seed }: { recipe: ClassifierRecipe; seed: number }): GridFields {
  const { architecture, optimiser, batch, targets, augmentation, maxEpochs, tolerance, landing } = recipe;
  const moves = augmentation !== null && Math.max(augmentation.shift, augmentation.rotate, augmentation.scale) > 0;
  const { shift, rotate, scale } = moves ? augmentation : usualAugmentation;
  return {
    ...firstGrid,
    ...{
      architecture: architectureLike(architecture),
      name: name.replace(/-(r\d+-)?s\d+$/, ''),
      optimiser,
      group: 'diverse',
    },
    schedule: { ...usualSchedule, ...recipe.schedule, warmUp: recipe.schedule?.warmUp ?? 0 },
    ...(recipe.clip && { clipBy: recipe.clip.by, clipLimit: recipe.clip.limit }),
    labelSmoothing: recipe.labelSmoothing ?? 0,
    ...{ stepSizes: String(optimiser.stepSize), weightDecays: String(optimiser.weightDecay), batches: String(batch) },
    ...{
      targets: targets.join(', '),
      ...{ augmented: moves, shift, rotate, scale },
      flipped: augmentation?.flip === true,
      seed,
      maxEpochs,
      tolerance,
      landing: landing ?? 'first',
    },
  };
}

const landings: Record<Landing, string> = {
  first: "First step, on all test images (the paper's rule)",
  validation: 'First step, on held-out training images',
  half: 'First step, on half of the test images',
  trend: 'Where the trend meets the target',
};

const landingNames = ['first', 'validation', 'half', 'trend'] as const;

const landingHelp: Record<Landing, string> = {
  first: 'Test images decide, so their accuracy is a lucky one',
  validation: 'Trains on 5 of 6 training images of each class; test images decide nothing',
  trend: 'Trains past each target, then once more: takes 2 to 10 times as long',
  half: 'The other half gives an accuracy without that luck',
};

const groupHelp: Record<GridFields['group'], string> = {
  own: 'Compared by itself; tables and report do not change',
  diverse: 'Counts among all recipes: tables and report change',
  seeds: 'Groups that differ in the seed alone',
};

/** Parses the fields: the grid, or the first problem. */
export function parseGrid(fields: GridFields): { grid: ModelGrid } | { problem: string } {
  const { name, group, optimiser, seed, seeds, repeats, maxEpochs, landing } = fields;
  const notNumber = findNotNumber(fields);
  if (notNumber !== null) return { problem: notNumber };
  const parsed = gridSchema.safeParse({
    ...{ name, group, optimiser, seed, seeds, maxEpochs, tolerance: fields.tolerance },
    architectures: architecturesOf(fields.architecture),
    stepSizes: numbers(fields.stepSizes),
    weightDecays: numbers(fields.weightDecays),
    batches: numbers(fields.batches),
    targets: numbers(fields.targets),
    augmentation: augmentationOf(fields),
    repeats: group === 'seeds' ? repeats : 1,
    ...scheduleOf(fields),
    ...(fields.clipBy !== 'none' && { clip: { by: fields.clipBy, limit: fields.clipLimit } }),
    ...(fields.labelSmoothing !== 0 && { labelSmoothing: fields.labelSmoothing }),
    ...(landing !== 'first' && { landing }),
  });
  if (parsed.success) return { grid: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `${fieldTitle(issue?.path ?? [])}: ${issue?.message ?? 'is not valid'}` };
}

function scheduleOf({ schedule }: GridFields): { schedule?: object } {
  const { kind, every, factor, epochs, floor, warmUp } = schedule;
  const begun = warmUp > 0 ? { warmUp } : {};
  if (kind === 'step') return { schedule: { kind, every, factor, ...begun } };
  if (kind === 'cosine') return { schedule: { kind, epochs, floor, ...begun } };
  return warmUp > 0 ? { schedule: { kind, warmUp } } : {};
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
  const number = Object.entries(optimiserNumbers(fields.optimiser)).find(([, value]) => !(value >= 0 && value < 1));
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

/** Another optimiser with its usual numbers, and its usual learning rate unless one was typed. */
function withOptimiser({ optimiser, stepSizes }: GridFields, value: string | null): Partial<GridFields> {
  const usual = (kind: Optimiser['kind']): Optimiser => optimiserSchema.parse({ kind });
  const next = usual(optimiserKinds.find((kind) => kind === value) ?? 'adam');
  const typed = stepSizes !== String(usual(optimiser.kind).stepSize);
  return { optimiser: next, ...(!typed && { stepSizes: String(next.stepSize) }) };
}

interface OptimiserNumbersProps {
  optimiser: Optimiser;
  onOptimiser: (optimiser: Optimiser) => void;
}

/** Fields for the numbers that this optimizer has besides learning rate and weight decay. */
function OptimiserNumbers({ optimiser, onOptimiser }: OptimiserNumbersProps) {
  const numbers = Object.entries(optimiserNumbers(optimiser));
  if (numbers.length === 0) return null;
  return (
    <div className="add-moves">
      {numbers.map(([key, number]) => (
        <NumberInput
          key={key}
          label={hyperparameterTitle(`optimiser.${key}`)}
          min={0}
          max={1}
          step={0.001}
          value={number}
          onChange={(value) => onOptimiser({ ...optimiser, [key]: typeof value === 'number' ? value : Number.NaN })}
        />
      ))}
    </div>
  );
}

const scheduleNames: Record<Schedule['kind'], string> = {
  constant: 'Constant',
  step: 'In steps',
  cosine: 'Cosine',
};

/** The numbers of each schedule besides the warm-up. */
const scheduleNumbers = {
  constant: [],
  step: ['every', 'factor'],
  cosine: ['epochs', 'floor'],
} as const satisfies Record<Schedule['kind'], readonly (keyof ScheduleFields)[]>;

interface ScheduleFormProps {
  schedule: ScheduleFields;
  onSchedule: (schedule: ScheduleFields) => void;
}

function ScheduleForm({ schedule, onSchedule }: ScheduleFormProps) {
  const kinds = Object.keys(scheduleNames) as Schedule['kind'][];
  return (
    <div className="add-moves">
      <Select
        label="Learning rate over time"
        allowDeselect={false}
        data={kinds.map((kind) => ({ value: kind, label: scheduleNames[kind] }))}
        value={schedule.kind}
        onChange={(value) => onSchedule({ ...schedule, kind: kinds.find((kind) => kind === value) ?? 'constant' })}
      />
      {(['warmUp', ...scheduleNumbers[schedule.kind]] as const).map((key) => (
        <NumberInput
          key={key}
          label={hyperparameterTitle(`schedule.${key}`)}
          min={0}
          value={schedule[key]}
          onChange={(value) => onSchedule({ ...schedule, [key]: typeof value === 'number' ? value : Number.NaN })}
        />
      ))}
    </div>
  );
}

interface GridFormProps {
  fields: GridFields;
  onFields: (fields: GridFields) => void;
}

export function GridForm({ fields, onFields }: GridFormProps) {
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
      | 'labelSmoothing',
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
  return (
    <>
      <HelpNote>Separate several values with commas. Every combination becomes a model.</HelpNote>
      <div className="add-values">
        <ArchitectureSelect
          fields={fields.architecture}
          onFields={(architecture) => {
            const isUsual = fields.name === architectureNames[fields.architecture.kind];
            set({ architecture, ...(isUsual && { name: architectureNames[architecture.kind] }) });
          }}
        />
        {text('name', 'Name')}
        <ArchitectureForm fields={fields.architecture} onFields={(architecture) => set({ architecture })} />
        {text('stepSizes', 'Learning rates')}
        {text('weightDecays', 'Weight decays')}
        {text('batches', 'Batch sizes')}
        {text(
          'targets',
          fields.landing === 'validation' ? 'Targets (% of validation images)' : 'Targets (% of test images)',
        )}
        <Select
          label="Optimizer"
          allowDeselect={false}
          data={optimiserKinds.map((kind) => ({ value: kind, label: optimiserNames[kind] }))}
          value={fields.optimiser.kind}
          onChange={(value) => set(withOptimiser(fields, value))}
        />
        <Select
          label="Snapshot at"
          description={landingHelp[fields.landing]}
          allowDeselect={false}
          data={landingNames.map((value) => ({ value, label: landings[value] }))}
          value={fields.landing}
          onChange={(value) => set({ landing: landingNames.find((each) => each === value) ?? 'first' })}
        />
        {number('maxEpochs', 'Maximum epochs', 1)}
        {number('tolerance', 'Tolerance around a target (points)', 0)}
        <Select
          label="Model group"
          allowDeselect={false}
          description={groupHelp[fields.group]}
          data={[
            { value: 'own', label: 'A group of its own' },
            { value: 'diverse', label: 'Diverse models' },
            { value: 'seeds', label: 'Seed study' },
          ]}
          value={fields.group}
          onChange={(value) => set({ group: value === 'seeds' || value === 'diverse' ? value : 'own' })}
        />
        {number('seed', 'First seed', 0)}
        {number('seeds', 'Seeds', 1)}
        {fields.group === 'seeds' && number('repeats', 'Repeats', 1)}
      </div>
      <OptimiserNumbers optimiser={fields.optimiser} onOptimiser={(optimiser) => set({ optimiser })} />
      <ScheduleForm schedule={fields.schedule} onSchedule={(schedule) => set({ schedule })} />
      <div className="add-moves">
        {number('labelSmoothing', 'Label smoothing (share)', 0, 0.99)}
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
