import { Switch, Group } from '@mantine/core';
import { NumberField } from '../../ui/fields.tsx';

interface OptionalNumberProps {
  label: string;
  description?: string;
  field: string;
  /** null: switched off. */
  value: number | null;
  /** The number after switching on. */
  first: number;
  min: number;
  max: number;
  decimals?: number;
  onChange: (value: number | null) => void;
}

export function OptionalNumber({ label, description, field, value, first, onChange, ...bounds }: OptionalNumberProps) {
  return (
    <Group gap="8px 24px" align="end">
      <Switch
        label={label}
        description={description}
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? first : null)}
      />
      {value !== null && <NumberField label={field} {...bounds} value={value} onChange={onChange} />}
    </Group>
  );
}
