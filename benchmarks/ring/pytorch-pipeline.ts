// The peer of a ring of two boards: the same model in PyTorch, cut into two processes that send to each
// other over gloo, with the same micro-batches.

import { startLinePeer } from '../peers/line-peer.js';
import { ONE_THREAD, pythonScript } from '../peers/python.js';
import { sizesOf, type Workload } from './workload.js';

/** Samples a second; `null` where PyTorch, or its gloo, is missing. */
export async function pyTorchPipeline(python: string, workload: Workload): Promise<number | null> {
  const { layersPerStage, batch, microBatches, steps, warmUpSteps } = workload;
  const request = { sizes: sizesOf(workload), boundary: layersPerStage, batch, microBatches, steps, warmUpSteps };
  const command = { file: python, args: [pythonScript('pytorch_pipeline.py'), JSON.stringify(request)] };
  const peer = await startLinePeer({ command, env: ONE_THREAD });
  await peer?.close();
  return peer === null ? null : (peer.about.samplesPerSecond as number);
}
