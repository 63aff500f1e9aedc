// Messages of the control plane: what is right passes, newer senders are understood, and whatever else
// arrives is refused by the name of the field, never with another error.

import { expect } from 'chai';
import fc from 'fast-check';
import type { z } from 'zod';
import { CommandError, FrameError, RemoteError, reportOf } from '../../errors.js';
import { agentInfoSchema, agentTelemetrySchema } from '../../protocol/agent-messages.js';
import {
  assignmentSchema,
  preparationSchema,
  preparedSchema,
  snapshotEntrySchema,
  supplyRequestSchema,
} from '../../protocol/assignment.js';
import {
  parseMessage,
  presenceSchema,
  requestSchema,
  responseSchema,
  runRequestSchema,
} from '../../protocol/messages.js';
import { runEventSchema, runMetricsSchema, runStatusSchema } from '../../protocol/run-messages.js';
import { shifted } from './arbitraries.js';
import { blamedField } from './blobs.js';
import { MINIMAL } from './run-specs.js';

const payloadOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const evaluation = { step: 3, loss: 0.5, metric: 'accuracy', value: 0.9, samples: 100 };

const figures = {
  phase: 'backward',
  idleShare: 0.1,
  seconds: { forward: 1, backward: 2, update: 0, serialise: 0.5 },
  window: 4,
  microBatchMs: 2.5,
  linkMs: null,
  bytesIn: 10,
  bytesOut: 20,
  unsent: 0,
  dropped: { stale: 1 },
};

const SNAPSHOT = { step: 20, firstLayer: 0, endLayer: 2, sha256: 'a1'.repeat(32), bytes: 1000 };

/** A good message of each schema. */
const EXAMPLES: Readonly<Record<string, [schema: z.ZodType, message: Record<string, unknown>]>> = {
  agentStatus: [presenceSchema, { state: 'online', boot: 3, time: 1 }],
  agentTelemetry: [
    agentTelemetrySchema,
    { time: 1, rssBytes: 1e8, cpuShare: 0.5, temperatureC: null, run: 'digits', position: 1, node: figures },
  ],
  runStatus: [
    runStatusSchema,
    {
      run: 'digits',
      state: 'running',
      generation: 0,
      step: 3,
      steps: 100,
      epoch: 0,
      epochs: 1,
      loss: null,
      evaluation,
      samplesPerSecond: 100,
      etaSeconds: null,
      startedAt: 1,
      elapsedSeconds: 2,
      plan: [
        {
          position: 1,
          agent: 'pi-1',
          firstLayer: 0,
          endLayer: 1,
          layers: ['dense_0'],
          memoryBytes: 10,
          microBatchMs: 1,
        },
      ],
      master: figures,
      mode: 'ring',
      folder: 'runs/digits',
      error: null,
    },
  ],
  runMetrics: [runMetricsSchema, { step: 3, epoch: 0, loss: 2.3, learningRate: 0.1, samplesPerSecond: 100, time: 1 }],
  snapshotEntry: [snapshotEntrySchema, SNAPSHOT],
  preparation: [preparationSchema, { run: 'digits', generation: 3, position: 2, workers: 4 }],
  prepared: [preparedSchema, { snapshots: [SNAPSHOT] }],
  supplyRequest: [supplyRequestSchema, { run: 'digits', to: 2, snapshot: SNAPSHOT }],
  runEvent: [runEventSchema, { time: 1, type: 'evaluated', evaluation }],
  masterStatus: [presenceSchema, { state: 'offline', boot: 1, time: 1 }],
  runRequest: [runRequestSchema, { run: 'digits' }],
  accepted: [responseSchema, { id: 'c1', ok: true, data: { run: 'digits' } }],
  refused: [responseSchema, { id: 'c1', ok: false, error: { code: 'command', message: 'no', remedy: 'wait' } }],
};

describe('a message', () => {
  for (const [name, [schema, message]] of Object.entries(EXAMPLES)) {
    it(`${name} comes back as it was, without the keys that only newer senders know`, () => {
      expect(parseMessage(schema, shifted(payloadOf({ ...message, invented: { later: true } }), 3))).to.deep.equal(
        message,
      );
    });

    it(`${name} lacks nothing`, () => {
      const needed = Object.keys(message).filter(
        (key) => !['data', 'mode'].includes(key) && !(name === 'runEvent' && key === 'evaluation'),
      );
      for (const key of needed) {
        const { [key]: _, ...rest } = message;
        expect(
          blamedField(() => parseMessage(schema, payloadOf(rest))),
          key,
        ).to.equal(key);
      }
    });
  }

  it('names the field at fault, wherever it lies', () => {
    const [schema, telemetry] = EXAMPLES.agentTelemetry!;
    const blame = (changes: object) => blamedField(() => parseMessage(schema, payloadOf({ ...telemetry, ...changes })));
    const blameInNode = (changes: object) => blame({ node: { ...figures, ...changes } });
    expect(blame({ run: 'a/b' })).to.equal('run');
    expect(blame({ position: 1.5 })).to.equal('position');
    expect(blameInNode({ phase: 'asleep' })).to.equal('node.phase');
    expect(blameInNode({ bytesIn: -1 })).to.equal('node.bytesIn');
    expect(blameInNode({ seconds: { ...figures.seconds, forward: 'x' } })).to.equal('node.seconds.forward');
    expect(blameInNode({ dropped: { stale: -1 } })).to.equal('node.dropped.stale');
  });

  it('carries no run name that would change a topic', () => {
    for (const run of ['a/b', '+', '#', '', 'A', 3]) {
      expect(blamedField(() => parseMessage(runRequestSchema, payloadOf({ run })))).to.equal('run');
    }
  });

  it('that is no JSON, or no object, is refused as a whole', () => {
    const parse = (text: string) => () => parseMessage(presenceSchema, Buffer.from(text));
    for (const text of ['', '{', 'online', '\u{feff}{}', 'null', '[]', '3', '"online"']) {
      expect(blamedField(parse(text)), text).to.equal('payload');
    }
    expect(blamedField(() => parseMessage(presenceSchema, Uint8Array.of(0xff, 0xfe)))).to.equal('payload');
  });

  it('of any content passes or is refused, by every schema', () => {
    const anyPayload = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.json().map((json) => Buffer.from(json)),
    );
    const schemas = [
      ...Object.values(EXAMPLES).map(([schema]) => schema),
      ...[requestSchema, assignmentSchema, runStatusSchema, agentInfoSchema],
    ];
    fc.assert(
      fc.property(anyPayload, fc.constantFrom(...schemas), (payload, schema) => {
        try {
          parseMessage(schema, payload);
        } catch (error) {
          expect(error).to.be.instanceOf(FrameError);
        }
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('nested beyond all measure is none to fail over', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(blamedField(() => parseMessage(runRequestSchema, Buffer.from(`{"run":${deep}}`)))).to.equal('run');
    expect(parseMessage(requestSchema, Buffer.from(`{"id":"c1","spec":${deep}}`)).id).to.equal('c1');
  });
});

describe('a command', () => {
  it('keeps what only its verb knows', () => {
    const command = { id: 'c1', time: 5, spec: MINIMAL };
    expect(parseMessage(requestSchema, payloadOf(command))).to.deep.equal(command);
  });

  it('needs an id of 1 to 64 characters', () => {
    for (const id of [undefined, '', 7, 'x'.repeat(65)]) {
      expect(blamedField(() => parseMessage(requestSchema, payloadOf({ id })))).to.equal('id');
    }
    expect(parseMessage(requestSchema, payloadOf({ id: 'x'.repeat(64) })).id).to.have.length(64);
  });
});

describe('an assignment', () => {
  const assignment = {
    run: 'digits',
    generation: 0,
    position: 1,
    workers: 2,
    firstLayer: 0,
    endLayer: 1,
    window: 3,
    inputShape: [28, 28],
    spec: { ...MINIMAL, engine: 'wasm' },
  };

  it('carries the whole run spec, and its defaults', () => {
    const { spec } = parseMessage(assignmentSchema, payloadOf(assignment));
    expect(spec.training.batch).to.equal(32);
    expect(spec.optimizer).to.deep.equal({ type: 'sgd', learningRate: 0.1 });
  });

  it('is refused when its run spec is wrong, or it admits nothing', () => {
    const blame = (changes: object) => {
      return blamedField(() => parseMessage(assignmentSchema, payloadOf({ ...assignment, ...changes })));
    };
    expect(blame({ spec: { ...MINIMAL, engine: 'wasm', loss: 'mse' } })).to.equal('spec.loss');
    expect(blame({ spec: { ...MINIMAL, engine: 'wasm', model: { layers: [{ type: 'dense', units: -1 }] } } })).to.equal(
      'spec.model.layers.0.units',
    );
    expect(blame({ spec: { ...MINIMAL, engine: 'auto' } })).to.equal('spec.engine');
    expect(blame({ window: 0 })).to.equal('window');
  });

  it('may begin at a cut, which is after step 0, with snapshots that say what they are', () => {
    const start = { step: 20, snapshots: [SNAPSHOT] };
    expect(parseMessage(assignmentSchema, payloadOf({ ...assignment, start })).start).to.deep.equal(start);
    const blame = (changes: object) => {
      const wrong = { ...assignment, start: { ...start, ...changes } };
      return blamedField(() => parseMessage(assignmentSchema, payloadOf(wrong)));
    };
    expect(blame({ step: 0 })).to.equal('start.step');
    expect(blame({ snapshots: [{ ...SNAPSHOT, sha256: '../../etc' }] })).to.equal('start.snapshots.0.sha256');
  });
});

describe('a refusal', () => {
  it('tells the other side what happened and what to do', () => {
    const error = reportOf(new CommandError('no such run', { remedy: 'Ask for `runs`.' }));
    const response = parseMessage(responseSchema, payloadOf({ id: 'c1', ok: false, error }));
    if (response.ok) return expect.fail('a refusal is not ok');
    expect(new RemoteError(response.error as never)).to.include({
      code: 'command',
      message: 'no such run',
      remedy: 'Ask for `runs`.',
    });
  });

  it('of an unknown kind is internal, and without a remedy it has none', () => {
    expect(reportOf(new TypeError('oops'))).to.deep.equal({ code: 'internal', message: 'oops' });
    expect(reportOf('oops')).to.deep.equal({ code: 'internal', message: 'oops' });
    expect(reportOf(new CommandError('no'))).to.deep.equal({ code: 'command', message: 'no' });
    expect(new RemoteError({ code: 'x', message: 'y' }).remedy).to.equal(undefined);
  });
});
