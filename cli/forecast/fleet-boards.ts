// The boards of a running fleet, as they told of themselves at their birth. An emulated board tells its profile; of a
// real one its link and its watts are not known, and are supposed.

import { ConfigurationError, ConnectionError } from '../../errors.js';
import type { ForecastBoard } from '../../master/forecast.js';
import { resolveEngine } from '../../master/resolve-engine.js';
import { plannedBoards } from '../../master/same-kind.js';
import type { AgentInfo } from '../../protocol/agent-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { MASTER_ID } from '../../protocol/topics.js';
import type { Machine } from '../../simulation/scenario.js';
import { asOperator } from '../operator.js';
import type { FleetOptions } from '../options.js';
import { readProfile } from '../profiles.js';
import { takeSnapshot } from '../snapshot.js';
import { boardOf, type ForecastFleet } from './boards.js';

/** As the planner supposes links to be: Gigabit Ethernet (`master/stage-costs.ts`). Memory as on a Raspberry Pi 4. */
const SUPPOSED = { linkMbps: 1000, latencyMs: 0.1, memoryGBps: 5, idleW: 0, loadW: 0 } as const;

/**
 * @param count how many of them; all unless told. The others have no say in the engine, as in a run
 * @throws ConfigurationError when no fleet is there, or no board online, or fewer than were asked for
 */
export async function fleetBoards(
  spec: RunSpec,
  options: FleetOptions,
  { masterProfile, count }: { readonly masterProfile?: string; readonly count?: number } = {},
): Promise<ForecastFleet> {
  const online = await onlineBoards(options);
  checkCount(online, count);
  const infos = online.slice(0, count);
  const engine = resolveEngine(spec.engine, infos);
  const planned = plannedBoards(infos, engine);
  const boards = planned.map((board, index): ForecastBoard => {
    const { profile } = infos[index] as AgentInfo;
    return profile
      ? { ...boardOf(board.id, profile), memoryBytes: board.memoryBytes }
      : { ...board, machine: { ...SUPPOSED, gflops: board.gflops } };
  });
  const [first] = boards as [ForecastBoard, ...ForecastBoard[]];
  const master =
    masterProfile === undefined ? { ...first, id: MASTER_ID } : boardOf(MASTER_ID, readProfile(masterProfile));
  return { boards, master, assumptions: assumptionsOf(boards, masterProfile) };
}

function checkCount(online: readonly AgentInfo[], count = 0): void {
  if (count <= online.length) return;
  const names = online.map(({ agent }) => agent).join(', ');
  throw new ConfigurationError(`${count} boards are asked for, and ${online.length} online: ${names}`, {
    remedy: `Start more agents, ask for --boards ${online.length}, or say what the boards are, such as --profile pi-4.`,
  });
}

function assumptionsOf(boards: readonly ForecastBoard[], masterProfile: string | undefined): string[] {
  const isSupposed = ({ linkMbps, idleW }: Machine) => linkMbps === SUPPOSED.linkMbps && idleW === 0;
  return [
    ...(boards.some(({ machine }) => isSupposed(machine))
      ? [
          'links of 1000 Mbit/s and 0.1 ms, memory of 5 GB/s: boards do not tell; nor their watts, so no energy is forecast',
        ]
      : []),
    ...(masterProfile === undefined ? [`the master is as ${boards[0]?.id} (--master-profile)`] : []),
  ];
}

async function onlineBoards(options: FleetOptions): Promise<AgentInfo[]> {
  const { boards } = await asOperator(options, takeSnapshot).catch((cause) => {
    if (!(cause instanceof ConnectionError)) throw cause;
    throw new ConfigurationError(`no fleet to ask for its boards: ${cause.message}`, {
      remedy: 'Say what the boards are, such as --profile pi-4 --boards 4, or name a broker with --broker.',
      cause,
    });
  });
  const online = Object.values(boards).filter(({ status }) => status?.state === 'online');
  const infos = online.flatMap(({ info }) => (info ? [info] : []));
  if (infos.length > 0) return infos;
  throw new ConfigurationError('the fleet has no board online', {
    remedy: 'Start agents, or say what the boards are, such as --profile pi-4 --boards 4.',
  });
}
