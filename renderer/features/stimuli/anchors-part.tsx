import { Box, Stack } from '@mantine/core';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import { formatPercent } from '../../../main/domain/numbers/format.ts';
import { onePixel, usePixels, usePointPreview } from '../../stimuli/points.ts';
import { useClassFilter } from '../../ui/fields/class-filter.tsx';
import { ClassName } from '../../ui/words/class-name.tsx';
import { imageAt, PixelImage } from '../../ui/images/pixel-image.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { HelpNote } from '../../ui/parts/states.tsx';
import type { DraftProps } from './use-draft.ts';

/** The anchor of each class, and beside them how a person chooses another. */
export function AnchorsPart({ study, state, tools }: DraftProps) {
  const [classIndex, setClass] = useState(0);
  return (
    <div className="stimuli-anchors">
      <ClassList study={study} state={state} chosen={classIndex} onChoose={setClass} />
      <PartsAt
        key={classIndex}
        place="stimuli.anchors"
        study={study}
        state={state}
        classIndex={classIndex}
        setAnchor={tools.setAnchor}
        otherwise={<HelpNote>The rule of the draft chooses an anchor of each class.</HelpNote>}
      />
    </div>
  );
}

interface ClassListProps {
  study: string;
  state: StimuliState;
  chosen: number;
  onChoose: (classIndex: number) => void;
}

function ClassList({ study, state, chosen, onChoose }: ClassListProps) {
  const { data, isPlaceholderData } = usePointPreview(
    study,
    state,
    state.anchors.flatMap((anchor) => anchor?.z ?? []),
  );
  // Only classes with an anchor have an image.
  const drawn = state.anchors.flatMap((anchor, k) => (anchor ? [k] : []));
  const pixels = usePixels(data?.images.pixels);
  const find = useClassFilter(state.classes);
  // While a new anchor is drawn, what is shown are the last ones.
  const fresh = isPlaceholderData ? null : data?.reference;
  return (
    <Stack component="nav" miw={132} mah={720} gap={2} style={{ overflowY: 'auto' }} aria-label="Classes">
      {find.field}
      {state.classes.map((name, k) => {
        if (!find.isShown(name)) return null;
        const anchor = state.anchors[k];
        const place = drawn.indexOf(k);
        const further = (state.anchorLists[k]?.length ?? 1) - 1;
        const called = fresh?.labels[place] ?? k;
        return (
          <button
            key={name}
            type="button"
            className="stimuli-class"
            aria-current={k === chosen || undefined}
            onClick={() => onChoose(k)}
          >
            <PixelImage
              pixels={
                pixels && data && place >= 0 && place < data.images.count ? imageAt(pixels, data.images, place) : null
              }
              imageSize={data?.images ?? onePixel}
              size={44}
              mat={2}
              label={`Anchor of ${name}`}
            />
            <span className="stimuli-class-name">
              <strong>
                <ClassName name={name} />
              </strong>
              <Box component="span" m={0} c="dimmed" fz="xs">
                {anchor ? anchorWord(anchor) : 'no anchor'}
                {further > 0 && `, ${further} more`}
              </Box>
              {called !== k && (
                <Box
                  component="span"
                  c="var(--warning)"
                  fz="xs"
                  title="The reference classifier calls this anchor another class"
                >
                  called {state.classes[called]}
                </Box>
              )}
            </span>
          </button>
        );
      })}
    </Stack>
  );
}

function anchorWord({ exact, from, confidence, norm }: NonNullable<StimuliState['anchors'][number]>): string {
  if (exact && confidence === null) return norm === null ? `test image ${from?.sample ?? ''}` : 'a sample';
  if (exact) return formatPercent(confidence ?? 0);
  return from ? 'moved' : 'entered';
}
