// Runs pytorch_step.py beside us, so that both are measured in turn, within the same minute.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface PyTorchAbout {
  readonly version: string;
  /** Of a product of 512 x 512 matrices: shows at once whether the BLAS is an optimised one. */
  readonly gflops: number;
  /** The library it is linked with. */
  readonly blas: string;
}

export interface PyTorchPeer {
  readonly about: PyTorchAbout;
  samplesPerSecond(sizes: readonly number[], batch: number, seconds: number): Promise<number>;
  close(): void;
}

/** Null where Python or PyTorch is missing. The compiled tree has no Python files: take the source's. */
export async function startPyTorch(python: string): Promise<PyTorchPeer | null> {
  const script = fileURLToPath(new URL('../../../benchmarks/peers/pytorch_step.py', import.meta.url));
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn(python, [script], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = answersOf(child, child.stdout);
  const about = await answers.next();
  if (about.done === true) return null;
  return {
    about: JSON.parse(about.value) as PyTorchAbout,
    async samplesPerSecond(sizes, batch, seconds) {
      ask(child.stdin, { sizes, batch, seconds });
      const answer = await answers.next();
      if (answer.done === true) throw new Error('the PyTorch peer ended unexpectedly; run pytorch_step.py by hand');
      return (JSON.parse(answer.value) as { samplesPerSecond: number }).samplesPerSecond;
    },
    close: () => child.stdin.end(),
  };
}

function ask(stdin: Writable, request: object): void {
  stdin.write(`${JSON.stringify(request)}\n`);
}

/** Lines of standard output; ends when the process does or could not be started. */
function answersOf(child: ChildProcess, stdout: Readable): AsyncIterator<string> {
  const lines = createInterface({ input: stdout });
  child.once('error', () => lines.close());
  child.stdin?.on('error', () => lines.close());
  return lines[Symbol.asyncIterator]();
}
