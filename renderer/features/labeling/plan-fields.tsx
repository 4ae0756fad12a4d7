import type { LabelingPlan, TextVersions } from '../../../main/contract/labeling/plan.ts';
import { withKeys } from '../../ui/plain-table.tsx';
import { Switch, Textarea, TextInput, Input, Radio, SegmentedControl, Select, Stack } from '@mantine/core';
import { answerKeys, cannotTellKey } from '../../../main/domain/labeling/answers.ts';
import { HelpNote } from '../../ui/states.tsx';
import { NumberField, OptionalNumber } from './number-field.tsx';

/** What a part of the plan's form works with. */
export interface PlanFields {
  plan: LabelingPlan;
  change: (part: Partial<LabelingPlan>) => void;
}

/** What people are asked and may answer. */
export function QuestionFields({ plan, change, classes }: PlanFields & { classes: readonly string[] }) {
  const keys = answerKeys(plan.names);
  return (
    <section className="labeling-card" aria-labelledby="plan-question">
      <h2 id="plan-question">Question and answers</h2>
      <TextInput
        label="Question"
        maxLength={500}
        value={plan.question}
        onChange={(event) => change({ question: event.currentTarget.value })}
      />
      <fieldset className="labeling-names">
        <legend>Answers, as people read them</legend>
        {withKeys(plan.names).map(({ key, item: name, place: index }) => (
          <div key={key}>
            <kbd title="Its key">{keys[index] || '–'}</kbd>
            <TextInput
              aria-label={`Answer for class ${classes[index] ?? index + 1}`}
              maxLength={100}
              value={name}
              onChange={(event) => change({ names: plan.names.with(index, event.currentTarget.value) })}
            />
          </div>
        ))}
      </fieldset>
      <Switch
        label="People may say that they can't tell"
        description="The analysis takes it as left blank. It lowers agreement on hard images, and tells which they are."
        checked={plan.cannotTell !== null}
        onChange={(event) => change({ cannotTell: event.currentTarget.checked ? "Can't tell" : null })}
      />
      {plan.cannotTell !== null && (
        <TextInput
          label={`What that answer is called (key ${cannotTellKey})`}
          maxLength={100}
          value={plan.cannotTell}
          onChange={(event) => change({ cannotTell: event.currentTarget.value })}
        />
      )}
      <HelpNote>People get no feedback, ever: they would learn what we think an image is.</HelpNote>
    </section>
  );
}

/** What people read before. `versions`: of the saved texts; null while nothing is saved. */
export function TextFields({ plan, change, versions }: PlanFields & { versions: TextVersions | null }) {
  const version = (kind: keyof TextVersions): string => (versions ? ` (saved: version ${versions[kind]})` : '');
  return (
    <section className="labeling-card" aria-labelledby="plan-texts">
      <h2 id="plan-texts">Texts</h2>
      <Textarea
        label={`Instructions${version('instructions')}`}
        description="In words that a child understands. Say nothing of the aim, nor of how images were made."
        autosize
        minRows={4}
        maxRows={12}
        maxLength={20_000}
        value={plan.instructions}
        onChange={(event) => change({ instructions: event.currentTarget.value })}
      />
      <Switch
        label="Ask for consent on screen"
        description="Nothing is shown before it is given; who declines leaves nothing behind."
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
  'You take part of your own free will and can stop at any time. We keep your answers and how long they took, under a ' +
  'made-up name, and nothing else about you. You can ask for them to be deleted.';

/** How people see the images. */
export function LookFields({ plan, change }: PlanFields) {
  const { mode, grid, size, interpolation, fixationMs, timeLimit } = plan;
  return (
    <section className="labeling-card" aria-labelledby="plan-look">
      <h2 id="plan-look">On the screen</h2>
      <Radio.Group
        label="Images"
        value={mode}
        onChange={(value) => change({ mode: value === 'single' ? 'single' : 'grid' })}
      >
        <Stack gap="xs" mt={4}>
          <Radio value="grid" label="Pages of images" description="Fast, with the focused one large. The default." />
          <Radio value="single" label="One at a time" description="With a cross before each, and reaction times." />
        </Stack>
      </Radio.Group>
      <div className="labeling-fields">
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
          label="Size of the image judged"
          description="In a grid: the one in focus. The others are smaller."
          min={1}
          max={2000}
          decimals={1}
          value={size.value}
          onChange={(value) => change({ size: { ...size, value } })}
        />
        <Input.Wrapper size="xs" label="In" labelElement="div" labelProps={{ id: 'size-unit' }}>
          <SegmentedControl
            aria-labelledby="size-unit"
            data={[
              { value: 'mm', label: 'Millimetres' },
              { value: 'px', label: 'Pixels' },
            ]}
            value={size.unit}
            onChange={(unit) => change({ size: { ...size, unit: unit === 'mm' ? 'mm' : 'px' } })}
          />
        </Input.Wrapper>
        <Select
          label="Enlarged"
          allowDeselect={false}
          data={[
            { value: 'smooth', label: 'Smoothly' },
            { value: 'pixelated', label: 'In squares, as models see it' },
          ]}
          value={interpolation}
          onChange={(value) => change({ interpolation: value === 'pixelated' ? 'pixelated' : 'smooth' })}
        />
      </div>
      <OptionalNumber
        label="Limit the time for an image"
        description="An image that runs out of time stays without an answer."
        field="Seconds for an image"
        value={timeLimit.imageSeconds}
        first={10}
        min={0.1}
        max={3600}
        decimals={1}
        onChange={(imageSeconds) => change({ timeLimit: { ...timeLimit, imageSeconds } })}
      />
      <OptionalNumber
        label="Limit the time for a session"
        description="From the first image on, practice included. Breaks and pauses do not count. Then the session ends."
        field="Minutes for a session"
        value={timeLimit.sessionMinutes}
        first={30}
        min={1}
        max={1440}
        onChange={(sessionMinutes) => change({ timeLimit: { ...timeLimit, sessionMinutes } })}
      />
    </section>
  );
}

/** Who labels how much, in which order, and what comes in between. `images`: of the set. */
export function OrderFields({ plan, change, images }: PlanFields & { images: number }) {
  const { order } = plan;
  return (
    <section className="labeling-card" aria-labelledby="plan-order">
      <h2 id="plan-order">People and order</h2>
      <div className="labeling-fields">
        <NumberField label="People" min={1} max={1000} value={plan.people} onChange={(people) => change({ people })} />
        <NumberField
          label="Blocks, with a break between"
          min={1}
          max={50}
          value={order.blocks}
          onChange={(blocks) => change({ order: { ...order, blocks } })}
        />
        <NumberField
          label="Distance of neighbours"
          description="In images, for neighbours along alpha of one pair. With 3, two others come between; with 1, none has to."
          min={1}
          max={50}
          value={order.apart}
          onChange={(apart) => change({ order: { ...order, apart } })}
        />
        <NumberField
          label="Seed of the orders"
          description="Everybody has an order of their own."
          min={0}
          max={0xffff_ffff}
          value={order.seed}
          onChange={(seed) => change({ order: { ...order, seed } })}
        />
      </div>
      <OptionalNumber
        label="Each person labels only some of the images"
        description={`Off: all ${images}. On: each image gets equally many labelers, or one more.`}
        field="Images a person"
        value={plan.perPerson}
        first={Math.max(1, Math.ceil(images / 2))}
        min={1}
        max={Math.max(1, Math.min(100_000, images))}
        onChange={(perPerson) => change({ perPerson })}
      />
      <h3>Trials that are not analysed</h3>
      <div className="labeling-fields">
        <NumberField
          label="Practice"
          description="First, and called practice."
          min={0}
          max={100}
          value={plan.practice}
          onChange={(practice) => change({ practice })}
        />
        <NumberField
          label="Hidden repeats"
          description="How consistent is a person?"
          min={0}
          max={5000}
          value={plan.repeats}
          onChange={(repeats) => change({ repeats })}
        />
        <NumberField
          label="Distance of a repeat"
          description="In images from the first time."
          min={1}
          max={1000}
          value={plan.repeatApart}
          onChange={(repeatApart) => change({ repeatApart })}
        />
        <NumberField
          label="Attention trials"
          description="Clear images in between."
          min={0}
          max={200}
          value={plan.attention}
          onChange={(attention) => change({ attention })}
        />
      </div>
      <HelpNote>They are marked in every export, and kept out of every figure.</HelpNote>
    </section>
  );
}
