import { NumberInput, Switch } from '@mantine/core';
import { useState } from 'react';

export interface NumberFieldProps {
  label: string;
  description?: string;
  value: number;
  /** Told of every number that is within the bounds. */
  onChange: (value: number) => void;
  min: number;
  max: number;
  /** Digits behind the point; default 0. */
  decimals?: number;
  suffix?: string;
  disabled?: boolean;
}

/** A number within bounds. What is half typed stays with it; leaving the field puts it right. */
export function NumberField({ value, onChange, min, max, decimals = 0, ...about }: NumberFieldProps) {
  const [text, setText] = useState<number | string | null>(null);
  return (
    <NumberInput
      {...about}
      value={text ?? value}
      min={min}
      max={max}
      decimalScale={decimals}
      allowDecimal={decimals > 0}
      clampBehavior="blur"
      inputWrapperOrder={['label', 'input', 'description']}
      onChange={(next) => {
        setText(next);
        if (typeof next === 'number' && next >= min && next <= max) onChange(next);
      }}
      onBlur={() => setText(null)}
    />
  );
}

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
