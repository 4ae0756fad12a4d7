/// <reference types="vite/client" />
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '@mantine/charts/styles.layer.css';
import './ui/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { onAccessChange, ownAccess } from './client/access.ts';
import { connect } from './client/client.ts';
import { DeskApp } from './features/desk/desk-app.tsx';
import { goToStudies, keptDesk } from './features/desk/kept-desk.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// A volunteer's page is another program: decided when the page is loaded, so that one never turns into the other.
const token = keptDesk();
window.addEventListener('hashchange', () => {
  if (keptDesk() !== token) window.location.reload();
});
// Whoever looks at the tab is not to read what the study is about.
if (token !== null) document.title = 'Labeling';
// The browser may keep pages in memory and show them again, e.g. the researcher's to a volunteer who goes back.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) window.location.reload();
});
onAccessChange(() => {
  // Another tab left the session: this one must not open it again.
  if (token !== null && ownAccess().desk === null) goToStudies();
  window.location.reload();
});

createRoot(root).render(
  <StrictMode>
    {token === null ? <App connection={connect(window)} /> : <DeskApp token={token} connect={() => connect(window)} />}
  </StrictMode>,
);
