// Who takes part in the comparison of training steps: PyTorch, each engine that works here, tfjs, tiled
// JavaScript. Each runs in a process of its own, on the same core, for only one computes at a time.

import { fileURLToPath } from 'node:url';
import type { ErrorReport } from '../../errors.js';
import type { BenchContext } from '../group.js';
import { type LinePeer, startLinePeer } from '../peers/line-peer.js';
import { INSTALL_PYTORCH, ONE_THREAD, type PyTorchAbout, pyTorchText, pythonScript } from '../peers/python.js';
import type { Command, Pinning } from '../pinning.js';
import type { PeerNote } from '../report/report.js';

/** With what all others are compared. */
export const YARDSTICK = 'PyTorch';

export interface Contender {
  readonly name: string;
  /** How to come by it, or why it does not work here. */
  readonly remedy: string;
  /** `null` where it is missing. */
  readonly peer: LinePeer | null;
  /** Engines are ours: they need no mention among the peers. */
  readonly isPeer: boolean;
}

export async function startContenders(context: BenchContext, pinning: Pinning): Promise<Contender[]> {
  const { python, peersFolder, engines } = context;
  const start = (command: Command): Promise<LinePeer | null> => startLinePeer({ command, env: ONE_THREAD });
  const script = (name: string, ...args: string[]): Promise<LinePeer | null> => {
    const file = fileURLToPath(new URL(`../peers/${name}.js`, import.meta.url));
    return start(pinning.command(0, process.execPath, [file, ...args]));
  };
  return Promise.all([
    contender(YARDSTICK, INSTALL_PYTORCH, true, start(pinning.command(0, python, [pythonScript('pytorch_step.py')]))),
    ...engines.map((engine) => {
      return contender(
        engine,
        `see what \`ringtmp agent --engine ${engine}\` says`,
        false,
        script('engine-step', engine),
      );
    }),
    contender('tfjs-wasm', INSTALL_TFJS, true, script('tfjs-step', peersFolder)),
    contender('tiled JavaScript', '', false, script('tiled-step')),
  ]);
}

const INSTALL_TFJS =
  'npm install --no-save @tensorflow/tfjs @tensorflow/tfjs-backend-wasm in a folder, and name it with --peers';

async function contender(
  name: string,
  remedy: string,
  isPeer: boolean,
  starting: Promise<LinePeer | null>,
): Promise<Contender> {
  const peer = await starting;
  const failed = peer?.about.failed as ErrorReport | undefined;
  if (failed === undefined) return { name, remedy, isPeer, peer };
  await peer?.close();
  return { name, remedy: [failed.message, failed.remedy].filter(Boolean).join('. '), isPeer, peer: null };
}

export function peerNote({ name, remedy, peer }: Contender): PeerNote {
  if (peer === null) return { name, about: null, remedy };
  const isPyTorch = name === YARDSTICK;
  return {
    name,
    about: isPyTorch ? pyTorchText(peer.about as unknown as PyTorchAbout) : String(peer.about.version),
    remedy,
  };
}
