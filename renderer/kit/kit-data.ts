import type { KitPayload } from '../../main/contract/labeling/kit.ts';

const schema: KitPayload['schema'] = 'boundary-workbench/labeling-kit/1';

/** What the workbench has put into this file; null: it is not whole. */
export function readKit(): KitPayload | null {
  try {
    const kit: KitPayload = JSON.parse(document.getElementById('kit')?.textContent ?? '');
    return kit.schema === schema ? kit : null;
  } catch {
    return null;
  }
}
