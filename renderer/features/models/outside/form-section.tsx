import type { ReactNode } from 'react';
import type { Proposal } from '../../../../main/contract/outside.ts';

interface FormSectionProps {
  id: string;
  title: string;
  /** What each proposed part rests on; guesses are named as such. */
  reasons?: readonly Proposal['reasons'][number][];
  children: ReactNode;
}

/** A part of the dialog of a model, under its heading. */
export function FormSection({ id, title, reasons = [], children }: FormSectionProps) {
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="outside-heading">
        {title}
      </h3>
      {reasons.length > 0 && (
        <ul className="outside-reasons">
          {reasons.map(({ text, isGuess }) => (
            <li key={text}>
              {isGuess && <strong className="outside-guess">Guess</strong>}
              {text}
            </li>
          ))}
        </ul>
      )}
      {children}
    </section>
  );
}
