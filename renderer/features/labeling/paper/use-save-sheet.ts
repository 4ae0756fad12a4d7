import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../../client/context.tsx';
import { saveFrom } from '../../../client/files.ts';
import { showRefusal, showToast } from '../../../ui/toasts.tsx';

/** Saves a person's sheets, to be printed. */
export function useSaveSheet(pseudonym: string) {
  const api = useApi();
  return useMutation(
    api.labeling.paper.sheets.mutationOptions({
      onSuccess: ({ address }, { format }) => {
        saveFrom(address);
        const open = format === 'pdf' ? '' : 'Open the file in a browser. ';
        const message = `${open}Print at 100 %, so that the images have their planned size.`;
        showToast({ title: `Saved the sheets of ${pseudonym}`, message });
      },
      onError: showRefusal,
    }),
  );
}
