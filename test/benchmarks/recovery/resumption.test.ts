import { expect } from 'chai';
import { resumptionOf } from '../../../benchmarks/recovery/resumption.js';
import { type Happening, type Trace, TraceReader } from '../../../cli/chaos/trace.js';
import { temporaryFolder } from '../../cli/ringtmp.js';

const FAULT = { atMs: 10_000 };
const FOR_EVER = Number.POSITIVE_INFINITY;

const begun = (time: number): Happening => ({ type: 'begun', time, generation: 1, step: 0 });
const cut = (time: number): Happening => ({ type: 'cut', time, step: 0, costMs: 20 });
const traceOf = (happenings: readonly Happening[], times: readonly number[]): Trace => ({
  happenings,
  steps: times.map((time, step) => ({ step, time })),
});

describe('when a run goes on after a fault', () => {
  it('is when the generation has begun; its new step may come after many that are done again', () => {
    const trace = traceOf([begun(11_200)], [9_900, 10_050, 14_000, 14_100]);
    expect(resumptionOf(FAULT, trace, FOR_EVER)).to.deep.equal({ wentOnMs: 1_200, newStepMs: 4_000 });
  });

  it('is not when a generation begins that makes no new step', () => {
    const trace = traceOf([begun(11_200), begun(13_000), begun(16_000)], [9_900, 14_000, 16_500]);
    expect(resumptionOf(FAULT, trace, FOR_EVER)).to.deep.equal({ wentOnMs: 3_000, newStepMs: 4_000 });
  });

  it('is when a generation begins that keeps what it did again, though it soon makes room for a board that is back', () => {
    const trace = traceOf([begun(13_300), cut(15_800), begun(18_000)], [9_900, 19_000]);
    expect(resumptionOf(FAULT, trace, FOR_EVER)).to.deep.equal({ wentOnMs: 3_300, newStepMs: 9_000 });
  });

  it('is with the next step of a run that bears it, whatever begins later', () => {
    const trace = traceOf([begun(25_000)], [9_900, 10_010, 15_010, 15_030, 24_900, 25_100]);
    expect(resumptionOf(FAULT, trace, FOR_EVER)).to.deep.equal({ wentOnMs: 5_010, newStepMs: 5_010 });
  });

  it('is never where no step comes before the next fault', () => {
    const never = { wentOnMs: null, newStepMs: null };
    expect(resumptionOf(FAULT, traceOf([begun(11_000)], [9_900, 10_010, 30_500]), 30_000)).to.deep.equal(never);
    expect(resumptionOf(FAULT, traceOf([], [9_900, 10_010]), FOR_EVER)).to.deep.equal(never);
  });
});

/** Of a ring on a crowded machine: board-4 was away for more than 3 s, and taken back in with the next cut. */
const JOURNAL = `
{"time":"2026-11-22T02:19:31.294Z","type":"begun","generation":0,"step":0}
{"time":"2026-11-22T02:19:31.294Z","type":"state","state":"running","step":0}
{"time":"2026-11-22T02:19:41.942Z","type":"cut","generation":0,"step":128,"agents":[],"snapshots":[],"costMs":347}
{"time":"2026-11-22T02:19:47.367Z","type":"lost","generation":0,"step":248,"error":{"code":"run","message":"board board-4 (position 4) went offline at step 248"}}
{"time":"2026-11-22T02:19:47.367Z","type":"state","state":"recovering","step":248}
{"time":"2026-11-22T02:19:50.471Z","type":"planned","generation":1,"engine":"blas","plan":[]}
{"time":"2026-11-22T02:19:53.023Z","type":"begun","generation":1,"step":128}
{"time":"2026-11-22T02:19:53.023Z","type":"state","state":"running","step":128}
{"time":"2026-11-22T02:19:55.542Z","type":"cut","generation":1,"step":147,"agents":[],"snapshots":[],"costMs":545}
{"time":"2026-11-22T02:19:55.578Z","type":"lost","generation":1,"step":150,"error":{"code":"run","message":"one more board is there: the layers are shared out anew"}}
{"time":"2026-11-22T02:19:58.812Z","type":"begun","generation":2,"step":147}
{"time":"2026-11-22T02:19:58.812Z","type":"state","state":"running","step":147}
{"time":"2026-11-22T02:20:12.757Z","type":"evaluated","step":310,"loss":0.1962670966638438,"metric":"accuracy","value":0.921875,"samples":64}
`.trimStart();
const METRICS = `step,loss,time
246,0.2,1795313987218
247,0.2,1795313987232
248,0.2,1795314008012
249,0.2,1795314008090
`;

describe('a recorded recovery', () => {
  const folder = temporaryFolder();

  it('went on with three boards, and came to new steps with four', async () => {
    await folder.write('journal.ndjson', JOURNAL);
    await folder.write('metrics.csv', METRICS);
    const atMs = Date.parse('2026-11-22T02:19:47.300Z');
    const resumption = resumptionOf({ atMs }, await new TraceReader(folder.path).read(), FOR_EVER);
    expect(resumption).to.deep.equal({ wentOnMs: 5_723, newStepMs: 20_712 });
  });
});
