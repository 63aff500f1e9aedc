// What lights a board has: the key `lights` of its settings.

import { z } from 'zod';

const MOST_LIGHTS = 8;
const EXAMPLE = '{ gpio: 17 } or { led: ringtmp }';
const EXPECTED = `expected auto, simulated, none, or a list of 1 to ${MOST_LIGHTS} lights, each such as ${EXAMPLE}`;

const light = z
  .strictObject({
    gpio: z.int().min(0).max(1023).optional().describe('The line on its chip: 17 for GPIO17.'),
    activeLow: z.boolean().optional().describe('Whether the light shines when the pin is low. By default it does not.'),
    chip: z
      .string()
      .min(1)
      .optional()
      .describe("How the label of the pin's chip begins. By default the chip of a Raspberry Pi's header."),
    led: z
      .string()
      .regex(/^(?!\.{1,2}$)[^/\0]+$/, { error: 'expected a name in /sys/class/leds' })
      .optional()
      .describe('A light that the kernel drives: its name in /sys/class/leds.'),
  })
  .refine(({ gpio, led }) => (gpio === undefined) !== (led === undefined), {
    error: `expected either gpio or led: ${EXAMPLE}`,
  })
  .refine(({ led, activeLow, chip }) => led === undefined || (activeLow === undefined && chip === undefined), {
    error: 'activeLow and chip are for pins: the kernel knows them of its LEDs',
  });

export const lightsSchema = z
  .union([z.enum(['auto', 'simulated', 'none']), z.array(light).min(1, EXPECTED).max(MOST_LIGHTS, EXPECTED)], {
    error: EXPECTED,
  })
  .describe(
    'What shows the state of the board. auto: every LED of the kernel whose name begins with ringtmp; without one, the log.',
  );

export type LightSettings = z.output<typeof light>;
export type LightsSettings = z.output<typeof lightsSchema>;
