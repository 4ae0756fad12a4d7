import { helpOf, type Setting, titleOf } from '../../main/domain/settings/settings.ts';
import { TextField } from '../ui/fields/fields.tsx';
import { ChoiceSetting, SwitchSetting } from '../ui/fields/setting-fields.tsx';
import { Fragment } from 'react';
import { RefusedNote, type RefusedSetting, takeNearest } from './refused-setting.tsx';
import { type Draft, fieldText } from './setting-drafts.ts';
import './recipes.css';

interface DraftFieldsProps {
  settings: readonly Setting[];
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** What keeps the recipe from being trained, shown beside its field. */
  refused?: RefusedSetting | null;
}

/** A field for each setting as it is typed, with room for several values; below a part those that are in it. */
export function DraftFields({ settings, refused = null, ...form }: DraftFieldsProps) {
  const { draft, onDraft } = form;
  return settings
    .filter(({ facts }) => !facts.isHidden)
    .map((each) => (
      <Fragment key={each.id}>
        <DraftField setting={each} refused={refused} {...form} />
        {refused?.path === each.path && (
          <RefusedNote refused={refused} onTake={(nearest) => onDraft(takeNearest(draft, nearest))} />
        )}
      </Fragment>
    ));
}

/** What was entered for one kind of a part stays while another one is chosen. */
function DraftField({ setting, ...form }: Omit<DraftFieldsProps, 'settings'> & { setting: Setting }) {
  const { draft, onDraft, refused } = form;
  const { id, shape } = setting;
  const text = fieldText(draft, setting);
  const set = (value: string): void => onDraft({ ...draft, [id]: value });
  const turned = { setting, isOn: text === 'yes', onTurn: (on: boolean) => set(on ? 'yes' : 'no') };
  switch (shape.type) {
    case 'part':
      return (
        <div className="add-values wide-field">
          {setting.isOptional && <SwitchSetting {...turned} />}
          {turned.isOn && <DraftFields settings={shape.settings} {...form} />}
        </div>
      );
    case 'kinds':
      return (
        <div className="add-values wide-field">
          <ChoiceSetting setting={setting} choices={[...shape.kinds.keys()]} text={text} onText={set} />
          <DraftFields settings={shape.kinds.get(text) ?? []} {...form} />
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
          error={refused?.path === setting.path}
          value={text}
          maxLength={400}
          onChange={set}
        />
      );
  }
}
