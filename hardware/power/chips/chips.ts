// The chips that a board may have, those first that say who they are.

import type { ChipKind } from '../chip.js';
import type { ChipType } from '../settings.js';
import { ina219 } from './ina219.js';
import { ina226 } from './ina226.js';
import { ina228 } from './ina228.js';
import { ina260 } from './ina260.js';
import { ina3221 } from './ina3221.js';

export const CHIPS: readonly ChipKind[] = [ina226, ina260, ina3221, ina228, ina219];

export function chipKind(type: ChipType): ChipKind {
  return CHIPS.find((kind) => kind.type === type) as ChipKind;
}
