import { Checkbox, Select, TextInput } from '@mantine/core';
import { helpOf, type Setting, shownValue, titleOf } from '../../../../main/domain/settings.ts';
import { capitalize } from '../../../ui/rehearsal.tsx';
import { type Draft, fieldText } from './setting-drafts.ts';

interface SettingFieldsProps {
  settings: readonly Setting[];
  draft: Draft;
  onDraft: (draft: Draft) => void;
}

/** A field for each setting, and below a part those that are in it. */
export function SettingFields({ settings, draft, onDraft }: SettingFieldsProps) {
  return settings
    .filter(({ facts }) => !facts.isHidden)
    .map((each) => <SettingField key={each.id} setting={each} draft={draft} onDraft={onDraft} />);
}

/** What was entered for one kind of a part stays while another one is chosen. */
function SettingField({ setting, draft, onDraft }: Omit<SettingFieldsProps, 'settings'> & { setting: Setting }) {
  const { id, shape } = setting;
  const text = fieldText(draft, setting);
  const set = (value: string): void => onDraft({ ...draft, [id]: value });
  switch (shape.type) {
    case 'part':
      return (
        <div className="add-values add-sizes">
          {setting.isOptional && <Switch setting={setting} text={text} onText={set} />}
          {text === 'yes' && <SettingFields settings={shape.settings} draft={draft} onDraft={onDraft} />}
        </div>
      );
    case 'kinds':
      return (
        <div className="add-values add-sizes">
          <Choice setting={setting} choices={[...shape.kinds.keys()]} text={text} onText={set} />
          <SettingFields settings={shape.kinds.get(text) ?? []} draft={draft} onDraft={onDraft} />
        </div>
      );
    case 'choice':
      return <Choice setting={setting} choices={shape.choices} text={text} onText={set} />;
    case 'switch':
      return <Switch setting={setting} text={text} onText={set} />;
    case 'other':
      return null;
    default:
      return (
        <TextInput
          label={titleOf(setting)}
          title={helpOf(setting)}
          {...(shape.type !== 'number' && { description: helpOf(setting), className: 'add-sizes' })}
          value={text}
          onChange={(event) => set(event.currentTarget.value.slice(0, 400))}
        />
      );
  }
}

interface FieldProps {
  setting: Setting;
  text: string;
  onText: (text: string) => void;
}

function Switch({ setting, text, onText }: FieldProps) {
  return (
    <Checkbox
      className="add-sizes"
      label={titleOf(setting)}
      description={helpOf(setting)}
      checked={text === 'yes'}
      onChange={(event) => onText(event.currentTarget.checked ? 'yes' : 'no')}
    />
  );
}

function Choice({ setting, choices, text, onText }: FieldProps & { choices: readonly string[] }) {
  const { facts, isOptional } = setting;
  const isMeant = choices.some((choice) => choice === facts.absent);
  const offered = choices.filter((choice) => facts.replaced?.[choice] === undefined);
  const all = isOptional && !isMeant ? ['', ...offered] : offered;
  return (
    <Select
      label={titleOf(setting)}
      title={helpOf(setting)}
      description={facts.choiceHelp?.[text]}
      allowDeselect={false}
      data={all.map((value) => ({
        value,
        label: capitalize(String(shownValue(setting, value === '' ? null : value))),
      }))}
      value={text}
      onChange={(value) => onText(value ?? '')}
    />
  );
}
