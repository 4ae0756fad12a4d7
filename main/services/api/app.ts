import { api } from './base.ts';

export const appHandlers = {
  info: api.app.info.handler(({ context: { lab } }) => ({
    version: lab.bench.environment.product.version,
    host: lab.host,
    runtime: runtime(),
    dataFolder: lab.bench.storage.folder,
    notices: lab.bench.storage.notices.map(({ message }) => message),
  })),
};

function runtime(): Record<string, string> {
  const { node, electron, chrome } = process.versions;
  return { node, ...(electron !== undefined && { electron }), ...(chrome !== undefined && { chrome }) };
}
