// What goes round the ring, and when: written out for a small run.

import { expect } from 'chai';
import { Batches } from '../../data/batches.js';
import { type Item, itinerary, type StepBoundary } from '../../master/itinerary.js';
import { fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';

function shown(item: Item | StepBoundary): string {
  if (item.kind === 'boundary') return '|';
  return item.kind === 'collect' || item.kind === 'cut'
    ? `${item.kind} ${item.step}`
    : `${item.kind} ${item.step}/${item.micro}`;
}

/** Twelve samples in batches of six: two steps an epoch. Three held out: one micro-batch. */
function batchesOf(training: object): Batches {
  return new Batches(fakeSource({ test: 3 }), specOf(smallRun({ batch: 6, microBatches: 2, ...training })));
}

const STEP = (step: number) => ['|', `activation ${step}/0`, `activation ${step}/1`];

describe('itinerary', () => {
  it('evaluates after each epoch and asks for the weights at the end', () => {
    const items = [...itinerary(batchesOf({ epochs: 2 }), { microBatches: 2, isStopped: () => false })].map(shown);
    expect(items).to.deep.equal([...STEP(0), ...STEP(1), 'eval 2/0', ...STEP(2), ...STEP(3), 'eval 4/0', 'collect 4']);
  });

  it('evaluates at the end of a run that ends within an epoch', () => {
    const items = [...itinerary(batchesOf({ steps: 1 }), { microBatches: 2, isStopped: () => false })].map(shown);
    expect(items).to.deep.equal([...STEP(0), 'eval 1/0', 'collect 1']);
  });

  it('ends with the step under way when it is stopped', () => {
    let stopped = false;
    const items = itinerary(batchesOf({ epochs: 2 }), { microBatches: 2, isStopped: () => stopped });
    const first = [items.next().value as StepBoundary, items.next().value as Item];
    stopped = true;
    expect([...first, ...items].map(shown)).to.deep.equal([...STEP(0), '|', 'collect 1']);
  });

  it('asks for the initial weights when it is stopped before the first step', () => {
    expect([...itinerary(batchesOf({}), { microBatches: 2, isStopped: () => true })].map(shown)).to.deep.equal([
      '|',
      'collect 0',
    ]);
  });

  it('decides about a step when the step is asked for, not before', () => {
    let stopped = false;
    const items = itinerary(batchesOf({}), { microBatches: 2, isStopped: () => stopped });
    expect(items.next().value).to.deep.equal({ kind: 'boundary' });
    stopped = true;
    expect(items.next().value).to.deep.equal({ kind: 'collect', step: 0 });
  });

  it('asks for snapshots where they are due, after what the version is evaluated for', () => {
    const due = new Set([1, 2]);
    const options = { microBatches: 2, isStopped: () => false, isCutDue: (step: number) => due.has(step) };
    const items = [...itinerary(batchesOf({ epochs: 2 }), options)].map(shown);
    const [boundary, ...second] = STEP(1);
    const [, ...third] = STEP(2);
    const middle = [boundary, 'cut 1', ...second, 'eval 2/0', '|', 'cut 2', ...third];
    expect(items).to.deep.equal([...STEP(0), ...middle, ...STEP(3), 'eval 4/0', 'collect 4']);
  });

  it('goes on from a cut, without asking for it again', () => {
    const options = { microBatches: 2, firstStep: 2, isStopped: () => false, isCutDue: (step: number) => step === 2 };
    const items = [...itinerary(batchesOf({ epochs: 2 }), options)].map(shown);
    expect(items).to.deep.equal([...STEP(2), ...STEP(3), 'eval 4/0', 'collect 4']);
  });
});
