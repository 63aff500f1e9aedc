import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { lastOf, stateOf, TraceReader } from '../../../cli/chaos/trace.js';
import { temporaryFolder } from '../ringtmp.js';

const TIME = '2026-01-01T00:00:01.000Z';
const TIME_MS = Date.parse(TIME);

describe('the trace of a run', () => {
  const folder = temporaryFolder();

  it('grows with its files, by whole lines', async () => {
    const reader = new TraceReader(folder.path);
    expect(await reader.read()).to.deep.equal({ happenings: [], steps: [] });
    const metrics = join(folder.path, 'metrics.csv');
    const journal = join(folder.path, 'journal.ndjson');
    await appendFile(metrics, 'step,loss,time\n0,0.5,100\n1,0.4,2');
    await appendFile(journal, `{"time":"${TIME}","type":"state","state":"running","step":0}\n{"time":`);
    const trace = await reader.read();
    expect(trace.steps).to.deep.equal([{ step: 0, time: 100 }]);
    expect(stateOf(trace)).to.equal('running');
    await appendFile(metrics, '00\n');
    await appendFile(
      journal,
      `"${TIME}","type":"lost","generation":0,"step":2,"error":{"code":"run","message":"m"}}\n`,
    );
    await reader.read();
    expect(trace.steps).to.have.length(2);
    expect(lastOf(trace, 'lost')).to.deep.equal({ type: 'lost', time: TIME_MS, step: 2, error: { message: 'm' } });
  });

  it('passes over what it does not know', async () => {
    await folder.write('journal.ndjson', `{"time":"${TIME}","type":"warning","message":"m"}\n`);
    expect((await new TraceReader(folder.path).read()).happenings).to.deep.equal([]);
  });
});
