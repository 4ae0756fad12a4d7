import { Group } from '@mantine/core';
import { useState } from 'react';
import { type InputMapping, largestSide } from '../../../main/contributions/outside/contract/outside.ts';
import { clip, imageNet } from '../../../main/contributions/outside/contract/files.ts';
import { CheckField, ChoiceField, NumberField, TextField } from '../../ui/fields/index.ts';

interface InputFormProps {
  input: InputMapping;
  onChange: (input: InputMapping) => void;
}

const layouts = [
  { value: 'nchw', label: 'Planes (NCHW)' },
  { value: 'nhwc', label: 'Interleaved (NHWC)' },
  { value: 'flat-nchw', label: 'Flat rows of planes' },
  { value: 'flat-nhwc', label: 'Flat rows, interleaved' },
] as const;
const channelOrders = { gray: 'Gray', rgb: 'Red, green, blue', bgr: 'Blue, green, red' };
const resizings = { fit: 'Stretch both sides', fill: 'Fill, and crop the rest', pad: 'Fit inside, and pad' };

/** How images become the model's input, in the order of the steps. */
export function InputForm({ input, onChange }: InputFormProps) {
  const change = (part: Partial<InputMapping>): void => onChange({ ...input, ...part });
  const isFlat = input.layout.startsWith('flat');
  return (
    <>
      <div className="column-fields">
        <NumberField
          label="Width (pixels)"
          min={1}
          max={largestSide}
          value={input.width}
          onChange={(width) => change({ width })}
        />
        <NumberField
          label="Height (pixels)"
          min={1}
          max={largestSide}
          value={input.height}
          onChange={(height) => change({ height })}
        />
        <ChoiceField
          label="Other sizes"
          value={input.resize}
          options={resizings}
          onChange={(resize) => onChange(resized(input, resize))}
        />
        {input.resize === 'pad' && (
          <NumberField
            label="Padding (0 black, 255 white)"
            min={0}
            max={255}
            value={input.background ?? 0}
            onChange={(gray) => onChange(padded(input, gray))}
          />
        )}
        <ChoiceField
          label="Channels"
          value={input.channels}
          options={channelOrders}
          onChange={(channels) => onChange(reordered(input, channels))}
        />
        <ChoiceField
          label="Layout"
          value={input.layout}
          options={layouts.filter(({ value }) => value.startsWith('flat') === isFlat)}
          onChange={(layout) => change({ layout })}
        />
        <Scaling input={input} onChange={onChange} />
      </div>
      <Group gap="8px 24px" mt="md">
        <CheckField label="Invert black and white" checked={input.invert} onChange={(invert) => change({ invert })} />
        <CheckField
          label="Exchange rows and columns"
          checked={input.transposed}
          onChange={(transposed) => change({ transposed })}
        />
        {input.resize === 'pad' && (
          <CheckField
            label="Put the image at the left and the top"
            checked={input.align === 'start'}
            onChange={(checked) => onChange(aligned(input, checked))}
          />
        )}
      </Group>
    </>
  );
}

function resized({ background, align, ...input }: InputMapping, resize: InputMapping['resize']): InputMapping {
  if (resize !== 'pad') return { ...input, resize };
  return { ...input, resize, ...(background !== undefined && { background }), ...(align && { align }) };
}

/** Black has no entry: mappings of earlier versions have none. */
const padded = ({ background: _, ...input }: InputMapping, gray: number): InputMapping =>
  gray === 0 ? input : { ...input, background: gray };

const aligned = ({ align: _, ...input }: InputMapping, atStart: boolean): InputMapping =>
  atStart ? { ...input, align: 'start' } : input;

/** Mean and deviation follow their channels. */
function reordered(input: InputMapping, channels: InputMapping['channels']): InputMapping {
  const move = (values: readonly number[]): number[] => {
    if (channels === input.channels) return [...values];
    if (channels === 'gray') return values.slice(0, 1);
    if (input.channels === 'gray') return [0, 1, 2].map(() => values[0] ?? 0);
    return values.toReversed();
  };
  return { ...input, channels, mean: move(input.mean), std: move(input.std) };
}

type Values = Pick<InputMapping, 'range' | 'mean' | 'std'>;

const presets: readonly { id: string; label: string; isColor: boolean; values: (depth: number) => Values }[] = [
  { id: 'unit', label: 'From 0 to 1', isColor: false, values: (depth) => plain([0, 1], depth) },
  { id: 'bytes', label: 'From 0 to 255', isColor: false, values: (depth) => plain([0, 255], depth) },
  { id: 'signed', label: 'From -1 to 1', isColor: false, values: (depth) => plain([-1, 1], depth) },
  {
    id: 'imagenet',
    label: 'ImageNet’s mean and deviation',
    isColor: true,
    values: () => ({ range: [0, 1], ...imageNet }),
  },
  { id: 'clip', label: 'CLIP’s mean and deviation', isColor: true, values: () => ({ range: [0, 1], ...clip }) },
];

function plain(range: [number, number], depth: number): Values {
  return { range, mean: Array<number>(depth).fill(0), std: Array<number>(depth).fill(1) };
}

const isSame = (a: Values, b: Values): boolean =>
  JSON.stringify([a.range, a.mean, a.std]) === JSON.stringify([b.range, b.mean, b.std]);

/** What pixels become: by a common name, and in numbers. */
function Scaling({ input, onChange }: InputFormProps) {
  const depth = input.channels === 'gray' ? 1 : 3;
  const offered = presets
    .filter(({ isColor }) => !isColor || depth === 3)
    .map(({ id, label, values }) => {
      const { range, mean, std } = values(depth);
      const order = (each: readonly number[]): number[] => (input.channels === 'bgr' ? each.toReversed() : [...each]);
      return { id, label, values: { range, mean: order(mean), std: order(std) } };
    });
  const chosen = offered.find(({ values }) => isSame(values, input))?.id ?? 'own';
  const channels = depth === 1 ? '' : input.channels === 'rgb' ? ' (red, green, blue)' : ' (blue, green, red)';
  return (
    <>
      <ChoiceField
        label="Values"
        value={chosen}
        options={[
          ...offered.map(({ id, label }) => ({ value: id, label })),
          ...(chosen === 'own' ? [{ value: 'own', label: 'As entered' }] : []),
        ]}
        onChange={(id) => {
          const preset = offered.find((each) => each.id === id);
          if (preset) onChange({ ...input, ...preset.values });
        }}
      />
      <Numbers
        label="Black and white become"
        count={2}
        values={input.range}
        onChange={([low = 0, high = 1]) => onChange({ ...input, range: [low, high] })}
      />
      <Numbers
        label={`Mean${channels}`}
        count={depth}
        values={input.mean}
        onChange={(mean) => onChange({ ...input, mean })}
      />
      <Numbers
        label={`Deviation${channels}`}
        count={depth}
        arePositive
        values={input.std}
        onChange={(std) => onChange({ ...input, std })}
      />
    </>
  );
}

interface NumbersProps {
  label: string;
  count: number;
  arePositive?: boolean;
  values: readonly number[];
  onChange: (values: number[]) => void;
}

/** Some numbers between commas. What is none stays in the field until it is left. */
function Numbers({ label, count, arePositive = false, values, onChange }: NumbersProps) {
  const [text, setText] = useState<string | null>(null);
  const error =
    text !== null && parseNumbers(text, count, arePositive) === null
      ? `Enter ${count === 1 ? 'a number' : `${count} numbers between commas`}${arePositive ? ' above 0' : ''}`
      : null;
  return (
    <TextField
      label={label}
      error={error}
      maxLength={200}
      value={text ?? values.join(', ')}
      onChange={(text) => {
        setText(text);
        const parsed = parseNumbers(text, count, arePositive);
        if (parsed) onChange(parsed);
      }}
      onBlur={() => setText(null)}
    />
  );
}

function parseNumbers(text: string, count: number, arePositive: boolean): number[] | null {
  const parts = text.split(',').map((part) => part.trim());
  const numbers = parts.map(Number);
  const areRight = numbers.every(
    (value, n) => parts[n] !== '' && Number.isFinite(value) && (!arePositive || value > 0),
  );
  return areRight && numbers.length === count ? numbers : null;
}
