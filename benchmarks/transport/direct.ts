// A hop straight into the receiver's inbox, as neighbours make it with `links: direct`: a connection for each
// direction. The sender's first message says where its own inbox takes the receipts.

import { openInbox } from '../../broker/inbox.js';
import { RunError } from '../../errors.js';
import type { LinkAddress } from '../../protocol/link-address.js';
import { formatLogin, type LinkLogin } from '../../protocol/links.js';
import { topicsOf } from '../../protocol/topics.js';
import { openDirectLink } from '../../transport/direct-link.js';
import type { Outlet } from '../../transport/outlet.js';
import { type Duct, noListener, type Way } from './duct.js';

const HOST = '127.0.0.1';
const SECRET = 'of-a-benchmark-on-this-machine';
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const RUN = 'hop';
const topics = topicsOf('bench');
/** From position 0 to position 1, and back. */
const THERE: LinkLogin = { run: RUN, position: 0, channel: 'forward' };
const BACK: LinkLogin = { run: RUN, position: 1, channel: 'backward' };
const [TO_RECEIVER, TO_SENDER] = [topics.data(RUN, 1, 'forward'), topics.data(RUN, 0, 'backward')];

/** One process of the two: its inbox, and its link to the other's. */
interface End {
  readonly address: LinkAddress;
  readonly duct: Duct;
  outlet: Outlet | null;
  /** What its inbox does with a frame. */
  take(payload: Uint8Array): void;
}

export const direct: Way = {
  name: 'direct',
  hub: null,
  listen: async () => {
    const end = await openEnd(THERE, TO_RECEIVER, TO_SENDER);
    const { take } = end;
    end.take = (greeting) => {
      end.outlet = dial(BACK, 0, Buffer.from(greeting).toString());
      end.take = take;
    };
    return { duct: end.duct, address: JSON.stringify(end.address) };
  },
  connect: async (_hubUrl, address) => {
    const end = await openEnd(BACK, TO_SENDER, TO_RECEIVER);
    end.outlet = dial(THERE, 1, address);
    await end.duct.send(Buffer.from(JSON.stringify(end.address)));
    return end.duct;
  },
};

async function openEnd(from: LinkLogin, hears: string, speaks: string): Promise<End> {
  const inbox = await openInbox({ host: HOST, log: SILENT });
  const duct: Duct = {
    onMessage: noListener,
    send: async (payload) => end.outlet?.publish(speaks, payload),
    close: async () => {
      await end.outlet?.close();
      await inbox.close();
    },
  };
  const end: End = {
    address: inbox.address,
    duct,
    outlet: null,
    take: (payload) => duct.onMessage(payload),
  };
  const invitation = { login: formatLogin(from), secret: SECRET, topic: hears };
  await inbox.admit(invitation, (_, payload) => end.take(payload));
  return end;
}

function dial(login: LinkLogin, to: number, address: string): Outlet {
  const end = { address: JSON.parse(address) as LinkAddress, secret: SECRET };
  return openDirectLink({ login, to, end, fallback: NO_OTHER_WAY, onFallback: () => undefined });
}

/** A hop that took another way than it says would be worse than none. */
const NO_OTHER_WAY: Outlet = {
  kind: 'hub',
  name: 'nothing',
  publish: () => Promise.reject(new RunError('the inbox of the other process cannot be reached')),
  onBroken: () => undefined,
  close: async () => undefined,
};
