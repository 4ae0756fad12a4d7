import { Checkbox, MultiSelect, Select, Stack, TextInput } from '@mantine/core';
import type { TeachingChoices } from '../../../../main/contract/api/teachers.ts';
import { type TargetArm, targetArms } from '../../../../main/contract/teaching.ts';
import { targetTitles } from '../../../../main/domain/targets.ts';
import { armTitle, targetArmTexts } from '../../../../main/domain/target-arms.ts';
import { ChoiceField, NumberField } from '../../../ui/fields.tsx';
import { RehearsalMark } from '../../../ui/badges.tsx';
import { HelpNote } from '../../../ui/states.tsx';
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
          <NumberField
            label="Epochs"
            min={0.01}
            max={100}
            decimals={2}
            value={fields.epochs}
            description="How long networks of the recipe are trained on by one person’s labels; it needs one that is trained for each seed"
            onChange={(epochs) => set({ epochs })}
          />
        </fieldset>
      )}
      <fieldset className="teaching-part">
        <legend>Networks</legend>
        <div className="add-values">
          <TextInput
            label="Name"
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value.slice(0, 24) })}
          />
          <Select
            label="Recipe that all have"
            allowDeselect={false}
            data={choices.bases.map(({ name }) => name)}
            value={fields.base === '' ? null : fields.base}
            onChange={(name) => name !== null && set({ base: name })}
            {...(base && { description: `${base.recipe}; ${targetTitles(base.targets)}` })}
            inputWrapperOrder={['label', 'input', 'description']}
          />
          <NumberField
            label="Seeds"
            min={1}
            max={1000}
            value={fields.seeds}
            description="Networks of each target, held-out fold and half"
            onChange={(seeds) => set({ seeds })}
          />
          <NumberField
            label="Share of a batch"
            min={0.1}
            max={100}
            decimals={1}
            suffix=" %"
            value={fields.share}
            description="How much of each batch these images are; the rest are training images"
            onChange={(share) => set({ share })}
          />
        </div>
      </fieldset>
      <fieldset className="teaching-part">
        <legend>Held out</legend>
        <div className="add-values">
          <NumberField
            label="Folds"
            min={2}
            max={20}
            value={fields.folds}
            description="Parts of the images; each is held out once, with all that shares its anchors"
            onChange={(folds) => set({ folds })}
          />
          <ChoiceField
            label="Halves of the people"
            w={300}
            value={fields.directions}
            options={[
              { value: 'one', label: 'half a teaches, half b examines' },
              { value: 'both', label: 'the reverse, too: twice the networks' },
            ]}
            onChange={(directions) => set({ directions })}
          />
          <NumberField
            label="Seed of the design"
            min={0}
            max={4_294_967_295}
            value={fields.seed}
            description="Decides folds, halves and the networks’ seeds"
            onChange={(seed) => set({ seed })}
          />
        </div>
      </fieldset>
      <fieldset className="teaching-part">
        <legend>Outcome</legend>
        <div className="add-values">
          <ChoiceField
            label="Differences are tested in"
            w={300}
            value={fields.outcome}
            options={[
              { value: 'brier', label: 'Brier score against people’s shares' },
              { value: 'nll', label: 'negative log-likelihood of labels' },
            ]}
            onChange={(outcome) => set({ outcome })}
          />
          <NumberField
            label="Margin of accuracy"
            min={0.001}
            max={99}
            decimals={3}
            suffix=" points"
            value={fields.margin}
            description="How much accuracy may be lost and still count as no worse"
            onChange={(margin) => set({ margin })}
          />
        </div>
      </fieldset>
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
      <legend>Targets</legend>
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
        <Select
          label="Compared with"
          w={300}
          allowDeselect={false}
          data={fields.arms.flatMap((arm) => (arm === 'person' ? [] : { value: arm, label: armTitle(arm) }))}
          value={referenceOf(fields)}
          onChange={(value) => set({ reference: targetArms.find((arm) => arm === value) ?? '' })}
        />
      )}
    </fieldset>
  );
}

const referenceOf = ({ reference, arms }: TeachingFields): TargetArm | null =>
  reference !== '' && arms.includes(reference) ? reference : (arms.find((arm) => arm !== 'person') ?? null);

function DistillFields({ choices, fields, set }: PartProps) {
  return (
    <fieldset className="teaching-part">
      <legend>Distillation</legend>
      <div className="add-values">
        <MultiSelect
          label="Networks that teach"
          placeholder={fields.teachers.length === 0 ? 'all diverse networks' : ''}
          data={[...choices.teachers]}
          value={[...fields.teachers]}
          onChange={(teachers) => set({ teachers })}
        />
        <TextInput
          label="Temperatures to choose from"
          value={fields.temperatures}
          onChange={(event) => set({ temperatures: event.currentTarget.value })}
        />
      </div>
    </fieldset>
  );
}
