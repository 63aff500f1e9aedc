// The rules of who may import whom, kept by all source files; and the rules themselves, kept by a few
// made-up files, so that they are known to be able to fail.

import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { breaches } from './support/import-rules.js';
import { parseSource, readSources } from './support/imports.js';

const ROOT = resolve(import.meta.dirname, '../..');
/** Not source: what others wrote, what is built, and AssemblyScript, which is another language. */
const OTHERS = /^(?:node_modules|dist|coverage|runs|\..*)\/|\/assembly\/|\.d\.ts$/;

async function sourcePaths(): Promise<string[]> {
  const names = (await readdir(ROOT, { withFileTypes: true })).filter(({ name }) => !OTHERS.test(`${name}/`));
  const folders = names.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const inFolders = folders.map(async (folder) => {
    return (await readdir(`${ROOT}/${folder}`, { recursive: true })).map((path) => `${folder}/${path}`);
  });
  const paths = [...names.map(({ name }) => name), ...(await Promise.all(inFolders)).flat()];
  return paths.filter((path) => path.endsWith('.ts') && !OTHERS.test(path));
}

/** Breaches in files that are given as path and text. */
function breachesIn(files: Record<string, string>): string[] {
  return breaches(Object.entries(files).map(([path, text]) => parseSource(path, text)));
}

describe('architecture', () => {
  it('is kept by every source file', async () => {
    const files = await readSources(ROOT, await sourcePaths());
    expect(files.length).to.be.above(100);
    expect(breaches(files)).to.deep.equal([]);
  });

  it('reads imports of every shape', () => {
    const { imports } = parseSource(
      'agent/a.ts',
      [
        "import { b } from './b.js';",
        "import type { C } from '../compute/c.js';",
        'import {\n  type D,\n  e,\n} from "./no.js"'.replaceAll('"', "'"),
        "export { f } from './f.js';",
        "export * from './g.js';",
        "import 'mqtt/types';",
        "const { h } = await import('@scope/name/part');",
        "// import { no } from './comment.js';",
      ].join('\n'),
    );
    const kinds = imports.map(({ target, typeOnly, lazy }) => [target, typeOnly ? 'type' : lazy ? 'lazy' : 'value']);
    expect(kinds).to.deep.equal([
      ['agent/b.ts', 'value'],
      ['compute/c.ts', 'type'],
      ['agent/no.ts', 'value'],
      ['agent/f.ts', 'value'],
      ['agent/g.ts', 'value'],
      ['mqtt', 'value'],
      ['@scope/name', 'lazy'],
    ]);
  });

  for (const [path, target] of [
    ['errors.ts', './compute/a.js'],
    ['compute/a.ts', '../protocol/b.js'],
    ['hardware/a.ts', '../compute/b.js'],
    ['protocol/a.ts', '../compute/b.js'],
    ['transport/a.ts', '../node/b.js'],
    ['node/worker.ts', '../protocol/b.js'],
    ['node/worker.ts', './ring.js'],
    ['node/schedules/a.ts', '../worker.js'],
    ['node/ring.ts', '../agent/b.js'],
    ['node/ring.ts', '../data/b.js'],
    ['data/a.ts', '../node/b.js'],
    ['data/a.ts', '../master/b.js'],
    ['agent/a.ts', '../master/b.js'],
    ['agent/a.ts', '../broker/b.js'],
    ['master/a.ts', '../agent/b.js'],
    ['master/a.ts', '../hardware/lights/status-light.js'],
    ['broker/a.ts', '../transport/b.js'],
    ['broker/a.ts', '../data/b.js'],
    ['broker/a.ts', '../cli/b.js'],
    ['simulation/a.ts', '../transport/b.js'],
    ['simulation/a.ts', '../node/worker.js'],
    ['simulation/a.ts', '../master/b.js'],
    ['node/a.ts', '../simulation/b.js'],
    ['compute/a.ts', '../test/b.js'],
    ['benchmarks/a.ts', '../test/b.js'],
    ['broker/a.ts', 'aedes'],
    ['transport/mqtt.ts', 'mqtt'],
    ['hardware/lights/gpio-pin.ts', 'onoff'],
    ['compute/engines/blas-library.ts', 'koffi'],
    ['comparison/a.ts', '../cli/b.js'],
    ['comparison/a.ts', '../master/b.js'],
    ['charts/chart.ts', 'vega'],
  ] as const) {
    it(`does not let ${path} import ${target}`, () => {
      expect(breachesIn({ [path]: `import { b } from '${target}';` })).to.have.length(1);
    });
  }

  it('lets through what is allowed', () => {
    expect(
      breachesIn({
        'compute/a.ts': "import { E } from '../errors.js';\nimport { b } from './b.js';",
        'protocol/a.ts': "import type { B } from '../compute/b.js';",
        'node/worker.ts': "import { s } from './stash.js';\nimport { t } from '../compute/tensor.js';",
        'node/ring.ts': "import { o } from '../transport/data-plane.js';",
        'data/a.ts': "import { r } from '../compute/random.js';\nimport { s } from '../protocol/b.js';",
        'agent/a.ts': "import type { Aedes } from 'aedes';\nimport { n } from '../node/ring.js';",
        'agent/b.ts': "import { d } from '../data/a.js';",
        'master/a.ts': "import { c } from '../hardware/board.js';\nimport { d } from '../data/a.js';",
        'broker/aedes.ts': "import { Aedes } from 'aedes';",
        'transport/mqtt-link.ts': "import mqtt from 'mqtt';",
        'compute/engines/blas-library.ts': "const koffi = await import('koffi');",
        'hardware/light.ts': "const { Gpio } = await import('onoff');",
        'cli/main.ts': "import { m } from '../master/master.js';\nprocess.argv;",
      }),
    ).to.deep.equal([]);
  });

  it('finds cycles, but not through types', () => {
    const files = {
      'node/a.ts': "import { b } from './b.js';",
      'node/b.ts': "import { c } from './c.js';",
      'node/c.ts': "import type { A } from './a.js';",
    };
    expect(breachesIn(files)).to.deep.equal([]);
    expect(breachesIn({ ...files, 'node/c.ts': "import { a } from './a.js';" })).to.deep.equal([
      'cycle: node/a.ts -> node/b.ts -> node/c.ts -> node/a.ts',
    ]);
  });

  it('finds default exports, environments, and natives with two homes', () => {
    expect(breachesIn({ 'node/a.ts': 'export default 1;' })).to.deep.equal(['node/a.ts has a default export']);
    expect(breachesIn({ 'node/a.ts': 'const home = process.env.HOME;' })).to.have.length(1);
    expect(breachesIn({ 'compute/engines/blas.ts': "const koffi = await import('koffi');" })).to.have.length(1);
    const lazily = "const light = await import('onoff');";
    expect(breachesIn({ 'hardware/a.ts': lazily, 'hardware/b.ts': lazily })).to.deep.equal([
      'onoff is imported by hardware/a.ts and hardware/b.ts',
    ]);
  });
});
