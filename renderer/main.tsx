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
import { NoAccess } from './ui/parts/alone.tsx';
import { addParts } from './ui/places/places.ts';
import { detach } from '../main/contract/wire/detach.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

const own = pageParts.flatMap(({ ownPage }) => ownPage?.open() ?? [])[0] ?? null;
if (own) document.title = own.title;
// A browser that is limited to a page which nothing here shows can show nothing else.
const isLimited = own === null && ownAccess().limitedTo !== null;
const hasAccess = !isLimited && (window.location.protocol === 'app:' || ownAccess().secret !== '');
// The browser may keep pages in memory and show them again, e.g. the researcher's to a volunteer who goes back.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) window.location.reload();
});
onAccessChange(() => detach(loadAgain()));

/** Another tab changed what this browser has access to. */
async function loadAgain(): Promise<void> {
  for (const { ownPage } of pageParts) await ownPage?.beforeReload();
  window.location.reload();
}

function page() {
  if (!hasAccess) return <NoAccess />;
  return own ? <own.Page /> : <App connection={connect(window)} />;
}

for (const { name, parts = {} } of pageParts) addParts(name, parts);
createRoot(root).render(<StrictMode>{page()}</StrictMode>);
