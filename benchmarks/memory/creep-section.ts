// The first third of a run beside its last: memory, and CPU time a message. What is flat stays as it was.

import type { Row, Section } from '../report/report.js';
import { median } from '../statistics.js';
import { MICRO_BATCHES } from './long-run.js';
import type { Role, Sample } from './samples.js';

const BOARDS = 4;
/** Of a micro-batch at a board in the middle: two frames in, two out. */
const AGENT_MESSAGES = 4;
/** Of a micro-batch: clockwise and anticlockwise over each of the N + 1 links. */
const BROKER_MESSAGES = 2 * (BOARDS + 1);

export function creepSection(samples: readonly Sample[], steps: number): Section {
  return {
    title: 'A message’s cost over thousands of steps',
    about: [
      `A run of ${steps.toLocaleString('en-US')} steps of ${MICRO_BATCHES} micro-batches over ${BOARDS} boards: the first third beside the last.`,
      'Memory is the median VmRSS; CPU is user and system time, computing included, by the frames that come in and go out.',
    ],
    columns: [
      { key: 'first', title: 'first third', digits: 1 },
      { key: 'last', title: 'last third', digits: 1 },
    ],
    rows: (['agent', 'broker'] as const).flatMap((role) => [memoryRow(role, samples), cpuRow(role, samples)]),
    peers: [],
  };
}

function memoryRow(role: Role, samples: readonly Sample[]): Row {
  const [first, last] = thirds(samples).map((third) => medianOf(third.map(({ rssMb }) => rssMb[role])));
  return row(`memory/${role}/rss`, `${role}: memory, MB`, first ?? null, last ?? null);
}

function cpuRow(role: Role, samples: readonly Sample[]): Row {
  const messages = MICRO_BATCHES * (role === 'agent' ? AGENT_MESSAGES : BROKER_MESSAGES);
  const [first, last] = thirds(samples).map((third) => cpuMicros(third, role, messages));
  return row(`memory/${role}/cpu`, `${role}: CPU a message, µs`, first ?? null, last ?? null);
}

function row(id: string, name: string, first: number | null, last: number | null): Row {
  const value = first === null || last === null || first === 0 ? null : last / first;
  const ratio = value === null ? null : { value, min: value, max: value, to: 'the first third' };
  return { id, name, values: { first, last }, ratio };
}

/** The first and the last. */
export function thirds(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const size = Math.floor(samples.length / 3);
  return [samples.slice(0, size), samples.slice(samples.length - size)];
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

function cpuMicros(third: readonly Sample[], role: Role, messagesPerStep: number): number | null {
  const [first, last] = [third[0], third.at(-1)];
  const [before, after] = [first?.cpuSeconds[role] ?? null, last?.cpuSeconds[role] ?? null];
  if (first === undefined || last === undefined || before === null || after === null) return null;
  return ((after - before) * 1e6) / ((last.step - first.step) * messagesPerStep);
}
