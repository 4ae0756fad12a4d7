import { Button, type ButtonProps, CopyButton } from '@mantine/core';
import { latentText } from './latent.ts';

/** Copies the numbers of a latent point. */
export function CopyLatent({ z, size }: { z: Float32Array; size?: ButtonProps['size'] }) {
  return (
    <CopyButton value={latentText(z)}>
      {({ copied, copy }) => (
        <Button onClick={copy} {...(size && { size })}>
          {copied ? 'Copied' : 'Copy z'}
        </Button>
      )}
    </CopyButton>
  );
}
