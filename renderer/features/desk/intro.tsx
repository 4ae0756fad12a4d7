import { useState } from 'react';
import type { ReactNode } from 'react';
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

/** Asks for consent; nothing is shown before it is given. */
export function Consent({ desk }: { desk: Desk }) {
  const [failed, setFailed] = useState(false);
  const decide = (agrees: boolean): void => {
    desk.consent(agrees).catch(() => setFailed(true));
  };
  return (
    <Sheet title="Before you begin">
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
export function Instructions({ desk, onBegin }: { desk: Desk; onBegin: () => void }) {
  const { view } = desk;
  const isBack = view.answers.some((answer) => answer !== null);
  return (
    <Sheet title={isBack ? 'Welcome back' : 'What to do'}>
      {view.instructions !== '' && <Text text={view.instructions} />}
      <p className="desk-text">{view.question}</p>
      <ul className="desk-keys" aria-label="Keys">
        {view.options.map(({ choice, name, key }) => (
          <li key={choice}>
            {key !== '' && <kbd>{key}</kbd>} {name}
          </li>
        ))}
      </ul>
      {view.practice > 0 && !isBack && (
        <p className="desk-text">The first {view.practice} images are for practice. They do not count.</p>
      )}
      <p className="desk-text">There is no right or wrong. Answer what you see.</p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onBegin}>
          {isBack ? 'Go on' : 'Begin'}
        </button>
      </div>
    </Sheet>
  );
}

export function Break({ onGoOn }: { onGoOn: () => void }) {
  return (
    <Sheet title="Time for a break">
      <p className="desk-text">Look away from the screen for a while, or go on. Your answers are saved.</p>
      <div className="desk-buttons">
        <button type="button" className="desk-main-button" onClick={onGoOn}>
          Go on
        </button>
      </div>
    </Sheet>
  );
}

export function Ended({ declined }: { declined: boolean }) {
  return (
    <Sheet title="Thank you">
      <p className="desk-text">
        {declined ? 'Nothing was recorded.' : 'You are done. Your answers are saved.'} Please tell the researcher.
      </p>
    </Sheet>
  );
}
