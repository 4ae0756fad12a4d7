import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { Empty } from '../../ui/states.tsx';

/** Nothing can be labelled yet. */
export function NoStimuli({ study }: { study: string }) {
  return (
    <Empty
      title="No images to label yet"
      actions={
        <Button component={Link} href={studyAddress(study, '/stimuli?part=freeze')}>
          Go to the stimuli
        </Button>
      }
    >
      People label the frozen set, so that everybody sees the same pixels as the models. Freeze the stimuli first.
    </Empty>
  );
}
