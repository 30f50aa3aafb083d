import { describe, expect, it } from '@jest/globals';
import { everyOrganization } from './gateway-connection.js';

const optionsOf = (url: string) => new URLSearchParams(url.split('?')[1]).get('options');

describe('everyOrganization', () => {
  it('adds the setting to an address without parameters', () => {
    const url = everyOrganization('postgresql://u:p%40ss@h:5432/osm');
    expect(url.split('?')[0]).toBe('postgresql://u:p%40ss@h:5432/osm');
    expect(optionsOf(url)).toBe('-c osm.organization=*');
  });

  it('keeps the parameters and options that are there', () => {
    const url = everyOrganization('postgres://h/osm?sslmode=require&options=-c%20search_path%3Dx');
    expect(new URLSearchParams(url.split('?')[1]).get('sslmode')).toBe('require');
    expect(optionsOf(url)).toBe('-c search_path=x -c osm.organization=*');
  });

  it('takes addresses that are no URL of a web browser', () => {
    const url = everyOrganization('postgresql://u@/osm?host=/var/run/postgresql');
    expect(url).toContain('host=%2Fvar%2Frun%2Fpostgresql');
    expect(optionsOf(url)).toBe('-c osm.organization=*');
  });
});
