import { type ReactNode, useState } from 'react';
import type { Desk } from './use-desk.ts';

/** Text that somebody typed, with its line breaks and empty lines as they are. */
const Text = ({ text }: { text: string }) => <p className="desk-text">{text}</p>;

/** A sheet of text with something to press below. */
export function Sheet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="desk-sheet" aria-label={title}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}

interface FirstSheetProps {
  desk: Desk;
  /** Goes back to where one says who one is; absent: this page is for one person. */
  onOther: (() => void) | undefined;
}

/** Whose session this is, so that nobody goes on with another person's. */
function Name({ desk, onOther }: FirstSheetProps) {
  return (
    <p className="desk-detail desk-name">
      Your name in this study: {desk.view.pseudonym}
      {onOther && (
        <button type="button" onClick={onOther}>
          I am somebody else
        </button>
      )}
    </p>
  );
}

/** Asks for consent; nothing is shown before it is given. */
export function Consent({ desk, onOther }: FirstSheetProps) {
  const [failed, setFailed] = useState(false);
  const decide = (agrees: boolean): void => {
    desk.consent(agrees).catch(() => setFailed(true));
  };
  return (
    <Sheet title="Before you begin">
      <Name {...{ desk, onOther }} />
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

/** What to do, in the words of the plan, and the keys. */
export function Instructions({ desk, onOther, onBegin }: FirstSheetProps & { onBegin: () => void }) {
  const { view } = desk;
  const isBack = view.answers.some((answer) => answer !== null);
  return (
    <Sheet title={isBack ? 'Welcome back' : 'What to do'}>
      <Name {...{ desk, onOther }} />
      {view.instructions !== '' && <Text text={view.instructions} />}
      <p className="desk-text">{view.question}</p>
      <ul className="desk-keys" aria-label="Keys">
        {view.options.map(({ choice, name, key }) => (
          <li key={choice}>
            {key !== '' && <kbd>{key}</kbd>} {key !== name && name}
          </li>
        ))}
      </ul>
      <p className="desk-text">Press a key, or the button of your answer. Backspace takes an answer back.</p>
      {view.practice > 0 && !isBack && (
        <p className="desk-text">The first {view.practice} images are for practice. They do not count.</p>
      )}
      <Limit view={view} />
      <p className="desk-text">There is no right or wrong. Answer what you see.</p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onBegin}>
          {isBack ? 'Go on' : 'Begin'}
        </button>
      </div>
    </Sheet>
  );
}

/** How long there is, where the session has a time limit. */
function Limit({ view: { leftMs, timeLimit, breaks } }: { view: Desk['view'] }) {
  if (leftMs === null || timeLimit.sessionMinutes === null) return null;
  const { sessionMinutes: limit } = timeLimit;
  const time =
    leftMs < limit * 60_000
      ? `${minutesLeft(Math.ceil(leftMs / 60_000))} ${leftMs > 60_000 ? 'are' : 'is'} left.`
      : `You have ${limit} ${limit === 1 ? 'minute' : 'minutes'}, from the first image on.`;
  return (
    <p className="desk-text">
      {time} {breaks.length > 0 && 'Breaks do not count. '}When the time is up, you are done; it does not matter how
      many images there were.
    </p>
  );
}

export function Break({ isTimed, onGoOn }: { isTimed: boolean; onGoOn: () => void }) {
  return (
    <Sheet title="Time for a break">
      <p className="desk-text">
        Look away from the screen for a while, or go on. Your answers are saved.
        {isTimed && ' The time stands still until you go on.'}
      </p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onGoOn}>
          Go on
        </button>
      </div>
    </Sheet>
  );
}

const endings = {
  finished: 'You are done. Your answers are saved.',
  'time-up': 'The time is up, so you are done. All your answers are saved; images that had none are left out.',
  declined: 'Nothing was recorded.',
};

export function Ended({ how }: { how: keyof typeof endings }) {
  return (
    <Sheet title="Thank you">
      <p className="desk-text">{endings[how]} Please tell the researcher.</p>
    </Sheet>
  );
}

/** Between the end of the time and its storing: mostly too short to be read. */
export function TimeIsUp() {
  return (
    <Sheet title="The time is up">
      <p className="desk-text">One moment: your last answer is being saved.</p>
    </Sheet>
  );
}

/** How much time is left, in minutes: it says so, and does nothing to be looked at. */
export function TimeLeft({ minutes }: { minutes: number }) {
  return (
    <p className="desk-time" role="timer">
      {minutesLeft(minutes)} left
    </p>
  );
}

/** In words, e.g. "About 12 minutes". @param minutes begun ones included */
export function minutesLeft(minutes: number): string {
  return minutes <= 1 ? 'Less than a minute' : `About ${minutes} minutes`;
}
