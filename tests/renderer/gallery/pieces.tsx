import { Button, Group, Stack } from '@mantine/core';
import { runStates } from '../../../main/contract/runs/run.ts';
import { ArchitectureMark, RehearsalMark, RunState, TypeBadge } from '../../../renderer/ui/words/badges.tsx';
import { PixelImage } from '../../../renderer/ui/images/pixel-image.tsx';
import { Empty, HelpNote, Loading, ErrorNotice } from '../../../renderer/ui/parts/states.tsx';
import { showToast, showUndoToast } from '../../../renderer/ui/parts/toasts.tsx';
import { Ago, Bytes, Duration, MeanStd, PaperValue, Share, Undefined } from '../../../renderer/ui/words/values.tsx';
import { base64, colorPicture, colorSize, imageSize, picture } from './images.ts';

export function Pieces() {
  return (
    <Stack>
      <Group>
        <MeanStd mean={15.24} std={1.96} unit="%" />
        <Share k={25} n={165} of="images" />
        <Share k={0} n={0} of="people" />
        <Undefined reason="Only one model" />
        <PaperValue source="Table 2">15.2 %</PaperValue>
        <Ago at={Date.now() - 300_000} />
        <Duration ms={93_784} />
        <Bytes bytes={1_234_567} />
      </Group>
      <Group>
        {(['type_a', 'both_disagree', 'both_agree', 'type_c'] as const).map((type) => (
          <TypeBadge key={type} type={type} />
        ))}
        <TypeBadge type="both_agree" exception={false} />
        <TypeBadge type="both_agree" exception />
        {['mlp', 'cnn', 'vit', 'other'].map((kind) => (
          <ArchitectureMark key={kind} kind={kind} />
        ))}
        <RehearsalMark />
      </Group>
      <Group>
        {([...runStates, 'held', 'stopping'] as const).map((state) => (
          <RunState key={state} state={state} />
        ))}
      </Group>
      <Group>
        <PixelImage pixels={base64(picture(3))} imageSize={imageSize} label="A blob" />
        <PixelImage pixels={picture(3)} imageSize={imageSize} size={112} smooth label="A smooth blob" />
        <PixelImage pixels={base64(colorPicture(3))} imageSize={colorSize} label="A blob in color" />
        <PixelImage pixels={colorPicture(3)} imageSize={colorSize} size={112} smooth label="A smooth blob in color" />
        <PixelImage pixels={null} imageSize={imageSize} label="An image to come" />
      </Group>
      <HelpNote>A sentence that explains.</HelpNote>
      <ErrorNotice error={new Error('It went wrong <b>here</b>')} onRetry={() => showToast({ title: 'Tried again' })} />
      <Loading label="Reading the studies" />
      <Empty title="No models yet" actions={<Button variant="filled">Train 9 models</Button>}>
        Nine models take about 20 minutes.
      </Empty>
      <Button
        variant="filled"
        onClick={() =>
          showUndoToast({ message: 'Deleted "Quick study"', undo: () => showToast({ title: 'Brought back' }) })
        }
      >
        Delete
      </Button>
    </Stack>
  );
}
