import { expect } from 'chai';
import { type Paint, render } from '../../../cli/view/render.js';
import { emptyModel, updated } from '../../../cli/view/run-model.js';
import type { Warning } from '../../../protocol/run-messages.js';
import { LAYERS, modelOf, STATUS, telemetry } from '../run-samples.js';

describe('the live view', () => {
  it('waits for the first status', () => {
    expect(render(emptyModel('digits-1'), 80)).to.equal('digits-1  waiting for the master');
  });

  it('shows a running run: progress, figures and a row for each position', () => {
    const picture = render(modelOf({}), 80).split('\n');
    expect(picture[0]).to.equal('digits-1  running  epoch 2/4');
    expect(picture[1]).to.match(/^█{12}░{34} 25 % {2}step 30\/120 {2}ETA 1 min 15 s$/);
    expect(picture[2]).to.equal('loss 0.4321   held-out accuracy 91.2 %   12,346 samples/s');
    expect(picture.slice(4)).to.deep.equal([
      '#  board    layers                  phase    idle      in     out',
      '0  master   –                       idle     50 %  1.2 MB  2.3 MB',
      '1  board-1  dense_0 … activation_3  forward  13 %  1.2 MB  2.3 MB',
      '2  board-2  dense_4                 –           –       –       –',
    ]);
  });

  it('shows what the run bears, and what to do about it', () => {
    const warning = { position: 1, code: 'connection', message: 'no direct link', remedy: 'Let them meet.' };
    const shown = (warnings: Warning[]) => render(modelOf({ warnings }), 80).split('\n').slice(3, 5);
    expect(shown([warning])).to.deep.equal(['position 1: no direct link', 'Let them meet.']);
    expect(shown([{ ...warning, position: 2 }, warning])[1]).to.equal('1 more before it: Let them meet.');
  });

  it('shows the learning rate once there are metrics', () => {
    const metrics = { step: 1, epoch: 0, loss: 1, learningRate: 0.05, samplesPerSecond: 1, time: 0 };
    expect(render(updated(modelOf({}), { type: 'metrics', metrics }), 100)).to.include('learning rate 0.05000');
  });

  it('says how long a finished run took', () => {
    const picture = render(modelOf({ state: 'finished', step: 120, epoch: 4, etaSeconds: 0 }), 80);
    expect(picture).to.include('epoch 4/4').and.to.include('100 %  step 120/120  took 25 s');
  });

  it('says why a run failed', () => {
    const error = { code: 'run', message: 'board-2 at position 2 was lost in step 30' };
    expect(render(modelOf({ state: 'failed', error }), 80)).to.include('board-2 at position 2 was lost in step 30');
  });

  it('says that the broker or the master is away', () => {
    const offline = updated(modelOf({}), { type: 'connection', connected: false });
    expect(render(offline, 80)).to.include('The connection to the broker is lost');
    const status = { state: 'offline' as const, boot: 1, time: 0 };
    expect(render(updated(modelOf({}), { type: 'master', status }), 80)).to.include('The master is not there');
  });

  it('is no wider than the terminal, at the cost of the layers', () => {
    const longest = LAYERS.map((name) => `a_rather_long_name_of_${name}`);
    const [master, first] = STATUS.plan;
    const picture = render(modelOf({ plan: [master!, { ...first!, layers: longest }] }), 70);
    for (const line of picture.split('\n')) expect(line.length).to.be.at.most(70);
    expect(picture).to.match(/a_rather_\S*…/);
  });

  it('fits every line into a narrow terminal', () => {
    const narrow = render(modelOf({}), 60).split('\n');
    expect(Math.max(...narrow.map((line) => line.length))).to.be.at.most(60);
  });

  it('paints nothing unless told', () => {
    const paint: Paint = (style, text) => `<${style}>${text}</>`;
    expect(render(modelOf({}), 80)).not.to.include('<');
    expect(render(modelOf({}), 80, paint))
      .to.include('<bold>digits-1</>')
      .and.to.include('<cyan>running</>');
  });

  it('keeps the figures of a board that has left the run', () => {
    const left = updated(modelOf({}), { type: 'telemetry', agent: 'board-1', telemetry: telemetry(null, null) });
    expect(render(left, 80)).to.include('board-1  dense_0 … activation_3  forward');
  });
});
