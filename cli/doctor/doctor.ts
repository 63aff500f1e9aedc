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
import { topicsOf } from '../../protocol/topics.js';
import { parseBrokerUrl } from '../../transport/broker-address.js';
import { connectMqtt } from '../../transport/mqtt.js';
import { clockOffsetOf } from '../../transport/request-client.js';
import type { Transport } from '../../transport/transport.js';
import { connectOperator } from '../connect.js';
import { readRefusal } from '../flash/refusal.js';
import { darkAtExit } from '../lights.js';
import { type FleetOptions, readPassword } from '../options.js';
import { type BlasOptions, blasSettings, type EngineChoice, memoryBytes } from '../resources.js';
import { brokerCheck, type Login } from './checks/broker.js';
import { engineCheck } from './checks/engine.js';
import { flashedCheck } from './checks/flashed.js';
import { gpioCheck } from './checks/gpio.js';
import { lightsCheck } from './checks/lights.js';
import { memoryCheck } from './checks/memory.js';
import { nodeCheck } from './checks/node-version.js';
import { i2cCheck, powerCheck } from './checks/power.js';
import { agentIsActive, serviceCheck } from './checks/service.js';
import { isConnectedTo } from './connections.js';
import type { Check } from './finding.js';
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
}

const MASTER_ANSWERS_MS = 3_000;

export function checksOf(options: DoctorOptions): readonly Check[] {
  const { engine, memory, lights, blink } = options;
  return [
    nodeCheck(),
    engineCheck(async () => surveyEngines(engine, await blasSettings(options)), engine !== 'auto'),
    memoryCheck(() => ({ totalBytes: totalmem(), availableBytes: freemem(), stageBytes: memoryBytes({ memory }) })),
    i2cCheck({ survey: () => surveyPower(thisBoard()) }),
    checkOfPower(options),
    gpioCheck(() => surveyLights(lights)),
    lightsCheck({
      settings: lights,
      blink,
      onOpened: darkAtExit,
      pause: (ms, signal) => sleep(ms, undefined, { signal }),
    }),
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
