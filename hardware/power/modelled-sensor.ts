// What a board without a sensor may take: P = idle + u (load - idle), u the share of one core that this process uses. It is a
// model, and says so wherever it is shown.

import { BOARD_PROFILES } from '../board-profiles.js';
import type { PowerSensor } from './power-sensor.js';
import type { PowerModelSettings } from './settings.js';

export interface PowerModel {
  /** For people: whose figures they are. */
  readonly name: string;
  /** Watts of the whole board: waiting, and with one core at work. */
  readonly idleW: number;
  readonly loadW: number;
}

/** @param board as the device tree names it: `Raspberry Pi 4 Model B Rev 1.4` */
export function powerModel(settings: PowerModelSettings | undefined, board: string): PowerModel | null {
  if (typeof settings === 'object') return { name: 'own figures', ...settings };
  const profiles = [...BOARD_PROFILES.values()];
  const profile =
    settings === undefined ? profiles.find((each) => isBoard(board, each.board)) : BOARD_PROFILES.get(settings);
  return profile ? { name: `profile ${profile.name}`, idleW: profile.idleW, loadW: profile.loadW } : null;
}

/** The device tree adds a revision, and of a Pi 5 "Model B"; a "Plus" is another board. */
function isBoard(model: string, name: string): boolean {
  const rest = model.startsWith(name) ? model.slice(name.length) : null;
  return rest !== null && /^( Model B)?( Rev [\d.]+)?$/.test(rest);
}

export interface ModelledSensorOptions {
  readonly model: PowerModel;
  /** That this process has used so far, of all cores: they may be more than passed. */
  readonly cpuSeconds: () => number;
  readonly nowMs: () => number;
}

/** Each reading is the mean since the one before. */
export function modelledSensor({ model, cpuSeconds, nowMs }: ModelledSensorOptions): PowerSensor {
  const { name, idleW, loadW } = model;
  let last = { atMs: nowMs(), cpuSeconds: cpuSeconds(), watts: idleW };
  return {
    name: `modelled from ${idleW} to ${loadW} W (${name})`,
    source: 'modelled',
    read: async () => {
      const now = { atMs: nowMs(), cpuSeconds: cpuSeconds() };
      const seconds = (now.atMs - last.atMs) / 1000;
      const share = seconds > 0 ? (now.cpuSeconds - last.cpuSeconds) / seconds : 0;
      const watts = seconds > 0 ? Math.max(0, idleW + share * (loadW - idleW)) : last.watts;
      last = { ...now, watts };
      return { atMs: now.atMs, volts: null, amps: null, watts, countedJoules: null };
    },
    close: async () => {},
  };
}
