// What the words of a report mean, and which of its figures are real: without it they cannot be judged.

import { MOST_DRIFT, MOST_OVERDUE } from '../../protocol/node-figures.js';
import { percent } from '../format.js';
import type { RunResult } from '../result.js';
import type { Section } from './section.js';

export function legend(results: readonly RunResult[]): Section {
  const isEmulated = results.some(({ figures }) => figures?.emulated);
  return {
    id: 'legend',
    title: 'What the words mean',
    about: [],
    terms: [kinds(isEmulated), ...COMMON, ...(isEmulated ? EMULATED : [])],
    tables: [],
  };
}

function kinds(isEmulated: boolean): readonly [string, string] {
  const real = 'Every run has trained: bytes, losses and accuracies are real.';
  const times = isEmulated
    ? 'Times, and idle shares with them, are emulated: processes of one computer that are held to the speed of a profile.'
    : 'Times are those of this computer, which all processes shared.';
  return [
    'real, emulated, modelled',
    `${real} ${times} Energy is modelled unless it says measured: a board’s watts at work and at rest, by the time.`,
  ];
}

const COMMON: Required<Section>['terms'] = [
  ['idle', 'the share of its time in which a worker does not compute; of all workers the mean, unless it says whose'],
  [
    'to target',
    'when the held-out samples first reached the target, interpolated between the evaluations before and after; energy to the target: the mean power over this time',
  ],
  ['busiest link', 'the bytes that one board, or the master, sent and received, whoever had the most'],
  [
    'staleness',
    'by how many updates the weights were newer that a gradient was applied to than those it was computed from, on average',
  ],
  ['peak memory', 'of the largest worker’s whole process on this computer'],
  ['plain', 'the ring and the star that compute the same: both wait for all gradients of a step'],
];

const EMULATED: Required<Section>['terms'] = [
  [
    'dilation',
    'by how much slower than the boards the emulation ran, so that one computer could be all of them; times are divided by it',
  ],
  [
    'drift',
    `how long what was due was late on this computer, as a share of the time; above ${percent(MOST_DRIFT)} times are not those of the boards`,
  ],
  [
    'overdue',
    `the share of its messages that should have been there when a board chose what to do, and were not; above ${percent(MOST_OVERDUE)} its order of work may not be its own; – is unknown`,
  ],
  [
    'replicas',
    'copies of their state that a ring’s neighbours keep for each other, and the trained weights at the end: counted as bytes, but they take no time on an emulated link, which favours the ring',
  ],
  ['wall time', 'of this computer, the fleet’s start and end included'],
];
