import { useLayoutEffect, useRef } from 'react';
import type { Desk } from './use-desk.ts';
import { startingWith } from './answer-keys.ts';
import { defaultPixelsPerMm, pixelsPerMm } from './screen-size.tsx';
import { cannotTellChoice } from '../../../../main/contract/labeling/index.ts';
import type { VolunteerView } from '../../../../main/contributions/desk/contract/view.ts';
import { detach } from '../../../../main/contract/wire/index.ts';

interface TrialImageProps {
  desk: Pick<Desk, 'images' | 'view'>;
  trial: number;
  /** For screen readers. */
  label: string;
  /** Relative to the planned size. Default 1. */
  scale?: number;
  /** Called once the image is in the page; the next frame paints it. */
  onDrawn?: () => void;
}

/** Planned CSS pixels of an image. */
export function shownSize({ image, size }: Desk['view'], scale = 1): { width: number; height: number } {
  const { width, height } = image;
  const longer = size.unit === 'px' ? size.value : size.value * (pixelsPerMm() ?? defaultPixelsPerMm);
  const side = (longer * scale) / Math.max(width, height);
  return { width: width * side, height: height * side };
}

export function TrialImage({ desk, trial, label, scale = 1, onDrawn }: TrialImageProps) {
  const place = useRef<HTMLCanvasElement>(null);
  const { images, view } = desk;
  const { width, height } = view.image;
  useLayoutEffect(() => {
    let isUnmounted = false;
    const draw = async (): Promise<void> => {
      const image = await images.canvas(trial);
      if (isUnmounted) return;
      place.current?.getContext('2d')?.drawImage(image, 0, 0);
      onDrawn?.();
    };
    detach(draw());
    return () => {
      isUnmounted = true;
    };
  }, [images, trial, onDrawn]);
  return (
    <canvas
      key={trial}
      ref={place}
      className="desk-image"
      data-smooth={view.interpolation === 'smooth' || undefined}
      width={width}
      height={height}
      style={shownSize(view, scale)}
      role="img"
      aria-label={label}
    />
  );
}

type Options = VolunteerView['options'];

/**
 * How much room answers need: two or three are large, up to thirty short ones stand below the image, several words or many
 * answers in columns beside it.
 */
export function layoutFor(options: Options): 'few' | 'some' | 'several' | 'many' {
  const classes = options.filter(({ choice }) => choice !== cannotTellChoice);
  if (classes.length <= 3) return 'few';
  if (classes.length > 30) return 'many';
  const areWords = classes.some(({ name }) => [...name].length > 3);
  return classes.length > 8 && areWords ? 'several' : 'some';
}

interface ChoicesProps {
  options: Options;
  /** The first of two keys, if it was pressed; else ''. */
  typed: string;
  /** The current answer; null: none. */
  chosen: number | null;
  onChoose: (choice: number, atMs: number) => void;
  disabled?: boolean;
}

export function Choices({ options, typed, chosen, onChoose, disabled = false }: ChoicesProps) {
  const next = typed === '' ? [] : startingWith(options, typed);
  return (
    <fieldset className="desk-choices" aria-label="Answers" disabled={disabled}>
      {options.map(({ choice, name, key }) => (
        <button
          key={choice}
          type="button"
          className="desk-choice"
          aria-pressed={chosen === choice}
          data-next={next.some((option) => option.choice === choice) || undefined}
          title={name}
          onClick={(event) => onChoose(choice, event.timeStamp)}
        >
          <bdi>{name}</bdi>
          {key !== '' && key !== name && <kbd>{key}</kbd>}
        </button>
      ))}
    </fieldset>
  );
}

interface KeysHelpProps {
  typed: string;
  /** A key that is none of an answer, if that was the last one; else ''. */
  wrong: string;
  /** Shown while no first key was pressed. */
  otherwise: string;
}

/** What keys do now, in one line. */
export function KeysHelp({ typed, wrong, otherwise }: KeysHelpProps) {
  return (
    <p className="desk-help" role="status">
      {wrong !== '' && (
        <>
          <kbd>{wrong}</kbd> is not a key for an answer.{' '}
        </>
      )}
      {typed === '' ? (
        otherwise
      ) : (
        <>
          <kbd>{typed}</kbd> Now press the second key. Backspace: start again.
        </>
      )}
    </p>
  );
}
