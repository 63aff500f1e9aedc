// The lights of a board on the command line, and how a process that has them leaves them behind: dark, however it ends.

import { InvalidArgumentError, Option } from 'commander';
import type { Logger } from '../agent/agent.js';
import { ConfigurationError, reportOf } from '../errors.js';
import { type LightsSettings, lightsSchema } from '../hardware/lights/settings.js';
import type { StatusLight } from '../hardware/lights/status-light.js';
import { validate } from '../protocol/validation.js';
import { parseYaml } from './yaml.js';

export const USUAL_LIGHTS: LightsSettings = 'auto';

export function lightsOption(): Option {
  const option = new Option(
    '--lights <setting>',
    'auto, simulated, none, or a list: "[{ gpio: 17 }, { led: ringtmp }]"',
  );
  return option.env('RINGTMP_LIGHTS').argParser(parseLights).default(USUAL_LIGHTS);
}

export function parseLights(text: string): LightsSettings {
  try {
    return validate(
      'lights',
      lightsSchema,
      parseYaml('lights', text),
      'Write auto, simulated, none, or a list of lights.',
    );
  } catch (error) {
    if (error instanceof ConfigurationError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** They go dark when the process ends, even where nothing closes them. */
export async function openBoardLights(settings: LightsSettings, log: Logger): Promise<StatusLight> {
  const { openLights } = await import('../hardware/lights/open-lights.js');
  const light = await openLights(settings, {
    onTrouble: (error) => log.warn({ error: reportOf(error) }, 'a light is out of order; the board does without it'),
    onPattern: (pattern) => log.info({ pattern }, 'light (simulated)'),
  });
  darkAtExit(light);
  return light;
}

/** Of a board that goes on with old settings, since the new ones were refused: somebody has to see to it. */
export function blaming(light: StatusLight): StatusLight {
  return {
    name: light.name,
    show: (pattern) => light.show(pattern === 'idle' || pattern === 'offline' ? 'error' : pattern),
    goDark: () => light.goDark(),
    close: () => light.close(),
  };
}

export function darkAtExit(light: StatusLight): void {
  process.once('exit', () => light.goDark());
}
