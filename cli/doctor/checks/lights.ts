// The lights that the settings name: each is opened and blinks, so that who stands before the board sees which it is.

import { type LightSystem, nameOf, openLamp } from '../../../hardware/lights/open-lights.js';
import { playPatterns } from '../../../hardware/lights/pattern-player.js';
import type { LightSettings, LightsSettings } from '../../../hardware/lights/settings.js';
import type { StatusLight } from '../../../hardware/lights/status-light.js';
import { surveyLights } from '../../../hardware/lights/survey-lights.js';
import { type Check, type Finding, ok, problem, warning } from '../finding.js';

export interface LightsCheckOptions {
  readonly settings: LightsSettings;
  /** Without, no light is touched. */
  readonly blink: boolean;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Told of each light before it shines, to put it out should the process end meanwhile. */
  readonly onOpened: (light: StatusLight) => void;
  readonly system?: LightSystem;
}

const BLINK_MS = 1_500;
const LIMIT_MS = 60_000;

export function lightsCheck(options: LightsCheckOptions): Check {
  return {
    name: 'lights',
    limitMs: LIMIT_MS,
    run: async (signal) => {
      const { lights, leds } = surveyLights(options.settings, options.system);
      if (lights.length === 0) return [noLights(options.settings, leds)];
      const findings: Finding[] = [];
      for (const light of lights) findings.push(await look(light, options, signal)); // in turns, to be told apart
      return findings;
    },
  };
}

async function look(light: LightSettings, options: LightsCheckOptions, signal: AbortSignal): Promise<Finding> {
  const name = nameOf(light);
  if (!options.blink) return ok('lights', `${name}, not tried (--no-blink)`, { light: name, blinked: false });
  try {
    await blink(light, options, signal);
    return ok('lights', `${name} blinked`, { light: name, blinked: true });
  } catch (error) {
    return { ...problem('lights', error), figures: { light: name, blinked: false } };
  }
}

async function blink(settings: LightSettings, options: LightsCheckOptions, signal: AbortSignal): Promise<void> {
  const faults: unknown[] = [];
  const lamp = await openLamp(settings, options.system);
  const light = playPatterns([lamp], { onTrouble: (error) => faults.push(error) });
  options.onOpened(light);
  try {
    light.show('identify');
    await options.pause(BLINK_MS, signal);
  } finally {
    await light.close();
  }
  if (faults.length > 0) throw faults[0];
}

function noLights(settings: LightsSettings, leds: readonly string[]): Finding {
  const figures = { leds };
  if (settings !== 'auto') return ok('lights', `none, as told (lights: ${settings})`, figures);
  const there = leds.length === 0 ? 'there are no LEDs at all' : `there are ${leds.join(', ')}`;
  const remedy =
    'Name one, --lights "[{ gpio: 17 }]" or "[{ led: NAME }]", or have the kernel make an LED called ringtmp.';
  return warning('lights', `no LED is called ringtmp; ${there}`, remedy, figures);
}
