// Compiles ./index.ts once for each target of asconfig.json, in one process, which is much faster than
// starting the compiler for each.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const config = fileURLToPath(new URL('./asconfig.json', import.meta.url));
const { targets } = JSON.parse(await readFile(config, 'utf8'));

for (const target of Object.keys(targets)) {
  const { error, stderr } = await asc.main(['--config', config, '--target', target]);
  process.stderr.write(stderr.toString());
  if (error) throw error;
}
