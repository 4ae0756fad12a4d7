import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/errors.ts';
import type { ReportData } from '../../reports/report-data.ts';
import { targetsOf } from '../../reports/view.ts';

/** @throws UserError `report.unknown-target` where targets were chosen that the study has not. */
export function refuseUnknown(data: ReportData, { targets }: ReportChoice): void {
  const known = targetsOf(data);
  const unknown = (targets ?? []).filter((target) => !known.includes(target));
  if (unknown.length === 0) return;
  throw new UserError({
    code: 'report.unknown-target',
    what: `Study "${data.study.name}" has no networks at ${unknown.map((target) => `${target} %`).join(', ')}`,
    where: data.study.name,
    remedy:
      known.length === 0
        ? 'No network is planned yet: leave the choice of targets out.'
        : `Choose from: ${known.join(', ')}.`,
  });
}
