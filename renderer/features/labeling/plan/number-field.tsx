import { NumberInput } from '@mantine/core';
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
