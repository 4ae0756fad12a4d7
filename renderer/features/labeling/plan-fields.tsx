import type { LabelingPlan, TextVersions } from '../../../main/contract/labeling/plan.ts';
import { withKeys } from '../../ui/plain-table.tsx';
import {
  Button,
  Group,
  Switch,
  Textarea,
  TextInput,
  Input,
  Radio,
  SegmentedControl,
  Select,
  Stack,
  Box,
  SimpleGrid,
} from '@mantine/core';
import { answerKeys, cannotTellKey, proposeKeys } from '../../../main/domain/labeling/answers.ts';
import { useClassFilter } from '../../ui/class-filter.tsx';
import { HelpNote } from '../../ui/states.tsx';
import { NumberField } from '../../ui/fields.tsx';
import { OptionalNumber } from './optional-number.tsx';

interface PlanFields {
  plan: LabelingPlan;
  change: (part: Partial<LabelingPlan>) => void;
}

export function QuestionFields({ plan, change, classes }: PlanFields & { classes: readonly string[] }) {
  return (
    <section className="card" aria-labelledby="plan-question">
      <h2 id="plan-question">Question and answers</h2>
      <TextInput
        label="Question"
        maxLength={500}
        value={plan.question}
        onChange={(event) => change({ question: event.currentTarget.value })}
      />
      <AnswerFields plan={plan} change={change} classes={classes} />
      <Switch
        label="Offer the answer “can't tell”"
        description="The analysis treats it as no answer. It shows which images people find hard."
        checked={plan.cannotTell !== null}
        onChange={(event) => change({ cannotTell: event.currentTarget.checked ? "Can't tell" : null })}
      />
      {plan.cannotTell !== null && (
        <TextInput
          label={`Name of that answer (key ${cannotTellKey})`}
          maxLength={100}
          value={plan.cannotTell}
          onChange={(event) => change({ cannotTell: event.currentTarget.value })}
        />
      )}
      <HelpNote>People never get feedback, because it would teach them how we would label the images.</HelpNote>
    </section>
  );
}

/** Names of the answers, each behind its key. Proposed keys follow the names until the researcher changes one. */
function AnswerFields({ plan, change, classes }: PlanFields & { classes: readonly string[] }) {
  const { names } = plan;
  const find = useClassFilter(names, 'Find an answer');
  const keys = answerKeys(plan);
  const shown = withKeys(names).filter(({ item, place }) => find.isShown(`${keys[place]} ${item} ${classes[place]}`));
  const perAnswer = keys.some((key) => [...key].length > 1) ? 2 : 1;
  const proposed = proposeKeys(names, perAnswer);
  const isProposed = keys.every((key, index) => key === proposed[index]);
  const rename = (index: number, name: string): void => {
    const next = names.with(index, name);
    change({ names: next, ...(plan.keys && isProposed && { keys: proposeKeys(next, perAnswer) }) });
  };
  return (
    <Box component="fieldset" className="labeling-answers" miw={0} m={0} bd="0" p={0}>
      <legend>Answers, as people read them, and their keys</legend>
      <Group gap="sm" mb="xs">
        <SegmentedControl
          aria-label="Keys per answer"
          data={[
            { value: '1', label: 'One key per answer' },
            { value: '2', label: 'Two keys' },
          ]}
          value={String(perAnswer)}
          onChange={(value) => change({ keys: proposeKeys(names, value === '2' ? 2 : 1) })}
        />
        <Button variant="default" disabled={isProposed} onClick={() => change({ keys: proposeKeys(names, perAnswer) })}>
          Propose keys
        </Button>
        {find.field}
      </Group>
      <SimpleGrid
        className="labeling-names"
        minColWidth={150}
        spacing="lg"
        verticalSpacing="sm"
        mah={360}
        p="xs"
        style={{ overflow: 'auto' }}
      >
        {shown.map(({ key: place, item: name, place: index }) => (
          <div key={place}>
            <TextInput
              aria-label={`Key for class ${classes[index] ?? index + 1}`}
              className="labeling-key"
              placeholder="–"
              value={keys[index] ?? ''}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => {
                const typed = [...event.currentTarget.value.trim().toLowerCase()];
                change({ keys: [...keys].with(index, typed.slice(-perAnswer).join('')) });
              }}
            />
            <TextInput
              aria-label={`Answer for class ${classes[index] ?? index + 1}`}
              dir="auto"
              maxLength={100}
              title={name}
              value={name}
              onChange={(event) => rename(index, event.currentTarget.value)}
            />
          </div>
        ))}
      </SimpleGrid>
      <HelpNote>
        {perAnswer === 2
          ? 'People press two keys for an answer, for example the first and another letter of its name. After the first key, the page shows the answers that remain. Response times end with the second key.'
          : 'People can also click the answers.'}
      </HelpNote>
    </Box>
  );
}

/** Texts that people read before they label. @param versions of the saved texts; null: nothing is saved */
export function TextFields({ plan, change, versions }: PlanFields & { versions: TextVersions | null }) {
  const version = (kind: keyof TextVersions): string => (versions ? ` (saved: version ${versions[kind]})` : '');
  return (
    <section className="card" aria-labelledby="plan-texts">
      <h2 id="plan-texts">Texts</h2>
      <Textarea
        label={`Instructions${version('instructions')}`}
        description="Use words that a child understands. Do not mention the aim of the study or how the images were made."
        autosize
        minRows={4}
        maxRows={12}
        maxLength={20_000}
        value={plan.instructions}
        onChange={(event) => change({ instructions: event.currentTarget.value })}
      />
      <Switch
        label="Ask for consent on screen"
        description="No image is shown before consent. If a person declines, no data is stored."
        checked={plan.consent !== null}
        onChange={(event) => change({ consent: event.currentTarget.checked ? firstConsent : null })}
      />
      {plan.consent !== null && (
        <Textarea
          label={`Consent${version('consent')}`}
          autosize
          minRows={4}
          maxRows={12}
          maxLength={20_000}
          value={plan.consent}
          onChange={(event) => change({ consent: event.currentTarget.value })}
        />
      )}
    </section>
  );
}

const firstConsent =
  'You decide whether you take part. You can stop at any time. We save your answers, and how long each one took, under ' +
  'a made-up name. We save nothing else about you. You can ask us to delete your answers.';

export function DisplayFields({ plan, change }: PlanFields) {
  const { mode, grid, size, interpolation, fixationMs, timeLimit } = plan;
  return (
    <section className="card" aria-labelledby="plan-look">
      <h2 id="plan-look">Display</h2>
      <Radio.Group
        label="Images"
        value={mode}
        onChange={(value) => change({ mode: value === 'single' ? 'single' : 'grid' })}
      >
        <Stack gap="xs" mt={4}>
          <Radio
            value="grid"
            label="Pages of images"
            description="Fast. The image in focus is large. This is the default."
          />
          <Radio
            value="single"
            label="One at a time"
            description="A cross comes before each image. Measures response times."
          />
        </Stack>
      </Radio.Group>
      <div className="column-fields">
        {mode === 'grid' ? (
          <>
            <NumberField
              label="Columns"
              min={1}
              max={20}
              value={grid.columns}
              onChange={(columns) => change({ grid: { ...grid, columns } })}
            />
            <NumberField
              label="Rows"
              min={1}
              max={20}
              value={grid.rows}
              onChange={(rows) => change({ grid: { ...grid, rows } })}
            />
          </>
        ) : (
          <NumberField
            label="Cross before an image"
            suffix=" ms"
            min={0}
            max={10_000}
            value={fixationMs}
            onChange={(value) => change({ fixationMs: value })}
          />
        )}
        <NumberField
          label="Image size"
          description="On pages: the image in focus. The others are smaller."
          min={1}
          max={2000}
          decimals={1}
          value={size.value}
          onChange={(value) => change({ size: { ...size, value } })}
        />
        <Input.Wrapper size="xs" label="Unit" labelElement="div" labelProps={{ id: 'size-unit' }}>
          <SegmentedControl
            aria-labelledby="size-unit"
            data={[
              { value: 'mm', label: 'Millimeters' },
              { value: 'px', label: 'Pixels' },
            ]}
            value={size.unit}
            onChange={(unit) => change({ size: { ...size, unit: unit === 'mm' ? 'mm' : 'px' } })}
          />
        </Input.Wrapper>
        <Select
          label="Enlargement"
          allowDeselect={false}
          data={[
            { value: 'smooth', label: 'Smooth' },
            { value: 'pixelated', label: 'Pixelated, as models see it' },
          ]}
          value={interpolation}
          onChange={(value) => change({ interpolation: value === 'pixelated' ? 'pixelated' : 'smooth' })}
        />
      </div>
      <OptionalNumber
        label="Time limit per image"
        description="When the time is up, the image stays without an answer."
        field="Seconds per image"
        value={timeLimit.imageSeconds}
        first={10}
        min={0.1}
        max={3600}
        decimals={1}
        onChange={(imageSeconds) => change({ timeLimit: { ...timeLimit, imageSeconds } })}
      />
      <OptionalNumber
        label="Time limit per session"
        description="Starts with the first image, practice included, and stops in breaks. When the time is up, the session ends."
        field="Minutes per session"
        value={timeLimit.sessionMinutes}
        first={30}
        min={1}
        max={1440}
        onChange={(sessionMinutes) => change({ timeLimit: { ...timeLimit, sessionMinutes } })}
      />
    </section>
  );
}

const repeatsNote = 'They measure how consistent a person is.';
const additionalTrials = [
  { part: 'practice', label: 'Practice', description: 'Shown first, and called practice.', min: 0, max: 100 },
  { part: 'repeats', label: 'Hidden repeats', description: repeatsNote, min: 0, max: 5000 },
  {
    part: 'repeatApart',
    label: 'Minimum gap before a repeat',
    description: 'In positions after the first time.',
    min: 1,
    max: 1000,
  },
  { part: 'attention', label: 'Attention trials', description: 'Clear images with a known class.', min: 0, max: 200 },
] as const;

/** Number of people, order, and additional trials. @param images number of images in the stimulus set */
export function OrderFields({ plan, change, images }: PlanFields & { images: number }) {
  const { order } = plan;
  return (
    <section className="card" aria-labelledby="plan-order">
      <h2 id="plan-order">People and order</h2>
      <div className="column-fields">
        <NumberField label="People" min={1} max={1000} value={plan.people} onChange={(people) => change({ people })} />
        <NumberField
          label="Blocks, with breaks between"
          min={1}
          max={50}
          value={order.blocks}
          onChange={(blocks) => change({ order: { ...order, blocks } })}
        />
        <NumberField
          label="Minimum gap between neighbors"
          description="In positions, between neighboring alphas of a pair. With 3, two other images come between them; with 1, none."
          min={1}
          max={50}
          value={order.apart}
          onChange={(apart) => change({ order: { ...order, apart } })}
        />
        <NumberField
          label="Seed of the orders"
          description="Each person gets a different order."
          min={0}
          max={0xffff_ffff}
          value={order.seed}
          onChange={(seed) => change({ order: { ...order, seed } })}
        />
      </div>
      <OptionalNumber
        label="Each person labels only some of the images"
        description={`Off: all ${images} images. On: each image gets the same number of labelers, or one more.`}
        field="Images per person"
        value={plan.perPerson}
        first={Math.max(1, Math.ceil(images / 2))}
        min={1}
        max={Math.max(1, Math.min(100_000, images))}
        onChange={(perPerson) => change({ perPerson })}
      />
      <h3>Trials that are not analyzed</h3>
      <div className="column-fields">
        {additionalTrials.map(({ part, ...field }) => (
          <NumberField key={part} {...field} value={plan[part]} onChange={(value) => change({ [part]: value })} />
        ))}
      </div>
      <HelpNote>Exports mark them. No figure uses them.</HelpNote>
    </section>
  );
}
