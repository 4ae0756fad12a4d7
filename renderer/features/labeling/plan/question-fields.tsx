import { numbered } from '../../../ui/plain-table.tsx';
import { Switch, Textarea, TextInput } from '@mantine/core';
import type { TextVersions } from '../../../../main/contract/labeling/plan.ts';
import { answerKeys, cannotTellKey } from '../../../../main/contract/labeling/plan.ts';
import { HelpNote } from '../../../ui/states.tsx';
import type { PlanFields } from './fields.ts';

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
        {numbered(plan.names).map(({ key, item: name, place: index }) => (
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
