import type { Page } from 'playwright';

/** What a screen says of one thing, e.g. "Failed" of "sample: Models". */
export interface Shown {
  thing: string;
  says: string;
}

/** The states and counts on the page: of studies, their steps and runs, of jobs and engines. */
export function shownStates(page: Page): Promise<Shown[]> {
  return page.evaluate(() => {
    const found: { thing: string; says: string }[] = [];
    const textOf = (element: Element | null | undefined): string =>
      (element?.textContent ?? '').replace(/\s+/g, ' ').trim();
    const add = (thing: string, says: string | null | undefined): void => {
      if (says) found.push({ thing, says });
    };
    const all = (selector: string, within: ParentNode = document): Element[] => [...within.querySelectorAll(selector)];
    const study = decodeURIComponent(/^#\/studies\/([^/?]+)/.exec(window.location.hash)?.[1] ?? '');
    const stepOf = (screen: string): string => (screen === 'Overview' ? `study ${study}` : `${study}: ${screen}`);
    for (const item of all('.frame-item')) {
      const screen = textOf(item.querySelector('.mantine-NavLink-label'));
      add(stepOf(screen), item.querySelector('.frame-state')?.getAttribute('title'));
    }
    add(stepOf(textOf(document.querySelector('h1'))), textOf(document.querySelector('.step-state .state-mark')));
    add(`study ${study}`, textOf(document.querySelector('.overview-head .state-mark')));
    for (const step of all('.pipeline-step')) {
      const name = textOf(step.querySelector('h2'));
      add(`${study}: ${name}`, textOf(step.querySelector('.pipeline-state')).replace(/, changed .*/, ''));
      const figure = textOf(step.querySelector('.pipeline-figure'));
      const count = /^(\d+ of \d+) models (?:trained|met)|^(\d+) images? in|^(\d+) (?:simulated )?labelers?/.exec(
        figure,
      );
      add(`${study}: number of ${name}`, count?.slice(1).find(Boolean));
    }
    for (const item of all('.study-item')) {
      const name = item.querySelector('.study-item-head > .soft')?.getAttribute('title') ?? '';
      add(`study ${name}`, textOf(item.querySelector('.state-mark')));
      const text = textOf(item.querySelector('.study-item-figures'));
      add(`${name}: number of Models`, /(\d+ of \d+) model/.exec(text)?.[1]);
      add(`${name}: number of Stimuli`, /(\d+) stimul/.exec(text)?.[1]);
      add(`${name}: number of Labeling`, /(\d+) labeler/.exec(text)?.[1]);
    }
    for (const row of all('.run-table .data-table-row')) {
      const name = textOf(row.querySelector('[data-column="name"] strong'));
      add(`run ${study} ${name}`, textOf(row.querySelector('[data-column="state"] .state-mark')));
    }
    const drawer = document.querySelector('.run-title');
    const state = textOf(drawer?.querySelector('.state-mark'));
    if (drawer) add(`run ${study} ${textOf(drawer).slice(0, -state.length).trim()}`, state);
    for (const action of all('.mantine-Spotlight-action')) {
      const run = /^(\w[\w ]*), run \d+$/.exec(textOf(action.querySelector('.mantine-Spotlight-actionDescription')));
      if (run) add(`run ${study} ${textOf(action.querySelector('.mantine-Spotlight-actionLabel'))}`, run[1]);
    }
    const jobs = all('.jobs-item').filter((item) => item.querySelector('[role="progressbar"]'));
    if (document.querySelector('.jobs-foot')) add('number of jobs', String(jobs.length));
    const header = document.querySelector('.frame-header');
    if (header) add('number of jobs', textOf(header.querySelector('.jobs-count')) || '0');
    for (const item of jobs) {
      // A job is called by its study, whose state it says too.
      const link = item.querySelector('a')?.getAttribute('href') ?? '';
      const its = /^#\/studies\/([^/?]+)$/.exec(link)?.[1];
      const [says] = textOf(item.querySelector('.jobs-note'))
        .replace(/^Queued behind .*/, 'Queued')
        .split(' · ');
      add(
        its === undefined ? `job ${textOf(item.querySelector('strong, a'))}` : `study ${decodeURIComponent(its)}`,
        says,
      );
    }
    const pauses = [...all('.jobs-foot .jobs-note'), ...all('.card:has(.machine-settings) .screen-tools .soft')].map(
      textOf,
    );
    for (const text of pauses) add('training', /is paused/.test(text) ? 'paused' : 'not paused');
    add('engine in use', textOf(document.querySelector('.frame-header [href="#/machine"]')));
    for (const chosen of all('.machine-chosen')) {
      add('engine in use', textOf(chosen.parentElement).slice(0, -textOf(chosen).length).trim());
    }
    return found.filter(({ thing }) => !thing.startsWith(': '));
  });
}
