// How fast a run goes, on a clock that the test turns.

import { expect } from 'chai';
import { Batches } from '../../data/batches.js';
import { RunProgress } from '../../master/run-progress.js';
import { fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';

function openProgress() {
  const clock = { ms: 1000 };
  const batches = new Batches(fakeSource(), specOf(smallRun({ batch: 6, microBatches: 2, epochs: 5 })));
  const progress = new RunProgress(
    batches,
    6,
    (step) => 1 / (step + 1),
    () => clock.ms,
  );
  const step = (index: number, ms: number) => {
    clock.ms += ms;
    return progress.completeStep(index);
  };
  return { clock, progress, step };
}

describe('run progress', () => {
  it('knows nothing before the first step', () => {
    const { progress } = openProgress();
    expect(progress).to.include({ step: 0, loss: null, stepMs: 0, samplesPerSecond: 0, etaSeconds: null });
  });

  it('averages the losses of a step over its batch, whatever comes of the next one already', () => {
    const { progress, step } = openProgress();
    progress.addLoss(0, 6);
    progress.addLoss(0, 3);
    progress.addLoss(1, 100);
    expect(step(0, 100)).to.include({ step: 0, epoch: 0, loss: 1.5, learningRate: 1 });
    expect(progress).to.include({ step: 1, loss: 1.5 });
  });

  it('tells speed and remaining time from the step time', () => {
    const { progress, step } = openProgress();
    expect(step(0, 200).samplesPerSecond).to.equal(30);
    expect(progress.etaSeconds).to.be.closeTo(9 * 0.2, 1e-9);
    for (let index = 1; index < 10; index++) step(index, 200);
    expect(progress.etaSeconds).to.equal(0);
  });

  it('follows a change, slow steps sooner than fast ones', () => {
    const { progress, step } = openProgress();
    step(0, 10);
    step(1, 4000);
    expect(progress.stepMs).to.equal(4000); // longer than what is averaged over
    step(2, 1000);
    expect(progress.stepMs).to.equal(2500);
    step(3, 1);
    expect(progress.stepMs).to.be.closeTo(2475, 1);
  });

  it('tells how long it has been since the stream began', () => {
    const { clock, progress, step } = openProgress();
    clock.ms += 5000; // boards build their stages
    progress.begin();
    expect(step(0, 200).elapsedSeconds).to.be.closeTo(0.2, 1e-9);
    clock.ms += 1000;
    progress.skipTime();
    expect(step(1, 300).elapsedSeconds).to.be.closeTo(1.5, 1e-9);
    expect(progress.stepMs).to.be.below(301);
  });

  it('counts neither evaluations nor pauses', () => {
    const { clock, progress, step } = openProgress();
    step(0, 100);
    clock.ms += 60_000;
    progress.skipTime();
    step(1, 100);
    expect(progress.stepMs).to.be.closeTo(100, 1e-9);
  });
});
