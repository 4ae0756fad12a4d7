import { connect, ownAccess } from '../../client/index.ts';
import type { OwnPage } from '../define.ts';
import { DeskApp } from './page/desk-app.tsx';
import { goToStudies, isStandingBy, keptDesk, markStandingBy } from './page/kept-desk.ts';
import { OpenElsewhere } from './page/open-elsewhere.tsx';
import { keepHandedSize } from './page/screen-size.tsx';
import { Sitting } from './page/sitting.ts';

/** Milliseconds that a labeling page has to store its last answers when another tab ends the session. */
const storingTime = 10_000;

const connectHere = () => connect(window);

/** What the page was loaded for. */
const loaded: { token: string | null; standsBy: boolean } = { token: null, standsBy: false };

/**
 * A volunteer's page is another program: decided when the page is loaded, so that one never turns into the other. Whoever
 * looks at the tab is not to read in its title what the study is about.
 */
export const ownPage: OwnPage = {
  open: () => {
    loaded.standsBy = isStandingBy();
    const token = keptDesk();
    loaded.token = token;
    window.addEventListener('hashchange', () => {
      if (keptDesk() !== token) window.location.reload();
    });
    if (token === null) return null;
    keepHandedSize();
    const Page = loaded.standsBy ? OpenElsewhere : () => <DeskApp token={token} connect={connectHere} />;
    return { title: 'Labeling', Page };
  },
  beforeReload: async () => {
    const { token, standsBy } = loaded;
    if (ownAccess().limitedTo !== null && (token === null || standsBy)) return markStandingBy();
    if (token === null) return undefined;
    await Promise.race([Sitting.stored(), new Promise((resolve) => setTimeout(resolve, storingTime))]);
    // The session was left, so this tab must not open it again.
    if (ownAccess().limitedTo === null) goToStudies();
  },
};
