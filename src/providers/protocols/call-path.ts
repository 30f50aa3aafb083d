import { ownEntry } from '../../core/own-entry.js';
import type { Target } from '../../core/target.js';

const PLACE = /\{([a-z_]+)\}/g;

/** The name by which a model is called: that of its deployment, where the credential names one for it. */
export function calledModel({ offer, credential }: Target): string {
  const deployments = credential.settings?.['deployments'];
  if (typeof deployments !== 'object') return offer.upstreamModel;
  return (
    ownEntry(deployments, offer.upstreamModel) ??
    ownEntry(deployments, offer.modelId) ??
    offer.upstreamModel
  );
}

/** The path of a call below the base URL: the protocol's usual one, unless the provider has its own. */
export function callPath(target: Target, usual: string, isStream: boolean): string {
  for (const { path, stream } of target.provider.callPaths ?? []) {
    const filled = fillPath((isStream ? stream : undefined) ?? path, target);
    if (filled !== undefined) return filled;
  }
  return usual;
}

/** A path with its places filled, or undefined where a setting is missing. */
function fillPath(path: string, target: Target): string | undefined {
  let isWhole = true;
  const filled = path.replace(PLACE, (place, name: string) => {
    const value = name === 'model' ? calledModel(target) : target.credential.settings?.[name];
    if (typeof value === 'string') return segmentOf(value);
    isWhole = false;
    return place;
  });
  return isWhole ? filled : undefined;
}

/** A text as one segment of a path; versions of models are written with @, which may stand there. */
function segmentOf(text: string): string {
  return encodeURIComponent(text).replaceAll('%40', '@');
}
