// The real command, in its quick form: what it writes, not how fast anything is.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ringtmp, temporaryFolder } from '../cli/ringtmp.js';

const QUICK = ['--quick', '--python', '/nowhere/python3'];

describe('ringtmp bench', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('has a help with its groups and an example', async () => {
    const { code, stdout } = await ringtmp(['bench', '--help']);
    expect(code).to.equal(0);
    for (const part of [
      'kernels',
      'transport',
      'ring',
      'memory',
      'simulator',
      'recovery',
      '--rounds',
      '--quick',
      '--python',
      '--peers',
    ])
      expect(stdout).to.include(part);
    expect(stdout).to.include('$ ringtmp bench kernels --rounds 7');
  });

  for (const [what, args, message] of [
    [
      'a group that does not exist',
      ['kernel'],
      /Allowed choices are kernels, transport, ring, memory, simulator, recovery/,
    ],
    ['no rounds', ['--rounds', '0'], /whole number from 1/],
    ['an unknown engine', ['--engine', 'gpu'], /Allowed choices are/],
  ] as const) {
    it(`with ${what} exits with 2`, async () => {
      const { code, stderr } = await ringtmp(['bench', ...args]);
      expect(stderr).to.match(message);
      expect(code).to.equal(2);
    });
  }

  it('says before it measures that it cannot write', async () => {
    const { code, stderr } = await ringtmp(['bench', ...QUICK, '--output', '/nowhere/report.json']);
    expect(stderr).to.include('cannot write /nowhere/report.json').and.not.to.include('round');
    expect(code).to.equal(1);
  });

  it('measures each engine, and writes a table, JSON and a page', async () => {
    const [output, page] = [join(folder.path, 'report.json'), join(folder.path, 'page.md')];
    const args = ['bench', 'kernels', ...QUICK, '--peers', folder.path, '--output', output, '--markdown', page];
    const { code, stdout, stderr } = await ringtmp(args, folder.path);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(/kernels 784-128-64-10, round 1 of 1: wasm/);
    expect(stdout)
      .to.match(/^wasm +[\d,]+ /m)
      .and.to.include('PyTorch is not here');
    const [{ group, machine, sections, goalsNotMeasured }] = JSON.parse(await readFile(output, 'utf8'));
    expect(group).to.equal('kernels');
    expect(machine).to.have.keys('processor', 'cores', 'memoryGib', 'system', 'kernel', 'node');
    const { rows } = sections[0];
    expect(rows.find(({ name }: { name: string }) => name === 'wasm').values.samplesPerSecond).to.be.above(0);
    expect(rows.find(({ name }: { name: string }) => name === 'tfjs-wasm')).to.include({ note: 'not here' });
    expect(goalsNotMeasured.length).to.be.above(0);
    expect(await readFile(page, 'utf8')).to.match(/^# Benchmarks\n\n<!-- bench:kernels:begin -->\n## A training step/);
  });

  it('measures hops, and prints only JSON when JSON is asked for', async () => {
    const { code, stdout, stderr } = await ringtmp(['bench', 'transport', ...QUICK, '--json'], folder.path);
    expect(code, stderr).to.equal(0);
    const [{ sections }] = JSON.parse(stdout);
    const rows = sections.flatMap((section: { rows: object[] }) => section.rows);
    const hub = rows.find(({ id }: { id: string }) => id === 'transport/256KB/hub');
    expect(hub.values).to.include.keys('megabytes', 'messages', 'roundTripMs', 'sender', 'hub', 'receiver');
    expect(hub.ratio.to).to.equal('raw TCP');
    expect(hub.met).to.be.a('boolean');
    expect(rows.find(({ id }: { id: string }) => id === 'transport/framing').met).to.equal(true);
  });

  it('measures what cuts cost, and kills an agent', async function () {
    this.timeout(180_000);
    const { code, stdout, stderr } = await ringtmp(['bench', 'recovery', ...QUICK, '--json'], folder.path);
    expect(code, stderr).to.equal(0);
    const [{ sections }] = JSON.parse(stdout);
    const [cuts, trial] = sections.map(({ rows }: { rows: object[] }) => rows[0]);
    expect(cuts).to.include({ id: 'recovery/cuts/sync' });
    // How many cuts come in so short a time is the machine's affair.
    expect(cuts.values.cuts).to.be.a('number');
    for (const rate of ['withCuts', 'without']) expect(cuts.values[rate]).to.be.above(0);
    expect(cuts.ratio.to).to.equal('without cuts');
    expect(trial).to.include({ id: 'recovery/temporary/sync' }).and.not.to.have.property('note');
    expect(trial.values.faults).to.equal(1);
    expect(trial.values.newStepS).to.be.at.least(trial.values.medianS).and.above(0);
    expect(trial.met).to.be.a('boolean');
  });
});
