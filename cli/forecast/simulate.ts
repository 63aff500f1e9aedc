// `ringtmp simulate`, from its options to what it prints and writes.

import { writeFile } from 'node:fs/promises';
import { ConfigurationError } from '../../errors.js';
import { MODES, type Mode, type RunSpec } from '../../protocol/run-spec.js';
import type { SimulateOptions } from '../commands/simulate.js';
import { makeOutputFolder } from '../output-folder.js';
import { readRunFile } from '../run-file.js';
import { assumptionsOf } from './assumptions.js';
import { boardCounts, profiledFleet } from './boards.js';
import { hubOf } from './plan.js';
import { renderLinks, renderScaling, scalingCsv } from './render-scaling.js';
import { sampleShape } from './sample-shape.js';
import { type ScalingPoint, type ScalingStudy, scalingPoints } from './scaling.js';

const MOST_BOARDS = 10_000;

export async function simulate(file: string, options: SimulateOptions, width: number): Promise<string> {
  const study = await studyOf(await readRunFile(file), options);
  if (options.plots !== undefined) await makeOutputFolder(options.plots, '--plots');
  const points = scalingPoints(study);
  if (options.csv !== undefined) await write(options.csv, scalingCsv(points));
  if (options.plots !== undefined) await plot(study, points, options.plots);
  return options.json
    ? JSON.stringify({ modelled: true, assumptions: study.assumptions, points })
    : text(study, points, options, width);
}

async function studyOf(spec: RunSpec, options: SimulateOptions): Promise<ScalingStudy> {
  const { profile: profiles, masterProfile, layersPerBoard, batchPerBoard } = options;
  return {
    spec,
    inputShape: await sampleShape(spec, options.input),
    counts: boardCounts(options.boards, MOST_BOARDS),
    modes: modesOf(options.mode),
    mustFit: options.mode !== undefined,
    profiles,
    masterProfile,
    hub: hubOf(spec, options.hub),
    assumptions: assumptionsOf(spec, profiledFleet(profiles, 1, masterProfile).assumptions),
    layersPerBoard,
    batchPerBoard,
  };
}

function text(study: ScalingStudy, points: readonly ScalingPoint[], { links }: SimulateOptions, width: number): string {
  return [renderScaling(study, points, width), ...(links ? [renderLinks(points, width)] : [])].join('\n\n');
}

function modesOf(text: string | undefined): Mode[] {
  if (text === undefined) return [...MODES];
  const asked = text.split(',').map((each) => each.trim());
  const modes = MODES.filter((mode) => asked.includes(mode));
  if (modes.length === asked.length) return modes;
  throw new ConfigurationError(`--mode takes ${MODES.join(', ')}, got ${JSON.stringify(text)}`, {
    remedy: 'Write --mode ring, --mode star or --mode ring,star.',
  });
}

async function plot(study: ScalingStudy, points: readonly ScalingPoint[], folder: string): Promise<void> {
  const { writePlots } = await import('./plots.js');
  await writePlots(study, points, folder);
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: Error) => {
    throw new ConfigurationError(`cannot write ${path}: ${cause.message}`, {
      remedy: 'Name a file in a folder that exists and that you may write to.',
      cause,
    });
  });
}
