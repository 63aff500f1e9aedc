// The board's side, at its start: what was flashed becomes the board's configuration, as a whole or not at all, and
// then vanishes from the card, where everybody may read it. What is bad stays there, with the reason beside it.

import { basename } from 'node:path';
import { ConfigurationError, FrameError, reportOf } from '../../errors.js';
import { AGENT_FILE, KEY_NAME, parseAgentSettings } from '../config/agent-file.js';
import { type Folder, replaceFile, UNFINISHED, unlessItFails } from '../storage/folder.js';
import { REASON, readFiles, removeFiles, SETTINGS } from './boot-files.js';
import { REFUSED } from './refusal.js';
import { type BoardFiles, originOf } from './sealed.js';

const SETTINGS_NAME = basename(AGENT_FILE);
const READABLE = 0o644;
const SECRET = 0o600;

export type TakeOver =
  | { readonly outcome: 'none' }
  /** The id is null where the settings do not begin as `ringtmp flash` begins them. */
  | { readonly outcome: 'taken'; readonly id: string | null }
  /** What configuration the board had is as it was; why is told there and on the boot partition. */
  | { readonly outcome: 'refused'; readonly error: unknown; readonly hasOld: boolean };

/**
 * @param boot the boot partition
 * @param etc where the board's configuration is
 * @throws RingTmpError when it is taken, but cannot be removed from the boot partition
 */
export async function takeOver(boot: Folder, etc: Folder): Promise<TakeOver> {
  let files: BoardFiles | null;
  try {
    files = await take(boot, etc);
  } catch (error) {
    const hasOld = (await etc.read(SETTINGS_NAME).catch(() => null)) !== null;
    await leaveReason(boot, etc, error, hasOld);
    return { outcome: 'refused', error, hasOld };
  }
  await etc.scrub(REFUSED);
  if (files === null) {
    await boot.scrub(REASON).catch(() => undefined); // of what somebody has taken away by hand
    return { outcome: 'none' };
  }
  const { id } = originOf(files.settings);
  await removeFiles(boot).catch((cause) => Promise.reject(stillThere(boot, cause)));
  return { outcome: 'taken', id };
}

async function take(boot: Folder, etc: Folder): Promise<BoardFiles | null> {
  const found = await readFiles(boot);
  if (found === 'none') return null;
  if (found === 'broken') throw broken(boot);
  parseAgentSettings(`${SETTINGS} on the boot partition`, found.settings.toString(), CHANGE_IT);
  await place(etc, found);
  return found;
}

/** A cut between the two renames is mended at the next start: the files are still on the card, and are taken again. */
async function place(etc: Folder, { settings, key }: BoardFiles): Promise<void> {
  await unlessItFails(etc, [KEY_NAME, SETTINGS_NAME], async () => {
    await etc.write(KEY_NAME + UNFINISHED, key, SECRET);
    await etc.write(SETTINGS_NAME + UNFINISHED, settings, READABLE);
  });
  await etc.rename(KEY_NAME + UNFINISHED, KEY_NAME);
  await etc.rename(SETTINGS_NAME + UNFINISHED, SETTINGS_NAME);
}

/** For whoever takes out the card, and for the agent's light and log. What cannot be written to has it in the journal. */
async function leaveReason(boot: Folder, etc: Folder, error: unknown, hasOld: boolean): Promise<void> {
  const { message, remedy } = reportOf(error);
  const end = hasOld ? 'The board goes on with what it had.' : 'The board has no configuration, and starts no agent.';
  const text = Buffer.from([message, ...(remedy === undefined ? [] : [remedy]), end, ''].join('\n'));
  await boot.write(REASON, text).catch(() => undefined);
  await replaceFile(etc, REFUSED, text, READABLE).catch(() => undefined);
}

const FLASH_IT = 'Flash it again: `ringtmp flash <board> --to <boot partition>`.';
const CHANGE_IT = `Correct the fleet file: \`ringtmp schema agent\` tells what is allowed. ${FLASH_IT}`;

function broken({ name }: Folder): FrameError {
  const why = `the configuration on ${name} is not whole: it was cut or changed, or ringtmp.key is another board's`;
  return new FrameError(SETTINGS, why, { remedy: FLASH_IT });
}

function stillThere({ name }: Folder, cause: unknown): ConfigurationError {
  const message = `the configuration is taken, but its copy, with the password, is still there: ${reportOf(cause).message}`;
  return new ConfigurationError(message, {
    remedy: `Mount ${name} for writing and start again, or remove it there.`,
    cause,
  });
}
