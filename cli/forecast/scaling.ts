// The same run on one number of boards after the other, with a model and a batch that stay or that grow with them.

import type { LayerSpec } from '../../compute/specs.js';
import { CapacityError } from '../../errors.js';
import { forecastMode, type ModeForecast } from '../../master/forecast.js';
import type { Mode, RunSpec } from '../../protocol/run-spec.js';
import type { HubPlace } from '../../simulation/scenario.js';
import { profiledFleet } from './boards.js';

export interface ScalingStudy {
  readonly spec: RunSpec;
  readonly inputShape: readonly number[];
  readonly counts: readonly number[];
  readonly modes: readonly Mode[];
  /** Whether a number of boards that a mode cannot use is an error, or told beside the others. */
  readonly mustFit: boolean;
  readonly profiles: string;
  readonly masterProfile: string | undefined;
  readonly hub: HubPlace;
  /** What is supposed of all points. */
  readonly assumptions: readonly string[];
  /** Units of each board's layer; undefined where the model stays. */
  readonly layersPerBoard: number | undefined;
  readonly batchPerBoard: number | undefined;
}

export interface ScalingPoint {
  readonly mode: Mode;
  readonly boards: number;
  readonly batch: number;
  readonly forecast: ModeForecast;
}

/** @throws CapacityError naming both, where a mode that was asked for by name cannot use so many boards */
export function scalingPoints(study: ScalingStudy): ScalingPoint[] {
  return study.modes.flatMap((mode) => study.counts.map((boards) => pointOf(study, mode, boards)));
}

function pointOf(study: ScalingStudy, mode: Mode, boards: number): ScalingPoint {
  const { inputShape, profiles, masterProfile, hub, mustFit } = study;
  const spec = specFor(study, boards);
  const { boards: machines, master } = profiledFleet(profiles, boards, masterProfile);
  const forecast = forecastMode(mode, { spec, inputShape, hub, boards: machines, master });
  if (mustFit && !forecast.fits)
    throw new CapacityError(`${mode} of ${boards} boards: ${forecast.reason}`, {
      ...(forecast.remedy && { remedy: forecast.remedy }),
    });
  return { mode, boards, batch: spec.training.batch, forecast };
}

function specFor({ spec, layersPerBoard, batchPerBoard }: ScalingStudy, boards: number): RunSpec {
  const layers = layersPerBoard === undefined ? spec.model.layers : grown(spec.model.layers, layersPerBoard, boards);
  const training =
    batchPerBoard === undefined ? spec.training : { ...spec.training, ...grownBatch(batchPerBoard, boards) };
  return { ...spec, model: { layers }, training };
}

/** What comes before the first dense layer and the last one, which knows the classes, stay. */
function grown(layers: readonly LayerSpec[], units: number, boards: number): LayerSpec[] {
  const first = layers.findIndex(({ type }) => type === 'dense');
  const last = layers.findLastIndex(({ type }) => type === 'dense');
  const own: LayerSpec = { type: 'dense', units, activation: 'relu' };
  return [...layers.slice(0, first), ...Array.from({ length: boards }, () => own), ...layers.slice(last)];
}

/** A ring has as many micro-batches as boards, of as many samples as each board brings. */
function grownBatch(batchPerBoard: number, boards: number): { batch: number; microBatches: number } {
  return { batch: batchPerBoard * boards, microBatches: boards };
}
