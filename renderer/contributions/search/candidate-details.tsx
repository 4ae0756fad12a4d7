import { ActionIcon, Button, Group, Stack, Box, SimpleGrid } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Images, StimuliState } from '../../../main/contract/api/index.ts';
import type { Candidate } from '../../../main/contributions/search/contract.ts';
import { formatFixed, formatPercent } from '../../../main/domain/numbers/index.ts';
import { imageAt, PixelImage, useThumbnailSize } from '../../ui/images/index.ts';
import { Undefined } from '../../ui/words/index.ts';
import { SwitchField } from '../../ui/fields/index.ts';
import { Fact } from '../../ui/parts/index.ts';
import { candidateName, sampleKey } from './candidate-wall.tsx';
import { CopyLatent, decodeFloats, latentText, usePixels } from '../../stimuli/index.ts';

interface CandidateDetailsProps {
  state: StimuliState;
  classIndex: number;
  candidates: readonly Candidate[];
  images: Images;
  current: Candidate | null;
  compared: readonly string[];
  onChoose: (candidate: Candidate) => void;
  onRemove: (candidate: Candidate) => void;
}

/** The anchor, the selected candidate and the compared ones, large and with their measures. */
export function CandidateDetails(props: CandidateDetailsProps) {
  const { state, classIndex, candidates, images, current, compared } = props;
  const [smooth, setSmooth] = useState(false);
  const size = useThumbnailSize(128);
  const pixels = usePixels(images.pixels);
  const anchor = state.anchors[classIndex];
  const anchorKey = anchor?.exact && anchor.from ? sampleKey(anchor.from) : null;
  const keys = [...new Set([...(anchorKey ? [anchorKey] : []), ...(current ? [sampleKey(current)] : []), ...compared])];
  const shown = keys.flatMap((key) => {
    const place = candidates.findIndex((candidate) => sampleKey(candidate) === key);
    const candidate = candidates[place];
    return candidate ? [{ key, place, candidate }] : [];
  });
  return (
    <>
      <SwitchField label="Smooth, as people see them" checked={smooth} onChange={setSmooth} />
      <SimpleGrid className="stimuli-compare" cols={2} spacing="md" data-many={shown.length > 1 || undefined}>
        {shown.map(({ key, place, candidate }) => (
          <Large
            key={key}
            candidate={candidate}
            title={candidateTitle(key, anchorKey, current)}
            isAnchor={key === anchorKey}
            locked={state.locked}
            onChoose={() => props.onChoose(candidate)}
            onRemove={compared.includes(key) ? () => props.onRemove(candidate) : undefined}
          >
            <PixelImage
              pixels={pixels && imageAt(pixels, images, place)}
              imageSize={images}
              size={size}
              smooth={smooth}
              label={candidateName(candidate, true)}
            />
          </Large>
        ))}
      </SimpleGrid>
    </>
  );
}

const candidateTitle = (key: string, anchorKey: string | null, current: Candidate | null): string => {
  if (key === anchorKey) return 'Anchor';
  return current && key === sampleKey(current) ? 'Selected' : 'Compared';
};

const noReference = 'No reference classifier was asked';

interface LargeProps {
  candidate: Candidate;
  title: string;
  isAnchor: boolean;
  locked: boolean;
  onChoose: () => void;
  onRemove: (() => void) | undefined;
  children: React.ReactNode;
}

function Large({ candidate, title, isAnchor, locked, onChoose, onRemove, children }: LargeProps) {
  const { seed, sample, confidence, margin, distance, variety, norm, z } = candidate;
  const isReal = norm === null;
  return (
    <Stack component="article" fz="xs" gap="xs" align="flex-start" aria-label={`${title}: ${candidateName(candidate)}`}>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <strong>{title}</strong>
        {onRemove && (
          <ActionIcon size="xs" aria-label={`Stop comparing sample ${sample}`} onClick={onRemove}>
            <IconX size={12} />
          </ActionIcon>
        )}
      </Group>
      {children}
      <dl className="facts">
        <Fact name={isReal ? 'Test image' : 'Sample'}>{isReal ? sample : `${sample} of seed ${seed}`}</Fact>
        <Fact name="Confidence" title="Softmax of its class, by the reference classifier">
          {confidence === null ? <Undefined reason={noReference} /> : formatPercent(confidence, 2)}
        </Fact>
        <Fact name="Logit margin" title="Log of the ratio of its softmax to that of the next class">
          {margin === null ? <Undefined reason={noReference} /> : formatFixed(margin, 2)}
        </Fact>
        {!isReal && (
          <Fact
            name="Distance"
            title="Mean distance to the nearest real images of its class, in pixel values (0 to 255); smaller is more similar"
          >
            {distance === null ? (
              <Undefined reason="There were no real images to compare with" />
            ) : (
              formatFixed(distance, 0)
            )}
          </Fact>
        )}
        <Fact name="Difference" title="Difference from the most similar other candidate, in pixel values (0 to 255)">
          {formatFixed(variety, 1)}
        </Fact>
        {norm !== null && <Fact name="|z|">{formatFixed(norm, 3)}</Fact>}
      </dl>
      {!isReal && (
        <details>
          <summary>z</summary>
          <Box
            component="textarea"
            w="100%"
            bd="1px solid var(--line)"
            bg="none"
            c="inherit"
            fz={11}
            aria-label="z"
            rows={6}
            readOnly
            value={latentText(decodeFloats(z))}
          />
        </details>
      )}
      <Group gap={4}>
        {!isAnchor && (
          <Button variant="filled" size="compact-xs" disabled={locked} onClick={onChoose}>
            Use as anchor
          </Button>
        )}
        {!isReal && <CopyLatent z={decodeFloats(z)} size="compact-xs" />}
      </Group>
    </Stack>
  );
}
