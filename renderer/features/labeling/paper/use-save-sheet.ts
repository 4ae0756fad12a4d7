import { useMutation } from '@tanstack/react-query';
import { useClient } from '../../../client/context.tsx';
import { saveFile } from '../../../ui/export/save.ts';
import { bytesOf } from '../../../ui/pixels.ts';
import { showToast } from '../../../ui/toasts.tsx';
import { sheetFile } from './sheet-file.ts';

/** Images that are fetched at a time. */
const chunk = 500;

/** Saves a person's sheets, to be printed. */
export function useSaveSheet() {
  const client = useClient();
  return useMutation({
    mutationFn: async ({ id, token }: { id: number; token: string }) => {
      const view = await client.labeling.paper.sheet({ session: id });
      const size = view.image.width * view.image.height;
      const pixels = new Uint8Array(view.trials * size);
      for (let from = 0; from < view.trials; from += chunk) {
        const count = Math.min(chunk, view.trials - from);
        pixels.set(bytesOf((await client.labeling.volunteer.images({ token, from, count })).pixels), from * size);
      }
      saveFile(`sheets-${view.pseudonym}.html`, sheetFile(view, pixels));
      const message = 'Open the file in a browser and print it, or keep it as PDF from there. Print at 100 %.';
      showToast({ title: `Saved the sheets of ${view.pseudonym}`, message });
    },
  });
}
