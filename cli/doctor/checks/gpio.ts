// The GPIO chips that the kernel shows in sysfs, with the bases that pins are counted from.

import type { GpioChip } from '../../../hardware/lights/gpio-chips.js';
import type { LightsSurvey } from '../../../hardware/lights/survey-lights.js';
import { type Check, type Finding, ok, warning } from '../finding.js';

export function gpioCheck(survey: () => LightsSurvey): Check {
  return { name: 'gpio', limitMs: 5_000, run: async () => [finding(survey())] };
}

function finding({ hasSysfsGpio, chips }: LightsSurvey): Finding {
  if (chips.length > 0) return ok('gpio', chips.map(describe).join('; '), { chips });
  const remedy = 'For a light on a pin: `dtoverlay=gpio-led,gpio=17,label=ringtmp` in /boot/firmware/config.txt.';
  const message = hasSysfsGpio ? 'no GPIO chip' : 'this kernel has no GPIO in sysfs';
  return warning('gpio', message, remedy, { chips });
}

function describe({ label, base, lines }: GpioChip): string {
  return `${label}: lines 0 to ${lines - 1} at base ${base}`;
}
