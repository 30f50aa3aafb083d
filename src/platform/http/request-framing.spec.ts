import { describe, expect, it } from '@jest/globals';
import { framingFault } from './request-framing.js';

const fault = (more: object = {}, ...rawHeaders: string[]) =>
  framingFault({
    httpVersion: '1.1',
    url: '/v1/models',
    headers: {},
    rawHeaders: ['Accept', '*/*', 'Host', 'gateway', ...rawHeaders],
    ...more,
  });

describe('the framing of a request', () => {
  it.each([
    ['as usual', {}],
    ['chunked', { headers: { 'transfer-encoding': 'Chunked' } }],
    ['of HTTP/1.0', { httpVersion: '1.0' }],
    ['of HTTP/1.0 without a Host', { httpVersion: '1.0', rawHeaders: [] }],
  ])('is in order %s', (_name, more) => {
    expect(fault(more)).toBeUndefined();
  });

  it.each([
    ['another coding', { headers: { 'transfer-encoding': 'gzip' } }, 'transfer coding'],
    ['two codings', { headers: { 'transfer-encoding': 'gzip, chunked' } }, 'transfer coding'],
    [
      'chunks in HTTP/1.0',
      { httpVersion: '1.0', headers: { 'transfer-encoding': 'chunked' } },
      '1.0',
    ],
    ['HTTP/2.0', { httpVersion: '2.0' }, 'version'],
    ['HTTP/0.9', { httpVersion: '0.9' }, 'version'],
    ['a whole address', { url: 'http://elsewhere/v1/models' }, 'path'],
    ['a host and port', { url: 'elsewhere:443' }, 'path'],
    ['no Host', { rawHeaders: ['Accept', '*/*'] }, 'Host'],
  ])('is refused: %s', (_name, more, reason) => {
    expect(fault(more)).toContain(reason);
  });

  it('is refused with two Hosts, whatever their case', () => {
    expect(fault({}, 'hOsT', 'other')).toContain('Host');
  });
});
