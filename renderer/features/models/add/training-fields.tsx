import { NumberInput, Select } from '@mantine/core';
import type { Optimiser } from '../../../../main/contract/optimisers.ts';
import type { Schedule } from '../../../../main/contract/recipes.ts';
import { hyperparameterTitle, optimiserNumbers } from '../../../../main/domain/hyperparameters.ts';

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
