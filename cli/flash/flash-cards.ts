// Carries `ringtmp flash` out: opens each target, writes it, and says so.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '../fleet/fleet-file.js';
import { boardFiles } from './board-files.js';
import { KEY, SETTINGS } from './boot-files.js';
import { checkPlace, flashBoard } from './flash-board.js';
import { openTarget } from './open-target.js';
import { type Card, writeRow } from './row-of-cards.js';
import { originOf } from './sealed.js';

export interface CardOptions {
  readonly force?: boolean;
  readonly verify?: boolean;
  readonly json?: boolean;
}

const LOOK_MS = 500;

export async function flashCards(fleet: Fleet, cards: readonly Card[], options: CardOptions): Promise<void> {
  // The folder between two cards of a row is this computer's own: nothing forces a password into it.
  const isRow = new Set(cards.map(({ target }) => target)).size < cards.length;
  const force = !isRow && (options.force ?? false);
  for (const { board } of cards) boardFiles(fleet, board); // before the first card is touched
  await writeRow(cards, {
    boardAt: (target) => boardAt(target, force),
    write: (card) => writeCard(fleet, card, options, force),
    ask: ({ board, target }) => console.error(`put in the card of ${board} and mount it at ${target}; waiting for it`),
    pause: () => sleep(LOOK_MS),
  });
}

async function writeCard(fleet: Fleet, { board, target }: Card, options: CardOptions, force: boolean): Promise<void> {
  const folder = await openTarget(target, force);
  const reason = await flashBoard(folder, board, boardFiles(fleet, board), options);
  const isVerified = options.verify ?? false;
  if (options.json) {
    console.log(JSON.stringify({ board, target, verified: isVerified, refusedBefore: reason }));
    return;
  }
  if (reason !== null) console.log(`${board} had refused what it was given before: ${reason}`);
  console.log(`${board} is on ${target}${isVerified ? ', verified' : ''}; unmount it before you take it out`);
}

/** Says what it would do, after the checks that it can make without writing. */
export async function previewCards(fleet: Fleet, cards: readonly Card[], options: CardOptions): Promise<void> {
  const checked = new Set<string>();
  for (const { board, target } of cards) {
    const files = boardFiles(fleet, board);
    // A card that is not in yet cannot be looked at.
    if (!checked.has(target)) await checkPlace(await openTarget(target, options.force ?? false), board, options);
    checked.add(target);
    const settings = files.settings.toString();
    if (options.json) console.log(JSON.stringify({ board, target, settings, dryRun: true }));
    else
      console.log(
        `would write to ${target}\n  ${KEY}: the password of ${board}, not shown\n  ${SETTINGS}:\n${indented(settings)}`,
      );
  }
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}

/** Undefined while it is no boot partition, such as between two cards. */
async function boardAt(target: string, force: boolean): Promise<string | null | undefined> {
  try {
    const settings = await (await openTarget(target, force)).read(SETTINGS);
    return settings && originOf(settings).id;
  } catch {
    return undefined;
  }
}
