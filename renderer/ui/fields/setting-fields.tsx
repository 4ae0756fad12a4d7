import { MultiSelect, NumberInput, Radio, Stack } from '@mantine/core';
import { clamp, getHotkeyHandler } from '@mantine/hooks';
import { Fragment, type ReactNode, useState } from 'react';
import {
  helpOf,
  isRecord,
  type Setting,
  shownValue,
  titleOf,
  usualValues,
} from '../../../main/domain/settings/settings.ts';
import { CheckField, ChoiceField, TextArea, TextField } from './fields.tsx';
import { capitalize } from '../words/rehearsal.tsx';

/** Fields for the values of an object's settings, as they are declared: each but a list takes only what its schema accepts. */

/** How a field names its setting. */
const naming = (setting: Setting) => ({
  label: titleOf(setting),
  description: helpOf(setting),
  inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
});

interface SettingFieldsProps<Values extends object> {
  settings: readonly Setting[];
  values: Values;
  /**
   * Called with every valid change, and with every list as it is typed: the form refuses one that is not valid. A setting
   * that is switched off is null, or left out where the schema knows no null.
   */
  onValues: (values: Values) => void;
  /** What defaults of parts depend on. */
  context?: object;
  disabled?: boolean;
  /** Numbers are taken when Enter is pressed or the field is left, not while they are typed. */
  isLazy?: boolean;
  /** A setting whose value is refused, and what stands below its field. */
  refused?: { readonly path: string; readonly note: ReactNode } | null;
}

/** A field for each setting that counts, those of a part in its place. */
export function SettingFields<Values extends object>({
  settings,
  values,
  onValues,
  ...about
}: SettingFieldsProps<Values>) {
  const own: Record<string, unknown> = isRecord(values) ? values : {};
  return settings
    .filter(({ facts }) => !facts.isHidden && counts(facts.onlyWith, own))
    .map((each) => (
      <Fragment key={each.id}>
        <SettingField
          {...about}
          setting={each}
          value={own[each.key]}
          onValue={(value) => onValues(withValue(values, each, value))}
        />
        {about.refused?.path === each.path && about.refused.note}
      </Fragment>
    ));
}

const counts = (onlyWith: Readonly<Record<string, string>> = {}, values: Record<string, unknown>): boolean =>
  Object.entries(onlyWith).every(([key, value]) => values[key] === value);

function withValue<Values extends object>(values: Values, { key, isNullable }: Setting, value: unknown): Values {
  const next: Values = { ...values, [key]: isNullable ? (value ?? null) : value };
  if (value === undefined && !isNullable) Reflect.deleteProperty(next, key);
  return next;
}

interface FieldProps extends Pick<SettingFieldsProps<object>, 'context' | 'disabled' | 'isLazy' | 'refused'> {
  setting: Setting;
  value: unknown;
  /** undefined: it is left out. */
  onValue: (value: unknown) => void;
}

function SettingField(props: FieldProps) {
  const { setting, value, onValue, context = {}, disabled = false, isLazy = false, refused = null } = props;
  const { shape, facts } = setting;
  /** What is offered here, and what was chosen where more was. */
  const offered = (choices: Iterable<string>, chosen: readonly string[]): string[] =>
    [...choices].filter((one) => chosen.includes(one) || facts.isOffered?.(one, context) !== false);
  const own = isRecord(value) ? value : {};
  const about = { context, disabled, isLazy, refused };
  const field = { ...naming(setting), disabled };
  switch (shape.type) {
    case 'number':
      return <NumberSetting {...about} setting={setting} value={value} onValue={onValue} />;
    case 'sizes':
      return <NumbersSetting setting={setting} value={value} onValue={onValue} disabled={disabled} />;
    case 'part': {
      const isOn = !setting.isOptional || isRecord(value);
      const turn = (on: boolean): void => onValue(on ? setting.schema.parse({}) : undefined);
      return (
        <>
          {setting.isOptional && <SwitchSetting setting={setting} isOn={isOn} onTurn={turn} disabled={disabled} />}
          {isOn && <SettingFields {...about} settings={shape.settings} values={own} onValues={onValue} />}
        </>
      );
    }
    case 'kinds': {
      const kind = String(own.kind ?? facts.absent ?? '');
      const settings = shape.kinds.get(kind) ?? [];
      return (
        <>
          <ChoiceSetting
            setting={setting}
            choices={offered(shape.kinds.keys(), [kind])}
            text={kind}
            disabled={disabled}
            help={helpOf(setting)}
            onText={(next) =>
              onValue(next === '' ? undefined : { kind: next, ...usualValues(shape.kinds.get(next) ?? [], context) })
            }
          />
          <SettingFields {...about} settings={settings} values={own} onValues={onValue} />
        </>
      );
    }
    case 'choice':
      if (facts.showsAll) return <RadioSetting setting={setting} value={value} onValue={onValue} disabled={disabled} />;
      return (
        <ChoiceSetting
          setting={setting}
          choices={offered(shape.choices, [String(value)])}
          text={value === undefined || value === null ? '' : String(value)}
          onText={(text) => onValue(text === '' ? undefined : text)}
          disabled={disabled}
          help={helpOf(setting)}
        />
      );
    case 'choices': {
      const chosen = Array.isArray(value) ? value.map(String) : [];
      return (
        <MultiSelect
          {...field}
          placeholder={chosen.length === 0 ? 'none' : ''}
          data={offered(shape.choices, chosen).map((choice) => ({
            value: choice,
            label: capitalize(String(shownValue(setting, choice))),
          }))}
          value={chosen}
          onChange={(next) => onValue(next.length > 0 ? shape.choices.filter((one) => next.includes(one)) : undefined)}
        />
      );
    }
    case 'switch': {
      const absent = setting.facts.absent === true;
      const isOn = typeof value === 'boolean' ? value : absent;
      const turn = (on: boolean): void => onValue(setting.isOptional && on === absent ? undefined : on);
      return <SwitchSetting setting={setting} isOn={isOn} onTurn={turn} disabled={disabled} />;
    }
    case 'text': {
      const props = { ...field, maxLength: shape.longest, value: String(value ?? ''), onChange: onValue };
      return shape.longest > 1000 ? (
        <TextArea {...props} autosize minRows={4} maxRows={12} />
      ) : (
        <TextField {...props} />
      );
    }
    default:
      return null;
  }
}

/**
 * Incomplete input stays in the field; leaving the field corrects it, and so does Enter, before it submits the form: what
 * the form has is what the field shows. An optional number may be empty.
 */
export function NumberSetting(props: FieldProps) {
  const { setting, value, onValue, context = {}, disabled = false, isLazy = false, refused } = props;
  const [typed, setTyped] = useState<number | string | null>(null);
  const { shape, facts, isOptional, schema } = setting;
  if (shape.type !== 'number') return null;
  const max = Math.min(shape.max ?? Number.POSITIVE_INFINITY, facts.most?.(context) ?? Number.POSITIVE_INFINITY);
  const shown = typed ?? (typeof value === 'number' ? value : '');
  const misfit = typeof shown === 'number' ? facts.misfit?.(shown, context) : null;
  const take = (next: number | string): void => {
    const isFit = typeof next === 'number' && next <= max && !facts.misfit?.(next, context);
    if (next === '' ? isOptional : isFit && schema.safeParse(next).success) onValue(next === '' ? undefined : next);
  };
  const leave = (): void => {
    const next = typed === null || typed === '' ? typed : clamp(Number(typed), shape.min ?? undefined, max);
    if (next !== null && next !== (value ?? '')) take(next);
    setTyped(null);
  };
  return (
    <NumberInput
      {...naming(setting)}
      disabled={disabled}
      {...(isOptional && { placeholder: String(shownValue(setting, null)) })}
      {...(shape.min !== null && { min: shape.min })}
      {...(Number.isFinite(max) && { max })}
      step={facts.step ?? 1}
      allowDecimal={!shape.isWhole}
      clampBehavior="blur"
      error={misfit ?? refused?.path === setting.path}
      value={shown}
      onChange={(next) => {
        setTyped(next);
        if (!isLazy) take(next);
      }}
      onBlur={leave}
      onKeyDown={getHotkeyHandler([['Enter', leave, { preventDefault: false }]])}
    />
  );
}

/** Numbers with commas or spaces between. A list that is not valid is passed on as well, with its words, so that no form takes a part of it. */
export function NumbersSetting({ setting, value, onValue, disabled = false }: FieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const problem = Array.isArray(value) ? setting.schema.safeParse(value).error?.issues[0]?.message : undefined;
  return (
    <TextArea
      autosize
      maxRows={8}
      {...naming(setting)}
      disabled={disabled}
      error={problem}
      value={typed ?? (Array.isArray(value) ? value.join(', ') : '')}
      onChange={(text) => {
        setTyped(text);
        const words = text.split(/[\s,;]+/).filter(Boolean);
        onValue(words.map((word) => (Number.isNaN(Number(word)) ? word : Number(word))));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

interface SwitchSettingProps {
  setting: Setting;
  isOn: boolean;
  onTurn: (on: boolean) => void;
  disabled?: boolean;
}

export function SwitchSetting({ setting, isOn, onTurn, disabled = false }: SwitchSettingProps) {
  return (
    <CheckField
      className="wide-field"
      label={titleOf(setting)}
      description={helpOf(setting)}
      checked={isOn}
      disabled={disabled}
      onChange={onTurn}
    />
  );
}

function RadioSetting({ setting, value, onValue, disabled = false }: FieldProps) {
  const { shape, facts } = setting;
  if (shape.type !== 'choice') return null;
  return (
    <Radio.Group label={titleOf(setting)} value={String(value)} onChange={onValue}>
      <Stack gap={6} mt={4}>
        {shape.choices.map((each) => (
          <Radio
            key={each}
            value={each}
            label={capitalize(String(shownValue(setting, each)))}
            description={facts.choiceHelp?.[each]}
            disabled={disabled}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface ChoiceSettingProps {
  setting: Setting;
  choices: readonly string[];
  text: string;
  onText: (text: string) => void;
  disabled?: boolean;
  /** Shown below, unless the choice explains itself. */
  help?: string;
}

/** One of several; '' leaves out a setting that may be left out. */
export function ChoiceSetting({ setting, choices, text, onText, disabled = false, help }: ChoiceSettingProps) {
  const { facts, isOptional } = setting;
  const isMeant = choices.some((choice) => choice === facts.absent);
  const offered = choices.filter((choice) => facts.replaced?.[choice] === undefined);
  const all = isOptional && !isMeant ? ['', ...offered] : offered;
  return (
    <ChoiceField
      label={titleOf(setting)}
      title={helpOf(setting)}
      description={facts.choiceHelp?.[text] ?? help}
      disabled={disabled}
      options={all.map((value) => ({
        value,
        label: capitalize(String(shownValue(setting, value === '' ? null : value))),
      }))}
      value={text}
      onChange={onText}
    />
  );
}
