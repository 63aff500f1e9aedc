import { expect } from 'chai';
import { createJsonView } from '../../../cli/view/json-view.js';
import { createPlainView } from '../../../cli/view/plain-view.js';
import type { RunStatus } from '../../../protocol/run-messages.js';
import { modelOf, STATUS } from '../run-samples.js';

describe('a run as lines', () => {
  function lines() {
    const written: string[] = [];
    const clock = { ms: 0 };
    const view = createPlainView({ write: (text) => written.push(text), nowMs: () => clock.ms });
    const show = (status: Partial<RunStatus>, ms: number) => {
      clock.ms = ms;
      view.show(modelOf(status), { type: 'status', status: { ...STATUS, ...status } });
    };
    return { written, view, show };
  }

  it('writes each change of state', () => {
    const { written, show } = lines();
    show({ state: 'planning', loss: null, evaluation: null, samplesPerSecond: 0 }, 0);
    show({}, 1);
    expect(written).to.deep.equal([
      'digits-1 planning  epoch 2/4  step 30/120',
      'digits-1 running  epoch 2/4  step 30/120  loss 0.4321  held-out accuracy 91.2 %  12,346 samples/s  ETA 1 min 15 s',
    ]);
  });

  it('writes evaluations at most once a second, and all else every five', () => {
    const { written, show } = lines();
    show({ step: 30 }, 0);
    show({ step: 31, evaluation: { ...STATUS.evaluation!, step: 31 } }, 500);
    show({ step: 32, evaluation: { ...STATUS.evaluation!, step: 31 } }, 1_000);
    show({ step: 33, evaluation: { ...STATUS.evaluation!, step: 31 } }, 5_999);
    show({ step: 34, evaluation: { ...STATUS.evaluation!, step: 31 } }, 6_000);
    expect(written.map((line) => /step (\d+)/.exec(line)?.[1])).to.deep.equal(['30', '32', '34']);
  });

  it('writes each warning once', () => {
    const { written, show } = lines();
    const warning = { position: 1, code: 'connection', message: 'no direct link', remedy: 'Let them meet.' };
    show({}, 0);
    show({ warnings: [warning] }, 1);
    show({ warnings: [warning, { position: 2, code: 'connection', message: 'nor here' }] }, 2);
    expect(written.slice(1)).to.deep.equal([
      'warning: position 1: no direct link. Let them meet.',
      'warning: position 2: nor here',
    ]);
  });

  it('writes no control codes, and says when the broker or the master is away', () => {
    const { written, view, show } = lines();
    show({}, 0);
    view.show(modelOf({}), { type: 'connection', connected: false });
    view.show(modelOf({}), { type: 'connection', connected: true });
    view.show(modelOf({}), { type: 'master', status: { state: 'offline', boot: 1, time: 0 } });
    view.end(modelOf({ state: 'finished' }));
    view.close();
    expect(written.slice(1, 4)).to.deep.equal([
      'lost the connection to the broker; trying again',
      'connected to the broker again',
      'the master has gone; waiting for it',
    ]);
    expect(written.at(-1)).to.include('digits-1 finished');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(written.join('\n')).not.to.match(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('a run as JSON', () => {
  it('writes one object a line, the summary last', () => {
    const written: string[] = [];
    const view = createJsonView((line) => written.push(line));
    view.show(modelOf({}), { type: 'status', status: STATUS });
    view.end(modelOf({ state: 'finished' }));
    view.close();
    const [status, summary] = written.map((line) => JSON.parse(line));
    expect(status).to.deep.equal({ type: 'status', status: STATUS });
    expect(summary).to.deep.include({ type: 'summary' });
    expect(summary.summary).to.deep.include({ run: 'digits-1', state: 'finished' });
  });
});
