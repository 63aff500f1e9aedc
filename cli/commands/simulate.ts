// `ringtmp simulate`: a run on more boards than anybody has, in simulated time.

import type { Command } from 'commander';
import type { HubPlace } from '../../simulation/scenario.js';
import { example, wholeNumber } from '../options.js';
import { hubOption } from './plan.js';

export interface SimulateOptions {
  readonly boards: string;
  readonly profile: string;
  readonly masterProfile?: string;
  readonly mode?: string;
  readonly layersPerBoard?: number;
  readonly batchPerBoard?: number;
  readonly hub?: HubPlace;
  readonly input?: string;
  readonly links?: boolean;
  readonly json?: boolean;
  readonly csv?: string;
  readonly plots?: string;
}

const MOST_UNITS = 65_536;
const NOTE = `
All figures are modelled, as those of \`ringtmp plan\`. With --layers-per-board the hidden layers of the run file give
way to one dense layer for each board, so that the model grows with the fleet; with --batch-per-board the batch does,
in as many micro-batches as there are boards, whatever training.microBatches says.`;

export function registerSimulate(program: Command): void {
  program
    .command('simulate <run-file>')
    .description('Simulates a run on any number of boards, as ring and as star.')
    .option('--boards <numbers>', 'how many, such as 2,4,8,1000', '2,4,8,16')
    .option('--profile <names>', 'what the boards are, as pi-4,pi-5: one each, the last one for all others', 'pi-4')
    .option('--master-profile <name>', 'what the master is; as the first board unless told')
    .option('--mode <modes>', 'ring, star; both unless told')
    .option('--layers-per-board <units>', 'a dense layer of so many units for each board', wholeNumber(1, MOST_UNITS))
    .option(
      '--batch-per-board <samples>',
      'a batch of so many samples for each board, in a micro-batch each',
      wholeNumber(1, MOST_UNITS),
    )
    .addOption(hubOption())
    .option('--input <shape>', 'of a sample, such as 28x28, where the data are not on this machine')
    .option('--links', 'show each position’s link for the largest number of boards')
    .option('--json', 'print JSON')
    .option('--csv <file>', 'write the table there')
    .option('--plots <folder>', 'write charts there, named after the run (needs vega and vega-lite)')
    .addHelpText('after', NOTE)
    .addHelpText(
      'after',
      example(
        'ringtmp simulate examples/digits.yaml --boards 2,4 --profile pi-4',
        'ringtmp simulate examples/digits.yaml --layers-per-board 1024 --boards 10,100,1000',
      ),
    )
    .action(run);
}

async function run(file: string, options: SimulateOptions): Promise<void> {
  const { simulate } = await import('../forecast/simulate.js');
  console.log(await simulate(file, options, process.stdout.columns || 140));
}
