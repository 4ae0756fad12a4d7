import { Switch } from '@mantine/core';
import { NumberField } from './number-field.tsx';

export interface OptionalNumberProps {
  /** Of the switch. */
  label: string;
  description?: string;
  /** Of the number behind it. */
  field: string;
  /** null: switched off. */
  value: number | null;
  /** The number that switching on begins with. */
  first: number;
  min: number;
  max: number;
  decimals?: number;
  onChange: (value: number | null) => void;
}

/** Something that is off, or on with a number. */
export function OptionalNumber({ label, description, field, value, first, onChange, ...bounds }: OptionalNumberProps) {
  return (
    <div className="labeling-optional">
      <Switch
        {...{ label, description }}
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? first : null)}
      />
      {value !== null && <NumberField label={field} {...bounds} value={value} onChange={onChange} />}
    </div>
  );
}
