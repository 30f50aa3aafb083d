import { RESPONSE_HEALING } from '../../calls/index.js';
import { invalidParameter } from '../../core/errors.js';
import { isObject } from '../../core/json-object.js';

const PLUGINS: readonly unknown[] = [RESPONSE_HEALING];

/**
 * Checks `plugins`: names, or objects with the name as `id` and perhaps `enabled`.
 * @throws GatewayError invalid_parameter naming the first that is none
 */
export function assertPlugins(plugins: readonly unknown[]): void {
  for (const [index, plugin] of plugins.entries()) {
    const where = `plugins[${index}]`;
    if (typeof plugin !== 'string' && !isObject(plugin)) {
      throw invalidParameter(
        where,
        `${where} must be the name of a plugin or an object with its id.`,
      );
    }
    const id = isObject(plugin) ? plugin['id'] : plugin;
    if (!PLUGINS.includes(id)) {
      throw invalidParameter(where, `${where} names no plugin; there is ${PLUGINS.join(', ')}.`);
    }
    const enabled = isObject(plugin) ? (plugin['enabled'] ?? true) : true;
    if (typeof enabled !== 'boolean')
      throw invalidParameter(`${where}.enabled`, `${where}.enabled must be a boolean.`);
  }
}
