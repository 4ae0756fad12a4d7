import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSnowflake } from '@tabler/icons-react';
import { useState } from 'react';
import type { StimuliState } from '../../../main/contract/api/stimuli.ts';
import {
  type TestImageChoice,
  testImageChoiceSchema,
  type TestPartContext,
} from '../../../main/contract/stimuli/stimuli.ts';
import { formatCount, testImagesText } from '../../../main/domain/numbers/format.ts';
import { findSetting } from '../../../main/domain/settings/settings.ts';
import { stimuliSettings } from '../../../main/domain/settings/stimuli-settings.ts';
import { useApi } from '../../client/context.tsx';
import { SetName } from '../../ui/words/terms.tsx';
import { NumbersSetting, SettingFields } from '../../ui/fields/setting-fields.tsx';
import { ErrorNotice, HelpNote, Card } from '../../ui/parts/states.tsx';
import { StimulusGrid } from '../../ui/images/stimulus-grid.tsx';
import { useThumbnailSize } from '../../ui/images/thumbnails.ts';
import type { Pictures } from '../../ui/images/use-pictures.ts';
import { CallButton } from '../../ui/parts/buttons.tsx';
import { PartsAt } from '../../ui/places/place.tsx';
import { JobLine, outdatedBy } from './freeze-part.tsx';
import { useStudyJob } from '../../ui/parts/job-progress.tsx';

type Choosing = NonNullable<StimuliState['testImages']>;

interface TestImagesProps {
  study: string;
  state: StimuliState;
  chosen: Choosing;
}

const chooseSetting = findSetting(stimuliSettings['test-images'], 'choose');

/** Which images of the test part are the stimuli: chosen here, then frozen. */
export function TestImagesChoice({ study, state, chosen }: TestImagesProps) {
  const api = useApi();
  const save = useMutation(api.stimuli.chooseTestImages.mutationOptions());
  const { choose, total, reference } = chosen;
  // Images on which people disagree are chosen in steps: nothing is saved before they are known.
  const [isChoosing, setChoosing] = useState(false);
  const change = (next: TestImageChoice): void => {
    save.mutate({ study, before: choose, choose: next }, { onSuccess: () => setChoosing(false) });
  };
  const context: TestPartContext = { total, reference };
  return (
    <Card className="card-start" title="Which test images">
      <SettingFields<{ choose: TestImageChoice | { kind: 'disagreed' } }>
        settings={[chooseSetting]}
        values={{ choose: isChoosing ? { kind: 'disagreed' } : choose }}
        onValues={({ choose: next }) => {
          if (next.kind === 'disagreed') setChoosing(true);
          else if (isChoosing && next.kind === choose.kind) setChoosing(false);
          else change(next);
        }}
        context={context}
        disabled={state.locked || save.isPending}
      />
      {!reference && <HelpNote>This study has no reference classifier, so it cannot find the hardest images.</HelpNote>}
      {(isChoosing || choose.kind === 'disagreed') && (
        <PartsAt
          place="stimuli.disagreed"
          otherwise={<HelpNote>This version reads no answers of people, so it cannot choose these images.</HelpNote>}
          study={study}
          total={total}
          onChoose={change}
          locked={state.locked}
          saving={save.isPending}
          chosen={choose.kind === 'disagreed' ? choose : null}
        />
      )}
      {!isChoosing && choose.kind === 'listed' && (
        <Positions key={choose.positions.join()} choose={choose} change={change} locked={state.locked} />
      )}
      {save.isError && <ErrorNotice error={save.error} safe="The choice is unchanged." />}
      {state.problem !== null && (
        <ErrorNotice error={{ data: { what: state.problem, where: 'Which test images', remedy: '' } }} />
      )}
    </Card>
  );
}

interface PositionsProps {
  choose: Extract<TestImageChoice, { kind: 'listed' }>;
  change: (next: TestImageChoice) => void;
  locked: boolean;
}

const positionsSetting = findSetting([chooseSetting], 'choose.positions');

/** Positions as text; kept once it is a list of them. */
function Positions({ choose, change, locked }: PositionsProps) {
  const [typed, setTyped] = useState<unknown>(choose.positions);
  const positions = testImageChoiceSchema.safeParse({ kind: 'listed', positions: typed });
  return (
    <>
      <NumbersSetting setting={positionsSetting} value={typed} onValue={setTyped} disabled={locked} />
      <Group>
        <Button
          disabled={!positions.success || locked || String(typed) === String(choose.positions)}
          onClick={() => positions.success && change(positions.data)}
        >
          Use {formatCount(Array.isArray(typed) ? typed.length : 0, 'image')}
        </Button>
      </Group>
    </>
  );
}

/** The button that freezes the chosen images, and what becomes outdated by that. */
export function FreezeTestImages({ study, state, chosen: { choose, total } }: TestImagesProps) {
  const api = useApi();
  const job = useStudyJob(study, ['stimuli', 'report']);
  const freeze = useMutation(api.stimuli.freeze.mutationOptions());
  const count = choose.kind === 'all' ? total : 'positions' in choose ? choose.positions.length : choose.count;
  return (
    <Card className="card-start" title={<>Freeze {testImagesText(choose)}</>}>
      <HelpNote>
        Freezing stores the images under the hash of their pixels. After that the set never changes: models predict it,
        people label it, and every figure names it.
        {choose.kind === 'hardest' && ' The reference classifier is trained first.'}
      </HelpNote>
      {state.frozen && (
        <Text size="sm">
          The frozen set <SetName hash={state.frozen.hash} /> has other images. Then {outdatedBy(state.frozen)} must be
          created again.
          <PartsAt place="stimuli.replaced" />
        </Text>
      )}
      <Group>
        <CallButton
          variant="filled"
          leftSection={<IconSnowflake size={16} aria-hidden />}
          disabled={job !== null || state.problem !== null}
          call={freeze}
          input={{ study }}
        >
          {count === null ? 'Freeze all test images' : `Freeze ${formatCount(count, 'image')}`}
        </CallButton>
        <JobLine job={job} />
      </Group>
      {freeze.isError && <ErrorNotice error={freeze.error} />}
    </Card>
  );
}

/** Size of an image, in CSS pixels. */
const usualCell = 48;

interface FrozenImagesProps {
  images: number;
  pictures: Pictures;
  onOpen: (id: number) => void;
}

/** All images of the frozen set, by position; only those in view are drawn. */
export function FrozenImages({ images, pictures, onOpen }: FrozenImagesProps) {
  const cell = useThumbnailSize(usualCell);
  return (
    <section aria-labelledby="frozen-images">
      <h2 id="frozen-images">{formatCount(images, 'image')}, frozen</h2>
      <StimulusGrid
        label="All images by their position in the test part. Enter opens one."
        count={images}
        cell={cell}
        height={Math.min(560, Math.ceil(images / 10) * (cell + 4) + 8)}
        imageSize={pictures.imageSize}
        imageAt={(index) => {
          const id = pictures.ids[index];
          if (id === undefined) return { id: `wait-${index}`, pixels: null, label: `Image ${index + 1} of ${images}` };
          return { id: String(id), pixels: pictures.imagePixels(id), label: `Image ${id}` };
        }}
        onOpen={(index) => {
          const id = pictures.ids[index];
          if (id !== undefined) onOpen(id);
        }}
      />
    </section>
  );
}
