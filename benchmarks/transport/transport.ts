// One hop from process to process, at several sizes: every way beside raw TCP, in turns.

import type { BenchContext, Group } from '../group.js';
import { type Pinning, pinningFor } from '../pinning.js';
import type { PeerNote, Row, Section } from '../report/report.js';
import { median, ratioOf } from '../statistics.js';
import type { Way } from './duct.js';
import { framingSection } from './framing.js';
import { HUBS, type Hub, INSTALL_MOSQUITTO } from './hubs.js';
import { type Link, type LoadFigures, openLink } from './link.js';
import { WAYS } from './ways.js';

const KIB = 1024;
const SIZES = [4, 64, 256, 1024];
const QUICK_SIZES = [4, 256];
const WINDOW = 4;
const [SECONDS, QUICK_SECONDS] = [1, 0.05];
const YARDSTICK = WAYS[0] as Way;
/** Sender, hub and receiver. */
const PROCESSES = 3;

interface Opened {
  readonly way: Way;
  readonly link: Link | null;
}

/** What a round found at one size. */
interface Figures {
  readonly full: LoadFigures;
  /** With one message at a time. */
  readonly single: LoadFigures;
}

export const transport: Group = {
  name: 'transport',
  run: async (context) => {
    const pinning = pinningFor(PROCESSES);
    const hubs = new Map<string, Hub | null>();
    const opened: Opened[] = [];
    try {
      for (const [name, start] of Object.entries(HUBS)) hubs.set(name, await start());
      for (const way of WAYS) opened.push(await open(way, hubs, pinning));
      const sections: Section[] = [];
      for (const kib of context.quick ? QUICK_SIZES : SIZES) sections.push(await hop(kib, opened, context, pinning));
      const [first, ...others] = sections as [Section, ...Section[]];
      return [{ ...first, peers: [mosquittoNote(hubs.get('mosquitto') ?? null)] }, ...others, framingSection()];
    } finally {
      await Promise.all(opened.map(({ link }) => link?.close()));
      await Promise.all([...hubs.values()].map((hub) => hub?.close()));
    }
  },
};

async function open(way: Way, hubs: ReadonlyMap<string, Hub | null>, pinning: Pinning): Promise<Opened> {
  const hub = way.hub === null ? null : (hubs.get(way.hub) ?? null);
  const isMissing = way.hub !== null && hub === null;
  return { way, link: isMissing ? null : await openLink(way, hub, pinning) };
}

async function hop(kib: number, opened: readonly Opened[], context: BenchContext, pinning: Pinning): Promise<Section> {
  const figures = await measure(kib, opened, context);
  const yardstick = figures.get(YARDSTICK.name) ?? [];
  return {
    title: `A hop of ${sizeText(kib)}`,
    about: [
      `Messages of ${sizeText(kib)} from process to process over loopback, at most ${WINDOW} without a receipt; the round`,
      `trip with one at a time. ${context.rounds} alternating rounds after a warm-up, medians; ${pinning.note}.`,
    ],
    columns: COLUMNS,
    rows: opened.map(({ way, link }) => rowOf(way, link, kib, figures.get(way.name) ?? [], yardstick)),
    peers: [],
  };
}

async function measure(
  kib: number,
  opened: readonly Opened[],
  { rounds, quick, progress }: BenchContext,
): Promise<Map<string, Figures[]>> {
  const figures = new Map<string, Figures[]>();
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  for (let round = -1; round < rounds; round++) {
    for (const { way, link } of opened) {
      if (link === null) continue;
      progress(`transport ${sizeText(kib)}, ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}: ${way.name}`);
      const full = await link.carry({ bytes: kib * KIB, window: WINDOW, seconds });
      const single = await link.carry({ bytes: kib * KIB, window: 1, seconds: seconds / 2 });
      if (round >= 0) figures.set(way.name, [...(figures.get(way.name) ?? []), { full, single }]);
    }
  }
  return figures;
}

const COLUMNS = [
  { key: 'megabytes', title: 'MB/s' },
  { key: 'messages', title: 'messages/s' },
  { key: 'roundTripMs', title: 'round trip, ms', digits: 3 },
  { key: 'sender', title: 'CPU sender, µs' },
  { key: 'hub', title: 'broker, µs' },
  { key: 'receiver', title: 'receiver, µs' },
];

function rowOf(way: Way, link: Link | null, kib: number, own: readonly Figures[], yardstick: readonly Figures[]): Row {
  const rates = own.map(messagesPerSecond);
  const ratio = way === YARDSTICK ? null : ratioOf(rates, yardstick.map(messagesPerSecond));
  const messages = rates.length === 0 ? null : median(rates);
  return {
    id: `transport/${sizeText(kib).replace(' ', '')}/${way.name}`,
    name: way.name,
    values: {
      messages,
      megabytes: messages === null ? null : (messages * kib * KIB) / 1e6,
      roundTripMs: own.length === 0 ? null : median(own.map(({ single }) => single.medianRoundTripMs)),
      ...Object.fromEntries((['sender', 'hub', 'receiver'] as const).map((role) => [role, cpuMicros(own, role)])),
    },
    ratio: ratio && { ...ratio, to: YARDSTICK.name },
    ...(link === null && { note: 'not here' }),
  };
}

function messagesPerSecond({ full }: Figures): number {
  return full.messages / full.seconds;
}

/** CPU time a message, under the full load. */
function cpuMicros(own: readonly Figures[], role: 'sender' | 'hub' | 'receiver'): number | null {
  const each = own.flatMap(({ full }) => {
    const seconds = full.cpu[role];
    return seconds === null ? [] : [(seconds * 1e6) / full.messages];
  });
  return each.length === 0 ? null : median(each);
}

function sizeText(kib: number): string {
  return kib < KIB ? `${kib} KB` : `${kib / KIB} MB`;
}

function mosquittoNote(hub: Hub | null): PeerNote {
  return { name: 'mosquitto', about: hub?.about ?? null, remedy: INSTALL_MOSQUITTO };
}
