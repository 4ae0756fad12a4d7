import { Center, Loader, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Component, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import type { Connection } from '../client/client.ts';
import { ClientProvider } from '../client/context.tsx';
import { studyFromAddress, useHashLocation, useHashSearch, useParameter } from '../navigation/addresses.ts';
import { NotFound } from '../navigation/not-found.tsx';
import { ScreenError } from '../ui/parts/states.tsx';
import { loadParts } from '../ui/parts/later.tsx';
import { cssVariables, theme } from '../ui/words/theme.ts';
import { Frame } from './frame.tsx';
import { allRoutes, drawers, loadScreens, type Screen, Shown } from './routes.tsx';
import './app.css';
import { detach } from '../../main/contract/wire/detach.ts';

/** The page. Its addresses are behind `#`, so that they work under app:// and http:// alike. */
export function App({ connection }: { connection: Connection }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <ClientProvider connection={connection}>
        <Router hook={useHashLocation} searchHook={useHashSearch}>
          <Frame>
            <Screens />
          </Frame>
          {drawers.map(({ parameter, drawer }) => (
            <DrawerPlace key={parameter} parameter={parameter} drawer={drawer} />
          ))}
        </Router>
      </ClientProvider>
    </MantineProvider>
  );
}

/** Milliseconds after the start before the code of the other screens is loaded. */
const preloadDelay = 1000;

/** Whether the browser's data saver is on; false in browsers that do not tell. */
function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

function Screens() {
  const [address] = useLocation();
  useEffect(() => {
    if (savesData()) return;
    const timer = setTimeout(() => detach(loadScreens().then(loadParts)), preloadDelay);
    return () => clearTimeout(timer);
  }, []);
  return (
    <FailureCatcher address={address}>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/">
            <Redirect to="/studies" replace />
          </Route>
          {Object.entries(allRoutes()).map(([path, { title, screen }]) => (
            <Route key={path} path={path}>
              <PageTitle screen={title} />
              <Shown screen={screen} />
            </Route>
          ))}
          <Route>
            <PageTitle screen="Page not found" />
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </FailureCatcher>
  );
}

/** Names screen and study in the title of the page, so that tabs, bookmarks and the history tell them apart. */
function PageTitle({ screen }: { screen: string }) {
  const study = studyFromAddress(useLocation()[0]);
  const title = [screen, ...(study === null ? [] : [study]), 'Boundary Workbench'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
}

interface Guarded {
  address: string;
  children: ReactNode;
}

/**
 * Shows in place of a screen why it cannot be shown: its code did not load, as the program had just ended, or it failed.
 * React offers this to class components only.
 */
class FailureCatcher extends Component<Guarded, { error: unknown; address: string }> {
  override state = { error: null, address: '' };
  static getDerivedStateFromError = (error: unknown) => ({ error });
  /** Another address, another screen. */
  static getDerivedStateFromProps({ address }: Guarded, state: { address: string }) {
    return address === state.address ? null : { error: null, address };
  }
  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <ScreenError title="This screen cannot be shown" error={error} onRetry={() => window.location.reload()} />;
  }
}

/** Loaded when the address first asks for it; the drawer itself reads whether it is open. */
function DrawerPlace({ parameter, drawer }: { parameter: string; drawer: Screen }) {
  const [value] = useParameter(parameter);
  const [isNeeded, setNeeded] = useState(false);
  if (value !== null && !isNeeded) setNeeded(true);
  return isNeeded ? (
    <Suspense>
      <Shown screen={drawer} />
    </Suspense>
  ) : null;
}

const Waiting = () => (
  <Center h={240}>
    <Loader role="status" aria-label="Loading the screen" />
  </Center>
);
