// One end of a hop as a process: it opens its end, then, as sender, does what the parent tells it.
// Usage, over an IPC channel: node end-process.js receiver|sender <way> <hub url> [address]

import { reportOf } from '../../errors.js';
import { acknowledge, drive, type Load } from './traffic.js';
import { wayOf } from './ways.js';

async function receive(name: string, hubUrl: string): Promise<object> {
  const { duct, address } = await wayOf(name).listen(hubUrl);
  acknowledge(duct);
  return { address };
}

async function send(name: string, hubUrl: string, address: string): Promise<object> {
  const duct = await wayOf(name).connect(hubUrl, address);
  process.on('message', (load: Load) => {
    drive(duct, load).then(
      (traffic) => process.send?.({ traffic }),
      (error: unknown) => process.send?.({ failed: reportOf(error) }),
    );
  });
  return {};
}

const [role, name = '', hubUrl = '', address = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit());
try {
  process.send?.({ ready: await (role === 'sender' ? send(name, hubUrl, address) : receive(name, hubUrl)) });
} catch (error) {
  process.send?.({ failed: reportOf(error) });
}
