import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { KitApp } from './kit-app.tsx';
import { readKit } from './kit-data.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');

// A page that the browser kept for the way back does not know what was answered since.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) window.location.reload();
});

createRoot(root).render(
  <StrictMode>
    <KitApp kit={readKit()} />
  </StrictMode>,
);
