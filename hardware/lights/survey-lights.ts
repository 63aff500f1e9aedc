// What there is on this machine to make lights of, for `ringtmp doctor`. Nothing is opened.

import { existsSync } from 'node:fs';
import { findGpioChips, GPIO_ROOT, type GpioChip } from './gpio-chips.js';
import { findLeds } from './led-lamp.js';
import { type LightSystem, lightsOf } from './open-lights.js';
import type { LightSettings, LightsSettings } from './settings.js';

export interface LightsSurvey {
  /** Whether this kernel has GPIO in sysfs. */
  readonly hasSysfsGpio: boolean;
  readonly chips: readonly GpioChip[];
  readonly leds: readonly string[];
  /** What the settings mean here. */
  readonly lights: readonly LightSettings[];
}

export function surveyLights(settings: LightsSettings, system: LightSystem = {}): LightsSurvey {
  const { gpioRoot = GPIO_ROOT, ledRoot } = system;
  return {
    hasSysfsGpio: existsSync(gpioRoot),
    chips: findGpioChips(gpioRoot),
    leds: findLeds(ledRoot),
    lights: lightsOf(settings, system),
  };
}
