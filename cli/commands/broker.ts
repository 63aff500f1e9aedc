// `ringtmp broker`: the fleet's broker.

import type { Command } from 'commander';
import type { BrokerOptions } from '../../broker/broker.js';
import { BROKER } from '../config/broker-file.js';
import { withConfig } from '../config/settle.js';
import { example, fleetOption, portNumber, withLogLevel } from '../options.js';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly wsPort?: number;
  readonly credentials?: string;
  readonly anonymousOperator?: boolean;
  readonly fleet: string;
  readonly logLevel: string;
}

const SETTINGS_HELP = `
A setting comes from the command line, or else the environment, the file of --config, a default. The file has the keys
that \`ringtmp schema broker\` tells; RINGTMP_HOST, RINGTMP_PORT, RINGTMP_WS_PORT, RINGTMP_CREDENTIALS and
RINGTMP_ANONYMOUS_OPERATOR hold as YAML what the file has under these keys.`;

export function registerBroker(program: Command): void {
  const command = program.command('broker').description('Runs the broker of a fleet until it is stopped.');
  withLogLevel(withConfig(command, BROKER, 'broker'))
    .option('--host <address>', 'where to listen; off this machine credentials are needed', '127.0.0.1')
    .option('--port <port>', 'for MQTT; 0 takes any free one', portNumber, 1883)
    .option('--ws-port <port>', 'for MQTT over WebSocket; none unless told', portNumber)
    .option('--credentials <file>', 'who may connect; see `ringtmp credentials`')
    .option('--anonymous-operator', 'with --credentials: whoever is on this machine is an operator without a login')
    .addOption(fleetOption())
    .addHelpText('after', example('ringtmp broker --host 0.0.0.0 --ws-port 8083 --credentials credentials.json'))
    .addHelpText('after', SETTINGS_HELP)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [{ startBroker }, { createLogger }, { serve }] = await Promise.all([
    import('../../broker/broker.js'),
    import('../logger.js'),
    import('../service.js'),
  ]);
  const log = createLogger('broker', options.logLevel);
  const start = async () => {
    const broker = await startBroker({ ...(await brokerOptions(options)), log });
    log.info({ host: broker.host, port: broker.port, wsPort: broker.wsPort }, 'broker listens');
    return broker;
  };
  await serve(start, ({ port, wsPort }) => ({ port, wsPort }));
}

async function brokerOptions(options: Options): Promise<Omit<BrokerOptions, 'log'>> {
  const { openCredentials } = await import('../../broker/credentials.js');
  const { fleet, host, port, wsPort } = options;
  return {
    fleet,
    host,
    port,
    wsPort,
    credentials: options.credentials === undefined ? undefined : await openCredentials(options.credentials),
    anonymousOnLoopback: options.credentials === undefined || options.anonymousOperator ? 'operator' : null,
  };
}
