import { Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ScrollBox } from '../../ui/tables/index.ts';
import { ErrorNotice, LoadingLine, TextButton } from '../../ui/parts/index.ts';
import { detach } from '../../../main/contract/wire/index.ts';

/** The licenses of the program and of the packages in it: the file that the build made of them. */
export function Licenses() {
  const [opened, { open, close }] = useDisclosure();
  const text = useQuery({ queryKey: ['licenses'], queryFn: readLicenses, enabled: opened, staleTime: Infinity });
  return (
    <div>
      <TextButton onClick={open}>Licenses of the program and its packages</TextButton>
      <Modal opened={opened} onClose={close} title="Licenses" size="xl">
        {text.data !== undefined ? (
          <ScrollBox label="Licenses" className="code-box">
            <pre>{text.data}</pre>
          </ScrollBox>
        ) : text.isError ? (
          <ErrorNotice error={text.error} onRetry={() => detach(text.refetch())} />
        ) : (
          <LoadingLine label="Reading the licenses" />
        )}
      </Modal>
    </div>
  );
}

async function readLicenses(): Promise<string> {
  const answer = await fetch('licenses.txt');
  if (!answer.ok) throw new Error('The licenses could not be read: run `npm run build` and open the page again.');
  return answer.text();
}
