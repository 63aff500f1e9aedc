// The folder of a run as a master leaves it behind: what of it a forecast is compared with.

import type { BoardFigures } from '../../../protocol/run-messages.js';
import type { TemporaryFolder } from '../../data/files.js';
import { smallRun, specOf } from '../../support/specs.js';
import { FIGURES } from '../run-samples.js';

export const JOULES = { idle: 1, forward: 2, backward: 3, update: 0.5, serialise: 0.5 };

export function position(at: number, figures: Partial<NonNullable<BoardFigures['figures']>> | null = {}): BoardFigures {
  const own = figures && { ...FIGURES, ...figures };
  return { position: at, agent: at === 0 ? 'master' : `board-${at}`, figures: own, rssBytes: null, peakRssBytes: null };
}

export function metricsOf(elapsedSeconds: readonly number[]): string {
  const rows = elapsedSeconds.map((elapsed, step) => `${step},0,0.5,0.1,8,${elapsed},${1e6 + step}`);
  return ['step,epoch,loss,learningRate,samplesPerSecond,elapsedSeconds,time', ...rows, ''].join('\n');
}

export async function writeRun(
  folder: TemporaryFolder,
  elapsedSeconds: readonly number[],
  figures: readonly BoardFigures[],
  spec: object = {},
): Promise<string> {
  await folder.write('spec.json', JSON.stringify(specOf(smallRun({}, spec))));
  await folder.write('metrics.csv', metricsOf(elapsedSeconds));
  await folder.write('figures.json', JSON.stringify(figures));
  return folder.path;
}
