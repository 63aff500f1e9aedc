// The Debian package in a clean Debian: what dpkg makes of it, whether the program runs there, and what is left after it
// is gone. And that building it twice gives the same bytes.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Answer, answerOf, commandOf } from '../support/commands.js';
import { buildDebianPackage, debianPackage, nodejsPackage } from '../support/debian-package.js';
import { need } from '../support/requirements.js';

/** Kept by dpkg, or by who changes groups, for themselves. */
const NOT_OURS = /^\/(?:proc|sys|dev|tmp|run|var\/(?:lib\/dpkg|log|cache)|packages)\/|^\/etc\/(?:group|gshadow)- /;
const SUITE = 'bookworm';

/** Notes its command line, and answers what `answers` says to one that begins so; fails where it says nothing. */
const FAKE = `#!/bin/sh
line="$(basename "$0") $*"
echo "$line" >>/run/fakes/log
case $line in *is-active*) answer=no ;; *) answer=yes ;; esac
while IFS='|' read -r beginning text; do
  case $line in "$beginning"*) answer=yes; printf '%b' "$text" ;; esac
done 2>/dev/null </run/fakes/answers
[ "$answer" = yes ]
`;

/** As `ringtmp install` of a copy from npm leaves it. */
const NPM_UNIT = `[Service]
ExecStart=/usr/bin/node /usr/lib/node_modules/ringtmp/dist/cli/main.js agent
[Install]
WantedBy=multi-user.target
`;

const isRoot = { isThere: process.getuid?.() === 0, remedy: 'root, to make a Debian tree and install a package there' };

describe('the Debian package', function () {
  this.timeout(180_000);
  let tree = '';

  before(async function () {
    need(this, isRoot);
    need(this, commandOf('mmdebstrap', 'mmdebstrap'));
    need(this, commandOf('dpkg-deb', 'dpkg'));
    tree = await mkdtemp(join(tmpdir(), 'ringtmp-debian-'));
    const args = ['--quiet', '--variant=essential', '--include=passwd,libstdc++6', SUITE, tree];
    const [made, ours, node] = await Promise.all([answerOf('mmdebstrap', args), debianPackage(), nodejsPackage()]);
    expect(made.code, made.output).to.equal(0);
    await mkdir(join(tree, 'packages'));
    await copyFile(ours, join(tree, 'packages/ringtmp.deb'));
    await copyFile(node, join(tree, 'packages/nodejs.deb'));
  });
  after(() => rm(tree, { recursive: true, force: true }));

  // By env, since Node hands the folder for its coverage (NODE_V8_COVERAGE) on to children whatever environment they get.
  const inTree = (...args: string[]) =>
    answerOf('chroot', [tree, 'env', '-i', 'PATH=/run/fakes:/usr/sbin:/usr/bin:/sbin:/bin', ...args]);
  // The tree need not survive a power cut.
  const dpkg = (...args: string[]) => inTree('dpkg', '--force-unsafe-io', ...args);

  /** As if systemd ran there, which only notes what it is told. */
  async function bootSystemd(): Promise<void> {
    await mkdir(join(tree, 'run/systemd/system'), { recursive: true });
    await mkdir(join(tree, 'run/fakes'));
    for (const name of ['systemctl', 'systemd-run', 'udevadm']) {
      await writeFile(join(tree, 'run/fakes', name), FAKE, { mode: 0o755 });
    }
  }
  const answers = (command: string, stdout: string) =>
    writeFile(join(tree, 'run/fakes/answers'), `${command}|${stdout}\n`);
  /** What systemd was told since the last time it was asked about. */
  async function told(): Promise<string[]> {
    const log = join(tree, 'run/fakes/log');
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    await rm(log);
    return lines;
  }
  async function done(answer: Promise<Answer>): Promise<string> {
    const { code, output } = await answer;
    expect(code, output).to.equal(0);
    return output;
  }

  /** Each file with what is in it, each folder and link with what it is. */
  async function everything(): Promise<string[]> {
    const script = `find / -xdev ! -type f -printf '%p %y %m %l\\n'; find / -xdev -type f -exec md5sum {} + | sed 's/^\\(\\S*\\)  \\(.*\\)/\\2 \\1/'`;
    return (await done(inTree('sh', '-c', script)))
      .split('\n')
      .filter((line) => line !== '' && !NOT_OURS.test(line))
      .sort();
  }

  it('waits for a Node that is new enough', async () => {
    const { code, output } = await dpkg('--install', '/packages/ringtmp.deb');
    expect(code).to.equal(1);
    expect(output).to.match(/ringtmp depends on nodejs \(>= 20\.19\)/);
    await done(dpkg('--purge', 'ringtmp'));
  });

  it('runs once it is installed, lets the agent start with the machine, and says what it leaves out', async () => {
    await done(dpkg('--install', '/packages/nodejs.deb'));
    const before = await everything();
    const output = await done(dpkg('--install', '/packages/ringtmp.deb'));
    expect(output).to.include('ringtmp: left out: power sensors on an I2C bus\n');
    expect(output).to.match(/ringtmp: to add it: sudo apt install .*g\+\+ make python3 .*npm/);
    expect(await done(inTree('ringtmp', '--version'))).to.match(/^\d+\.\d+\.\d+\n$/);
    const engines = await inTree('ringtmp', 'agent', '--id', 'here', '--broker', 'mqtt://127.0.0.1:1');
    expect(engines.output).to.include('cannot connect to the broker');
    const wants = '/etc/systemd/system/multi-user.target.wants';
    expect(await done(inTree('readlink', `${wants}/ringtmp-agent.service`, `${wants}/ringtmp-flash.service`))).to.equal(
      '/lib/systemd/system/ringtmp-agent.service\n/lib/systemd/system/ringtmp-flash.service\n',
    );
    expect(await done(inTree('getent', 'group', 'i2c', 'gpio'))).to.match(/^i2c:.*\ngpio:/);

    await writeFile(join(tree, 'etc/ringtmp/agent.yaml'), 'id: kitchen\n');
    await done(dpkg('--remove', 'ringtmp'));
    const settings = await readFile(join(tree, 'etc/ringtmp/agent.yaml'), 'utf8');
    expect(settings).to.equal('id: kitchen\n');
    const left = differences(before, await everything());
    expect(left.filter((line) => line.includes(' /usr/')).join('\n')).to.equal('');

    await done(dpkg('--purge', 'ringtmp'));
    expect(differences(before, await everything()).join('\n')).to.equal('');
  });

  it('starts the services, keeps them and the settings as they are set, and does not end a run', async () => {
    await bootSystemd();
    const START = ['ringtmp-flash.service', 'ringtmp-agent.service'].map(
      (unit) => `systemctl --quiet --no-block start ${unit}`,
    );
    await mkdir(join(tree, 'etc/systemd/system'), { recursive: true });
    await writeFile(join(tree, 'etc/systemd/system/ringtmp-agent.service'), NPM_UNIT);
    await symlink('/dev/null', join(tree, 'etc/systemd/system/ringtmp-a-masked-one.service'));
    await answers('systemctl is-enabled ringtmp-agent.service', 'enabled\\n');
    await done(dpkg('--install', '/packages/nodejs.deb', '/packages/ringtmp.deb'));
    expect(await told()).to.include.members(['systemctl reenable --quiet ringtmp-agent.service', ...START]);
    expect((await answerOf('test', ['-e', join(tree, 'etc/systemd/system/ringtmp-agent.service')])).code).to.equal(1);

    await answers('systemctl show', 'LoadState=loaded\\nActiveState=active\\nStatusText=run digits\\n');
    await writeFile(join(tree, 'etc/ringtmp/agent.yaml'), 'id: kitchen\n');
    const enabled = join(tree, 'etc/systemd/system/multi-user.target.wants/ringtmp-agent.service');
    await rm(enabled); // as `systemctl disable` does
    expect(await done(dpkg('--install', '/packages/ringtmp.deb')))
      .to.include('the run digits is on')
      .and.to.include('restarted as soon as no run is on');
    const upgraded = await told();
    expect(upgraded.join('\n')).to.match(
      /^systemd-run .*--unit=ringtmp-upgrade .*\/usr\/bin\/ringtmp upgrade --wait$/m,
    );
    expect(upgraded.filter((line) => START.includes(line))).to.deep.equal([]);
    expect((await answerOf('test', ['-L', enabled])).code).to.equal(1);
    expect(await readFile(join(tree, 'etc/ringtmp/agent.yaml'), 'utf8')).to.equal('id: kitchen\n');

    await answers('systemctl --quiet is-active ringtmp-agent.service', '');
    await done(inTree('/var/lib/dpkg/info/ringtmp.prerm', 'remove'));
    const output = await done(inTree('/var/lib/dpkg/info/ringtmp.postinst', 'abort-remove'));
    expect(output).to.include('ringtmp: left out: power sensors on an I2C bus'); // it has tried to compile them
    expect((await told()).filter((line) => line.includes(' start '))).to.deep.equal(START.slice(1));

    await done(dpkg('--remove', 'ringtmp'));
    await told();
    await done(dpkg('--install', '/packages/ringtmp.deb'));
    expect((await told()).filter((line) => line.includes(' start '))).to.deep.equal(START);
    await done(dpkg('--purge', 'ringtmp'));
  });

  it('built twice is the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ringtmp-again-'));
    const digests = await Promise.all([await debianPackage(), await buildDebianPackage(folder)].map(sha256));
    await rm(folder, { recursive: true });
    expect(digests[1]).to.equal(digests[0]);
  });
});

function differences(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  return [...gone, ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)];
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
