// `ringtmp bench`: measures this machine, beside what others offer for the same work.

import { resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import { ENGINES_BEST_FIRST } from '../../compute/available-engines.js';
import { example, wholeNumber } from '../options.js';
import { type EngineChoice, engineOption, USUAL_ENGINE } from '../resources.js';

export const GROUPS = ['kernels', 'transport', 'ring', 'memory', 'simulator', 'recovery'] as const;
const MOST_ROUNDS = 1000;

const HELP = `
Groups (all unless told):
  kernels    a training step on one core: each engine beside PyTorch, tfjs-wasm and tiled JavaScript
  transport  one hop from process to process: hubs and direct links beside raw TCP
  ring       two boards beside one process and a PyTorch pipeline; rings of stages that only wait
  memory     what an idle agent takes, and what a message costs over thousands of steps
  simulator  fleets of emulated boards, as ring and as star, beside what is simulated of them
  recovery   what snapshots and replicas cost, and how long a run takes to go on when something is lost

Each ratio stands beside its goal. Let nothing else run meanwhile. Peers that are missing are left out, and
the report says how to install them.`;

interface Options {
  readonly rounds?: number;
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly markdown?: string;
  readonly python: string;
  readonly peers: string;
  readonly engine: EngineChoice;
}

export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('Measures kernels, links, rings, memory and recovery on this machine, beside others.')
    .addArgument(new Argument('[groups...]', 'what to measure').choices(GROUPS))
    .option('--rounds <number>', 'how often each is measured, in turns; 5', wholeNumber(1, MOST_ROUNDS))
    .option('--quick', 'only show that all works; the figures mean little')
    .addOption(engineOption('what rings compute with; the best that works here').default(USUAL_ENGINE))
    .option('--python <file>', 'the Python that has PyTorch', '/usr/bin/python3')
    .option('--peers <folder>', 'where tfjs is installed', '.')
    .option('--json', 'print JSON')
    .option('--output <file>', 'write the JSON there')
    .option('--markdown <file>', 'write it into this page, in the place of what was measured before')
    .addHelpText('after', HELP)
    .addHelpText('after', example('ringtmp bench kernels --rounds 7', 'ringtmp bench --markdown docs/benchmarks.md'))
    .action(run);
}

async function run(groups: string[], options: Options): Promise<void> {
  const { bench } = await import('../../benchmarks/bench.js');
  const { quick = false, json = false, peers, ...others } = options;
  const command = ['ringtmp', ...process.argv.slice(2)].join(' ');
  await bench(groups, { ...others, quick, json, peersFolder: resolve(peers), engines: ENGINES_BEST_FIRST, command });
}
