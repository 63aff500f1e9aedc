// Who may import whom, as rules that name each breach: docs/architecture.md says why.

import type { Import, SourceFile } from './imports.js';

/** These see everything: they choose the concrete implementations, or look at them. */
const SEES_ALL = ['cli', 'benchmarks', 'test'];

/** What each folder may import besides itself and `errors.ts`. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  compute: [],
  hardware: [],
  protocol: [],
  transport: ['protocol/'],
  // What a board can do is plain data, which an emulated one is told.
  node: ['compute/', 'protocol/', 'transport/', 'hardware/board-profile.ts'],
  data: ['compute/', 'protocol/'],
  // A board reads its own files when its run says `data: local`.
  agent: ['node/', 'transport/', 'protocol/', 'hardware/', 'compute/', 'data/'],
  // The board's clock decides whether the age of a command can be judged.
  master: [
    'node/',
    'compute/',
    'protocol/',
    'transport/',
    'data/',
    'simulation/',
    'hardware/board.ts',
    'hardware/board-profile.ts',
  ],
  broker: ['protocol/'],
  // What decides in a node decides in a simulated one; tensors and links it has none.
  simulation: [
    'compute/',
    'protocol/',
    'hardware/board-profile.ts',
    'node/schedules/',
    'node/held-window.ts',
    'node/ring-timing.ts',
    'node/fused-update.ts',
    'node/gradient-filter.ts',
    'node/consistency.ts',
    'node/pieces.ts',
    'node/stream-queue.ts',
    'node/star/exchange-costs.ts',
    'node/star/part.ts',
  ],
  charts: [],
  // Judges what others ran: it starts nothing.
  comparison: ['protocol/', 'charts/theme.ts', 'benchmarks/statistics.ts'],
};

/** The paper's node knows no network, so that its mathematics can be read and tested alone. */
const NODE_CORE = [
  'node/parameter-store.ts',
  'node/multiplication-module.ts',
  'node/backpropagation-module.ts',
  'node/stash.ts',
  'node/worker.ts',
];
const CORE_MAY = ['compute/', ...NODE_CORE];

/** Packages that one file alone knows, so that they can be replaced there. */
const ONE_HOME: Readonly<Record<string, string>> = {
  aedes: 'broker/aedes.ts',
  mqtt: 'transport/mqtt-link.ts',
};
/** What need not be there, native code or large: loaded at run time, by one file. */
const LAZY_HOME: Readonly<Record<string, string>> = {
  koffi: 'compute/engines/blas-library.ts',
  vega: 'charts/chart.ts',
  'vega-lite': 'charts/chart.ts',
};
/** Optional parts: loaded when they are wanted, each in one file of hardware/. */
const NATIVE = ['onoff', 'i2c-bus'];

/** Every breach of the rules, as a sentence. */
export function breaches(files: readonly SourceFile[]): string[] {
  return [...files.flatMap(breachesOf), ...sharedNatives(files), ...cycles(files)];
}

function breachesOf(file: SourceFile): string[] {
  const faults = file.imports.filter((each) => !mayImport(file.path, each)).map(({ target }) => `imports ${target}`);
  if (/^export\s+default\b/m.test(file.text)) faults.push('has a default export');
  if (!seesAll(file.path) && /\bprocess\.(env|argv)\b/.test(file.text)) faults.push('reads arguments or environment');
  return faults.map((fault) => `${file.path} ${fault}`);
}

function mayImport(path: string, { target, typeOnly, lazy }: Import): boolean {
  // What ships must not need what does not.
  if (target.startsWith('test/')) return folderOf(path) === 'test';
  if (seesAll(path) || target === 'errors.ts') return true;
  if (ONE_HOME[target] !== undefined) return typeOnly || ONE_HOME[target] === path;
  if (LAZY_HOME[target] !== undefined) return typeOnly || (lazy && LAZY_HOME[target] === path);
  if (NATIVE.includes(target)) return typeOnly || (lazy && path.startsWith('hardware/'));
  if (!target.endsWith('.ts')) return true; // another package, or Node itself
  const isDescribed = target.startsWith('compute/') || target === 'hardware/board-profile.ts';
  if (path.startsWith('protocol/') && isDescribed) return typeOnly;
  return allowedFor(path).some((prefix) => target.startsWith(prefix));
}

function allowedFor(path: string): readonly string[] {
  if (NODE_CORE.includes(path)) return CORE_MAY;
  if (path.startsWith('node/schedules/')) return ['node/schedules/'];
  const folder = folderOf(path);
  return [`${folder}/`, ...(FOLDERS[folder] ?? [])];
}

function sharedNatives(files: readonly SourceFile[]): string[] {
  return NATIVE.flatMap((name) => {
    const users = files.filter(({ path, imports }) => !seesAll(path) && imports.some(({ target }) => target === name));
    return users.length > 1 ? [`${name} is imported by ${users.map(({ path }) => path).join(' and ')}`] : [];
  });
}

/** Depth first over what is imported at run time. */
function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    done.add(path);
    const next = byPath.get(path)?.imports.filter(({ typeOnly }) => !typeOnly) ?? [];
    for (const { target } of next) visit(target, [...trail, path]);
  };
  for (const path of byPath.keys()) visit(path, []);
  return found;
}

function seesAll(path: string): boolean {
  return SEES_ALL.includes(folderOf(path));
}

function folderOf(path: string): string {
  return path.split('/')[0] as string;
}
