// Whether the broker is there, lets this board or this operator in, and how the master's clock differs from ours.
// No login is tried that would end another: a broker keeps one connection for each name [MQTT-3.1.4-2].

import type { ClockOffset } from '../../../transport/request-client.js';
import type { Transport } from '../../../transport/transport.js';
import { type Check, type Finding, ok, problem, warning } from '../finding.js';
import { clockFinding, unknownOffset } from './clock.js';

export interface BrokerCheckOptions {
  /** Without credentials. */
  readonly url: string;
  /** Who logs in. */
  readonly login: Login;
  /** Opens a TCP connection to the broker, closes it, and tells how long that took. */
  readonly reach: (signal: AbortSignal) => Promise<number>;
  /** Whether the agent of this board, or something else here, is connected to it already. */
  readonly isInUse: (signal: AbortSignal) => Promise<boolean>;
  readonly connect: (signal: AbortSignal) => Promise<Transport>;
  /** Asks the master. */
  readonly offsetOf: (transport: Transport, signal: AbortSignal) => Promise<ClockOffset | null>;
  /** Whether something has set this machine's clock since it was started. */
  readonly clockIsSet: () => boolean;
}

export type Login =
  | { readonly as: 'board'; readonly id: string }
  | { readonly as: 'operator'; readonly user: string | undefined };

const LIMIT_MS = 30_000;

export function brokerCheck(options: BrokerCheckOptions): Check {
  return {
    name: 'broker',
    limitMs: LIMIT_MS,
    run: async (signal) => {
      const ms = await options.reach(signal);
      const reached = ok('broker', `${options.url} is there (connected in ${ms.toFixed(1)} ms)`, {
        url: options.url,
        connectMs: ms,
      });
      return [reached, ...(await loginAndClock(options, signal))];
    },
  };
}

async function loginAndClock(options: BrokerCheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { login, clockIsSet } = options;
  if (login.as === 'board' && (await options.isInUse(signal))) {
    return [heldBack(login.id), unknownOffset('asking it takes the login of an operator', clockIsSet())];
  }
  let transport: Transport;
  try {
    transport = await options.connect(signal);
  } catch (error) {
    return [refused(login, error), unknownOffset('it takes a login', clockIsSet())];
  }
  try {
    return [ok('login', `${nameOf(login)} is let in`, { as: login.as }), await clock(transport, options, signal)];
  } finally {
    await transport.close();
  }
}

async function clock(transport: Transport, options: BrokerCheckOptions, signal: AbortSignal): Promise<Finding> {
  const isSet = options.clockIsSet();
  if (options.login.as === 'board') return unknownOffset('asking it takes the login of an operator', isSet);
  try {
    const offset = await options.offsetOf(transport, signal);
    return offset ? clockFinding(offset) : unknownOffset('it does not tell the time', isSet);
  } catch (error) {
    signal.throwIfAborted();
    return unknownOffset((error as Error).message, isSet);
  }
}

function heldBack(id: string): Finding {
  const why = `something on this machine is connected already, and another login as ${id} would end that one`;
  return ok('login', `not tried: ${why}`, { tried: false });
}

/** Without a name and a password it was only a try. */
function refused(login: Login, error: unknown): Finding {
  if (login.as === 'board' || login.user !== undefined) return problem('login', error);
  const remedy = 'Say who logs in: --id and --password-file of this board, or --user of an operator.';
  return warning('login', `not without a name: ${(error as Error).message}`, remedy);
}

function nameOf(login: Login): string {
  if (login.as === 'board') return `the board ${login.id}`;
  return login.user === undefined ? 'an operator without a name' : `the operator ${login.user}`;
}
