// A run that was made, made ready to stand beside a forecast: in what the two differ, and the figures of it that its
// boards' profiles and its batch tell.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import type { ForecastRequest } from '../../master/forecast.js';
import { nodeFiguresSchema } from '../../protocol/node-figures.js';
import { type ResolvedRunSpec, resolvedRunSpecSchema } from '../../protocol/run-spec.js';
import { type MeasuredRun, readRunFigures } from './measured.js';

const positionSchema = z.object({
  position: z.int().min(0),
  agent: z.string(),
  figures: nodeFiguresSchema.nullable(),
});
type Position = z.output<typeof positionSchema>;

export interface BusiestMeasured {
  readonly agent: string;
  readonly direction: 'up' | 'down';
  readonly mbps: number;
  /** Of what the link of its profile carries; null of a real board, which does not tell. */
  readonly share: number | null;
}

export interface ComparedRun extends MeasuredRun {
  readonly spec: ResolvedRunSpec;
  readonly boards: number;
  readonly isEmulated: boolean;
  /** Names by position; null of a real board, undefined of one that told nothing. */
  readonly profiles: readonly (string | null | undefined)[];
  readonly samplesPerSecond: number;
  /** Mean over the run; null where nobody told for how long it ran. */
  readonly busiest: BusiestMeasured | null;
}

/** @throws DataError when the folder is not that of a run that has ended */
export async function readComparedRun(folder: string): Promise<ComparedRun> {
  const measured = await readRunFigures(folder); // has said by then what is wrong with the files
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const spec = resolvedRunSpecSchema.parse(await read('spec.json'));
  const positions = z.array(positionSchema).parse(await read('figures.json'));
  const profiles = positions.map(profileOf);
  return {
    ...measured,
    spec,
    boards: positions.filter(({ position }) => position > 0).length,
    isEmulated: profiles.some((profile) => typeof profile === 'string'),
    profiles,
    samplesPerSecond: (1000 * spec.training.batch) / measured.stepMs,
    busiest: busiestOf(positions),
  };
}

function profileOf({ figures }: Position): string | null | undefined {
  return figures === null ? undefined : (figures.emulated?.profile ?? null);
}

function busiestOf(positions: readonly Position[]): BusiestMeasured | null {
  const links = positions.flatMap(({ agent, figures }) => {
    if (!figures?.wallSeconds) return [];
    const { bytesOut, bytesIn, wallSeconds, emulated } = figures;
    const carries = BOARD_PROFILES.get(emulated?.profile ?? '')?.linkMbps;
    return [['up', bytesOut] as const, ['down', bytesIn] as const].map(([direction, bytes]): BusiestMeasured => {
      const mbps = (8 * bytes) / (1e6 * wallSeconds);
      return { agent, direction, mbps, share: carries === undefined ? null : mbps / carries };
    });
  });
  const loadOf = ({ share, mbps }: BusiestMeasured) => share ?? mbps / 1e9; // known shares come first
  return links.reduce<BusiestMeasured | null>(
    (most, each) => (most && loadOf(most) >= loadOf(each) ? most : each),
    null,
  );
}

/** What a forecast should share with the run beside it, so that they can be compared. */
export function differences({ spec, boards, master }: ForecastRequest, used: number, run: ComparedRun): string[] {
  const { batch, microBatches, schedule } = spec.training;
  const { training, mode } = run.spec;
  const pairs: readonly (readonly [what: string, ours: unknown, theirs: unknown])[] = [
    ['mode of the run file', spec.mode, mode],
    ['boards', used, run.boards],
    ['batch', batch, training.batch],
    ...(mode === 'ring'
      ? ([
          ['micro-batches', microBatches, training.microBatches],
          ['schedule', schedule, training.schedule],
          ['stage of the master', spec.masterStage, run.spec.masterStage],
        ] as const)
      : ([['star', spec.star, run.spec.star]] as const)),
    ['model', spec.model, run.spec.model],
    ['optimizer', spec.optimizer, run.spec.optimizer],
    ['wire', spec.wire, run.spec.wire],
    ...profilePairs([master, ...boards], run),
  ];
  return pairs.flatMap(([what, ours, theirs]) =>
    isDeepStrictEqual(ours, theirs) ? [] : [differing(what, ours, theirs)],
  );
}

/** Positions that differ alike are told together. */
function profilePairs(machines: readonly ForecastRequest['master'][], { profiles }: ComparedRun) {
  const pairs = new Map<string, { ours: string; theirs: string; positions: number[] }>();
  for (const [position, theirs = 'a real board'] of profiles.map((each) => each ?? undefined).entries()) {
    const machine = machines[position]?.machine;
    if (profiles[position] === undefined || machine === undefined) continue;
    const ours = 'name' in machine ? String(machine.name) : 'a real board';
    const known = pairs.get(`${ours} ${theirs}`) ?? { ours, theirs, positions: [] };
    known.positions.push(position);
    pairs.set(`${ours} ${theirs}`, known);
  }
  return [...pairs.values()].map(({ ours, theirs, positions }) => {
    return [`profile at position ${positions.join(', ')}`, ours, theirs] as const;
  });
}

/** What is long is not shown. */
function differing(what: string, ours: unknown, theirs: unknown): string {
  return typeof ours === 'object' ? `${what}: another than in the run` : `${what}: ${ours} here, ${theirs} in the run`;
}
