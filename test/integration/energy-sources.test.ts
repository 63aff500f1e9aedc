// A run on boards of which one measures its power and the others do not: telemetry, status, metrics, summary and
// comparison each say what is what, and that the master tells none.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { renderSummary } from '../../cli/view/render-summary.js';
import { emptyModel } from '../../cli/view/run-model.js';
import { summaryOf } from '../../cli/view/summary.js';
import { measureRun } from '../../comparison/measure.js';
import { readRawRun } from '../../comparison/raw-run.js';
import { reportFiles } from '../../comparison/report/files.js';
import type { PowerSensor } from '../../hardware/power/power-sensor.js';
import { simulatedSensor } from '../../hardware/power/simulated-sensor.js';
import { agentTelemetrySchema } from '../../protocol/agent-messages.js';
import { parseMessage } from '../../protocol/messages.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { UNTRIED } from '../comparison/sample-recovery.js';
import { sampleResult } from '../comparison/sample-results.js';
import { type Fleet, startFleet } from '../support/fleet.js';
import { deepRun } from '../support/specs.js';

const BATCH = 24;
const MEASURING = 'pi-2';

function powerOf(agent: string): PowerSensor {
  const sensor = simulatedSensor(
    () => 3,
    () => performance.now(),
  );
  return { ...sensor, source: agent === MEASURING ? 'measured' : 'modelled' };
}

describe('a run on boards of which one measures its power', () => {
  let fleet: Fleet;
  let status: RunStatus;
  before(async () => {
    fleet = await startFleet({ agents: 3, powerOf, telemetryMs: 10 });
    status = await runPausedUntilAllHaveTold();
  });
  after(() => fleet.close());

  async function runPausedUntilAllHaveTold(): Promise<RunStatus> {
    const run = await fleet.train(deepRun({ batch: BATCH, epochs: 60 }));
    await fleet.ask('pause', { run });
    const told = new Set<string>();
    await new Promise<void>((done) => {
      void fleet.operator.subscribe(fleet.topics.agentTelemetry('+'), (topic, payload) => {
        const { node, run: of } = parseMessage(agentTelemetrySchema, payload);
        if (of === run && node?.energy) told.add(topic);
        if (told.size === 3) done();
      });
    });
    await fleet.ask('resume', { run });
    return fleet.ended(run);
  }

  const read = (name: string) => readFile(join(status.folder, name), 'utf8');

  it('keeps in its status and its figures whose joules are measured', async () => {
    expect(status.error).to.equal(null);
    const sources = status.figures?.map(({ figures }) => figures?.energy?.source ?? null);
    expect(sources).to.deep.equal([null, 'modelled', 'measured', 'modelled']);
    expect(JSON.parse(await read('figures.json'))).to.deep.equal(status.figures);
  });

  it('has the joules so far in its metrics, and that they are mixed', async () => {
    const rows: Record<string, string>[] = parse(await read('metrics.csv'), { columns: true });
    expect(rows.at(-1)).to.include({ energySource: 'mixed', energyPositions: '3' });
    const joules = rows.flatMap((row) => (row.energyPositions === '3' ? [Number(row.joules)] : []));
    expect(joules).to.deep.equal([...joules].sort((a, b) => a - b));
    expect(joules[0]).to.be.above(0);
    const { energy } = summaryOf({ ...emptyModel(status.run), status })!;
    expect(joules.at(-1)).to.be.at.most(energy!.joules);
  });

  it('has them side by side in its summary, and says that the master tells none', () => {
    const summary = summaryOf({ ...emptyModel(status.run), status })!;
    expect(summary.energy).to.include({ source: 'mixed', positions: 3, withMaster: false });
    const text = renderSummary(summary, 160);
    expect(text).to.match(/ J measured and [\d.]+ J modelled; without the master's, which tells none\n/);
    expect(text.match(/[\d.]+ J measured$/gm)).to.have.length(1);
    expect(text.match(/[\d.]+ J modelled$/gm)).to.have.length(2);
  });

  it('is mixed in a comparison, too', async () => {
    const [metrics, journal, figures] = await Promise.all(['metrics.csv', 'journal.ndjson', 'figures.json'].map(read));
    const measured = measureRun(readRawRun({ metrics: metrics!, journal: journal!, figures: figures! }), BATCH);
    expect(measured?.energy).to.include({ source: 'mixed', withMaster: false });
    const results = ['ring', 'star'].map((contestant) => ({ ...sampleResult({ contestant }), figures: measured }));
    const circumstances = { name: 'a', task: 'b', command: 'c', machine: 'd', version: 'e', profile: null, links: 'f' };
    const files = await reportFiles(
      circumstances,
      { results, target: null, limits: null, recovery: UNTRIED },
      async () => '<svg></svg>',
    );
    for (const name of ['report.html', 'report.md', 'results.csv']) expect(files.get(name), name).to.include('mixed');
    expect(files.get('report.html')).to.include('energy mixed without the master’s');
  });
});
