import type { VolunteerView } from '../../../main/contract/labeling/volunteer.ts';

export interface ChoicesProps {
  options: VolunteerView['options'];
  /** The current answer; null: none. */
  chosen: number | null;
  /** Right after the image: then moved on. */
  onChoose: (choice: number, atMs: number) => void;
  disabled?: boolean;
}

/** The answers as buttons, each with its key. */
export function Choices({ options, chosen, onChoose, disabled = false }: ChoicesProps) {
  return (
    <fieldset className="desk-choices" aria-label="Answers" disabled={disabled}>
      {options.map(({ choice, name, key }) => (
        <button
          key={choice}
          type="button"
          className="desk-choice"
          aria-pressed={chosen === choice}
          onClick={(event) => onChoose(choice, event.timeStamp)}
        >
          <span>{name}</span>
          {key !== '' && key !== name && <kbd>{key}</kbd>}
        </button>
      ))}
    </fieldset>
  );
}
