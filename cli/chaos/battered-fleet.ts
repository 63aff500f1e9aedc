// A fleet on this machine that goes on whatever ends, and what it takes to batter it: a link to cut for each member, and a
// small disk for each agent.

import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../up/free-port.js';
import { HOST, LocalFleet, type LocalFleetOptions } from '../up/local-fleet.js';
import { type LinkProxy, openProxy } from './proxy.js';
import { SmallDisk } from './small-disk.js';

export interface BatteredFleetOptions
  extends Omit<LocalFleetOptions, 'fleet' | 'port' | 'runsFolder' | 'supervision' | 'launchers'> {
  /** Where runs and logs go; else into a folder that is removed. */
  readonly keep?: string | undefined;
  /** Of each agent's disk; 0: none of its own. */
  readonly diskBytes: number;
  /** Told when a process has ended; it is started again. */
  readonly onEnd: (member: string, how: string) => void;
}

export const FLEET = 'chaos';

export class BatteredFleet {
  readonly local: LocalFleet;
  /** To the broker, by member. */
  readonly links = new Map<string, LinkProxy>();
  /** By agent. */
  readonly disks = new Map<string, SmallDisk>();
  private readonly frozen = new Set<string>();

  /** @param folder its own, removed in the end */
  private constructor(
    private readonly options: BatteredFleetOptions,
    private readonly folder: string,
    port: number,
  ) {
    const runsFolder = options.keep ?? join(folder, 'runs');
    const supervision = {
      onRestart: options.onEnd,
      routeTo: (broker: string, member: string) => this.routeTo(broker, member),
      snapshotsFolder: (agent: string) => this.snapshotsOf(agent),
    };
    this.local = new LocalFleet({ ...options, fleet: FLEET, port, runsFolder, supervision });
  }

  static async make(options: BatteredFleetOptions): Promise<BatteredFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'ringtmp-chaos-'));
    return new BatteredFleet(options, folder, await freePort(HOST));
  }

  /** Resolves once all are there. Call `stop` in any case, also after a failure. */
  async start(): Promise<void> {
    const { boards, diskBytes } = this.options;
    for (let board = 1; diskBytes > 0 && board <= boards; board++) {
      const agent = `board-${board}`;
      this.disks.set(agent, SmallDisk.mount(this.snapshotsOf(agent), diskBytes));
    }
    await this.local.start();
  }

  snapshotsOf(agent: string): string {
    return join(this.folder, 'snapshots', agent);
  }

  freeze(name: string): void {
    this.frozen.add(name);
    this.local.member(name).signal('SIGSTOP');
  }

  thaw(name: string): void {
    this.frozen.delete(name);
    this.local.member(name).signal('SIGCONT');
  }

  async stop(): Promise<void> {
    for (const name of this.frozen) this.thaw(name); // a frozen process does not hear that it is to end
    await this.local.stop();
    await Promise.all([...this.links.values()].map((link) => link.close()));
    this.unmount();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** At once. */
  kill(): void {
    this.local.kill();
    this.unmount();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 }); // who is just being killed may still write
  }

  private unmount(): void {
    for (const disk of this.disks.values()) disk.unmount();
  }

  private async routeTo(broker: string, member: string): Promise<string> {
    const link = await openProxy({ host: HOST, port: Number(new URL(broker).port) });
    this.links.set(member, link);
    return `mqtt://${HOST}:${link.port}`;
  }
}
