// A board's disk belongs to one run at a time, at the place it was last told of: no other files come in.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BoardSnapshots } from '../../agent/board-snapshots.js';
import { encodeChunks, type TransferKey } from '../../protocol/chunks.js';
import { parseMessage } from '../../protocol/messages.js';
import { runEventSchema } from '../../protocol/run-messages.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { silent } from '../support/bus.js';
import { type Inbox, openInbox, rejectionOf } from '../transport/inbox.js';

const topics = topicsOf('lab');
const FILE = Buffer.from('what a stage goes on from');
const PLACE = { run: 'run', generation: 1, position: 2, workers: 3 };
const KEY: TransferKey = {
  run: 'run',
  generation: 1,
  content: 'snapshot',
  from: 1,
  step: 9,
  firstLayer: 0,
  endLayer: 2,
};

describe('a board’s snapshots', () => {
  let folder = '';
  let board: Transport;
  let master: Transport;
  let events: Inbox;
  let snapshots: BoardSnapshots;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringtmp-test-'));
    const hub = createHub();
    [board, master] = [await hub.connect({ clientId: 'board' }), await hub.connect({ clientId: 'master' })];
    events = await openInbox(master, topics.runEvents('+'));
    snapshots = new BoardSnapshots({ transport: board, topics, folder, log: silent });
  });
  afterEach(async () => {
    await snapshots.close();
    await Promise.all([board.close(), master.close()]);
    await rm(folder, { recursive: true });
  });

  const send = async (changes: Partial<TransferKey> = {}, to = 2) => {
    const key = { ...KEY, ...changes };
    for (const chunk of encodeChunks(key, FILE))
      await master.publish(topics.data(key.run, to, 'weights'), chunk, { qos: 1 });
  };
  const takeEvent = async () => parseMessage(runEventSchema, (await events.take(1))[0]?.payload as Buffer);

  it('come in and are told of, with the generation', async () => {
    await snapshots.open(PLACE);
    await send();
    expect(await takeEvent()).to.deep.include({ type: 'kept', position: 2, generation: 1 });
    expect(await readdir(join(folder, 'run'))).to.have.length(1);
  });

  it('are none of another run, generation or place', async () => {
    const keeper = await snapshots.open(PLACE);
    for (const changes of [{ run: 'another' }, { generation: 0 }, { generation: 2 }]) await send(changes);
    await send({}, 3);
    await send({ content: 'weights' });
    await send({ step: 10 });
    expect((await takeEvent()).snapshot?.step).to.equal(10);
    expect((await keeper.inventory()).map(({ step }) => step)).to.deep.equal([10]);
  });

  it('are taken in for the last place that the board was told of, and stay through generations', async () => {
    const first = await snapshots.open(PLACE);
    expect(await snapshots.open({ ...PLACE })).to.equal(first);
    await send();
    await takeEvent();
    const next = await snapshots.open({ ...PLACE, generation: 2, position: 1 });
    expect(next).not.to.equal(first);
    await send();
    await send({ generation: 2, step: 8 }, 1);
    expect(await takeEvent()).to.deep.include({ position: 1, generation: 2 });
    expect((await next.inventory()).map(({ step }) => step)).to.deep.equal([8, 9]);
  });

  it('of a run that never said goodbye are gone once another one begins', async () => {
    await snapshots.open(PLACE);
    await send();
    await takeEvent();
    await snapshots.open({ ...PLACE, run: 'another' });
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('are gone when their run is over, whether the board holds a place or not', async () => {
    await snapshots.open(PLACE);
    await send();
    await takeEvent();
    await snapshots.close();
    expect(await snapshots.runs()).to.deep.equal(['run']);
    await snapshots.forget('another');
    expect(await readdir(folder)).to.deep.equal(['run']);
    await snapshots.forget('run');
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('are given only within their run', async () => {
    const keeper = await snapshots.open(PLACE);
    await send();
    await takeEvent();
    const [entry] = await keeper.inventory();
    const taken = await openInbox(master, topics.data('run', 3, 'weights'));
    await snapshots.supply('run', 3, entry!);
    expect(await taken.take(1)).to.have.length(1);
    expect((await rejectionOf(snapshots.supply('another', 3, entry!))).code).to.equal('command');
    await snapshots.close();
    expect((await rejectionOf(snapshots.supply('run', 3, entry!))).code).to.equal('command');
  });
});
