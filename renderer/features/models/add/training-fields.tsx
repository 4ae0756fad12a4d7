import { NumberInput, Select } from '@mantine/core';
import type { Optimizer } from '../../../../main/contract/optimizers.ts';
import { type Initialization, initializationSchema, type Schedule } from '../../../../main/contract/recipes.ts';
import { hyperparameterTitle, initializationNames, optimizerNumbers } from '../../../../main/domain/hyperparameters.ts';

/** Lengths in epochs; a warm-up of 0 is none. */
export interface ScheduleFields {
  kind: Schedule['kind'];
  every: number;
  factor: number;
  epochs: number;
  floor: number;
  warmUp: number;
}

interface OptimizerNumbersProps {
  optimiser: Optimizer;
  onOptimizer: (optimiser: Optimizer) => void;
}

/** Fields for the numbers that this optimizer has besides learning rate and weight decay. */
export function OptimizerNumbers({ optimiser, onOptimizer }: OptimizerNumbersProps) {
  const numbers = Object.entries(optimizerNumbers(optimiser));
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
          onChange={(value) => onOptimizer({ ...optimiser, [key]: typeof value === 'number' ? value : Number.NaN })}
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

/** What the fields mean in a recipe; nothing: a constant learning rate. */
export function scheduleOf({ kind, every, factor, epochs, floor, warmUp }: ScheduleFields): { schedule?: object } {
  const begun = warmUp > 0 ? { warmUp } : {};
  if (kind === 'step') return { schedule: { kind, every, factor, ...begun } };
  if (kind === 'cosine') return { schedule: { kind, epochs, floor, ...begun } };
  return warmUp > 0 ? { schedule: { kind, warmUp } } : {};
}

interface ScheduleFormProps {
  schedule: ScheduleFields;
  onSchedule: (schedule: ScheduleFields) => void;
}

export function ScheduleForm({ schedule, onSchedule }: ScheduleFormProps) {
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

interface InitializationFormProps {
  initialisation: Initialization | null;
  onInitialization: (initialisation: Initialization | null) => void;
}

/** The numbers of each initialization; an empty gain is PyTorch's. */
const initialNumbers = (initialisation: Initialization | null): [key: string, value: number | undefined][] => {
  if (!initialisation) return [];
  if (initialisation.kind !== 'truncated-normal') return [['gain', initialisation.gain]];
  return [
    ['deviation', initialisation.deviation],
    ['cut', initialisation.cut],
  ];
};

export function InitializationForm({ initialisation, onInitialization }: InitializationFormProps) {
  const kinds = Object.keys(initializationNames) as Initialization['kind'][];
  const change = (values: object): void => {
    const { success, data } = initializationSchema.safeParse({ ...initialisation, ...values });
    if (success) onInitialization(data);
  };
  return (
    <div className="add-moves">
      <Select
        label="Initial weights"
        allowDeselect={false}
        data={[
          { value: 'default', label: 'PyTorch default' },
          ...kinds.map((kind) => ({ value: kind, label: initializationNames[kind] })),
        ]}
        value={initialisation?.kind ?? 'default'}
        onChange={(value) => {
          const kind = kinds.find((each) => each === value);
          onInitialization(kind ? initializationSchema.parse({ kind }) : null);
        }}
      />
      {initialisation && 'mode' in initialisation && (
        <Select
          label={hyperparameterTitle('initialisation.mode')}
          allowDeselect={false}
          data={[
            { value: 'fan-in', label: 'Fan in' },
            { value: 'fan-out', label: 'Fan out' },
          ]}
          value={initialisation.mode}
          onChange={(mode) => change({ mode })}
        />
      )}
      {initialNumbers(initialisation).map(([key, number]) => (
        <NumberInput
          key={key}
          label={hyperparameterTitle(`initialisation.${key}`)}
          {...(key === 'gain' && { placeholder: 'PyTorch’s' })}
          min={0}
          value={number ?? ''}
          onChange={(value) => change({ [key]: typeof value === 'number' ? value : undefined })}
        />
      ))}
    </div>
  );
}
