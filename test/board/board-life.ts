// All that a board's life needs: the image, a card, a fleet to belong to, the package, and the board while it is on.

import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildDebianPackage } from '../support/debian-package.js';
import { type BoardCard, makeCard } from './board-card.js';
import { boardImage } from './board-image.js';
import type { BoardWatch } from './board-watch.js';
import { type HostFleet, startHostFleet } from './host-fleet.js';
import type { VirtualBoard } from './qemu.js';
import { boot } from './virtual-board.js';

export const BOARD = 'virtual';
export const OTHERS = ['board-1', 'board-2', 'board-3'];
/** Native parts that the package has as sources: a board without a compiler gets them as they were compiled here. */
export const ADDONS = ['i2c-bus', 'epoll'];
const MODULES = resolve(import.meta.dirname, '../../../node_modules');

export interface BoardLife {
  readonly card: BoardCard;
  readonly fleet: HostFleet;
  /** What the board tells. */
  readonly watch: BoardWatch;
  /** That is on now. */
  readonly board: VirtualBoard;
  /** Boots, after a power cut where it is on. */
  powerOn(): Promise<void>;
  close(): Promise<void>;
}

export async function beginLife(): Promise<BoardLife> {
  const image = await boardImage();
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-board-'));
  const share = join(folder, 'share');
  await mkdir(share);
  for (const each of ADDONS) await cp(join(MODULES, each, 'build/Release'), join(share, each), { recursive: true });
  const [card, fleet] = await Promise.all([makeCard(image, folder), startHostFleet(OTHERS), buildDebianPackage(share)]);
  const watch = await fleet.watch(BOARD);
  let board: VirtualBoard | undefined;
  let boots = 0;
  return {
    ...{ card, fleet, watch },
    get board() {
      if (board === undefined) throw new Error('the board is off');
      return board;
    },
    powerOn: async () => {
      await board?.cutPower();
      boots++;
      board = await boot({ image, ...card, share, consoleFile: join(folder, `console-${boots}.log`) });
    },
    close: async () => {
      await board?.cutPower();
      await fleet.close();
      await rm(folder, { recursive: true });
    },
  };
}
