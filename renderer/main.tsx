import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { connect } from './client/connect.ts';
import { StudiesScreen } from './features/studies/studies-screen.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <StudiesScreen workbench={connect(window)} />
  </StrictMode>,
);
