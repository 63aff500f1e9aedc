// The recovery stage of a comparison on this machine: fleets of processes, and what is told of them meanwhile.

import { type RecoveryPair, recoveryName } from '../../comparison/recovery.js';
import { bestEngine } from '../../compute/available-engines.js';
import { blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { type BatteringOptions, batterContestant, recoveryDefinition } from './battering.js';
import type { CompareOptions } from './compare.js';
import type { CompareOutput } from './compare-output.js';
import { type CompareProgress, recoveryLine } from './progress.js';
import type { StageOptions } from './recovery-stage.js';

export interface RecoveryPart {
  readonly pair: RecoveryPair | string;
  readonly engine: EngineChoice;
  readonly store: StageOptions['store'];
  readonly output: CompareOutput;
  readonly progress: CompareProgress;
  readonly signal: AbortSignal;
  readonly onFleet: BatteringOptions['onFleet'];
}

export function recoveryPart(part: RecoveryPart, options: CompareOptions): StageOptions {
  const { pair, engine, store, output, progress, signal, onFleet } = part;
  const { faults, command } = options;
  return {
    pair,
    store,
    signal,
    definitionOf: (run) => recoveryDefinition(run, faults),
    async batter(run, signal) {
      const exact = engine === 'auto' ? await bestEngine(await blasSettings(options)) : engine;
      const fleet = { engine: exact, blasArguments: blasArguments(options), onFleet };
      return batterContestant(run, { faults, command, onShare: progress.within, ...fleet }, signal);
    },
    onStart: (run) => progress.started(`recovery of ${recoveryName(run)}`),
    onResult(result, kept) {
      progress.ended(recoveryLine(result, kept), kept);
      output.recovery(result, kept);
    },
    onFailure(run, reason) {
      progress.ended(`recovery of ${recoveryName(run)} could not be measured: ${reason}`, true);
    },
  };
}
