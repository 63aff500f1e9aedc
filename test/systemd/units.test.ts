// The units as they ship, judged by systemd itself: whether it understands them, and how exposed each service is.

import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { answerOf, commandOf } from '../support/commands.js';
import { need } from '../support/requirements.js';

const SOURCE = resolve(import.meta.dirname, '../../../systemd');
const UNITS = ['ringtmp-agent', 'ringtmp-broker', 'ringtmp-flash', 'ringtmp-master'].map((name) => `${name}.service`);
const SYSTEM_UNITS = '/usr/lib/systemd/system';
/** systemd 254 brought these; those before say so and go on. */
const YOUNGER_KEYS = /Unknown key (?:name )?'(?:RestartSteps|RestartMaxDelaySec)'/;

describe('the units', function () {
  this.timeout(30_000);
  let tree = '';

  before(async function () {
    need(this, commandOf('systemd-analyze', 'systemd'));
    tree = await installedTree();
  });
  after(() => rm(tree, { recursive: true, force: true }));

  it('are all here', async () => {
    expect((await readdir(SOURCE)).filter((name) => name.endsWith('.service')).sort()).to.deep.equal(UNITS);
  });

  for (const unit of UNITS) {
    it(`${unit} is understood by systemd`, async () => {
      const { output } = await answerOf('systemd-analyze', ['verify', '--man=no', `--root=${tree}`, unit]);
      const faults = output.split('\n').filter((line) => line !== '' && !YOUNGER_KEYS.test(line));
      expect(faults).to.deep.equal([]);
    });

    it(`${unit} exposes the machine to no more than 2.5`, async () => {
      const args = ['security', '--offline=true', '--threshold=25', '--no-pager', `--root=${tree}`, unit];
      const { code, output } = await answerOf('systemd-analyze', args);
      expect(code, output).to.equal(0);
      expect(output).to.match(/Overall exposure level for ringtmp-\w+\.service: [0-2]\.\d/);
    });
  }

  it('a mistake in a unit would be noticed', async () => {
    const path = join(tree, SYSTEM_UNITS, 'ringtmp-agent.service');
    const good = await readFile(path, 'utf8');
    await writeFile(path, good.replace('WatchdogSec=', 'WatchdogSecs=').replace('DynamicUser=yes', 'User=root'));
    const verified = await answerOf('systemd-analyze', [
      'verify',
      '--man=no',
      `--root=${tree}`,
      'ringtmp-agent.service',
    ]);
    await writeFile(path, good);
    expect(verified.output).to.include('WatchdogSecs');
  });

  it('a refused configuration is looked at again when only the board remembers it, and may be told by an LED', async () => {
    const flash = await readFile(join(SOURCE, 'ringtmp-flash.service'), 'utf8');
    const conditions = flash.match(/^Condition.*$/gm) ?? [];
    expect(
      conditions.every((line) => line.includes('=|')),
      'one of them is enough',
    ).to.equal(true);
    expect(conditions).to.include('ConditionPathExists=|/etc/ringtmp/refused.txt');
    expect(flash).to.match(/^ReadWritePaths=.*-\/sys\/class\/leds/m);
  });

  it('an agent that met a namesake is not started again, one that is told to start anew is', async () => {
    const agent = await readFile(join(SOURCE, 'ringtmp-agent.service'), 'utf8');
    const command = await readFile(resolve(SOURCE, '../cli/commands/agent.ts'), 'utf8');
    const code = (name: string) => new RegExp(`const ${name} = (\\d+);`).exec(command)?.[1];
    expect(agent).to.include(`RestartPreventExitStatus=${code('NAMESAKE_EXIT_CODE')}\n`);
    expect(agent).to.include(`RestartForceExitStatus=${code('RESTART_EXIT_CODE')}\n`);
  });
});

/** What the units refer to, where the Debian package puts it; and the system's own units, which they build on. */
async function installedTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'ringtmp-units-'));
  await cp(SYSTEM_UNITS, join(tree, SYSTEM_UNITS), { recursive: true, verbatimSymlinks: true });
  await mkdir(join(tree, 'usr/bin'));
  await writeFile(join(tree, 'usr/bin/node'), '');
  await chmod(join(tree, 'usr/bin/node'), 0o755);
  for (const unit of UNITS) await copyFile(join(SOURCE, unit), join(tree, SYSTEM_UNITS, unit));
  return tree;
}
