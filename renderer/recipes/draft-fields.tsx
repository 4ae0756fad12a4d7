import { helpOf, type Setting, titleOf } from '../../main/domain/settings/settings.ts';
import { TextField } from '../ui/fields/fields.tsx';
import { ChoiceSetting, SwitchSetting } from '../ui/fields/setting-fields.tsx';
import { type Draft, fieldText } from './setting-drafts.ts';
import './recipes.css';

interface DraftFieldsProps {
  settings: readonly Setting[];
  draft: Draft;
  onDraft: (draft: Draft) => void;
}

/** A field for each setting as it is typed, with room for several values; below a part those that are in it. */
export function DraftFields({ settings, draft, onDraft }: DraftFieldsProps) {
  return settings
    .filter(({ facts }) => !facts.isHidden)
    .map((each) => <DraftField key={each.id} setting={each} draft={draft} onDraft={onDraft} />);
}

/** What was entered for one kind of a part stays while another one is chosen. */
function DraftField({ setting, draft, onDraft }: Omit<DraftFieldsProps, 'settings'> & { setting: Setting }) {
  const { id, shape } = setting;
  const text = fieldText(draft, setting);
  const set = (value: string): void => onDraft({ ...draft, [id]: value });
  const turned = { setting, isOn: text === 'yes', onTurn: (on: boolean) => set(on ? 'yes' : 'no') };
  switch (shape.type) {
    case 'part':
      return (
        <div className="add-values wide-field">
          {setting.isOptional && <SwitchSetting {...turned} />}
          {turned.isOn && <DraftFields settings={shape.settings} draft={draft} onDraft={onDraft} />}
        </div>
      );
    case 'kinds':
      return (
        <div className="add-values wide-field">
          <ChoiceSetting setting={setting} choices={[...shape.kinds.keys()]} text={text} onText={set} />
          <DraftFields settings={shape.kinds.get(text) ?? []} draft={draft} onDraft={onDraft} />
        </div>
      );
    case 'choice':
      return <ChoiceSetting setting={setting} choices={shape.choices} text={text} onText={set} />;
    case 'switch':
      return <SwitchSetting {...turned} />;
    case 'other':
      return null;
    default:
      return (
        <TextField
          label={titleOf(setting)}
          title={helpOf(setting)}
          {...(shape.type !== 'number' && { description: helpOf(setting), className: 'wide-field' })}
          value={text}
          maxLength={400}
          onChange={set}
        />
      );
  }
}
