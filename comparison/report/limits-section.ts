// The largest models that trained, with the conditions without which their size says nothing.

import { percent, scaled } from '../format.js';
import { count } from '../largest-model.js';
import { type LimitConditions, type LimitResult, type Limits, nextOf } from '../limits.js';
import type { Section } from './section.js';

const HEAD = ['contestant', 'boards', 'parameters', 'layers', 'weights', 'runs', 'the next larger one that failed'];

/** None where nobody has measured them. */
export function limitsSections(limits: Limits | null): Section[] {
  if (limits === null) return [];
  const { conditions, profile, results } = limits;
  const about = [
    'The largest model that trained on boards held to a memory, as trying found it. The master has no limit: in a star it is the ' +
      'server, which favours the star.',
    conditions === undefined
      ? `Its conditions are not known${profile === null ? '' : `, but for the memory of ${profile}`}.`
      : conditionsText(conditions),
  ];
  const rows = [...results].sort((a, b) => a.boards - b.boards).map(rowOf);
  return [{ id: 'limits', title: 'Largest models', about, tables: [{ head: HEAD, rows, texts: 1 }] }];
}

function conditionsText(conditions: LimitConditions): string {
  const { how, memoryBytes, idleBytes, layerWidth, resolution, machine, version, startedAt, command } = conditions;
  return (
    `${scaled(memoryBytes, 'B')} a board (${how}), of which an idle agent takes ${scaled(idleBytes, 'B')}; a stack of ` +
    `layers of ${layerWidth} x ${layerWidth}, each ${percent(resolution)} of the memory. Measured on ${machine}, ringtmp ` +
    `${version}, ${startedAt.slice(0, 10)}, by ${command}`
  );
}

function rowOf(result: LimitResult): string[] {
  const { contestant, boards, parameters, layers, weightBytes, attempts } = result;
  return [
    ...[contestant, String(boards), count(parameters)],
    ...[layers === undefined ? '–' : String(layers), scaled(weightBytes ?? null, 'B')],
    ...[attempts === undefined ? '–' : String(attempts.length), failureOf(result)],
  ];
}

function failureOf(result: LimitResult): string {
  const next = nextOf(result);
  return next === null ? '–' : `${next.layers} layers, ${next.outcome}`;
}
