import { NumberInput, Switch } from '@mantine/core';
import { useState } from 'react';

interface NumberFieldProps {
  label: string;
  description?: string;
  value: number;
  /** Called with every number within the bounds. */
  onChange: (value: number) => void;
  min: number;
  max: number;
  /** Decimal places; default 0. */
  decimals?: number;
  suffix?: string;
  disabled?: boolean;
}

/** A number within bounds. Incomplete input stays in the field; leaving the field corrects it. */
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
