// What is not a frame of this run, or was here before, is dropped and counted in the telemetry; the run
// goes on and ends in the same weights.

import { expect } from 'chai';
import { runLocally } from '../../master/local-run.js';
import { type AgentTelemetry, agentTelemetrySchema } from '../../protocol/agent-messages.js';
import { decodeFrame, encodeFrame, type Frame, type FrameTensor } from '../../protocol/frame.js';
import { parseMessage } from '../../protocol/messages.js';
import { MAX_HEADER_BYTES } from '../../protocol/safetensors.js';
import { EXAMPLES, type Fleet, modelOf, startFleet } from '../support/fleet.js';
import { smallRun, specOf } from '../support/specs.js';
import { openInbox } from '../transport/inbox.js';

const SPEC = smallRun({ epochs: 20 });

/** A header that is announced longer than any may be. */
function withHugeHeader(): Uint8Array {
  const blob = Buffer.alloc(MAX_HEADER_BYTES + 64, ' ');
  blob.writeBigUInt64LE(BigInt(MAX_HEADER_BYTES + 8));
  return blob;
}

function changed(blob: Uint8Array, changes: Partial<Frame>): Uint8Array {
  return encodeFrame({ ...decodeFrame(blob), ...changes });
}

/** Frames that do not belong, by the reason for which they are dropped. */
function intruders(blob: Uint8Array, otherKind: Frame['kind']): Record<string, Uint8Array[]> {
  const { shape, data } = decodeFrame(blob).tensor as FrameTensor;
  const [rows, ...others] = shape;
  return {
    malformed: [
      Buffer.from('nonsense'),
      new Uint8Array(),
      blob.subarray(0, blob.length / 2),
      Buffer.concat([blob, blob]),
      withHugeHeader(),
      Buffer.alloc(2 ** 20, 0xff),
    ],
    foreign: [changed(blob, { generation: 1 }), changed(blob, { run: 'another-run' })],
    misplaced: [changed(blob, { kind: otherKind })],
    shape: [
      changed(blob, { tensor: null }),
      changed(blob, { tensor: { shape: [data.length], data } }),
      changed(blob, { tensor: { shape: [(rows as number) * 2, ...others], data: new Float32Array(data.length * 2) } }),
    ],
    repeated: [blob, blob],
    unexpected: [changed(blob, { step: 99_999 }), changed(blob, { step: 99_998, micro: 1 })],
  };
}

describe('bad frames in a run', () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet({ agents: 2 });
  });
  after(() => fleet.close());

  /** Resolves when a board counts as many dropped frames, by reason. */
  async function countedBy(agent: string, expected: Record<string, number>): Promise<void> {
    const { operator, topics } = fleet;
    const matches = ({ node }: AgentTelemetry) =>
      Object.entries(expected).every(([reason, count]) => node?.dropped[reason] === count);
    await new Promise<void>((resolve) => {
      void operator.subscribe(topics.agentTelemetry(agent), (_, payload) => {
        if (matches(parseMessage(agentTelemetrySchema, payload))) resolve();
      });
    });
  }

  it('change nothing, on either way and at either kind of position', async () => {
    const { operator, topics } = fleet;
    const forwards = await openInbox(operator, topics.data('+', 1, 'forward'), 0);
    const backwards = await openInbox(operator, topics.data('+', 1, 'backward'), 0);
    const run = await fleet.train(SPEC);
    const [[activation], [gradient]] = await Promise.all([forwards.take(1), backwards.take(1)]);
    await fleet.ask('pause', { run });
    await forwards.subscription.close();
    await backwards.subscription.close();

    const publish = async (channel: 'forward' | 'backward', position: number, frames: Uint8Array[]) => {
      for (const frame of frames) await operator.publish(topics.data(run, position, channel), frame, { qos: 0 });
    };
    const ahead = intruders(activation?.payload as Buffer, 'gradient');
    const back = intruders(gradient?.payload as Buffer, 'activation');
    for (const frames of Object.values(ahead)) await publish('forward', 1, frames);
    for (const frames of Object.values(back)) await publish('backward', 1, frames);
    const expected = Object.keys(ahead).map((reason) => [
      reason,
      (ahead[reason]?.length ?? 0) + (back[reason]?.length ?? 0),
    ]);
    await countedBy('pi-1', Object.fromEntries(expected));

    await publish('forward', 0, [Buffer.from('nonsense'), activation?.payload as Buffer]);
    await operator.publish(topics.data(run, 1, 'weights'), 'nonsense', { qos: 1 });
    await operator.publish(topics.runEvents(run), 'nonsense', { qos: 1 });
    await fleet.ask('resume', { run });
    const status = await fleet.ended(run);
    expect(status).to.include({ state: 'finished', error: null });
    expect(status.master?.dropped).to.include({ malformed: 1, shape: 1 });

    const local = await runLocally(specOf(SPEC), {
      runsFolder: fleet.runsFolder,
      dataFolder: EXAMPLES,
      onStatus: () => {},
      signal: new AbortController().signal,
    });
    expect((await modelOf(status)).equals(await modelOf(local))).to.equal(true);
  });
});
