import { Checkbox, MultiSelect, Stack } from '@mantine/core';
import type { TeachingChoices } from '../../../main/contributions/teaching/contract/teaching.ts';
import { type TargetArm, targetArms } from '../../../main/contributions/contrasts/contract/target-arms.ts';
import { teachingCards } from '../../../main/contributions/teaching/contract/design.ts';
import { findSetting, type Setting, titleOf } from '../../../main/domain/settings/index.ts';
import { teachingSettings } from '../../../main/contributions/teaching/contract/settings.ts';
import { targetTitles } from '../../../main/domain/numbers/index.ts';
import { armTitle, targetArmTexts } from '../../../main/contributions/teaching/analysis/arms.ts';
import { ChoiceField, SettingFields } from '../../ui/fields/index.ts';
import { RehearsalMark } from '../../ui/words/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';
import type { TeachingFields } from './teaching-fields.ts';

interface DesignFormProps {
  choices: TeachingChoices;
  fields: TeachingFields;
  onFields: (fields: TeachingFields) => void;
}

/** All that decides an experiment, in the order in which it is decided. */
export function DesignForm({ choices, fields, onFields }: DesignFormProps) {
  const set = (change: Partial<TeachingFields>): void => onFields({ ...fields, ...change });
  const base = choices.bases.find(({ name }) => name === fields.base);
  return (
    <Stack gap="lg">
      <HelpNote>
        Networks of one recipe are taught the same images by different targets. They are tested on images that they were
        not taught, against people who taught none of them.
      </HelpNote>
      {choices.simulated && (
        <p>
          <RehearsalMark /> The labels are simulated, so the outcomes say nothing about people.
        </p>
      )}
      <ArmsField choices={choices} fields={fields} set={set} />
      {fields.arms.includes('distill') && <DistillFields choices={choices} fields={fields} set={set} />}
      {fields.arms.includes('person') && (
        <fieldset className="teaching-part">
          <legend>One person</legend>
          <div className="column-fields">
            <SettingFields settings={partOf('person')} values={fields.person} onValues={(person) => set({ person })} />
          </div>
        </fieldset>
      )}
      {teachingCards.map((card) => (
        <fieldset key={card} className="teaching-part">
          <legend>{card}</legend>
          <div className="column-fields">
            {card === 'Networks' && (
              <ChoiceField
                label={titleOf(findSetting(teachingSettings, 'base'))}
                options={choices.bases.map(({ name }) => name)}
                value={fields.base === '' ? null : fields.base}
                onChange={(name) => set({ base: name })}
                {...(base && { description: `${base.recipe}; ${targetTitles(base.targets)}` })}
              />
            )}
            <SettingFields
              settings={teachingSettings.filter(({ facts }) => facts.card === card)}
              values={fields}
              onValues={onFields}
            />
          </div>
        </fieldset>
      ))}
    </Stack>
  );
}

interface PartProps {
  choices: TeachingChoices;
  fields: TeachingFields;
  set: (change: Partial<TeachingFields>) => void;
}

/** Each target with a sentence, and which one others are compared with. */
function ArmsField({ choices, fields, set }: PartProps) {
  // Kept in the order of the list, which decides the order of tables.
  const choose = (chosen: readonly string[]): void => set({ arms: targetArms.filter((arm) => chosen.includes(arm)) });
  const missing = new Map(choices.arms.map((each) => [each.arm, each.missing]));
  return (
    <fieldset className="teaching-part">
      <legend>Arms</legend>
      <Checkbox.Group value={[...fields.arms]} onChange={choose}>
        <Stack gap="xs">
          {targetArms.map((arm) => (
            <Checkbox
              key={arm}
              value={arm}
              label={armTitle(arm)}
              description={`${targetArmTexts[arm].text}${missing.get(arm) == null ? '' : ` ${missing.get(arm) ?? ''}`}`}
              disabled={missing.get(arm) != null && !fields.arms.includes(arm)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      {fields.arms.length > 0 && (
        <ChoiceField<TargetArm>
          label="Compared with"
          w={300}
          options={fields.arms.flatMap((arm) => (arm === 'person' ? [] : { value: arm, label: armTitle(arm) }))}
          value={referenceOf(fields)}
          onChange={(reference) => set({ reference })}
        />
      )}
    </fieldset>
  );
}

const referenceOf = ({ reference, arms }: TeachingFields): TargetArm | null =>
  reference !== undefined && arms.includes(reference) ? reference : (arms.find((arm) => arm !== 'person') ?? null);

function DistillFields({ choices, fields, set }: PartProps) {
  const { teachers = [], ...distill } = fields.distill;
  return (
    <fieldset className="teaching-part">
      <legend>Distillation</legend>
      <div className="column-fields">
        <MultiSelect
          label={titleOf(findSetting(teachingSettings, 'distill.teachers'))}
          placeholder={teachers.length === 0 ? 'all diverse networks' : ''}
          data={[...choices.teachers]}
          value={teachers}
          onChange={(next) => set({ distill: next.length > 0 ? { ...distill, teachers: next } : distill })}
        />
        <SettingFields
          settings={partOf('distill')}
          values={fields.distill}
          onValues={(next) => set({ distill: next })}
        />
      </div>
    </fieldset>
  );
}

function partOf(path: string): readonly Setting[] {
  const { shape } = findSetting(teachingSettings, path);
  return shape.type === 'part' ? shape.settings : [];
}
