import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { KitApp } from './kit-app.tsx';
import type { KitPayload } from '../../../../main/contributions/offline/kit-format.ts';

const schema: KitPayload['schema'] = 'boundary-workbench/labeling-kit/2';

/** The data that the workbench wrote into this file; null: it is incomplete. */
function readKit(): KitPayload | null {
  try {
    const kit: KitPayload = JSON.parse(document.getElementById('kit')?.textContent ?? '');
    return kit.schema === schema ? kit : null;
  } catch {
    return null;
  }
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');

// A page that the browser kept for Back does not have the answers given since.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) window.location.reload();
});

createRoot(root).render(
  <StrictMode>
    <KitApp kit={readKit()} />
  </StrictMode>,
);
