// What `ringtmp doctor` looks at on this machine, in this order.

import { freemem, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { clockIsSet } from '../../hardware/board.js';
import type { LightsSettings } from '../../hardware/lights/settings.js';
import { surveyLights } from '../../hardware/lights/survey-lights.js';
import { openPowerSensor } from '../../hardware/power/open-sensor.js';
import { thisBoard } from '../../hardware/power/power-board.js';
import { type PowerModelSettings, sensorSettings } from '../../hardware/power/settings.js';
import { surveyPower } from '../../hardware/power/survey.js';
import { surveyEngines } from '../../node/engine-survey.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { topicsOf } from '../../protocol/topics.js';
import { validate } from '../../protocol/validation.js';
import { parseBrokerUrl } from '../../transport/broker-address.js';
import { connectMqtt } from '../../transport/mqtt.js';
import { clockOffsetOf, unlessEnded } from '../../transport/request-client.js';
import type { Transport } from '../../transport/transport.js';
import { boardName } from '../config/board-name.js';
import { connectOperator } from '../connect.js';
import { readRefusal } from '../flash/refusal.js';
import { darkAtExit } from '../lights.js';
import { asOperator } from '../operator.js';
import { type FleetOptions, readPassword } from '../options.js';
import { type BlasOptions, blasSettings, type EngineChoice, memoryBytes } from '../resources.js';
import { runsSchema } from '../view/render-runs.js';
import { brokerCheck, type Login } from './checks/broker.js';
import { engineCheck } from './checks/engine.js';
import { flashedCheck } from './checks/flashed.js';
import { gpioCheck } from './checks/gpio.js';
import { lightsCheck } from './checks/lights.js';
import { memoryCheck } from './checks/memory.js';
import { nodeCheck } from './checks/node-version.js';
import { i2cCheck, powerCheck } from './checks/power.js';
import { agentIsActive, runOfService, serviceCheck } from './checks/service.js';
import { isConnectedTo } from './connections.js';
import type { Check } from './finding.js';
import { type PresentRun, presentRun, unlessRunning } from './present-run.js';
import { endpointOf, reach } from './reach.js';
import { systemctl } from './systemctl.js';

export interface DoctorOptions extends FleetOptions, BlasOptions {
  readonly id?: string;
  readonly engine: EngineChoice;
  readonly memory?: number;
  /** As the agent has them; a search of its own unless told. */
  readonly sensor?: Parameters<typeof sensorSettings>[0];
  readonly sampleHz?: number;
  /** What the model counts with. */
  readonly power?: PowerModelSettings;
  readonly lights: LightsSettings;
  readonly blink: boolean;
  /** Tries what disturbs a run also while one is on. */
  readonly force?: boolean;
}

const MASTER_ANSWERS_MS = 3_000;

export function checksOf(options: DoctorOptions): readonly Check[] {
  const { engine, memory, lights, blink, force } = options;
  const run = runHere(options);
  const sparing = (check: Check) => (force ? check : unlessRunning(check, run));
  const benchmark = engineCheck(async () => surveyEngines(engine, await blasSettings(options)), engine !== 'auto');
  const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });
  const blinking = lightsCheck({ settings: lights, blink, onOpened: darkAtExit, pause });
  return [
    nodeCheck(),
    sparing(benchmark),
    memoryCheck(() => ({ totalBytes: totalmem(), availableBytes: freemem(), stageBytes: memoryBytes({ memory }) })),
    i2cCheck({ survey: () => surveyPower(thisBoard()) }),
    checkOfPower(options),
    gpioCheck(() => surveyLights(lights)),
    blink ? sparing(blinking) : blinking,
    checkOfBroker(options),
    flashedCheck(readRefusal),
    serviceCheck(systemctl),
  ];
}

function checkOfPower({ sensor = 'auto', sampleHz, power }: DoctorOptions): Check {
  const settings = sensorSettings(sensor);
  const open = () => openPowerSensor(settings, { board: thisBoard(), sampleHz, model: power });
  return powerCheck({ open, isNamed: !['auto', 'none', 'simulated'].includes(settings.type) });
}

function checkOfBroker(options: DoctorOptions): Check {
  const login = loginOf(options);
  return brokerCheck({
    url: parseBrokerUrl(options.broker).url,
    login,
    reach: (signal) => reach(options.broker, signal),
    isInUse: async (signal) => (await agentIsActive(systemctl, signal)) || isBrokerInUse(options),
    connect: (signal) => connectWith(login, options, signal),
    offsetOf: (transport, signal) => masterOffset(transport, options, signal),
    clockIsSet,
  });
}

function runHere(options: DoctorOptions): PresentRun {
  return presentRun({
    board: options.id ?? nameOfHost(),
    ofService: (signal) => runOfService(systemctl, signal),
    ofMaster: (signal) => runsOfMaster(options, AbortSignal.any([signal, AbortSignal.timeout(MASTER_ANSWERS_MS)])),
  });
}

function nameOfHost(): string | null {
  try {
    return boardName();
  } catch {
    return null; // the agent says what is wrong with it
  }
}

/** Nobody but an operator may ask. */
async function runsOfMaster(options: DoctorOptions, signal: AbortSignal): Promise<readonly RunStatus[]> {
  if (loginOf(options).as === 'board') return [];
  const asked = asOperator(options, (client) => client.request('runs', {}, MASTER_ANSWERS_MS, signal), signal);
  return validate('the answer to runs', runsSchema, await unlessEnded(asked, signal)).runs;
}

/** A name of an operator comes first, for it can be tried at any time. */
function loginOf({ user, id, broker }: DoctorOptions): Login {
  const operator = user ?? parseBrokerUrl(broker).username;
  if (operator === undefined && id !== undefined) return { as: 'board', id };
  return { as: 'operator', user: operator };
}

function isBrokerInUse({ broker }: DoctorOptions): Promise<boolean> {
  const { host, port } = endpointOf(broker);
  return isConnectedTo(host, port);
}

function connectWith(login: Login, options: DoctorOptions, signal: AbortSignal): Promise<Transport> {
  if (login.as === 'operator') return connectOperator(options, signal);
  const { id } = login;
  return connectMqtt({ url: options.broker, clientId: id, username: id, password: readPassword(options), signal });
}

function masterOffset(transport: Transport, { fleet }: DoctorOptions, signal: AbortSignal) {
  const topics = topicsOf(fleet);
  return clockOffsetOf(transport, {
    requestTopic: topics.masterRequest('runs'),
    responseTopic: topics.masterResponse('runs'),
    body: {},
    timeoutMs: MASTER_ANSWERS_MS,
    whom: 'the master',
    signal,
  });
}
