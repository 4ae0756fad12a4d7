import type { KitPayload } from '../../../../main/contract/labeling/kit.ts';

/** Where a kit's data goes in its page; scripts/kit-page.mjs puts it there. */
const mark = '<!-- the kit -->';

/**
 * A kit as one page with everything in it.
 * @throws Error where the page of kits was not built
 */
export async function kitFile(kit: KitPayload): Promise<Blob> {
  const answer = await fetch('/kit.html');
  const page = await answer.text();
  const [before, after] = page.split(mark);
  if (!answer.ok || before === undefined || after === undefined) throw new Error('The page of kits is not there');
  // So that no text of a plan can end the script.
  const data = JSON.stringify(kit).replaceAll('<', '\\u003c');
  return new Blob([before, `<script type="application/json" id="kit">${data}</script>`, after], { type: 'text/html' });
}
