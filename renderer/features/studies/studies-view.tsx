import type { AppInfo, CallError, StudySummary } from '../../../main/contract/calls.ts';
import { StudyCard } from './study-card.tsx';
import type { Overview } from './use-overview.ts';

/** The whole page, from what is known. `now` in milliseconds since 1970, for "5 minutes ago". */
export function StudiesView({ overview, now }: { overview: Overview | undefined; now: number }) {
  return (
    <div className="page">
      <header className="page-head">
        <h1>Boundary Workbench</h1>
        <p>What neural networks and people do at the boundary between two classes</p>
      </header>
      <main aria-busy={overview === undefined}>
        {overview === undefined && <p className="quiet">Reading the studies…</p>}
        {overview && !overview.studies.ok && <Fault error={overview.studies.error} />}
        {overview?.studies.ok && <Studies studies={overview.studies.value} now={now} />}
      </main>
      {overview?.info.ok && <Foot info={overview.info.value} />}
    </div>
  );
}

function Studies({ studies, now }: { studies: readonly StudySummary[]; now: number }) {
  return (
    <>
      <h2>Studies</h2>
      {studies.length === 0 ? (
        <section className="notice">
          <h3>No study yet</h3>
          <p>A study is run from a terminal, in the folder of the program:</p>
          <HowToStart />
        </section>
      ) : (
        <>
          <ul className="studies">
            {studies.map((study) => (
              <StudyCard key={study.name} study={study} now={now} />
            ))}
          </ul>
          <section className="notice">
            <h3>Run or resume a study</h3>
            <p>Studies are run from a terminal. What is there already is not done twice:</p>
            <HowToStart />
          </section>
        </>
      )}
    </>
  );
}

function HowToStart() {
  return (
    <dl className="commands">
      <dt>
        <code>npm run study</code>
      </dt>
      <dd>runs the quick study, or goes on with it</dd>
      <dt>
        <code>npm run -s boundary -- --help</code>
      </dt>
      <dd>shows everything else, your own studies included</dd>
    </dl>
  );
}

function Fault({ error }: { error: CallError }) {
  return (
    <section className="notice fault" role="alert">
      <h2>{error.what}</h2>
      <p>
        <span className="label">Where</span> <code>{error.where}</code>
      </p>
      <p>
        <span className="label">What to do</span> {error.remedy}
      </p>
    </section>
  );
}

function Foot({ info }: { info: AppInfo }) {
  const runtime = Object.entries(info.runtime).map(([name, version]) => `${name} ${version}`);
  return (
    <footer className="foot">
      <span>
        Data folder <code>{info.dataFolder}</code>
      </span>
      <span>{[`version ${info.version}`, ...runtime].join(' · ')}</span>
    </footer>
  );
}
