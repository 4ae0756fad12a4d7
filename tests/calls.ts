import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { type ContributedCalls, contributions } from '../main/contributions/all.ts';
import { contributedBy } from '../main/contributions/define.ts';
import { type CallHandlers, callHandlers } from '../main/hosts/calls/handlers.ts';
import type { WorkbenchContract } from '../main/contract/api/contract.ts';
import type { ApiContext } from '../main/services/api/base.ts';
import { routerWith, type WorkbenchRouter } from '../main/services/api/router.ts';

/** The calls of contributions, by area. */
type Contributed = { [Area in keyof ContributedCalls]: RouterClient<ContributedCalls[Area]> };

/** Every call of the program, also those of contributions. */
export type Calls = RouterClient<WorkbenchRouter> & Contributed;

/** As a page of another process calls them. */
export type RemoteCalls = ContractRouterClient<WorkbenchContract> & Contributed;

/** Answers every call in this process. */
export const callsOf = (context: ApiContext): Calls =>
  createRouterClient(routerWith(contributions), { context }) as unknown as Calls;

/** As a host answers pages. */
export const handlersOf = (context: Omit<ApiContext, 'page'>): CallHandlers =>
  callHandlers(routerWith(contributions), context);

/** What contributions offer, for `openWorkbench`. */
export const offered = contributedBy(contributions);
