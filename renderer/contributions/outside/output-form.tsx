import { Button, Box, Group, Text } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import {
  maxOutputs,
  type OnnxProposal,
  type OutputMapping,
} from '../../../main/contributions/outside/contract/outside.ts';
import { className, formatCount, formatInteger } from '../../../main/domain/numbers/index.ts';
import { ClassName } from '../../ui/words/index.ts';
import { ChoiceField, NumberField, TextField } from '../../ui/fields/index.ts';
import { PlainTable } from '../../ui/tables/index.ts';
import { Failing } from '../../ui/parts/index.ts';
import { useClassRows } from './class-rows.tsx';

/** What is proposed for a classifier, and the classes of the study. */
export interface FoundOnnx {
  proposal: OnnxProposal;
  classes: readonly string[];
}

interface OutputFormProps {
  found: FoundOnnx;
  /** Classes may have no outputs yet. */
  output: OutputMapping;
  onChange: (output: OutputMapping) => void;
}

const meanings = { logits: 'Logits', probabilities: 'Probabilities' };
const poolings = { largest: 'Largest probability', mean: 'Mean probability' };

/** Which numbers of the model's output are which class. */
export function OutputForm({ found, output, onChange }: OutputFormProps) {
  const { proposal } = found;
  const chosen = proposal.outputs.find(({ name }) => name === output.output);
  const size = output.size;
  return (
    <>
      <div className="column-fields">
        <ChoiceField
          label="Output"
          value={output.output}
          options={proposal.outputs.map(({ name }) => name)}
          onChange={(name) => name !== output.output && onChange(otherOutput(found, output, name))}
        />
        {chosen?.size === null && (
          <NumberField
            label="Numbers for each image"
            min={1}
            max={maxOutputs}
            value={size}
            onChange={(next) => onChange(fitted({ ...output, size: next }))}
          />
        )}
        <ChoiceField
          label="Outputs are"
          value={output.values}
          options={meanings}
          onChange={(values) => onChange({ ...output, values })}
        />
        {output.steps !== undefined && (
          <ChoiceField
            label="Value over all steps"
            value={output.steps}
            options={poolings}
            onChange={(steps) => onChange({ ...output, steps })}
          />
        )}
      </div>
      <ClassMap found={found} output={output} onChange={onChange} />
    </>
  );
}

/** The first output of a mapping that nothing proposes; no class has outputs yet. */
export function emptyOutput({ proposal: { outputs }, classes }: FoundOnnx): OutputMapping {
  const first = outputs.find(({ size }) => size !== null && size >= classes.length) ?? outputs[0];
  return {
    output: first?.name ?? '',
    values: 'logits',
    size: first?.size ?? classes.length,
    ...(first?.hasSteps === true && { steps: 'largest' as const }),
    classes: classes.map(() => []),
  };
}

function otherOutput({ proposal }: FoundOnnx, { steps, ...output }: OutputMapping, name: string): OutputMapping {
  const next = proposal.outputs.find((each) => each.name === name);
  return fitted({
    ...output,
    output: name,
    size: next?.size ?? output.size,
    ...(next?.hasSteps === true && { steps: steps ?? ('largest' as const) }),
  });
}

/** Without outputs that it does not have. */
const fitted = (output: OutputMapping): OutputMapping => ({
  ...output,
  classes: output.classes.map((each) => each.filter((index) => index < output.size)),
});

/** Outputs that a row lists, and that a search offers. */
const mostListed = 12;
const mostOffered = 20;

function ClassMap({ found, output, onChange }: OutputFormProps) {
  const { classes, proposal } = found;
  const { names } = proposal;
  const [open, setOpen] = useState<number | null>(null);
  const { field, rows, note } = useClassRows(classes);
  const taken = useMemo(() => new Map(output.classes.flatMap((each, k) => each.map((index) => [index, k]))), [output]);
  const set = (k: number, outputs: readonly number[]): void =>
    onChange({
      ...output,
      classes: output.classes.map((each, at) => (at === k ? [...new Set(outputs)].sort((a, b) => a - b) : each)),
    });
  const nameOf = (index: number): string => outputName(names, index);
  const rest = output.size - taken.size;
  const inOrder = output.size >= classes.length;
  return (
    <>
      <Group gap="8px 16px" mt="md" mb="sm">
        {field}
        <span className="soft">
          {rest === 0
            ? 'Every output belongs to a class.'
            : `${formatInteger(rest)} of ${formatCount(output.size, 'output')} belong to no class: the check reports them as “other”.`}
        </span>
        {inOrder && (
          <Button size="compact-xs" onClick={() => onChange({ ...output, classes: classes.map((_, k) => [k]) })}>
            Use the first {formatInteger(classes.length)} outputs in order
          </Button>
        )}
      </Group>
      <PlainTable
        label="Outputs of each class"
        className="wide-table"
        rows={rows.map((k) => ({ k, name: className(classes, k), outputs: output.classes[k] ?? [] }))}
        rowKey={({ name }) => name}
        below={({ k, name, outputs }) =>
          open === k && (
            <OutputSearch
              names={names}
              taken={taken}
              classes={classes}
              name={name}
              size={output.size}
              onAdd={(found) => set(k, [...outputs, ...found])}
            />
          )
        }
        columns={[
          { title: 'Class', cell: ({ name }) => <ClassName name={name} width={180} /> },
          {
            title: 'Outputs',
            cell: ({ k, name, outputs }) => (
              <>
                {outputs.length === 0 && <Failing>None yet</Failing>}
                {outputs.slice(0, mostListed).map((index) => (
                  <button
                    key={index}
                    type="button"
                    className="outside-output"
                    aria-label={`Remove output ${index}, ${nameOf(index)}, from ${name}`}
                    onClick={() =>
                      set(
                        k,
                        outputs.filter((each) => each !== index),
                      )
                    }
                  >
                    <bdi>{nameOf(index)}</bdi>
                    <span aria-hidden="true">×</span>
                  </button>
                ))}
                {outputs.length > mostListed && ` and ${formatInteger(outputs.length - mostListed)} more`}
              </>
            ),
          },
          {
            title: 'Change',
            numeric: true,
            cell: ({ k, name }) => (
              <Button
                size="compact-xs"
                aria-label={`Choose outputs of ${name}`}
                aria-expanded={open === k}
                onClick={() => setOpen(open === k ? null : k)}
              >
                {open === k ? 'Close' : 'Choose'}
              </Button>
            ),
          },
        ]}
      />
      {note}
    </>
  );
}

const outputName = (names: readonly string[] | null, index: number): string => {
  const name = names?.[index];
  return name === undefined || name === '' ? `output ${index}` : name === ' ' ? '(space)' : name;
};

interface OutputSearchProps {
  names: readonly string[] | null;
  size: number;
  /** The class of each output that has one. */
  taken: ReadonlyMap<number, number>;
  classes: readonly string[];
  /** Name of the class that gets outputs. */
  name: string;
  onAdd: (outputs: readonly number[]) => void;
}

/** Finds outputs by a part of their name, or by their number. */
function OutputSearch({ names, size, taken, classes, name, onAdd }: OutputSearchProps) {
  const [typed, setTyped] = useState('');
  const found = useMemo(() => matching(names, size, typed), [names, size, typed]);
  const free = found.filter((index) => !taken.has(index));
  return (
    <Box maw={640}>
      <TextField
        label={`Find outputs of ${name}`}
        placeholder={names ? 'A part of the name, or a number' : 'The number of an output, from 0'}
        leftSection={<IconSearch size={14} stroke={1.5} aria-hidden />}
        maxLength={200}
        data-autofocus
        value={typed}
        onChange={setTyped}
      />
      <Group gap={6} mt="sm" mb="xs">
        {found.slice(0, mostOffered).map((index) => {
          const owner = taken.get(index);
          return (
            <Button
              key={index}
              size="compact-xs"
              disabled={owner !== undefined}
              title={owner === undefined ? undefined : `Belongs to ${classes[owner]}`}
              onClick={() => onAdd([index])}
            >
              <bdi>{outputName(names, index)}</bdi>
              <Text span c="dimmed" fz={11} ml={6}>
                {index}
              </Text>
            </Button>
          );
        })}
        {typed !== '' && free.length > 1 && (
          <Button variant="light" size="compact-xs" onClick={() => onAdd(free)}>
            Add all {formatInteger(free.length)}
          </Button>
        )}
      </Group>
      <p className="soft" role="status">
        {found.length === 0
          ? 'No output matches.'
          : found.length > mostOffered
            ? `${formatInteger(found.length)} outputs match; the first ${mostOffered} are shown.`
            : ''}
      </p>
    </Box>
  );
}

/** Outputs with a text in their name, exact names first; or with that number. */
function matching(names: readonly string[] | null, size: number, typed: string): number[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return Array.from({ length: Math.min(size, mostOffered) }, (_, index) => index);
  const exact: number[] = [];
  const others: number[] = [];
  (names ?? []).slice(0, size).forEach((name, index) => {
    const plain = name.toLowerCase();
    if (plain.trim() === wanted) exact.push(index);
    else if (plain.includes(wanted)) others.push(index);
  });
  const number = /^\d{1,6}$/.test(wanted) && Number(wanted) < size ? [Number(wanted)] : [];
  return [...new Set([...exact, ...number, ...others])];
}
