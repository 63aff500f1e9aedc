// `ringtmp bench`: runs groups of benchmarks one after the other and shows what they found: as a table,
// as JSON, as a part of a Markdown page. Nothing else should run meanwhile.

import { readFile, writeFile } from 'node:fs/promises';
import { INTERRUPTED } from '../cli/report-failure.js';
import { ConfigurationError } from '../errors.js';
import { exitOnInterrupt } from './ends-with-us.js';
import type { BenchContext, Group } from './group.js';
import { kernels } from './kernels/kernels.js';
import { thisMachine } from './machine.js';
import { memory } from './memory/memory.js';
import { progressOn } from './progress.js';
import { recovery } from './recovery/recovery.js';
import { toJson } from './report/render-json.js';
import { updatePage } from './report/render-markdown.js';
import { renderText } from './report/render-text.js';
import type { GroupReport } from './report/report.js';
import { ring } from './ring/ring.js';
import { simulator } from './simulator/simulator.js';
import { transport } from './transport/transport.js';

const ALL: readonly Group[] = [kernels, transport, ring, memory, simulator, recovery];

export interface BenchOptions extends Omit<BenchContext, 'progress' | 'rounds'> {
  /** Unless told, as many as give a median. */
  readonly rounds?: number;
  readonly json: boolean;
  /** Where the JSON goes too. */
  readonly output?: string;
  /** The page of which a part is written anew. */
  readonly markdown?: string;
  /** As it was typed: a figure without its command is worth little. */
  readonly command: string;
}

const ROUNDS = 5;
const QUICK_ROUNDS = 1;

/** @param names of groups; none stands for all */
export async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  exitOnInterrupt(INTERRUPTED);
  await checkWritable(options);
  const progress = progressOn(process.stderr);
  const rounds = options.rounds ?? (options.quick ? QUICK_ROUNDS : ROUNDS);
  const reports: GroupReport[] = [];
  for (const group of ALL.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const sections = await group.run({ ...options, rounds, progress });
    progress.end();
    const date = new Date().toISOString().slice(0, 10);
    const report = { group: group.name, command: options.command, date, machine: thisMachine(), sections };
    reports.push(report);
    await publish(report, options);
  }
  await finish(reports, options);
}

/** Better now than after an hour of measuring. */
async function checkWritable({ output, markdown }: BenchOptions): Promise<void> {
  for (const file of [output, markdown]) {
    if (file === undefined) continue;
    await writeFile(file, '', { flag: 'a' }).catch((cause: Error) => {
      throw new ConfigurationError(`cannot write ${file}: ${cause.message}`, {
        remedy: 'Name a file in a folder that exists and that you may write to.',
        cause,
      });
    });
  }
}

/** After each group, so that an interrupt costs no more than the one under way. */
async function publish(report: GroupReport, { json, markdown }: BenchOptions): Promise<void> {
  if (!json) console.log(`${renderText(report, process.stdout.columns || 160)}\n`);
  if (markdown !== undefined) await writeFile(markdown, updatePage(await readFile(markdown, 'utf8'), report));
}

async function finish(reports: readonly GroupReport[], { json, output }: BenchOptions): Promise<void> {
  const text = `${JSON.stringify(reports.map(toJson), null, 2)}\n`;
  if (json) process.stdout.write(text);
  if (output !== undefined) await writeFile(output, text);
}
