// Positions of a ring over a transport: threads, frames and topics between the nodes, and still the
// weights of one board.

import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { RemoteError } from '../../errors.js';
import { buildWorker } from '../../node/build.js';
import { openRingPosition, type Report, type RingPosition } from '../../node/ring.js';
import { fileOfWeights } from '../../node/weights-file.js';
import { ChunkAssembly, decodeChunk } from '../../protocol/chunks.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { joinWeights } from '../support/local-ring.js';
import { batchOf, gradientStep, partOf, SMALL, SMALL_CLASSES } from './sample-runs.js';

const STEPS = 3;
const TOPICS = topicsOf('home');
/** Layers of the master, then of the boards. */
const PARTS = [
  [5, 7],
  [0, 2],
  [2, 5],
] as const;
const WORKERS = PARTS.length - 1;

describe('a position of the ring', () => {
  let hub: Hub;
  let transports: Transport[];
  let positions: RingPosition[];
  let reports: Report[];
  let expecting: { check: () => boolean; resolve: () => void }[];

  beforeEach(async () => {
    hub = createHub();
    [transports, positions, reports, expecting] = [[], [], [], []];
    for (const position of PARTS.keys()) transports.push(await hub.connect({ clientId: `p${position}` }));
  });

  afterEach(async () => {
    await Promise.all(positions.map((position) => position.close()));
    await Promise.all(transports.map((transport) => transport.close()));
  });

  const open = (
    position: number,
    memoryBytes = 2 ** 20,
    onCrash = (error: Error): void => expect.fail(error.message),
  ) =>
    openRingPosition({
      transport: transports[position]!,
      topics: TOPICS,
      place: { run: 'digits', generation: 0, mode: 'ring', position, workers: WORKERS },
      links: null,
      stage: partOf(SMALL, PARTS[position]![0], PARTS[position]![1]),
      engine: 'plain',
      window: 2,
      blas: {},
      memoryBytes,
      onReport: (report) => {
        if (position === 0) reports.push(report);
        for (const { check, resolve } of expecting) if (check()) resolve();
      },
      onFailure: onCrash,
    });

  async function openAll(): Promise<RingPosition> {
    for (const position of PARTS.keys()) positions.push(await open(position));
    return positions[0]!;
  }

  const until = (check: () => boolean) =>
    new Promise<void>((resolve) => {
      expecting.push({ check, resolve });
    });
  const countOf = (kind: Report['kind']) => reports.filter((report) => report.kind === kind).length;

  function streamStep(master: RingPosition, step: number): void {
    for (const [micro, { data, targets }] of batchOf(SMALL, SMALL_CLASSES, step).entries()) {
      master.deliver({ kind: 'targets', step, micro, training: true, samples: targets.length, data: targets });
      master.send({ kind: 'activation', step, micro, data });
    }
  }

  /** The files that the boards send to the master, by position. */
  async function collectWeights(): Promise<{ files: Map<number, Uint8Array>; complete: Promise<void> }> {
    const files = new Map<number, Uint8Array>();
    let resolve!: () => void;
    const complete = new Promise<void>((done) => {
      resolve = done;
    });
    await transports[0]!.subscribe(
      TOPICS.data('digits', 0, 'weights'),
      (_, payload) => {
        const chunk = decodeChunk(payload);
        const file = new ChunkAssembly(chunk).add(chunk);
        if (file !== null) files.set(chunk.from, file);
        if (files.size === WORKERS) resolve();
      },
      1,
    );
    return { files, complete };
  }

  it('trains, evaluates and gives its weights as one board does', async () => {
    const master = await openAll();
    const { files, complete } = await collectWeights();
    const evaluation = batchOf(SMALL, SMALL_CLASSES, 99)[0]!;
    const finished = until(
      () => countOf('done') === 2 * STEPS && countOf('evaluated') === 1 && countOf('weights') === 1,
    );
    for (let step = 0; step < STEPS; step++) streamStep(master, step);
    const targets = evaluation.targets.slice();
    master.deliver({ kind: 'targets', step: STEPS, micro: 0, training: false, samples: 3, data: targets });
    master.send({ kind: 'eval', step: STEPS, micro: 0, data: evaluation.data.slice() });
    master.send({ kind: 'collect', step: STEPS });
    await Promise.all([finished, complete]);

    const worker = await buildWorker(SMALL, plainEngine);
    for (let step = 0; step < STEPS; step++) {
      gradientStep(worker, batchOf(SMALL, SMALL_CLASSES, step), step);
      worker.update();
    }
    worker.evaluate(evaluation.data);
    const own = reports.find((report) => report.kind === 'weights')!;
    const joined = joinWeights([files.get(1)!, files.get(2)!, (own as { file: Uint8Array }).file]);
    expect(Buffer.compare(joined, fileOfWeights(worker.store))).to.equal(0);
    expect(reports.find(({ kind }) => kind === 'evaluated')).to.include(worker.judge(evaluation.targets, 3));
  });

  it('counts the bytes that pass it', async () => {
    const master = await openAll();
    const done = until(() => countOf('done') === 2);
    streamStep(master, 0);
    await done;
    const [own, ...boards] = positions.map((position) => position.figures());
    for (const { bytesIn, bytesOut } of boards) expect(Math.min(bytesIn, bytesOut)).to.be.greaterThan(0);
    expect(own!.bytesIn).to.be.greaterThan(0);
  });

  it('is not taken when the stage does not fit', async () => {
    const error = await open(1, 100).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RemoteError).with.property('code', 'capacity');
  });

  it('is not taken when the links are denied, and leaves no thread behind', async () => {
    await transports[1]!.close();
    const error = await open(1).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property('code', 'connection');
  });

  it('tells when its thread dies', async () => {
    const crash = new Promise<Error>((resolve) => {
      open(0, 2 ** 20, resolve).then((position) => {
        positions.push(position);
        position.deliver({ kind: 'activation', step: 0, micro: 0, data: new Float32Array(4 * 5) });
      }, resolve);
    });
    expect((await crash).message).to.contain('no targets for step 0, micro-batch 0');
  });
});
