import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core';
import { architectureKinds } from '../../../../main/contract/api/runs.ts';
import { HelpNote } from '../../../ui/states.tsx';
import { type GridFields, kindNames, sizeHelp } from './grid-fields.ts';

export interface GridFormProps {
  fields: GridFields;
  onFields: (fields: GridFields) => void;
}

/** Values of a grid; every combination becomes a model. */
export function GridForm({ fields, onFields }: GridFormProps) {
  const set = (change: Partial<GridFields>): void => onFields({ ...fields, ...change });
  const text = (key: 'name' | 'stepSizes' | 'weightDecays' | 'batches' | 'targets', label: string, help?: string) => (
    <TextInput
      label={label}
      description={help}
      value={fields[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value.slice(0, 400) })}
    />
  );
  const number = (key: 'seed' | 'seeds' | 'repeats' | 'maxEpochs', label: string, min: number) => (
    <NumberInput
      label={label}
      min={min}
      value={fields[key]}
      onChange={(value) => set({ [key]: typeof value === 'number' ? value : Number.NaN })}
    />
  );
  return (
    <>
      <HelpNote>Several values in one box, with commas between them, make every combination of them a model.</HelpNote>
      <div className="add-values">
        <Select
          label="Architecture"
          allowDeselect={false}
          data={architectureKinds.map((kind) => ({ value: kind, label: kindNames[kind] }))}
          value={fields.kind}
          onChange={(value) => {
            const kind = architectureKinds.find((each) => each === value) ?? 'mlp';
            set({ kind, name: fields.name === kindNames[fields.kind] ? kindNames[kind] : fields.name });
          }}
        />
        {text('name', 'Name', undefined)}
        <TextInput
          label="Sizes"
          description={sizeHelp[fields.kind]}
          style={{ gridColumn: '1 / -1' }}
          value={fields.sizes[fields.kind]}
          onChange={(event) =>
            set({ sizes: { ...fields.sizes, [fields.kind]: event.currentTarget.value.slice(0, 400) } })
          }
        />
        {text('stepSizes', 'Step sizes')}
        {text('weightDecays', 'Weight decays')}
        {text('batches', 'Batches')}
        {text('targets', 'Targets (% of test images)')}
        <Select
          label="Optimiser"
          allowDeselect={false}
          data={[
            { value: 'adam', label: 'Adam' },
            { value: 'adamw', label: 'AdamW' },
          ]}
          value={fields.optimiser}
          onChange={(value) => set({ optimiser: value === 'adamw' ? 'adamw' : 'adam' })}
        />
        {number('maxEpochs', 'Epochs at most', 1)}
        <Select
          label="Compared as"
          allowDeselect={false}
          data={[
            { value: 'diverse', label: 'Diverse models' },
            { value: 'seeds', label: 'Seed study' },
          ]}
          value={fields.group}
          onChange={(value) => set({ group: value === 'seeds' ? 'seeds' : 'diverse' })}
        />
        {number('seed', 'First seed', 0)}
        {number('seeds', 'Seeds', 1)}
        {fields.group === 'seeds' && number('repeats', 'Repeats', 1)}
      </div>
      <Checkbox
        label="Augment training images (shift, rotate, scale)"
        checked={fields.augmented}
        onChange={(event) => set({ augmented: event.currentTarget.checked })}
      />
    </>
  );
}
