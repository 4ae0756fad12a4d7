import { NumberInput, Select } from '@mantine/core';
import { useState } from 'react';

/** Fields of forms that take only what may be chosen. */

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
  /** Width in CSS pixels; default: all there is. */
  w?: number;
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

interface ChoiceFieldProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  w: number;
}

/** One of several. */
export function ChoiceField<T extends string>({ options, onChange, ...about }: ChoiceFieldProps<T>) {
  return (
    <Select
      {...about}
      allowDeselect={false}
      data={options}
      onChange={(next) => {
        const chosen = options.find(({ value }) => value === next);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}
