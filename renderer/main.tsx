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
import { pageParts } from './contributions/all.ts';
import { DeskApp } from './features/desk/desk-app.tsx';
import { goToStudies, isStandingBy, keptDesk, standBy } from './features/desk/kept-desk.ts';
import { NoAccess, OpenElsewhere } from './features/desk/no-desk.tsx';
import { Sitting } from './features/desk/sitting.ts';
import { addParts } from './ui/places.ts';
import { detach } from '../main/contract/detach.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// A volunteer's page is another program: decided when the page is loaded, so that one never turns into the other.
const standsBy = isStandingBy();
const token = keptDesk();
const hasAccess = window.location.protocol === 'app:' || ownAccess().secret !== '';
window.addEventListener('hashchange', () => {
  if (keptDesk() !== token) window.location.reload();
});
// Whoever looks at the tab is not to read what the study is about.
if (token !== null) document.title = 'Labeling';
// The browser may keep pages in memory and show them again, e.g. the researcher's to a volunteer who goes back.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) window.location.reload();
});
onAccessChange(() => detach(loadAgain()));

/** Milliseconds that a labeling page has to store its last answers when another tab ends the session. */
const storingTime = 10_000;

/** Another tab changed what this browser has access to. */
async function loadAgain(): Promise<void> {
  if (ownAccess().desk !== null && (token === null || standsBy)) return standBy();
  if (token !== null) {
    await Promise.race([Sitting.stored(), new Promise((resolve) => setTimeout(resolve, storingTime))]);
    // The session was left, so this tab must not open it again.
    if (ownAccess().desk === null) goToStudies();
  }
  window.location.reload();
}

function page() {
  if (!hasAccess) return <NoAccess />;
  if (standsBy) return <OpenElsewhere />;
  if (token === null) return <App connection={connect(window)} />;
  return <DeskApp token={token} connect={() => connect(window)} />;
}

for (const { name, parts = {} } of pageParts) addParts(name, parts);
createRoot(root).render(<StrictMode>{page()}</StrictMode>);
