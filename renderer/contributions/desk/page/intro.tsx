import { type ReactNode, useState } from 'react';
import { hasKeyPairs } from './answer-keys.ts';
import { AlonePage, Sheet } from '../../../ui/parts/index.ts';
import { ScrollBox } from '../../../ui/tables/index.ts';
import { layoutFor } from './trial-image.tsx';
import type { Desk } from './use-desk.ts';

const Text = ({ text }: { text: string }) => <p className="alone-text">{text}</p>;

/** A sheet that is all there is on a page. */
export const Alone = (about: { title: string; children: ReactNode }) => <AlonePage style="desk" {...about} />;

interface FirstSheetProps {
  desk: Pick<Desk, 'view'>;
  /** Lets another person enter their code; absent: this page is for one person. */
  onOther: (() => void) | undefined;
}

/** Shows the pseudonym, so that nobody continues another person's session. */
function Name({ desk, onOther }: FirstSheetProps) {
  return (
    <p className="desk-detail desk-name">
      Your name in this study: {desk.view.pseudonym}
      {onOther && (
        <button type="button" onClick={onOther}>
          This is not me
        </button>
      )}
    </p>
  );
}

export function Consent({ desk, onOther }: FirstSheetProps & { desk: Pick<Desk, 'consent'> }) {
  const [failed, setFailed] = useState(false);
  const decide = (agrees: boolean): void => {
    desk.consent(agrees).catch(() => setFailed(true));
  };
  return (
    <Sheet title="Before you begin">
      <Name desk={desk} onOther={onOther} />
      <Text text={desk.view.consent ?? ''} />
      {failed && <p role="alert">Please call the researcher.</p>}
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={() => decide(true)}>
          I agree
        </button>
        <button type="button" onClick={() => decide(false)}>
          I do not want to take part
        </button>
      </div>
    </Sheet>
  );
}

export function Instructions({ desk, onOther, onBegin }: FirstSheetProps & { onBegin: () => void }) {
  const { view } = desk;
  const isBack = view.answers.some((answer) => answer !== null);
  return (
    <Sheet title={isBack ? 'Welcome back' : 'What to do'}>
      <Name desk={desk} onOther={onOther} />
      {view.instructions !== '' && <Text text={view.instructions} />}
      <p className="alone-text">{view.question}</p>
      <Keys options={view.options} />
      <p className="alone-text">
        {hasKeyPairs(view.options)
          ? 'Press the two keys of your answer, one after the other, or click its button.'
          : 'Press the key of your answer, or click its button.'}{' '}
        Press Backspace to take an answer back.
      </p>
      {view.practice > 0 && !isBack && (
        <p className="alone-text">
          {view.practice === 1
            ? 'The first image is for practice. It does not count.'
            : `The first ${view.practice} images are for practice. They do not count.`}
        </p>
      )}
      <Limit view={view} />
      <p className="alone-text">There are no right or wrong answers. Say what you see.</p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onBegin}>
          {isBack ? 'Continue' : 'Start'}
        </button>
      </div>
    </Sheet>
  );
}

/** The answers with their keys; many scroll, so that the button below stays in sight. */
function Keys({ options }: { options: Desk['view']['options'] }) {
  const layout = layoutFor(options);
  const list = (
    <ul className="desk-keys" aria-label="Keys" data-answers={layout}>
      {options.map(({ choice, name, key }) => (
        <li key={choice}>
          {key !== '' && <kbd>{key}</kbd>} {key !== name && <bdi>{name}</bdi>}
        </li>
      ))}
    </ul>
  );
  if (layout !== 'many') return list;
  return (
    <ScrollBox label="Answers and keys" className="desk-keys-box">
      {list}
    </ScrollBox>
  );
}

function Limit({ view: { leftMs, timeLimit, breaks } }: { view: Desk['view'] }) {
  if (leftMs === null || timeLimit.sessionMinutes === null) return null;
  const { sessionMinutes: limit } = timeLimit;
  const time =
    leftMs < limit * 60_000
      ? `${minutesText(Math.ceil(leftMs / 60_000))} left.`
      : `You have ${limit} ${limit === 1 ? 'minute' : 'minutes'}. The time starts with the first image.`;
  return (
    <p className="alone-text">
      {time} {breaks.length > 0 && 'The time stops in breaks. '}When the time is up, you are done. It does not matter
      how many images you have seen.
    </p>
  );
}

export function Break({ isTimed, onContinue }: { isTimed: boolean; onContinue: () => void }) {
  return (
    <Sheet title="Time for a break">
      <p className="alone-text">
        Your answers are safe. You can rest your eyes for a moment.
        {isTimed && ' The time stops until you continue.'}
      </p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onContinue}>
          Continue
        </button>
      </div>
    </Sheet>
  );
}

const endings = {
  finished: 'You are done. Your answers are saved.',
  'time-up': 'The time is up. You are done. All your answers are saved.',
  declined: 'Nothing was saved.',
};

/** In a kit, answers reach the researcher only with the result file. */
const kitEndings: typeof endings = {
  finished: 'You are done. Now save the result file.',
  'time-up': 'The time is up. You are done. Now save the result file.',
  declined: 'Nothing was saved. Please tell the researcher.',
};

export function Ended({ how, isKit }: { how: keyof typeof endings; isKit: boolean }) {
  return (
    <Sheet title="Thank you">
      <p className="alone-text">{isKit ? kitEndings[how] : `${endings[how]} Please tell the researcher.`}</p>
    </Sheet>
  );
}

/** Shown while the end of the time limit is being stored, mostly for an instant. */
export function TimeIsUp() {
  return (
    <Sheet title="The time is up">
      <p className="alone-text">One moment. Your last answer is being saved.</p>
    </Sheet>
  );
}

export function TimeLeft({ minutes }: { minutes: number }) {
  return (
    <p className="desk-time" role="timer">
      {minutesText(minutes)} left
    </p>
  );
}

/** E.g. "About 12 minutes". @param minutes rounded up */
function minutesText(minutes: number): string {
  return minutes <= 1 ? 'Less than a minute' : `About ${minutes} minutes`;
}
