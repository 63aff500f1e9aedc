// Forecasts to ask for: small boards, all alike, with memory for anything unless a test takes it away.

import type { ForecastBoard, ForecastRequest } from '../../master/forecast.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { BOARD, UNITS } from '../simulation/scenarios.js';

export function forecastBoard(id: string, changes: Partial<ForecastBoard> = {}): ForecastBoard {
  return { id, gflops: BOARD.gflops, memoryBytes: 1e9, linkMbps: BOARD.linkMbps, machine: BOARD, ...changes };
}

export function forecastRequest(
  spec: RunSpec,
  count: number,
  changes: Partial<ForecastRequest> = {},
  each: Partial<ForecastBoard> = {},
): ForecastRequest {
  const boards = Array.from({ length: count }, (_, index) => forecastBoard(`pi-${index + 1}`, each));
  return { spec, inputShape: [UNITS], boards, master: forecastBoard('master'), hub: 'none', ...changes };
}
