// The commands of `ringtmp`, in the order in which its help lists them.

import { Command } from 'commander';
import { registerAgent } from './commands/agent.js';
import { registerBench } from './commands/bench.js';
import { registerBoard } from './commands/board.js';
import { registerBoardConfig } from './commands/board-config.js';
import { registerBroker } from './commands/broker.js';
import { registerChaos } from './commands/chaos.js';
import { registerCompare } from './commands/compare.js';
import { registerCredentials } from './commands/credentials.js';
import { registerDoctor } from './commands/doctor.js';
import { registerFlash } from './commands/flash.js';
import { registerFleet } from './commands/fleet.js';
import { registerInstall } from './commands/install.js';
import { registerLimits } from './commands/limits.js';
import { registerMaster } from './commands/master.js';
import { registerPlan } from './commands/plan.js';
import { registerRunCommands } from './commands/run-commands.js';
import { registerRuns } from './commands/runs.js';
import { registerSchema } from './commands/schema.js';
import { registerSimulate } from './commands/simulate.js';
import { registerStatus } from './commands/status.js';
import { registerTrain } from './commands/train.js';
import { registerUp } from './commands/up.js';
import { registerVerify } from './commands/verify.js';
import { registerWatch } from './commands/watch.js';
import { version } from './version.js';

const COMMANDS = [
  registerUp,
  registerPlan,
  registerSimulate,
  registerTrain,
  registerWatch,
  registerStatus,
  registerRuns,
  registerRunCommands,
  registerBoard,
  registerBroker,
  registerMaster,
  registerAgent,
  registerDoctor,
  registerCredentials,
  registerFleet,
  registerFlash,
  registerBoardConfig,
  registerInstall,
  registerBench,
  registerCompare,
  registerLimits,
  registerVerify,
  registerChaos,
  registerSchema,
];

export function createProgram(): Command {
  const program = new Command('ringtmp')
    .description('Trains one neural network across a fleet of small boards, in a ring, over MQTT.')
    .version(version())
    .showHelpAfterError('(add --help for what is allowed)')
    .exitOverride()
    .addHelpText('after', '\nExample:\n  $ ringtmp up --boards 4 examples/digits.yaml');
  for (const register of COMMANDS) register(program);
  return program;
}
