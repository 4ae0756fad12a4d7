import { api } from './base.ts';

export const machineHandlers = {
  state: api.machine.state.handler(({ context }) => context.lab.machine.state()),
  engines: api.machine.engines.handler(({ context }) => context.lab.machine.engines()),
  settings: api.machine.settings.handler(({ context }) => context.lab.machine.settings()),
  configure: api.machine.configure.handler(({ input, context }) => context.lab.machine.configure(input)),
  check: api.machine.check.handler(({ context }) => ({ job: context.lab.machine.check() })),
  install: api.machine.install.handler(({ input, context }) => ({ job: context.lab.machine.install(input.variant) })),
  disk: api.machine.disk.handler(({ context }) => context.lab.machine.disk()),
  cleanUp: api.machine.cleanUp.handler(({ context }) => ({ job: context.lab.machine.cleanUp() })),
  backUp: api.machine.backUp.handler(({ context }) => ({ job: context.lab.machine.backUp() })),
};
