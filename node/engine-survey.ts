// Which engines work on this machine, and how fast each is: what a board tells of itself, so that the master can
// choose one that all boards of a run have.

import { ENGINES_BEST_FIRST, isAskedFor, reasonOf } from '../compute/available-engines.js';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import type { BoardProfile } from '../hardware/board-profile.js';
import { benchmarkEngine } from './benchmark.js';

export interface EngineSurvey {
  /** The best that works. */
  readonly engine: EngineName;
  readonly gflops: number;
  /** What it is, and why none better: one line. */
  readonly engineReason: string;
  /** GFLOP/s of each engine that works. */
  readonly engines: Readonly<Record<string, number>>;
  /** Why the others do not. */
  readonly lacks: Readonly<Record<string, string>>;
}

/**
 * Measures one engine after the other, each in a thread of its own that ends.
 * @param asked this one alone; `auto`: all
 * @throws RemoteError when the engine asked for, or a library that is named, does not work
 */
export async function surveyEngines(asked: EngineName | 'auto', blas: BlasSettings): Promise<EngineSurvey> {
  const works: { name: EngineName; gflops: number; about: string }[] = [];
  const lacks: Record<string, string> = {};
  for (const name of ENGINES_BEST_FIRST) {
    if (asked !== 'auto' && name !== asked) {
      lacks[name] = `only ${asked} was asked for (--engine)`;
      continue;
    }
    try {
      works.push({ name, ...(await benchmarkEngine(name, blas)) });
    } catch (error) {
      if (name === asked || isAskedFor(name, blas)) throw error;
      lacks[name] = reasonOf(error);
    }
  }
  const [best] = works as [(typeof works)[number]]; // `plain` works everywhere
  const engines = Object.fromEntries(works.map(({ name, gflops }) => [name, gflops]));
  return { engine: best.name, gflops: best.gflops, engineReason: whyNot(best, lacks), engines, lacks };
}

/** What an emulated board tells: whichever engine computes, the board is as fast as its profile says. */
export function asFastAs({ gflops }: Pick<BoardProfile, 'gflops'>, survey: EngineSurvey): EngineSurvey {
  const engines = Object.fromEntries(Object.keys(survey.engines).map((name) => [name, gflops]));
  return { ...survey, gflops, engines };
}

function whyNot({ name, about }: { name: EngineName; about: string }, lacks: Record<string, string>): string {
  const better = ENGINES_BEST_FIRST.slice(0, ENGINES_BEST_FIRST.indexOf(name));
  return [about, ...better.map((each) => `no ${each}: ${lacks[each]}`)].join('; ');
}
