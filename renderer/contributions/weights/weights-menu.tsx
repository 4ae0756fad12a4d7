import { Button, CopyButton, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { OfferedWeights, WeightFormat } from '../../../main/contributions/weights/formats.ts';
import { download } from '../../client/index.ts';
import { ScrollBox } from '../../ui/tables/index.ts';
import { TextButton, useActionError } from '../../ui/parts/index.ts';

interface WeightsMenuProps<Format extends WeightFormat> {
  /** Text of the button, with what is downloaded: several buttons of a screen differ by it. */
  label: string;
  formats: readonly Format[];
  offer: (format: Format) => Promise<OfferedWeights>;
  children: ReactNode;
}

const words: Record<WeightFormat, { title: string; text: string }> = {
  stored: { title: 'As stored', text: 'the weights, with a description of the network' },
  onnx: { title: 'ONNX', text: 'a network that runs by itself in other programs' },
  safetensors: { title: 'safetensors', text: 'the weights, with a loader for PyTorch' },
};

/** Downloads a network in one of several formats, and then shows the Python that loads it, where there is some. */
export function WeightsMenu<Format extends WeightFormat>({
  label,
  formats,
  offer,
  children,
}: WeightsMenuProps<Format>) {
  const [loader, setLoader] = useState<string | null>(null);
  const { onError, notice } = useActionError();
  const offering = useMutation({
    mutationFn: offer,
    onError,
    onSuccess: (offered) => {
      download(offered.address);
      setLoader(offered.loader);
    },
  });
  return (
    <>
      <Menu position="bottom-end" keepMounted={false}>
        <Menu.Target>
          <TextButton aria-label={label} disabled={offering.isPending}>
            {children}
          </TextButton>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map((format) => (
            <Menu.Item key={format} onClick={() => offering.mutate(format)}>
              {words[format].title} <span className="soft">{words[format].text}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {notice}
      <Modal opened={loader !== null} onClose={() => setLoader(null)} title="Load the weights in PyTorch" size="xl">
        <Stack gap="sm">
          <Text size="sm">
            The zip has this as load.py, beside the weights. It needs the Python packages torch and safetensors.
          </Text>
          <ScrollBox label="Python that loads the weights" className="code-box">
            <pre>{loader}</pre>
          </ScrollBox>
          <Group justify="end">
            <CopyButton value={loader ?? ''}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy the Python'}</Button>}
            </CopyButton>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
