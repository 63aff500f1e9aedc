// `ringtmp doctor`: what this board has, and what to do about what it lacks.

import type { Command } from 'commander';
import { AGENT } from '../config/agent-file.js';
import { withConfig } from '../config/settle.js';
import type { DoctorOptions } from '../doctor/doctor.js';
import type { Finding } from '../doctor/finding.js';
import { lightsOption } from '../lights.js';
import { example, name, withOperator } from '../options.js';
import { engineOption, memoryOption, USUAL_ENGINE, withBlas } from '../resources.js';

const HELP = `
Each line says ok, warning (it works, but not as well as it could) or problem (what was asked for does not work), and
what to do about it. The exit code is 1 when there is a problem. A board's own login is not tried while its agent is
connected, since it would end the agent's. While a run is on at this board, as its service says or, to an operator, the
master, no engine is measured and no light blinks.`;

interface Options extends DoctorOptions {
  readonly json?: boolean;
}

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('Looks at this board, and says what to do about what it lacks.');
  withBlas(withOperator(withConfig(command.option('--id <name>', 'log in as this board', name), AGENT, 'board')))
    .addOption(engineOption('look at this one alone; all of them').default(USUAL_ENGINE))
    .addOption(memoryOption())
    .addOption(lightsOption())
    .option('--no-blink', 'touch no light')
    .option('--force', 'measure and blink also while a run is on')
    .addHelpText('after', HELP)
    .addHelpText('after', example('ringtmp doctor', 'ringtmp doctor --id kitchen --password-file kitchen.key --json'))
    .action(run);
}

const PROGRAM = new URL('../main.js', import.meta.url).pathname;

async function run(options: Options): Promise<void> {
  const { allSaid, endWithKeeper, isKept, keep } = await import('../doctor/keeper.js');
  if (isKept()) {
    endWithKeeper();
    process.exitCode = await look(options);
    allSaid(process.exitCode);
  } else {
    process.exitCode = await keep({ path: PROGRAM, args: process.argv.slice(2) });
  }
}

/** @returns the exit code */
async function look(options: Options): Promise<number> {
  const [
    { examine },
    { checksOf },
    { paintFor, renderFinding, renderVerdict },
    { catchInterrupts },
    { FAILURE, INTERRUPTED },
  ] = await Promise.all([
    import('../doctor/examine.js'),
    import('../doctor/doctor.js'),
    import('../doctor/render.js'),
    import('../interrupts.js'),
    import('../report-failure.js'),
  ]);
  const paint = paintFor(process.stdout);
  const interrupt = catchInterrupts();
  const show = (news: readonly Finding[]): void => {
    if (!options.json) for (const finding of news) console.log(renderFinding(finding, paint));
  };
  const findings = await examine(checksOf(options), show, interrupt);
  if (interrupt.aborted) return INTERRUPTED;
  const healthy = findings.every(({ level }) => level !== 'problem');
  console.log(options.json ? JSON.stringify({ healthy, findings }) : renderVerdict(findings));
  return healthy ? 0 : FAILURE;
}
