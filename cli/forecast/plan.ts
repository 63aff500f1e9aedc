// `ringtmp plan`, from its options to what it prints.

import { type ForecastRequest, forecast } from '../../master/forecast.js';
import { recommend } from '../../master/recommend.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { HubPlace } from '../../simulation/scenario.js';
import type { PlanOptions } from '../commands/plan.js';
import { readRunFile } from '../run-file.js';
import { assumptionsOf } from './assumptions.js';
import { profiledFleet } from './boards.js';
import { renderPlan } from './render-plan.js';
import { sampleShape } from './sample-shape.js';

const USUAL_BOARDS = 4;

export async function plan(file: string, options: PlanOptions, width: number): Promise<string> {
  const spec = await readRunFile(file);
  const { boards, master, assumptions } = await fleetOf(spec, options);
  const request: ForecastRequest = {
    spec,
    inputShape: await sampleShape(spec, options.input),
    boards,
    master,
    hub: hubOf(spec, options.hub),
    spares: options.boards === undefined && spec.boards === undefined,
  };
  const found = forecast(request);
  const told = {
    request,
    forecast: found,
    recommendation: recommend(found),
    assumptions: assumptionsOf(spec, assumptions),
  };
  const measured = options.against === undefined ? null : await readMeasured(options.against);
  return options.json
    ? JSON.stringify({ modelled: true, ...told, measured })
    : renderPlan({ ...told, measured }, width);
}

/** Where frames pass: with `links: hub` through a broker, usually on the master's machine. */
export function hubOf({ links }: RunSpec, told: HubPlace | undefined): HubPlace {
  return told ?? (links === 'direct' ? 'none' : 'master');
}

async function readMeasured(folder: string) {
  const { readRunFigures } = await import('./measured.js');
  return readRunFigures(folder);
}

async function fleetOf(spec: RunSpec, options: PlanOptions) {
  const { profile, masterProfile, boards } = options;
  const count = boards ?? spec.boards;
  if (profile !== undefined) return profiledFleet(profile, count ?? USUAL_BOARDS, masterProfile);
  const { fleetBoards } = await import('./fleet-boards.js');
  const fleet = await fleetBoards(spec, options, masterProfile);
  return count === undefined ? fleet : { ...fleet, boards: fleet.boards.slice(0, count) };
}
