// The contest as tables: each ring beside one process, and beside the PyTorch pipeline.

import type { Row, Section } from '../report/report.js';
import { median, ratioOf } from '../statistics.js';
import { ALONE, type Contest, LINKS, nameOf, PIPELINE, SCHEDULES } from './contest.js';

const COLUMNS = [{ key: 'samplesPerSecond', title: 'samples/s' }];
const UNKNOWN = 'this version does not know it';

export function throughputSections(contest: Contest, about: readonly string[]): Section[] {
  const rings = (to: string, prefix: string): Row[] =>
    SCHEDULES.flatMap((schedule) => LINKS.map((links) => ringRow(contest, schedule, links, to, prefix)));
  return [
    {
      title: 'Two boards beside one process on one core',
      about,
      columns: COLUMNS,
      rows: [plainRow(contest, ALONE), ...rings(ALONE, 'ring')],
      peers: [],
    },
    {
      title: 'Two boards beside a PyTorch pipeline of two processes',
      about: ['The same rounds: GPipe’s schedule over gloo, one thread and one core each.'],
      columns: COLUMNS,
      rows: [plainRow(contest, PIPELINE), ...rings(PIPELINE, 'ring/pytorch')],
      peers: [],
    },
  ];
}

function plainRow({ rates }: Contest, name: string): Row {
  return { id: `ring/${name}`, name, values: { samplesPerSecond: rateOf(rates.get(name)) }, ratio: null };
}

function ringRow({ rates, plans }: Contest, schedule: string, links: string, to: string, prefix: string): Row {
  const name = nameOf(schedule, links);
  const own = rates.get(name) ?? [];
  const ratio = ratioOf(own, rates.get(to) ?? []);
  const plan = plans.get(name);
  return {
    id: `${prefix}/${schedule}/${links}`,
    name,
    values: { samplesPerSecond: rateOf(own) },
    ratio: ratio && { ...ratio, to },
    note: plan === undefined ? UNKNOWN : `layers ${plan}`,
  };
}

function rateOf(rates: readonly number[] | undefined): number | null {
  return rates === undefined || rates.length === 0 ? null : median(rates);
}
