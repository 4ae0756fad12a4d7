import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { KitApp } from './kit-app.tsx';
import { readKit } from './kit-data.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');

createRoot(root).render(
  <StrictMode>
    <KitApp kit={readKit()} />
  </StrictMode>,
);
