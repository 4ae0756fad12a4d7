import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { studyAddress } from '../../navigation/addresses.ts';
import { Empty } from '../../ui/states.tsx';
import { useChoice } from './choice.tsx';

interface NeedsNetworksProps {
  /** `Softmax`. */
  part: string;
  /** What it shows. */
  children: string;
}

/** A part of Results that is nothing without networks: what it would show, and the way to them. */
export function NeedsNetworks({ part, children }: NeedsNetworksProps) {
  const { study } = useChoice();
  return (
    <Empty
      title={`${part} needs networks`}
      actions={
        <Button component={Link} href={studyAddress(study)}>
          Go to the overview
        </Button>
      }
    >
      {children} It comes as soon as networks have answered for the stimuli; the overview says what is to be done next.
    </Empty>
  );
}
