// Every way to make a hop. A new one is a file that gives a `Way`, and a line here.

import { direct } from './direct.js';
import type { Way } from './duct.js';
import { rawTcp } from './raw-tcp.js';
import { throughHub } from './through-hub.js';

/** The yardstick first. */
export const WAYS: readonly Way[] = [
  rawTcp,
  direct,
  throughHub('hub', 'ringtmp'),
  throughHub('mosquitto', 'mosquitto'),
];

export function wayOf(name: string): Way {
  const way = WAYS.find((each) => each.name === name);
  if (way === undefined) throw new TypeError(`no way is called ${name}`);
  return way;
}
