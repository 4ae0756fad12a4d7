import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { percentText } from '../../ui/format.ts';
import { PixelImage } from '../../ui/pixel-image.tsx';
import classes from './stimuli.module.css';
import { usePixels } from './use-pixels.ts';
import { useLook } from './use-stimuli.ts';

export interface ClassListProps {
  study: string;
  state: StimuliState;
  chosen: number;
  onChoose: (classIndex: number) => void;
}

/** Every class with its anchor: where one goes to choose another. */
export function ClassList({ study, state, chosen, onChoose }: ClassListProps) {
  const { data } = useLook(
    study,
    state,
    state.anchors.map(({ z }) => z),
  );
  const area = data ? data.images.width * data.images.height : 0;
  const pixels = usePixels(data?.images.pixels);
  return (
    <nav className={classes.classes} aria-label="Classes">
      {state.classes.map((name, k) => {
        const anchor = state.anchors[k];
        return (
          <button
            key={name}
            type="button"
            className={classes.class}
            aria-current={k === chosen || undefined}
            onClick={() => onChoose(k)}
          >
            <PixelImage
              pixels={pixels && data && k < data.images.count ? pixels.subarray(k * area, (k + 1) * area) : null}
              width={data?.images.width ?? 1}
              height={data?.images.height ?? 1}
              size={44}
              mat={2}
              label={`Anchor of ${name}`}
            />
            <span className={classes.className}>
              <strong>{name}</strong>
              <span className={classes.soft}>{anchor ? anchorWord(anchor) : 'no anchor'}</span>
            </span>
          </button>
        );
      })}
    </nav>
  );
}

function anchorWord({ exact, from, confidence }: StimuliState['anchors'][number]): string {
  if (exact) return confidence === null ? 'a sample' : percentText(confidence);
  return from ? 'moved' : 'typed';
}
