import { NumberInput, Select } from '@mantine/core';
import type { Optimiser } from '../../../../main/contract/optimisers.ts';
import { type Initialisation, initialisationSchema, type Schedule } from '../../../../main/contract/recipes.ts';
import { hyperparameterTitle, initialisationNames, optimiserNumbers } from '../../../../main/domain/hyperparameters.ts';

/** Lengths in epochs; a warm-up of 0 is none. */
export interface ScheduleFields {
  kind: Schedule['kind'];
  every: number;
  factor: number;
  epochs: number;
  floor: number;
  warmUp: number;
}

interface OptimiserNumbersProps {
  optimiser: Optimiser;
  onOptimiser: (optimiser: Optimiser) => void;
}

/** Fields for the numbers that this optimizer has besides learning rate and weight decay. */
export function OptimiserNumbers({ optimiser, onOptimiser }: OptimiserNumbersProps) {
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

interface InitialisationFormProps {
  initialisation: Initialisation | null;
  onInitialisation: (initialisation: Initialisation | null) => void;
}

/** The numbers of each initialisation; an empty gain is PyTorch's. */
const initialNumbers = (initialisation: Initialisation | null): [key: string, value: number | undefined][] => {
  if (!initialisation) return [];
  if (initialisation.kind !== 'truncated-normal') return [['gain', initialisation.gain]];
  return [
    ['deviation', initialisation.deviation],
    ['cut', initialisation.cut],
  ];
};

export function InitialisationForm({ initialisation, onInitialisation }: InitialisationFormProps) {
  const kinds = Object.keys(initialisationNames) as Initialisation['kind'][];
  const change = (values: object): void => {
    const { success, data } = initialisationSchema.safeParse({ ...initialisation, ...values });
    if (success) onInitialisation(data);
  };
  return (
    <div className="add-moves">
      <Select
        label="Initial weights"
        allowDeselect={false}
        data={[
          { value: 'default', label: 'PyTorch default' },
          ...kinds.map((kind) => ({ value: kind, label: initialisationNames[kind] })),
        ]}
        value={initialisation?.kind ?? 'default'}
        onChange={(value) => {
          const kind = kinds.find((each) => each === value);
          onInitialisation(kind ? initialisationSchema.parse({ kind }) : null);
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
