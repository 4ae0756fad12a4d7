import {
  Button,
  type ButtonProps,
  Checkbox,
  type CheckboxProps,
  FileButton,
  NumberInput,
  type NumberInputProps,
  SegmentedControl,
  type SegmentedControlProps,
  Select,
  type SelectProps,
  Switch,
  type SwitchProps,
  Textarea,
  type TextareaProps,
  TextInput,
  type TextInputProps,
} from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';

/** Fields of forms. They call back with what was entered, and take only what may be chosen. */

type Entered<Props, Value> = Omit<Props, 'onChange'> & { onChange: (entered: Value) => void };

export const TextField = ({ onChange, ...field }: Entered<TextInputProps, string>) => (
  <TextInput {...field} onChange={(event) => onChange(event.currentTarget.value.slice(0, field.maxLength))} />
);

/** A text of several lines. */
export const TextArea = ({ onChange, ...field }: Entered<TextareaProps, string>) => (
  <Textarea {...field} onChange={(event) => onChange(event.currentTarget.value)} />
);

export const CheckField = ({ onChange, ...field }: Entered<CheckboxProps, boolean>) => (
  <Checkbox {...field} onChange={(event) => onChange(event.currentTarget.checked)} />
);

export const SwitchField = ({ onChange, ...field }: Entered<SwitchProps, boolean>) => (
  <Switch {...field} onChange={(event) => onChange(event.currentTarget.checked)} />
);

interface NumberFieldProps extends Entered<NumberInputProps, number> {
  value: number;
  min: number;
  max: number;
  /** Decimal places; default 0. */
  decimals?: number;
}

/** A number within bounds. Incomplete input stays in the field and is not passed on; leaving the field corrects it. */
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

interface Option<T> {
  value: T;
  label: string;
  disabled?: boolean;
}

/** What may be chosen: labels by value, or a list, in which a value can be its own label or be disabled. */
type Options<T extends string> = { readonly [value in T]: string } | readonly (T | Option<T>)[];

const listed = <T extends string>(options: Options<T>): Option<T>[] =>
  isList(options)
    ? options.map((each) => (typeof each === 'string' ? { value: each, label: each } : each))
    : Object.entries<string>(options).map(([value, label]) => ({ value: value as T, label }));

const isList = <T extends string>(options: Options<T>): options is readonly (T | Option<T>)[] => Array.isArray(options);

interface Choice<T extends string> {
  options: Options<T>;
  onChange: (value: NoInfer<T>) => void;
}

type ChoiceFieldProps<T extends string> = Choice<T> & { value: NoInfer<T> | null } & Omit<
    SelectProps,
    'data' | 'value' | 'onChange'
  >;

/** One of several, in a list that opens. */
export function ChoiceField<T extends string>({ options, onChange, ...field }: ChoiceFieldProps<T>) {
  const data = listed(options);
  return (
    <Select
      inputWrapperOrder={['label', 'input', 'description']}
      {...field}
      allowDeselect={false}
      data={data}
      onChange={(next) => {
        const chosen = data.find(({ value }) => value === next);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}

type SegmentsProps<T extends string> = Choice<T> & { label: string; value: NoInfer<T> } & Omit<
    SegmentedControlProps,
    'data' | 'value' | 'onChange'
  >;

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, options, onChange, ...control }: SegmentsProps<T>) {
  const data = listed(options);
  return (
    <SegmentedControl
      aria-label={label}
      {...control}
      data={data}
      onChange={(next) => {
        const chosen = data.find(({ value }) => value === next);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}

interface FilePickProps extends ButtonProps {
  /** Accessible name of the input. */
  label: string;
  accept?: string;
  onFile?: (file: File) => void;
  /** For several files at once. */
  onFiles?: (files: readonly File[]) => void;
  'aria-label'?: string;
  children: ReactNode;
}

/** A button that asks for a file, which may be the same one again. */
export function FilePick({ label, accept = '', onFile, onFiles, ...button }: FilePickProps) {
  const reset = useRef<() => void>(null);
  const take = (chosen: File[] | File | null): void => {
    const files = [chosen ?? []].flat();
    if (files.length > 0) onFiles?.(files);
    for (const file of files) onFile?.(file);
    reset.current?.();
  };
  return (
    <FileButton<boolean>
      accept={accept}
      multiple={onFiles !== undefined}
      resetRef={reset}
      onChange={take}
      inputProps={{ 'aria-label': label }}
    >
      {(props) => <Button {...props} {...button} />}
    </FileButton>
  );
}

/** For a form: acts in place of the browser. */
export const submitting =
  (act: () => void) =>
  (event: FormEvent): void => {
    event.preventDefault();
    act();
  };
