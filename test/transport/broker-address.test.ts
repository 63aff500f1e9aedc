// Broker URLs: credentials are read from them and never shown again.

import { expect } from 'chai';
import { parseBrokerUrl, refusal } from '../../transport/broker-address.js';

describe('broker address', () => {
  it('takes the credentials out of the URL', () => {
    expect(parseBrokerUrl('mqtts://board-1:p%40ss@broker.local:8883')).to.deep.equal({
      url: 'mqtts://broker.local:8883',
      username: 'board-1',
      password: 'p@ss',
    });
  });

  it('keeps the path of a WebSocket, and an IPv6 address', () => {
    expect(parseBrokerUrl('ws://host:8080/mqtt')).to.deep.equal({ url: 'ws://host:8080/mqtt' });
    expect(parseBrokerUrl('mqtt://[::1]:1883')).to.deep.equal({ url: 'mqtt://[::1]:1883' });
  });

  it('refuses anything else, without showing the password', () => {
    for (const text of [
      '',
      'localhost:1883',
      'http://host',
      'mqtt://',
      'mqtt://me:secret@host:port',
      'me:secret@host',
    ]) {
      expect(() => parseBrokerUrl(text), text)
        .to.throw(/is not a broker's URL/)
        .with.property('code', 'configuration');
      expect(() => parseBrokerUrl(text)).to.not.throw(/secret/);
    }
  });

  it('says why and what to do', () => {
    const error = refusal('mqtt://host', Object.assign(new Error(''), { code: 'ECONNREFUSED' }));
    expect(error.message).to.equal('cannot connect to the broker at mqtt://host: nothing listens there');
    expect(error.remedy).to.equal('Start one with `ringtmp broker`, or name it with --broker.');
    expect(refusal('mqtt://host', new Error('connack timeout')).message).to.match(/: connack timeout$/);
  });
});
