import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../client/context.tsx';
import { saveFile } from '../../../client/files.ts';
import { kitFile } from './kit-file.ts';

/** Makes the kit of some sessions and has it saved; gives the codes that are typed into it. */
export function useSaveKit(study: string) {
  const client = useClient();
  return useMutation({
    mutationFn: async (sessions: number[]) => {
      const kit = await client.labeling.kit.make({ study, sessions });
      const [only] = kit.sessions;
      const name = kit.sessions.length === 1 && only ? only.view.pseudonym : `${kit.sessions.length}-people`;
      saveFile(`labeling-${name}.html`, await kitFile(kit));
      return kit.sessions.map(({ view, code }) => ({ pseudonym: view.pseudonym, code }));
    },
  });
}
