import type { LabelingPlan, TextVersions } from '../../../main/contributions/sessions/contract/plan.ts';
import { planCards } from '../../../main/contributions/sessions/contract/shown-plan.ts';
import { withKeys } from '../../ui/tables/index.ts';
import { Button, Group, Box, SimpleGrid } from '@mantine/core';
import { answerKeys, cannotTellKey, proposeKeys } from '../../../main/contributions/desk/analysis/choices.ts';
import { Segments, SettingFields, SwitchField, TextArea, TextField, useClassFilter } from '../../ui/fields/index.ts';
import { Card, HelpNote } from '../../ui/parts/index.ts';
import { sessionSettings } from '../../../main/contributions/desk/contract/settings.ts';

interface PlanFields {
  plan: LabelingPlan;
  change: (part: Partial<LabelingPlan>) => void;
}

export function QuestionFields({ plan, change, classes }: PlanFields & { classes: readonly string[] }) {
  return (
    <Card title="Question and answers">
      <TextField label="Question" maxLength={500} value={plan.question} onChange={(question) => change({ question })} />
      <AnswerFields plan={plan} change={change} classes={classes} />
      <SwitchField
        label="Offer the answer “can't tell”"
        description="The analysis treats it as no answer. It shows which images people find hard."
        checked={plan.cannotTell !== null}
        onChange={(checked) => change({ cannotTell: checked ? "Can't tell" : null })}
      />
      {plan.cannotTell !== null && (
        <TextField
          label={`Name of that answer (key ${cannotTellKey})`}
          maxLength={100}
          value={plan.cannotTell}
          onChange={(cannotTell) => change({ cannotTell })}
        />
      )}
      <HelpNote>People never get feedback, because it would teach them how we would label the images.</HelpNote>
    </Card>
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
        <Segments
          label="Keys per answer"
          options={{ '1': 'One key per answer', '2': 'Two keys' }}
          value={perAnswer === 2 ? '2' : '1'}
          onChange={(value) => change({ keys: proposeKeys(names, value === '2' ? 2 : 1) })}
        />
        <Button disabled={isProposed} onClick={() => change({ keys: proposeKeys(names, perAnswer) })}>
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
            <TextField
              aria-label={`Key for class ${classes[index] ?? index + 1}`}
              className="labeling-key"
              placeholder="–"
              value={keys[index] ?? ''}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(text) => {
                const typed = [...text.trim().toLowerCase()];
                change({ keys: [...keys].with(index, typed.slice(-perAnswer).join('')) });
              }}
            />
            <TextField
              aria-label={`Answer for class ${classes[index] ?? index + 1}`}
              dir="auto"
              maxLength={100}
              title={name}
              value={name}
              onChange={(text) => rename(index, text)}
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
    <Card title="Texts">
      <TextArea
        label={`Instructions${version('instructions')}`}
        description="Use words that a child understands. Do not mention the aim of the study or how the images were made."
        autosize
        minRows={4}
        maxRows={12}
        maxLength={20_000}
        value={plan.instructions}
        onChange={(instructions) => change({ instructions })}
      />
      <SwitchField
        label="Ask for consent on screen"
        description="No image is shown before consent. If a person declines, no data is stored."
        checked={plan.consent !== null}
        onChange={(checked) => change({ consent: checked ? firstConsent : null })}
      />
      {plan.consent !== null && (
        <TextArea
          label={`Consent${version('consent')}`}
          autosize
          minRows={4}
          maxRows={12}
          maxLength={20_000}
          value={plan.consent}
          onChange={(consent) => change({ consent })}
        />
      )}
    </Card>
  );
}

const firstConsent =
  'You decide whether you take part. You can stop at any time. We save your answers, and how long each one took, under ' +
  'a made-up name. We save nothing else about you. You can ask us to delete your answers.';

const cards: Record<(typeof planCards)[number], string> = {
  display: 'Display',
  order: 'People and order',
  trials: 'Trials that are not analyzed',
};

/** All that has no field of its own above. */
export function SettingCards({ plan, change }: PlanFields) {
  return planCards.map((card) => (
    <Card key={card} title={cards[card]}>
      <div className="column-fields">
        <SettingFields
          settings={sessionSettings.filter(({ facts }) => facts.card === card)}
          values={plan}
          onValues={change}
        />
      </div>
      {card === 'trials' && <HelpNote>Exports mark them. No figure uses them.</HelpNote>}
    </Card>
  ));
}
