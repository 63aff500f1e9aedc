// The life of a board, on a virtual one: installed from the package, told by its card who it is, it reads its power, shows
// its state, trains with three other boards, and comes back from whatever happens to it. Each test goes on from the last.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunSummary } from '../../cli/view/summary.js';
import type { AgentTelemetry } from '../../protocol/agent-messages.js';
import { EXAMPLES } from '../cli/ringtmp.js';
import { need } from '../support/requirements.js';
import { filesOnBootPartition } from './board-card.js';
import { BOARD_BUILDER } from './board-image.js';
import { ADDONS, BOARD, type BoardLife, beginLife, OTHERS } from './board-life.js';
import { AGENT, isLit, journalOf, openBus, propertyOf, watchLight } from './on-board.js';

const SETTINGS = ['engine=wasm', 'direct=false', 'sensor=auto', 'lights=[{gpio: 17, chip: gpio-mockup}]'];
/** What recipe/guest/usr/local/sbin/board-chips has the sensor tell: at first, and told so many milliamperes. */
const IDLE_W = 2.5;
const LOAD_W = 4;
const LOAD_MILLIAMPS = 800;
/** What the chip that the kernel's driver takes tells. */
const DRIVER_W = 5;
/** Some ten times what each takes on an idle computer of two cores: an emulated processor waits for all others. */
const PATIENCE_MS = 600_000;

describe('a virtual board', function () {
  this.timeout(PATIENCE_MS);
  this.bail(true);
  let life: BoardLife;
  /** Tells one start of the agent from another. */
  let agentBoot: number;

  before(async function () {
    need(this, BOARD_BUILDER);
    life = await beginLife();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') console.log(await journalOf(life.board).catch(String));
  });

  after(() => life?.close());

  it('boots, and installs the package', async () => {
    await life.powerOn();
    const { board } = life;
    await board.run('dpkg -i /mnt/share/ringtmp_*.deb');
    for (const each of ADDONS) {
      const build = `/usr/lib/ringtmp/node_modules/${each}/build`;
      await board.run(`mkdir -p ${build} && cp -r /mnt/share/${each} ${build}/Release`);
    }
    const version = await board.run('ringtmp --version; sync');
    const states = await board.attempt(`systemctl is-enabled ${AGENT} ringtmp-flash; systemctl is-active ${AGENT}`);
    expect(states.output).to.equal('enabled\nenabled\ninactive\n');
    proven(`dpkg -i: ringtmp ${version.trim()}, whose agent is enabled and waits for a configuration`);
  });

  it('takes its name, settings and password from its card, and comes up', async () => {
    const { card, fleet, watch } = life;
    await fleet.manage('fleet', 'add', BOARD, '--set', ...SETTINGS);
    await fleet.manage('flash', BOARD, '--to', card.bootPartition, '--verify');
    expect(await filesOnBootPartition(card)).to.include.members(['ringtmp.yaml', 'ringtmp.key']);
    await life.powerOn();
    agentBoot = (await watch.online()).boot;
    const files = await life.board.run('stat --format="%a %U %n" /etc/ringtmp/*; ls /boot/firmware');
    expect(files).to.include('600 root /etc/ringtmp/agent.key').and.to.include('config.txt');
    expect(files).to.not.match(/ringtmp\.(key|yaml|taken)/);
    proven(
      `flash, power cut, boot: online as ${BOARD} at the host's broker; agent.key is 0600, the card's copy is gone`,
    );
  });

  it('reads its power through i2c-bus, and is seen to blink from outside', async () => {
    const { board, fleet, watch } = life;
    const { power } = await watch.telemetry((each) => each.power !== null);
    expect(power).to.include({ source: 'measured', watts: IDLE_W, volts: 5, amps: 0.5 });
    const { sensor, lights } = await watch.info();
    expect(sensor).to.include('ina226').and.to.include('0x40');
    const idle = await watchLight(board, 4);
    const identify = fleet.operate('board', 'identify', BOARD);
    expect((await identify.outcome).code).to.equal(0);
    const hurried = await watchLight(board, 8);
    proven(`power: ${sensor}: 5 V, 0.5 A`);
    proven(`light: ${lights}, by gpio-mockup's own files: 4 changes in ${idle.seconds.toFixed(1)} s,`);
    proven(`       8 in ${hurried.seconds.toFixed(1)} s when it is to identify itself`);
  });

  it('trains with three others, and tells what it measured beside what was modelled', async () => {
    const { board, fleet, watch } = life;
    await writeFile(join(fleet.folder, 'run.json'), JSON.stringify(RUN));
    const training = fleet.operate('train', 'run.json', '--json');
    await training.line(/"state":"running","generation":0,"step":[1-9]/);
    await board.run(`board-chips ${LOAD_MILLIAMPS}`);
    const underLoad = ({ power, node }: AgentTelemetry) => node !== null && power?.watts === LOAD_W;
    const from = wattSeconds(await watch.telemetry(underLoad));
    const to = wattSeconds(
      await watch.telemetry((each) => underLoad(each) && wattSeconds(each).seconds > from.seconds + 3),
    );
    const watts = (to.joules - from.joules) / (to.seconds - from.seconds);
    expect(watts).to.be.closeTo(LOAD_W, 0.5);
    await watchLight(board, 2);
    const { stdout, stderr, code } = await training.outcome;
    expect(code, stderr).to.equal(0);
    const { summary } = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { summary: RunSummary };
    const boards = new Map(summary.boards.map((each) => [each.agent, each]));
    for (const each of OTHERS) expect(boards.get(each)?.node?.energy?.source).to.equal('modelled');
    expect(boards.get(BOARD)?.node?.energy?.source).to.equal('measured');
    proven(`the load rises from ${IDLE_W} to ${LOAD_W} W amid the run: its joules then grow by ${watts.toFixed(2)} W`);
    const { steps, elapsedSeconds, evaluation } = summary;
    proven(
      `${steps} steps in ${elapsedSeconds.toFixed(1)} s, ${evaluation?.metric} ${evaluation?.value}; the light works on`,
    );
    for (const [name, { node }] of boards) proven(`${name}: ${JSON.stringify(node?.energy ?? 'tells no energy')}`);
  });

  it('refuses a bad card, and keeps what it had', async () => {
    const { board } = life;
    const before = await board.run('sha256sum /etc/ringtmp/agent.*');
    await board.run("printf 'id: other\\nlights: 17' >/boot/firmware/ringtmp.yaml");
    // As at a boot, before the agent starts: it is told at its next start, after kill -9.
    const { code } = await board.attempt('systemctl start ringtmp-flash');
    expect(code).to.equal(1);
    expect(await board.run('sha256sum /etc/ringtmp/agent.*')).to.equal(before);
    const reason = await board.run('cat /boot/firmware/ringtmp-error.txt');
    expect(reason).to.include('not whole').and.to.include('goes on with what it had');
    proven(`refused: ${reason.split('\n')[0]}`);
  });

  it('comes back after kill -9, as who it was, and blinks error for the refused card', async () => {
    const { board, watch } = life;
    await board.run(`mkdir -p /etc/systemd/system/${AGENT}.d && printf '${SOONER}' >/etc/systemd/system/${AGENT}.d/sooner.conf
      systemctl daemon-reload`);
    const killed = await propertyOf(board, 'MainPID');
    await board.run(`kill -9 ${killed}`);
    const seconds = await measured(async () => {
      agentBoot = (await watch.online(agentBoot)).boot;
    });
    expect(await propertyOf(board, 'MainPID')).to.not.equal(killed);
    proven(`kill -9: online again after ${seconds} s`);
    // Of error 50 %, of idle 5 %. An emulated board that has just started may be minutes late to change it: looked at again.
    let { litShare } = await watchLight(board, 6);
    for (let look = 1; look < 6 && !isOfError(litShare); look++) ({ litShare } = await watchLight(board, 6));
    expect(isOfError(litShare), `lit ${litShare} of the time`).to.equal(true);
    proven(`light: lit ${(100 * litShare).toFixed(0)} % of its time, as error is`);
  });

  it("is started anew by the watchdog when it freezes, now with the kernel's driver for its sensor", async () => {
    const { board, watch } = life;
    await board.run(`${TAKEN_BY_DRIVER}; sed -i 's/^sensor: .*/sensor: { type: hwmon }/' /etc/ringtmp/agent.yaml`);
    await board.run(`kill -STOP ${await propertyOf(board, 'MainPID')}`);
    const seconds = await measured(async () => {
      agentBoot = (await watch.online(agentBoot)).boot;
    });
    expect(await board.run(`journalctl --boot --unit=${AGENT} --grep='Watchdog timeout'`)).to.include(
      'Watchdog timeout',
    );
    proven(`SIGSTOP: the watchdog noticed; online again after ${seconds} s`);
    const { sensor } = await watch.info((each) => each.sensor?.includes('hwmon') ?? false);
    const { power } = await watch.telemetry((each) => each.power?.watts === DRIVER_W);
    expect(power).to.include({ source: 'measured', volts: 5, amps: 1 });
    proven(`power: ${sensor}: ${DRIVER_W} W, ${power?.source}`);
  });

  it('finds what a driver of the kernel owns, too, and says what it has', async () => {
    const { board } = life;
    const { output } = await board.attempt('ringtmp doctor --no-blink --engine wasm');
    expect(output).to.include('ina226').and.to.include("ina219 (0-0041), by the kernel's driver");
    expect(output).to.include('gpio-mockup-A: lines 0 to 53 at base 512').and.to.include('ringtmp-agent is active');
    for (const line of output.trim().split('\n')) proven(`doctor: ${line}`);
  });

  it('lets only its agent at the I2C bus', async () => {
    const { board } = life;
    const group = 'SupplementaryGroups=i2c';
    const closed = 'DevicePolicy=closed';
    const outsider = await openBus(board, ['DynamicUser=yes']);
    const withoutDevice = await openBus(board, ['DynamicUser=yes', group, closed]);
    const withDevice = await openBus(board, ['DynamicUser=yes', group, closed, 'DeviceAllow=char-i2c rw']);
    expect(outsider.output).to.include('/dev/i2c-0: Permission denied');
    expect(withoutDevice.output).to.include('/dev/i2c-0: Operation not permitted');
    expect(withDevice.output).to.equal('opened\n');
    expect(await propertyOf(board, 'DevicePolicy')).to.equal('closed');
    proven('/dev/i2c-0: denied to another user, and to a service of the group without the device; open with both');
  });

  it('leaves nothing behind when the package is removed', async () => {
    const { board } = life;
    await board.run('dpkg -r ringtmp');
    const states = await board.attempt('systemctl is-active ringtmp-agent ringtmp-flash');
    expect(states.output).to.equal('inactive\ninactive\n');
    expect(await isLit(board)).to.equal(false);
    expect((await board.run("find /usr -iname '*ringtmp*'; pgrep -x node || true")).trim()).to.equal('');
    expect((await board.run('cd /sys/class/gpio && ls -d gpio[0-9]* || true')).trim()).to.not.match(/^gpio\d/);
    proven('dpkg -r: services stopped, dark, the line given back, nothing left in /usr');
  });
});

/** Gives the second chip to a driver of the kernel's. */
const TAKEN_BY_DRIVER = 'echo ina219 0x41 >/sys/bus/i2c/devices/i2c-0/new_device && udevadm settle';

/** Less than what the unit has, so that the test need not wait for a minute; and time to start for an emulated board. */
const SOONER = '[Service]\\nWatchdogSec=12\\nRestartSec=1\\nTimeoutStartSec=300\\n';

const RUN = {
  name: 'virtual',
  data: { source: 'csv', path: join(EXAMPLES, 'data/iris.csv'), target: 'species' },
  model: {
    layers: [
      { type: 'dense', units: 32, activation: 'tanh' },
      { type: 'dense', units: 16, activation: 'tanh' },
      { type: 'dense', units: 16, activation: 'tanh' },
      { type: 'dense', units: 8, activation: 'tanh' },
      { type: 'dense', units: 3 },
    ],
  },
  loss: 'softmaxCrossEntropy',
  training: { epochs: 30, batch: 12, microBatches: 3 },
  boards: 4,
};

function wattSeconds({ node }: Pick<AgentTelemetry, 'node'>): { joules: number; seconds: number } {
  const joules = Object.values(node?.energy?.joules ?? {}).reduce((sum, each) => sum + each, 0);
  return { joules, seconds: node?.wallSeconds ?? 0 };
}

function isOfError(litShare: number): boolean {
  return litShare >= 0.35 && litShare <= 0.65;
}

async function measured(work: () => Promise<unknown>): Promise<string> {
  const sinceMs = performance.now();
  await work();
  return ((performance.now() - sinceMs) / 1000).toFixed(1);
}

/** A line in the log of a whole pass. */
function proven(what: string): void {
  console.log(`      [${process.uptime().toFixed(0).padStart(4)} s] ${what}`);
}
