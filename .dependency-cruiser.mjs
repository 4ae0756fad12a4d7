/**
 * The layers of docs/architecture.md as rules. An arrow points to what may be imported:
 *
 *   preload -> main/contract;   renderer -> main/{contract, domain}
 *   main/hosts/{electron,browser} -> main/hosts/{page,calls}; main/hosts -> main/contributions -> main/terminal -> main/services
 *     -> main/{storage,executors,training,reports} -> main/{files,processes} -> main/exhibits -> main/{analysis,domain} -> main/contract
 *
 * Imports of types count: a type from a higher layer is knowledge of it.
 */

import { needsOf } from './scripts/contribution-needs.mjs';

/** What each folder may import from our own code, itself always included. */
const science = ['main/exhibits', 'main/analysis', 'main/domain', 'main/contract'];
const tools = ['main/processes', 'main/files', ...science];
const services = ['main/services', 'main/storage', 'main/executors', 'main/training', 'main/reports', ...tools];

const layers = {
  'main/contract': [],
  'main/domain': ['main/contract'],
  'main/analysis': ['main/domain', 'main/contract'],
  'main/exhibits': ['main/analysis', 'main/domain', 'main/contract'],
  'main/files': science,
  'main/processes': ['main/contract'],
  'main/storage': tools,
  'main/executors': tools,
  'main/training': tools,
  'main/reports': tools,
  'main/services': services.slice(1),
  'main/terminal': ['main/services', ...tools],
  'main/contributions': ['main/terminal', ...services],
  'main/hosts/cli': ['main/contributions', 'main/terminal', 'main/services', ...tools],
  'main/hosts/page': ['main/services', ...tools],
  'main/hosts/calls': ['main/services', ...tools],
  'main/hosts/browser': ['main/hosts/page', 'main/hosts/calls', 'main/contributions', 'main/services', ...tools],
  'main/hosts/electron': ['main/hosts/page', 'main/hosts/calls', 'main/contributions', 'main/services', ...tools],
  preload: ['main/contract'],
  renderer: ['main/domain', 'main/contract', 'main/contributions'],
};

const ownCode = '^(main|preload|renderer|scripts|tests)/';

/** `main/domain` and `main/domain/anything`, but not `main/domains`. */
const below = (folders) => `^(${folders.join('|')})/`;

/** A package, by the path that it resolves to, or by its name where it does not resolve. */
const packages = (names) => `(^|/)node_modules/(${names.join('|')})(/|$)|^(${names.join('|')})(/|$)`;

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `layer:${folder}`,
  comment: `${folder} may import from ${[...allowed].join(', ') || 'no other folder of ours'} only.`,
  severity: 'error',
  from: { path: below([folder]) },
  to: { path: ownCode, pathNot: below([folder, ...allowed]) },
}));

/** A package that only the named places may know. */
const onlyIn = (name, names, places) => ({
  name: `only:${name}`,
  comment: `Only ${places.join(' and ')} may import ${name}.`,
  severity: 'error',
  from: { path: '^(main|preload|renderer)/', pathNot: below(places) },
  to: { path: packages(names) },
});

/** Manifests of the sources that are checked. */
const needing = [...needsOf(process.cwd())].filter(([, needs]) => needs.length > 0);

/** Folders of contributions, by a pattern of their names. */
const contributionsOf = (names) => `^(?:main|renderer)/contributions/${names}/`;

/** Schemas, measures, tables and figures of contributions. */
const pureInContributions = '^main/contributions/[^/]+/(contract|analysis|exhibits)[/.]';

/** A contribution, or each but those with a rule of their own, and what else it may use. */
const apart = (from, to) => ({
  name: 'contributions-are-apart',
  comment: 'A contribution imports no other, in the program or in the page, but those that its manifest `needs`.',
  severity: 'error',
  from,
  to: {
    path: '^(main|renderer)/contributions/',
    pathNot: [contributionsOf(to), '^(main|renderer)/contributions/define.ts$'],
  },
});

const apartRules = [
  apart({ path: contributionsOf('([^/]+)'), pathNot: needing.map(([name]) => contributionsOf(name)) }, '$1'),
  ...needing.map(([name, needs]) => apart({ path: contributionsOf(name) }, `(?:${[name, ...needs].join('|')})`)),
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    onlyIn('better-sqlite3', ['better-sqlite3', '@types/better-sqlite3'], ['main/storage']),
    onlyIn('tfjs', ['@tensorflow/[^/]+'], ['main/training', 'main/contributions/weights/network']),
    onlyIn('onnx', ['onnxruntime-[^/]+'], ['main/contributions/outside']),
    onlyIn('electron', ['electron'], ['main/hosts/electron', 'preload']),
    onlyIn('ws', ['ws', '@types/ws'], ['main/hosts/browser']),
    onlyIn('react', ['react', 'react-dom', '@types/react', '@types/react-dom'], ['renderer']),
    {
      name: 'core-knows-no-contribution',
      comment: 'The program works without each contribution: hosts and the page pass on the lists of them.',
      severity: 'error',
      from: {
        path: '^(main|preload|renderer)/',
        pathNot: '^(main/(contributions|hosts)/|renderer/(contributions/|main.tsx$))',
      },
      to: { path: '^(main|renderer)/contributions/' },
    },
    {
      name: 'lists-of-contributions-only',
      comment: 'Hosts and the page know the list of contributions, and none by name.',
      severity: 'error',
      from: { path: '^(main/hosts/|renderer/main.tsx$)' },
      to: { path: '^(main|renderer)/contributions/', pathNot: '^(main|renderer)/contributions/(all|define).ts$' },
    },
    ...apartRules,
    {
      name: 'contributions-use-faces',
      comment: 'Of the core, a contribution uses what the `index.ts` of a folder offers it.',
      severity: 'error',
      from: { path: '^(main|renderer)/contributions/[^/]+/' },
      to: { path: '^(main|preload|renderer)/', pathNot: ['^(main|renderer)/contributions/', '/index[.]ts$'] },
    },
    {
      name: 'pure-in-contributions',
      comment: 'Analysis, exhibits and contract of a contribution use only those of the core and of contributions.',
      severity: 'error',
      from: { path: pureInContributions },
      to: { path: ownCode, pathNot: [below(science), pureInContributions] },
    },
    {
      name: 'contributions-use-no-screens',
      comment: 'On the page a contribution is made of what all screens share.',
      severity: 'error',
      from: { path: '^renderer/contributions/' },
      to: {
        path: '^renderer/',
        pathNot: '^renderer/(contributions|recipes|results|stimuli|ui|charts|client|navigation)/',
      },
    },
    {
      name: 'contract-knows-zod-only',
      comment: 'The contract is shared with the renderer: schemas and calls made of them, nothing that needs Node.',
      severity: 'error',
      from: { path: below(['main/contract']) },
      to: { pathNot: ['^main/contract/', packages(['zod', '@orpc/contract'])] },
    },
    {
      name: 'pure',
      comment:
        'Domain, analysis and exhibits do no I/O; of Node they may use the hash functions, and load a package once it is needed.',
      severity: 'error',
      from: {
        path: [below(['main/domain', 'main/analysis', 'main/exhibits']), pureInContributions],
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|module)$' },
    },
    {
      name: 'no-node-in-renderer',
      comment: 'The renderer is a web page.',
      severity: 'error',
      from: { path: below(['renderer']) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'No import may lead back to itself.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-folder-cycles',
      comment: 'No folder may be reached from what it imports. tests/architecture also checks files beside folders.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads to a file or to an installed package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment:
        'A package that only another package brings may be gone, or be another version, after the next installation.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages',
      comment: 'What the product needs to run is a dependency, not a devDependency. Electron is the runtime itself.',
      severity: 'error',
      from: { path: '^(main|preload)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packages(['electron']) },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API yet; swc reads our sources and sees imports of types as well.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
