// `ringtmp plan`: what a run would take as a ring and as a star, before it is run.

import { type Command, Option } from 'commander';
import { HUB_PLACES, type HubPlace } from '../../simulation/scenario.js';
import type { OperatorOptions } from '../operator.js';
import { example, wholeNumber, withOperator } from '../options.js';

export interface PlanOptions extends OperatorOptions {
  readonly boards?: number;
  readonly profile?: string;
  readonly masterProfile?: string;
  readonly hub?: HubPlace;
  readonly input?: string;
  readonly against?: string;
}

const MOST_BOARDS = 1000;
const NOTE = `
All figures are modelled: the real schedules, windows and frames in simulated time, on boards and links of the
profiles. Without --profile the boards of the fleet at --broker are asked.`;

export function hubOption(): Option {
  const what =
    'with links: hub, where the broker is: with the master, or a machine of its own; none: as with links: direct';
  return new Option('--hub <place>', what).choices(HUB_PLACES);
}

export function registerPlan(program: Command): void {
  const command = program
    .command('plan <run-file>')
    .description('Forecasts a run as ring and as star, and says which to take.');
  withOperator(command)
    .option('--boards <number>', 'how many; as the run file says, else 4', wholeNumber(1, MOST_BOARDS))
    .option('--profile <names>', 'what the boards are, as pi-4,pi-5: one each, the last one for all others')
    .option('--master-profile <name>', 'what the master is; as the first board unless told')
    .addOption(hubOption())
    .option('--input <shape>', 'of a sample, such as 28x28, where the data are not on this machine')
    .option('--against <folder>', 'of a run that was made: shows what was measured beside the forecast')
    .addHelpText('after', NOTE)
    .addHelpText(
      'after',
      example(
        'ringtmp plan examples/digits.yaml --profile pi-4 --boards 4',
        'ringtmp plan examples/digits.yaml --broker mqtt://10.0.0.2',
      ),
    )
    .action(run);
}

async function run(file: string, options: PlanOptions): Promise<void> {
  const { plan } = await import('../forecast/plan.js');
  console.log(await plan(file, options, process.stdout.columns || 120));
}
