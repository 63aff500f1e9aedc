// A process with a light on, which ends in the way that it is told: started by lights.test.ts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { darkAtExit } from '../../cli/lights.js';
import { serve } from '../../cli/service.js';
import { openLights } from '../../hardware/lights/open-lights.js';

const [how, ledRoot = ''] = process.argv.slice(2);
const light = await openLights('auto', {
  onTrouble: (error) => console.error(error),
  onPattern: () => {},
  system: { ledRoot },
});
darkAtExit(light);
light.show('error');
while (readFileSync(join(ledRoot, 'ringtmp', 'brightness'), 'utf8') !== '255') await new Promise(setImmediate);
if (how === 'serve') {
  await serve(async () => {
    const socket = setInterval(() => {}, 60_000); // of an agent: lights alone keep no process alive
    console.log('lit');
    return {
      run: null,
      close: () => {
        clearInterval(socket);
        return light.close();
      },
    };
  });
} else {
  console.log('lit');
  if (how === 'throw') throw new Error('as bugs do');
  process.exit(3);
}
