import { openSample, sampleFolder } from '../services/report/sample-lab.ts';
import { addSeedStudy } from '../services/results/seed-study.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openPage, startHost } from './harness.ts';

/** A view of the seed study; calls that `held` matches are never answered. */
export async function openHeld(route: string, held: (message: string) => boolean) {
  const dataFolder = await sampleFolder(temporaryFolder());
  const workbench = openSample(dataFolder);
  addSeedStudy(workbench);
  workbench.storage.close();
  const host = await startHost({ dataFolder });
  const page = await openPage(host, { route: `/studies/seeds/results${route}` });
  const place = { isHolding: false, holds: 0 };
  await page.routeWebSocket(/\/calls$/, (socket) => {
    const program = socket.connectToServer();
    socket.onMessage((message) => {
      if (place.isHolding && held(message.toString())) place.holds += 1;
      else program.send(message);
    });
  });
  await page.reload();
  return { page, place };
}
