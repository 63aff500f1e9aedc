// `ringtmp plan`, from its options to what it prints.

import { type Forecast, type ForecastRequest, forecast } from '../../master/forecast.js';
import { recommend } from '../../master/recommend.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { HubPlace } from '../../simulation/scenario.js';
import type { PlanOptions } from '../commands/plan.js';
import { readRunFile } from '../run-file.js';
import { assumptionsOf } from './assumptions.js';
import { profiledFleet } from './boards.js';
import type { ComparedRun } from './compared-run.js';
import { renderPlan } from './render-plan.js';
import { sampleShape } from './sample-shape.js';

const USUAL_BOARDS = 4;

export async function plan(file: string, options: PlanOptions, width: number): Promise<string> {
  const spec = await readRunFile(file);
  const measured = options.against === undefined ? null : await readMeasured(options.against);
  const { boards, master, assumptions } = await fleetOf(spec, options);
  const { hub, because } = hubBeside(spec, options.hub, measured);
  const request: ForecastRequest = {
    spec,
    inputShape: await sampleShape(spec, options.input),
    boards,
    master,
    hub,
    spares: options.boards === undefined && spec.boards === undefined,
  };
  const found = forecast(request);
  const told = {
    request,
    forecast: found,
    recommendation: recommend(found),
    assumptions: assumptionsOf(spec, [...assumptions, ...because]),
  };
  const beside = { measured, differences: measured === null ? [] : await differencesOf(request, found, measured) };
  return options.json
    ? JSON.stringify({ modelled: true, ...told, ...beside })
    : renderPlan({ ...told, ...beside }, width);
}

/** Where frames pass: with `links: hub` through a broker, usually on the master's machine. */
export function hubOf({ links }: RunSpec, told: HubPlace | undefined): HubPlace {
  return told ?? (links === 'direct' ? 'none' : 'master');
}

/** The emulated network is that of direct links, whatever frames really went through. */
function hubBeside(spec: RunSpec, told: HubPlace | undefined, measured: ComparedRun | null) {
  const hub = hubOf(spec, told);
  if (told !== undefined || hub === 'none' || !measured?.isEmulated) return { hub, because: [] };
  return { hub: 'none' as const, because: ['direct links, as those of the run’s emulated boards are (--hub)'] };
}

async function readMeasured(folder: string): Promise<ComparedRun> {
  const { readComparedRun } = await import('./compared-run.js');
  return readComparedRun(folder);
}

async function differencesOf(request: ForecastRequest, { modes }: Forecast, run: ComparedRun): Promise<string[]> {
  const { differences } = await import('./compared-run.js');
  const own = modes[run.mode];
  return differences(request, own.fits ? own.agents.length - 1 : request.boards.length, run);
}

async function fleetOf(spec: RunSpec, options: PlanOptions) {
  const { profile, masterProfile, boards } = options;
  const count = boards ?? spec.boards;
  if (profile !== undefined) return profiledFleet(profile, count ?? USUAL_BOARDS, masterProfile);
  const { fleetBoards } = await import('./fleet-boards.js');
  return fleetBoards(spec, options, {
    ...(masterProfile !== undefined && { masterProfile }),
    ...(count !== undefined && { count }),
  });
}
