// The lights of a board, by its settings, as one. A light that cannot be had is told, and the board does without it:
// a dark lamp is no reason not to train.

import { type GpioSystem, gpioName, openGpioLamp } from './gpio-lamp.js';
import type { Lamp } from './lamp.js';
import { findLeds, openLedLamp } from './led-lamp.js';
import type { LightClock } from './light-clock.js';
import { playPatterns } from './pattern-player.js';
import type { LightSettings, LightsSettings } from './settings.js';
import { simulatedLight } from './simulated-light.js';
import type { LightPattern, StatusLight } from './status-light.js';

/** Where this machine's lights are; tests put their own there. */
export interface LightSystem extends GpioSystem {
  readonly ledRoot?: string;
}

export interface OpenLightsOptions {
  /** Told once for each light that cannot be had, or fails later. */
  readonly onTrouble: (error: unknown) => void;
  /** Told what a board without lights would show. */
  readonly onPattern: (pattern: LightPattern) => void;
  readonly clock?: LightClock;
  readonly system?: LightSystem;
}

/** LEDs that are ours by their name. */
const OUR_LED = /^ringtmp/;

/** Those of the agent, which they belong to. */
export async function openLights(settings: LightsSettings, options: OpenLightsOptions): Promise<StatusLight> {
  const { onTrouble, onPattern, clock, system = {} } = options;
  if (settings === 'none') return playPatterns([], { onTrouble });
  const lamps: Lamp[] = [];
  for (const light of lightsOf(settings, system)) {
    try {
      lamps.push(await openLamp(light, system, true));
    } catch (error) {
      onTrouble(error);
    }
  }
  return lamps.length === 0 ? simulatedLight(onPattern) : playPatterns(lamps, { onTrouble, ...(clock && { clock }) });
}

/** The single lights that the settings mean on this machine. */
export function lightsOf(settings: LightsSettings, { ledRoot }: LightSystem = {}): readonly LightSettings[] {
  if (typeof settings !== 'string') return settings;
  if (settings !== 'auto') return [];
  return findLeds(ledRoot)
    .filter((led) => OUR_LED.test(led))
    .map((led) => ({ led }));
}

export function nameOf({ led, gpio = 0, chip }: LightSettings): string {
  return led === undefined ? gpioName({ gpio, chip }) : `led ${led}`;
}

/**
 * @param inherits of the agent, whose light it is: at its end it gives back what an agent that was killed did not
 * @throws HardwareError
 */
export function openLamp(
  { led, gpio = 0, activeLow = false, chip }: LightSettings,
  system: LightSystem = {},
  inherits = false,
): Promise<Lamp> {
  if (led !== undefined) return openLedLamp(led, system.ledRoot, inherits);
  return openGpioLamp({ gpio, activeLow, chip }, system, inherits);
}
