import type { DrawsTask } from './contract/task.ts';
import { findSetting, shownValue } from '../../domain/settings/index.ts';
import { drawSettings } from './contract/request.ts';

const ruleName = (rule: DrawsTask['rule']): string => String(shownValue(findSetting(drawSettings, 'rule'), rule));

const designs = (design: DrawsTask['anchorDesign']): string =>
  ({ one: 'one a class', several: design.kind === 'several' ? `${design.perClass} a class` : '', fresh: 'fresh' })[
    design.kind
  ];

/** `any clear sample, fresh anchors`. */
export const drawsTitle = ({ rule, anchorDesign }: Pick<DrawsTask, 'rule' | 'anchorDesign'>): string =>
  `${ruleName(rule)}, ${anchorDesign.kind === 'fresh' ? 'fresh anchors' : designs(anchorDesign)}`;
