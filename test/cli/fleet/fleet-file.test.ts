import { join } from 'node:path';
import { expect } from 'chai';
import { newFleet, withBoard, withoutBoard } from '../../../cli/fleet/edit-fleet.js';
import { keyFileOf, parseFleet, readFleet, settingsOf } from '../../../cli/fleet/fleet-file.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { temporaryFolder } from '../ringtmp.js';

const FILE = '/home/me/fleet.yaml';
const TEXT = `# mine
fleet: attic
broker: mqtt://10.0.0.2   # the server
defaults: { logLevel: debug, linkPort: 1884 }
boards:
  pi-1: { linkPort: 1885 } # by the window
  pi-2:
`;

describe('a fleet file', () => {
  const fleet = parseFleet(FILE, TEXT);

  it('tells what each board is told: what all are told, and its own besides', () => {
    const all = { broker: 'mqtt://10.0.0.2', fleet: 'attic', logLevel: 'debug' };
    expect(settingsOf(fleet, 'pi-1')).to.deep.equal({ ...all, id: 'pi-1', linkPort: 1885 });
    expect(settingsOf(fleet, 'pi-2')).to.deep.equal({ ...all, id: 'pi-2', linkPort: 1884 });
    expect(() => settingsOf(fleet, 'pi-3')).to.throw(ConfigurationError, 'there is no board "pi-3"');
  });

  it('has its credentials and passwords beside it', () => {
    expect(fleet.credentials).to.equal('/home/me/credentials.json');
    expect(keyFileOf(fleet, 'pi-1')).to.equal('/home/me/fleet.keys/pi-1.key');
    expect(keyFileOf({ path: 'racks/attic.yml' }, 'pi-1')).to.equal('racks/attic.keys/pi-1.key');
  });

  it('keeps its comments when boards come and go', () => {
    const more = withBoard(fleet, 'pi-3', { sampleHz: 5 });
    expect(more.boards.get('pi-3')).to.deep.equal({ sampleHz: 5 });
    expect(more.text).to.include('# mine').and.to.include('# the server').and.to.include('# by the window');
    const less = withoutBoard(withoutBoard(more, 'pi-3'), 'pi-2');
    expect([...less.boards.keys()]).to.deep.equal(['pi-1']);
    expect(less.text).to.include('# by the window');
    expect([...withoutBoard(less, 'pi-1').boards]).to.deep.equal([]);
  });

  it('begins without boards, and takes the first', () => {
    const first = newFleet(FILE, { fleet: 'home', broker: 'mqtt://10.0.0.2', credentials: 'credentials.json' });
    expect([...first.boards]).to.deep.equal([]);
    const two = withBoard(withBoard(first, 'pi-1', {}), 'pi-2', { logLevel: 'warn' });
    expect([...two.boards.keys()]).to.deep.equal(['pi-1', 'pi-2']);
    expect(parseFleet(FILE, two.text).boards).to.deep.equal(two.boards);
    const empty = withoutBoard(withoutBoard(two, 'pi-1'), 'pi-2');
    expect([...withBoard(empty, 'pi-3', {}).boards.keys()]).to.deep.equal(['pi-3']);
  });

  it('takes no settings for a board that its agent would not take', () => {
    expect(() => withBoard(fleet, 'pi-3', { linkPort: -1 })).to.throw(
      ConfigurationError,
      'boards.pi-3.linkPort: got -1',
    );
    expect(() => withBoard(fleet, 'pi-3', { id: 'pi-4' } as never)).to.throw(
      ConfigurationError,
      'boards.pi-3.id is not',
    );
    expect(() => withBoard(fleet, 'Pi 3', {})).to.throw(ConfigurationError, /Pi 3/);
  });

  const MISTAKES: readonly [string, RegExp][] = [
    ['fleet: home', /broker is missing/],
    ['broker: mqtt://127.0.0.1', /on a board, mqtt:\/\/127.0.0.1 is the board itself/],
    ['broker: mqtt://me:geheim@10.0.0.2', /holds a password/],
    ['broker: mqtt://a\nbords: {}', /bords is not a known key, did you mean "boards"/],
    ['broker: mqtt://a\nboards: { pi-1: { enigne: wasm } }', /boards\.pi-1\.enigne is not a known key/],
    ['broker: mqtt://a\nboards: [pi-1]', /boards: got \["pi-1"\]/],
  ];
  for (const [text, message] of MISTAKES) {
    it(`with ${JSON.stringify(text)} is refused with the file, the key and what to do`, () => {
      expect(() => parseFleet(FILE, text))
        .to.throw(ConfigurationError, message)
        .with.property('remedy')
        .that.is.a('string');
      expect(() => parseFleet(FILE, text)).to.throw(FILE);
      expect(() => parseFleet(FILE, text))
        .to.throw()
        .with.property('message')
        .that.does.not.include('geheim');
    });
  }

  const folder = temporaryFolder();
  it('that is not there is made with init', async () => {
    const error = await rejectionOf(readFleet(join(folder.path, 'fleet.yaml')));
    expect(error.message).to.match(/^there is no fleet file /);
    expect(error.remedy).to.include('ringtmp fleet init');
  });
});
