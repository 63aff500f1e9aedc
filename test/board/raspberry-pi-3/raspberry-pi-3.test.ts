// RingTMP on a Raspberry Pi 3 as QEMU emulates it, with the kernel's own driver of its pins, pinctrl-bcm2835: what
// gpio-mockup stands for on the virtual board is here the board's. Each test goes on from the last.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Finding } from '../../../cli/doctor/finding.js';
import { need } from '../../support/requirements.js';
import { PI_BUILDER, type PiBoard, powerOnPi } from './pi-board.js';

const AGENT = 'ringtmp-agent.service';
const CHIP = 'pinctrl-bcm2835';
const LINE = 17;
/** The levels of lines 0 to 31 (BCM2835 ARM Peripherals, 6.1, GPLEV0) where the Pi 3 has its peripherals. */
const LEVELS = 0x3f200034;
/** Its broker is on the board itself: an agent that is offline keeps its light dark. */
const SETTINGS = `id: pi\\nbroker: mqtt://127.0.0.1:1883\\nengine: wasm\\nlights: [{ gpio: ${LINE} }]\\n`;
const PATIENCE_MS = 1_800_000;

describe('an emulated Raspberry Pi 3', function () {
  this.timeout(PATIENCE_MS);
  this.bail(true);
  let board: PiBoard;
  let base: number;

  before(async function () {
    need(this, PI_BUILDER);
    board = await powerOnPi();
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const journal = await board
      .attempt('journalctl --boot --no-pager --output=short-monotonic | tail -60')
      .catch(String);
    console.log(typeof journal === 'string' ? journal : journal.output);
  });

  after(() => board?.cutPower());

  it("boots Debian's arm64 kernel, which has the pins of its header by pinctrl-bcm2835", async () => {
    const machine = await board.run("uname -rm; tr '\\0' '\\n' </proc/device-tree/model; cut -d' ' -f1 /proc/uptime");
    const [kernel, model, uptime] = machine.trim().split('\n');
    expect(kernel).to.match(/arm64 aarch64$/);
    expect(model).to.equal('Raspberry Pi 3 Model B');
    const chips = await board.run(
      'cd /sys/class/gpio; for each in gpiochip*; do echo $(cat $each/{label,base,ngpio}); done',
    );
    const found = chips.split('\n').find((line) => line.startsWith(`${CHIP} `));
    base = Number(found?.split(' ')[1]);
    expect(base).to.be.a('number').and.to.not.be.NaN;
    proven(`${model}, Linux ${kernel}, after ${uptime} s of its own`);
    for (const chip of chips.trim().split('\n')) proven(`GPIO chip, base, lines: ${chip}`);
  });

  it('configures the package', async () => {
    const output = await board.run('dpkg --force-depends --configure ringtmp && ringtmp --version && node --version');
    expect(output).to.not.include('left out: lights').and.to.not.include('left out: power');
    const [version, node] = output.trim().split('\n').slice(-2);
    expect((await board.run(`systemctl is-enabled ${AGENT}`)).trim()).to.equal('enabled');
    proven(`dpkg --configure: ringtmp ${version}, on Debian's Node ${node}, with i2c-bus and epoll for arm64`);
  });

  it('blinks on a pin of the header, as its service, and is dark after SIGTERM', async () => {
    await board.run(`systemd-run --quiet --unit=broker ringtmp broker --host 127.0.0.1
      printf '${SETTINGS}' >/etc/ringtmp/agent.yaml
      systemctl start --no-block ${AGENT}`);
    const seconds = await watchPin(board, 6);
    proven(
      `GPIO${LINE} in the chip's register, by QEMU's monitor: 6 changes in ${seconds.toFixed(1)} s of this computer's`,
    );
    const asKernel = await board.run(`grep '^ gpio-${base + LINE} ' /sys/kernel/debug/gpio`);
    expect(asKernel).to.match(/sysfs.*\) out (hi|lo)/);
    proven(`/sys/kernel/debug/gpio: ${asKernel.trim().replace(/ +/g, ' ')}`);
    while (!(await isLit(board))) await sleep(POLL_MS);
    await board.run(`systemctl kill --signal=SIGTERM --kill-whom=main ${AGENT}; systemctl stop ${AGENT}`);
    expect(await isLit(board)).to.equal(false);
    expect(await board.run(`systemctl show --value --property=Result ${AGENT}`)).to.equal('success\n');
    expect((await board.attempt(`test -e /sys/class/gpio/gpio${base + LINE}`)).code).to.equal(1);
    proven('SIGTERM while it was lit: dark, and the line is given back');
  });

  it('says by doctor what it has', async () => {
    const { output } = await board.attempt(
      `ringtmp doctor --engine wasm --lights '[{ gpio: ${LINE} }]' --json 2>/dev/null`,
    );
    const { findings } = JSON.parse(output) as { findings: Finding[] };
    for (const { check, level, message } of findings) proven(`doctor: ${check}: ${level}: ${message}`);
    const of = (check: string) => findings.find((each) => each.check === check);
    expect(of('gpio')?.message).to.include(`${CHIP}: lines 0 to 53 at base ${base}`);
    expect(of('lights')?.level).to.equal('ok');
    expect(of('engine')?.level).to.equal('ok');
  });
});

const POLL_MS = 20;

async function isLit({ monitor }: PiBoard): Promise<boolean> {
  return ((await monitor.readRegister(LEVELS)) & (1 << LINE)) !== 0;
}

/** Watches the pin until it has changed so often. @returns the seconds that this took */
async function watchPin(board: PiBoard, changes: number): Promise<number> {
  let last = await isLit(board);
  const sinceMs = performance.now();
  for (let left = changes; left > 0; await sleep(POLL_MS)) {
    const now = await isLit(board);
    if (now !== last) left--;
    last = now;
  }
  return (performance.now() - sinceMs) / 1000;
}

/** A line in the log of a whole pass. */
function proven(what: string): void {
  console.log(`      [${process.uptime().toFixed(0).padStart(4)} s] ${what}`);
}
