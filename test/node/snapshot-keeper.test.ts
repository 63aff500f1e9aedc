// What a position keeps, gives and waits for, on a disk that does not always take it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SnapshotFolder } from '../../node/snapshot-folder.js';
import { SnapshotKeeper } from '../../node/snapshot-keeper.js';
import type { SnapshotEntry } from '../../protocol/assignment.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';

const topics = topicsOf('lab');
const FILE = Buffer.alloc(600_000, 'what a stage goes on from '); // three chunks
const NEVER = new AbortController().signal;
const key = (step: number, firstLayer = 0) => ({ step, firstLayer, endLayer: firstLayer + 2 });

describe('SnapshotKeeper', () => {
  let base = '';
  let hub: Hub;
  const transports: Transport[] = [];
  const keepers: SnapshotKeeper[] = [];

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ringtmp-test-'));
    hub = createHub();
  });
  afterEach(async () => {
    await Promise.all(keepers.splice(0).map((keeper) => keeper.close()));
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await rm(base, { recursive: true });
  });

  async function keeperAt(position: number, generation = 1) {
    const transport = await hub.connect({ clientId: `board-${position}-${generation}` });
    const kept = createMailbox<SnapshotEntry>();
    const unkept = createMailbox<string>();
    const folder = new SnapshotFolder(join(base, `board-${position}`));
    const keeper = new SnapshotKeeper({
      transport,
      topics,
      place: { run: 'run', generation, position, workers: 3 },
      folder,
      onKept: (snapshot) => kept.put(snapshot),
      onUnkept: (error) => unkept.put(error.message),
      retryMs: 0,
    });
    await keeper.open();
    transports.push(transport);
    keepers.push(keeper);
    return { keeper, folder, kept, unkept };
  }

  it('keeps what is its own, and tells', async () => {
    const { keeper, kept } = await keeperAt(1);
    await keeper.keep(key(5), FILE);
    const [entry] = await kept.take(1);
    expect(entry).to.include({ ...key(5), bytes: FILE.length });
    expect(await keeper.inventory()).to.deep.equal([entry]);
    expect((await keeper.read([entry!], NEVER)).map((file) => Buffer.from(file).equals(FILE))).to.deep.equal([true]);
  });

  it('gives another position what it has, and that one keeps and reads it', async () => {
    const [one, other] = [await keeperAt(1), await keeperAt(2)];
    await one.keeper.keep(key(5), FILE);
    const [entry] = await one.kept.take(1);
    const reading = other.keeper.read([entry!], NEVER); // it waits for what is on its way
    await one.keeper.supply(2, entry!);
    expect(Buffer.from((await reading)[0] as Uint8Array).equals(FILE)).to.equal(true);
    expect(await other.kept.take(1)).to.deep.equal([entry]);
    const [given] = one.keeper.passed.list();
    expect(given).to.include({ topic: '2/weights', direction: 'out', frames: 3 });
    expect(given?.bytes).to.be.above(FILE.length);
    expect(other.keeper.passed.list()).to.deep.equal([{ ...given, direction: 'in' }]);
  });

  it('misses nothing that comes while it looks', async () => {
    const { keeper, kept, folder } = await keeperAt(1);
    for (let step = 1; step <= 20; step++) {
      const entry = await new SnapshotFolder(join(base, 'elsewhere')).save(key(step), FILE);
      const reading = keeper.read([entry], NEVER);
      void keeper.keep(key(step), FILE);
      await reading;
      await folder.inventory();
    }
    expect(await kept.take(20)).to.have.length(20);
  });

  it('takes no file of another generation for that of its own', async () => {
    const [old, other] = [await keeperAt(1, 0), await keeperAt(2, 1)];
    await old.keeper.keep(key(5), FILE);
    const [entry] = await old.kept.take(1);
    await old.keeper.supply(2, entry!);
    expect(await other.keeper.inventory()).to.deep.equal([]);
    expect(other.kept.waiting()).to.equal(0);
  });

  it('tries again until its disk takes it, and complains once', async () => {
    const { keeper, kept, unkept } = await keeperAt(1);
    await writeFile(join(base, 'board-1'), 'in the way');
    const keeping = keeper.keep(key(5), FILE);
    expect((await unkept.take(1))[0]).to.match(/^cannot keep a snapshot in /);
    await rm(join(base, 'board-1'));
    await keeping;
    expect((await kept.take(1))[0]).to.include(key(5));
    expect(unkept.waiting()).to.equal(0);
  });

  it('gives up what its disk does not take when it is closed', async () => {
    const { keeper, kept, unkept } = await keeperAt(1);
    await writeFile(join(base, 'board-1'), 'in the way');
    const keeping = keeper.keep(key(5), FILE);
    await unkept.take(1);
    await keeper.close();
    await keeping;
    expect(kept.waiting()).to.equal(0);
  });

  it('keeps three steps, and what a run goes back to though it is older', async () => {
    const { keeper, kept } = await keeperAt(1);
    for (const step of [10, 20, 30, 40]) await keeper.keep(key(step), FILE);
    const entries = await kept.take(4);
    expect((await keeper.inventory()).map(({ step }) => step)).to.deep.equal([20, 30, 40]);
    await keeper.keep(key(10), FILE);
    await keeper.read([entries[0]!], NEVER);
    await keeper.goBackTo(20);
    expect((await keeper.inventory()).map(({ step }) => step)).to.deep.equal([10, 20]);
  });

  it('waits no longer than it may, nor once it is closed', async () => {
    const { keeper, folder } = await keeperAt(1);
    const entry = await folder.save(key(5), FILE);
    await folder.remove();
    const giveUp = new AbortController();
    const waiting = rejectionOf(keeper.read([entry], giveUp.signal));
    giveUp.abort();
    expect((await waiting).name).to.equal('AbortError');
    const closing = rejectionOf(keeper.read([entry], NEVER));
    await keeper.close();
    expect((await closing).name).to.equal('AbortError');
  });

  it('gives away nothing that is spoilt', async () => {
    const { keeper, folder } = await keeperAt(1);
    const entry = await folder.save(key(5), FILE);
    await folder.remove();
    expect((await rejectionOf(keeper.supply(2, entry))).message).to.match(/is not there/);
  });
});
