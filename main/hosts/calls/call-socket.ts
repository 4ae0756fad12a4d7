import type { RPCHandler } from '@orpc/server/ws';
import type { ApiContext } from '../../services/api/base.ts';

/** The part of a `ws` socket that calls need. */
export type CallSocket = Parameters<RPCHandler<ApiContext>['upgrade']>[0];
