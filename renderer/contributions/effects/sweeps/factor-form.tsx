import { ActionIcon, Group, MultiSelect, NumberInput, Select } from '@mantine/core';
import { levelName, settingTitle, variedSettings } from '../../../../main/domain/settings/index.ts';
import { RefusedNote, type RefusedSetting } from '../../../recipes/index.ts';
import { CheckField, ChoiceField, Segments, TextField } from '../../../ui/fields/index.ts';
import {
  choicesOf,
  type FactorFields,
  firstRange,
  isNumeric,
  newFactor,
  numberOf,
  takeNearestLevel,
  type UsualArchitectures,
  varies,
  withNumber,
} from './sweep-fields.ts';

interface FactorFormProps {
  factors: readonly FactorFields[];
  onFactors: (factors: readonly FactorFields[]) => void;
  /** Whether factors may be added and removed. */
  isNew: boolean;
  architectures: UsualArchitectures;
  /** A value that is refused, and is shown with the factor that has it. */
  refused: RefusedSetting | null;
}

/** What a sweep varies: a group of fields for each factor. */
export function FactorForm({ factors, onFactors, isNew, architectures, refused }: FactorFormProps) {
  const free = [...variedSettings.keys()].filter((of) => !factors.some((factor) => factor.of === of));
  const replace = (old: FactorFields, factor: FactorFields): void =>
    onFactors(factors.map((each) => (each === old ? factor : each)));
  return (
    <div className="sweep-factors">
      {factors.map((factor) => (
        <fieldset key={factor.of} className="sweep-factor">
          <legend>{settingTitle(factor.of)}</legend>
          {isNew && (
            <ActionIcon
              className="sweep-remove"
              variant="subtle"
              color="gray"
              aria-label={`Do not vary ${settingTitle(factor.of).toLowerCase()}`}
              onClick={() => onFactors(factors.filter((each) => each !== factor))}
            >
              ×
            </ActionIcon>
          )}
          <Levels
            factor={factor}
            onFactor={(next) => replace(factor, next)}
            isNew={isNew}
            architectures={architectures}
          />
          {refused && varies(factor, refused.path) && (
            <RefusedNote refused={refused} onTake={(nearest) => replace(factor, takeNearestLevel(factor, nearest))} />
          )}
        </fieldset>
      ))}
      {isNew && free.length > 0 && (
        <Select
          aria-label="Vary also"
          placeholder="Vary also…"
          value={null}
          data={free.map((of) => ({ value: of, label: settingTitle(of) }))}
          onChange={(of) => of !== null && onFactors([...factors, newFactor(of, architectures)])}
        />
      )}
    </div>
  );
}

interface LevelsProps {
  factor: FactorFields;
  onFactor: (factor: FactorFields) => void;
  isNew: boolean;
  architectures: UsualArchitectures;
}

function Levels({ factor, onFactor, isNew, architectures }: LevelsProps) {
  const title = settingTitle(factor.of);
  if (factor.range === null && !isNumeric(factor))
    return <ChosenLevels factor={factor} onFactor={onFactor} architectures={architectures} />;
  return (
    <>
      {isNew && (
        <Segments
          size="xs"
          label={`How ${title.toLowerCase()} varies`}
          value={factor.range ? 'range' : 'values'}
          onChange={(value) => onFactor({ ...factor, range: value === 'range' ? firstRange(factor.of) : null })}
          options={{ values: 'Values', range: 'Range' }}
        />
      )}
      {factor.range ? (
        <RangeFields factor={factor} onFactor={onFactor} title={title} range={factor.range} isNew={isNew} />
      ) : (
        <TextField
          aria-label={`Values of ${title.toLowerCase()}`}
          description="Separate values with commas"
          maxLength={400}
          value={factor.values}
          onChange={(values) => onFactor({ ...factor, values })}
        />
      )}
    </>
  );
}

interface RangeFieldsProps extends Omit<LevelsProps, 'architectures'> {
  title: string;
  range: NonNullable<FactorFields['range']>;
}

function RangeFields({ factor, onFactor, title, range, isNew }: RangeFieldsProps) {
  const set = (change: Partial<typeof range>): void => onFactor({ ...factor, range: { ...range, ...change } });
  const end = (key: 'from' | 'to', label: string) => (
    <NumberInput
      label={label}
      aria-label={`${title}, ${label.toLowerCase()}`}
      disabled={!isNew}
      value={range[key]}
      onChange={(value) => set({ [key]: typeof value === 'number' ? value : Number.NaN })}
    />
  );
  return (
    <>
      <div className="add-moves">
        {end('from', 'From')}
        {end('to', 'To')}
        <ChoiceField
          label="Scale"
          disabled={!isNew}
          value={range.scale}
          options={{ linear: 'Linear', log: 'Logarithmic' }}
          onChange={(scale) => set({ scale })}
        />
      </div>
      <CheckField
        label="Whole numbers only"
        disabled={!isNew}
        checked={range.whole}
        onChange={(whole) => set({ whole })}
      />
    </>
  );
}

/** Levels that are chosen by name, each with its number. */
function ChosenLevels({ factor, onFactor, architectures }: Omit<LevelsProps, 'isNew'>) {
  const { of, levels } = factor;
  const choices = choicesOf(factor, architectures);
  const numbered = levels.flatMap((level) => {
    const number = numberOf(factor, level);
    return number ? [{ level, number }] : [];
  });
  const title = settingTitle(of);
  return (
    <>
      <MultiSelect
        aria-label={`Levels of ${title.toLowerCase()}`}
        data={choices.map(levelName)}
        value={levels.map(levelName)}
        onChange={(names) =>
          onFactor({
            ...factor,
            levels: names.flatMap((name) => choices.find((choice) => levelName(choice) === name) ?? []),
          })
        }
      />
      {numbered.length > 0 && (
        <Group gap="xs" align="end">
          {numbered.map(({ level, number }) => (
            <NumberInput
              key={levelName(level)}
              className="sweep-rate"
              label={`${number.title}, ${levelName(level)}`}
              min={0}
              {...(number.most !== null && { max: number.most })}
              step={number.step}
              value={number.value ?? ''}
              onChange={(value) =>
                typeof value === 'number' &&
                onFactor({
                  ...factor,
                  levels: levels.map((each) => (each === level ? withNumber(level, number.key, value) : each)),
                })
              }
            />
          ))}
        </Group>
      )}
    </>
  );
}
